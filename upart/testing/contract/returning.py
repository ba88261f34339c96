# SPDX-License-Identifier: MIT
"""An old copy comes back: who was erased since is gone again before the first answer, because the ledger knows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

from upart.app import create_app
from upart.backup.making import make
from upart.cli.backing import bring_back
from upart.hooks.loader import GROUP
from upart.rights.canary.rows import Breach, wrong
from upart.testing.contract.erasure import Erasure
from upart.testing.contract.traces import standing
from upart.testing.installation import Installation

REMEDY = "Nothing may answer before what the ledger says was done again: see upart/rights/gate.py."

SETTLED = ("user_session", "mail_token")
"""Tables of which a restore itself lets go: whoever was signed in is signed out, and links that open an account are void."""


class OldCopy:
    """A backup of an installation as it is now, outside of its folder; `close()` lets go of it."""

    def __init__(self, made: Installation) -> None:
        self.made, self._folder = made, tempfile.TemporaryDirectory(prefix="upart-old-")
        self.file = Path(self._folder.name) / "old.upart"
        with made.app.app_context():
            make(made.state.config, self.file)

    def close(self) -> None:
        """Let go of it."""
        self._folder.cleanup()

    def check(self, erasures: Sequence[Erasure]) -> Iterator[Breach]:
        """Put it back, start anew, ask for a page, and look for whoever was erased since."""
        bring_back(self.made.app, self.file, replace=True)
        plugins = [EntryPoint(one.id, one.module.__name__, GROUP) for one in self.made.state.plugins.healthy() if one.module is not None]
        next_start = Installation(create_app(settings=self.made.state.config, plugins=plugins))
        try:
            next_start.visitor(erasures[0].party.academy.slug).get("/").close()
            yield from self._back(erasures)
        finally:
            next_start.close()

    def _back(self, erasures: Sequence[Erasure]) -> Iterator[Breach]:
        planted = {mark: (row, column) for row in erasures[0].rows for mark, column in row.marks.items()}
        gone, ids = set[str]().union(*(one.gone for one in erasures)), set[str]().union(*(one.ids for one in erasures))
        found = standing(self.made, set(planted), ids)
        for mark in found.keys() - (planted.keys() - gone):
            where = f"stands in {', '.join(sorted(set(found[mark])))} again after an old copy was put back."
            yield wrong(planted[mark][0].entry, planted[mark][1], where, REMEDY) if mark in planted else Breach("core", "person", f"the id {where}", REMEDY)
        for row, column in (planted[mark] for mark in planted.keys() - gone - found.keys()):
            if row.entry.table not in SETTLED:
                yield wrong(row.entry, column, "is gone after an old copy was put back although its row stays.", "Doing erasures again must not reach others.")
