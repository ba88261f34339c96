# SPDX-License-Identifier: MIT
"""Courses from packages: kept with a report, brought in as a draft by one transaction, taken back while nobody has learned in them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from upart.plugin import (
    File,
    NotHere,
    Person,
    Problem,
    Refused,
    add_media,
    aside,
    caption_media,
    context,
    emit,
    enqueue,
    insert_once,
    open_file,
    remove_media,
    session,
    take_in,
)
from upart.plugin import gettext as _
from upart_courses.actions.filling import keep_files
from upart_courses.actions.outlining import arrange
from upart_courses.actions.publishing import learners, remove, rightful
from upart_courses.actions.readdressing import old_paths, path_of
from upart_courses.actions.tasked import keep_tasks
from upart_courses.actions.writing import Outline, addresses, create
from upart_courses.blocks import new_block
from upart_courses.embeds import embed_of
from upart_courses.models import Course, CoursePackage, Lesson, LessonKind, OldAddress, PackageState, Section
from upart_courses.packaged import unplayable
from upart_courses.packages import reading
from upart_courses.packages.finishing import About
from upart_courses.packages.opened import Package, opened
from upart_courses.packages.tree import WHOLE, Note, Page, Piece, Tree

BRING, TIDY = "courses.bring_package", "courses.tidy_package"
"""Tasks: bring a package in; remove the files of one that was taken back."""

MOST_NOTES = 1_000
COVER = "reading-studies"


def about() -> About:
    """What readers ask of this academy."""
    settings = context.academy.settings
    return About(addresses, lambda url: embed_of(url, settings) is not None, settings["language"])


def reported(tree: Tree) -> dict[str, Any]:
    """What comes in and what does not, as it is kept and shown."""
    parts = [{"title": part.title, "pages": [_page(page) for page in part.pages]} for part in tree.parts]
    notes = [{"where": note.where[:200], "what": note.what, "todo": note.todo, "lost": note.lost} for note in _once(tree.notes)]
    return {"format": tree.format, "parts": parts, "notes": notes[:MOST_NOTES], "more": max(0, len(notes) - MOST_NOTES), "files": len(tree.files)}


def _page(page: Page) -> dict[str, Any]:
    kinds: dict[str, int] = {}
    for piece in page.pieces:
        kinds[piece.kind] = kinds.get(piece.kind, 0) + 1
    return {"title": page.title, "minutes": page.minutes, "kinds": kinds, "exercise": page.exercise, "preview": page.preview}


def _once(notes: list[Note]) -> list[Note]:
    """What is left out first, each line once."""
    return sorted(dict.fromkeys(notes), key=lambda note: not note.lost)


def keep(sender: Person, sent: File, tree: Tree) -> CoursePackage:
    """Keep a package that was read and stored until it is brought in or let go. Needs a write session."""
    row = CoursePackage(sender_id=sender.id, file_id=sent.id, title=tree.title, report=reported(tree))
    session.add(row)
    session.flush()
    return row


def package_of(id: UUID) -> CoursePackage:
    """A package that the acting person has sent. Raises NotHere, also for somebody else's."""
    row = session.get(CoursePackage, {"academy_id": context.academy.id, "id": id})
    if row is None or row.sender_id != context.person.id:
        raise NotHere
    return row


def start(row: CoursePackage, place: str) -> None:
    """Let a job bring it in; `place`: the address at which the course was before, "" for none. Raises Problem 409 where it was begun already."""
    session.refresh(row, with_for_update=True)
    if row.state not in (PackageState.READ, PackageState.FAILED) or row.file_id is None:
        raise Problem(409, _("This package has come in already, or was taken back."), remedy=_("Send it once more if you want it again."))
    row.state, row.problem, row.place = PackageState.RUNNING, "", path_of(place)
    enqueue(BRING, dedupe_key=f"{BRING} {row.id}", package=row.id)


def let_go(row: CoursePackage) -> None:
    """Do not bring it in: its file is forgotten."""
    if row.state not in (PackageState.READ, PackageState.FAILED):
        raise Problem(409, _("This package has come in already, or was taken back."), remedy=_("Take it back instead."))
    session.delete(row)


@dataclass(slots=True)
class _Taken:
    """Files of the package on our disk by their names in it; their items once they lie in the library."""

    files: dict[str, File] = field(default_factory=dict)
    items: dict[str, UUID] = field(default_factory=dict)
    refused: list[Note] = field(default_factory=list)


def bring(package: str) -> None:
    """Task: bring a package in, all of it or nothing. Files are stored and drawn before the first statement, so nobody waits for them."""
    with aside() as beside:
        found = select(CoursePackage).where(CoursePackage.id == UUID(package)).options(joinedload(CoursePackage.file))
        row = beside.scalars(found).first()
        stored = row.file if row is not None and row.state is PackageState.RUNNING else None
        if stored is not None:
            beside.expunge(stored)
    if stored is None:
        return
    try:
        with open_file(stored) as source, opened(source) as zip_:
            tree = reading.tree_of(zip_, about())
            with session.begin_nested():  # all or nothing; why not is told beside it
                _write(UUID(package), tree, _take(tree, zip_))
    except Problem as problem:
        _fail(UUID(package), f"{problem.message} {problem.remedy}".strip())


def _fail(id: UUID, why: str) -> None:
    row = session.get(CoursePackage, {"academy_id": context.academy.id, "id": id})
    if row is not None:
        row.state, row.problem = PackageState.FAILED, why


def _take(tree: Tree, zip_: Package) -> _Taken:
    """Store what lessons show, each part once, as if somebody had sent it. What is refused is left out, and told."""
    taken = _Taken()
    for path in tree.files:
        if path == WHOLE:
            continue
        try:
            taken.files[path] = take_in(_Sent(zip_, path))
        except Refused as why:
            taken.refused.append(Note(path, why.message, why.remedy))
    for piece in [piece for page in tree.pages for piece in page.pieces if piece.kind == "package" and piece.path in taken.files]:
        if (problem := unplayable(taken.files[piece.path])) is not None:
            taken.refused.append(Note(piece.path, problem.message, problem.remedy))
            piece.kind, piece.values = "file", {"label": piece.values["title"]}
    return taken


class _Sent:
    """A part of a package, as if somebody had sent it with a form."""

    def __init__(self, zip_: Package, path: str) -> None:
        self.filename, self._stream, self.head = posixpath.basename(path), zip_.stream(path), zip_.head(path)

    def read(self, size: int = -1) -> bytes:
        """The next piece."""
        return self._stream.read(size)

    @property
    def stream(self) -> _Sent:
        """Itself."""
        return self


def _write(id: UUID, tree: Tree, taken: _Taken) -> None:
    """The rows: library, course, sections, lessons, old addresses."""
    row = session.get(CoursePackage, {"academy_id": context.academy.id, "id": id}, with_for_update=True)
    sender = row.sender_id if row is not None else None
    person = session.get(Person, {"academy_id": context.academy.id, "id": sender}) if sender is not None else None
    if row is None or row.state is not PackageState.RUNNING or person is None:
        raise Problem(409, _("Whoever sent this package is not here any more."), remedy=_("Send it once more."))
    with context.knowing(person, fresh=True):
        if WHOLE in tree.files and row.file is not None:
            taken.files[WHOLE] = row.file
        _into_library(tree, taken)
        course = create(person, uuid4(), tree.title, tree.subject or _("Not sorted yet"), tree.language, COVER)
        course.summary, course.description, course.outcomes = tree.summary, tree.description, tree.outcomes
        lessons = _lessons(course, tree, taken)
        emit("courses.imported", course, lessons=len(lessons), files=len(taken.items))
    for path, lesson in old_paths(tree, row.place, lessons):
        insert_once(OldAddress, id=uuid4(), path=path, course_id=course.id, lesson_id=lesson.id if lesson is not None else None)
    report = {**row.report, "notes": [*({"where": one.where, "what": one.what, "todo": one.todo, "lost": True} for one in taken.refused), *row.report["notes"]]}
    row.state, row.course_id, row.file_id, row.report = PackageState.DONE, course.id, None, report
    row.items = [str(item) for item in taken.items.values()]


def _into_library(tree: Tree, taken: _Taken) -> None:
    """Put files into the library, each with what the first lesson that shows it says of it; captions belong to their video."""
    session.flush()
    pieces = [piece for page in tree.pages for piece in page.pieces if piece.path in taken.files]
    captions = {piece.captions for piece in pieces}
    for piece in pieces:
        if piece.path not in taken.items:
            taken.items[piece.path] = add_media(taken.files[piece.path], alt=piece.alt)
            if piece.captions in taken.files:
                _caption(taken, piece)
    unlinked = [taken.files[path] for path in captions if path in taken.files and path not in taken.items and not _is_linked(path, pieces, taken)]
    for file in unlinked:
        session.delete(file)


def _caption(taken: _Taken, piece: Piece) -> None:
    try:
        caption_media(taken.items[piece.path], taken.files[piece.captions], piece.language or context.academy.settings["language"])
    except Refused as why:
        taken.refused.append(Note(piece.captions, why.message, why.remedy))


def _is_linked(path: str, pieces: list[Piece], taken: _Taken) -> bool:
    return any(piece.captions == path and piece.path in taken.items for piece in pieces) and all(note.where != path for note in taken.refused)


def _lessons(course: Course, tree: Tree, taken: _Taken) -> dict[str, Lesson]:
    """Sections and lessons in order; returns the lessons by their addresses."""
    first = session.scalars(select(Section).where(Section.course_id == course.id)).one()
    outline: Outline = []
    for place, part in enumerate(tree.parts, start=1):
        section = first if place == 1 else Section(id=uuid4(), course_id=course.id)
        section.title, section.position = part.title, place
        session.add(section)
        session.flush()
        outline.append((section, [_lesson(course, section, page, taken) for page in part.pages]))
    lessons = {lesson.slug: lesson for _section, inside in outline for lesson in inside}
    arrange(course, outline, goes_on=True)
    session.add_all(lessons.values())
    for lesson in lessons.values():
        if any(block.get("item") for block in lesson.blocks):
            keep_files(lesson)
    session.flush()
    for page in tree.pages:
        keep_tasks(lessons[page.slug], list(zip(_here(page, taken), lessons[page.slug].blocks, strict=True)))
    return lessons


def _lesson(course: Course, section: Section, page: Page, taken: _Taken) -> Lesson:
    kind = LessonKind.EXERCISE if page.exercise else LessonKind.TEXT
    return Lesson(
        id=uuid4(), course_id=course.id, section_id=section.id, slug=page.slug, title=page.title, kind=kind, minutes=page.minutes, preview=page.preview,
        required=page.required, position=0, blocks=[_block(piece, taken) for piece in _here(page, taken)],
    )  # fmt: skip


def _here(page: Page, taken: _Taken) -> list[Piece]:
    return [piece for piece in page.pieces if not piece.path or piece.path in taken.items]


def _block(piece: Piece, taken: _Taken) -> dict[str, Any]:
    return new_block(piece.kind, **piece.values, item=str(taken.items[piece.path]) if piece.path else "")


def undo(row: CoursePackage) -> None:
    """Take a course back that came in with a package, with its files. Raises Problem 409 once somebody has learned in it."""
    session.refresh(row, with_for_update=True)
    course = session.get(Course, {"academy_id": context.academy.id, "id": row.course_id}) if row.course_id is not None else None
    if row.state is not PackageState.DONE or course is None:
        raise Problem(409, _("Only what has come in can be taken back."), remedy=_("Open the list of courses and look what is there."))
    if learned(course):
        raise Problem(409, _("People have learned in this course, or have access to it."), remedy=_("Archive it: they go on, and nobody new comes in."))
    row.state, row.course_id = PackageState.UNDONE, None
    session.flush()
    remove(course)
    enqueue(TIDY, dedupe_key=f"{TIDY} {row.id}", package=row.id)


def learned(course: Course) -> bool:
    """Has anybody been in a course, or may somebody be who was given access?"""
    return learners(course) > 0 or rightful(course) > 0


def tidy(package: str) -> None:
    """Task: remove what came into the library with a package that was taken back, but for what is used elsewhere by now."""
    row = session.get(CoursePackage, {"academy_id": context.academy.id, "id": UUID(package)})
    if row is not None and row.state is PackageState.UNDONE:
        remove_media(UUID(id) for id in row.items)
        row.items = []
