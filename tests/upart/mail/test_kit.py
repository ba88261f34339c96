# SPDX-License-Identifier: MIT
"""A message as Lena's mail program shows it: two forms of one text, nothing loaded from anywhere, nothing of it trusted."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from upart.mail import kit

TEXT = "Hello <b>Lena</b>,\n\nopen this:\n\n[Confirm & go](https://athena.example/x?token=1&n=2)\n\nTwo\nlines."


def message(**values):
    given = {"academy": "Athena", "subject": "Confirm", "text": TEXT, "foot": "Why.\nAthena e.U., Vienna", "colours": ("#e8a317", "#000000"), **values}
    return kit.compose(
        id="1",
        sender="post@athena.example",
        host="athena.example",
        recipient="lena@example.org",
        when=datetime(2026, 11, 24, tzinfo=UTC),
        language="en",
        **given,
    )


def form(of, kind: str) -> str:
    return of.get_body((kind,)).get_content()


def test_both_forms_say_the_same():
    plain, html = form(message(), "plain"), form(message(), "html")
    assert "Confirm & go:\nhttps://athena.example/x?token=1&n=2" in plain
    assert 'href="https://athena.example/x?token=1&amp;n=2"' in html
    assert ">Confirm &amp; go</a>" in html
    assert plain.rstrip().endswith("-- \nAthena\nWhy.\nAthena e.U., Vienna")
    assert "Two<br>lines." in html


def test_a_message_loads_nothing_and_runs_nothing():
    html = form(message(), "html")
    assert re.findall(r"<(?:img|script|link|iframe|form)|url\(|@import|src=", html) == []
    assert "<b>Lena</b>" not in html


def test_what_people_type_cannot_add_headers():
    made = message(academy="Athena\r\nBcc: all@example.org", subject="Confirm\nX-Evil: 1")
    assert made["Bcc"] is None
    assert made["X-Evil"] is None
    assert made["Subject"] == "Confirm X-Evil: 1"


def test_the_button_has_the_academys_colour_and_ink_that_can_be_read():
    html = form(message(), "html")
    assert "background:#e8a317" in html
    assert "color:#000000" in html
