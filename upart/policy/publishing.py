# SPDX-License-Identifier: MIT
"""Publish a policy: it is kept for ever, people are told of what is material, new processors wait, consents lapse where they must."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from upart import clock
from upart.academies.actions import alone, every_academy, renew_pages
from upart.accounts.models import Person
from upart.consent.actions import lapse
from upart.context import CurrentAcademy, context
from upart.db import everywhere, session, writing
from upart.errors import Problem, UpartError
from upart.events.actions import emit
from upart.jobs.actions import enqueue
from upart.mail.actions import address_of, send
from upart.policy.comparing import changes, lapsing, new_processors
from upart.policy.models import PolicyVersion
from upart.policy.saying import entries
from upart.policy.versions import Standing, draft, standing
from upart.privacy.taxonomy import Purpose
from upart.theming import wording
from upart.theming.locales import gettext as _
from upart.theming.locales import languages, speaking

TELL = "policy.tell_of_version"
"""The task that writes to people about a new version."""

KEEP = "policy.keep_current"
"""The task that publishes what is not material."""

AT_ONCE = 200
"""People who are written to in one transaction."""

NOTICE = timedelta(days=30)
"""How long a new processor is announced before anything goes to it."""

log = logging.getLogger("upart.policy")


class NotPublished(UpartError):
    """Something that a policy must name is unnamed."""


def publish(digest: str = "") -> PolicyVersion:
    """Publish what is so now as the next version. Needs a write session.

    `digest`: of what was looked at; Problem 409 if something else is so by now, or nothing is different. Raises NotPublished, with what is
    unnamed and where to name it.
    """
    alone(session(), context.academy.id)
    found = standing(context.academy)
    if found.missing:
        first = found.missing[0]
        more = f" ({len(found.missing) - 1} more)" if len(found.missing) > 1 else ""
        raise NotPublished(f"The policy is not published. {first.what}{more}", remedy=first.remedy)
    if digest and digest != found.digest:
        raise Problem(409, _("Something has changed since you looked."), remedy=_("Look at the differences again, then publish."))
    if found.version is not None and not found.changes:
        raise Problem(409, _("Nothing has changed since the last version."), remedy=_("There is nothing to publish."))
    return _published(found)


def _published(found: Standing) -> PolicyVersion:
    who, academy = context.person, context.academy
    row = PolicyVersion(
        number=found.number, digest=found.digest, facts=dict(found.facts), material=found.material, publisher_id=who.id if who is not None else None,
        documents={language: draft(academy, found.facts, language).as_data() for language in languages()},
        found=[change.as_data() for change in found.changes], announced=_announced(found),
    )  # fmt: skip
    session.add(row)
    session.flush()
    emit("policy.published", row)
    renew_pages()
    if keys := lapsing(found.changes, found.facts):
        lapse(keys, _("Version %(number)s of the privacy policy", number=row.number))
    if row.material:
        enqueue(TELL, version=row.id)
    return row


def _announced(found: Standing) -> dict[str, str]:
    """From which day each new processor gets anything; announced ones whose day has not come keep it."""
    if found.version is None:
        return {}
    today, day = clock.now().date(), (clock.now() + NOTICE).date()
    waiting = {name: on for name, on in found.version.announced.items() if name in found.facts["recipient"] and on > today.isoformat()}
    return {**waiting, **dict.fromkeys(new_processors(found.changes), day.isoformat())}


def tell_some(version: str, after: str = "") -> None:
    """Task: write to the next people of a material version; each gets one mail, whatever dies meanwhile."""
    row = session.get(PolicyVersion, {"academy_id": context.academy.id, "id": UUID(version)})
    if row is None:
        return
    some = select(Person).where(Person.id > UUID(after)) if after else select(Person)
    people = session.scalars(some.order_by(Person.id).limit(AT_ONCE)).all()
    with speaking(str(context.academy.settings.get("language", ""))):
        values = _values(row)
        for person in people:
            send(person, Purpose.RIGHTS, template="policy/mail/changed.txt", values=values, dedupe_key=f"policy:{version}:{person.id}")
    if len(people) == AT_ONCE:
        enqueue(TELL, version=row.id, after=people[-1].id)


def _values(row: PolicyVersion) -> dict[str, object]:
    before = session.scalars(select(PolicyVersion).where(PolicyVersion.number == row.number - 1)).one()
    told = [entry for entry in entries(changes(before.facts, row.facts), before.facts, row.facts) if entry.material]
    days = [{"name": name, "day": wording.day(date.fromisoformat(on))} for name, on in row.announced.items()]
    link = address_of(f"/privacy/versions/{row.number}")
    return {"number": row.number, "entries": told, "announced": days, "link": link, "object": address_of("/privacy/mine")}


def keep_current() -> None:
    """Task, outside of any session: where nothing material is different, the next version is published by itself, each academy by itself."""
    directory = current_app.extensions["upart"].directory
    with everywhere("which academies are there?") as opened:
        ids = every_academy(opened)
    for academy in filter(None, map(directory.by_id, ids)):
        try:
            _keep(academy)
        except Exception:  # the next run tries it again
            log.exception("the policy of an academy could not be brought up to date")


def _keep(academy: CurrentAcademy) -> None:
    with writing(academy):
        alone(session(), academy.id)
        found = standing(academy)
        if found.version is not None and found.changes and not found.material and not found.missing:
            _published(found)
