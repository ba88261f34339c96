# SPDX-License-Identifier: MIT
"""Whatever plugins declare, whatever is switched on: the policy says all of it, and nothing else."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from upart.hooks import plugged
from upart.hooks.choices import BASES
from upart.hooks.holdings import Holdings
from upart.hooks.loaded import Plugin
from upart.hooks.records import ConsentPurpose, Cookie, Decision, ExternalStore, Recipient
from upart.mail.actions import CONFIG
from upart.operators import Operator
from upart.policy.compiling import compiled
from upart.policy.facts import digest_of, facts
from upart.policy.papers import FORMATS, Paper
from upart.privacy.register import PERSONAL_KINDS, ColumnEntry, Register, TableEntry, inventory
from upart.privacy.taxonomy import Basis, Category, OnErase, Purpose
from upart.privacy.words import Declaration, days, months, processing, until

IDS = ("alpha", "beta", "gamma")
COUNTRIES = ("DE", "CH", "IN")


@dataclass(frozen=True)
class Made:
    """A plugin that was made up: what it declares, whether it is switched on, which of its tables have a line."""

    plugin: Plugin
    tables: tuple[TableEntry, ...]
    on: bool
    filled: frozenset[str]


@st.composite
def declarations(draw):
    """What a column holds."""
    category = draw(st.sampled_from(list(Category))).value
    kind = draw(st.sampled_from(("personal", "personal", "not_personal", "sealed", "found_by", "personal_json")))
    made = {"origin": "provided", "needed": "optional", "secret": draw(st.booleans()), "never_share": draw(st.booleans())}
    if kind == "personal":
        return Declaration(kind=kind, category=category, processing=draw(st.none() | processings()), **made)
    if kind == "personal_json":
        return Declaration(kind=kind, paths={"answers.*": category, "mood": Category.SPECIAL_HEALTH.value})
    return Declaration(kind=kind, why="because", days=30 if kind == "sealed" else 0, on_erase=OnErase.DELETE if kind == "found_by" else None)


@st.composite
def processings(draw):
    """Why something is kept."""
    basis = draw(st.sampled_from(list(Basis)))
    period = draw(st.sampled_from((months(24), days(30), until("the league ends"))))
    return processing(draw(st.sampled_from(list(Purpose))), basis, retain=period, after=draw(st.sampled_from(("", "at"))), interest="to play")


@st.composite
def plugins(draw, id):
    """One plugin, with tables, recipients, a cookie, a purpose, a decision; or without."""
    tables = []
    for number in range(draw(st.integers(0, 2))):
        columns = [ColumnEntry("id", "CHAR(32)", False, Declaration(kind="key")), ColumnEntry("academy_id", "CHAR(32)", False, Declaration(kind="key"))]
        if draw(st.booleans()):
            columns.append(ColumnEntry("player_id", "CHAR(32)", False, Declaration(kind="subject", role="player", on_erase=OnErase.DELETE, source="person")))
        columns += [ColumnEntry(f"c{i}", "VARCHAR", False, made) for i, made in enumerate(draw(st.lists(declarations(), max_size=3)))]
        tables.append(TableEntry(id, f"{id}_t{number}", True, tuple(columns), draw(st.none() | processings()), title=f"Things of {id}"))
    recipients = [
        Recipient(name=f"{id} Ltd", role="processor", purpose=draw(st.sampled_from(list(Purpose))), country=draw(st.sampled_from(COUNTRIES)),
                  categories=(draw(st.sampled_from(list(Category))),), safeguard="clauses", contract="of 1 March")
    ] if draw(st.booleans()) else []  # fmt: skip
    cookies = [Cookie(name=f"{id}_level", category=draw(st.sampled_from(("necessary", "measure"))), purpose="keeps it")] if draw(st.booleans()) else []
    purposes = [ConsentPurpose(key=f"{id}.tips", text="Tips", purpose="newsletter", basis=draw(st.sampled_from(BASES)))] if draw(st.booleans()) else []
    decisions = [Decision(name=f"Place in {id}", logic="points", effect="who plays", human="write")] if draw(st.booleans()) else []
    stores = [ExternalStore(name=f"{id}.shelf", recipient=draw(st.sampled_from(("", f"{id} Ltd"))), access=print, erase=print)] if draw(st.booleans()) else []
    made = Plugin(id, stores=stores, recipients=recipients, cookies=cookies, purposes=purposes, decisions=decisions)
    filled = frozenset(table.table for table in tables if draw(st.booleans()))
    return Made(made, tuple(tables), draw(st.booleans()), filled)


def declared(made: list[Made], words: dict[str, str]) -> set[str]:
    """The ids that must stand in the policy, worked out without the compiler."""
    found = {f"setting.policy_{place}" for place, text in words.items() if text}
    for one in made:
        mine = [entry for entry in one.tables if entry.is_personal]
        kept = [entry for entry in mine if one.on or entry.table in one.filled]
        for entry in kept:
            found |= {f"{entry.plugin}.{entry.table}.{column.name}" for column, d in entry.declared() if d.kind in PERSONAL_KINDS}
        found |= {f"recipient.{each.name}" for each in one.plugin.recipients if one.on or kept}
        found |= {f"store.{each.name}" for each in one.plugin.stores if one.on or kept}
        if one.on:
            found |= {f"cookie.{each.name}" for each in one.plugin.cookies} | {f"consent.{each.key}" for each in one.plugin.purposes}
            found |= {f"decision.{each.name}" for each in one.plugin.decisions}
    return found


def told(document) -> set[str]:
    """The ids that stand in it, but for those of tables, of the law and of our own sentences."""
    ids = set(document.declarations())
    return {id for id in ids if not id.startswith(("gdpr.", "text.", "core.", "courses.")) and (id.count(".") != 1 or not id.startswith(IDS))}


def test_the_policy_says_what_is_declared_or_still_held_and_nothing_else(portal):
    known, config = portal.state.plugins, portal.app.extensions[CONFIG]
    base, file = Register(dict(known.register.tables)), config.instance / "upart.sqlite"
    core = {f"{row['plugin']}.{row['table']}.{row['column']}" for row in inventory(base) if row["kind"] in PERSONAL_KINDS and row["controller"] == "academy"}
    always = {"setting.legal_name", "setting.privacy_contact", "setting.privacy_officer", "setting.authority", "recipient.UPART demo installation",
              "cookie.upart_session", "cookie.upart_remember", "cookie.upart_choices", "consent.newsletter", "consent.updates", "consent.promote",
              "consent.personalise", "visits.noted", "visits.left_out", "visits.kept", "visits.stopped"}  # fmt: skip

    @settings(max_examples=30, derandomize=True, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.tuples(*(plugins(id) for id in IDS)), st.fixed_dictionaries({"held": st.sampled_from(("", "Ours.")), "end": st.sampled_from(("", "*End*"))}),
           st.lists(st.sampled_from(("server", "mail", "backup")), unique=True))  # fmt: skip
    def check(made, words, tasks):
        academy = portal.academy("athena")
        held = Holdings(Register({**base.tables, **{entry.table: entry for one in made for entry in one.tables}}))
        now = replace(academy, plugins=academy.plugins | {one.plugin.id for one in made if one.on},
                      settings={**academy.settings, **{f"policy_{place}": text for place, text in words.items()}})  # fmt: skip
        with _lines(file, academy, made), portal.app.test_request_context(), portal.reading("athena"):
            plugged.init_app(portal.app, replace(known, found={**known.found, **{one.plugin.id: one.plugin for one in made}}))
            portal.app.extensions[CONFIG] = replace(config, infrastructure=tuple(Operator(task, "Donau", "AT") for task in tasks))
            said = facts(now, held)
            again = facts(now, held)
            documents = {language: compiled(now, said, language) for language in ("en", "de")}
            files = json.loads(FORMATS["json"][1](Paper(now, 1, documents["en"], said)))
        expected = declared(made, words) | always | {f"recipient.Donau ({task})" for task in tasks}
        assert {language: told(document) for language, document in documents.items()} == {"en": expected, "de": expected}
        assert core <= set(documents["en"].declarations())
        assert {one["id"] for one in files["statements"]} == core | {id for id in expected if id.startswith(IDS)}
        assert digest_of(said) == digest_of(again)

    check()
    plugged.init_app(portal.app, known)
    portal.app.extensions[CONFIG] = config


@contextmanager
def _lines(file, academy, made):
    """Within the block the made-up tables exist, and those that are filled hold one line of the academy."""
    tables = [entry for one in made for entry in one.tables]
    with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as connection:
        for entry in tables:
            connection.execute(f'CREATE TABLE "{entry.table}" ({", ".join(column.name for column in entry.columns)})')
        for table in (table for one in made for table in one.filled):
            connection.execute(f'INSERT INTO "{table}" (id, academy_id) VALUES (?, ?)', (academy.id.hex, academy.id.hex))
        try:
            yield
        finally:
            for entry in tables:
                connection.execute(f'DROP TABLE "{entry.table}"')
