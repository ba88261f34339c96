# SPDX-License-Identifier: MIT
"""The index follows the rows, however they are changed; who is erased or restricted is gone from it at once."""

from __future__ import annotations

from contextlib import suppress

import pytest
import sqlalchemy as sa
from classroom import BREAD, course_id, lesson_ids
from erasing import answer_of, erase
from people import sign_in
from restricting import restrict_at
from searching import found, page
from upart_courses.models import Course, Lesson

from upart.academies import actions
from upart.db import uuid7
from upart.rights.restricting.actions import lift
from upart.rights.restricting.models import Restriction
from upart.testing.contract.traces import standing

ANSWERS = {"in": "quizbank_answer"}


def test_a_title_that_is_changed_is_found_by_the_new_word_alone(school):
    vic = school.visitor("athena")
    with school.writing("athena") as session:
        session.scalars(sa.select(Course).where(Course.slug == BREAD)).one().title = "Xylophones for bakers"

    assert found(vic, "xylophones") == [f"/courses/{BREAD}"]
    assert found(vic, "bakers xylo", **{"in": "courses_course"})
    assert found(vic, '"your first sourdough"', **{"in": "courses_course"}) == []
    assert school.breaches() == []


def test_many_rows_changed_by_one_statement_are_followed(school):
    with school.writing("athena") as session:
        session.execute(sa.update(Lesson).where(Lesson.course_id == course_id(school, BREAD)).values(body="Zinnober"))

    assert len(found(sign_in(school, "theo"), "zinnober", **{"in": "courses_lesson"})) == len(lesson_ids(school, BREAD)) > 1
    assert school.breaches() == []


def test_rows_that_come_and_go_in_one_transaction_leave_nothing(school):
    with school.writing("athena") as session:
        template = session.scalars(sa.select(Lesson)).first()
        values = {column.name: getattr(template, column.name) for column in Lesson.__table__.columns}
        ids = [uuid7() for _ in range(3)]
        session.execute(sa.insert(Lesson), [{**values, "id": id, "slug": f"new-{at}", "title": "Quokka", "position": 90 + at} for at, id in enumerate(ids)])
        session.execute(sa.update(Lesson).where(Lesson.id == ids[0]).values(title="Wombat"))
        session.execute(sa.delete(Lesson).where(Lesson.id == ids[1]))
        session.execute(sa.update(Lesson).where(Lesson.id == ids[2]).values(minutes=7))

    theo = sign_in(school, "theo")
    assert (len(found(theo, "quokka")), len(found(theo, "wombat"))) == (1, 1)


def test_what_is_rolled_back_was_never_there(school):
    with suppress(ZeroDivisionError), school.writing("athena") as session:
        session.execute(sa.update(Course).values(title="Quokka"))
        session.flush()
        raise ZeroDivisionError

    assert found(school.visitor("athena"), "quokka") == []
    assert found(school.visitor("athena"), "sourdough")
    assert school.breaches() == []


def test_a_course_goes_with_its_lessons_by_the_database_itself(school):
    with school.everywhere() as session:
        session.connection().exec_driver_sql("DELETE FROM courses_lesson_event")
        session.connection().exec_driver_sql("DELETE FROM courses_enrolment")
        session.connection().exec_driver_sql("UPDATE courses_certificate SET course_id = NULL")
        session.connection().exec_driver_sql("DELETE FROM courses_course")

    assert found(sign_in(school, "theo"), "the") == []
    assert school.breaches() == []


def test_lena_erased_is_gone_from_results_and_from_every_byte(school):
    answer_of(school, "Lena", words="Floccinaucinihilipilification rises")
    answer_of(school, "Theo", words="Honorificabilitudinitatibus rises")
    theo = sign_in(school, "theo")
    assert len(found(theo, "rises", **ANSWERS)) == 2

    erase(school, "Lena")

    assert len(found(theo, "rises", **ANSWERS)) == 1
    assert "occinaucini" not in page(theo, "rises").lower()
    assert standing(school, set(), ["occinaucini", "Floccinaucini"]) == {}
    assert set(standing(school, set(), ["norificabili"])["norificabili"]) - {"file upart.sqlite-wal"}
    assert school.breaches() == []


def test_nobody_finds_what_lena_wrote_while_she_is_restricted_but_she_does(school):
    answer_of(school, "Lena", words="Quokkas rise")
    theo, id = sign_in(school, "theo"), restrict_at(school, "Lena")
    school.state.directory.close()  # on PostgreSQL others may still see her for a second

    assert found(theo, "quokkas") == []
    assert "Quokkas" not in page(theo, "quokkas").replace("“quokkas”", "")
    assert len(found(sign_in(school, "lena"), "quokkas")) == 1

    with school.writing("athena") as session:
        lift(session.scalars(sa.select(Restriction).where(Restriction.id == id)).one(), told=True)
    school.state.directory.close()
    assert len(found(theo, "quokkas")) == 1


def test_what_is_hidden_takes_nobodys_place_and_is_counted_nowhere(school):
    for _ in range(6):
        answer_of(school, "Lena", words="Quokkas")
    answer_of(school, "Theo", words="In the evening quokkas rise, as they do in every other of these stories")
    theo = sign_in(school, "theo")
    assert "More in “Answers”" in page(theo, "quokkas")
    restrict_at(school, "Lena")
    school.state.directory.close()

    assert len(found(theo, "quokkas")) == 1
    assert "More in “Answers”" not in page(theo, "quokkas")


def test_what_a_plugin_holds_is_found_only_where_it_is_switched_on(school):
    answer_of(school, "Lena", words="Quokkas rise")
    with school.everywhere() as session:
        actions.disable_plugin(session, school.academy("athena").id, "quizbank")

    assert found(sign_in(school, "theo"), "quokkas") == []
    assert sign_in(school, "theo").get("/search?q=quokkas&in=quizbank_answer").status_code == 404


@pytest.mark.parametrize(("written", "typed"), [
    ("Übungsbrötchen", "ubungsbrot"), ("música", "MUSICA"), ("Ångström", "angstrom"), ("Straße", "strasse"), ("Łódź", "lodz"), ("smørrebrød", "smorrebrod"),
    ("crème-brûlée", "brulee"), ("it's", "it s"), ("МОСКВА", "москва"), ("ΟΔΟΣ", "οδος"), ("日本語", "日本"), ("x²", "x²"), ("1,000", "1 000"), ("e\u0301cole", "école"),
    ("a@b.example", "example"), ("wide—dash", "dash"), ("“quoted”", "quoted"), ("🎻violin🎻", "violin"), ("snake_case", "case"), ("C3PO", "c3"), ("1e5", "1e5"),
    ("שלום", "שלו"),
])  # fmt: skip
def test_words_are_found_however_they_are_typed(school_of_words, written, typed):
    assert len(found(school_of_words(written), typed, **ANSWERS)) == 1


@pytest.fixture
def school_of_words(asked):
    """`school_of_words(text)`: Lena answers with this text; gives Theo."""
    from upart_quizbank.models import Answer, AnswerWords

    theo = sign_in(asked, "theo")

    def write(text):
        with asked.writing("athena") as session:
            session.execute(sa.delete(AnswerWords))
            session.execute(sa.delete(Answer))
        answer_of(asked, "Lena", words=text)
        return theo

    return write
