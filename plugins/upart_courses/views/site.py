# SPDX-License-Identifier: MIT
"""Pages that everybody may read: catalogue, course, preview lessons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import Row, select

from upart.plugin import Blueprint, Picture, anyone_known, context, framing, markdown, pictures, render, session
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import outliving, passing, playing, scorm
from upart_courses.actions.cohorts import Group, cohorts_of, groups_of
from upart_courses.actions.preceding import before
from upart_courses.blocks import has_player
from upart_courses.faq import parsed
from upart_courses.forms.courses import LANGUAGES, LEVELS
from upart_courses.forms.notes import NoteForm
from upart_courses.here import LessonHere, course_at, lesson_at
from upart_courses.models import Cohort, Entry, Level, Visibility
from upart_courses.reviews import reviews_of
from upart_courses.showing import Address, for_whom, shown
from upart_courses.views.structured import structured

site = Blueprint("courses", __name__)

ON_A_PAGE = 24
"""Courses on a page of the catalogue: whole rows of two, three or four."""

FACETS = (("subject", "Subject", "field"), ("level", "Level", "level"), ("language", "Language", "language"))


@site.get("/courses/", policy=anyone_known, query=("q", "subject", "level", "language", "page"))
def catalogue() -> Response:
    """The courses that whoever asks may find; `q`, `subject`, `level` and `language` narrow them down, `page` counts from 1."""
    every = public.catalogue()
    q = request.args.get("q", "").strip()[:200]
    chosen = {name: request.args.getlist(name)[:20] for name, _label, _column in FACETS}
    found = [course for course in every if _matches(course, q, chosen)]
    pages = -(-len(found) // ON_A_PAGE) or 1
    at = min(_page(request.args.get("page", "")), pages)
    return render(
        "courses/catalogue.html", courses=_cards(found[(at - 1) * ON_A_PAGE : at * ON_A_PAGE]), total=len(found), q=q, facets=_facets(every, chosen),
        chips=_chips(q, chosen), page=at, pages=pages, asked=_asked(q, chosen),
    )  # fmt: skip


@site.get("/courses/<slug>", policy=anyone_known)
def course(slug: str) -> Response:
    """One course with its outline; for its learners with how far they have come."""
    return course_page(*course_at(slug))


def course_page(row: Row[Any], mine: public.Learning | None, template: str = "courses/course.html", *, at: datetime | None = None, **values: Any) -> Response:
    """The page of a course for whoever acts, who has this place in it; as it stands now, or `at` an instant."""
    sections = public.outline(row.id)
    previews = [lesson.slug for section in sections for lesson in section.lessons if lesson.preview]
    locks, reviews = public.locked(row, mine, sections, at), reviews_of(row.id)
    begins = [one for one in map(Group, cohorts_of(row.id)) if one.is_offered] if mine is None else []
    return render(
        template, course=_full(row), locks=said(locks, sections), **entrance(row, mine), sections=sections, previews=len(previews),
        first_preview=previews[0] if previews else None,
        teacher={"name": row.teacher, "about": "", "portrait": ""} if row.teacher else None,
        breadcrumb=[{"label": _("Courses"), "url": url_for("courses.catalogue")}],
        mine=_standing(mine, sections, locks), reads=public.reads(row, mine), writes=public.writes(row),
        reviews=reviews, faq=parsed(row.faq or ""), structured=structured(row, reviews, begins), begins=begins,
        certificate=public.certificates([row.id]).get(row.id) if mine is not None and mine.completed_at else None,
        **_groups(row, mine), **values,
    )  # fmt: skip


def _groups(course: Row[Any], mine: public.Learning | None) -> dict[str, Any]:
    """For a course's page: the `group` in which the acting person is, or the `groups` that they can choose when they enrol."""
    zone = context.academy.settings["zone"]
    if mine is not None:
        row = session.scalars(select(Cohort).where(Cohort.id == mine.cohort_id)).first() if mine.cohort_id is not None else None
        return {"group": Group(row, 0) if row is not None else None, "groups": [], "zone": zone}
    return {"group": None, "groups": [one for one in groups_of(course.id) if one.is_open] if context.person is not None else [], "zone": zone}


@site.get("/learn/<slug>/<lesson>", policy=anyone_known, query=("play",))
def lesson(slug: str, lesson: str) -> Response:
    """A lesson: a preview for everybody, the others for whoever is in the course. With `play` one video from elsewhere is there, and nothing before."""
    here = lesson_at(slug, lesson)
    return locked_page(here) if here.lock is not None else lesson_page(here, for_whom(slug, here.body))


def locked_page(here: LessonHere, template: str = "courses/locked.html", status: int = 403, **values: Any) -> Response:
    """What keeps a lesson closed, and what opens it."""
    lock = said(here.locks, here.sections)[here.section.id]
    return render(template, status, course=_full(here.course), lesson=here.current, section=here.section, lock=lock, **values)


def lesson_page(here: LessonHere, address: Address, template: str = "courses/lesson.html", **more: Any) -> Response:
    """The page of a lesson that is open to whoever acts; `address`: how its files are reached."""
    row, mine, body, current, section = here.course, here.mine, here.body, here.current, here.section
    locks = said(here.locks, here.sections)
    at = here.open_ones.index(current)
    places = playing.places(mine.id, body.id) if mine is not None and has_player(body.blocks) else {}
    blocks = shown(body.blocks, address, play=request.args.get("play", ""), places=places)
    values = {
        "id": current.id, "title": current.title, "slug": current.slug, "minutes": current.minutes, "kind": current.kind.value, "blocks": blocks,
        "number": here.number, "section": section.title, "in_section": section.lessons.index(current) + 1, "section_size": len(section.lessons),
    }  # fmt: skip
    answer = render(
        template, course=_full(row), lesson=values, sections=here.sections, previous=here.open_ones[at - 1] if at else None,
        next=here.open_ones[at + 1] if at + 1 < len(here.open_ones) else None, teacher={"name": row.teacher} if row.teacher else None,
        mine=_standing(mine, here.sections, here.locks) if here.reads else None, reads=here.reads, locks=locks, ahead=section.id in locks, 
        passed=here.passed, first=next(iter(passing.unpassed(body.blocks, here.passed)), None) if mine is not None else None,
        begun=scorm.begun(mine.id, body) if mine is not None else {},
        unfinished=outliving.unfinished(mine.id, body) if mine is not None and mine.answers else [],
        note=NoteForm.opened({"text": body.note or ""}) if mine is not None and here.reads else None, **more,
    )  # fmt: skip
    frame = next((one.embed.player.origin for one in blocks if one.playing and one.embed), None)
    return framing(answer, frame) if frame else answer


def home() -> Mapping[str, Any] | None:
    """Values of the landing page's part: three courses, or nothing."""
    every = public.catalogue()
    return {"courses": _cards(every[:3]), "count": len(every)} if every else None


def standing(progress: public.Progress, completed_at: datetime | None, lessons: Sequence[Row[Any]], locks: Mapping[Any, public.Lock]) -> dict[str, Any]:
    """How far a learner has come, for templates: `done` ids, `count` of the `total` that are needed, the open one that is `next`, those `new` since."""
    needed = [lesson for lesson in lessons if lesson.required] or lessons
    by_id = {lesson.id: lesson for lesson in lessons if lesson.section_id not in locks}
    following = progress.next_among(list(by_id))
    return {
        "done": progress.done, "count": sum(lesson.id in progress.done for lesson in needed), "total": len(needed), "completed_at": completed_at,
        "next": by_id[following] if following else None, "opens_at": min((lock.opens_at for lock in locks.values() if lock.opens_at), default=None),
        "new": {lesson.id for lesson in lessons if completed_at and lesson.added_at > completed_at and lesson.id not in progress.done},
    }  # fmt: skip


def _standing(mine: public.Learning | None, sections: Sequence[public.OutlineSection], locks: Mapping[Any, public.Lock]) -> dict[str, Any] | None:
    if mine is None:
        return None
    lessons = [lesson for section in sections for lesson in section.lessons]
    return {**standing(mine.progress, mine.completed_at, lessons, locks), "since": mine.enrolled_at}


def entrance(row: Row[Any], mine: public.Learning | None) -> dict[str, Any]:
    """What stands between the acting person and a course, for templates: courses `before` it, whether a right is `missing` to enter or to go on."""
    first = before(row, context.person) if row.prerequisites and mine is None else []
    missing = row.entry is Entry.ENTITLED and not (mine.entitled if mine is not None else row.id in public.rightful())
    return {"before": first, "barred": any(not one.done for one in first), "missing": missing}


def said(locks: Mapping[Any, public.Lock], sections: Sequence[public.OutlineSection]) -> dict[Any, dict[str, Any]]:
    """Locks for templates: of each section `opens_at`, or the `section` or `lesson` that opens it, by title."""
    titles = {section.id: section.title for section in sections}
    lessons = {lesson.id: lesson for section in sections for lesson in section.lessons}
    return {
        id: {"opens_at": lock.opens_at, "section": lock.section and titles.get(lock.section), "lesson": lock.lesson and lessons.get(lock.lesson)}
        for id, lock in locks.items()
    }  # fmt: skip


def _cards(rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    covers = pictures((row.cover_id for row in rows), public=True)
    return [_card(row, covers) for row in rows]


def _card(row: Row[Any], covers: Mapping[Any, Picture]) -> dict[str, Any]:
    return {**row._mapping, "level": _(LEVELS[row.level]), "subject": row.field, "picture": covers.get(row.cover_id)}


def _full(row: Row[Any]) -> dict[str, Any]:
    return {
        **_card(row, pictures([row.cover_id], public=True)), "id": row.id, "state": row.state.value, "listed": row.visibility is not Visibility.UNLISTED,
        "open": row.entry is Entry.OPEN, "grouped": row.grouped, "lead": row.lead, "outcomes": row.outcomes,
        "description": markdown(row.description, top=3), "language": _(LANGUAGES.get(row.language, row.language)),
    }  # fmt: skip


def _matches(course: Row[Any], q: str, chosen: Mapping[str, Sequence[str]]) -> bool:
    text = f"{course.title} {course.summary} {course.field}".casefold()
    wanted = all(not chosen[name] or str(getattr(course, column)) in chosen[name] for name, _label, column in FACETS)
    return wanted and all(word in text for word in q.casefold().split())


def _facets(every: Sequence[Row[Any]], chosen: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    facets = []
    for name, label, column in FACETS:
        counts = Counter(str(getattr(course, column)) for course in every)
        if len(counts) < 2 and not chosen[name]:
            continue  # it would narrow nothing down
        options = [{"value": v, "label": _word(name, v), "count": n, "checked": v in chosen[name]} for v, n in sorted(counts.items())]
        facets.append({"name": name, "label": _(label), "options": options})
    return facets


def _page(text: str) -> int:
    """The page that was asked for; the first for what is no number of one."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _asked(q: str, chosen: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What an address of the catalogue says besides its page."""
    return {"q": q or None, **{name: list(values) for name, values in chosen.items()}}


def _chips(q: str, chosen: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    now = _asked(q, chosen)
    chips = [{"label": f"“{q}”", "remove_url": url_for(".catalogue", **(now | {"q": None}))}] if q else []
    for name, values in chosen.items():
        for value in values:
            rest = now | {name: [v for v in values if v != value]}
            chips.append({"label": _word(name, value), "remove_url": url_for(".catalogue", **rest)})
    return chips


def _word(name: str, value: str) -> str:
    """What a value of a facet is called."""
    if name == "language":
        return LANGUAGES.get(value, value)
    return _(LEVELS[Level(value)]) if name == "level" and value in set(Level) else value
