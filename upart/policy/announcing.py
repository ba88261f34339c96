# SPDX-License-Identifier: MIT
"""Nothing goes to a new processor before the policy names it and its day has come (GDPR art. 28(2): a change can be objected to first)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from upart import clock
from upart.db import session
from upart.disclosure.rules import NotYetDisclosed
from upart.hooks.recipients import recipient_named
from upart.hooks.records import RecipientRole
from upart.policy.models import PolicyVersion
from upart.theming import wording
from upart.theming.locales import gettext as _


def require_announced(recipient: str) -> None:
    """Raise NotYetDisclosed for a processor that the policy in force does not name, or whose day has not come; in a job: it waits.

    Others than processors need not be announced; before the first version nobody has been promised anything.
    """
    one = recipient_named(recipient)
    newest = session.execute(select(PolicyVersion.facts, PolicyVersion.announced).order_by(PolicyVersion.number.desc()).limit(1)).first()
    if one is None or newest is None:
        return
    day = date.fromisoformat(newest.announced[recipient]) if recipient in newest.announced else None
    if day is not None and clock.now().date() < day:
        raise NotYetDisclosed(_("%(name)s is announced for %(day)s; nothing goes there before.", name=recipient, day=wording.day(day)), remedy=_("It waits."))
    if one.role == RecipientRole.PROCESSOR and recipient not in newest.facts["recipient"]:
        said = _("%(name)s is new, and the privacy policy in force does not name it yet.", name=recipient)
        raise NotYetDisclosed(said, remedy=_("Publish the next version; thirty days later it may get something."))
