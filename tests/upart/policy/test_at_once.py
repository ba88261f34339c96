# SPDX-License-Identifier: MIT
"""Two owners decide at once: nothing of either is lost unseen, nothing happens twice, nobody reads that it is our fault."""

from __future__ import annotations

import html
import re

from people import sign_in
from policies import change, publish
from sqlalchemy import select

from upart.academies.actions import change_settings, disable_plugin, enable_plugin
from upart.academies.models import AcademySetting
from upart.errors import Problem
from upart.policy.models import PolicyVersion
from upart.testing import together

WORDS = "/manage/privacy/policy/words"


def opened(page: str) -> dict[str, str]:
    """What the form carries: the mark of each field as it was when the page was opened."""
    return dict(re.findall(r'name="(was-[a-z_]+)" value="([^"]+)"', page))


def said(portal, *keys: str) -> list[str]:
    settings = portal.academy("athena").settings
    return [settings[key] for key in keys]


def test_what_was_not_sent_stays(portal):
    change(portal, policy_end="Ours.")
    contact = said(portal, "privacy_contact")
    assert sign_in(portal, "ada").post(WORDS, data={"legal_name": "Minerva e.U."}).status_code == 303
    assert said(portal, "legal_name", "policy_end", "privacy_contact") == ["Minerva e.U.", "Ours.", *contact]
    assert sign_in(portal, "ada").post(WORDS, data={"policy_end": ""}).status_code == 303
    assert said(portal, "legal_name", "policy_end") == ["Minerva e.U.", ""]


def test_two_owners_who_write_in_different_places_both_keep_theirs(portal):
    ada = sign_in(portal, "ada")
    page = opened(ada.get(WORDS).text)
    change(portal, policy_start="By the other one.")
    assert ada.post(WORDS, data={"policy_start": "", "policy_end": "By Ada.", **page}).status_code == 303
    assert said(portal, "policy_start", "policy_end") == ["By the other one.", "By Ada."]


def test_in_the_same_place_the_second_reads_what_the_first_has_written(portal):
    ada = sign_in(portal, "ada")
    page = opened(ada.get(WORDS).text)
    change(portal, policy_end="By the\nother one.")
    refused = ada.post(WORDS, data={"policy_end": "By Ada.", **page})
    assert refused.status_code == 409
    assert ">By the\nother one.</p>" in html.unescape(refused.text)
    assert said(portal, "policy_end") == ["By the\nother one."]
    assert ada.post(WORDS, data={"policy_end": "By Ada.", **opened(refused.text)}).status_code == 303
    assert said(portal, "policy_end") == ["By Ada."]


def test_what_cannot_be_kept_changes_nothing(portal):
    ada = sign_in(portal, "ada")
    for bad in ("x\0y", "x" * 1_000_000):
        assert ada.post(WORDS, data={"policy_end": bad, "legal_name": "Minerva"}).status_code in (413, 422)
    assert ada.post(WORDS, data={"policy_end": "a\r\nb", "was-policy_end": ": :x"}).status_code == 409
    assert said(portal, "policy_end", "legal_name") == ["", "Athena Learning e.U."]


def test_of_four_who_publish_at_once_one_does(installation):
    made = installation
    change(made, "platform", legal_name="Host GmbH")
    change(made, legal_name="Athena e.U.", privacy_contact="privacy@athena.example")

    def one(number: int) -> object:
        try:
            return publish(made)
        except Problem as problem:
            return problem.message

    assert sorted(map(str, together(4, one))) == ["1", *["Nothing has changed since the last version."] * 3]
    with made.reading("athena") as session:
        assert session.scalars(select(PolicyVersion.number)).all() == [1]


def test_four_who_fill_in_and_switch_on_at_once_get_no_fault(installation):
    made = installation

    def words(number: int) -> bool:
        with made.writing("athena"):
            return change_settings({"policy_end": f"By {number}."})

    assert together(4, words) == [True] * 4
    with made.everywhere() as session:
        assert len(session.scalars(select(AcademySetting).where(AcademySetting.key == "policy_end")).all()) == 1
        disable_plugin(session, made.academy("athena").id, "courses")

    def on(number: int) -> bool:
        with made.everywhere() as session:
            return enable_plugin(session, made.academy("athena").id, "courses")

    assert sorted(together(4, on)) == [False, False, False, True]
