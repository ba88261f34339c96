# SPDX-License-Identifier: MIT
"""What core and plugins declare about people's data is what copies and erasures do; and whoever declares wrongly is told."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace

import pytest
from mutants import mutants

from upart.testing import assert_privacy_contract
from upart.testing.contract import believing

OWNERS = ("core", "courses", "quizbank")
DEEP = bool(os.environ.get("UPART_DEEP"))


@pytest.mark.parametrize("owner", OWNERS)
def test_a_plugin_does_what_it_declares(with_quizbank, owner):
    examined = assert_privacy_contract(owner, with_quizbank)
    print(f"{owner}: {examined}")
    assert examined.rows > 50


@pytest.mark.parametrize("owner", OWNERS)
def test_each_wrong_declaration_is_seen(planted, owner):
    """In the normal run one that shows in a copy and one that shows in an erasure; with --deep all of all columns."""
    place, kinds, unseen = planted(owner), Counter(), []
    truth = place.made.state.plugins.register
    for mutant in mutants(truth, owner) if DEEP else few(mutants(truth, owner)):
        with believing(place.made, mutant.register):
            seen = next(place.again().breaches(), None)
        kinds[mutant.kind] += 1
        unseen += [] if seen else [mutant.name]
    print(f"{owner}: {sum(kinds.values())} wrong declarations, {dict(kinds)}, unseen: {unseen}")
    assert not unseen
    assert kinds


def few(all_of_them):
    """One of a kind that shows in copies, one of a kind that shows in erasures."""
    found = list(all_of_them)
    ends = [next((m for m in found if m.kind.startswith(kind)), None) for kind in ("personal", "subject", "DELETE", "UNLINK")]
    return [mutant for mutant in ends if mutant is not None][:2]


def test_rows_planted_and_untouched_have_no_breach_but_that_nothing_was_erased(planted, monkeypatch):
    """The check has eyes of its own: an engine that does nothing and says that it is done is seen."""
    from upart.rights.actions import carrying_out

    monkeypatch.setattr(carrying_out, "_do", lambda *rest: None)
    said = [str(breach) for breach in planted("quizbank").again().breaches()]
    assert any("quizbank_answer: a row is still there that should be gone" in one for one in said)
    assert any("quizbank_invoice.phone: holds" in one for one in said)


def test_a_session_that_hides_nothing_or_too_much_is_seen(planted, monkeypatch):
    from upart.db import masking

    def said() -> str:
        return " ".join(str(one) for one in planted("quizbank").again().breaches() if "restricted" in str(one))

    assert said() == ""
    monkeypatch.setattr(masking, "_is_about", lambda *row: False)
    assert "quizbank_answer.text: is seen by others while its person is restricted" in said()
    monkeypatch.setattr(masking, "_is_about", lambda *row: True)
    assert "quizbank_answer.text: is hidden although it is about nobody who is restricted" in said()


def test_an_old_copy_that_brings_somebody_back_is_seen(planted, monkeypatch):
    """Whoever starts without looking into the ledger shows those who were erased since."""
    from upart.rights import gate

    monkeypatch.setattr(gate, "catch_up", lambda portal: 0)
    said = [str(breach) for breach in planted("quizbank").again().breaches()]
    assert any("quizbank_answer.text: stands in" in one and "again after an old copy was put back" in one for one in said)


def test_an_unknown_or_broken_plugin_is_named_with_what_to_do(with_quizbank):
    with pytest.raises(AssertionError, match="no plugin 'nothing' here. Install its package"):
        assert_privacy_contract("nothing", with_quizbank)


def test_the_message_names_plugin_table_column_and_remedy(planted):
    place = planted("quizbank")
    answer = place.made.state.plugins.register.tables["quizbank_answer"]
    columns = tuple(replace(c, declaration=replace(c.declaration, about=("reviewer",))) if c.name == "text" else c for c in answer.columns)
    tables = {**place.made.state.plugins.register.tables, "quizbank_answer": replace(answer, columns=columns)}
    with believing(place.made, type(place.made.state.plugins.register)(tables)):
        said = [str(breach) for breach in place.again().breaches()]
    assert said[0] == (
        "Plugin 'quizbank', quizbank_answer.text: is about 'learner' and is missing in the copy of 'learner'. "
        "All that is held of somebody is theirs to see; only secret= and review= hold something back."
    )
