# SPDX-License-Identifier: MIT
"""A copied installation writes to nobody until somebody says that it is the right one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from letters import files, states, write
from people import sign_in
from sqlalchemy import select, update
from toil import command, jobs, later, work

from upart import config
from upart.cli import demo
from upart.hooks.models import Installation as Owner


def worker(instance: Path) -> str:
    """What `upart worker --once` says on stderr."""
    done = command(instance, "worker", "--once")
    assert done.exit_code == 0, done.output
    return done.stderr


@pytest.fixture
def instance(portal):
    """The demo's folder, which knows who and where it is, with a message to Lena that waits."""
    folder = portal.state.config.instance
    config.write_own(folder, instance_id="original", place=str(folder))
    (folder / "upart.toml").write_text((folder / "upart.toml").read_text() + 'mail_url = "file:"\n')
    assert command(folder, "db", "upgrade").exit_code == 0
    portal.visitor("athena").post("/reset-password", data={"email": "lena@example.org"})
    portal.close()
    return folder


def written(folder: Path) -> int:
    return len(list((folder / "mail").glob("*.eml")))


def belongs_elsewhere(made) -> None:
    with made.everywhere() as session:
        session.add(Owner(instance_id="somebody else"))


def test_beside_a_database_of_somebody_else_nothing_leaves_and_nothing_is_given_up(toiling):
    belongs_elsewhere(toiling)
    write(toiling)
    for n in range(0, 40, 2):
        with later(hours=n):
            work(toiling)
    assert (files(toiling), states(toiling)) == ([], [("waiting", "")])
    assert [(job.problem, job.attempts) for job in jobs(toiling)] == [("this installation is a copy", 0)]
    assert toiling.breaches() == []


def test_a_new_installation_notes_whose_its_database_is(instance, portal):
    with portal.everywhere() as session:
        assert session.scalars(select(Owner.instance_id)).all() == ["original"]
    assert worker(instance) == ""
    assert written(instance) == 1
    assert "no copy" in command(instance, "db", "adopt").output


def test_a_copied_folder_stays_silent_until_it_is_adopted(instance, tmp_path_factory):
    copy = tmp_path_factory.mktemp("copy") / "here"
    shutil.copytree(instance, copy)
    said = worker(copy)
    assert "This installation is a copy: no mail leaves." in said
    assert str(instance) in said
    assert "upart db adopt" in said
    assert written(copy) == 0
    assert worker(instance) == ""
    assert written(instance) == 1
    answer = command(copy, "db", "adopt", "--yes")
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (0, "Mail leaves again.")
    assert worker(copy) == ""
    assert written(copy) == 1


def test_a_dump_beside_other_settings_stays_silent_and_can_drop_what_waited(instance, portal):
    config.write_own(instance, instance_id="staging")
    assert "belongs to installation original; upart.toml says staging" in worker(instance)
    assert "Nothing was changed." in command(instance, "db", "adopt", types="n\n").output
    assert written(instance) == 0
    assert command(instance, "db", "adopt", "--drop-mail", "--yes").exit_code == 0
    assert worker(instance) == ""
    assert (written(instance), states(portal)) == (0, [("refused", "copied")])
    assert portal.breaches() == []
    portal.visitor("athena").post("/reset-password", data={"email": "theo@example.org"})
    portal.close()
    worker(instance)
    assert written(instance) == 1


def test_settings_that_were_lost_are_made_again_and_keep_the_rest(instance):
    (instance / "upart.toml").write_text('# ours\nbase_host = "localhost"\nmail_url = "file:"\n')
    assert "upart.toml says none" in worker(instance)
    assert command(instance, "db", "adopt", "--yes").exit_code == 0
    text = (instance / "upart.toml").read_text()
    assert 'instance_id = "original"' in text
    assert '# ours\nbase_host = "localhost"' in text
    worker(instance)
    assert written(instance) == 1


def test_ada_is_told_that_no_mail_leaves(portal):
    ada = sign_in(portal, "ada")
    assert "No mail leaves from here" not in ada.get("/manage/").text
    belongs_elsewhere(portal)
    page = ada.get("/manage/").text
    assert "No mail leaves from here" in page
    assert "upart db adopt" in page


def test_a_demo_that_was_moved_is_still_a_demo(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    demo.prepare(first)
    assert config.load(first).place == str(first)
    first.rename(second)
    app = demo.prepare(second)
    assert config.load(second).place == str(second)
    assert config.load(second).instance_id
    with app.app_context():
        from upart.jobs.copies import why_copied

        assert why_copied() == ""


def test_two_installations_cannot_both_be_the_owner(portal):
    belongs_elsewhere(portal)
    with portal.everywhere() as session:
        session.execute(update(Owner).values(instance_id=portal.state.config.instance_id))
    assert portal.breaches() == []
