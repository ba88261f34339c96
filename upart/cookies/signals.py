# SPDX-License-Identifier: MIT
"""May this be done for whoever asks? What the browser's owner has chosen, and what the browser signals (Global Privacy Control)."""

from __future__ import annotations

from flask import request

from upart.consent.folding import band_of
from upart.consent.models import Band
from upart.context import context
from upart.cookies.choice import NO, Environ, read, signalled
from upart.cookies.inventory import offered
from upart.errors import UpartError
from upart.hooks.records import CookieCategory

CHOSEN = "upart.chosen"
"""Marks, in the environ, a request whose answer depends on a choice: no cache may keep it."""

BEGUN = "upart.begun"
"""Marks a request whose answer has begun: its headers are out, and say whether caches may keep it."""


def allows(category: CookieCategory | str) -> bool:
    """Has this browser's owner agreed to optional cookies, or to content from elsewhere, of this category ("embed")?

    For views and templates, before a cookie is set and before a page asks another host for anything. False until somebody has
    said yes to all that is declared of it, and where the browser sends Global Privacy Control, unless the yes was given
    despite it. Necessary cookies are always allowed. The answer to a request in which this was asked is kept by no cache.
    Never for a child that has signed in: nobody agrees to cookies for it. Raises ValueError for an unknown category, UpartError
    in an answer that has begun (a stream): its headers cannot say any more that it depends on a choice.
    """
    wanted = CookieCategory(category)
    if wanted is CookieCategory.NECESSARY:
        return True
    _looked()
    choice, despite = read(request.environ), signalled(request.environ)
    asked = [one for one in offered() if one.cookie.category == wanted]
    return bool(asked) and all(choice.permits(one, signalled=despite) for one in asked) and not is_child()


def is_child() -> bool:
    """Is whoever has signed in a child, who cannot agree to cookies alone (GDPR art. 8(1))?"""
    return context.person is not None and band_of(context.person) is Band.CHILD


def _looked() -> None:
    """The answer to this request depends on a choice from now on."""
    if BEGUN in request.environ and CHOSEN not in request.environ:
        raise UpartError("What was chosen is asked in an answer that has begun.", remedy="Ask before you return the stream, and give it what you learned.")
    request.environ[CHOSEN] = True


def counted(environ: Environ | None = None) -> bool:
    """May this request be counted as a visit? Yes, until its browser's owner or the browser's signal says no."""
    return _not_refused("visits", request.environ if environ is None else environ)


def personalised() -> bool:
    """May pages be made to fit whoever looks, as far as this browser says? What the person has agreed to is another question."""
    _looked()
    return _not_refused("personalise", request.environ)


def _not_refused(key: str, environ: Environ) -> bool:
    choice = read(environ)
    return choice.says_yes(key, signalled=True) if signalled(environ) else choice.answers.get(key) != NO
