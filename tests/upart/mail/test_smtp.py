# SPDX-License-Identifier: MIT
"""What a mail server may say, and what becomes of the message: it arrives once, is tried again, or is given up with a reason."""

from __future__ import annotations

import pytest
from letters import letters, states, write
from sink import certificate, listening, mail_goes
from toil import jobs, later, work

from upart.mail import transports

pytestmark = pytest.mark.parametrize("toiling", ["sqlite"], indirect=True)

NO = (  # step, what the server says, what becomes of the message
    ("RCPT", "550 no such user", ("failed", "550")),
    ("RCPT", "450 come back later", "again"),
    ("RCPT", "421 too busy", "again"),
    ("DATA", "554 this is spam", ("failed", "554")),
    ("DATA", "451 local trouble", "again"),
    ("EHLO", "421 too busy", "again"),
    ("EHLO", "554 no mail from you", "again"),  # about us, not about the message: nothing is given up for a wrong setting
    ("MAIL", "550 unknown sender", "again"),
    ("MAIL", "452 no room", "again"),
)


@pytest.fixture
def sink(toiling):
    with listening() as made:
        mail_goes(toiling, made.url())
        yield made


@pytest.mark.parametrize(("step", "says", "becomes"), NO, ids=lambda value: str(value)[:12])
def test_a_no_for_ever_is_final_and_a_no_for_now_is_tried_again(toiling, sink, step, says, becomes):
    sink.says[step] = says
    write(toiling)
    work(toiling)
    assert states(toiling) == [("waiting", "") if becomes == "again" else becomes]
    assert toiling.breaches() == []
    sink.says.clear()
    with later(hours=1):
        work(toiling)
    assert len(sink.got) == (becomes == "again")
    assert states(toiling) == [("sent", "") if becomes == "again" else becomes]
    assert [letter.text for letter in letters(toiling)] == [""]


def test_a_message_arrives_as_it_was_written(toiling, sink):
    write(toiling, "Grüße", ".\n.dots stay\n\n" + "long " * 300 + "\n\n[Come in](https://athena.localhost/in)")
    work(toiling)
    (message,) = sink.messages
    assert (message["To"], message["Subject"], sink.got[0].rcpt_tos) == ("lena@example.org", "Grüße", ["lena@example.org"])
    assert message["From"].addresses[0].display_name == "Athena"
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert text.splitlines()[:2] == [".", ".dots stay"]
    assert "Come in:\nhttps://athena.localhost/in" in text.replace("\r\n", "\n")
    assert 'href="https://athena.localhost/in"' in html
    assert max(len(line) for line in sink.got[0].content.splitlines()) <= 998
    assert sink.got[0].content.isascii()


def test_a_server_that_is_not_there_is_tried_again(toiling, sink):
    mail_goes(toiling, "smtp://127.0.0.1:1")
    write(toiling)
    work(toiling)
    assert [job.problem for job in jobs(toiling)] == ["ConnectionRefusedError"]
    mail_goes(toiling, sink.url())
    with later(seconds=4):
        work(toiling)
    assert states(toiling) == [("sent", "")]


def test_a_server_that_takes_a_message_without_an_answer_gets_it_twice_at_most(toiling, sink, monkeypatch):
    monkeypatch.setattr(transports, "SECONDS", 0.3)
    sink.silent = 3
    write(toiling)
    for n in range(4):
        with later(hours=n):
            work(toiling)
    assert states(toiling) == [("failed", "no answer")]
    assert jobs(toiling) == []
    first, second = sink.messages
    assert first["Message-ID"] == second["Message-ID"] == f"<{letters(toiling)[0].id}@athena.localhost>"
    assert first["Date"] == second["Date"]


def test_a_server_that_was_slow_once_gets_it_with_the_same_id(toiling, sink, monkeypatch):
    monkeypatch.setattr(transports, "SECONDS", 0.3)
    sink.silent = 3
    write(toiling)
    work(toiling)
    sink.silent = 0
    with later(minutes=1):
        work(toiling)
    assert states(toiling) == [("sent", "")]
    assert len({message["Message-ID"] for message in sink.messages}) == 1


@pytest.mark.parametrize("farewell", ["421 go away", "hang up"])
def test_a_rude_farewell_changes_nothing(toiling, sink, farewell):
    sink.says["QUIT"] = farewell
    write(toiling)
    work(toiling)
    assert states(toiling) == [("sent", "")]
    assert len(sink.got) == 1


def test_a_server_with_a_trusted_certificate_gets_password_and_message_encrypted(toiling, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))
    with listening(tls=tmp_path) as sink:
        mail_goes(toiling, sink.url("portal"))
        write(toiling)
        work(toiling)
        assert states(toiling) == [("sent", "")]
        assert sink.encrypted == [True]


def test_a_wrong_password_is_for_the_operator_to_correct_and_loses_nothing(toiling, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))
    with listening(tls=tmp_path) as sink:
        mail_goes(toiling, sink.url("stranger"))
        write(toiling)
        work(toiling)
        assert [job.problem for job in jobs(toiling)] == ["SMTPAuthenticationError"]
        assert (states(toiling), sink.got) == ([("waiting", "")], [])


def test_a_certificate_that_nobody_trusts_gets_nothing(toiling, tmp_path):
    certificate(tmp_path)
    with listening(tls=tmp_path) as sink:
        mail_goes(toiling, sink.url("portal"))
        write(toiling)
        work(toiling)
        assert [job.problem for job in jobs(toiling)] == ["SSLCertVerificationError"]
        assert (states(toiling), sink.got) == ([("waiting", "")], [])


def test_addresses_in_other_scripts_go_where_the_server_can_write_them(toiling, sink):
    with listening(enable_SMTPUTF8=False) as old:
        mail_goes(toiling, old.url())
        write(toiling, to="jörg@bücher.example")
        write(toiling, to="joerg@bücher.example")
        work(toiling)
        assert [envelope.rcpt_tos for envelope in old.got] == [["joerg@xn--bcher-kva.example"]]
    assert states(toiling) == [("failed", "SMTPUTF8"), ("sent", "")]
    mail_goes(toiling, sink.url())
    write(toiling, to="jörg@bücher.example")
    work(toiling)
    assert [envelope.rcpt_tos for envelope in sink.got] == [["jörg@xn--bcher-kva.example"]]
