# SPDX-License-Identifier: MIT
"""The audit after a kill finds what should not be: each rule is broken once, and says which row breaks it."""

from __future__ import annotations

import pytest
from conftest import TOIL, bundled, two
from letters import write
from sqlalchemy import text
from toil import ask

from upart.cli import migrating

BREAKS = (  # what somebody did, what the audit says
    ("UPDATE job SET lease_id = NULL, lease_until = '2030-01-01 00:00:00'", "A job is claimed with its lease"),
    ("UPDATE job SET attempts = 8", "A job that was tried often enough is parked."),
    ("DELETE FROM job WHERE task = 'mail.send'", "waits and would never be sent"),
    ("UPDATE mail_message SET state = 'failed', text = ''", "is over and would be sent"),
    ("UPDATE mail_message SET state = 'sent', text = ''", "What was sent says when"),
    ("UPDATE courses_course SET lessons = lessons + 1", "A course counts its lessons and minutes rightly."),
    ("ALTER TABLE toil_mark ADD COLUMN secret VARCHAR", "toil_mark.secret, which 'toil' does not declare"),
)


@pytest.fixture
def whole(toiling):
    """An installation with a job, a message and a course."""
    ask(toiling, "mark", 1)
    write(toiling)
    with toiling.writing("athena") as session:
        from upart_courses.models import Course, Level

        words = dict.fromkeys(("slug", "title", "summary", "lead", "description", "field", "language", "cover"), "x")
        session.add(Course(**words, level=Level.BEGINNER, outcomes=[]))
    return toiling


@pytest.mark.parametrize(("does", "says"), BREAKS)
def test_what_is_broken_is_found(whole, does, says):
    assert whole.breaches() == []
    with migrating.owner_engine(whole.state) as engine, engine.begin() as connection:
        connection.execute(text(does))
    found = "\n".join(whole.breaches())
    assert says in found, found


def test_a_link_to_nowhere_and_a_twin_are_found(original, tmp_path):
    """Only where the database does not look: SQLite with its checks off, and a key that a migration forgot."""
    with original("sqlite", (*bundled(), TOIL), two).copied(tmp_path) as made:
        write(made, dedupe_key="one")
        with migrating.owner_engine(made.state) as engine, engine.begin() as connection:
            connection.execute(text("DELETE FROM person"))
            connection.execute(text("CREATE TABLE copy AS SELECT * FROM mail_message"))
            connection.execute(text("DROP TABLE mail_message"))
            connection.execute(text("ALTER TABLE copy RENAME TO mail_message"))
            connection.execute(text("INSERT INTO mail_message SELECT academy_id, lower(hex(randomblob(16))), person_id, purpose, recipient, recipient_digest, subject_line, text, state, problem, dedupe_key, created_at, sent_at FROM mail_message"))  # fmt: skip
        found = "\n".join(made.breaches())
    assert "which is not in person" in found
    assert "mail_message (academy_id, dedupe_key) =" in found


def test_many_breaches_are_counted(whole):
    ask(whole, "mark", *range(20))
    with migrating.owner_engine(whole.state) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE job SET attempts = 8 WHERE task = 'toil.mark'"))
    (found,) = whole.breaches()
    assert "… and 16 more" in found
