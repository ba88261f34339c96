# SPDX-License-Identifier: MIT
"""What a program may do that acts for somebody: no more than its scopes, and who looks first decides."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import ModuleType

import pytest
from people import HOMES
from sqlalchemy import select
from upart_courses.models import Course, Enrolment

from upart.accounts.models import Person
from upart.api import seams, views
from upart.context import context
from upart.db import reading
from upart.errors import PluginError, Problem
from upart.hooks.loaded import Plugin
from upart.hooks.parts import ask_for_parts
from upart.hooks.resources import Resource
from upart.hooks.specs import hookimpl
from upart.hooks.visible import visible


def asked(portal, address, *scopes):
    """The status of an answer to Lena's program."""
    with portal.app.test_request_context(f"/api/v1/{address}"), reading(portal.academy(HOMES["lena"]), masks=True) as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        with context.knowing(lena, fresh=False), context.within(frozenset(scopes)):
            try:
                answer = views.answer(address.partition("?")[0])
            except Problem as problem:
                return problem.status, problem.code
            return answer.status_code, answer.headers["Cache-Control"]


def test_a_token_reads_what_it_has_the_scope_for(portal):
    assert asked(portal, "enrolments", "courses:enrolments:read") == (200, "private, no-store")
    assert asked(portal, "enrolments", "courses:courses:read", "courses:enrolments:write") == (403, "scope")
    assert asked(portal, "enrolments?include=course", "courses:enrolments:read") == (403, "scope")
    assert asked(portal, "enrolments?include=course", "courses:enrolments:read", "courses:courses:read")[0] == 200
    assert asked(portal, "courses") == (403, "scope")


def test_who_looks_first_answers(portal, monkeypatch):
    monkeypatch.setattr(seams, "BEFORE", [lambda request: None, lambda request: views.Response("{}", 429)])
    assert portal.visitor("athena").get("/api/v1/courses?limit=1").status_code == 429


REFUSED = {  # what a resource may not say of itself, and a word of why
    "begin with its id": {"readable": ("title",)},
    "no column": {"readable": ("id", "colour")},
    "not readable": {"readable": ("id",), "filters": ("author_id",), "small": True},
    "no index": {"readable": ("id", "title"), "filters": ("title",)},
    "may be empty": {"readable": ("id", "published_at"), "sorts": ("published_at",), "small": True},
    "is guarded": {"readable": ("id", "title"), "filters": ("title",), "small": True, "guarded": {"title": lambda: Course.title != ""}},
}


@pytest.mark.parametrize("word", REFUSED)
def test_a_resource_that_would_tell_too_much_is_refused(word):
    with pytest.raises(PluginError, match=word):
        Resource("odd", Course, scope="odd:odd", **REFUSED[word])


def test_what_has_an_index_may_be_found_by():
    made = Resource(
        "fine", Enrolment, scope="x:y", readable=("id", "learner_id", "last_activity_at"), filters=("learner_id",), sorts=("-last_activity_at", "id")
    )
    assert made.default_sort == "-last_activity_at"
    assert all(first != second for first, second in pairwise(sorted(made.sorts)))


def test_a_scope_that_is_not_the_plugins_own_is_refused():
    module = ModuleType("choir")
    module.upart_resources = lambda: [Resource("voices", Course, scope="courses:courses", readable=("id",))]
    with pytest.raises(PluginError, match="has the scope 'courses:courses'"):
        ask_for_parts(Plugin("choir", module=module))


def test_a_rule_that_fails_hides_everything(portal, caplog):
    with portal.app.test_request_context(), portal.reading("athena"):
        manager = portal.state.plugins.manager
        failing = ModuleType("failing")
        failing.upart_visible = hookimpl(lambda actor, model: 1 / 0)
        manager.register(failing, name="courses.failing")
        plain = visible(Course)
        with context.set(replace(context.academy, plugins=context.academy.plugins | {"courses.failing"})):
            failed = visible(Course)
        manager.unregister(failing)

    assert str(failed[0]) == "1 = 0"
    assert [str(one) for one in plain] == ["courses_course.state = :state_1 AND courses_course.visibility = :visibility_1"]
