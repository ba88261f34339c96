# SPDX-License-Identifier: MIT
"""Theo and Ada write courses; two writers never lose each other's words; what they change on a published course is seen once they publish it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from classroom import BREAD, MUSIC, Forms, add_lesson, begin, count, course_id, facts, happened, held, lesson_ids, publish_changes, write
from people import sign_in
from upart_courses.models import Course, Enrolment, LessonEvent, Section

DOORS = (  # where, which field
    ("new", "title"), ("new", "field"), ("new", "once"), ("facts", "slug"), ("facts", "summary"), ("facts", "outcomes"), ("facts", "level"),
    ("facts", "cover"), ("facts", "was-title"), ("lessons/new", "title"), ("lessons/new", "minutes"), ("lessons/new", "section"), ("lessons/new", "kind"),
    ("lessons/new", "body"), ("sections", "title"), ("sections", "once"), ("order", "order"), ("move", "to"), ("move", "id"),
)  # fmt: skip

ODD = (
    "",
    "\0",
    "\ud800",
    "\N{RIGHT-TO-LEFT OVERRIDE}שלום",
    "\N{PILE OF POO}" * 200,
    "<script>",
    str(2**63),
    "9" * 400,
    "-1",
    "NaN",
    "x" * 200_000,
    "x" * 2**20,
)


def test_theo_writes_a_course_and_visitors_see_it_when_it_is_published(portal):
    theo, vic = sign_in(portal, "theo"), portal.visitor("athena")
    course = begin(theo)
    add_lesson(theo, course, preview="y")
    theo.post(f"{course}/facts", data=facts(theo, course, outcomes="Bake with rye\r\n\r\nKeep a starter"))
    assert vic.get("/courses/rye-at-home").status_code == 404
    assert "Only whoever writes it sees it" in theo.get("/courses/rye-at-home").text

    assert theo.post(f"{course}/publish").status_code == 303
    assert "Rye at home" in vic.get("/courses/").text
    assert "<em>little</em>" in vic.get("/learn/rye-at-home/why-rye-is-different").text
    assert "Keep a starter" in vic.get("/courses/rye-at-home").text


def test_ada_reads_in_the_audit_who_did_what(portal):
    theo, ada = sign_in(portal, "theo"), sign_in(portal, "ada")
    write(theo)
    page = ada.get("/manage/audit").text
    assert re.search(r"Theo</b>\s+published a course", page)
    assert "began a course" in page


def test_a_published_course_changes_when_its_changes_are_published(portal):
    theo, vic, course = sign_in(portal, "theo"), portal.visitor("athena"), f"/teach/courses/{course_id(portal, BREAD)}"
    assert "Your first sourdough" in vic.get("/courses/").text
    theo.post(f"{course}/facts", data=facts(theo, course, title="Your second sourdough"))
    assert "Your second sourdough" not in vic.get("/courses/").text + vic.get(f"/courses/{BREAD}").text
    publish_changes(theo, course)
    assert "Your second sourdough" in vic.get("/courses/").text
    assert "Your second sourdough" in vic.get(f"/courses/{BREAD}").text


def test_publishing_says_what_is_missing(portal):
    theo = sign_in(portal, "theo")
    course = begin(theo)
    answer = theo.post(f"{course}/publish")
    assert answer.status_code == 422
    assert "2 things are missing" in answer.text
    add_lesson(theo, course, body="")
    answer = theo.post(f"{course}/publish")
    assert "The text of the lesson “Why rye is different”" in answer.text
    assert happened(portal, "courses.published") == 0


def test_a_form_sent_eight_times_at_once_makes_one_course(school):
    theo, once = sign_in(school, "theo"), uuid4()

    def send(_: int) -> str:
        tab = school.visitor("athena")
        tab.keep("upart_session", theo.cookie("upart_session"))
        return begin(tab, once=once)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(8))) == {f"/teach/courses/{once}"}
    assert (count(school, Course, title="Rye at home"), count(school, Section, course_id=once)) == (1, 1)
    assert happened(school, "courses.created") == 1


def test_eight_courses_of_one_title_made_at_once_have_eight_addresses(school):
    theo = sign_in(school, "theo")

    def send(_: int) -> str:
        tab = school.visitor("athena")
        tab.keep("upart_session", theo.cookie("upart_session"))
        return begin(tab)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, range(8)))) == 8
    assert [count(school, Course, slug=slug) for slug in ("rye-at-home", "rye-at-home-2", "rye-at-home-8")] == [1, 1, 1]


def test_lessons_that_are_sent_twice_and_lessons_of_one_title(portal):
    theo, once = sign_in(portal, "theo"), str(uuid4())
    course = begin(theo)
    for _ in range(2):
        add_lesson(theo, course, once=once)
    add_lesson(theo, course)
    assert list(lesson_ids(portal, "rye-at-home")) == ["why-rye-is-different", "why-rye-is-different-2"]
    assert "2 lessons, 24 min" in theo.get(course).text


def test_a_title_without_latin_letters_gets_an_address_too(portal):
    assert begin(sign_in(portal, "theo"), "酸種麵包 🍞")
    assert count(portal, Course, slug="course") == 1


def test_a_preview_shows_the_text_and_saves_nothing(portal):
    theo = sign_in(portal, "theo")
    lesson = f"/teach/courses/{course_id(portal, BREAD)}/lessons/{lesson_ids(portal, BREAD)['bakers-percentages']}"
    page = theo.post(lesson, data=held(theo, lesson, body="Weigh **everything**. <script>", preview_text="1"))
    assert page.status_code == 200
    assert "Weigh <strong>everything</strong>. &lt;script&gt;" in page.text
    assert "Weigh **everything**." in page.text
    assert "Weigh" not in theo.get(lesson).text


def test_what_was_typed_stays_when_something_is_wrong(portal):
    theo = sign_in(portal, "theo")
    course = begin(theo)
    page = theo.post(f"{course}/facts", data=facts(theo, course, title="", slug="Not An Address", description="A long and careful text."))
    assert page.status_code == 422
    assert "2 things need another look" in page.text
    assert "A long and careful text." in page.text
    assert 'value="Not An Address"' in page.text


def test_the_second_of_two_writers_is_told_and_nothing_is_lost(portal):
    theo, ada, course = sign_in(portal, "theo"), sign_in(portal, "ada"), f"/teach/courses/{course_id(portal, BREAD)}"
    mine, hers = facts(theo, course, summary="From Theo."), facts(ada, course, summary="From Ada.")
    assert theo.post(f"{course}/facts", data=mine).status_code == 303
    answer = ada.post(f"{course}/facts", data=hers)
    assert answer.status_code == 409
    assert "Somebody saved this while you were writing" in answer.text
    assert "From Theo." in answer.text
    assert "From Ada." in answer.text
    again = Forms(answer.text).found[f"{course}/facts"]
    assert again["summary"] == "From Ada."
    assert ada.post(f"{course}/facts", data=again).status_code == 303
    assert publish_changes(ada, course).status_code == 303
    assert "From Ada." in portal.visitor("athena").get("/courses/").text


def test_two_writers_of_one_lesson(portal):
    theo, ada = sign_in(portal, "theo"), sign_in(portal, "ada")
    lesson = f"/teach/courses/{course_id(portal, BREAD)}/lessons/{lesson_ids(portal, BREAD)['bakers-percentages']}"
    mine, hers = (held(one, lesson, body=f"From {name}.") for one, name in ((theo, "Theo"), (ada, "Ada")))
    assert theo.post(lesson, data=mine).status_code == 303
    answer = ada.post(lesson, data=hers)
    assert answer.status_code == 409
    assert "From Theo." in answer.text
    assert "From Ada." in answer.text


def test_theo_goes_on_writing_on_the_lesson_that_he_has_just_made(portal):
    theo = sign_in(portal, "theo")
    course = begin(theo)
    page = theo.get(add_lesson(theo, course, "Why rye is different")).text
    assert ("Why rye is different</h1>" in page, "Rye has *little* gluten." in page, "Add below" in page) == (True, True, True)
    assert f'href="{course}"' in page


def test_an_address_is_free_until_the_course_is_published(portal):
    theo = sign_in(portal, "theo")
    course = begin(theo)
    assert "Another course has this address" in theo.post(f"{course}/facts", data=facts(theo, course, slug=BREAD)).text
    assert theo.post(f"{course}/facts", data=facts(theo, course, slug="rye")).status_code == 303
    add_lesson(theo, course)
    theo.post(f"{course}/publish")
    assert theo.post(f"{course}/facts", data=facts(theo, course, slug="other")).status_code == 303
    assert portal.visitor("athena").get("/courses/rye").status_code == 200


def test_deleting_a_course_says_its_price_first(portal):
    theo, course = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, MUSIC)}"
    page = theo.get(f"{course}/delete").text
    assert "This removes 10 lessons and 1 enrolment" in page
    assert "Delete the course and 1 enrolment" in page
    assert theo.post(f"{course}/delete").status_code == 303
    assert portal.visitor("athena").get(f"/courses/{MUSIC}").status_code == 404
    assert (count(portal, Course), count(portal, Enrolment), count(portal, LessonEvent)) == (2, 1, 8)
    assert theo.get(course).status_code == 404


def test_deleting_a_lesson_says_its_price_first_and_a_published_course_keeps_one(portal):
    theo, course = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, BREAD)}"
    lessons = list(lesson_ids(portal, BREAD).values())
    assert "what 1 learner did in it" in theo.get(f"{course}/lessons/{lessons[0]}/delete").text
    answers = [theo.post(f"{course}/lessons/{lesson}/delete").status_code for lesson in lessons]
    assert answers == [303, 303, 303, 409]
    publish_changes(theo, course)
    assert "1 lesson" in portal.visitor("athena").get(f"/courses/{BREAD}").text


def test_an_archived_course_takes_nobody_new_and_keeps_whoever_is_in_it(portal):
    theo, lena, vic = sign_in(portal, "theo"), sign_in(portal, "lena"), portal.visitor("athena")
    course = f"/teach/courses/{course_id(portal, MUSIC)}"
    assert "Music theory" in vic.get("/courses/").text
    theo.post(f"{course}/archive")
    assert "Music theory" not in vic.get("/courses/").text
    assert vic.get(f"/courses/{MUSIC}").status_code == vic.get(f"/learn/{MUSIC}/what-a-tone-is").status_code == 404
    assert "This course is archived" in lena.get(f"/courses/{MUSIC}").text
    assert lena.post(f"/learn/{MUSIC}/spell-ten-chords/done").status_code == 303
    assert sign_in(portal, "ada").post(f"/courses/{MUSIC}/enrol").status_code == 409
    theo.post(f"{course}/publish")
    assert "Music theory" in vic.get("/courses/").text


def test_odd_values_get_words(portal):
    theo = sign_in(portal, "theo")
    course = begin(theo)
    section = re.search(r"section=([0-9a-f-]+)", theo.get(course).text)[1]
    usual = {"new": {"title": "A", "field": "B"}, "facts": facts(theo, course), "sections": {"title": "A"}, "move": {"id": section}}
    usual["lessons/new"] = {"title": "A", "section": section, "kind": "text", "minutes": "1"}
    for where, field in DOORS:
        door = "/teach/courses/new" if where == "new" else f"{course}/{where}"
        for value in ODD:
            answer = theo.post(door, data={**usual.get(where, {}), field: value.encode("utf-8", "surrogatepass")})
            assert answer.status_code in (303, 400, 409, 413, 422), (where, field, value[:40], answer.status_code)
            assert answer.status_code < 400 or "<h1" in answer.text or "<h2" in answer.text
    assert theo.get("/teach/courses/").status_code == theo.get(course).status_code == 200


def test_a_number_that_no_column_holds_is_a_word_at_its_field(portal):
    theo = sign_in(portal, "theo")
    course = begin(theo)
    section = re.search(r"section=([0-9a-f-]+)", theo.get(course).text)[1]
    answer = theo.post(f"{course}/lessons/new", data={"title": "A", "section": section, "kind": "text", "minutes": str(2**63), "body": "Kept."})
    assert answer.status_code == 422
    assert "This number is too large" in answer.text
    assert f'value="{2**63}"' in answer.text
    assert "Kept." in answer.text
