# SPDX-License-Identifier: MIT
"""What needs a human: one list on the staff's first page, filled by core and plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

URGENCY = ("bad", "warn", "info", "")
"""Kinds of matters, the most pressing first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing that needs a human: what it is, why, and where it is done.

    `title`, `text`: in words for whoever reads, translated. `url`: the page on which it is done, `verb` what is done there. `due`: until
    when; those that are due first stand first. `count`: how many things it stands for, `since` when the oldest of them came.
    `kind`: "bad" (something is broken or late), "warn", "info" or "". `label` says more than `verb` to somebody who does not see the line.
    """

    title: str
    url: str
    verb: str
    text: str = ""
    icon: str = "circle-alert"
    kind: str = "warn"
    due: date | None = None
    since: datetime | None = None
    count: int = 1
    label: str = ""

    @property
    def order(self) -> tuple[bool, date, int]:
        """What is due stands first, then what presses most."""
        due = self.due.date() if isinstance(self.due, datetime) else self.due
        return due is None, due or date.max, URGENCY.index(self.kind) if self.kind in URGENCY else len(URGENCY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A source of such matters. `matters()` is called when the page is opened, in its read session, for people who have the `permission`.

    `key`: unique, a plugin's begins with its id.
    """

    key: str
    matters: Callable[[], Iterable[Matter]]
    permission: str = ""

    @property
    def name(self) -> str:
        """Its key: no two are called the same."""
        return self.key
