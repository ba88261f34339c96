# SPDX-License-Identifier: MIT
"""Quizzes and assignments on their way out: QTI 1.2.1 in the profile of Common Cartridge 1.3, and its extension resource for assignments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from upart_courses.questions import QuestionKind

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
QTI_XSD = "http://www.imsglobal.org/profile/cc/ccv1p3/ccv1p3_qtiasiv1p2p1_v1p0.xsd"
ASSIGNMENT = "http://www.imsglobal.org/xsd/imscc_extensions/assignment"
ASSIGNMENT_XSD = "http://www.imsglobal.org/profile/cc/cc_extensions/cc_extresource_assignmentv1p0_v1p0.xsd"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<%s xmlns="%s" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="%s %s"'
TYPES = {"quiz": "imsqti_xmlv1p2/imscc_xmlv1p3/assessment", "assignment": "assignment_xmlv1p0"}


@dataclass(slots=True)
class PackedTask:
    """A quiz or an assignment of a lesson, on its own path. Prompts and explanations are HTML, as is `html`, what is to be done."""

    kind: str
    id: str
    title: str
    path: str
    rules: Mapping[str, Any]
    html: str = ""
    questions: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def clean(text: str) -> str:
    """As text of XML: characters that XML 1.0 cannot have are left out."""
    return escape("".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff")), quote=False)


def quoted(text: str) -> str:
    """As an attribute of XML."""
    escaped = clean(text).replace('"', "&quot;")
    return f'"{escaped}"'


def written_task(task: PackedTask) -> str:
    """The file of a task."""
    return _quiz(task) if task.kind == "quiz" else _assignment(task)


def _assignment(task: PackedTask) -> str:
    formats = '<format type="html"/>' + ('<format type="file"/>' if task.rules["files"] else "")
    return (
        f'{HEAD % ("assignment", ASSIGNMENT, ASSIGNMENT, ASSIGNMENT_XSD)} identifier="A_{task.id}">'
        f'<title>{clean(task.title)}</title><text texttype="text/html">{clean(task.html)}</text>'
        f'<gradable points_possible="{task.rules["points"]}">true</gradable><submission_formats>{formats}</submission_formats></assignment>\n'
    )


def _quiz(task: PackedTask) -> str:
    said = {
        "cc_profile": "cc.exam.v0p1", "qmd_assessmenttype": "Examination", "qmd_scoretype": "Percentage", "qmd_feedbackpermitted": "Yes",
        "qmd_hintspermitted": "No", "qmd_solutionspermitted": "Yes" if task.rules["reveal"] == "answers" else "No",
        "cc_maxattempts": str(task.rules["attempts"] or "unlimited"), **({"qmd_timelimit": str(task.rules["minutes"])} if task.rules["minutes"] else {}),
    }  # fmt: skip
    items = "".join(_item(f"Q_{task.id}_{number}", one) for number, one in enumerate(task.questions, start=1))
    return (
        f"{HEAD % ('questestinterop', QTI, QTI, QTI_XSD)}>"
        f'<assessment ident="Q_{task.id}" title={quoted(task.title)}>{_meta(said)}<section ident="root_section">\n{items}'
        "</section></assessment></questestinterop>\n"
    )


def _meta(said: Mapping[str, str]) -> str:
    fields = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{clean(entry)}</fieldentry></qtimetadatafield>" for label, entry in said.items()
    )
    return f"<qtimetadata>{fields}</qtimetadata>"


def _material(words: str, kind: str = "text/html") -> str:
    return f'<material><mattext texttype="{kind}">{clean(words)}</mattext></material>'


def _item(id: str, one: Mapping[str, Any]) -> str:
    """One question, in the profile that fits it; what the standard has no profile for is written as an essay, which a teacher grades."""
    profile, answers, rights = PROFILES[one["kind"]](one)
    by_hand = profile == "cc.essay.v0p1"
    said = {
        "cc_profile": profile, "cc_weighting": str(one["points"]), "qmd_scoringpermitted": "Yes", "qmd_computerscored": "No" if by_hand else "Yes",
    }  # fmt: skip
    prompt = one["prompt"] + (_to_order(one["lines"]) if one["kind"] is QuestionKind.ORDERING else "")
    solution = _solution(one)
    told = (
        '<respcondition continue="Yes"><conditionvar><other/></conditionvar><displayfeedback feedbacktype="Response" linkrefid="general_fb"/></respcondition>'
    )
    conditions = (told if one["explanation"] else "") + "".join(
        f'<respcondition continue="No"><conditionvar>{right}</conditionvar><setvar action="Set" varname="SCORE">100</setvar></respcondition>'
        for right in rights
    )
    outcomes = '<outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
    general = f'<itemfeedback ident="general_fb"><flow_mat>{_material(one["explanation"])}</flow_mat></itemfeedback>' if one["explanation"] else ""
    sample = (
        f'<itemfeedback ident="solution"><solution><solutionmaterial><flow_mat>{_material(solution)}</flow_mat></solutionmaterial></solution></itemfeedback>'
    )
    return (
        f'<item ident="{id}"><itemmetadata>{_meta(said)}</itemmetadata><presentation>{_material(prompt)}{answers}</presentation>'
        f"<resprocessing>{outcomes}{conditions}</resprocessing>{general}{sample if solution else ''}</item>\n"
    )


def _choice(one: Mapping[str, Any]) -> tuple[str, str, Iterator[str]]:
    several = one["kind"] is QuestionKind.MULTIPLE
    labels = "".join(f'<response_label ident="c{at}">{_material(line, "text/plain")}</response_label>' for at, line in enumerate(one["lines"]))
    answers = f'<response_lid ident="R" rcardinality="{"Multiple" if several else "Single"}"><render_choice>{labels}</render_choice></response_lid>'
    equals = {at: f'<varequal respident="R">c{at}</varequal>' for at in range(len(one["lines"]))}
    if not several:
        return "cc.multiple_choice.v0p1", answers, (equals[at] for at in one["right"])
    exactly = "".join(equal if at in one["right"] else f"<not>{equal}</not>" for at, equal in equals.items())
    return "cc.multiple_response.v0p1", answers, iter([f"<and>{exactly}</and>"])


def _typed(one: Mapping[str, Any]) -> tuple[str, str, Iterator[str]]:
    if not one["lines"] or one["kind"] is not QuestionKind.TEXT:
        return "cc.essay.v0p1", '<response_str ident="R" rcardinality="Single"><render_fib/></response_str>', iter(())
    answers = '<response_str ident="R" rcardinality="Single"><render_fib prompt="Dashline"/></response_str>'
    return "cc.fib.v0p1", answers, (f'<varequal respident="R" case="No">{clean(line)}</varequal>' for line in one["lines"])


PROFILES: dict[QuestionKind, Callable[[Mapping[str, Any]], tuple[str, str, Iterator[str]]]] = {  # profile, how it is answered, conditions that give all
    QuestionKind.SINGLE: _choice,
    QuestionKind.MULTIPLE: _choice,
    QuestionKind.TEXT: _typed,
    QuestionKind.NUMBER: _typed,
    QuestionKind.ORDERING: _typed,
}


def _to_order(lines: Sequence[str]) -> str:
    """What is to be put in order, by the alphabet: so it tells nothing."""
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in sorted(lines)) + "</ul>"


def _solution(one: Mapping[str, Any]) -> str:
    """What whoever grades it needs, where the standard cannot grade it."""
    lines = [escape(line) for line in one["lines"]]
    if one["kind"] is QuestionKind.NUMBER:
        return f"<p>{lines[0]}{f' ± {lines[1]}' if len(lines) > 1 else ''}</p>" if lines else ""
    return "<ol>" + "".join(f"<li>{line}</li>" for line in lines) + "</ol>" if one["kind"] is QuestionKind.ORDERING else ""
