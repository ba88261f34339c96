# SPDX-License-Identifier: MIT
"""Whoever receives data is declared whole: who, what for, where, under which contract; or the plugin does not load."""

from __future__ import annotations

from dataclasses import replace

import pytest

from upart.errors import PluginError
from upart.hooks.loaded import Plugin
from upart.hooks.recipients import check_recipients
from upart.hooks.records import ExternalStore, Recipient
from upart.privacy.register import Register, TableEntry
from upart.privacy.taxonomy import Basis, Category, Purpose
from upart.privacy.words import Declaration, months, processing

CHOIR = Recipient(name="Choir Ltd", role="processor", purpose="learn", country="AT", categories=("contact.email",), contract="of 1 March 2026")

FAULTS = (
    ({"name": " "}, "has no name", "Say who it is"),
    ({"role": "friend"}, "has the role 'friend', which is unknown", "processor, joint, controller"),
    ({"purpose": "advertise"}, "has the purpose 'advertise', which is unknown", "learn"),
    ({"categories": ("shoe.size",)}, "gets the category 'shoe.size', which is unknown", "Category"),
    ({"categories": ()}, "gets no category of data", "categories="),
    ({"country": "Austria"}, "is in the country 'Austria', which is unknown", "ISO 3166-1"),
    ({"country": "EU"}, "is in the country 'EU', which is unknown", "ISO 3166-1"),
    ({"country": "US"}, "is in a third country (United States) without a safeguard", "safeguard="),
    ({"contract": ""}, "is a processor without a contract", "contract="),
)


def check(*recipients: Recipient, others=(), stores=(), tables=()) -> PluginError | None:
    plugin = Plugin("choir", recipients=list(recipients), stores=list(stores))
    try:
        check_recipients(plugin, [plugin, *others], Register({entry.table: entry for entry in tables}))
    except PluginError as error:
        return error
    return None


@pytest.mark.parametrize(("change", "message", "remedy"), FAULTS, ids=[message for _, message, _ in FAULTS])
def test_a_recipient_that_is_not_whole_breaks_its_plugin_with_a_remedy(change, message, remedy):
    error = check(replace(CHOIR, **change))
    assert message in error.message
    assert remedy in error.remedy


def test_a_whole_one_passes_in_a_third_country_with_its_safeguard_too():
    assert check(CHOIR) is check(replace(CHOIR, country="US", safeguard="standard contractual clauses 2021/914")) is None
    assert check(replace(CHOIR, role="controller", contract="")) is None


def test_two_with_one_name_are_refused_in_one_plugin_and_in_two():
    assert "which 'choir' has declared" in check(CHOIR, CHOIR).message
    assert "which 'band' has declared" in check(CHOIR, others=[Plugin("band", recipients=[CHOIR])]).message


@pytest.mark.parametrize("place", ["store", "column", "table"])
def test_a_name_that_nobody_has_declared_is_refused_wherever_it_is_used(place):
    found = Declaration(kind="personal", category=Category.CONTACT_EMAIL.value, recipients=("Band Ltd",) if place == "column" else ())
    made = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(1), recipients=("Band Ltd",) if place == "table" else ())
    entry = TableEntry("choir", "choir_singer", True, (column("email", found),), made)
    stores = [ExternalStore(name="band", recipient="Band Ltd", access=print, erase=print)] if place == "store" else []
    error = check(CHOIR, stores=stores, tables=[entry])
    assert "names the recipient 'Band Ltd', which nobody has declared" in error.message
    assert check(CHOIR, replace(CHOIR, name="Band Ltd"), stores=stores, tables=[entry]) is None


def column(name: str, declaration: Declaration):
    from upart.privacy.register import ColumnEntry

    return ColumnEntry(name, "VARCHAR", False, declaration)
