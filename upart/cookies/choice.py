# SPDX-License-Identifier: MIT
"""What a browser's owner has chosen: one small cookie that says so in words, and names nobody.

Its value is pairs: `measure:0.preferences:1.visits:0.known:3f9a1c-77aa01.on:20261126`. 0 is no, 1 is yes, 2 is a yes that was
given while the browser sent its signal (GPC). `known` are the questions that were asked, so that a new one is asked too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import request
from werkzeug.http import parse_cookie

from upart import clock
from upart.accounts.sessions import set_cookie
from upart.cookies.inventory import PREFIX, Declared
from upart.hooks.records import CookieCategory

NAME = "upart_choices"
LASTS = timedelta(days=180)
"""How long an answer counts; then the question comes again."""

OPTIONAL = tuple(category.value for category in CookieCategory if category is not CookieCategory.NECESSARY)
KEYS = (*OPTIONAL, "visits", "personalise")
"""All that one can answer: categories of cookies, being counted, and what is made to fit oneself."""

NO, YES, DESPITE = "0", "1", "2"
LONGEST = 3000
ID = re.compile(r"[0-9a-f]{6}")

Environ = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was answered, by key; which questions about cookies were asked, and on which day."""

    answers: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    day: date | None = None

    def __str__(self) -> str:
        pairs = [f"{key}:{self.answers[key]}" for key in KEYS if key in self.answers]
        asked = ["known:" + "-".join(sorted(self.known))] if self.known else []
        return ".".join([*pairs, *asked, *([f"on:{self.day:%Y%m%d}"] if self.day else [])])

    def says_yes(self, key: str, *, signalled: bool) -> bool:
        """Was this agreed to? Against the browser's signal only a yes counts that was given despite it."""
        return self.answers.get(key) in ((DESPITE,) if signalled else (YES, DESPITE))

    def permits(self, declared: Declared, *, signalled: bool) -> bool:
        """May this cookie be set and read? An optional one only if it was asked about, and agreed to."""
        return not declared.optional or (declared.id in self.known and self.says_yes(declared.cookie.category, signalled=signalled))


def signalled(environ: Environ) -> bool:
    """Does the browser send Global Privacy Control? Any value but exactly `1` counts for nothing (W3C GPC, section 3.2)."""
    sent = environ.get("HTTP_SEC_GPC")
    return sent is not None and {value.strip(" \t") for value in str(sent).split(",")} == {"1"}


def read(environ: Environ) -> Choice:
    """The choice that a browser has brought; nothing for one that is malformed, or older than it may be."""
    header = environ.get("HTTP_COOKIE", "")
    if NAME not in header:
        return Choice()
    brought = parse_cookie(header)
    secure = environ.get("wsgi.url_scheme") == "https"
    return _read(brought.get(f"{PREFIX}{NAME}" if secure else NAME, ""))


def _read(value: str) -> Choice:
    pairs = dict(pair.partition(":")[::2] for pair in value[:LONGEST].split(".")) if len(value) <= LONGEST else {}
    answers = {key: pairs[key] for key in KEYS if pairs.get(key) in (NO, YES, DESPITE)}
    known = frozenset(id for id in pairs.get("known", "").split("-") if ID.fullmatch(id))
    day = _day(pairs.get("on", ""))
    if day is None or not timedelta() <= clock.now().date() - day + timedelta(days=1) <= LASTS + timedelta(days=1):
        return Choice({key: answer for key, answer in answers.items() if key not in OPTIONAL})
    return Choice(answers, known, day)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return None


def remember(answers: Mapping[str, bool], asked: Iterable[Declared] | None = None) -> Choice:
    """Note answers for this browser: its cookie goes out with the answer to this request, which must be a POST.

    Other answers stay as they are. `asked` are the cookies that were on offer. A yes despite the browser's signal is marked
    as one. Raises ValueError for what nobody is asked about.
    """
    before, despite = read(request.environ), signalled(request.environ)
    if unknown := sorted(set(answers) - set(KEYS)):
        raise ValueError(f"Nobody is asked about {unknown[0]}; there are: {', '.join(KEYS)}.")
    said = {key: (DESPITE if despite else YES) if yes else NO for key, yes in answers.items()}
    made = replace(before, answers={**before.answers, **said})
    if asked is not None:
        made = replace(made, known=frozenset(one.id for one in asked), day=clock.now().date())
    set_cookie(NAME, str(made), clock.now() + LASTS)
    return made
