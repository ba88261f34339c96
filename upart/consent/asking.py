# SPDX-License-Identifier: MIT
"""Ask by mail: is it you who wants this? And links to the choices, for whoever cannot or will not sign in."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from upart import clock
from upart.accounts.actions.tokens import link, made_at, make_token
from upart.accounts.models import MailToken, Person, TokenPurpose
from upart.consent.folding import has_changed
from upart.consent.purposes import by_key
from upart.context import context
from upart.db import session, unmasked
from upart.hooks.records import ConsentPurpose
from upart.keys import ring
from upart.mail.actions import send
from upart.privacy.taxonomy import Purpose
from upart.theming.locales import gettext as _


def ask_by_mail(person: Person, keys: Sequence[str]) -> bool:
    """Mail a link that agrees to these purposes, by mail: nobody can order news for somebody else's mailbox. Needs a write session.

    Returns whether a mail goes: not for what they have been asked already, nor to somebody without an address.
    """
    before = asked_of(person)
    if not person.email or not set(keys) - set(before):
        return False
    address, asked = str.__str__(person.email), sorted({*before, *keys})
    _forget(person, set(asked))
    known = [one for key in asked if (one := by_key(key)) is not None]
    versions = {one.key: one.version for one in known}
    token = make_token(
        TokenPurpose.CONSENT, account_id=person.account_id, address=address, data={"person": str(person.id), "keys": asked, "versions": versions}
    )
    texts = [_(one.text) for one in known]
    values = {"texts": texts, "link": link("/privacy/choices/confirm", token), "academy": context.academy}
    send(person, Purpose.RIGHTS, template="consent/mail/confirm.txt", values=values)
    return True


def mail_choices(address: str) -> None:
    """Mail the link to the choices of an address, whoever that is: nothing is looked up before the link is used."""
    token = make_token(TokenPurpose.CHOICES, address=address, email=address)
    values = {"link": link("/privacy/choices/mailed", token), "academy": context.academy}
    send(None, Purpose.RIGHTS, to=address, template="consent/mail/choices.txt", values=values)


@unmasked("what has somebody been asked by mail?")
def asked_of(person: Person) -> list[str]:
    """The purposes for which a link lies in somebody's mailbox, not used yet."""
    return list(dict.fromkeys(one.key for row in _waiting(person) for one in meant_by(row)))


def meant_by(row: MailToken) -> list[ConsentPurpose]:
    """What a mailed link says yes to, as far as it still means what was written in the mail."""
    versions = row.data.get("versions", {})
    known = [one for key in row.data.get("keys", ()) if (one := by_key(key)) is not None and versions.get(key) == one.version]
    return [one for one in known if not has_changed(one.key, made_at(row))]


@unmasked("take back what somebody has been asked by mail")
def forget_asked(person: Person, key: str) -> None:
    """A link that would agree to this purpose does so no longer. Needs a write session."""
    _forget(person, {key})


def _forget(person: Person, keys: set[str]) -> None:
    for row in _waiting(person):
        left = [one for one in row.data["keys"] if one not in keys]
        if left:
            row.data = {**row.data, "keys": left}
        else:
            session.delete(row)
    session.flush()


def _waiting(person: Person) -> list[MailToken]:
    if not person.email:
        return []
    digests = ring().pseudonyms(str.__str__(person.email), context.academy.id)
    mine = select(MailToken).where(MailToken.purpose == TokenPurpose.CONSENT, MailToken.address_digest.in_(digests), MailToken.ends_at > clock.now())
    return [row for row in session.scalars(mine) if row.data.get("person") == str(person.id)]


@unmasked("who has opened a mailed link?", keep=True)
def whose(row: MailToken) -> Person | None:
    """The person to whom a link was mailed, if they are here and the address is still theirs."""
    if row.email:
        return session.scalars(select(Person).where(Person.email == row.email)).first()
    person = session.scalars(select(Person).where(Person.id == UUID(row.data.get("person", str(UUID(int=0)))))).first()
    return person if person is not None and person.email and row.address_digest in ring().pseudonyms(str.__str__(person.email), context.academy.id) else None
