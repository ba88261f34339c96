# SPDX-License-Identifier: MIT
"""Lena takes a copy of all that is held about her; it holds nothing of anybody else."""

from __future__ import annotations

import gc
import hashlib
import io
import json
import zipfile

from click.testing import CliRunner
from people import link_in, mails, sign_in, work
from sqlalchemy import select

from upart.accounts.models import Person
from upart.rights.actions.archiving import archive_of, ask_for_archive, forget_archives, take
from upart.rights.engine.archive import ArchiveWriter
from upart.rights.models import RightsArchive
from upart.storage.places import place


def ask(portal, name="Lena", slug="athena"):
    with portal.app.test_request_context(), portal.writing(slug) as session:
        ask_for_archive(session.scalar(select(Person).where(Person.name == name)))
    work(portal)


def opened(portal, slug="athena") -> zipfile.ZipFile:
    with portal.reading(slug) as session:
        archive = session.scalars(select(RightsArchive)).one()
        return zipfile.ZipFile(place().open(archive.academy_id, archive.file_id))


def test_the_copy_has_two_parts_a_summary_and_checksums_that_hold(portal):
    sign_in(portal, "lena", remember=True)
    ask(portal)
    copy = opened(portal)
    names = set(copy.namelist())
    assert {"index.html", "manifest.json", "checksums.sha256", "access/core/person.json", "access/core/person.csv", "portable/core/person.json"} <= names
    sums = dict(reversed(line.split("  ")) for line in copy.read("checksums.sha256").decode().splitlines())
    assert sums == {name: hashlib.sha256(copy.read(name)).hexdigest() for name in names - {"checksums.sha256"}}
    assert json.loads(copy.read("access/core/person.json"))[0]["email"] == "lena@example.org"


def test_secrets_and_other_people_stay_out_of_it(portal):
    sign_in(portal, "lena", remember=True)
    ask(portal)
    copy = opened(portal)
    everything = "\n".join(copy.read(name).decode() for name in copy.namelist())
    assert "Lena" in everything
    for foreign in ("Theo", "theo@", "Ada", "Odin", 'digest":"', "$argon2"):
        assert foreign not in everything
    manifest = json.loads(copy.read("manifest.json"))
    sessions = next(table for table in manifest["tables"] if table["table"] == "user_session")
    assert "digest" in sessions["withheld"]
    assert manifest["schema"] == "upart-archive/1"


def test_the_link_opens_it_once_for_her_alone(portal):
    ask(portal)
    token = link_in(mails(portal, "lena")[-1]).partition("token=")[2]
    with portal.app.test_request_context(), portal.writing("athena") as session:
        lena, theo = (session.scalar(select(Person).where(Person.name == name)) for name in ("Lena", "Theo"))
        assert status(archive_of, theo, token) == 404
        assert status(archive_of, lena, "forged") == 410
        assert take(archive_of(lena, token)).content_type == "application/zip"
        session.flush()
        assert status(archive_of, lena, token) == 410


def status(call, *values) -> int:
    from upart.errors import Problem

    try:
        call(*values)
    except Problem as problem:
        return problem.status
    return 200


def test_a_copy_that_was_not_fetched_goes_after_a_week_with_its_bytes(portal):
    from datetime import timedelta

    from upart import clock

    ask(portal)
    with clock.shifted(timedelta(days=8)), portal.app.app_context():
        forget_archives()
        assert list(place().list()) == []
    with portal.reading("athena") as session:
        assert session.scalars(select(RightsArchive)).all() == []


def test_the_officer_writes_a_copy_and_never_over_another_file(portal, tmp_path):
    from upart.cli.main import main

    (portal.state.config.instance / "upart.toml").touch()
    words = [
        "--instance",
        str(portal.state.config.instance),
        "rights",
        "access",
        "lena@example.org",
        "--academy",
        "athena",
        "--out",
        str(tmp_path / "lena.zip"),
    ]
    assert "Written" in CliRunner().invoke(main, words).output
    again = CliRunner().invoke(main, words)
    assert again.exit_code == 1
    assert "nothing is overwritten" in again.output
    assert "index.html" in zipfile.ZipFile(tmp_path / "lena.zip").namelist()


def test_a_copy_that_is_given_up_writes_nothing_more():
    out = io.BytesIO()
    writer = ArchiveWriter(out)
    writer.text("index.html", "half of it")
    writer.abandon()
    written = out.getvalue()
    del writer  # a ZIP that is forgotten would end itself
    gc.collect()
    assert out.getvalue() == written
