# SPDX-License-Identifier: MIT
"""Lena corrects a line: she types over what is wrong, Ada decides, the line and its copies follow, nothing else."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from deciding import decide, newest, request_of
from erasing import answer_of, held, invoice_of, praise, text, who
from people import idle, mails, sign_in, work
from sqlalchemy import func, select, update
from upart_quizbank.models import AnswerWords, Duel, Mention, Payment, Praise, Tone

from upart import clock
from upart.errors import Problem
from upart.privacy.taxonomy import Reason
from upart.rights.models import RequestState, RightsRequest, RightsStep
from upart.testing.hostile import encoded, hostile_values


def mention(made, author: str = "Lena", slug: str = "athena") -> UUID:
    """A remark of somebody's, about nothing in particular."""
    with made.writing(slug) as session:
        row = Mention(author_id=who(session, author).id, tone=Tone.DOUBT, text="Shaky, I fear")
        session.add(row)
        session.flush()
        return row.id


def payment(made, payer: str = "Lena") -> UUID:
    """A line of the books about somebody."""
    with made.writing("athena") as session:
        row = Payment(payer_id=who(session, payer).id, cents=4900, reference="AT12 0000 1111")
        session.add(row)
        session.flush()
        return row.id


def page(id: UUID, table: str = "mention") -> str:
    return f"/privacy/mine/correct/quizbank/quizbank_{table}/{id}"


TYPED = {"value.tone": "praise", "value.text": "Solid, I know"}


def test_lena_types_over_what_is_wrong_and_ada_grants_it(school):
    id, lena = mention(school), sign_in(school, "lena")
    lines = lena.get("/privacy/mine/quizbank/quizbank_mention").text
    assert f'href="{page(id)}"' in lines
    form = lena.get(page(id)).text
    assert "Shaky, I fear" in form
    assert re.search(r'<option value="doubt" selected>', form)
    answer = lena.post(page(id), data=TYPED)
    assert answer.status_code == 303
    request = newest(school)
    assert request.state is RequestState.NEEDS_DECISION
    assert "Solid, I know" in lena.get(answer.headers["Location"]).text
    assert decide(school, request.id).state is RequestState.DONE
    with school.reading("athena") as session:
        row = session.scalars(select(Mention).where(Mention.id == id)).one()
        assert (row.tone, row.text) == (Tone.PRAISE, "Solid, I know")


def test_what_was_typed_is_forgotten_once_it_stands_and_the_history_says_which_columns(school):
    id, lena = mention(school), sign_in(school, "lena")
    lena.post(page(id), data=TYPED)
    done = decide(school, newest(school).id)
    assert done.details == {"scope": "row", "name": "quizbank_mention", "row": str(id), "values": {"tone": None, "text": None}}
    assert "Shaky" not in text(school)
    shown = lena.get(f"/privacy/requests/{done.id}").text
    assert [words in shown for words in ("Tone", "Granted", "So it is.", "Solid")] == [True, True, True, False]


def test_a_refused_correction_changes_nothing_and_keeps_what_was_asked(school):
    id, lena = mention(school), sign_in(school, "lena")
    lena.post(page(id), data=TYPED)
    refused = decide(school, newest(school).id, reason=Reason.UNFOUNDED, words="You did doubt.")
    assert (refused.state, refused.details["values"]["text"]["to"]) == (RequestState.REFUSED, "Solid, I know")
    with school.reading("athena") as session:
        assert session.scalar(select(Mention.text)) == "Shaky, I fear"
    assert "You did doubt." in str(mails(school, "lena")[-1].get_body(("plain",)))


def test_wrong_types_come_back_as_they_were_typed(school):
    id, lena = payment(school), sign_in(school, "lena")
    for typed in ({"value.cents": "a lot"}, {"value.cents": str(2**70)}, {"value.booked_at": "yesterday"}, {"value.reference": "x" * 20_001}):
        answer = lena.post(page(id, "payment"), data={"value.cents": "4900", "value.booked_at": "2026-11-25 18:05", "value.reference": "AT", **typed})
        assert answer.status_code == 422
        assert (next(iter(typed.values()))[:50] in answer.text) or "too large" in answer.text
    assert lena.post(page(mention(school)), data={"value.tone": "shrill", "value.text": "x"}).status_code == 422
    assert lena.post(page(mention(school)), data={"value.tone": "doubt", "value.text": "Shaky, I fear"}).status_code == 422
    with school.reading("athena") as session:
        assert session.scalar(select(func.count()).select_from(RightsRequest)) == 0


def test_numbers_times_and_empty_values_go_in_as_what_they_are(school):
    id, lena = payment(school), sign_in(school, "lena")
    typed = {"value.cents": "5000", "value.booked_at": "2026-01-31 18:05", "value.reference": ""}
    assert lena.post(page(id, "payment"), data=typed).status_code == 303
    decide(school, newest(school).id)
    with school.reading("athena") as session:
        row = session.scalars(select(Payment)).one()
        assert (row.cents, row.reference, row.booked_at.isoformat()) == (5000, None, "2026-01-31T17:05:00+00:00")


def test_a_time_that_she_did_not_touch_is_not_corrected(school):
    id, lena = payment(school), sign_in(school, "lena")
    form = lena.get(page(id, "payment")).text
    shown = {name: re.search(rf'value="([^"]*)"\s+id="f-value.{name}"', form)[1] for name in ("cents", "booked_at", "reference")}
    lena.post(page(id, "payment"), data={f"value.{name}": value for name, value in {**shown, "cents": "1"}.items()})
    assert list(newest(school).details["values"]) == ["cents"]


AS_IT_IS = {
    "value.alias": "L.", "value.sentence": "I love it.", "value.looks.colours.0.name": "red", "value.looks.colours.1.name": "green", "value.looks.size": "12",
    "value.large": "no", "value.until": "",
}  # fmt: skip
"""The form of a praise as it stands before anybody types."""


def test_values_inside_of_json_and_yes_and_days_are_typed_in_too(school):
    id, lena = praise(school), sign_in(school, "lena")
    form = lena.get(page(id, "praise")).text
    assert "Looks: colours, 1, name" in form
    typed = {**AS_IT_IS, "value.looks.colours.0.name": "blue", "value.looks.size": "14", "value.large": "yes", "value.until": "2028-02-29"}
    assert lena.post(page(id, "praise"), data={**typed, "value.until": "2027-02-29"}).status_code == 422
    assert lena.post(page(id, "praise"), data={**typed, "value.large": "perhaps"}).status_code == 422
    lena.post(page(id, "praise"), data=typed)
    decide(school, newest(school).id)
    with school.reading("athena") as session:
        row = session.scalars(select(Praise)).one()
        assert (row.looks, row.large, row.until) == ({"colours": [{"name": "blue"}, {"name": "green"}], "size": 14}, True, date(2028, 2, 29))


def test_a_copy_follows_and_a_snapshot_does_not(school):
    id, lena = praise(school), sign_in(school, "lena")
    answer_of(school, "Lena", words="I love it."), praise(school)
    lena.post(page(id, "praise"), data={**AS_IT_IS, "value.sentence": "I like it."})
    decide(school, newest(school).id)
    with school.reading("athena") as session:
        rows = {row.id: (row.sentence, row.shown, row.first_said) for row in session.scalars(select(Praise))}
        assert rows.pop(id) == ("I like it.", "I like it.", "I love it.")
        assert set(rows.values()) == {("I love it.",) * 3}
        assert session.scalar(select(AnswerWords.words)) == "I love it."


def test_what_was_observed_or_written_by_others_can_be_said_wrong_in_words(school):
    id, lena = answer_of(school, "Lena", reviewer="Theo"), sign_in(school, "lena")
    assert "Say in words what is wrong with it." in lena.get(page(id, "answer")).text
    assert lena.post(page(id, "answer"), data={"words": " "}).status_code == 422
    assert lena.post(page(id, "answer"), data={"words": "I never said that.", "value.verdict": "Perfect."}).status_code == 303
    assert (newest(school).details["values"], newest(school).words) == ({}, "I never said that.")
    assert decide(school, newest(school).id).state is RequestState.DONE


def test_an_issued_document_and_the_core_s_own_lines_have_no_fields(school):
    lena, invoice = sign_in(school, "lena"), invoice_of(school, "Lena", clock.now())
    with school.reading("athena") as session:
        me = who(session, "Lena").id
    for path in (page(invoice, "invoice"), f"/privacy/mine/correct/core/person/{me}"):
        form = lena.get(path).text
        assert 'name="value.' not in form
        assert lena.post(path, data={"value.roles": "owner", "value.street": "Elsewhere"}).status_code == 422
    assert 'href="/account/"' in form


def test_in_a_line_about_two_she_corrects_her_own_side(school):
    with school.writing("athena") as session:
        duel = Duel(challenger_id=who(session, "Lena").id, opponent_id=who(session, "Theo").id, boast="I win", reply="I do")
        session.add(duel)
        session.flush()
        id = duel.id
    lena = sign_in(school, "lena")
    form = lena.get(page(id, "duel")).text
    assert ("I win" in form, "I do" in form) == (True, False)
    lena.post(page(id, "duel"), data={"value.boast": "I may win", "value.reply": "Theo loses"})
    decide(school, newest(school).id)
    with school.reading("athena") as session:
        assert session.execute(select(Duel.boast, Duel.reply)).one() == ("I may win", "I do")


def test_lines_of_theo_of_odin_and_of_nobody_answer_alike(school):
    ids, lena = (mention(school, "Theo"), mention(school, "Odin", "orion"), uuid4()), sign_in(school, "lena")
    assert [lena.get(page(id)).status_code for id in ids] == [404, 404, 404]
    assert [lena.post(page(id), data=TYPED).status_code for id in ids] == [404, 404, 404]
    mine = mention(school)
    for path in (page(mine, "payment"), f"/privacy/mine/correct/courses/quizbank_mention/{mine}", f"/privacy/mine/correct/core/nothing/{mine}"):
        assert lena.get(path).status_code == 404
    assert idle(lena).get(page(mine)).status_code in (401, 303)


def test_a_line_that_changed_or_went_meanwhile_is_left_alone(school):
    lena, changed, gone = sign_in(school, "lena"), mention(school), mention(school)
    for id in (changed, gone):
        lena.post(page(id), data=TYPED)
    with school.writing("athena") as session:
        session.execute(update(Mention).where(Mention.id == changed, Mention.academy_id == school.academy("athena").id).values(text="Steady"))
        session.delete(session.scalars(select(Mention).where(Mention.id == gone)).one())
    with school.reading("athena") as session:
        ids = {UUID(row.details["row"]): row.id for row in session.scalars(select(RightsRequest))}
    for id, words in ((changed, "has changed since"), (gone, "is gone")):
        with pytest.raises(Problem, match=words):
            decide(school, ids[id])
        assert request_of(school, ids[id]).state is RequestState.NEEDS_DECISION
    with school.reading("athena") as session:
        assert session.execute(select(Mention.tone, Mention.text)).all() == [(Tone.DOUBT, "Steady")]


def test_a_line_that_changes_between_decision_and_work_leaves_the_request_open_for_a_human(school):
    id, lena = mention(school), sign_in(school, "lena")
    lena.post(page(id), data=TYPED)
    request = newest(school).id
    with school.app.test_request_context(), school.writing("athena") as session:
        from upart.rights.actions.deciding import grant

        grant(session.scalars(select(RightsRequest).where(RightsRequest.id == request)).one())
    with school.writing("athena") as session:
        session.scalars(select(Mention)).one().tone = Tone.PRAISE
    work(school)
    with school.reading("athena") as session:
        assert session.scalar(select(RightsStep.problem).where(RightsStep.request_id == request)) == "Problem"
        assert session.scalar(select(Mention.text)) == "Shaky, I fear"
    assert request_of(school, request).state is RequestState.PARTIALLY_DONE
    assert decide(school, request, reason=Reason.UNFOUNDED, words="It has changed.").state is RequestState.REFUSED


def test_two_tabs_make_one_request_and_another_wish_waits_its_turn(school):
    id, first, second = mention(school), sign_in(school, "lena"), sign_in(school, "lena")
    assert first.post(page(id), data=TYPED).headers["Location"] == second.post(page(id), data=TYPED).headers["Location"]
    other = second.post(page(id), data={**TYPED, "value.text": "Neither"})
    assert other.status_code == 409
    assert "Another correction of this line waits" in other.text
    assert "Neither" in other.text


@pytest.mark.parametrize("name", ["value.sentence", "value.looks.size", "value.until"])
def test_whatever_is_typed_gets_an_answer_in_words_and_can_be_granted(school, name):
    id, lena = praise(school), sign_in(school, "lena")
    for value in hostile_values[::4]:
        answer = lena.post(page(id, "praise"), data=encoded({**AS_IT_IS, name: value}.items()), content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (303, 400, 413, 422), (name, value[:40])
        if answer.status_code == 303:
            assert lena.get(answer.headers["Location"]).status_code == 200
            assert decide(school, newest(school).id).state is RequestState.DONE
            with school.writing("athena") as session:
                row = session.scalars(select(Praise)).one()
                row.alias, row.sentence, row.large, row.until = "L.", "I love it.", False, None
                row.looks = {"colours": [{"name": "red"}, {"name": "green"}], "size": 12}


def test_odin_does_not_change_by_a_byte(school):
    mention(school, "Odin", "orion")
    before, id = held(school, "orion"), mention(school)
    sign_in(school, "lena").post(page(id), data=TYPED)
    decide(school, newest(school).id)
    assert held(school, "orion") == before
