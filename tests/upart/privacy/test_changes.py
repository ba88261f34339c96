# SPDX-License-Identifier: MIT
"""What of two declarations is different, and which of it people would want to know."""

from __future__ import annotations

import pytest

from upart.privacy.changes import RULES, changes

COLUMN = {
    "category": "edu.result", "purpose": "learn", "basis": "eu-gdpr:A6-1-b", "special_ground": "", "retain": "24 months", "after": "at", "origin": "observed",
    "controller": "academy", "laws": [], "recipients": ["Tidewire"], "needed": "optional", "secret": True, "never_share": True, "review": True, "interest": "",
}  # fmt: skip
RECIPIENT = {"role": "processor", "purpose": "learn", "country": "DE", "categories": ["id.name"], "safeguard": "", "contract": "of 1 May", "keeps": ""}
COOKIE = {"category": "preferences", "lifetime": 60.0, "purpose": "Keeps your level."}
PURPOSE = {"purpose": "updates", "basis": "eu-gdpr:A6-1-a", "version": 1, "channels": ["email"], "text": "Write to me."}
DECISION = {"logic": "By date.", "effect": "A seat or none.", "human": "Write to us."}
WAS = {"column": COLUMN, "recipient": RECIPIENT, "cookie": COOKIE, "purpose": PURPOSE, "decision": DECISION, "store": {"recipient": ""}}

TABLE = (
    ("column", "category", "special.health", True, ("column:it",)),
    ("column", "purpose", "promote", True, ()),
    ("column", "basis", "eu-gdpr:A6-1-f", True, ()),
    ("column", "special_ground", "9(2)(a)", True, ()),
    ("column", "retain", "36 months", True, ("period:it",)),
    ("column", "retain", "800 days", True, ("period:it",)),
    ("column", "retain", "until the course ends", True, ("period:it",)),
    ("column", "retain", "12 months", False, ()),
    ("column", "after", "changed_at", True, ("period:it",)),
    ("column", "origin", "from_other", True, ("column:it",)),
    ("column", "controller", "platform", True, ("column:it",)),
    ("column", "laws", ["DE.invoice"], True, ()),
    ("column", "recipients", ["Tidewire", "Choir"], True, ("shared:it",)),
    ("column", "recipients", [], True, ("shared:it",)),
    ("column", "needed", "contract", True, ()),
    ("column", "secret", False, True, ("shared:it",)),
    ("column", "never_share", False, True, ("shared:it",)),
    ("column", "review", False, True, ("shared:it",)),
    ("column", "interest", "to answer", False, ()),
    ("recipient", "role", "controller", True, ("recipient:it",)),
    ("recipient", "purpose", "promote", True, ("recipient:it",)),
    ("recipient", "country", "US", True, ("recipient:it",)),
    ("recipient", "country", "FR", False, ()),
    ("recipient", "categories", ["id.name", "contact.email"], True, ("recipient:it:contact.email",)),
    ("recipient", "categories", [], False, ()),
    ("recipient", "contract", "of 2 May", False, ()),
    ("recipient", "safeguard", "clauses", False, ()),
    ("recipient", "keeps", "30 days", False, ()),
    ("cookie", "category", "measure", True, ("cookie:it",)),
    ("cookie", "lifetime", 90.0, True, ("cookie:it",)),
    ("cookie", "lifetime", None, False, ()),
    ("cookie", "purpose", "Keeps your levels.", False, ()),
    ("purpose", "purpose", "promote", True, ("purpose:it",)),
    ("purpose", "basis", "eu-gdpr:A6-1-f", True, ("purpose:it",)),
    ("purpose", "version", 2, True, ("purpose:it",)),
    ("purpose", "channels", ["email", "sms"], True, ("purpose:it",)),
    ("purpose", "text", "Write to me!", False, ()),
    ("decision", "logic", "By the date.", False, ()),
    ("decision", "effect", "One seat or none.", False, ()),
    ("decision", "human", "Ask us.", False, ()),
    ("store", "recipient", "Tidewire", True, ()),
)


@pytest.mark.parametrize(("kind", "word", "new", "material", "holds"), TABLE, ids=[f"{kind}-{word}-{new}" for kind, word, new, *_ in TABLE])
def test_a_word_that_is_different(kind, word, new, material, holds):
    [found] = changes({kind: {"it": WAS[kind]}}, {kind: {"it": {**WAS[kind], word: new}}})
    assert (found.word, found.old, found.new, found.material, found.holds) == (word, WAS[kind][word], new, material, holds)


def test_every_word_stands_in_the_table():
    assert {(kind, word) for kind, word, *_ in TABLE} == {(kind, word) for kind, rules in RULES.items() for word in rules}


@pytest.mark.parametrize("kind", WAS)
def test_what_is_new_is_material_but_for_a_store_of_ones_own(kind):
    [came] = changes({}, {kind: {"it": WAS[kind]}})
    assert came.material is (kind != "store")
    assert (came.word, came.old, came.new) == ("", None, WAS[kind])
    [went] = changes({kind: {"it": WAS[kind]}}, {})
    assert not went.material
    assert not went.holds
    assert went.new is None


def test_equal_declarations_have_no_difference():
    same = {kind: {"it": words} for kind, words in WAS.items()}
    assert changes(same, same) == []
