# SPDX-License-Identifier: MIT
"""`assert_plugin("quizbank")`: everything that can be asked of any plugin, or this says what is wrong with it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from upart.errors import UpartError
from upart.testing.contract import assert_privacy_contract
from upart.testing.crawl import MaySee
from upart.testing.installation import install
from upart.testing.kit.bench import Bench
from upart.testing.kit.isolation import isolated
from upart.testing.kit.looking import is_readable
from upart.testing.kit.running import fails, is_off, stays_light
from upart.testing.kit.tables import leaves, migrates

__all__ = ["Tried", "assert_plugin"]

MOST = 25
"""Findings that a message lists of each part."""


def keeps_what_it_declares(bench: Bench) -> Iterator[str]:
    """Access, restriction, erasure and a restore do what its columns say."""
    with tempfile.TemporaryDirectory(prefix="upart-contract-") as folder, closing(install(Path(folder), academies=())) as made:
        try:
            assert_privacy_contract(bench.plugin, made)
        except AssertionError as error:
            yield str(error)


PARTS: tuple[tuple[str, Callable[[Bench], Iterator[str]]], ...] = (
    ("it does with people's data what it declares", keeps_what_it_declares),
    ("its migrations make its tables on each database", migrates),
    ("where it is off, it answers 404", is_off),
    ("more rows ask no more of the database", stays_light),
    ("when its hooks fail, the portal goes on", fails),
    ("nobody stumbles over its pages", is_readable),
    ("nobody sees or changes what is not theirs; no cookie, no other host", isolated),
    ("after a purge nothing is left", leaves),
)
"""What is asked, in this order: the last ones change what is there."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What was wholly tried and holds, and what could not be tried, each with the reason."""

    plugin: str
    holds: tuple[str, ...]
    not_tried: tuple[str, ...]


def assert_plugin(plugin: str, *, postgres: str = "", may_see: MaySee | None = None, given: Mapping[str, Any] | None = None) -> Tried:
    """Ask of an installed plugin all that can be asked of any; returns what was tried.

    `postgres`: URL of a server on which a database may be made (else UPART_TEST_POSTGRES_URL; without one its migrations are tried on SQLite
    alone). In a browser it looks where Chromium and playwright are and UPART_TEST_AXE names axe.min.js. `may_see(viewer, academy, marker)`: who may see what of its tables, when teachers and owners do not see all and others more than
    their own and what is public. `given`: values of parameters of its routes that stand in no table ({"quizbank.level": [{"level": "easy"}]}).
    Makes installations of its own in temporary folders. Raises AssertionError that lists what is wrong, and what to do.
    """
    holds, wrong = [], list[str]()
    with tempfile.TemporaryDirectory(prefix="upart-plugin-") as folder, closing(Bench(plugin, Path(folder), postgres, may_see, given or {})) as bench:
        for sentence, part in PARTS:
            before = len(bench.not_tried)
            found = list(islice(_asked(part, bench), MOST))
            wrong += [f"Not so: {sentence}.", *(f"  {one}" for one in found)] if found else []
            holds += [] if found or len(bench.not_tried) > before else [sentence]
    if wrong:
        raise AssertionError("\n".join([f"'{plugin}' does not keep what is asked of every plugin:", *wrong]))
    return Tried(plugin, tuple(holds), tuple(bench.not_tried))


def _asked(part: Callable[[Bench], Iterator[str]], bench: Bench) -> Iterator[str]:
    """What a part finds; what the product itself refuses on the way is a finding too."""
    try:
        yield from part(bench)
    except UpartError as error:
        yield f"{error.message} {error.remedy}".strip()
