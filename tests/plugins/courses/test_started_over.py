# SPDX-License-Identifier: MIT
"""Theo sees what Lena has reached in a package and lets her start over: what she has reached stays, where she was does not."""

from __future__ import annotations

import re
from types import SimpleNamespace

from classroom import MUSIC, Forms, count, course_id, happened, lesson_ids
from people import sign_in
from playing import LOCKED, other_bytes, place, put_package, saying, source
from restricting import restrict_at
from scorm import manifest, packed
from sqlalchemy import select
from upart_courses.actions import restarting
from upart_courses.actions.played import Round, best, written
from upart_courses.models import EarlierResult, Enrolment, Lesson, LessonEvent, LessonEventKind, PackageResult, PackageStatus

from upart import clock

TWO = {"a.html": "<p>A</p>", "b.html": "<p>B</p>"}


def grades(school) -> str:
    return f"/teach/courses/{course_id(school, MUSIC)}/grades"


def rounds(school, package: str) -> str:
    """Where Theo sees what Lena has reached."""
    course = course_id(school, MUSIC)
    with school.reading("athena") as session:
        lena = session.scalars(select(Enrolment.id).where(Enrolment.course_id == course)).one()
    return f"/teach/courses/{course}/lessons/{lesson_ids(school, MUSIC)[LOCKED]}/packages/{package}/learners/{lena}"


def done(school) -> bool:
    """Is the lesson done for Lena?"""
    return "Done. Mark as not done" in sign_in(school, "lena").get(f"/learn/{MUSIC}/{LOCKED}").text


def test_theo_sees_status_score_and_time_and_takes_them_out(school, package):
    lena, theo = sign_in(school, "lena"), sign_in(school, "theo")
    assert "not begun" in theo.get(grades(school)).text
    assert saying(lena, package, status="passed", score="82.5", most="100", seconds="3725") == 204
    page, one = theo.get(grades(school)).text, theo.get(rounds(school, package)).text
    assert ("82.5/100 · passed" in page, "1:02:05" in page, f'href="{rounds(school, package)}"' in page) == (True, True, True)
    assert re.findall(r"<td[^>]*>([^<]+)</td>", one)[:3] == ["passed", "82.5/100", "1:02:05"]
    head, row = theo.post(f"{grades(school)}/download").text.lstrip("\ufeff").splitlines()[:2]
    assert (head.count("Three knots"), row.endswith('"82.5","100","passed","1:02:05"')) == (8, True)
    for name in ("lena", "odin"):
        assert sign_in(school, name).get(rounds(school, package)).status_code == 404


def test_what_she_has_reached_stays_and_the_best_counts(school):
    lena, theo = sign_in(school, "lena"), sign_in(school, "theo")
    made = put_package(school)
    assert saying(lena, made, status="passed", score="90", memory="page 7", place="7") == 204
    assert done(school)
    path, events = rounds(school, made), happened(school, "courses.started_over")
    asked = theo.get(f"{path}/start-over").text
    assert ("(90, passed)" in asked, "The lesson is not done after all" in asked) == (True, True)
    assert theo.post(f"{path}/start-over").status_code == 303
    assert (count(school, PackageResult), count(school, EarlierResult), happened(school, "courses.started_over")) == (0, 1, events + 1)
    state = lena.get(source(lena, made)).text
    assert ("page 7" in state, "not attempted" in state, done(school)) == (False, True, True)
    assert saying(lena, made, status="failed", score="20") == 204
    assert ("90 · passed" in theo.get(grades(school)).text, "not passed" in theo.get(path).text) == (True, True)
    assert theo.post(f"{path}/start-over").status_code == 303
    assert (theo.post(f"{path}/start-over").status_code, count(school, EarlierResult)) == (409, 2)


def test_a_player_that_was_open_reports_into_no_new_round(school, package):
    lena, theo = sign_in(school, "lena"), sign_in(school, "theo")
    assert saying(lena, package) == 204
    old = Forms(lena.get(f"{place()}/{package}").text).found[f"{place()}/{package}"]["version"]
    assert theo.post(f"{rounds(school, package)}/start-over").status_code == 303
    assert saying(lena, package, version=old, status="passed") == 409
    assert (count(school, PackageResult), saying(lena, package, status="passed"), done(school)) == (0, 204, True)


def test_a_lesson_is_undone_only_when_theo_asks_so(school, package):
    lena, theo = sign_in(school, "lena"), sign_in(school, "theo")
    assert saying(lena, package, status="completed") == 204
    assert theo.post(f"{rounds(school, package)}/start-over", data={"undone": "y"}).status_code == 303
    assert (done(school), count(school, LessonEvent, kind=LessonEventKind.RESET)) == (False, 1)
    assert (saying(lena, package, status="completed"), done(school)) == (204, True)


def test_lena_starts_over_where_theo_lets_learners(school, package):
    lena, again = sign_in(school, "lena"), f"{place()}/{package}/again"
    assert saying(lena, package, status="passed", place="7") == 204
    assert (lena.get(again).status_code, lena.post(again).status_code) == (404, 404)
    with school.writing("athena") as session:
        lesson = session.scalars(select(Lesson).where(Lesson.slug == LOCKED)).one()
        lesson.blocks = [{**one, "again": True} if one["id"] == package else one for one in lesson.blocks]
    assert f'href="{again}"' in lena.get(f"/learn/{MUSIC}/{LOCKED}").text
    assert "a lesson that is done stays done" in lena.get(again).text
    assert lena.post(again).headers["Location"] == f"{place()}/{package}"
    assert (lena.post(again).status_code, done(school), count(school, EarlierResult)) == (409, True, 1)
    assert "Nothing has begun" in lena.get(again).text


def test_nobody_changes_what_is_kept_of_somebody_restricted(school, package):
    lena, theo = sign_in(school, "lena"), sign_in(school, "theo")
    assert saying(lena, package, status="passed", score="77.25") == 204
    path = rounds(school, package)
    restrict_at(school, "Lena")
    assert ("77.25" in theo.get(path).text, theo.post(f"{path}/start-over").status_code, count(school, PackageResult)) == (False, 409, 1)


def test_of_several_parts_the_round_counts_in_which_most_is_done():
    def part(status: str, score: str = "", done: bool = False) -> SimpleNamespace:
        return SimpleNamespace(status=PackageStatus(status), score=score, most="", seconds=61, done_at=clock.now() if done else None)

    half, whole, now = (
        Round([part("passed", "90", True), part("incomplete")], 2, 1), Round([part("completed", "40", True), part("failed", "…", True)], 2, 2),
        Round([part("incomplete", "99")], 2, 0),
    )  # fmt: skip
    assert [one.word for one in (half, whole, now)] == ["1 of 2 parts", "finished", "0 of 2 parts"]
    assert (best([now, whole, half]), best([now, half]), best([now])) == (whole, half, now)
    assert written([now, whole, half]) == ("", "", "finished", "0:02:02")
    assert written([]) == ("", "", "", "")


def test_a_new_file_begins_a_new_round_and_what_she_has_reached_stays(school, package):
    lena, theo = sign_in(school, "lena"), sign_in(school, "theo")
    assert saying(lena, package, status="passed", score="90", place="7") == 204
    other_bytes(school)
    assert ("90 · passed" in theo.get(grades(school)).text, "Let them start over" in theo.get(rounds(school, package)).text) == (True, False)
    player = Forms(lena.get(f"{place()}/{package}").text).found[f"{place()}/{package}"]["version"]
    for score in ("3", "4"):  # a player that stays open goes on reporting
        assert saying(lena, package, score=score, version=player) == 204
    assert (count(school, PackageResult), count(school, EarlierResult)) == (1, 1)
    page = theo.get(rounds(school, package)).text
    assert ("90 · passed" in theo.get(grades(school)).text, re.findall(r'class="figure">([^<]+)</td>', page)[::2]) == (True, ["4", "90"])
    assert "Let them start over" in page


def test_theo_does_not_see_as_done_what_was_done_in_an_old_file(school):
    lena, theo, made = sign_in(school, "lena"), sign_in(school, "theo"), put_package(school, packed(TWO, listed=manifest({"A": "a.html", "B": "b.html"})))
    assert saying(lena, made, status="passed") == 204
    other_bytes(school, packed({**TWO, "c.html": "new"}, listed=manifest({"A": "a.html", "B": "b.html"})))
    assert saying(lena, made, status="passed", part="1") == 204
    assert ("1 of 2 parts" in theo.get(grades(school)).text, "finished" in theo.get(grades(school)).text) == (True, False)
    assert [(count(school, one)) for one in (PackageResult, EarlierResult)] == [1, 1]
    assert 'name="part" value="0"' in lena.get(f"{place()}/{made}").text, "she is offered the part that is not done"


def test_theo_is_shown_no_package_of_a_lesson_that_nobody_reads(school, package):
    theo = sign_in(school, "theo")
    assert theo.get(grades(school)).text.count(">Three knots</th>") == 2
    with school.writing("athena") as session:
        session.scalars(select(Lesson).where(Lesson.slug == LOCKED)).one().published = False
    assert theo.get(grades(school)).text.count(">Three knots</th>") == 1
    assert theo.post(f"{grades(school)}/download").text.partition("\n")[0].count("Three knots") == 4


def test_of_many_beginnings_the_best_and_the_newest_stay(school, package):
    lena, theo = sign_in(school, "lena"), sign_in(school, "theo")
    assert saying(lena, package, status="passed", score="90") == 204
    with school.writing("athena") as session:
        now = session.scalars(select(PackageResult)).one()
        place = {"enrolment_id": now.enrolment_id, "lesson_id": now.lesson_id, "block": package, "part": 0, "done_at": now.done_at}
        for number in range(1, restarting.KEPT + 5):
            score = "95" if number == 2 else "10"
            session.add(EarlierResult(**place, round=number, status=PackageStatus.PASSED, score=score))
    assert theo.post(f"{rounds(school, package)}/start-over").status_code == 303
    with school.reading("athena") as session:
        kept = session.scalars(select(EarlierResult.round).order_by(EarlierResult.round)).all()
    assert (kept, "95 · passed" in theo.get(grades(school)).text) == ([2, *range(6, restarting.KEPT + 6)], True)
