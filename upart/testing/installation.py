# SPDX-License-Identifier: MIT
"""An installation for a test: migrated, with a platform and academies, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from upart import config
from upart.academies import actions, switching
from upart.academies.models import AcademyKind
from upart.app import Portal, State, create_app
from upart.cli import migrating
from upart.context import CurrentAcademy
from upart.db import Model, engine, everywhere, reading, writing
from upart.hooks.audit import audit
from upart.testing.client import Client
from upart.testing.rewinding import Kept, Rewinding

TWO = ("athena", "orion")


@dataclass
class Installation:
    """A running installation as tests see it."""

    app: Portal
    _kept: Kept | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Visits are written when a test says so, and by no thread that outlives it."""
        assert self.state.counting is not None
        self.state.counting.alone = False

    @property
    def state(self) -> State:
        """Plugins, directory, cache of the application."""
        state: State = self.app.extensions["upart"]
        return state

    def academy(self, slug: str) -> CurrentAcademy:
        """The academy of this slug."""
        found = self.state.directory.by_slug(slug)
        assert found is not None, f"no academy {slug}"
        return found

    def visitor(self, slug: str) -> Client:
        """A visitor at this academy's host."""
        return Client(self.app, self.academy(slug).host)

    @contextmanager
    def reading(self, slug: str) -> Iterator[scoped_session[Session]]:
        """A reading door at an academy."""
        with self.app.app_context(), reading(self.academy(slug)) as session:
            yield session

    @contextmanager
    def writing(self, slug: str) -> Iterator[scoped_session[Session]]:
        """A writing door at an academy."""
        with self.app.app_context(), writing(self.academy(slug)) as session:
            yield session

    @contextmanager
    def everywhere(self) -> Iterator[Session]:
        """A writing session over all academies."""
        with self.app.app_context(), everywhere("a test looks at everything", write=True) as session:
            yield session

    def contents(self, *but: str) -> dict[str, set[str]]:
        """All rows of all tables, but some: equal before and after what changes nothing."""
        tables = [Model.metadata.tables[name] for name in self.state.plugins.register.tables if name not in but]
        with self.app.app_context(), everywhere("compare everything") as session:
            return {table.name: {repr(tuple(row)) for row in session.execute(select(table))} for table in tables}

    @contextmanager
    def rewound(self) -> Iterator[Rewinding]:
        """Undo at the end of the block what was done in it, on SQLite. Epochs go on rising, so that no cache is mistaken. Not to be nested."""
        if self._kept is None:
            self._kept = Kept(self.state.config.database_url.removeprefix("sqlite:///"))
        rewinding = Rewinding()
        self._kept.take()
        try:
            yield rewinding
        finally:
            if rewinding.needed:
                self._kept.put_back()

    def breaches(self) -> list[str]:
        """All that should hold here and does not, of the core and of every plugin (`upart_invariants`)."""
        with self.app.app_context():
            return audit()

    def close(self) -> None:
        """Give the database's connections back."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        with self.app.app_context():
            engine().dispose()
        self.state.directory.close()


def install(
    folder: Path,
    database_url: str = "",
    *,
    academies: Collection[str] = TWO,
    plugins: Iterable[EntryPoint] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Installation:
    """Make an installation in `folder`: migrated, with the platform and these academies, all healthy plugins on."""
    folder.mkdir(parents=True, exist_ok=True)
    overrides = {"database_url": database_url} if database_url else {}
    chosen = {"password_memory": 8, "mail_url": ("file:",), "public_origin": "http", **overrides, **(settings or {})}
    app = create_app(settings=config.load(folder, {}, **chosen), plugins=plugins)
    migrating.upgrade(app)
    made = Installation(app)
    with made.everywhere() as session:
        if made.state.directory.by_slug("platform") is None:
            actions.create_academy(session, "platform", "UPART", kind=AcademyKind.PLATFORM)
    found(made, academies)
    return made


def found(made: Installation, academies: Collection[str]) -> None:
    """Found academies of these names, with all healthy plugins on."""
    with made.everywhere() as session:
        for slug in academies:
            academy = actions.create_academy(session, slug, slug.title())
            for plugin in made.state.plugins.healthy():
                actions.enable_plugin(session, academy.id, plugin.id)
    for slug in academies:
        with made.writing(slug):
            switching.begin_all()
