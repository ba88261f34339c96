# SPDX-License-Identifier: MIT
"""Lena writes notes for herself: nobody else reads them, and they stay hers when the lesson closes or goes."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from classroom import MUSIC, Forms, count, course_id, held, lesson_ids, publish_changes
from people import sign_in
from sqlalchemy import delete, select
from upart_courses.actions.noting import Chapter, as_markdown
from upart_courses.limits import LONG
from upart_courses.models import Enrolment, Entry, Lesson, LessonEvent, Note

LESSON, LATER = "spell-ten-chords", "beats-bars-and-where-one-is"
HERE, NOTES = f"/learn/{MUSIC}/{LESSON}", f"/courses/{MUSIC}/notes"
WORDS = "A fifth is seven steps.\n# not a heading\n\nÜben: C–G"


def note(browser, text: str = WORDS, lesson: str = LESSON, **more: str):
    """Send the note of a lesson as its page does."""
    page = f"/learn/{MUSIC}/{lesson}"
    return browser.post(f"{page}/note", data={**opened(browser, lesson), "text": text, **more})


def opened(browser, lesson: str = LESSON) -> dict[str, str]:
    """What the form of a note holds."""
    page = f"/learn/{MUSIC}/{lesson}"
    return Forms(browser.get(page).text).found[f"{page}/note"]


def one(portal) -> str:
    """The address of the only note."""
    with portal.reading("athena") as session:
        return f"{NOTES}/{session.scalars(select(Note.id)).one()}"


def test_lena_writes_and_nobody_else_reads(portal):
    lena = sign_in(portal, "lena")
    assert note(lena).headers["Location"] == f"{HERE}#note"
    assert "A fifth is seven steps." in lena.get(HERE).text
    assert ("A fifth" in lena.get(NOTES).text, f'href="{NOTES}"' in lena.get(f"/courses/{MUSIC}").text) == (True, True)
    course, mine = course_id(portal, MUSIC), one(portal)
    with portal.reading("athena") as session:
        place = session.scalars(select(Enrolment.id).where(Enrolment.course_id == course)).one()
    seen = (f"/courses/{MUSIC}/seen/{LESSON}?as=learner", f"/teach/courses/{course}/learners/{place}", "/manage/events", HERE, "/api/v1/enrolments")
    for name in ("theo", "ada"):
        browser = sign_in(portal, name)
        assert ["A fifth" in browser.get(path).text for path in seen] == [False] * 5
        assert [browser.get(path).status_code for path in (NOTES, mine, f"{mine}/delete", f"{NOTES}/download")] == [404] * 4
        assert [browser.post(path, data={"text": "mine"}).status_code for path in (mine, f"{mine}/delete")] == [404] * 2
    assert portal.visitor("athena").get(NOTES).status_code in (303, 401)


def test_of_two_tabs_neither_loses_a_word(school):
    lena = sign_in(school, "lena")
    first, second = opened(lena), opened(lena)
    saved = lena.post(f"{HERE}/note", data={**first, "text": "From the train.", "by_itself": "1"})
    assert set(json.loads(saved.text)["marks"]) == {"text"}
    late = lena.post(f"{HERE}/note", data={**second, "text": "From the desk."})
    assert (late.status_code, "From the train." in late.text, "From the desk." in late.text) == (409, True, True)
    assert lena.post(f"{HERE}/note", data={**second, "text": "From the desk.", "by_itself": "1"}).status_code == 409
    form = held(lena, one(school))
    assert form["text"] == "From the train."
    assert lena.post(one(school), data={**form, "text": "From the train and the desk."}).status_code == 303
    assert opened(lena)["text"] == "From the train and the desk."


def test_what_is_too_long_stays_whole_and_an_empty_note_is_none(portal):
    lena, long = sign_in(portal, "lena"), "ä" * (LONG + 1)
    answer = note(lena, long)
    assert (answer.status_code, long in answer.text, "Use at most 100000 characters." in answer.text) == (422, True, True)
    assert note(lena, long[1:]).status_code == 303
    assert note(lena, "  \r\n ").status_code == 303
    assert count(portal, Note) == 0
    assert "No notes yet" in lena.get(NOTES).text


@pytest.mark.parametrize("how", ["left", "over", "locked", "deleted"])
def test_a_note_stays_hers_when_the_lesson_does_not(school, how):
    lena, theo = sign_in(school, "lena"), sign_in(school, "theo")
    form = opened(lena)
    note(lena)
    mine = one(school)
    if how == "left":
        lena.post(f"/courses/{MUSIC}/leave")
        assert NOTES in lena.get("/learn/").text
    elif how == "deleted":
        assert theo.post(f"/teach/courses/{course_id(school, MUSIC)}/lessons/{lesson_ids(school, MUSIC)[LESSON]}/delete").status_code == 303
        assert publish_changes(theo, f"/teach/courses/{course_id(school, MUSIC)}").status_code == 303
    else:
        with school.writing("athena") as session:
            lesson = session.scalars(select(Lesson).where(Lesson.slug == LESSON)).one()
            if how == "over":
                lesson.section.course.entry = Entry.ENTITLED
            else:
                lesson.section.release = {"kind": "date", "on": "2190-01-01T08:00"}
                session.execute(delete(LessonEvent))  # where she has been stays open
    late = lena.post(f"{HERE}/note", data={**form, "text": "Written too late."})
    assert (late.status_code in (404, 409), "Written too late." in late.text, count(school, Note)) == (True, True, 1)
    assert ("A fifth is seven steps." in lena.get(NOTES).text, f'href="{HERE}"' in lena.get(NOTES).text) == (True, False)
    assert "A fifth is seven steps." in lena.get(f"{NOTES}/download").text
    assert lena.post(mine, data={**held(lena, mine), "text": "Changed since."}).status_code == 303
    assert "Changed since." in lena.get(f"{mine}/delete").text
    assert (lena.post(f"{mine}/delete").status_code, count(school, Note)) == (303, 0)
    gone = lena.post(mine, data={"text": "Typed in another tab."})
    assert (gone.status_code, "Typed in another tab." in gone.text) == (409, True)


def test_lena_finds_her_notes_in_the_order_of_the_course_and_takes_them_along(portal):
    lena = sign_in(portal, "lena")
    note(lena, "Count aloud.", LATER)
    note(lena)
    page, found = lena.get(NOTES).text, lena.get(f"{NOTES}?q=%C3%9CBEN+fifth").text
    assert page.index("A fifth") < page.index("Count aloud.")
    assert ("A fifth" in found, "Count aloud." in found, "No note fits" in lena.get(f"{NOTES}?q=violin").text) == (True, False, True)
    file = lena.get(f"{NOTES}/download")
    assert (file.headers["Content-Type"], file.headers["Content-Disposition"]) == (
        "text/markdown; charset=utf-8", f'attachment; filename="notes-{MUSIC}.md"',
    )  # fmt: skip
    assert "### Spell ten chords\n\nA fifth is seven steps.  \n\\# not a heading\n\nÜben: C–G\n" in file.text
    assert (file.text.startswith("# My notes: Music theory from zero\n\n## "), as_markdown("X", [])) == (True, "# My notes: X\n")


def test_a_course_that_goes_takes_them_along(school):
    note(sign_in(school, "lena"))
    theo, course = sign_in(school, "theo"), f"/teach/courses/{course_id(school, MUSIC)}"
    assert "The notes that they wrote for themselves go too." in theo.get(f"{course}/delete").text
    assert theo.post(f"{course}/delete").status_code == 303
    assert count(school, Note) == 0


def test_what_lena_leaves_open_in_a_note_ends_with_it():
    for begun in ("```", "~~~", "  ```js", "<!-- later", "<SCRIPT>"):
        rows = [SimpleNamespace(row=SimpleNamespace(text=text), title="Chords") for text in (f"Before\n{begun}\nC–G", "A fifth")]
        file = as_markdown("X", [Chapter("Harmony", rows)])
        assert f"\\{begun.strip()}  \n" in file, begun
    assert "\n<https://example.org>\n" in as_markdown("X", [Chapter("", [SimpleNamespace(row=SimpleNamespace(text="<https://example.org>"), title="Y")])])
