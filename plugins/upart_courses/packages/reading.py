# SPDX-License-Identifier: MIT
"""Which packages can be read: one table, the first that knows a package reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from upart.plugin import gettext as _
from upart_courses.packages import cartridge, folder, scorm
from upart_courses.packages.finishing import About
from upart_courses.packages.opened import Package, opened
from upart_courses.packages.tree import Tree, Unreadable


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads packages: does it know this one, and what course is in it?"""

    name: str
    recognises: Callable[[Package], bool]
    read: Callable[[Package, About], Tree]


READERS = (
    Reader("SCORM 1.2", scorm.recognises, scorm.read),
    Reader("Common Cartridge", cartridge.recognises, cartridge.read),
    Reader("Folder of Markdown", folder.recognises, folder.read),
)


def tree_of(package: Package, about: About) -> Tree:
    """The course in a package that is open. Raises Unreadable."""
    for reader in READERS:
        if reader.recognises(package):
            return reader.read(package, about)
    said = _("This ZIP holds neither a Common Cartridge nor texts in Markdown.")
    raise Unreadable(said, remedy=_("Export the course as a Common Cartridge (.imscc), or pack a folder of Markdown files."))


def read(source: Any, about: About) -> Tree:
    """The course in what somebody sent; `source` can be read and sought. Raises Unreadable."""
    with opened(source) as package:
        return tree_of(package, about)
