# SPDX-License-Identifier: MIT
"""Who answers for a child: asked by a mailed link, remembered while something that they agreed to stands (GDPR art. 8)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select

from upart import clock
from upart.accounts.actions.tokens import link, made_at, make_token
from upart.accounts.models import MailToken, Person, TokenPurpose
from upart.consent.folding import Key, band_of, has_changed, in_turn, state_of
from upart.consent.models import Band, Choice, Guardian
from upart.consent.purposes import OF_AGE, by_key
from upart.context import context
from upart.db import insert_once, session, unmasked, uuid7
from upart.errors import Problem
from upart.keys import pseudonym, ring
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose
from upart.theming.locales import gettext as _

GUARDIAN = "guardian"
"""Source of what somebody decided for a child."""


@unmasked("ask a guardian")
def ask_guardian(child: Person, wanted: Collection[Key], address: str) -> None:
    """Mail a link with which somebody says yes or no to what a child wants. Needs a write session. Raises Problem 422 for the child's own
    mailbox, and for a child without an account: nothing would take the link along when the child is erased.

    It takes the place of a link that was mailed for the child earlier; what waits there is asked with it. Nobody looks up whose address it is.
    """
    if is_own(child, address):
        raise Problem(422, _("This is your own address."), remedy=_("Give that of a parent or guardian."))
    if child.account_id is None:
        raise Problem(422, _("Somebody has to agree to this for you."), remedy=_("Sign up here first, then name a parent or guardian."))
    in_turn(child)
    keys = sorted({*wanted, *pending_of(child)})
    asked = [[one.key, channel, one.version] for key, channel in keys if (one := by_key(key)) is not None]
    for row in _mailed(child):
        session.delete(row)
    token = make_token(
        TokenPurpose.GUARDIAN, account_id=child.account_id, address=address, email=address, data={"child": str(child.id), "asked": asked, "waits": True}
    )
    values = {"name": name_of(child), "texts": texts_of(keys), "link": link("/privacy/choices/guardian", token), "academy": context.academy}
    send(None, Purpose.RIGHTS, to=address, template="consent/mail/guardian.txt", values=values)


def is_own(child: Person, address: str) -> bool:
    """Is it the mailbox of the child itself, with or without a sub-address ("lena+mum@…", RFC 5233)?"""
    return bool(child.email) and _mailbox(address) == _mailbox(str.__str__(child.email))


def _mailbox(address: str) -> tuple[str, str]:
    local, _at, domain = address.rpartition("@")
    return local.partition("+")[0], domain


def name_of(child: Person) -> str:
    """How a guardian knows who asks."""
    return str.__str__(child.name or child.email or "")


def texts_of(keys: Collection[Key]) -> list[str]:
    """The sentences that are agreed to, each once."""
    return list(dict.fromkeys(_(one.text) for key, _channel in keys if (one := by_key(key)) is not None))


@unmasked("what does a child wait for?")
def pending_of(child: Person) -> set[Key]:
    """What a guardian has been asked and has not answered yet."""
    return {key for row in _mailed(child) if row.data["waits"] for key in _asked_by(row)}


def _asked_by(row: MailToken) -> list[Key]:
    """What a mailed link asks, as far as it still means what was written in the mail."""
    known = {one.key: one.version for key, *_rest in row.data["asked"] if (one := by_key(key)) is not None and not has_changed(key, made_at(row))}
    return [(key, channel) for key, channel, version in row.data["asked"] if known.get(key) == version]


@unmasked("a child no longer wants it")
def forget_guardians(child: Person, unwanted: Key | None = None) -> None:
    """No mailed link agrees to this any more; None: it opens nothing any more, and nobody answers for them. Needs a write session."""
    for row in _mailed(child):
        left = [one for one in row.data["asked"] if unwanted is not None and (one[0], one[1]) != unwanted]
        if left:
            row.data = {**row.data, "asked": left}
        else:
            session.delete(row)
    session.flush()
    forget_answers(child, all_of_them=unwanted is None)


def tell_guardians(child: Person) -> None:
    """Write to whoever was asked, or has answered, that the child says it is old enough now: they hear of it where it is not so. Needs a write session."""
    asked = {str.__str__(row.email) for row in _mailed(child) if row.email}
    answered = {str.__str__(email) for email in session.scalars(select(Guardian.email).where(Guardian.child_id == child.id))}
    values = {"name": name_of(child), "academy": context.academy, "link": address_of("/privacy")}
    for address in sorted(asked | answered):
        send(None, Purpose.RIGHTS, to=address, template="consent/mail/older.txt", values=values)


def forget_answers(child: Person, *, all_of_them: bool = False) -> None:
    """Nobody is remembered as a guardian once nothing stands that they agreed to. Needs a write session."""
    if all_of_them or not agreed_for(child):
        session.execute(delete(Guardian).where(Guardian.child_id == child.id).execution_options(synchronize_session=False))


def _mailed(child: Person) -> list[MailToken]:
    links = select(MailToken).where(MailToken.purpose == TokenPurpose.GUARDIAN, MailToken.ends_at > clock.now())
    return [row for row in session.scalars(links) if row.data.get("child") == str(child.id)]


@unmasked("for whom does an address answer?", keep=True)
def children_of(row: MailToken) -> list[tuple[Person, list[Key]]]:
    """The children for whom the holder of a link answers, each with what can be answered. Who is old enough by now is not among them."""
    digests, found = ring().pseudonyms(str.__str__(row.email or ""), context.academy.id), dict[UUID, list[Key]]()
    if row.purpose is TokenPurpose.GUARDIAN:
        found[UUID(row.data["child"])] = _asked_by(row)
    for id in session.scalars(select(Guardian.child_id).where(Guardian.address_digest.in_(digests))):
        found[id] = list(dict.fromkeys([*found.get(id, []), *agreed_for(id)]))
    young = [id for id, keys in found.items() if keys and band_of(id) is Band.CHILD]
    people = session.scalars(select(Person).where(Person.id.in_(young)).order_by(Person.id))
    return [(child, found[child.id]) for child in people]


def agreed_for(child: Person | UUID) -> list[Key]:
    """To what a guardian has agreed, as far as it stands."""
    return [key for key, last in state_of(child).items() if last.source == GUARDIAN and last.stands is Choice.GIVEN]


def remember(child: Person, row: MailToken) -> None:
    """Remember who answers, if something that they agreed to stands; the link waits for no answer any more. Needs a write session."""
    address = str.__str__(row.email or "")
    if agreed_for(child):
        insert_once(Guardian, id=uuid7(), child_id=child.id, address_digest=pseudonym(address), email=address, at=clock.now())
    for other in _mailed(child):
        if other.id == row.id:
            other.data = {**other.data, "waits": False}
    session.flush()


def may_be_asked(key: str) -> bool:
    """Can a guardian agree to it? Not to what is only done with people who are of age."""
    one = by_key(key)
    return one is not None and one.purpose not in OF_AGE
