# SPDX-License-Identifier: MIT
"""What is to be done again and again is one job per academy, made when it is missing, and it never stops for good."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from toil import jobs, later, marks, work

from upart import clock
from upart.academies.actions import create_academy, disable_plugin, enable_plugin
from upart.cli.work import make_worker
from upart.jobs.schedules import ensure_schedules
from upart.testing import together

DAILY = "schedule toil.daily"


def daily(made) -> list:
    return [job for job in jobs(made) if job.dedupe_key == DAILY]


def test_a_schedule_is_made_once_however_many_workers_start(toiling):
    together(4, lambda number: make_worker(toiling.app))
    directory = toiling.state.directory
    with toiling.app.app_context():
        assert ensure_schedules(directory.homes(), directory.by_id) == 0
    athena, orion, platform = (toiling.academy(slug).id for slug in ("athena", "orion", "platform"))
    assert {job.academy_id for job in daily(toiling)} == {athena, orion}
    others = [job for job in jobs(toiling) if not job.dedupe_key.startswith(("schedule toil.", "schedule courses."))]
    assert "schedule accounts.forget" in {job.dedupe_key for job in others}
    assert {job.academy_id for job in others} == {platform}
    assert set(Counter(job.dedupe_key for job in others).values()) == {1}


def test_it_is_done_each_day_and_not_twice_a_day(toiling):
    make_worker(toiling.app)
    for day in range(3):
        with later(days=day, minutes=day):
            work(toiling)
            work(toiling)
        assert marks(toiling) == {0: 2 * (day + 1)}
    assert len(daily(toiling)) == 2


def test_a_new_academy_and_a_plugin_switched_on_get_theirs_while_the_worker_runs(toiling):
    worker = make_worker(toiling.app)
    with toiling.everywhere() as session:
        disable_plugin(session, toiling.academy("orion").id, "toil")
        new = create_academy(session, "sparta", "Sparta").id
        enable_plugin(session, new, "toil")
    with toiling.app.app_context():
        worker.schedule()
    assert new in {job.academy_id for job in daily(toiling)}


def test_a_schedule_that_fails_is_never_parked(toiling, monkeypatch):
    toil = toiling.state.plugins.get("toil")
    tasks = [replace(task, run=lambda: 1 / 0) if task.name == "toil.daily" else task for task in toil.tasks]
    make_worker(toiling.app)
    gone = timedelta()
    with monkeypatch.context() as patch:
        patch.setattr(toil, "tasks", tasks)
        for _ in range(8):
            with clock.shifted(gone):
                work(toiling)
            gone += timedelta(hours=6)
    assert {(job.state, job.attempts, job.problem) for job in daily(toiling)} == {("waiting", 0, "ZeroDivisionError")}
    with clock.shifted(gone + timedelta(days=1)):
        work(toiling)
    assert marks(toiling) == {0: 2}
    assert {job.problem for job in daily(toiling)} == {""}
