# SPDX-License-Identifier: MIT
"""Sessions and the doors that open them. Doors commit, once; actions never."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, scoped_session

from upart.config import Config
from upart.context import CurrentAcademy, context
from upart.db import masking, masks, origins, wall, withholding
from upart.db.engine import BUSY_SECONDS, DOOR, Door, engine_options, pass_door, set_up
from upart.db.model import Model
from upart.errors import WallError

_door: ContextVar[Door | None] = ContextVar("upart_door", default=None)


@dataclass(slots=True)
class Held:
    """The one connection of a door that only reads: statements of pages use it without a session, which costs more than they do."""

    door: Door
    connection: Connection | None = None

    def open(self) -> Connection:
        """The connection, opened when it is first asked for."""
        if self.connection is None:
            self.connection = engine().connect().execution_options(**{DOOR: self.door})
        return self.connection

    def close(self, *, well: bool) -> None:
        """Give it back. What went well on PostgreSQL ends with COMMIT: psycopg forgets at each ROLLBACK what is prepared on the server."""
        if self.connection is not None:
            try:
                if well and self.connection.dialect.name == "postgresql":
                    self.connection.commit()
            finally:
                self.connection.close()


_held: ContextVar[Held | None] = ContextVar("upart_held", default=None)


class WallSession(FlaskSession):
    """A session that belongs to one door, hence to one academy, for life."""

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        given = options.pop("door", None)
        door = given or _door.get()
        if door is None:
            raise WallError("There is no database session here.", remedy="Open a door: reading(academy), writing(academy) or everywhere('why').")
        super().__init__(db, **options)
        self.info["door"] = door
        self._held = _held.get() if given is None and not door.write else None
        self._engine = None if self._held else db.engine.execution_options(**{DOOR: door})

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        """The connection that its door reads over, else the one engine, marked with the door."""
        return self._held.open() if self._held else self._engine


class Database(SQLAlchemy):
    """The database of an application. Its sessions end with their doors, and with nothing else."""

    def _teardown_session(self, exc: BaseException | None) -> None:
        """Nothing: a further application context that ends inside of a door must not roll back what the door has written."""


wall.listen(WallSession)
masking.listen(WallSession)
withholding.listen(WallSession)
origins.listen()
db = Database(metadata=Model.metadata, session_options={"class_": WallSession, "scopefunc": lambda: id(_door.get())})
session: scoped_session[Session] = db.session  # type: ignore[assignment]
"""The session of the current door. It lends reading and writing; committing belongs to the door."""


def init_app(app: Flask, config: Config) -> None:
    """Connect an application to its database. Needs no running server and no migrated schema."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config.database_url)
    db.init_app(app)
    with app.app_context():
        masking.guard(wall.guard(set_up(db.engine)))


def engine() -> Engine:
    """The engine of the current application."""
    return db.engine


@contextmanager
def _open(door: Door, academy: CurrentAcademy | None, person: Any) -> Iterator[scoped_session[Session]]:
    token, held, well = _door.set(door), Held(door), False
    held_token = _held.set(held)
    try:
        with context.set(academy, person):
            yield session
            if door.write and is_used():
                session.commit()
        well = True
    except BaseException:
        if is_used():
            session.rollback()
        raise
    finally:
        try:
            session.remove()
            held.close(well=well)
        finally:
            _held.reset(held_token)
            _door.reset(token)


@contextmanager
def reading(academy: CurrentAcademy | None, person: Any = None, *, masks: bool = False) -> Iterator[scoped_session[Session]]:
    """A door that only reads: a flush in it raises, and the database refuses writes.

    `masks`: it is a page's, so data of restricted people are hidden from all but themselves (see `db/masking.py`).
    """
    with _open(Door(academy.id if academy else None, write=False, masks=masks), academy, person) as opened:
        yield opened


@contextmanager
def writing(academy: CurrentAcademy | None, person: Any = None, *, patience: float = BUSY_SECONDS, masks: bool = False) -> Iterator[scoped_session[Session]]:
    """A door that writes and commits once, at its end; an exception rolls everything back.

    Nothing inside may wait for the network or hash a password: on SQLite it holds the write lock.
    It waits `patience` seconds for other writers, then raises SQLAlchemy's OperationalError. `masks`: as for `reading`.
    """
    with _open(Door(academy.id if academy else None, write=True, patience=patience, masks=masks), academy, person) as opened:
        yield opened


@contextmanager
def everywhere(reason: str, *, write: bool = False, patience: float = BUSY_SECONDS) -> Iterator[Session]:
    """A session of its own over all academies, for the few things that need it; say why.

    Rows loaded here never mix with those of the current academy. With `write` it commits at its end,
    and must come before the first statement of a writing door: the two would wait for each other. `patience`: as for `writing`.
    """
    if not reason.strip():
        raise WallError("everywhere() needs a reason in words.", remedy='For example: everywhere("claim the next job").')
    door = _door.get()
    if write and door is not None and door.write and has_begun():
        raise WallError(f"everywhere() cannot write ({reason}) inside a transaction that has begun.", remedy="Do it before the door's first statement.")
    opened = WallSession(db, door=Door(None, write=write, everywhere=reason, patience=patience))
    try:
        yield opened
        if write:
            opened.commit()
    except BaseException:
        opened.rollback()
        raise
    finally:
        opened.close()


@contextmanager
def undone(reason: str) -> Iterator[Session]:
    """As `everywhere()` with `write`, but nothing of it is ever kept or seen by anybody else: it is rolled back, whatever happens.

    For trying out what really writing would do. On SQLite others who write wait for its end.
    """
    opened = WallSession(db, door=Door(None, write=True, everywhere=reason))
    try:
        yield opened
    finally:
        opened.rollback()
        opened.close()


@contextmanager
def bare(reason: str, *, write: bool = False) -> Iterator[Connection]:
    """As `everywhere()`, but a mere connection, at half the cost: for Core statements that run often."""
    with engine().execution_options(**{DOOR: Door(None, write=write, everywhere=reason)}).connect() as connection:
        yield connection
        if write:
            connection.commit()


def connection() -> Connection:
    """The connection of the current door, in its transaction; without a session where the door only reads."""
    held = _held.get()
    return session().connection() if held is None or held.door.write else held.open()


@contextmanager
def across(reason: str) -> Iterator[Connection]:
    """All academies, inside the transaction of the current writing door; say why.

    Gives the connection alone, so no row of another academy can enter the door's session. For a worker,
    whose commit that ends one job claims the next, of whatever academy. An exception rolls the transaction back.
    """
    door = _door.get()
    if door is None or not door.write:
        raise WallError("across() needs a writing door.")
    session.flush()
    connection = session.connection()
    try:
        yield pass_door(connection, Door(None, write=True, everywhere=reason))
    except BaseException:
        session.rollback()  # the door begins anew, behind its own wall
        raise
    pass_door(connection, door)


@contextmanager
def aside() -> Iterator[Session]:
    """One short write transaction beside the door's own, committed at the end of the block, also in GET.

    For what must survive a rollback (attempt counters, idempotency keys). It must come before the
    door's first write: on SQLite two write transactions of one request would wait for each other.
    """
    door = _door.get()
    if door is None:
        raise WallError("aside() needs an open door.")
    if door.write and has_begun():
        raise WallError("aside() must come before the first statement of a writing door.")
    opened = WallSession(db, door=Door(door.academy_id, write=True))
    try:
        yield opened
        opened.commit()
    except BaseException:
        opened.rollback()
        raise
    finally:
        opened.close()


@contextmanager
def unmasked(reason: str, *people: UUID, keep: bool = False) -> Iterator[None]:
    """In this block data of restricted people are seen, of these `people` or of all; say why. Also a decorator.

    For looking up who signs in, for counting, for writing to somebody, and for the officer's work on a request. At the end
    all rows of the session get their masks again; with `keep` those that were loaded in the block stay as they are.
    """
    if not reason.strip():
        raise WallError("unmasked() needs a reason in words.", remedy='For example: unmasked("who signs in?").')
    door = _door.get()
    if door is None or masks.sight(door) is None:
        yield
        return
    mine = session()
    token = masks.opened.set(frozenset(people) if people else None)
    try:
        hide = masking.show(mine, keep=keep)
        yield
        if door.write:
            mine.flush()  # what was written here is not judged by the masks outside
    finally:
        masks.opened.reset(token)
    hide()


def insert_once(model: type[Model], **values: Any) -> bool:
    """Insert a row of this academy unless one of its unique keys is taken; True if it was made.

    However many requests try at once, one of them makes it. Columns that are not named get their defaults.
    """
    opened = session()
    insert: Any = (sqlite if opened.get_bind().dialect.name == "sqlite" else postgresql).insert(model)
    # Asked by RETURNING: the row count of such an INSERT is -1 on PostgreSQL, whatever it did.
    once = insert.values(academy_id=current_academy_id(), **values).on_conflict_do_nothing().returning(model.__table__.c.id)
    return opened.execute(once).first() is not None


def has_begun() -> bool:
    """Has the current door's session sent a statement? Then it holds a transaction, on SQLite perhaps the write lock."""
    return bool(is_used() and session().info.get("begun"))


def is_used() -> bool:
    """Has anybody asked for the current door's session? It is made at first use."""
    return bool(session.registry.has())


def is_open() -> bool:
    """Is a door open here? In a task with `outside=True` none is."""
    return _door.get() is not None


def current_academy_id() -> UUID | None:
    """The academy of the open door, or None."""
    door = _door.get()
    return door.academy_id if door else None
