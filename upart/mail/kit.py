# SPDX-License-Identifier: MIT
"""One source, two forms: paragraphs of text; a line `[Label](address)` of its own is a button in HTML."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import cast

from markupsafe import Markup, escape

from upart.errors import UpartError


class Whole(UniqueUnstructuredHeader):
    """A header that stands on one line: who reads it takes an address in it as it is (RFC 2369, 8058; 998 characters at most, RFC 5322, 2.1.1)."""

    def fold(self, *, policy: Policy) -> str:
        """The line."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", cast(type[BaseHeader], Whole))

POLICY = SMTP.clone(cte_type="7bit", header_factory=HEADERS)
"""Every server takes it: seven bits, CR LF, lines of at most 78 characters (RFC 5322, 2.1.1)."""

ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[^@\s<>,;:\"()\[\]\\]{1,253}")
TURNS_TEXT = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that let a line read otherwise than it is (Unicode TR 9)."""

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
    colours: tuple[str, str], stop: str = "",
) -> EmailMessage:  # fmt: skip
    """A message with both forms. `colours` are fill and ink of buttons; header values become one line each; lines of `foot` stay lines.

    `stop`: the address at which a person, or their mail program with one POST, stops messages of this kind.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _mailbox(sender, one_line(academy))
    message["To"] = _mailbox(recipient)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(when)
    message["Message-ID"] = f"<{id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if stop:
        message["List-Unsubscribe"], message["List-Unsubscribe-Post"] = f"<{stop}>", "List-Unsubscribe=One-Click"
    parts = [part.strip() for part in re.split(r"\n\s*\n", text.strip())]
    below = "\n".join(map(_plain, foot.splitlines()))
    message.set_content("\n\n".join([*(_plain(part) for part in parts), f"-- \n{academy}\n{below}"]) + "\n")
    page = PAGE.format(
        language=language, subject=one_line(subject), style=STYLE, academy=academy, fill=colours[0],
        body=Markup("").join(_block(part, colours) for part in parts),
        foot=Markup("<br>").join(map(_foot_line, foot.splitlines())),
    )  # fmt: skip
    message.add_alternative(page, subtype="html")
    return message


def one_line(value: str) -> str:
    """Text that can stand in a header: no line breaks, no control characters."""
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in value if char not in TURNS_TEXT).split())


def one_address(value: str) -> str:
    """The value, if it is one e-mail address and nothing else; raises UpartError (it does not repeat the value: logs keep no addresses)."""
    if not ADDRESS.fullmatch(value) or one_line(value) != value:
        raise UpartError("The recipient is not one e-mail address.", remedy="Give one address, without a name beside it.")
    return value


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain if domain.isascii() else domain.encode("idna").decode("ascii"))


def _plain(part: str) -> str:
    match = BUTTON.fullmatch(part)
    return f"{match[1]}:\n{match[2]}" if match else part


def _foot_line(line: str) -> Markup:
    match = BUTTON.fullmatch(line)
    return Markup('<a href="{1}" style="color:inherit">{0}</a>').format(match[1], match[2]) if match else escape(line)


def _block(part: str, colours: tuple[str, str]) -> Markup:
    if match := BUTTON.fullmatch(part):
        return LINK.format(match[1], match[2], *colours)
    return PARAGRAPH.format(Markup("<br>").join(escape(line) for line in part.splitlines()))
