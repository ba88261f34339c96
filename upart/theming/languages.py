# SPDX-License-Identifier: MIT
"""In which language a program is answered: what it reads as data is what `locale=` says; what went wrong also follows Accept-Language."""

from __future__ import annotations

from flask import Request

from upart.theming.locales import ENGLISH, languages

PARAMETER = "locale"


def chosen(asked: Request) -> str:
    """What `locale=` of the address says, if that language is spoken here, else English. It alone decides over data: their address tells them apart."""
    said = asked.args.get(PARAMETER, "")
    return said if said in languages() else ENGLISH


def understood(asked: Request) -> str:
    """For what went wrong, which nobody keeps: what `locale=` says, else the first of Accept-Language that is spoken here (RFC 4647, 3.4)."""
    if asked.args.get(PARAMETER, "") in languages():
        return chosen(asked)
    wanted = (value.partition("-")[0].lower() for value, quality in asked.accept_languages if quality > 0)
    return next((language for language in wanted if language in languages()), ENGLISH)
