# SPDX-License-Identifier: MIT
"""One source, two forms: paragraphs of text; a line `[Label](address)` of its own is a button in HTML."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from markupsafe import Markup, escape

BUTTON = re.compile(r"\[([^\]\n]+)\]\((https?://[^\s)]+)\)")

PAGE = Markup(
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>{subject}</title></head>'
    '<body style="margin:0;padding:24px;font:16px/1.55 system-ui,-apple-system,Segoe UI,Roboto,sans-serif"><div style="max-width:560px;margin:0 auto">'
    '<p style="font-weight:600">{academy}</p>{body}<p style="font-size:13px;opacity:.75;margin-top:32px">{foot}</p></div></body></html>'
)
PARAGRAPH = Markup('<p style="margin:0 0 16px">{}</p>')
LINK = Markup(
    '<p style="margin:24px 0"><a href="{1}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:{2};color:{3};'
    'text-decoration:none;font-weight:600">{0}</a></p><p style="font-size:13px;word-break:break-all">{1}</p>'
)


def compose(
    *, id: str, sender: str, academy: str, host: str, recipient: str, subject: str, text: str, foot: str, when: datetime, language: str,
    colours: tuple[str, str],
) -> EmailMessage:  # fmt: skip
    """A message with both forms. `colours` are fill and ink of buttons; header values lose their line breaks."""
    message = EmailMessage()
    message["From"] = formataddr((_line(academy), sender))
    message["To"] = _line(recipient)
    message["Subject"] = _line(subject)
    message["Date"] = format_datetime(when)
    message["Message-ID"] = f"<{id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{BUTTON.sub(_plain_link, text).strip()}\n\n-- \n{academy}\n{foot}\n")
    body = Markup("").join(_block(part, colours) for part in re.split(r"\n\s*\n", text.strip()))
    message.add_alternative(PAGE.format(language=language, subject=subject, academy=academy, body=body, foot=foot), subtype="html")
    return message


def _line(value: str) -> str:
    return " ".join(value.split())


def _plain_link(match: re.Match[str]) -> str:
    return f"{match[1]}:\n{match[2]}"


def _block(text: str, colours: tuple[str, str]) -> Markup:
    if match := BUTTON.fullmatch(text.strip()):
        return LINK.format(match[1], match[2], *colours)
    return PARAGRAPH.format(Markup("<br>").join(escape(line) for line in text.splitlines()))
