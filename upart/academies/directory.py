# SPDX-License-Identifier: MIT
"""Which academy answers on a host: looked up for every request, by one statement of the driver."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from upart.academies.choosing import chosen
from upart.academies.models import Academy, AcademyHost, AcademyKind, AcademyPlugin, AcademySetting, HostState, Role
from upart.academies.settings import read_settings
from upart.config import Config
from upart.context import CurrentAcademy, Restricted
from upart.db import everywhere
from upart.hooks import locks
from upart.hooks.plugged import plugged
from upart.hooks.records import ROLES

PLATFORM = "SELECT id, epoch FROM academy WHERE kind = 'platform'"
BY_SLUG = "SELECT id, epoch FROM academy WHERE kind = 'academy' AND slug = ? AND (ending IS NULL OR ending IN ('announced', 'leaving'))"
BY_ID = "SELECT id, epoch FROM academy WHERE id = ?"
BY_DOMAIN = (
    "SELECT a.id, a.epoch FROM academy_host h JOIN academy a ON a.id = h.academy_id"
    " WHERE h.state = 'active' AND h.host = ? AND (a.ending IS NULL OR a.ending IN ('announced', 'leaving'))"
)

KEPT = 4096
"""Academies that one process keeps in memory."""

POSTGRESQL_SECONDS = 0.5
"""How old an epoch may be that was read over the network."""

SPARE = 8
"""Connections that are kept for the next who ask."""

LONGEST = 600
"""Characters of the longest Host header that is read: a name of 253 in UTF-8, and a port."""

HOST = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")


def fold(header: str) -> str | None:
    """The host name of a Host header: lower case, IDNA, without port and final dot; None if it is none (RFC 9110, 7.2)."""
    return _fold(header) if len(header) <= LONGEST else None


@lru_cache(4096)
def _fold(header: str) -> str | None:
    name, colon, port = header.strip().rpartition(":")
    if colon and not port.isdecimal():
        return None
    name = (name if colon else port).lower().removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("latin-1").decode("utf-8").encode("idna").decode("ascii").lower()
        except (UnicodeError, ValueError):
            return None
    return name if len(name) <= 253 and HOST.fullmatch(name) else None


class Directory:
    """Academies by host. The epoch is read each time; everything else is kept until the epoch rises.

    `restricted` reads whose data are only stored at an academy.
    """

    def __init__(self, app: Flask, config: Config, restricted: Callable[[Session, UUID], tuple[Restricted, ...]] = lambda session, id: ()) -> None:
        self.app, self.restricted = app, restricted
        self.base_host = config.base_host
        self.url = make_url(config.database_url)
        self._on_sqlite = self.url.get_backend_name() == "sqlite"
        self._free: list[Any] = []
        self._known: OrderedDict[Any, CurrentAcademy] = OrderedDict()
        self._lock = threading.Lock()
        self._recent: dict[str, tuple[float, tuple[Any, int] | None]] = {}

    def at(self, host: str) -> CurrentAcademy | None:
        """The academy that answers on this folded host, or None."""
        return self._newest(self._epoch(host))

    def _newest(self, found: tuple[Any, int] | None) -> CurrentAcademy | None:
        if found is None:
            return None
        id, epoch = found
        known = self._known.get(id)
        return known if known is not None and known.epoch == epoch else self._keep(id)

    def by_slug(self, slug: str) -> CurrentAcademy | None:
        """The academy of this slug, also the platform; for commands."""
        with self.app.app_context(), everywhere("find an academy by its slug") as session:
            id = session.scalar(select(Academy.id).where(Academy.slug == slug))
        return self._read(id) if id else None

    def by_id(self, id: UUID) -> CurrentAcademy | None:
        """The academy of this id; for jobs."""
        return self._newest(self._look(id.hex, BY_ID, (id.hex,)))

    def homes(self) -> dict[UUID, frozenset[str]]:
        """Whose tasks run at each academy: the plugins that are on, and on the platform "core"; for schedules."""
        with self.app.app_context(), everywhere("where are plugins on?") as session:
            found: dict[UUID, set[str]] = {
                id: {"core"} if kind is AcademyKind.PLATFORM else set() for id, kind in session.execute(select(Academy.id, Academy.kind))
            }
            for id, plugin in session.execute(select(AcademyPlugin.academy_id, AcademyPlugin.plugin)):
                found[id].add(plugin)
        return {id: frozenset(owners) for id, owners in found.items()}

    def close(self) -> None:
        """Give the connections back and forget what is known."""
        self._let_go()
        self._known.clear()
        self._recent.clear()

    def _epoch(self, host: str) -> tuple[Any, int] | None:
        if host == self.base_host:
            return self._look("platform", PLATFORM, ())
        slug = host.removesuffix("." + self.base_host)
        if slug != host:
            return self._look(slug, BY_SLUG, (slug,)) if "." not in slug else None
        return self._look(host, BY_DOMAIN, (host,))

    def _look(self, name: str, statement: str, values: tuple[str, ...]) -> tuple[Any, int] | None:
        """Id as the driver gives it, and epoch."""
        if self._on_sqlite:
            return self._ask(statement, values)
        moment = time.monotonic()
        recent = self._recent.get(statement + name)
        if recent is None or moment - recent[0] > POSTGRESQL_SECONDS:
            if len(self._recent) > 2 * KEPT:
                self._recent.clear()
            recent = self._recent[statement + name] = (moment, self._ask(statement.replace("?", "%s"), values))
        return recent[1]

    def _ask(self, statement: str, values: tuple[str, ...]) -> tuple[Any, int] | None:
        """One row, over one of a few connections: a server has a thousand threads, but few ask at once."""
        try:
            connection, kept = self._free.pop(), True
        except IndexError:
            connection, kept = self._connect(), False
        try:
            row: tuple[Any, int] | None = connection.execute(statement, values).fetchone()
        except Exception:
            connection.close()
            if not kept:
                raise
            self._let_go()  # the server was restarted: what was kept is dead
            return self._ask(statement, values)
        if len(self._free) < SPARE:
            self._free.append(connection)
        else:
            connection.close()
        return row

    def _let_go(self) -> None:
        with suppress(IndexError):
            while True:
                self._free.pop().close()

    def _connect(self) -> Any:
        if self._on_sqlite:
            connection = sqlite3.connect(str(self.url.database), timeout=10, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA mmap_size=268435456")
            return connection
        import psycopg  # 6 MB that an installation on SQLite does not need

        url = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=on")

    def _read(self, id: UUID) -> CurrentAcademy | None:
        with self.app.app_context(), everywhere("read an academy with its settings and plugins") as session:
            row = session.get(Academy, id)
            if row is None:
                return None
            stored = {s.key: s.value for s in session.scalars(select(AcademySetting).where(AcademySetting.academy_id == id))}
            plugins = frozenset(session.scalars(select(AcademyPlugin.plugin).where(AcademyPlugin.academy_id == id)))
            own = session.scalar(select(AcademyHost.host).where(AcademyHost.academy_id == id, AcademyHost.state == HostState.ACTIVE, AcademyHost.is_primary))
            host = own or (self.base_host if row.kind.value == "platform" else f"{row.slug}.{self.base_host}")
            return CurrentAcademy(
                id=row.id,
                slug=row.slug,
                name=row.name,
                kind=row.kind.value,
                epoch=row.epoch,
                host=host,
                plugins=plugins,
                settings=MappingProxyType({**self._chosen(stored, plugins), **read_settings(stored)}),
                roles=self._roles(session, id, plugins),
                restricted=self.restricted(session, id),
                held_back=self._held_back(session, id, plugins),
                custody_at=row.custody_at,
                ending=row.ending.value if row.ending is not None else "",
                closes_at=row.closes_at,
            )

    def _held_back(self, session: Session, id: UUID, plugins: frozenset[str]) -> frozenset[str]:
        with self.app.app_context():
            return locks.held_back(session, id, plugins)

    def _chosen(self, stored: Mapping[str, str], plugins: frozenset[str]) -> dict[str, Any]:
        """What is set of the plugins that are on."""
        with self.app.app_context():
            return chosen(stored, plugins)

    def _roles(self, session: Session, id: UUID, plugins: frozenset[str]) -> Mapping[str, frozenset[str]]:
        """What each role may do here: as the academy says, else as core and enabled plugins propose. Owners may do all."""
        with self.app.app_context():
            offered = [p for owner in plugged().everything() if owner.id == "core" or owner.id in plugins for p in owner.permissions]
        names = {permission.name for permission in offered}
        granted = {role: frozenset(p.name for p in offered if role in p.roles) for role in ROLES} | {"owner": frozenset(names)}
        for name, permissions in session.execute(select(Role.name, Role.permissions).where(Role.academy_id == id)):
            granted[name] = frozenset(permissions) & names
        return MappingProxyType(granted)

    def _keep(self, id: Any) -> CurrentAcademy | None:
        academy = self._read(id if isinstance(id, UUID) else UUID(id))
        if academy is not None:
            with self._lock:
                self._known[id] = academy
                if len(self._known) > KEPT:
                    self._known.popitem(last=False)
        return academy
