# SPDX-License-Identifier: MIT
"""Privacy policies that are read, changed and published; facts of one that was made up, and what may become different in it."""

from __future__ import annotations

import html
import re
from copy import deepcopy

from upart.academies import actions
from upart.policy import publishing


def read(portal, slug: str = "athena", path: str = "/privacy") -> str:
    answer = portal.visitor(slug).get(path)
    assert answer.status_code == 200, path
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def publish(portal, slug: str = "athena") -> int:
    with portal.app.test_request_context(), portal.writing(slug):
        return publishing.publish().number


def change(portal, slug: str = "athena", **values: str) -> None:
    with portal.writing(slug):
        actions.change_settings(values)


FACTS = {
    "controller": {"legal_name": {"value": "Athena e.U."}, "place": {"value": "Vienna"}, "privacy_contact": {"value": "privacy@athena.example"}},
    "column": {
        "quiz.quiz_answer.text": {
            "plugin": "quiz", "table": "quiz_answer", "title": "Answers", "column": "text", "kind": "personal", "category": "edu.result", "purpose": "learn",
            "basis": "eu-gdpr:A6-1-b", "interest": "", "special_ground": "", "retain": "24 months", "after": "at", "origin": "provided", "needed": "contract",
            "laws": [], "recipients": ["Quiz League"], "secret": False, "never_share": True,
        }
    },
    "recipient": {
        "Quiz League": {
            "role": "processor", "purpose": "learn", "country": "DE", "safeguard": "", "contract": "of 1 March", "keeps": "", "categories": ["edu.result"],
            "task": "", "known_by": "declaration",
        }
    },
    "store": {"quiz.league": {"recipient": "Quiz League"}},
    "purpose": {"quiz.tips": {"text": "Tips by mail", "purpose": "newsletter", "version": 1, "basis": "eu-gdpr:A6-1-a", "channels": ["email"]}},
    "cookie": {"quiz_level": {"category": "preferences", "purpose": "keeps the level", "lifetime": 86400.0}},
    "decision": {"Place in the league": {"logic": "by points", "effect": "who plays whom", "human": "write to us"}},
    "visits": {"minute": {"text": "The minute of a visit."}},
    "words": {"policy_end": {"text": "Be kind."}},
}  # fmt: skip

TEXT, LEAGUE, LEVEL, TIPS = ("column", "quiz.quiz_answer.text"), ("recipient", "Quiz League"), ("cookie", "quiz_level"), ("purpose", "quiz.tips")

CASES = (  # kind and id, word, what it is now, what makes it material
    (TEXT, "category", "content.private", "category"), (TEXT, "purpose", "report", "purpose"), (TEXT, "basis", "eu-gdpr:A6-1-f", "basis"),
    (TEXT, "special_ground", "art. 9(2)(a)", "basis"), (TEXT, "retain", "36 months", "period"), (TEXT, "retain", "800 days", "period"),
    (TEXT, "retain", "until the course ends", "period"), (TEXT, "retain", "12 months", ""), (TEXT, "retain", "30 days", ""), (TEXT, "after", "left_at", "period"),
    (TEXT, "origin", "from_other", "source"), (TEXT, "laws", ["DE.invoice"], "period"), (TEXT, "recipients", ["Quiz League", "Tidewire"], "recipient"),
    (TEXT, "recipients", [], ""), (TEXT, "never_share", False, "recipient"), (TEXT, "title", "Answres", ""), (TEXT, "needed", "optional", ""),
    (LEAGUE, "country", "CH", "third country"), (LEAGUE, "country", "FR", ""), (LEAGUE, "role", "controller", "recipient"),
    (LEAGUE, "categories", ["edu.result", "contact.email"], "category"), (LEAGUE, "categories", [], ""), (LEAGUE, "purpose", "report", "purpose"),
    (LEAGUE, "contract", "of 2 March", ""), (LEAGUE, "safeguard", "clauses", ""), (LEVEL, "lifetime", 172800.0, "cookie"), (LEVEL, "lifetime", None, ""),
    (("store", "quiz.league"), "recipient", "Tidewire", "recipient"), (LEVEL, "category", "measure", "cookie"), (LEVEL, "purpose", "keeps the levels", ""), (TIPS, "version", 2, "purpose"), (TIPS, "text", "Tips by Mail", ""),
    (TIPS, "channels", ["email", "sms"], "purpose"), (TIPS, "channels", [], ""), (TIPS, "basis", "eu-gdpr:A6-1-f", "basis"), (("decision", "Place in the league"), "effect", "who pays", "automated decision"),
    (("decision", "Place in the league"), "human", "write to Ada", ""), (("controller", "legal_name"), "value", "Minerva", "controller"),
    (("controller", "place"), "value", "Graz", ""), (("visits", "minute"), "text", "The second of a visit.", "source"),
    (("words", "policy_end"), "text", "Be very kind.", ""),
)  # fmt: skip


def changed(at, word, value):
    made = deepcopy(FACTS)
    made[at[0]][at[1]][word] = value
    return made
