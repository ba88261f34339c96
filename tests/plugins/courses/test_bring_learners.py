# SPDX-License-Identifier: MIT
"""Ada brings learners in from elsewhere by a table, with what they have done; sees first what comes of it, and takes back just that."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from classroom import BREAD, MUSIC, NUMBERS, count, course_id, lesson_ids
from people import mails, sign_in, work
from sqlalchemy import event, select
from tabling import LEARNERS_HERE, act, send
from upart_courses.actions.learners import LEARNERS
from upart_courses.models import Brought, Certificate, CertificateState, Course, Enrolment, Entitlement, Entry, LessonEvent, Source

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.db import engine
from upart.events.models import Event
from upart.manage.importing import take_in
from upart.manage.judging import BLOCK
from upart.manage.reading import ROWS, Table

TABLE = (
    "E-mail;Name;Course;Enrolled on;Lessons done;Finished on\n"
    f"mara@example.org;Mara;{MUSIC};2026-03-01;what-a-tone-is|Beats, bars and where one is;\n"
    "mara@example.org;Mara;Your first sourdough;01.02.2026;;2026-03-04\n"
    f"lena@example.org;;{NUMBERS};;seven-nights;\n"
)

DONE = "spell-ten-chords"
"""A lesson of the music course that Lena has not done yet."""

LAST_YEAR = clock.now() - timedelta(days=365)


def held(portal) -> list[int]:
    """What an import of learners can add."""
    return [count(portal, table) for table in (Person, Enrolment, LessonEvent, Entitlement, Brought)]


def place(portal, name: str, slug: str):
    with portal.reading("athena") as session:
        there = select(Enrolment).join(Person, Person.id == Enrolment.learner_id).where(Person.name == name)
        return session.scalars(there.where(Enrolment.course_id == course_id(portal, slug))).one_or_none()


def test_ada_sees_first_then_it_comes_in_and_again_does_nothing(portal):
    ada, before = sign_in(portal, "ada"), held(portal)
    path = send(ada, TABLE.encode("utf-16"))
    assert "<b>3</b><small>would be added</small>" in ada.get(path).text
    work(portal)
    assert (held(portal), mails(portal, "mara@")) == (before, [])
    assert "<b>3</b><small>added</small>" in act(portal, ada, path)
    assert held(portal) == [now + new for now, new in zip(before, (1, 3, 2 + 4 + 1, 3, 3), strict=True)]
    assert "<b>3</b><small>are here already</small>" in ada.get(send(ada, TABLE)).text
    mara = place(portal, "Mara", BREAD)
    assert (f"{mara.enrolled_at:%F}", f"{mara.completed_at:%F}", place(portal, "Mara", MUSIC).completed_at) == ("2026-02-01", "2026-03-04", None)
    assert (len(mails(portal, "mara@")), mails(portal, "lena@")) == (1, [])


def test_it_is_taken_back_without_a_trace_of_whoever_came_with_it(portal):
    ada, before, rights = sign_in(portal, "ada"), held(portal), count(portal, Entitlement, revoked_at=None)
    path = send(ada, TABLE)
    act(portal, ada, path)
    assert "<b>3</b><small>taken back</small>" in act(portal, ada, path, "undo")
    assert [held(portal)[at] for at in (0, 1, 2, 4)] == [before[at] for at in (0, 1, 2, 4)]
    assert count(portal, Entitlement, revoked_at=None) == rights
    assert place(portal, "Lena", NUMBERS) is None


def test_what_lena_has_done_since_stays_and_what_was_brought_in_goes(portal):
    ada, lena = sign_in(portal, "ada"), sign_in(portal, "lena")
    path = send(ada, TABLE)
    act(portal, ada, path)
    assert "1 of 4 lessons done" in lena.get(f"/courses/{NUMBERS}").text
    lena.post(f"/learn/{NUMBERS}/how-far-is-far/done")
    page = act(portal, ada, path, "undo")
    assert "They have learned in the course since" in page
    assert "1 of 4 lessons done" in lena.get(f"/courses/{NUMBERS}").text
    with portal.reading("athena") as session:
        mine = session.scalars(select(LessonEvent).where(LessonEvent.enrolment_id == place(portal, "Lena", NUMBERS).id)).all()
    assert {one.lesson_id for one in mine} == {lesson_ids(portal, NUMBERS)["how-far-is-far"]}


def test_only_what_is_new_of_a_row_comes_in_and_only_that_goes(portal):
    ada, lena = sign_in(portal, "ada"), sign_in(portal, "lena")
    path = send(ada, f"mail,course,lessons,completed\nlena@example.org,{MUSIC},,2026-01-02\n")
    act(portal, ada, path)
    assert "10 of 10 lessons done" in lena.get(f"/courses/{MUSIC}").text
    assert count(portal, Certificate, course_id=course_id(portal, MUSIC), state=CertificateState.ISSUED) == 1
    act(portal, ada, path, "undo")
    assert count(portal, Certificate, course_id=course_id(portal, MUSIC), state=CertificateState.ISSUED) == 0
    assert "5 of 10 lessons done" in lena.get(f"/courses/{MUSIC}").text
    assert place(portal, "Lena", MUSIC).completed_at is None


def test_a_right_that_came_with_a_row_goes_with_it_also_where_lena_was_in_the_course_before(portal):
    ada, lena = sign_in(portal, "ada"), sign_in(portal, "lena")
    with portal.app.test_request_context(), portal.writing("athena") as session:
        music, learner = session.scalars(select(Course).where(Course.slug == MUSIC)).one(), session.scalars(select(Person).where(Person.name == "Lena")).one()
        music.entry = Entry.ENTITLED
        session.add(Entitlement(learner_id=learner.id, course_id=music.id, source=Source.GRANT, starts_at=LAST_YEAR, ends_at=LAST_YEAR + timedelta(days=9)))
    first, second = (send(ada, f"email,course,lessons\nlena@example.org,{MUSIC},{lesson}\n") for lesson in (DONE, "beats-bars-and-where-one-is"))
    seen = []
    for path, door in ((first, "start"), (second, "start"), (first, "undo"), (second, "undo")):
        act(portal, ada, path, door)
        seen.append(lena.get(f"/learn/{MUSIC}/{DONE}").status_code)
    assert seen == [200, 200, 200, 403], "the second row counts on what the first has brought"


def test_whoever_is_in_an_open_course_is_not_shut_out_by_a_table_that_is_taken_back(portal):
    ada, lena = sign_in(portal, "ada"), sign_in(portal, "lena")
    path = send(ada, f"email,course,lessons\nlena@example.org,{MUSIC},{DONE}\n")
    act(portal, ada, path)
    assert ada.post(f"/teach/courses/{course_id(portal, MUSIC)}/access", data={"visibility": "public", "entry": "entitled"}).status_code == 303
    act(portal, ada, path, "undo")
    assert lena.get(f"/learn/{MUSIC}/{DONE}").status_code == 200


WRONG = (
    ("x@example.org,X,nowhere,,", "Course", "No course has this address or this title."),
    (f"x@example.org,,{MUSIC},,", "Name", "They are new here, so a name is needed."),
    (f"x@example.org,X,{MUSIC},2999-01-01,", "Enrolled on", "still to come"),
    (f"x@example.org,X,{MUSIC},31/12/2025,", "Enrolled on", "Write the day as"),
    (f"x@example.org,X,{MUSIC},2026-01-02,2026-01-01", "Finished on", "finished before they began"),
    (f"no address,X,{MUSIC},,", "E-mail", "must have an @-sign"),
)  # fmt: skip


@pytest.mark.parametrize(("row", "column", "said"), WRONG)
def test_a_row_that_cannot_come_in_is_told_by_its_number(portal, row, column, said):
    ada = sign_in(portal, "ada")
    page = ada.get(send(ada, f"email,name,course,enrolled,completed\n{row}\n")).text
    assert f'data-label="Row">2</td><td data-label="Column">{column}</td>' in page
    assert said in page


def test_a_lesson_that_is_not_there_and_a_formula_come_back_harmless(portal):
    ada = sign_in(portal, "ada")
    path = send(ada, f"email,name,course,lessons\nx@example.org,=cmd(),{MUSIC},what-a-tone-is;nothing-like-it\n")
    left = list(csv.reader(io.StringIO(ada.get(f"{path}/left").data.decode("utf-8-sig"))))
    assert left[1][1] == "'=cmd()"
    assert "The course has no lesson “nothing-like-it”" in left[1][4]


def test_who_has_left_is_not_taken_back_in_and_who_may_not_sees_no_table(portal):
    ada, lena = sign_in(portal, "ada"), sign_in(portal, "lena")
    lena.post(f"/courses/{MUSIC}/leave")
    path = send(ada, f"email,course\nlena@example.org,{MUSIC}\n")
    assert "have left it" in ada.get(path).text
    for name in ("theo", "lena"):
        browser = sign_in(portal, name)
        assert [browser.get(LEARNERS_HERE).status_code, browser.get(path).status_code, browser.post(f"{path}/start").status_code] == [404] * 3


def test_ten_thousand_rows_are_judged_by_a_few_statements_each_block(school):
    ada, sent = sign_in(school, "ada"), list[str]()
    head = ["email", "name", "course", "lessons"]
    rows = [(n + 2, [f"p{n}@example.org", f"P {n}", MUSIC if n % 500 else "", "what-a-tone-is"]) for n in range(ROWS)]
    with school.app.test_request_context(), school.writing("athena") as session:
        context_of = context.knowing(session.scalars(select(Person).where(Person.name == "Ada")).one(), fresh=True)
        with context_of:
            event.listen(engine(), "before_cursor_execute", lambda connection, cursor, statement, *rest: sent.append(statement))
            id = take_in(LEARNERS, Table("utf-8", ",", head, rows)).id
    page = ada.get(f"{LEARNERS_HERE}/{id}").text
    assert len(sent) <= 10 * ROWS // BLOCK
    assert "<b>9980</b><small>would be added</small>" in page
    assert "<b>20</b>" in page


def test_the_roster_goes_out_with_addresses_and_that_is_written_down(portal):
    ada, path = sign_in(portal, "ada"), f"/teach/courses/{course_id(portal, MUSIC)}/learners/download"
    answer = ada.post(path)
    head, line = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (answer.status_code, head[:2], line[:2], line[4:6]) == (200, ["Name", "E-mail"], ["Lena", "lena@example.org"], ["5", "10"])
    with portal.reading("athena") as session:
        taken = session.scalars(select(Event).where(Event.type == "manage.downloaded")).one()
    assert (taken.object_id, taken.data["rows"]) == (course_id(portal, MUSIC), 1)
    assert [sign_in(portal, name).post(path).status_code for name in ("theo", "lena")] == [404, 404]
