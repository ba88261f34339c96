# SPDX-License-Identifier: MIT
"""What happened is noted with it, brought to those who listen, and shown to those who answer for it."""

from __future__ import annotations

import pytest
from people import sign_in
from sqlalchemy import select
from toil import jobs, later, marks, work
from upart_toil import hooks
from upart_toil.models import Mark

from upart.academies.actions import disable_plugin, enable_plugin
from upart.errors import UpartError
from upart.events.actions import emit
from upart.events.models import Event
from upart.jobs.models import JobState
from upart.testing import every_kill


def events(made) -> list[str]:
    with made.everywhere() as session:
        return list(session.scalars(select(Event.type).order_by(Event.id)))


def happens(made, type: str = "toil.done", slug: str = "athena", **ids) -> None:
    """Something happens: a mark is left, and an event with it."""
    with made.writing(slug) as session:
        mark = Mark(number=1, word="cause")
        session.add(mark)
        emit(type, mark, **ids)


def test_an_event_is_one_row_with_its_cause_or_not_at_all(toiling):
    with pytest.raises(ZeroDivisionError), toiling.writing("athena"):
        emit("toil.done")
        raise ZeroDivisionError
    assert (events(toiling), jobs(toiling)) == ([], [])
    happens(toiling)
    assert events(toiling) == ["toil.done"]


def test_who_listens_hears_it_after_the_commit(toiling):
    hooks.heard.clear()
    happens(toiling)
    assert hooks.heard == []
    work(toiling)
    assert hooks.heard == ["toil.done"]
    with toiling.reading("athena") as session:
        event, heard = session.scalars(select(Event)).one(), session.scalars(select(Mark).where(Mark.word != "cause")).one()
        assert heard.word == f"toil.done {event.object_id}"
        assert event.object_table == "toil_mark"


@pytest.mark.parametrize(("type", "ids"), [("toil.dreamt", {}), ("toil.done", {"to": "lena@example.org"}), ("toil.done", {"what": {"name": "Lena"}})])
def test_what_is_not_registered_and_what_is_no_id_is_refused(toiling, type, ids):
    with pytest.raises(UpartError), toiling.writing("athena"):
        emit(type, **ids)
    assert events(toiling) == []


def test_who_fails_to_hear_is_told_again_and_leaves_nothing_half_done(toiling):
    happens(toiling, "toil.bad")
    happens(toiling, "toil.done")
    work(toiling)
    assert hooks.heard == ["toil.bad", "toil.done"]
    assert marks(toiling) == {1: 2, 0: 1}
    with later(seconds=5):
        work(toiling)
    assert hooks.heard == ["toil.bad"]
    assert [job.attempts for job in jobs(toiling)] == [2]
    for n in range(1, 8):
        with later(days=n):
            work(toiling)
    assert [job.state for job in jobs(toiling)] == [JobState.PARKED]
    assert events(toiling) == ["toil.bad", "toil.done"]


def test_each_listener_is_told_apart(toiling, monkeypatch):
    """One that raises does not keep the other from hearing."""
    other, heard = "courses", []
    module = toiling.state.plugins.get(other).module
    manager = toiling.state.plugins.manager
    from upart.plugin import hookimpl

    @hookimpl
    def upart_on_event(event):
        heard.append(event.type)

    manager.unregister(name=other)
    monkeypatch.setattr(module, "upart_on_event", upart_on_event, raising=False)
    manager.register(module, name=other)
    happens(toiling, "toil.bad")
    work(toiling)
    assert heard == ["toil.bad"]
    assert [job.payload["plugin"] for job in jobs(toiling)] == ["toil"]


def test_an_academy_hears_only_its_own_and_only_what_it_has_switched_on(toiling):
    with toiling.everywhere() as session:
        disable_plugin(session, toiling.academy("orion").id, "toil")
    toiling.close()
    happens(toiling, slug="orion")
    happens(toiling)
    work(toiling)
    with toiling.everywhere() as session:
        assert {mark.academy_id for mark in session.scalars(select(Mark).where(Mark.word != "cause"))} == {toiling.academy("athena").id}


def test_what_happened_before_a_plugin_was_switched_off_waits_for_it(toiling):
    happens(toiling)
    athena = toiling.academy("athena").id
    with toiling.everywhere() as session:
        disable_plugin(session, athena, "toil")
    toiling.close()
    work(toiling)
    assert hooks.heard == []
    assert [(job.problem, job.attempts) for job in jobs(toiling)] == [("its plugin is off", 0)]
    with toiling.everywhere() as session:
        enable_plugin(session, athena, "toil")
    toiling.close()
    work(toiling)
    assert hooks.heard == ["toil.done"]


def test_killed_at_any_commit_cause_event_and_delivery_are_all_there_or_none(toiling):
    for where in every_kill(lambda: happens(toiling), installation=toiling):
        assert len(events(toiling)) == len(jobs(toiling)) == marks(toiling)[1] == (where == "after a commit")
        assert toiling.breaches() == []


def test_ada_sees_who_did_what_and_odin_nothing_of_it(portal):
    ada, odin = sign_in(portal, "ada"), sign_in(portal, "odin")
    path = ada.get("/manage/people/").text.partition('">Lena')[0].rpartition('href="')[2]
    assert ada.post(f"{path}/suspend").status_code == 303
    told = ada.get("/manage/audit").text
    assert "<b>Ada</b> suspended somebody" in told
    assert "Lena" in told
    page = odin.get("/manage/audit")
    assert page.status_code == 200
    assert not any(word in page.text for word in ("Ada", "Lena", "suspended somebody"))


def test_who_only_teaches_or_learns_does_not_see_what_happened(portal):
    for name in ("theo", "lena"):
        assert sign_in(portal, name).get("/manage/audit").status_code == 404
