# SPDX-License-Identifier: MIT
"""Packages as they lie in storage: a ZIP that is never unpacked. What it consists of is read once for each version of its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from upart.plugin import File, Problem, open_file
from upart_courses.packages.opened import Package, opened
from upart_courses.packages.scorm import Scorm, read_scorm

KEPT = 100
"""How many packages a process remembers; the newest."""

_READ: dict[tuple[UUID, str], Scorm] = {}


@contextmanager
def package_in(file: File) -> Iterator[Package]:
    """A stored ZIP, opened. Raises Unreadable, and Problem 410 for one whose bytes are gone."""
    with open_file(file) as stream, opened(stream) as package:
        yield package


def scorm_in(file: File) -> Scorm:
    """What a stored package consists of. Raises Unreadable for a file that is no SCORM 1.2 package."""
    named = (file.id, file.sha256)
    if (known := _READ.get(named)) is None:
        with package_in(file) as package:
            known = _READ[named] = read_scorm(package)
        for old in list(_READ)[:-KEPT]:
            _READ.pop(old, None)
    return known


def unplayable(file: File) -> Problem | None:
    """Why a stored file cannot be played as a package; None for one that can."""
    try:
        scorm_in(file)
    except Problem as error:
        return error
    return None


def version_of_bytes(file: File) -> str:
    """The bytes of a package, by the beginning of their digest."""
    return file.sha256[:16]
