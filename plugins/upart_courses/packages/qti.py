# SPDX-License-Identifier: MIT
"""Quizzes as Common Cartridges carry them: QTI 1.2.1 in the profile of 1EdTech (Common Cartridge 1.3, chapter 5), read as our questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

from upart.plugin import gettext as _
from upart_courses.packages.hypertext import fragment
from upart_courses.packages.lines import escaped, plain
from upart_courses.packages.markup import called, first, inside, text
from upart_courses.packages.tree import Note
from upart_courses.packages.vocabulary import Follow
from upart_courses.questions import LONGEST, MOST_LINES, QuestionKind, fault

MOST_QUESTIONS = 500
"""Of one quiz; more cannot be drawn for an attempt either."""

LONG, MOST_POINTS, MOST_ATTEMPTS, MOST_MINUTES = 20_000, 100, 100, 600
RESPONSES = ("response_lid", "response_str", "response_num", "response_xy", "response_grp", "response_extension")
NOT_WORDS = ("matimage", "mataudio", "matvideo", "matapplet", "matapplication", "matemtext")


@dataclass(slots=True)
class QuizFound:
    """What a quiz or a bank of questions says: title, rules and questions, each as a question of ours keeps it."""

    title: str
    rules: dict[str, Any]
    questions: list[dict[str, Any]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def whole(said: str, most: int, otherwise: int = 0) -> int:
    """A whole number from 0 to `most`, else another."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 and int(said) <= most else otherwise


def quiz_in(root: Element, where: str, follow: Follow) -> QuizFound:
    """The quiz in a part of a cartridge; `where` names it in the report, `follow` says where addresses in it lead."""
    bank = first(root, "objectbank")
    holder = first(root, "assessment") if bank is None else bank
    if holder is None:
        return QuizFound("", {})
    said = _said_in(holder)
    rules = {"attempts": whole(said.get("cc_maxattempts", ""), MOST_ATTEMPTS), "minutes": whole(said.get("qmd_timelimit", ""), MOST_MINUTES)}
    quiz = QuizFound(holder.get("title", ""), {**rules, "pool": _pool(holder)})
    items = [one for one in holder.iter() if called(one) == "item"]
    if len(items) > MOST_QUESTIONS:
        said_ = _("This quiz has %(n)s questions; the first %(most)s came in.", n=len(items), most=MOST_QUESTIONS)
        quiz.notes.append(Note(where, said_, _("Split it into several quizzes, and send the course again.")))
    if bank is not None:
        quiz.notes.append(Note(where, _("A bank of questions became a quiz."), _("Say in its rules how many of them are asked."), lost=False))
    for number, item in enumerate(items[:MOST_QUESTIONS], start=1):
        reader = _Item(item, f"{where}: {_('Question')} {number}", follow)
        if (facts := reader.read()) is not None:
            quiz.questions.append(facts)
        quiz.notes += reader.notes
    if any(one["kind"] is QuestionKind.MULTIPLE for one in quiz.questions):
        quiz.notes.append(Note(where, _("Who finds some of several right choices gets a part of the points here."), lost=False))
    return quiz


def ANEW() -> str:  # noqa: N802 - a constant that speaks the language of whoever asks
    """What to do about a question that is left out."""
    return _("Write it anew in the quiz.")


def _said_in(one: Element | None) -> dict[str, str]:
    """What an assessment or an item says about itself."""
    fields = inside(first(one, "qtimetadata"), "qtimetadatafield")
    return {text(first(field_, "fieldlabel")).lower(): text(first(field_, "fieldentry")) for field_ in fields}


def _pool(holder: Element) -> int:
    """How many questions are drawn, where the whole quiz is one drawing; else all are asked."""
    drawn = [text(one) for one in holder.iter() if called(one) == "selection_number"]
    return whole(drawn[0], MOST_QUESTIONS) if len(drawn) == 1 and sum(called(one) == "section" for one in holder.iter()) <= 2 else 0


class _Item:
    """One item while it is read."""

    def __init__(self, item: Element, where: str, follow: Follow) -> None:
        self.item, self.where, self.follow = item, where, follow
        self.said = _said_in(first(item, "itemmetadata"))
        self.notes: list[Note] = []

    def read(self) -> dict[str, Any] | None:
        """The question as ours are kept; None for one that is left out, which is told."""
        shown = first(self.item, "presentation")
        responses = [one for one in (shown.iter() if shown is not None else ()) if called(one) in RESPONSES]
        prompt = self._cut(self._words(list(_materials(shown)))) if shown is not None else ""
        if not prompt:
            self._tell(_("A question without words is left out."), ANEW(), lost=True)
            return None
        if len(responses) != 1 or called(responses[0]) not in READ or responses[0].get("rcardinality", "Single") == "Ordered":
            self._tell(_("A question of a kind that is not known here is left out."), ANEW(), lost=True)
            return None
        facts = {"prompt": prompt, "points": self._points(), "explanation": self._explanation(), "lines": [], "right": [], "kind": QuestionKind.TEXT}
        return READ[called(responses[0])](self, facts, responses[0])

    def _tell(self, what: str, todo: str = "", *, lost: bool = False) -> None:
        self.notes.append(Note(self.where, what, todo, lost))

    # Words

    def _words(self, materials: list[Element]) -> str:
        """Materials as Markdown; pictures and files in them are left out, and told."""
        parts = [one for material in materials for one in material.iter()]
        read = fragment("\n".join(_html(one) for one in parts if called(one) == "mattext"), self.where, self.follow)
        self.notes += read.notes
        if any(called(one) in NOT_WORDS for one in parts) or any(piece.kind not in ("markdown", "code") for piece in read.pieces):
            self._tell(_("A picture or a file in a question is left out."), _("Show it in the lesson, before the quiz."), lost=True)
        return "\n\n".join(piece.values.get("text", "") for piece in read.pieces if piece.kind == "markdown").strip()

    def _line(self, one: Element) -> str:
        """A choice: one line without marks."""
        return " ".join(plain(" ".join(self._words([one]).replace("\\\n", " ").split())).split()).lstrip("* ")

    def _cut(self, words: str) -> str:
        if len(words) > LONG:
            self._tell(_("Words that are too long for a question are cut."), _("Put them into the lesson, before the quiz."), lost=True)
        return words[:LONG]

    # What it is worth, and what is said afterwards

    def _points(self) -> int:
        said = self.said.get("cc_weighting", "")
        try:
            points = min(max(round(float(said)), 1), MOST_POINTS) if said else 1
        except (ValueError, OverflowError):
            points = 1
        if said and said.rstrip("0").rstrip(".") not in (str(points), str(points).rstrip("0")):
            self._tell(_("It was worth %(said)s, and here it is %(n)s.", said=said[:20], n=points))
        return points

    def _explanation(self) -> str:
        """What is shown whatever was answered, and the sample solution; what belongs to single answers is told."""
        always = {"general_fb"} | {
            str(one.get("linkrefid"))
            for condition in inside(first(self.item, "resprocessing"), "respcondition")
            if first(condition, "conditionvar", "other") is not None and first(condition, "setvar") is None
            for one in inside(condition, "displayfeedback")
        }
        said, others = list[str](), False
        for one in inside(self.item, "itemfeedback"):
            solution = first(one, "solution") is not None
            if solution or one.get("ident") in always:
                said.append(self._words([one]))
            else:
                others = others or bool(text(one))
        if others:
            self._tell(_("What was said about single answers is left out."), _("Write it into the explanation of the question."), lost=True)
        return self._cut("\n\n".join(dict.fromkeys(part for part in said if part)))

    # What is right

    def _right(self) -> list[Element]:
        """The answers that give most; that others give a part is told."""
        found: list[tuple[float, Element]] = []
        for condition in inside(first(self.item, "resprocessing"), "respcondition"):
            worth = max((_worth(one) for one in inside(condition, "setvar")), default=0.0)
            found += [(worth, one) for one in _equals(first(condition, "conditionvar")) if worth > 0]
        most = max((worth for worth, _one in found), default=0.0)
        if any(worth < most for worth, _one in found):
            self._tell(_("Some answers gave a part of the points; that is left out."), lost=True)
        return [one for worth, one in found if worth == most]

    def _choices(self, facts: dict[str, Any], response: Element) -> dict[str, Any]:
        labels = [one for one in response.iter() if called(one) == "response_label"]
        lines, right = [self._line(one) for one in labels], {text(one) for one in self._right()}
        places = [place for place, one in enumerate(labels) if one.get("ident", "") in right]
        kind = QuestionKind.MULTIPLE if response.get("rcardinality") == "Multiple" else QuestionKind.SINGLE
        if len(right) != len(places) or not all(lines) or fault(kind, lines, places):
            self._tell(_("It cannot be graded here as it stands, so a teacher grades it."), _("Write it as a choice again, and say what is right."))
            choices = "\n".join(f"- {escaped(line[:LONGEST])}" for line in lines[:MOST_LINES] if line)
            return {**facts, "prompt": f"{facts['prompt']}\n\n{choices}".strip()}
        return {**facts, "kind": kind, "lines": lines, "right": places}

    def _typed(self, facts: dict[str, Any], response: Element) -> dict[str, Any]:
        right = self._right()
        lines = list(dict.fromkeys(line for one in right if (line := " ".join(text(one).split()))))
        if any(called(one) == "varsubstring" for one in right):
            self._tell(_("An answer had to contain these words; here it has to be these words."), _("Write more answers that are accepted."))
        if any(one.get("case", "No").lower() in ("yes", "true") for one in right):
            self._tell(_("Capitals counted in this answer; here they do not."))
        if fault(QuestionKind.TEXT, lines, []):
            self._tell(_("Some of the accepted answers are too long or too many, and are left out."), lost=True)
            lines = [line for line in lines if len(line) <= LONGEST][:MOST_LINES]
        if not lines and not self.said.get("cc_profile", "").startswith("cc.essay"):
            self._tell(_("It says of no answer that it is right, so a teacher grades it."), _("Write which answers are accepted."))
        return {**facts, "lines": lines}


READ = {"response_lid": _Item._choices, "response_str": _Item._typed}
"""How a question is answered, and what reads it; what is not here is left out."""


def _materials(one: Element) -> Iterator[Element]:
    """What is shown before an answer, without what belongs to single answers."""
    for child in one:
        if called(child) == "material":
            yield child
        elif called(child) not in RESPONSES:
            yield from _materials(child)
        else:
            yield from inside(child, "material")


def _html(one: Element) -> str:
    words = text(one)
    return f"<div>{words}</div>" if one.get("texttype", "text/plain").lower() == "text/html" else f"<p>{escape(words)}</p>"


def _worth(one: Element) -> float:
    """What a condition gives; what it takes away is nothing."""
    try:
        found = float(text(one)) if one.get("action", "Set").lower() in ("set", "add") else 0.0
    except ValueError:
        return 0.0
    return found if 0 < found < 1_000_000 else 0.0


def _equals(one: Element | None) -> Iterator[Element]:
    """The answers that a condition asks for, without those that it forbids."""
    for child in one if one is not None else ():
        if called(child) in ("varequal", "varsubstring"):
            yield child
        elif called(child) != "not":
            yield from _equals(child)
