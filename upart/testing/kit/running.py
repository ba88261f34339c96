# SPDX-License-Identifier: MIT
"""A plugin while people are served: switched off, with many rows, and with hooks that fail."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Table, event, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from upart.academies import actions
from upart.cli.work import make_worker
from upart.db import engine, uuid7
from upart.testing.filling import is_text
from upart.testing.kit.bench import Bench

ASKED = ("/", "/account/", "/search/?q=a", "/privacy/")
"""Pages of the core that show what plugins add."""

COPIES = 6
"""How many rows are made of each."""

ON_EVENT = "upart_on_event"
GUARDING = ("upart_visible", "upart_objections", "upart_authenticate", ON_EVENT)
"""Hooks that are called while people are served; those of the start set a plugin aside when they fail."""


def is_off(bench: Bench) -> Iterator[str]:
    """Where it is off nobody can tell that it is there."""
    paths = [one.path for one in bench.pages()]
    with bench.made.everywhere() as session:
        actions.disable_plugin(session, bench.athena, bench.plugin)
    try:
        for name, path in itertools.product(("ada", "vic"), paths):
            if (answer := bench.browser(name).get(path)).status_code != 404:
                yield f"{name}, GET {path}: {answer.status_code} although the plugin is off."
        for name, path in itertools.product(("ada", "vic"), ASKED):
            text = bench.browser(name).get(path).text
            yield from (f"{name}, GET {path}: leads to {mine}, although the plugin is off." for mine in paths if f'href="{mine}"' in text)
    finally:
        with bench.made.everywhere() as session:
            actions.enable_plugin(session, bench.athena, bench.plugin)


def stays_light(bench: Bench) -> Iterator[str]:
    """A page sends as many statements over many rows as over few."""
    with bench.made.rewound():
        before = dict(_statements(bench))
        with bench.made.everywhere() as session:
            for table in bench.loaded.tables:
                if not _multiply(session, table, bench):
                    bench.not_tried.append(f"{table.name} with many rows: its keys let no copy in")
        for (name, path), number in _statements(bench):
            few = before.get((name, path), number)
            if number > few:
                yield f"{name}, GET {path}: {number} statements over many rows, {few} over few. Read what belongs together by one (joinedload, IN)."
    bench.changed()


def _statements(bench: Bench) -> Iterator[tuple[tuple[str, str], int]]:
    """How many SELECTs each page sends, the second time that somebody asks for it."""
    for name, path in itertools.product(("ada", "lena"), [one.path for one in bench.pages()]):
        browser = bench.browser(name)
        browser.get(path)
        bench.changed()
        with _counted(bench) as sent:
            answer = browser.get(path)
        if answer.status_code == 200:
            yield (name, path), len(sent)


@contextmanager
def _counted(bench: Bench) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.extend([statement] if statement.startswith("SELECT") else [])

    with bench.made.app.app_context():
        known = engine()
    event.listen(known, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(known, "before_cursor_execute", note)


def _multiply(session: Session, table: Table, bench: Bench) -> int:
    """Copy each row of a table at athena a few times, with texts of their own; returns how many were let in."""
    rows = session.execute(select(table).where(table.c.academy_id == bench.athena)).mappings().all() if "academy_id" in table.c else []
    made = 0
    for row, number in itertools.product(rows, range(COPIES)):
        texts = {one.name: f"{row[one.name]} {number}" for one in table.columns if is_text(one) and row[one.name] is not None}
        try:
            with session.begin_nested():
                session.execute(insert(table).values({**row, **texts, "id": uuid7()}))
            made += 1
        except IntegrityError:
            continue
    return made


class Broken(Exception):
    """What a hook of the plugin raises in this trial."""


def _raise(*_given: Any, **_named: Any) -> Any:
    raise Broken("tried by upart.testing")


def fails(bench: Bench) -> Iterator[str]:
    """With each of its hooks failing, one after the other, the pages of the core are there."""
    hooks = [(name, impl) for name in GUARDING for impl in getattr(bench.made.state.plugins.manager.hook, name).get_hookimpls()]
    mine = [(name, impl) for name, impl in hooks if impl.plugin_name == bench.plugin]
    for name, implementation in mine:
        working, implementation.function = implementation.function, _raise
        try:
            yield from _served(bench, name)
        finally:
            implementation.function = working
    for number, slot in enumerate(bench.loaded.slots):
        bench.loaded.slots[number] = replace(slot, values=_raise)
        bench.made.state.dispatcher.slots.cache_clear()
        try:
            yield from _served(bench, f"the slot {slot.name}")
        finally:
            bench.loaded.slots[number] = slot
            bench.made.state.dispatcher.slots.cache_clear()
    if not mine and not bench.loaded.slots:
        bench.not_tried.append("hooks that fail: it has none that are called while people are served")


def _served(bench: Bench, what: str) -> Iterator[str]:
    bench.changed()
    for name, path in itertools.product(("ada", "lena", "vic"), ASKED):
        if (answer := bench.browser(name).get(path)).status_code >= 500:
            yield f"{name}, GET {path}: {answer.status} when {what} fails."
    if what == ON_EVENT:
        make_worker(bench.made.app).run_due()
