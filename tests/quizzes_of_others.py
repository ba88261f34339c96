# SPDX-License-Identifier: MIT
"""Quizzes of cartridges as other systems write them (QTI 1.2.1, profile of Common Cartridge), and as nobody should."""

from __future__ import annotations

from collections.abc import Sequence

QTI = '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">%s</questestinterop>'


def meta(**said: str) -> str:
    """What an assessment or an item says about itself."""
    return "".join(f"<qtimetadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>" for name, entry in said.items())


def assessment(*items: str, title: str = "What do you know?", **said: str) -> str:
    """A quiz."""
    about = meta(**{"cc_profile": "cc.exam.v0p1", **said})
    return QTI % f'<assessment ident="A" title="{title}"><qtimetadata>{about}</qtimetadata><section ident="s">{"".join(items)}</section></assessment>'


def right(*answers: str, score: str = "100") -> str:
    """These answers give all points."""
    equals = "".join(f'<varequal respident="R">{one}</varequal>' for one in answers)
    return f'<respcondition><conditionvar>{equals}</conditionvar><setvar action="Set" varname="SCORE">{score}</setvar></respcondition>'


def words(said: str) -> str:
    """Words, as HTML."""
    return f'<material><mattext texttype="text/html">{said}</mattext></material>'


def item(profile: str, prompt: str, response: str, conditions: str = "", more: str = "", **said: str) -> str:
    """A question."""
    about = meta(cc_profile=f"cc.{profile}.v0p1", **said)
    shown = f"<presentation>{words(prompt)}{response}</presentation>"
    graded = f'<resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE"/></outcomes>{conditions}</resprocessing>'
    return f'<item ident="i"><itemmetadata><qtimetadata>{about}</qtimetadata></itemmetadata>{shown}{graded}{more}</item>'


def choices(lines: Sequence[str], cardinality: str = "Single") -> str:
    """Choices, called 0, 1, 2 and so on."""
    labels = "".join(f'<response_label ident="{at}"><material><mattext>{line}</mattext></material></response_label>' for at, line in enumerate(lines))
    return f'<response_lid ident="R" rcardinality="{cardinality}"><render_choice>{labels}</render_choice></response_lid>'


BLANK = '<response_str ident="R"><render_fib/></response_str>'
FEEDBACK = f'<itemfeedback ident="%s">{words("&lt;p&gt;%s&lt;/p&gt;")}</itemfeedback>'
RYE = item(
    "multiple_choice",
    "&lt;p&gt;What is &lt;em&gt;rye&lt;/em&gt;?&lt;/p&gt;",
    choices(["A grain", "A * stone"]),
    right("0"),
    FEEDBACK % ("general_fb", "It grows.") + FEEDBACK % ("1_fb", "No."),
    cc_weighting="3",
)
