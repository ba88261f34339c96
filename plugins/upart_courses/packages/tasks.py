# SPDX-License-Identifier: MIT
"""Quizzes and assignments of cartridges as blocks of lessons: those that stand by themselves, and those that one of our own pages has in it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from html import unescape
from xml.etree.ElementTree import Element

from upart.plugin import gettext as _
from upart_courses.packages.finishing import FULL, tidy
from upart_courses.packages.hypertext import fragment
from upart_courses.packages.manifest import HTML, Resource
from upart_courses.packages.markup import called, document, first, inside, text
from upart_courses.packages.opened import Package
from upart_courses.packages.qti import MOST_QUESTIONS, QuizFound, quiz_in, whole
from upart_courses.packages.tree import Note, Piece, Unreadable
from upart_courses.packages.vocabulary import Follow

ALL_QUESTIONS = 5_000
"""Of one package."""

TYPES = ("imsqti", "assignment")
STANDS = re.compile(rb'data-kind="(?:quiz|assignment)" data-from="([^"]+)"')
REVEALS = ("points", "marks", "answers")
MOST_POINTS, MOST_FILES, PASSES = 1_000, 10, 60
"""Of an assignment; percent of the points that pass where nothing is said."""


def inside_of_pages(package: Package, resources: Iterable[Resource]) -> set[str]:
    """The tasks that one of our own pages has in it: they are no lessons of their own."""
    known = list(resources)
    if not any(one.type.startswith(TYPES) for one in known):
        return set()
    pages = [one.href for one in known if one.type == "webcontent" and one.href.lower().endswith(HTML)]
    return {_beside(package, path, unescape(to.decode("utf-8", "replace"))) for path in pages for to in STANDS.findall(package.read(path))} - {""}


def _beside(package: Package, page: str, to: str) -> str:
    return package.found(posixpath.normpath(posixpath.join(posixpath.dirname(page), to)))


def task_in(root: Element, where: str, follow: Follow, words: Callable[[Element], list[Piece]]) -> tuple[list[Piece], list[Note]]:
    """The blocks of a task, and what is to be told; no block for a quiz that asks nothing. `words`: how its own text is read."""
    if called(root) == "assignment":
        return assignment_in(root, where, words(root))
    quiz = quiz_in(root, where, follow)
    if not quiz.questions:
        quiz.notes.append(Note(where, _("There is no question in this quiz that can come in."), _("Write it anew, if learners need it.")))
        return [], quiz.notes
    return [_piece_of(quiz, where)], quiz.notes


def _piece_of(quiz: QuizFound, title: str) -> Piece:
    return Piece("quiz", {"title": tidy(title) or _("Quiz"), "required": False}, rules=quiz.rules, questions=quiz.questions)


def assignment_in(root: Element, where: str, pieces: list[Piece]) -> tuple[list[Piece], list[Note]]:
    """An assignment (Common Cartridge 1.3, extension resource "assignment"); what is not graded is an exercise."""
    notes, gradable = [], first(root, "gradable")
    if text(first(root, "instructor_text")):
        notes.append(Note(where, _("Words for teachers alone are left out."), _("Keep them elsewhere: lessons are for learners.")))
    if gradable is None or text(gradable).lower() not in ("true", "1"):
        notes.append(Note(where, _("A task that is not graded became an exercise."), lost=False))
        return pieces, notes
    said = gradable.get("points_possible", "")
    points = min(max(whole(said.partition(".")[0], MOST_POINTS, 10), 1), MOST_POINTS)
    formats = {one.get("type", "") for one in inside(first(root, "submission_formats"), "format")}
    rules = {"points": points, "pass_points": -(-points * PASSES // 100), "files": int(not formats or "file" in formats)}
    notes.append(Note(where, _("It is worth %(n)s points, and %(least)s pass.", n=points, least=rules["pass_points"]), _("Look at its rules."), lost=False))
    alone = len(pieces) == 1 and pieces[0].kind == "markdown" and len(pieces[0].values["text"]) <= FULL
    values = {"title": tidy(text(first(root, "title")) or where), "text": pieces[0].values["text"] if alone else "", "required": False}
    return [*([] if alone else pieces), Piece("assignment", values, rules=rules)], notes


def completed(package: Package, page: str, pieces: list[Piece], follow: Follow, waiting: set[str]) -> tuple[list[Piece], list[Note]]:
    """The blocks of a page with what the files of its tasks say; a file that is still `waiting` fills one of them, and no other."""
    made, notes = [], list[Note]()
    for piece in pieces:
        told, piece.rules = piece.rules, {}
        path = _beside(package, page, told["data-from"]) if told.get("data-from") else ""
        if told.get("data-from") and path not in waiting:
            notes.append(Note(piece.values["title"], _("Its file is not in the package."), _("Write it anew, if learners need it.")))
            continue
        made.append(piece)
        if path:
            waiting.discard(path)
            notes += _filled(piece, document(package, path), follow)
            piece.rules = _with_ours(piece, told)
    return made, notes


def _filled(piece: Piece, root: Element, follow: Follow) -> list[Note]:
    """Questions and rules of a task, put into its block; what is ours anyway is told to nobody."""
    if piece.kind == "quiz":
        quiz = quiz_in(root, piece.values["title"], follow)
        piece.questions, piece.rules = quiz.questions, quiz.rules
        return [note for note in quiz.notes if note.lost or not quiz.questions]
    found, notes = assignment_in(root, piece.values["title"], [])
    piece.rules = next((one.rules for one in found), {})
    return [note for note in notes if note.lost]


def _with_ours(piece: Piece, told: Mapping[str, str]) -> dict[str, int | str]:
    """Rules that the standard does not know and our own page says."""
    rules = dict(piece.rules)
    if piece.kind == "quiz":
        reveal = told.get("data-reveal", "")
        rules |= {"pool": whole(told.get("data-pool", ""), MOST_QUESTIONS), "pass_percent": whole(told.get("data-pass", ""), 100, PASSES)}
        rules |= {"reveal": reveal} if reveal in REVEALS else {}
    elif rules:
        rules |= {"files": whole(told.get("data-files", ""), MOST_FILES, rules["files"])}
        rules |= {"pass_points": whole(told.get("data-pass", ""), rules["points"], rules["pass_points"])}
    return rules


def counted(pieces: Iterable[Piece], so_far: int) -> int:
    """How many questions there are by now. Raises Unreadable for more than a package may bring."""
    total = so_far + sum(len(piece.questions) for piece in pieces)
    if total > ALL_QUESTIONS:
        raise Unreadable(_("This package has more than %(n)s questions.", n=ALL_QUESTIONS), remedy=_("Split the course into several packages."))
    return total


def words_of(root: Element, where: str, follow: Follow, notes: list[Note]) -> list[Piece]:
    """What a task says, as blocks."""
    found = fragment(html_of(first(root, "text")), where, follow)
    notes += found.notes
    return found.pieces


def html_of(one: Element | None) -> str:
    """Words of an element, which say whether they are HTML."""
    if one is None:
        return ""
    words = text(one)
    return words if one.get("texttype", "text/html") == "text/html" else "".join(f"<p>{line}</p>" for line in words.replace("<", "&lt;").splitlines())
