# SPDX-License-Identifier: MIT
"""One source, two forms: paragraphs of text; a line `[Label](address)` of its own is a button in HTML."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from markupsafe import Markup, escape

BUTTON = re.compile(r"\[([^\]\n]+)\]\((https?://[^\s)]+)\)")

STYLE = Markup("""
body { margin: 0; background: #f4f5f6; color: #1d2226; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.card { background: #ffffff; border: 1px solid #dfe2e5; border-radius: 14px; } .quiet { color: #565d63; } .quiet a { color: inherit; }
@media (prefers-color-scheme: dark) {
  body, .ground { background: #15181a !important; color: #e9ecee !important; } .card { background: #1e2225 !important; border-color: #363b3f !important; }
  .quiet { color: #a9b0b5 !important; } h1, p { color: inherit !important; }
}
@media (max-width: 480px) { .ground { padding: 0 !important; } .card { border-width: 0 0 1px !important; border-radius: 0 !important; } }
""")
"""For readers that know style sheets; the others get the light form from the attributes below."""

PAGE = Markup(
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<title>{subject}</title><style>{style}</style></head>"
    '<body style="margin:0;padding:0"><div class="ground" style="padding:32px 16px;background:#f4f5f6">'
    '<table role="presentation" align="center" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;margin:0 auto">'
    '<tr><td class="card" style="padding:32px;background:#ffffff;border:1px solid #dfe2e5;border-radius:14px">'
    '<p style="margin:0 0 24px;padding:0 0 0 12px;border-left:4px solid {fill};font-weight:600">{academy}</p>'
    '<h1 style="margin:0 0 16px;font-size:25px;line-height:1.2;letter-spacing:-.018em">{subject}</h1>{body}</td></tr>'
    '<tr><td class="quiet" style="padding:16px 32px;font-size:13px;line-height:1.5;color:#565d63">{foot}</td></tr></table></div></body></html>'
)
PARAGRAPH = Markup('<p style="margin:0 0 16px">{}</p>')
LINK = Markup(
    '<table role="presentation" cellpadding="0" cellspacing="0" style="margin:24px 0 12px"><tr><td style="border-radius:8px;background:{2}">'
    '<a href="{1}" style="display:inline-block;padding:14px 24px;border-radius:8px;color:{3};font-weight:600;text-decoration:none">{0}</a></td></tr></table>'
    '<p class="quiet" style="margin:0 0 24px;font-size:13px;line-height:1.5;color:#565d63;word-break:break-all">{1}</p>'
)


def compose(
    *, id: str, sender: str, academy: str, host: str, recipient: str, subject: str, text: str, foot: str, when: datetime, language: str,
    colours: tuple[str, str],
) -> EmailMessage:  # fmt: skip
    """A message with both forms. `colours` are fill and ink of buttons; header values lose their line breaks; lines of `foot` stay lines."""
    message = EmailMessage()
    message["From"] = formataddr((_line(academy), sender))
    message["To"] = _line(recipient)
    message["Subject"] = _line(subject)
    message["Date"] = format_datetime(when)
    message["Message-ID"] = f"<{id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{BUTTON.sub(_plain_link, text).strip()}\n\n-- \n{academy}\n{foot}\n")
    body = Markup("").join(_block(part, colours) for part in re.split(r"\n\s*\n", text.strip()))
    page = PAGE.format(
        language=language, subject=subject, style=STYLE, academy=academy, fill=colours[0], body=body,
        foot=Markup("<br>").join(escape(line) for line in foot.splitlines()),
    )  # fmt: skip
    message.add_alternative(page, subtype="html")
    return message


def _line(value: str) -> str:
    return " ".join(value.split())


def _plain_link(match: re.Match[str]) -> str:
    return f"{match[1]}:\n{match[2]}"


def _block(text: str, colours: tuple[str, str]) -> Markup:
    if match := BUTTON.fullmatch(text.strip()):
        return LINK.format(match[1], match[2], *colours)
    return PARAGRAPH.format(Markup("<br>").join(escape(line) for line in text.splitlines()))
