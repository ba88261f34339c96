# SPDX-License-Identifier: MIT
"""Plugins of careless authors: each is set aside in words that say what to do, and the portal serves everybody else."""

from __future__ import annotations

import dataclasses
import sys
from importlib.metadata import EntryPoint

import pytest
from sqlalchemy import false

from upart.app import create_app
from upart.cli.owners import Owner
from upart.config import load as settings
from upart.errors import PluginError
from upart.hooks.guards import objections
from upart.plugin import Matter
from upart.testing import install, seat, sign_in

HEAD = "from upart.plugin import *\nmanifest = Manifest(id={id!r}, version='1', privacy=holds_nothing('nothing'){more})\n"
PAGES = "site = Blueprint({name!r}, __name__)\n@hookimpl\ndef upart_blueprints(): return [site]\n@site.get('/{path}/', policy=anyone)\ndef page(): return 'x'\n"
HOOK = "@hookimpl\ndef upart_{0}(): return {1}\n"
ROW = "class Row(AcademyOwned, Model):\n    id: Mapped[UUID] = key()\n"
STAFF = "staff = Blueprint('people_staff', __name__, area=Area.MANAGE)\n@hookimpl\ndef upart_blueprints(): return [staff]\n"

FAULTS = {  # id: (more of the manifest, what the file says, a part of the reason, a part of the remedy)
    "nameless": ("", "from uuid import UUID\nfrom sqlalchemy.orm import Mapped\n" + ROW, "__tablename__", "plugins/nameless.py"),
    "lost": ("", PAGES + HOOK.format("menu", "[MenuItem(label='X', endpoint='lost.pag')]"), "leads to 'lost.pag', which is no page", "lost.page"),
    "asking": ("", "@hookimpl\ndef upart_menu(): return [MenuItem(label='X', endpoint='courses.nowhere')]\n", "is no page", "upart_blueprints"),
    "needy": ("", PAGES.replace("/{path}/", "/{path}/<int:n>") + HOOK.format("menu", "[MenuItem(label='X', endpoint='needy.page')]"), "needs n", "Name a page"),
    "twin": ("", PAGES.replace("{name!r}", "'people'"), "blueprint 'people' has the name of one of 'core'", 'Begin it with "twin"'),
    "double": ("", PAGES + "@site.get('/double/', policy=anyone)\ndef more(): return 'y'\n", "has the address of 'double.page'", "another"),
    "people": ("", STAFF + "@staff.get('/', policy=signed_in)\ndef rows(): return 'x'\n", "has the address of", "another"),
    "wishful": ("", PAGES.replace("policy=anyone", "policy=may('wishful.do')"), "permission 'wishful.do', which nobody has declared", "upart_permissions"),
    "roles": ("", HOOK.format("permissions", "[Permission(name='roles.do', sentence='x', roles=('techer',))]"), "role 'techer'", "teacher"),
    "called": ("", HOOK.format("jobs", "[Task(name='called.do', run=None, sentence='x')]"), "run=None, which cannot be called", "the function itself"),
    "bare": ("", HOOK.format("slots", "[Slot(name='footer', template='bare/x.html', values=dict)]"), "template 'bare/x.html', which is not there", "bare/templates"),
    "unmoved": (", migrations='migrations'", "", "folder 'migrations' of migrations, which is not there", "unmoved/migrations/"),
    "raising": ("", HOOK.format("events", "1 / 0"), "upart_events() failed: ZeroDivisionError: division by zero at raising.py, line 4", "Correct"),
    "numbers": ("", HOOK.format("events", "[7]"), "upart_events() returned a list with 7 instead of", "EventType"),
    "ring_a": (", requires={'ring_b': '>=1'}", "", "It requires itself", "Remove one"),
    "ring_b": (", requires={'ring_a': '>=1'}", "", "It requires itself", "Remove one"),
    "core": ("", "", "No plugin can have the id 'core'", "Choose"),
    "x": ("", "", "No plugin can have the id 'x'", "Choose 2 to 40"),
    "typo": ("", "def broken(:\n", "SyntaxError", "Correct plugins/typo.py"),
}  # fmt: skip


@pytest.fixture
def portal(tmp_path):
    """An installation with all of them at once."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "upart.toml").touch()
    for id, (more, text, _reason, _remedy) in FAULTS.items():
        (tmp_path / "plugins" / f"{id}.py").write_text(HEAD.format(id=id, more=more) + text.replace("{name!r}", repr(id)).replace("{path}", id))
    return create_app(settings=settings(tmp_path, {}), plugins=[])


def test_each_fault_is_named_with_what_to_do_and_takes_nobody_along(portal):
    found = portal.extensions["upart"].plugins.found
    said = {id: (found[id].reason, found[id].remedy) for id in FAULTS}
    wrong = {id: said[id] for id, (_more, _text, reason, remedy) in FAULTS.items() if reason not in said[id][0] or remedy not in said[id][1]}
    assert wrong == {}


@pytest.mark.parametrize("script", ["def upgrade(:", "revision = 'a1'\ndown_revision = 'a0'", "1 / 0"])
def test_migrations_that_cannot_be_read_are_named_with_their_owner(tmp_path, script):
    (tmp_path / "a1.py").write_text(script)
    with pytest.raises(PluginError, match="The migrations of 'diary' cannot be read") as refused:
        assert dataclasses.replace(Owner("diary", tmp_path)).script
    assert str(tmp_path) in refused.value.remedy


RUDE = """
SAYS = {}
def says(what): return SAYS[what]() if what in SAYS else []
@hookimpl
def upart_visible(actor, model): return says("visible") if "visible" in SAYS else None
@hookimpl
def upart_objections(operation, actor, subject): return says("objections")
@hookimpl
def upart_waiting(): return [Waiting(key="rude.x", matters=lambda: says("waiting"))]
"""
NONSENSE = (lambda: 1 / 0, lambda: "nonsense", lambda: {"a": 1}, lambda: [1], lambda: [object])


@pytest.fixture
def rude(tmp_path):
    """An installation with courses and a plugin that answers what a test wants; what it says, by hook."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "rude.py").write_text(HEAD.format(id="rude", more="") + RUDE)
    made = install(tmp_path, plugins=[EntryPoint("courses", "upart_courses.hooks", "upart.plugins")], settings={"plugin_failures": 1000})
    seat(made)
    yield made, sys.modules["upart_rude"].SAYS
    made.close()


def test_whatever_a_hook_answers_pages_are_there_and_guards_say_no(rude):
    made, says = rude
    ada, vic = sign_in(made, "ada"), made.visitor("athena")
    assert vic.get("/api/v1/courses").status_code == 200
    for answer in (*NONSENSE, false):
        says["visible"] = answer
        made.state.cache._pages.clear()
        given = vic.get("/api/v1/courses")
        assert (given.status_code, given.json and given.json["data"]) == (200, []), given.text
    for answer in (*NONSENSE, lambda: [Matter(title="x", url="/", verb="x", due="tomorrow")]):
        says["waiting"] = answer
        assert ada.get("/manage/").status_code == 200
    for answer in NONSENSE:
        says["objections"] = answer
        with made.reading("athena"):
            assert "rude could not say whether this may happen." in objections("courses.enrol", None, None)
