# SPDX-License-Identifier: MIT
"""Each text that people can be shown has its German, with the same values in it."""

from __future__ import annotations

import re

from msgids import PACKAGES, catalogue, without_german
from people import sign_in

from upart.academies.actions import change_settings

VALUES = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z]+\}")


def test_each_text_has_its_german(portal):
    assert without_german(portal.state.plugins) == {}


def test_german_sentences_hold_the_same_values():
    words = [pair for package in PACKAGES for pair in catalogue(package).items()]
    assert len(words) > 2000
    assert [english for english, german in words if sorted(VALUES.findall(english)) != sorted(VALUES.findall(german))] == []


def test_the_pages_of_a_german_academy_are_german(portal):
    with portal.writing("athena"):
        change_settings({"language": "de"})
    ada = sign_in(portal, "ada")
    page = ada.get("/manage/webhooks/new").text
    wrong = ada.post("/manage/webhooks/new", data={"url": ""}).text
    assert '<html lang="de">' in page
    assert "Firma, die das Programm betreibt" in page
    assert "Geben Sie eine Adresse an." in wrong
    assert "Company that runs" not in page
