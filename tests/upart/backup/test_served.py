# SPDX-License-Identifier: MIT
"""Yesterday's backup, then a real server or a real worker: what people have asked for since holds in its first answer and its first work."""

from __future__ import annotations

import subprocess
import sys

import pytest
from bucket import ACCESS, REGION, SECRET, serving_bucket
from erasing import text, who
from keeping import back_up, restore
from people import work
from restoring import again, kinds
from served import serving

from upart.privacy.taxonomy import Purpose
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.objecting import ask_to_object
from upart.rights.actions.restraining import ask_to_restrict
from upart.rights.restricting.actions import restrictions_of
from upart.rights.restricting.models import Ground

ASKED = (("Lena", ask_to_erase), ("Theo", lambda theo: ask_to_object(theo, Purpose.NEWSLETTER)), ("Theo", lambda theo: ask_to_restrict(theo, Ground.CLAIMS)))


@pytest.fixture(params=["folder", "bucket"])
def yesterday(request, portal, tmp_path, monkeypatch):
    """The demo as its backup knows it: Lena is back, and of Theo nothing is known. Its ledger lies in a folder or in a bucket."""
    with serving_bucket() as s3:
        for name, value in (("ENDPOINT_URL", s3.url), ("ACCESS_KEY_ID", ACCESS), ("SECRET_ACCESS_KEY", SECRET), ("REGION", REGION)):
            monkeypatch.setenv(f"AWS_{name}", value)
        url = "s3://ledger/acts" if request.param == "bucket" else (tmp_path / "ledger").as_uri()
        monkeypatch.setenv("UPART_LEDGER_URL", url)
        made = again(portal, ledger_url=url)
        back_up(made, kept := tmp_path.with_name(f"{tmp_path.name}.backup"))
        for name, do in ASKED:
            with made.app.test_request_context(), made.writing("athena") as session:
                do(who(session, name))
        work(made)
        restore(made, kept)
        assert "lena@example.org" in text(made)
        made.close()
        yield made
        made.close()


def holds(made) -> bool:
    """Is Lena gone, is Theo restricted, and does the ledger know it?"""
    with made.reading("athena") as session:
        theo = [one.ground for one in restrictions_of(who(session, "Theo"))]
    return "lena@example.org" not in text(made) and theo == [Ground.CLAIMS] and kinds(made).count("erasure") == 2


def test_the_first_answer_of_a_server_knows_what_was_asked_since(yesterday):
    with serving(yesterday.state.config.instance) as server:
        assert holds(yesterday), "before anybody has asked anything"
        page = server.ask("GET", "/manage/people/", Cookie=server.sign_in("ada"))
    assert (page.status, "Ada" in page.text) == (200, True)
    assert [name for name in ("Lena", "lena@example.org", "theo@example.org") if name in page.text] == []
    assert yesterday.breaches() == []


def test_the_first_run_of_a_worker_knows_it_too(yesterday):
    (yesterday.state.config.instance / "upart.toml").touch()
    command = [sys.executable, "-m", "upart.cli.main", "--instance", str(yesterday.state.config.instance), "worker", "--once"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert holds(yesterday)
    assert yesterday.breaches() == []
