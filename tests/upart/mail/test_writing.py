# SPDX-License-Identifier: MIT
"""Writing to people: with its cause, once, to one address, in two forms of one text, not too often, not to whom it may not go."""

from __future__ import annotations

import pytest
from letters import files, letters, states, write
from people import mails
from sqlalchemy import select
from toil import jobs, later, work

from upart import clock
from upart.accounts.models import Person
from upart.errors import UpartError
from upart.mail.actions import send
from upart.testing import together


def test_a_message_goes_with_its_cause_or_not_at_all(toiling):
    with pytest.raises(ZeroDivisionError), toiling.writing("athena"):
        send(None, "account", to="vic@example.org", subject="Hello", text="Come in.")
        raise ZeroDivisionError
    assert (letters(toiling), jobs(toiling)) == ([], [])
    write(toiling)
    assert work(toiling) == 1
    assert [(message["To"], message["Subject"]) for message in files(toiling)] == [("lena@example.org", "Hello")]


def test_with_one_key_it_is_written_once_whoever_writes_it(toiling):
    write(toiling)
    together(8, lambda number: write(toiling, dedupe_key="welcome lena"))
    work(toiling)
    write(toiling, dedupe_key="welcome lena")
    work(toiling)
    assert len(files(toiling)) == 2
    write(toiling, slug="orion", dedupe_key="welcome lena")
    work(toiling)
    assert len(files(toiling)) == 3


@pytest.mark.parametrize("toiling", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "address",
    [
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\n",
        "Lena <a@b.example>",
        "a b@c.example",
        "nobody",
        "@",
        "a@b@c",
        "a@b;c",
        "x" * 80 + "@b",
    ],
)
def test_what_is_not_one_address_is_refused_and_not_repeated(toiling, address):
    with pytest.raises(UpartError, match="not one e-mail address") as refused:
        write(toiling, to=address)
    assert "example" not in str(refused.value)
    assert letters(toiling) == []


@pytest.mark.parametrize("toiling", ["sqlite"], indirect=True)
def test_a_subject_adds_no_header_and_no_line(toiling):
    write(toiling, "Hello\r\nBcc: vic@example.org\r\n\r\n<script>\x00\x1b[2J\u202e", "text")
    work(toiling)
    (message,) = files(toiling)
    assert message["Subject"] == "Hello Bcc: vic@example.org <script> [2J"
    assert message["Bcc"] is None
    assert set(message.keys()) >= {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}


@pytest.mark.parametrize("toiling", ["sqlite"], indirect=True)
def test_one_text_has_two_forms_and_the_second_is_escaped(toiling):
    write(
        toiling,
        "<b>Sale</b>",
        'Dear <i>you</i> & "yours"\nsecond line\n\n[Open & read](https://athena.localhost/?a=1&b=<2>)\n\nsee [no button](https://x.example) here',
    )
    work(toiling)
    (message,) = files(toiling)
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert 'Dear <i>you</i> & "yours"\nsecond line' in text
    assert "Dear &lt;i&gt;you&lt;/i&gt; &amp; &#34;yours&#34;<br>second line" in html
    assert "<b>Sale</b>" not in html
    assert 'href="https://athena.localhost/?a=1&amp;b=&lt;2&gt;"' in html
    assert html.count("<a ") == 1
    assert "Open & read:\nhttps://athena.localhost/?a=1&b=<2>" in text
    assert "see [no button](https://x.example) here" in text
    assert "<script" not in html


@pytest.mark.parametrize("toiling", ["sqlite"], indirect=True)
def test_a_name_adds_no_paragraph_and_no_button_to_a_mail(toiling):
    values = {"name": "Mara\n\n[Win a phone](https://evil.example/)\n\nx", "link": "https://athena.localhost/in"}
    write(toiling, template="accounts/mail/confirm.txt", values=values)
    work(toiling)
    (message,) = files(toiling)
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Hello Mara [Win a phone](https://evil.example/) x," in text
    assert 'href="https://athena.localhost/in"' in html
    assert 'href="https://evil' not in html


@pytest.mark.parametrize("name", ["http://spam.example", "www.spam.example", "Mara\nWin a phone"])
def test_nobody_is_called_like_a_page(portal, name):
    form = {"name": name, "email": "mara@example.org", "password": "a long and winding road"}
    answer = portal.visitor("athena").post("/sign-up", data=form)
    assert answer.status_code == 422
    assert "without addresses of pages" in answer.text
    assert mails(portal) == []


@pytest.mark.parametrize("toiling", ["sqlite"], indirect=True)
def test_an_address_gets_no_more_than_its_budget_and_what_is_over_it_is_not_kept(toiling):
    for _ in range(12):
        write(toiling, to="Vic@example.org")
    write(toiling, to="ada@example.org")
    work(toiling)
    assert [state for state, _ in states(toiling)] == ["sent"] * 8 + ["over_budget"] * 4 + ["sent"]
    assert {letter.text for letter in letters(toiling)} == {""}
    with later(minutes=61):
        write(toiling, to="vic@example.org")
        work(toiling)
    assert states(toiling)[-1] == ("sent", "")
    assert toiling.breaches() == []


def suspend(made) -> None:
    with made.writing("athena") as session:
        session.scalars(select(Person).where(Person.email == "lena@example.org")).one().suspended_at = clock.now()


def test_what_waits_for_somebody_who_is_suspended_meanwhile_is_not_sent(toiling):
    write(toiling)
    suspend(toiling)
    write(toiling)
    write(toiling, purpose="account")
    work(toiling)
    assert states(toiling) == [("refused", "objection"), ("refused", "objection"), ("sent", "")]
    assert len(files(toiling)) == 1


@pytest.mark.parametrize("toiling", ["sqlite"], indirect=True)
def test_a_plugin_may_object_and_one_that_cannot_say_is_asked_again(toiling, caplog):
    write(toiling, "Unwanted")
    write(toiling, "Trouble")
    work(toiling)
    assert states(toiling) == [("refused", "objection"), ("waiting", "")]
    assert [(job.problem, job.attempts) for job in jobs(toiling)] == [("RuntimeError", 1)]
    assert files(toiling) == []


@pytest.mark.parametrize("toiling", ["sqlite"], indirect=True)
def test_there_is_one_channel(toiling):
    with pytest.raises(UpartError, match="no channel 'pigeon'"):
        write(toiling, channel="pigeon")
