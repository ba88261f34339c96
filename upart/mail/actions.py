# SPDX-License-Identifier: MIT
"""Write a message, and send it later by a job."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from upart import clock
from upart.config import Config
from upart.context import context
from upart.db import insert_once, reading, session, uuid7
from upart.errors import UpartError
from upart.hooks.guards import objections
from upart.jobs.actions import enqueue
from upart.keys import pseudonym
from upart.mail import kit, transports
from upart.mail.models import MailMessage, MailState
from upart.privacy.taxonomy import Purpose
from upart.theming.locales import gettext as _
from upart.theming.render import site, written

log = logging.getLogger("upart.mail")

BUDGETS = ((timedelta(hours=1), 8), (timedelta(days=1), 30))
"""How many messages one address may get from one academy within which time: somebody else may type an address in."""

CONFIG = "upart_config"


class Copied(UpartError):
    """This installation is a copy: it must not write to people."""


def send(
    person: Any, purpose: Purpose | str, *, subject: str = "", text: str = "", template: str = "", values: Mapping[str, Any] | None = None,
    channel: str = "email", dedupe_key: str | None = None, to: str = "",
) -> None:  # fmt: skip
    """Write to a person, after the current transaction has committed.

    `person` is a row of `person`, or None with `to`, an address of somebody who is not one yet.
    `purpose` says why. Give `subject` and `text`, or `template` ("quiz/mail/done.txt": first line the
    subject, then an empty line, then the text) with `values`. In the text a line `[Label](https://…)`
    becomes a button. With `dedupe_key` the message is made once only. Raises UpartError for a channel other than "email".
    """
    if channel != "email":
        raise UpartError(f"There is no channel '{channel}'.", remedy='Use channel="email".')
    address = to or (person.email if person is not None else "")
    if not address:
        return
    if template:
        subject, _, text = written(template, {**(values or {}), "person": person}).strip().partition("\n")
    digest = pseudonym(address)
    state = MailState.OVER_BUDGET if _over_budget(digest) else MailState.WAITING
    id = uuid7()
    made = insert_once(
        MailMessage, id=id, person_id=person.id if person is not None else None, purpose=str(purpose), recipient=address, recipient_digest=digest,
        subject_line=subject.strip(), text=text.strip(), state=state, problem="", dedupe_key=dedupe_key,
    )  # fmt: skip
    if made and state is MailState.WAITING:
        enqueue("mail.send", person=person, message=id)


def address_of(path: str) -> str:
    """The full address of a page of this academy, for mails: its own host, never that of the request."""
    config: Config = current_app.extensions[CONFIG]
    return config.address(context.academy.host, path)


def _over_budget(digest: str) -> bool:
    for period, limit in BUDGETS:
        recent = select(func.count(MailMessage.id)).where(MailMessage.recipient_digest == digest, MailMessage.created_at > clock.now() - period)
        if (session.scalar(recent) or 0) >= limit:
            return True
    return False


def deliver(message: str) -> Callable[[], None] | None:
    """Task: send one message. Asks whether it may be sent now, calls the other server, then notes the result."""
    config: Config = current_app.extensions[CONFIG]
    academy = context.academy
    with reading(academy):
        row = session.get(MailMessage, {"academy_id": academy.id, "id": UUID(message)})
        if row is None or row.state is not MailState.WAITING:
            return None
        if reasons := objections("mail.send", None, row):
            log.info("message %s is not sent: %s", row.id, "; ".join(reasons))
            return lambda: _note(message, MailState.REFUSED, "objection")
        composed = kit.compose(
            id=str(row.id), sender=config.mail_from or f"post@{academy.host}", academy=academy.name, host=academy.host, recipient=row.recipient,
            subject=row.subject_line, text=row.text, foot=_foot(academy.settings),
            when=clock.now(), language=academy.settings.get("language", "en"), colours=site().button_colours(academy.settings["brand_colour"]),
        )  # fmt: skip
    try:
        transports.deliver(composed, message, config.mail_url, config.instance / "mail")
    except transports.Refused as error:
        code = str(error)
        return lambda: _note(message, MailState.FAILED, code)
    return lambda: _note(message, MailState.SENT)


def _foot(settings: Mapping[str, Any]) -> str:
    """Below every message: why it came, and who sends it."""
    why = _("You get this because of something that you, or somebody with your address, did here. No picture in it tells us that you read it.")
    return "\n".join([why, ", ".join(filter(None, (settings.get("legal_name"), settings.get("place"))))]).strip()


def _note(message: str, state: MailState, problem: str = "") -> None:
    row = session.get(MailMessage, {"academy_id": context.academy.id, "id": UUID(message)})
    if row is not None:
        row.state, row.problem, row.text = state, problem, ""
        row.sent_at = clock.now() if state is MailState.SENT else None
