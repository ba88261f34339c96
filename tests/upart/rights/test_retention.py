# SPDX-License-Identifier: MIT
"""What has been kept long enough goes by itself, at each academy, as the declarations say; what is needed longer stays."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from erasing import answer_of, erase, held, invoice_of, text, who
from people import sign_in, work
from sqlalchemy import event, select, update
from upart_courses.models import Enrolment, LessonEvent
from upart_quizbank.models import Answer, AnswerWords, Duel, Invoice, Payment

from upart import clock
from upart.accounts.models import Attempt, MailToken, SignIn
from upart.cli.main import main
from upart.db import engine, uuid7
from upart.files.actions import upload
from upart.jobs.models import Job
from upart.privacy.register import Register
from upart.privacy.taxonomy import Category
from upart.privacy.words import Declaration
from upart.rights.actions.archiving import ask_for_archive
from upart.rights.actions.retaining import SPARES, NotAllWent, retain
from upart.rights.engine.groups import about
from upart.rights.models import RetentionRun
from upart.rights.restricting.actions import lift, restrict, restrictions_of
from upart.rights.restricting.models import Ground
from upart.storage.models import File
from upart.testing.contract import believing
from upart.testing.faults import every_kill

DAY, YEAR = timedelta(days=1), timedelta(days=365)


def night(made, after: timedelta = timedelta(), spares=SPARES) -> dict[str, int]:
    """A night, so much later."""
    with made.app.app_context(), clock.shifted(after):
        return retain(spares)


def aged(made, model, by: timedelta, column: str, slug: str = "athena", **which) -> None:
    """Let rows be that old."""
    with made.writing(slug) as session:
        session.execute(update(model).where(*(getattr(model, name) == value for name, value in which.items())).values({column: clock.now() - by}))


def left(made, model, slug: str = "athena") -> list:
    """The rows that are there."""
    with made.reading(slug) as session:
        return list(session.scalars(select(model)))


def test_an_enrolment_goes_after_two_idle_years_with_all_that_lena_did_in_it(school):
    before = left(school, Enrolment)
    lena = before[0].learner_id
    aged(school, Enrolment, 2 * YEAR + 3 * DAY, "last_activity_at", learner_id=lena)
    mine = {row.id for row in before if row.learner_id == lena}

    went = night(school)

    assert went["courses_enrolment"] == len(mine)
    assert {row.id for row in left(school, Enrolment)} == {row.id for row in before} - mine
    assert not [row for row in left(school, LessonEvent) if row.enrolment_id in mine]
    assert night(school) == {}


def test_the_day_after_and_not_the_day_before(school):
    id = answer_of(school, "Lena")
    given = next(row.given_at for row in left(school, Answer) if row.id == id)
    last = given.replace(year=given.year + 2) - clock.now()

    assert "quizbank_answer" not in night(school, last)
    assert night(school, last + DAY)["quizbank_answer"] == 1
    assert left(school, AnswerWords) == []


def test_rows_that_do_not_say_when_they_were_made_have_it_in_their_keys(school):
    with school.writing("athena") as session:
        session.add(Duel(challenger_id=who(session, "Lena").id, opponent_id=who(session, "Theo").id, boast="I win."))

    assert "quizbank_duel" not in night(school, YEAR - 3 * DAY)
    assert night(school, YEAR + 3 * DAY)["quizbank_duel"] == 1


def test_where_the_date_is_empty_the_making_of_the_row_counts(school):
    answer_of(school, "Lena")
    answer_of(school, "Theo", reviewer="Lena")
    aged(school, Answer, -YEAR, "reviewed_at", reviewer_id=next(row.reviewer_id for row in left(school, Answer) if row.reviewer_id))
    entry = school.state.plugins.register.tables["quizbank_answer"]
    other = replace(entry, processing=replace(entry.processing, after="reviewed_at"))

    with believing(school, Register({**school.state.plugins.register.tables, entry.table: other})):
        night(school, 2 * YEAR + 3 * DAY)

    assert [row.reviewer_id is None for row in left(school, Answer)] == [False]


def test_a_column_may_have_a_shorter_time_than_its_row(school):
    with school.writing("athena") as session:
        session.add(Payment(payer_id=who(session, "Lena").id, cents=4900, reference="AT61 1904"))

    assert night(school, timedelta(days=200))["quizbank_payment"] == 1
    assert [(row.reference, row.cents) for row in left(school, Payment)] == [(None, 4900)]
    assert night(school, timedelta(days=200)) == {}


def test_a_sealed_body_is_emptied_after_its_days(school):
    with school.writing("athena") as session:
        session.add(Payment(payer_id=who(session, "Lena").id, cents=4900, reference="{body}"))
    entry = school.state.plugins.register.tables["quizbank_payment"]
    sealed = Declaration(kind="sealed", why="a body in transit", days=10)
    columns = tuple(replace(column, declaration=sealed) if column.name == "reference" else column for column in entry.columns)

    with believing(school, Register({**school.state.plugins.register.tables, entry.table: replace(entry, columns=columns)})):
        assert "quizbank_payment" not in night(school, 9 * DAY)
        assert night(school, 11 * DAY)["quizbank_payment"] == 1

    assert left(school, Payment)[0].reference is None


def test_an_invoice_stays_for_whom_it_was_written_as_long_as_law_and_period_say(school):
    invoice_of(school, "Lena", clock.now())
    invoice_of(school, "Theo", clock.now())
    erase(school, "Lena")

    assert "quizbank_invoice" not in night(school, timedelta(days=365 * 8))
    assert night(school, timedelta(days=365 * 9 + 10)) != {}
    assert [row.name for row in left(school, Invoice)] == ["Theo"], "hers was kept by the law alone, his by the contract too"
    night(school, timedelta(days=365 * 10 + 10))
    assert left(school, Invoice) == []


def test_a_shorter_period_waits_for_the_law(school):
    invoice_of(school, "Lena", clock.now() - 3 * YEAR)
    entry = school.state.plugins.register.tables["quizbank_invoice"]
    short = replace(entry, processing=replace(entry.processing, retain=replace(entry.processing.retain, months=12)))

    with believing(school, Register({**school.state.plugins.register.tables, entry.table: short})):
        night(school)
        assert len(left(school, Invoice)) == 1
        night(school, 6 * YEAR + 10 * DAY)

    assert left(school, Invoice) == []


def test_who_is_spared_keeps_everything(school):
    answer_of(school, "Lena")
    answer_of(school, "Theo")
    with school.reading("athena") as session:
        lena = who(session, "Lena")

    def restricted(holdings, entry):
        person = holdings.tables["person"]
        return about(holdings, entry, {"person": sa.select(person.c.id).where(person.c.id == lena.id)})

    night(school, 3 * YEAR, spares=(restricted,))

    assert [row.learner_id for row in left(school, Answer)] == [lena.id]
    assert {row.learner_id for row in left(school, Enrolment)} == {lena.id}
    assert len(left(school, AnswerWords)) == 1


def test_what_is_held_of_lena_stays_while_her_data_are_restricted(school):
    answer_of(school, "Lena")
    answer_of(school, "Theo")
    with school.app.test_request_context(), school.writing("athena") as session:
        lena = restrict(who(session, "Lena"), Ground.CLAIMS).person_id

    night(school, 3 * YEAR)
    assert [row.learner_id for row in left(school, Answer)] == [lena]
    assert {row.learner_id for row in left(school, Enrolment)} == {lena}

    with school.app.test_request_context(), school.writing("athena") as session:
        lift(restrictions_of(who(session, "Lena"))[0], told=True)
    night(school, 3 * YEAR)
    assert left(school, Answer) == left(school, Enrolment) == []


def test_while_her_request_is_open_nothing_of_lena_goes(school):
    answer_of(school, "Lena")
    answer_of(school, "Theo")
    with school.app.test_request_context(), school.writing("athena") as session:
        lena = ask_for_archive(who(session, "Lena")).person_id

    night(school, 2 * YEAR + 3 * DAY)
    assert [row.learner_id for row in left(school, Answer)] == [lena]

    work(school)  # the copy is made
    night(school, 2 * YEAR + 3 * DAY)
    assert left(school, Answer) == []


def test_only_what_is_old_goes_and_only_where_it_is(school):
    answer_of(school, "Lena")
    answer_of(school, "Odin", slug="orion")
    aged(school, Answer, 3 * YEAR, "given_at")
    before = held(school, "orion")

    night(school)

    assert held(school, "orion") == before
    assert [(row.table, row.deleted, row.emptied) for row in left(school, RetentionRun) if row.table.startswith("quizbank_a")] == [("quizbank_answer", 1, 0)]
    assert left(school, RetentionRun, "orion") == []
    assert "Lena" not in str([vars(row) for row in left(school, RetentionRun)])


def test_a_drawing_goes_with_its_answer_unless_another_shows_it(school):
    ids = [answer_of(school, "Lena"), answer_of(school, "Lena")]
    with school.app.test_request_context(), school.writing("athena") as session:
        own, shared = (upload(io.BytesIO(words), "sketch.txt", Category.EDU_RESULT).id for words in (b"one", b"two"))
        session.execute(update(Answer).values(sketch_id=shared))
        session.execute(update(Answer).where(Answer.id == ids[0]).values(sketch_id=own))
    answer_of(school, "Lena")
    with school.writing("athena") as session:
        session.execute(update(Answer).where(Answer.sketch_id.is_(None)).values(sketch_id=shared))
        session.execute(update(Answer).where(Answer.id.in_(ids)).values(given_at=clock.now() - 3 * YEAR))

    night(school)

    assert {row.id for row in left(school, File)} == {shared}
    place = school.state.config.instance / "files"
    assert not [path for path in place.rglob("*") if own.hex in path.name.replace("-", "")]


def test_each_row_is_found_by_its_academys_key(school):
    """All keys and indexes begin with the academy: a statement without it would read whole tables, with the write lock held."""
    answer_of(school, "Lena")
    said = []
    with school.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda c, cursor, statement, *rest: said.append(statement))
        night(school, 3 * YEAR)
    changing = [one for one in said if re.match(r"(DELETE FROM|UPDATE) (quizbank_|courses_|event)", one)]

    assert len(changing) > 3
    assert [one for one in changing if "academy_id = " not in one] == []


def test_a_table_that_cannot_be_done_stops_no_other(school, caplog):
    answer_of(school, "Lena")
    answer_of(school, "Theo")

    def broken(holdings, entry):
        if entry.table == "quizbank_answer":
            return sa.column("nowhere") == 1
        return None

    with caplog.at_level(logging.CRITICAL), pytest.raises(NotAllWent, match="quizbank_answer"):
        night(school, 3 * YEAR, spares=(broken,))

    assert left(school, Enrolment) == []
    night(school, 3 * YEAR)
    assert left(school, Answer) == []


def test_killed_anywhere_the_next_night_goes_on(school):
    for name in ("Lena", "Theo"):
        answer_of(school, name)
    for where in every_kill(lambda: night(school, 3 * YEAR), installation=school):
        assert where
    night(school, 3 * YEAR)
    runs = [row for row in left(school, RetentionRun) if row.table == "quizbank_answer"]

    assert left(school, Answer) == []
    assert sum(row.deleted for row in runs) == 2


def test_sign_ins_tokens_and_counters_go_by_the_nightly_job(school):
    browser = school.visitor("athena")
    browser.post("/sign-in", data={"email": "lena@example.org", "password": "wrong"})
    browser.post("/reset-password", data={"email": "lena@example.org"})
    sign_in(school, "lena")
    work(school)
    with clock.shifted(40 * DAY):
        work(school)

    assert left(school, SignIn) == left(school, MailToken) == []
    with school.everywhere() as session:
        assert session.scalars(select(Attempt)).all() == []
        assert session.scalars(select(Job).where(Job.task == "rights.retain")).one().run_at > clock.now() + 40 * DAY


def test_an_operator_need_not_wait_for_the_night(portal):
    sign_in(portal, "lena")
    aged(portal, SignIn, 40 * DAY, "at")
    (portal.state.config.instance / "upart.toml").touch()
    said = CliRunner().invoke(main, ["--instance", str(portal.state.config.instance), "rights", "run"])

    assert said.exit_code == 0, said.output
    assert left(portal, SignIn) == []


def test_what_a_lost_plugin_holds_goes_in_time_as_well(school, tmp_path, reopened):
    answer_of(school, "Lena", words="Because it is warm.")
    url, plugins = school.state.config.database_url, [one for one in school.state.plugins.healthy() if one.id == "courses"]
    assert plugins
    school.close()
    lost = reopened(tmp_path, url, [])
    night(lost, 3 * YEAR)

    assert "Because it is warm." not in text(lost)
    with lost.everywhere() as session:
        assert session.execute(sa.text("SELECT count(*) FROM quizbank_answer")).scalar() == 0
    lost.close()


def test_keys_say_when_a_row_was_made():
    before = clock.now()
    assert abs((uuid7().int >> 80) / 1000 - before.timestamp()) < 5
