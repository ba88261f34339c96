# SPDX-License-Identifier: MIT
"""Nothing goes to a new processor before the policy names it and its day has come (GDPR art. 28(2): a change can be objected to first)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from upart import clock
from upart.db import session
from upart.disclosure.rules import NotYetDisclosed
from upart.hooks.recipients import recipient_named
from upart.hooks.records import RecipientRole
from upart.policy.facts import TOLD
from upart.policy.models import PolicyVersion
from upart.theming import wording
from upart.theming.locales import gettext as _
from upart.webhooks.models import Endpoint


def require_announced(recipient: str) -> None:
    """Raise NotYetDisclosed for a processor that the policy in force does not name, or whose day has not come; in a job: it waits.

    Others than processors need not be announced; before the first version nobody has been promised anything.
    """
    one, newest = recipient_named(recipient), _newest()
    if one is None or newest is None:
        return
    if said := _too_early(newest, recipient):
        raise NotYetDisclosed(said, remedy=_("It waits."))
    if one.role == RecipientRole.PROCESSOR and recipient not in newest.facts["recipient"]:
        said = _("%(name)s is new, and the privacy policy in force does not name it yet.", name=recipient)
        raise NotYetDisclosed(said, remedy=_("Publish the next version; thirty days later it may get something."))


def unnamed(row: Endpoint) -> Iterator[str]:
    """Why a company whose program is told of events by ids is not told yet, in words; nothing if it may be.

    The same rule as for `disclose`: the policy in force names it with its country, and its day has come. The academy's own programs are no
    recipients (art. 4(9)).
    """
    newest = _newest() if row.run_by else None
    if newest is None:
        return
    named = {name: newest.facts["recipient"].get(name, {}) for name in (f"{row.run_by} ({TOLD})", row.run_by)}
    name = next((name for name, words in named.items() if words.get("task") == TOLD), "")
    if not name:
        yield _("The privacy policy in force does not name %(name)s yet.", name=row.run_by)
    elif named[name]["country"] != row.country:
        yield _("The privacy policy in force names another country for %(name)s.", name=row.run_by)
    elif said := _too_early(newest, name):
        yield said


def _newest() -> Any:
    return session.execute(select(PolicyVersion.facts, PolicyVersion.announced).order_by(PolicyVersion.number.desc()).limit(1)).first()


def _too_early(newest: Any, name: str) -> str:
    day = date.fromisoformat(newest.announced[name]) if name in newest.announced else None
    early = day is not None and clock.now().date() < day
    return _("%(name)s is announced for %(day)s; nothing goes there before.", name=name, day=wording.day(day)) if day is not None and early else ""
