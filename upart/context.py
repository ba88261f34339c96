# SPDX-License-Identifier: MIT
"""Where are we and who is acting: the context variables of one request, job or command.

Lower layers read them here, so nobody imports upward. A missing academy means nothing
can be read; a missing actor means nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from upart.errors import NoAcademy


@dataclass(frozen=True, slots=True)
class Restricted:
    """Somebody whose data are only stored for now (GDPR art. 18): all of them, or those of a purpose, a table or a row.

    `scope` is "all", "purpose", "table" or "row"; `name` the purpose or table, `row_id` the row. `digests` are the
    pseudonyms by which rows without a link are found.
    """

    person_id: UUID
    scope: str = "all"
    name: str = ""
    row_id: UUID | None = None
    goes_on: bool = False
    digests: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentAcademy:
    """The academy that answers: its row, settings and enabled plugins, as of one epoch.

    Immutable and shared between requests. `epoch` rises with every change that a visitor
    could see, so a value of this class is never stale: a new epoch brings a new one.
    """

    id: UUID
    slug: str
    name: str
    kind: str
    epoch: int
    host: str
    """Primary host name, without port; links are built from it, never from the request."""
    plugins: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    roles: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Permissions of each role here."""
    restricted: tuple[Restricted, ...] = ()
    """Whose data are only stored here: others than they themselves do not see them."""
    held_back: frozenset[str] = frozenset()
    """What an upgrade of a plugin has added and nobody here has agreed to: not used until then ("cookie:quiz_level")."""
    custody_at: datetime | None = None
    """Since when nobody owns it: it is paused, and the platform keeps it."""
    ending: str = ""
    """How far its closing has come, or "": it goes on."""
    closes_at: datetime | None = None
    """When its people are erased, and what it holds."""

    @property
    def is_paused(self) -> bool:
        """Do its pages not answer, but for signing in and the rights of people? Nobody owns it, or it is being closed."""
        return self.custody_at is not None or self.ending not in ("", "announced")

    @property
    def is_platform(self) -> bool:
        """True for academy number one, which is UPART itself."""
        return self.kind == "platform"


_academy: ContextVar[CurrentAcademy | None] = ContextVar("upart_academy", default=None)
_actor: ContextVar[Any] = ContextVar("upart_actor", default=None)
_fresh: ContextVar[bool] = ContextVar("upart_fresh", default=False)
_private: ContextVar[bool] = ContextVar("upart_private", default=True)
_shown: ContextVar[list[Any] | None] = ContextVar("upart_shown", default=None)
_scopes: ContextVar[frozenset[str] | None] = ContextVar("upart_scopes", default=None)


class Context:
    """`context.academy`, `context.person`: read anywhere, set only by doors."""

    @property
    def academy(self) -> CurrentAcademy:
        """The academy of this request, job or command. Raises NoAcademy outside of one."""
        academy = _academy.get()
        if academy is None:
            raise NoAcademy(
                "No academy is set here.",
                remedy="Run this inside a request, a job or a command that names its academy.",
            )
        return academy

    @property
    def academy_or_none(self) -> CurrentAcademy | None:
        """The academy, or None outside of a door."""
        return _academy.get()

    @property
    def person(self) -> Any:
        """The signed-in person (a row of `person`), or None: then nobody acts."""
        return _actor.get()

    @property
    def scopes(self) -> frozenset[str] | None:
        """What a program may do here that acts for somebody ("courses:courses:read"); None: a person in a browser, everything she may."""
        return _scopes.get()

    @property
    def fresh(self) -> bool:
        """Has the acting person given the password (or its like) within 15 minutes?"""
        return _fresh.get()

    @property
    def shows_private(self) -> bool:
        """May private data be printed here? On pages only to somebody fresh; jobs and commands print no pages."""
        return _private.get()

    @contextmanager
    def knowing(self, person: Any, fresh: bool, *, private: bool = False) -> Iterator[None]:
        """Make this person current for the block; say whether the password was given lately, or the page may show private data anyway."""
        actor_token, fresh_token, private_token = _actor.set(person), _fresh.set(fresh), _private.set(fresh or private)
        try:
            yield
        finally:
            _private.reset(private_token)
            _fresh.reset(fresh_token)
            _actor.reset(actor_token)

    @contextmanager
    def within(self, scopes: frozenset[str] | None) -> Iterator[None]:
        """Let the block do only what these scopes allow; None: everything that the person may."""
        token = _scopes.set(scopes)
        try:
            yield
        finally:
            _scopes.reset(token)

    def show(self, value: Any) -> None:
        """Say that a private value is put on the page of this request. Jobs and commands show nothing."""
        shown = _shown.get()
        if shown is not None:
            shown.append(value)

    @contextmanager
    def noting(self) -> Iterator[list[Any]]:
        """Gather the private values that are put on a page within the block."""
        shown: list[Any] = []
        token = _shown.set(shown)
        try:
            yield shown
        finally:
            _shown.reset(token)

    @contextmanager
    def set(self, academy: CurrentAcademy | None, person: Any = None) -> Iterator[None]:
        """Make this academy and person current for the block; doors call it, nobody else."""
        academy_token, actor_token = _academy.set(academy), _actor.set(person)
        try:
            yield
        finally:
            _actor.reset(actor_token)
            _academy.reset(academy_token)


context = Context()
