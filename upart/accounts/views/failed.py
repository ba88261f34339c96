# SPDX-License-Identifier: MIT
"""Staff pages about what the portal tried and could not do: work that failed, mail that did not arrive; each with what to do."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Response, request, url_for
from sqlalchemy import func, select

from upart import clock
from upart.accounts.models import Person
from upart.accounts.views.doors import saved, to
from upart.db import session
from upart.hooks.find import get_or_404, paged
from upart.hooks.plugged import plugged
from upart.hooks.routes import Blueprint, may
from upart.jobs.actions import IS_OFF, IS_RESTRICTED, unpark
from upart.jobs.copies import IS_COPY
from upart.jobs.models import Job, JobState
from upart.jobs.worker import ENDED_WORKER
from upart.mail.actions import COPIED, NO_ANSWER, NO_CONSENT, OBJECTION
from upart.mail.models import MailMessage, MailState
from upart.theming.locales import gettext as _
from upart.theming.render import render

failed = Blueprint("failed", __name__)

PAGE = 50
SHOWN = timedelta(days=30)
"""How far back messages that did not arrive are listed."""

WORK = (  # kinds of failure, what happened, what to do
    (("ConnectionRefusedError", "TimeoutError", "gaierror", "SMTPServerDisconnected", "SMTPConnectError", "ConnectionResetError"),
     "The mail server cannot be reached.", "Ask the operator whether it runs and UPART_MAIL_URL names it. Then try again."),
    (("SMTPAuthenticationError",), "The mail server refuses the portal's password.", "Ask the operator to correct UPART_MAIL_URL. Then try again."),
    (("SSLCertVerificationError", "SMTPNotSupportedError"), "The mail server offers no encryption that can be trusted.",
     "Ask the operator for a server with a valid certificate. Then try again."),
    (("SMTPResponseException", "SMTPHeloError"), "The mail server does not take mail from the portal now.",
     "It may pass. Else ask the operator, and try again."),
    (("Unsure",), "The mail server took a message and did not answer.", "It is sent once more; if the server is silent again, the message is given up."),
    ((IS_COPY,), "This installation is a copy, so nothing leaves from here.", "Ask the operator; if it is the right one: upart db adopt"),
    ((IS_OFF,), "Its plugin is switched off or not installed.", "Switch the plugin on, and it goes on by itself."),
    ((IS_RESTRICTED,), "It is about somebody whose data are restricted.", "Nothing: it goes on by itself when the restriction has ended."),
    ((ENDED_WORKER,), "It ended the program each time it was tried.", "Tell the plugin's author. Try again only when it is corrected."),
)  # fmt: skip
OTHER_WORK = ("Something in it broke.", "The log says more: ask the operator. Try again when it is corrected.")

MAIL = (  # state, problems (none: any), what happened, what to do
    (MailState.OVER_BUDGET, (), "This address was to get too many messages in a short time.", "Later messages go again. Somebody may be typing it in."),
    (MailState.REFUSED, (OBJECTION,), "The recipient is suspended, or a plugin objects.", "Lift the suspension first, if they shall get mail."),
    (MailState.REFUSED, (NO_CONSENT,), "The recipient has not agreed to this kind of message, or has stopped it.", "Nothing: it is their choice."),
    (MailState.REFUSED, (COPIED,), "It was written before this installation was copied.", "Nothing: the other installation has sent it."),
    (MailState.FAILED, (NO_ANSWER,), "Their server took it twice without an answer.", "It may have arrived. Ask them."),
    (MailState.FAILED, ("SMTPUTF8",), "The mail server cannot write to this kind of address.", "Ask for another address, or the operator for another server."),
    (MailState.FAILED, ("550", "551", "553", "556"), "This address does not exist or takes no mail.", "Ask them for the right one."),
    (MailState.FAILED, ("552",), "Their mailbox is full, or the message is too large.", "Ask them to make room, then send it again."),
)
OTHER_MAIL = ("Their server refuses this message.", "Ask them to allow mail from this academy, then send it again.")


@failed.get("/manage/jobs", policy=may("people.audit"), query=("saved",))
def work() -> Response:
    """Work that waits for a human, and work that failed and is tried again by itself."""
    rows = session.scalars(select(Job).where(Job.problem != "").order_by(Job.state, Job.run_at).limit(200)).all()
    tasks = plugged().tasks()
    listed = [
        (row, _(tasks[row.task][1].sentence) if row.task in tasks and tasks[row.task][1].sentence else row.task, *_about_work(row.problem)) for row in rows
    ]
    parked = [entry for entry in listed if entry[0].state is JobState.PARKED]
    lost = select(func.count(MailMessage.id)).where(MailMessage.state.in_(NOT_DELIVERED), MailMessage.created_at > clock.now() - SHOWN)
    return render("accounts/jobs.html", parked=parked, trying=listed[len(parked) :], lost=session.scalar(lost) or 0, saved=saved())


NOT_DELIVERED = (MailState.FAILED, MailState.REFUSED, MailState.OVER_BUDGET)


def _about_work(problem: str) -> tuple[str, str]:
    happened, remedy = next(((what, do) for kinds, what, do in WORK if problem in kinds), OTHER_WORK)
    return _(happened), _(remedy)


@failed.post("/manage/jobs/<uuid:id>/again", policy=may("people.audit"))
def again(id: UUID) -> Response:
    """Let a parked job be tried again."""
    unpark(get_or_404(Job, id))
    return to(url_for(".work", saved="again"))


@failed.get("/manage/mail", policy=may("people.audit", fresh=True), query=("after",))
def mail() -> Response:
    """Messages of the last 30 days that did not arrive, newest first: to whom, why, and what to do."""
    lost = select(MailMessage).where(MailMessage.state.in_(NOT_DELIVERED), MailMessage.created_at > clock.now() - SHOWN)
    page = paged(lost, MailMessage.created_at, MailMessage.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    ids = {row.person_id for row in page.rows} - {None}
    names = {row.id: row.name for row in session.scalars(select(Person).where(Person.id.in_(ids)))}
    return render("accounts/lost-mail.html", messages=[(row, *_about_mail(row)) for row in page.rows], names=names, after=page.after)


def _about_mail(row: MailMessage) -> tuple[str, str]:
    fitting = ((what, do) for state, problems, what, do in MAIL if row.state is state and (not problems or row.problem in problems))
    happened, remedy = next(fitting, OTHER_MAIL)
    return _(happened), _(remedy)
