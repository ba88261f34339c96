# SPDX-License-Identifier: MIT
"""What waits for a human of accounts, mail and work, for the staff's first page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import url_for
from sqlalchemy import func, select

from upart import clock
from upart.accounts.actions import managing
from upart.db import session
from upart.hooks.matters import Matter
from upart.jobs.copies import why_copied
from upart.jobs.models import Job, JobState
from upart.mail.models import MailMessage, MailState
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

WEEK = timedelta(days=7)
"""How long a message that did not arrive is news."""


def failed() -> Iterator[Matter]:
    """What the portal could not do: write from a copy, finish its work, deliver mail of this week."""
    work, mail, verb = url_for("failed.work"), url_for("failed.mail"), _("Repair it")
    if why_copied():
        text = _("This installation is a copy of another one. If it is the right one, the operator runs: upart db adopt")
        yield Matter(title=_("No mail leaves from here"), text=text, icon="triangle-alert", url=work, verb=verb, label=_("Repair it: no mail leaves"))
    parked, oldest = session.execute(select(func.count(Job.id), func.min(Job.run_at)).where(Job.state == JobState.PARKED)).one()
    if parked:
        title = ngettext("One piece of work has failed", "%(num)s pieces of work have failed", parked)
        text = _("Tried eight times, then set aside. Remove the cause, and let it be tried again.")
        yield Matter(title=title, text=text, icon="triangle-alert", url=work, verb=verb, count=parked, since=oldest, label=_("Repair it: failed work"))
    lately = (MailMessage.state == MailState.FAILED, MailMessage.created_at > clock.now() - WEEK)
    lost, oldest = session.execute(select(func.count(MailMessage.id), func.min(MailMessage.created_at)).where(*lately)).one()
    if lost:
        title = ngettext("One message did not arrive", "%(num)s messages did not arrive", lost)
        text = _("The other server refused. See why, and what to do.")
        yield Matter(title=title, text=text, icon="mail", url=mail, verb=_("See why"), count=lost, since=oldest, label=_("See why: mail that did not arrive"))


def one_owner() -> Iterator[Matter]:
    """An academy with a single owner."""
    if managing.how_many()["owner"] == 1:
        text = _("An academy cannot lose its last owner; two are safer.")
        yield Matter(title=_("Invite a second owner"), text=text, icon="user-plus", kind="", url=url_for("people.invite"), verb=_("Invite"))
