# SPDX-License-Identifier: MIT
"""Each form that asks for personal data says what for, on which ground, how long, and who gets it; one that keeps silent is found."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import upart_courses
from people import sign_in
from wtforms import StringField

import upart
from upart.privacy.register import Register
from upart.theming.forms import Form

ROOT = Path(__file__).parents[2]
TEMPLATES = [path for folder in ("upart", "plugins") for path in sorted((ROOT / folder).rglob("templates/**/*.html"))]

KEEPS_NOTHING = {
    ("SignInForm", "email"): "looks an account up",
    ("CloseAcademyForm", "name"): "is the academy's name, compared and forgotten",
    ("BehalfForm", "kind"): "names a right",
    ("LinkForm", "kind"): "names a right",
    ("PolicyForm", "authority"): "names an authority",
    ("PublishForm", "digest"): "is that of what was looked at",
    ("FrontEndForm", "name"): "is that of a front end",
    ("LandingForm", "note"): "is a line of the landing page",
    ("PermissionsForm", "permission"): "is what a role may do, not of whom it was asked",
    ("LessonForm", "kind"): "is that of a lesson, not of what a learner did",
    ("QuestionForm", "kind"): "is that of a question",
    ("QuestionForm", "points"): "is what a question is worth",
    ("AssignmentForm", "points"): "is what an assignment is worth",
    ("ReleaseForm", "kind"): "says what opens a section",
    ("FaqForm", "text"): "is questions about a course",
    ("PlaceForm", "place"): "is the address at which a course was",
    ("ZoneForm", "zone"): "is that of the academy",
}
"""Fields that are called like a personal column of their owner and fill none."""

ASKS_NOTHING_NEW = {
    "accounts/sign-in.html": "compares what is there", "accounts/again.html": "compares what is there", "accounts/confirm.html": "compares what is there",
    "accounts/code.html": "compares a code", "accounts/two-step-code.html": "compares a code", "accounts/reset.html": "looks an account up",
    "rights/close-academy.html": "compares the academy's name", "rights/close-account.html": "ticks what goes", "rights/erase.html": "ticks what goes",
    "policy/words.html": "is about the academy", "policy/new-breach.html": "asks to name nobody", "policy/breach.html": "asks to name nobody",
    "tokens/front-end.html": "is about a front end", "webhooks/form.html": "is about a program",
    "academies/setting.html": "is about the academy, and settings with personal data break their plugin",
    "courses/teach/facts.html": "is about a course", "courses/teach/new.html": "is about a course", "courses/teach/lesson.html": "is about a lesson",
    "courses/teach/access.html": "is about a course", "courses/teach/plan.html": "is about a section",
    "courses/teach/outline.html": "is about a section", "courses/teach/quiz.html": "is about a quiz", "courses/teach/question.html": "is about a question",
    "courses/teach/assignment.html": "is about an assignment",
    "courses/teach/faq.html": "is about a course", "courses/teach/duplicate.html": "is about a course",
    "courses/teach/cohort.html": "is about a group", "courses/teach/delete-cohort.html": "is about a group",
    "courses/teach/move-learner.html": "chooses one of the groups that are there",
    "courses/teach/import.html": "is about a course", "courses/teach/import-report.html": "is about a course",
}  # fmt: skip
"""Templates with fields of which nothing is kept about anybody, and why."""


def forms() -> Iterator[type[Form]]:
    """Every form of core and bundled plugins."""
    for package in (upart, upart_courses):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith(("forms", "answering")):
                importlib.import_module(module.name)
    found = Form.__subclasses__()
    for one in found:
        found.extend(one.__subclasses__())
    yield from (one for one in dict.fromkeys(found) if one.__module__.startswith(("upart.", "upart_courses.")))


def silent(form: type[Form], register: Register, owner: str) -> list[str]:
    """Fields of a form that are called like a personal column of its owner's tables, and of which it says nothing."""
    personal = {c.name for entry in register.of(owner) for c, d in entry.declared() if d.kind in ("personal", "personal_json", "file")}
    fields = [field.name for field in form()]
    return [name for name in fields if name in personal and name not in form.declares and (form.__name__, name) not in KEEPS_NOTHING]


@pytest.fixture(scope="module")
def register(tmp_path_factory) -> Register:
    from conftest import bundled

    from upart import config
    from upart.app import create_app

    return create_app(settings=config.load(tmp_path_factory.mktemp("forms"), {}), plugins=bundled()).extensions["upart"].plugins.register


def test_what_fills_a_personal_column_is_declared(register):
    every = list(forms())
    assert len(every) > 25
    assert {one.__name__: found for one in every if (found := silent(one, register, _owner(one)))} == {}


def test_what_is_declared_is_a_field_and_a_personal_column():
    for one in forms():
        for name, column in one.declares.items():
            assert name in one(), f"{one.__name__} declares {name}, which is no field"
            assert column.property.columns[0].info["declaration"].kind in ("personal", "personal_json", "file"), f"{one.__name__}.{name}"


def _owner(form: type[Form]) -> str:
    return "courses" if form.__module__.startswith("upart_courses") else "core"


def test_a_form_that_keeps_silent_is_found(register):
    class Planted(Form):
        words = StringField("What do you need?")

    assert silent(Planted, register, "core") == ["words"]
    assert silent(Planted, register, "courses") == []


def unsaid(source: str) -> list[str]:
    """The forms of a template whose fields stand on the page without the notice."""
    found = []
    for block in re.findall(r"<form\b.*?</form>", source, re.S):
        asked, said = set(re.findall(r"\bfield\(([\w.]+),", block)), set(re.findall(r"\bnotice\(([\w.]+)\)", block))
        found += sorted(asked - said)
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_template_with_fields_shows_the_notice(path):
    name = path.as_posix().rpartition("/templates/")[2]
    if name in ASKS_NOTHING_NEW:
        assert unsaid(path.read_text()) or "<form" in path.read_text(), "it stands in the list for nothing"
    else:
        assert unsaid(path.read_text()) == []


def test_a_template_without_it_is_found():
    assert unsaid("<form>{{ field(form, form.name) }}</form><form>{{ field(forms.note, x) }}{{ notice(forms.note) }}</form>") == ["form"]


def test_whoever_signs_up_reads_why_how_long_and_what_is_needed(portal):
    page = " ".join(re.sub(r"<[^>]+>", " ", portal.visitor("athena").get("/sign-up").text).split())
    assert "We ask for this to give you an account." in page
    assert "Your name (needed)" in page
    assert "Ground: the contract with you. Kept: until the person leaves the academy." in page
    assert "Kept: until the account is closed." in page


def test_lena_reads_on_her_profile_what_is_her_choice_and_ada_what_others_may_see(portal):
    assert "Time zone <small>(your choice)</small>" in sign_in(portal, "lena").get("/account/profile").text
    page = sign_in(portal, "ada").get("/manage/people/invite").text
    assert "This is about somebody else. They can ask to see what is kept, and why." in page
