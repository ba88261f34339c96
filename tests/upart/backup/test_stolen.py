# SPDX-License-Identifier: MIT
"""Somebody has got hold of a backup that is not encrypted and opens it: nothing in it lets them in."""

from __future__ import annotations

import sqlite3
import tarfile
from contextlib import closing

from keeping import back_up
from people import is_in, mails, second_step, sign_in, token_in, work
from sqlalchemy import delete, select, update

from upart import clock
from upart.cli.demo import PASSWORD
from upart.hooks.models import Installation
from upart.jobs.models import Job
from upart.mail.models import MailMessage, MailState


def test_no_password_cookie_link_or_code_can_be_read_in_it(portal, tmp_path):
    lena = sign_in(portal, "lena", remember=True)
    app, codes = second_step(portal, lena)
    portal.visitor("athena").post("/reset-password", data={"email": "lena@example.org"})
    write_only(portal)
    data = unpacked(portal, tmp_path).read_bytes()
    secrets = [PASSWORD, lena.cookie("upart_session"), lena.cookie("upart_remember"), app.secret, token_in(mails(portal, "lena")[-1]), *codes]
    assert all(secrets)
    assert [secret for secret in secrets if secret.encode() in data] == []


def write_only(portal) -> None:
    """Do all that is due but for the mail, which waits as that of a copy does."""
    with portal.everywhere() as session:
        session.add(Installation(instance_id="another"))
    work(portal)
    with portal.everywhere() as session:
        session.execute(delete(Installation))
        assert session.scalars(select(MailMessage.recipient).where(MailMessage.state == MailState.WAITING)).all()
        session.execute(update(Job).values(run_at=clock.now()).execution_options(synchronize_session=False))


def test_no_digest_in_it_passes_for_what_it_is_the_digest_of(portal, tmp_path):
    lena = sign_in(portal, "lena", remember=True)
    with closing(sqlite3.connect(unpacked(portal, tmp_path))) as opened:
        digests = [value for (value,) in opened.execute("SELECT digest FROM user_session")]
    assert len(digests) == 2
    for digest in digests:
        for cookie in ("upart_session", "upart_remember"):
            thief = portal.visitor("athena")
            thief.keep(cookie, digest)
            assert not is_in(thief)
    assert is_in(lena)


def unpacked(portal, tmp_path):
    """The database out of a backup."""
    back_up(portal, tmp_path / "backup")
    with tarfile.open(tmp_path / "backup") as tar:
        tar.extract("database.sqlite", tmp_path / "thief")
    return tmp_path / "thief" / "database.sqlite"
