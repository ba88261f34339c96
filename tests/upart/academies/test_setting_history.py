# SPDX-License-Identifier: MIT
"""Two owners write on one form and lose nothing of each other; what was changed is told, and can be put back."""

from __future__ import annotations

import html
import re

from people import sign_in
from sqlalchemy import select

from upart.revisions.models import Revision
from upart.testing import together

PAGE = "/manage/settings/landing-page"


def carried(page: str) -> dict[str, str]:
    """The marks that the form of a page carries."""
    return dict(re.findall(r'name="(was-[a-z_]+)" value="([^"]+)"', page))


def words(portal) -> tuple[str, str]:
    settings = portal.academy("athena").settings
    return settings["headline"], settings["note"]


def test_who_writes_in_another_field_loses_nothing(portal):
    ada, tab = sign_in(portal, "ada"), sign_in(portal, "ada")
    marks, shown = carried(ada.get(PAGE).text), portal.academy("athena").settings
    typed = {name: shown[name] for name in ("headline", "lead", "note")}
    assert tab.post(PAGE, data={**typed, "headline": "By the other tab", **marks}).status_code == 303
    assert ada.post(PAGE, data={**typed, "note": "By Ada", **marks}).status_code == 303
    assert words(portal) == ("By the other tab", "By Ada")


def test_in_the_same_field_it_is_asked_whose_text_it_shall_be(portal):
    ada = sign_in(portal, "ada")
    marks = carried(ada.get(PAGE).text)
    ada.post(PAGE, data={"headline": "First", "lead": "", "note": "", **marks})
    refused = ada.post(PAGE, data={"headline": "Second", "lead": "", "note": "", **marks})
    assert (refused.status_code, ">First</p>" in refused.text, 'value="Second"' in refused.text) == (409, True, True)
    again = carried(refused.text)

    ada.post(PAGE, data={"headline": "Second", "lead": "", "note": "N", "take-headline": "theirs", **again})
    assert words(portal) == ("First", "N")
    ada.post(PAGE, data={"headline": "Third", "lead": "", "note": "N", "take-headline": "mine", **again})
    assert words(portal) == ("Third", "N")


def test_a_choice_that_is_overtaken_too_is_asked_again(portal):
    ada = sign_in(portal, "ada")
    marks = carried(ada.get(PAGE).text)
    for text in ("First", "Second"):
        ada.post(PAGE, data={"headline": text, "lead": "", "note": ""})
    answer = ada.post(PAGE, data={"headline": "Mine", "lead": "", "note": "", "take-headline": "theirs", **marks})

    assert (answer.status_code, ">Second</p>" in answer.text, words(portal)[0]) == (409, True, "Second")


def test_of_four_who_save_at_once_one_does_and_the_others_are_told(school):
    ada = sign_in(school, "ada")
    marks = carried(ada.get(PAGE).text)

    def save(number: int) -> int:
        tab = school.visitor("athena")
        tab.keep("upart_session", ada.cookie("upart_session"))
        return tab.post(PAGE, data={"headline": f"By {number}", "lead": "", "note": "", **marks}).status_code

    assert sorted(together(4, save)) == [303, 409, 409, 409]


def test_a_change_is_told_with_who_made_it_and_put_back_by_saving_it(portal):
    ada, before = sign_in(portal, "ada"), words(portal)[0]
    ada.post(PAGE, data={"headline": "Bread & music", "lead": "", "note": ""})
    page = ada.get(f"{PAGE}/history").text
    assert '<ins><span class="hidden">added: </span>Bread &amp; music</ins>' in page
    assert "Ada" in page
    back = next(link for link in re.findall(rf'href="({PAGE}\?version=[0-9a-f-]+)"', page) if html.escape(before) in ada.get(link).text)
    form = ada.get(back).text
    assert (words(portal)[0], "Nothing has changed until you save." in form) == ("Bread & music", True)

    ada.post(PAGE, data={"headline": before, "lead": "", "note": "", **carried(form)})
    assert words(portal)[0] == before


def test_versions_of_others_and_none_are_not_put_back(portal):
    ada, odin = sign_in(portal, "ada"), sign_in(portal, "odin")
    ada.post(PAGE, data={"headline": "Ours", "lead": "", "note": ""})
    with portal.reading("athena") as session:
        id = session.scalars(select(Revision.id).limit(1)).one()
    assert [odin.get(f"{PAGE}?version={one}").status_code for one in (id, "x", "0" * 32)] == [404, 404, 404]
    assert ada.get(f"/manage/settings/main-colour?version={id}").status_code == 404
    assert "Ours" not in odin.get(f"{PAGE}/history").text


def test_a_script_is_answered_with_marks_or_with_why(portal):
    ada = sign_in(portal, "ada")
    typed = {"headline": "A", "lead": "", "note": "", "by_itself": "1"}
    marks = carried(ada.get(PAGE).text)
    saved = ada.post(PAGE, data={**typed, **marks})
    assert (saved.status_code, set(saved.json["marks"])) == (200, {"headline", "lead", "note"})
    newer = {f"was-{name}": mark for name, mark in saved.json["marks"].items()}
    assert ada.post(PAGE, data={**typed, "headline": "B", **newer}).status_code == 200
    late = ada.post(PAGE, data={**typed, "headline": "C", **marks})
    assert (late.status_code, "changed somewhere else" in late.json["why"], words(portal)[0]) == (409, True, "B")
    assert "Use at most 120" in ada.post(PAGE, data={**typed, "headline": "x" * 121}).json["why"]


def test_what_a_script_did_not_show_is_not_taken_for_seen(portal):
    ada = sign_in(portal, "ada")
    marks = carried(ada.get(PAGE).text)
    shown = portal.academy("athena").settings
    ada.post(PAGE, data={"headline": "By the other tab", "lead": shown["lead"], "note": shown["note"]})
    typed = {"headline": shown["headline"], "lead": shown["lead"], "note": "Mine", "by_itself": "1"}
    answer = ada.post(PAGE, data={**typed, **marks}).json["marks"]
    assert set(answer) == {"lead", "note"}
    ada.post(PAGE, data={**typed, **marks, **{f"was-{name}": mark for name, mark in answer.items()}, "note": "Mine too"})
    assert words(portal) == ("By the other tab", "Mine too")


def test_what_a_script_saves_in_one_sitting_is_one_change(portal):
    ada, place = sign_in(portal, "ada"), "/manage/privacy/policy/words"
    for text in ("We", "We teach", "We teach bread."):
        assert ada.post(place, data={"policy_end": text, "by_itself": "1"}).status_code == 200
    page = ada.get(f"{place}/history").text
    assert (page.count("Put back what was before"), "We teach bread." in page) == (1, True)
    ada.post(place, data={"policy_end": "We teach music."})
    assert ada.get(f"{place}/history").text.count("Put back what was before") == 2
