# SPDX-License-Identifier: MIT
"""When is what is declared now wider than before? One rule for a word; whoever compares declarations says to which words it belongs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from upart.privacy.countries import is_third

Rule = Callable[[Any, Any], bool]
"""Is it material that this word was the first and is the second? Asked of words that are not equal."""


def differs(old: Any, new: Any) -> bool:
    """Any other value is."""
    return bool(old != new)


def never(old: Any, new: Any) -> bool:
    """No other value is: it is a wording."""
    return False


def grown(old: Any, new: Any) -> bool:
    """Has a list got something that was not in it?"""
    return bool(set(new or ()) - set(old or ()))


def opened(old: Any, new: Any) -> bool:
    """Has a list of those to whom alone something may go got somebody, or gone? An empty one says nothing, so it is the widest."""
    return bool(old) and (not new or grown(old, new))


def dropped(old: Any, new: Any) -> bool:
    """Was something promised that is not any more?"""
    return bool(old) and not new


def demanded(old: Any, new: Any) -> bool:
    """Must be given what could be left out?"""
    return bool(old == "optional" != new)


def third(old: Any, new: Any) -> bool:
    """Is it a third country now, or one that nobody names (GDPR art. 44)?"""
    return not new or is_third(str(new))


def longer(old: Any, new: Any) -> bool:
    """Is a period longer? Of two that end with an event nobody can tell."""
    return length(new) > length(old) or (length(old) == length(new) == float("inf") and old != new)


def outlives(old: Any, new: Any) -> bool:
    """Is a number of seconds, days or months higher? None: until the browser is closed."""
    return (new or 0) > (old or 0)


def length(period: Any) -> float:
    """How long a declared period is, in days ("24 months", "30 days"); without an end in time it is infinite."""
    found = re.fullmatch(r"(\d+) (month|day)s?", str(period or ""))
    return int(found[1]) * (30.4375 if found[2] == "month" else 1) if found else float("inf") if period else 0
