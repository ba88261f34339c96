# SPDX-License-Identifier: MIT
"""Requests that wait for Ada, and where she finds them."""

from __future__ import annotations

from contextlib import contextmanager

from erasing import who
from sqlalchemy import select

from upart import clock
from upart.context import context
from upart.disclosure.actions import plan_notice
from upart.disclosure.models import DisclosureNotice
from upart.disclosure.words import NoticeAct, NoticeState
from upart.rights.actions.asking import received
from upart.rights.actions.dead_letters import PATIENCE, TRIES
from upart.rights.actions.reminding import remind
from upart.rights.actions.working import plan
from upart.rights.models import RequestKind, RequestState, RightsEntry, RightsRequest
from upart.rights.states import move

HOLDER = "letter"
"""A step that a worker can do."""


def waiting(portal, at=None, name="Lena", academy="athena", kind=RequestKind.AUTHORITY):
    """A request that waits for a decision."""
    with portal.writing(academy) as session:
        request = received(who(session, name), kind, at=at)
        plan(request, [HOLDER])
        move(request, RequestState.NEEDS_DECISION)
        return request.id


def untold(portal, name="Theo") -> None:
    """Of two recipients one waits to be told about somebody by hand, the other has not answered for days."""
    with portal.app.test_request_context(), portal.writing("athena") as session:
        person = who(session, name)
        plan_notice(person, NoticeAct.RECTIFY, recipient="Choir Ltd", addresses=[person.email])
        tried = {"state": NoticeState.FAILED, "attempts": TRIES, "made_at": clock.now() - 2 * PATIENCE, "problem": "HTTPError"}
        session.add(DisclosureNotice(person_id=person.id, act=NoticeAct.RESTRICT, store="files", recipient="Choir Ltd", **tried))


def path(id, act="") -> str:
    return f"/manage/requests/{id}" + (f"/{act}" if act else "")


def state_of(portal, id, academy="athena"):
    with portal.reading(academy) as session:
        return session.scalars(select(RightsRequest.state).where(RightsRequest.id == id)).one()


def acts_of(portal, id, academy="athena") -> list[str]:
    """What its history says, oldest first."""
    with portal.reading(academy) as session:
        return [act.value for act in session.scalars(select(RightsEntry.act).where(RightsEntry.request_id == id).order_by(RightsEntry.at, RightsEntry.id))]


def make_officer(portal, name="Theo"):
    with portal.writing("athena") as session:
        who(session, name).roles = ["officer"]


@contextmanager
def on(day):
    """The clock at noon of another day."""
    with clock.shifted(day - clock.now()):
        yield


def run(portal, times=1) -> None:
    """As the schedule does it: on the platform, outside of a session."""
    for _time in range(times):
        with portal.app.app_context(), context.set(portal.academy("platform")):
            remind()
