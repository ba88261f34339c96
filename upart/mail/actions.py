# SPDX-License-Identifier: MIT
"""Write a message, and send it later by a job."""

from __future__ import annotations

import logging
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, func, or_, select, update

from upart import clock
from upart.config import Config
from upart.context import context
from upart.db import everywhere, insert_once, reading, session, unmasked, uuid7, writing
from upart.errors import UpartError
from upart.hooks.guards import Objection, objections
from upart.jobs.actions import enqueue
from upart.jobs.copies import require_original
from upart.jobs.models import Job
from upart.keys import pseudonym, ring
from upart.mail import kit, transports
from upart.mail.models import MailMessage, MailState
from upart.mail.stopping import PATH as STOP
from upart.mail.stopping import can_be_stopped, stop_token
from upart.privacy.taxonomy import Purpose
from upart.theming.locales import gettext as _
from upart.theming.render import site, written

log = logging.getLogger("upart.mail")

BUDGETS = ((timedelta(hours=1), 8), (timedelta(days=1), 30))
"""How many messages one address may get from one academy within which time: somebody else may type an address in."""

CONFIG = "upart_config"
SEND = "mail.send"
"""The task that sends one message."""

OBJECTION, COPIED, NO_CONSENT = "objection", "copied", "consent"
"""Problems of messages that are not sent: somebody objects, another installation has sent it, the recipient has not agreed to it."""

SEALED = "sealed:"
"""How an encrypted text begins in its column."""

NO_ANSWER = "no answer"
"""Problem of a message that was handed over without an answer; a second time it is not sent again."""


@unmasked("write to somebody")
def send(
    person: Any, purpose: Purpose | str, *, subject: str = "", text: str = "", template: str = "", values: Mapping[str, Any] | None = None,
    channel: str = "email", dedupe_key: str | None = None, to: str = "",
) -> None:  # fmt: skip
    """Write to a person, after the current transaction has committed.

    `person` is a row of `person`, or None with `to`, an address of somebody who is not one yet.
    `purpose` says why. Give `subject` and `text`, or `template` ("quiz/mail/done.txt": first line the
    subject, then an empty line, then the text) with `values`. In the text a line `[Label](https://…)`
    of its own becomes a button. With `dedupe_key` the message is made once only, whatever became of it.
    Raises UpartError for a channel other than "email", for a purpose that is neither one of the taxonomy nor the key of a
    consent purpose, and for a recipient that is not one address. What has to be asked for is sent to nobody who has not agreed, and
    carries a way to stop it.
    """
    if channel != "email":
        raise UpartError(f"There is no channel '{channel}'.", remedy='Use channel="email".')
    if purpose not in set(Purpose) and not can_be_stopped(str(purpose)):
        raise UpartError(f"There is no purpose '{purpose}'.", remedy="Name one of the taxonomy, or the key of a purpose that upart_purposes() gives.")
    address = to or (person.email if person is not None else "")
    if not address:
        return
    kit.one_address(address)
    if template:
        subject, _, text = written(template, {**(values or {}), "person": person}).strip().partition("\n")
    digest = pseudonym(address)
    state = MailState.OVER_BUDGET if _over_budget(digest) else MailState.WAITING
    session.flush()
    id = uuid7()
    made = insert_once(
        MailMessage, id=id, person_id=person.id if person is not None else None, purpose=str(purpose), recipient=address, recipient_digest=digest,
        subject_line=kit.one_line(subject), text=_sealed(text.strip()) if state is MailState.WAITING else "", state=state, problem="", dedupe_key=dedupe_key,
    )  # fmt: skip
    if made and state is MailState.WAITING:
        enqueue(SEND, person=person, message=id)


def has_left(dedupe_key: str) -> bool | None:
    """Was the message of this key handed over? None while it waits; False when it was given up, or there is none."""
    state = session.scalar(select(MailMessage.state).where(MailMessage.dedupe_key == dedupe_key))
    return None if state is MailState.WAITING else state is MailState.SENT


def address_of(path: str) -> str:
    """The full address of a page of this academy, for mails: its own host, never that of the request."""
    config: Config = current_app.extensions[CONFIG]
    return config.address(context.academy.host, path)


def _over_budget(digest: str) -> bool:
    for period, limit in BUDGETS:
        recent = (MailMessage.recipient_digest == digest, MailMessage.created_at > clock.now() - period, MailMessage.state != MailState.OVER_BUDGET)
        if (session.scalar(select(func.count(MailMessage.id)).where(*recent)) or 0) >= limit:
            return True
    return False


def deliver(message: str) -> Callable[[], None] | None:
    """Task: send one message. Asks whether it may be sent now, calls the other server, then notes the result.

    After a kill between the two it is sent again, with the same Message-ID.
    """
    require_original()
    with reading(context.academy):
        row = session.get(MailMessage, {"academy_id": context.academy.id, "id": UUID(message)})
        if row is None or row.state is not MailState.WAITING:
            return None
        if reasons := objections("mail.send", None, row, strict=True):
            log.info("message %s is not sent: %s", row.id, "; ".join(reasons))
            code = next((reason.code for reason in reasons if isinstance(reason, Objection)), OBJECTION)
            return lambda: _note(message, MailState.REFUSED, code)
        composed, doubtful = _composed(row), row.problem == NO_ANSWER
    config: Config = current_app.extensions[CONFIG]
    try:
        transports.deliver(composed, message, config.mail_url, config.instance / "mail")
    except transports.Refused as error:
        code = str(error)
        return lambda: _note(message, MailState.FAILED, code)
    except transports.Unsure:
        if doubtful:
            return lambda: _note(message, MailState.FAILED, NO_ANSWER)
        with writing(context.academy):
            session.get_one(MailMessage, {"academy_id": context.academy.id, "id": UUID(message)}).problem = NO_ANSWER
        raise
    return lambda: _note(message, MailState.SENT)


def _composed(row: MailMessage) -> EmailMessage:
    config: Config = current_app.extensions[CONFIG]
    academy, token = context.academy, stop_token(row)
    stop = address_of(f"{STOP}?token={token}") if token else ""
    return kit.compose(
        id=str(row.id), sender=config.mail_from or f"post@{academy.host}", academy=academy.name, host=academy.host, recipient=row.recipient,
        subject=row.subject_line, text=_opened(row.text), foot=_foot(academy.settings, stop), stop=stop,
        when=row.created_at, language=academy.settings.get("language", "en"), colours=site().button_colours(academy.settings["brand_colour"]),
    )  # fmt: skip


def _sealed(text: str) -> str:
    """A text that waits, encrypted: a link in it opens something, also for who has got hold of a copy of the database."""
    return SEALED + b64encode(ring().seal(SEND, text, context.academy.id)).decode()


def _opened(stored: str) -> str:
    """The text; one that waited before texts were encrypted stands there as it is."""
    return ring().open(SEND, b64decode(stored.removeprefix(SEALED)), context.academy.id) if stored.startswith(SEALED) else str.__str__(stored)


def _foot(settings: Mapping[str, Any], stop: str) -> str:
    """Below every message: why it came, how it stops if it can, and who sends it."""
    why = [_("You get this because of something that was done here with your address. No picture in it tells us that you read it.")]
    if stop:
        why = [_("You get this because you asked for it here. No picture in it tells us that you read it."), f"[{_('Stop these messages')}]({stop})"]
    return "\n".join([*why, ", ".join(filter(None, (settings.get("legal_name"), settings.get("place"))))]).strip()


def _note(message: str, state: MailState, problem: str = "") -> None:
    row = session.get(MailMessage, {"academy_id": context.academy.id, "id": UUID(message)})
    if row is not None:
        row.state, row.problem, row.text = state, problem, ""
        row.sent_at = clock.now() if state is MailState.SENT else None


def give_up(person: Any, purpose: Purpose | str, why: str = OBJECTION) -> None:
    """What waits to be mailed to a person for this purpose is not sent, and its text goes. Needs a write session."""
    theirs = or_(MailMessage.person_id == person.id, MailMessage.recipient == person.email)
    for row in session.scalars(select(MailMessage).where(MailMessage.state == MailState.WAITING, MailMessage.purpose == str(purpose), theirs)):
        row.state, row.problem, row.text = MailState.REFUSED, why, ""


def count_waiting() -> int:
    """How many messages wait, at all academies."""
    with everywhere("count the messages that wait") as opened:
        return opened.scalar(select(func.count(MailMessage.id)).where(MailMessage.state == MailState.WAITING)) or 0


def drop_waiting() -> None:
    """Give up all messages that wait, at all academies: they were written elsewhere, and have been sent there."""
    with everywhere("drop the messages of a copied installation", write=True) as opened:
        dropped = {"state": MailState.REFUSED, "problem": COPIED, "text": ""}
        opened.execute(update(MailMessage).where(MailMessage.state == MailState.WAITING).values(dropped).execution_options(synchronize_session=False))
        opened.execute(delete(Job).where(Job.task == SEND).execution_options(synchronize_session=False))
