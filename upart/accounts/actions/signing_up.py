# SPDX-License-Identifier: MIT
"""Sign up, confirm the address, join an academy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import select

from upart.accounts.actions.managing import HAS_OWNER
from upart.accounts.actions.tokens import link, make_token, use_up
from upart.accounts.models import Account, MailToken, Person, TokenPurpose
from upart.context import context
from upart.db import everywhere, session, unmasked, uuid7
from upart.errors import Problem
from upart.events.actions import emit
from upart.jobs.actions import enqueue
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose

STRICTER = ("open", "invited", "closed")


def sign_up_is() -> str:
    """Who may sign up here: the installation's setting, or the academy's if that is stricter; only who is invited while it is paused, or closes."""
    if context.academy.is_paused or context.academy.ending:
        return "closed"
    both = (current_app.extensions["upart_config"].sign_up, context.academy.settings.get("sign_up", "open"))
    return str(max(both, key=STRICTER.index))


def account_by_email(email: str) -> Account | None:
    """The account of a sign-in address, read in a session of its own."""
    with everywhere("find the account of an address") as opened:
        account = opened.scalars(select(Account).where(Account.email == email)).first()
        if account is not None:
            opened.expunge(account)
        return account


def ask_to_sign_up(name: str, email: str, password_hash: str, data: Mapping[str, Any]) -> None:
    """Send a link that makes the account; to an address that has one, a mail that says so. Both look alike from outside.

    `data` comes back with the link: where to go on, and the tries that were counted.
    """
    known = account_by_email(email)
    if known is not None:
        make_token(TokenPurpose.SIGN_UP, address=email)  # the same work; nobody ever sees this token
        send(
            None,
            Purpose.ACCOUNT,
            to=email,
            template="accounts/mail/known.txt",
            values={"sign_in": address_of("/sign-in"), "reset": address_of("/reset-password")},
        )
        return
    token = make_token(TokenPurpose.SIGN_UP, address=email, email=email, name=name, password_hash=password_hash, data=dict(data))
    send(None, Purpose.ACCOUNT, to=email, template="accounts/mail/confirm.txt", values={"name": name, "link": link("/sign-up/confirm", token)})


def confirm_sign_up(row: MailToken) -> Person:
    """Make account and person of a confirmed address. Whoever confirmed has given the password chosen at sign-up."""
    use_up(row)
    if session.scalar(select(Account.id).where(Account.email == row.email)) is not None:
        raise Problem(410, "This address has an account by now.", remedy="Sign in with it.")
    account = Account(email=row.email or "", password_hash=row.password_hash or "")
    session.add(account)
    session.flush()
    return join(account, row.name or "")


@unmasked("take up somebody who has proven their address", keep=True)
def join(account: Account, name: str, roles: Sequence[str] = ("learner",)) -> Person:
    """Make the account's person at this academy, or take up the one it has already, or the guest who has this address."""
    person = person_of(account) or session.scalars(select(Person).where(Person.email == account.email)).first()
    if person is None:
        person = Person(name=name, email=account.email, roles=list(roles))
        session.add(person)
    elif person.account_id not in (None, account.id):
        raise Problem(409, "This address belongs to somebody else here.", remedy="Ask the academy.")
    person.account_id = account.id
    person.roles = [*person.roles, *(role for role in roles if role not in person.roles)]
    session.flush()
    if "owner" in roles:
        enqueue(HAS_OWNER, dedupe_key=HAS_OWNER)
    with context.knowing(person, fresh=True):
        emit("people.joined", person)
    return person


@unmasked("who signs in?", keep=True)
def person_of(account: Account) -> Person | None:
    """The account's person at this academy, or None."""
    return session.scalars(select(Person).where(Person.account_id == account.id)).first()


def name_elsewhere(account: Account) -> str:
    """What the account's person is called where it first joined; for joining another academy."""
    with everywhere("propose the name of somebody who joins") as opened:
        return opened.scalar(select(Person.name).where(Person.account_id == account.id).order_by(Person.created_at)) or account.email.partition("@")[0]


def account_held_by(person: Person) -> Account:
    """The account of a signed-in person, read in a session of its own. Raises Problem 409 for a guest."""
    with everywhere("find the account of a signed-in person") as opened:
        account = opened.get(Account, person.account_id) if person.account_id else None
        if account is None:
            raise Problem(409, "This person has no account.", remedy="Sign up with this address first.")
        opened.expunge(account)
        return account


def account_for(email: str, password_hash: str) -> Account:
    """A new account, not yet added: its address was proven by an invitation's link."""
    return Account(id=uuid7(), email=email, password_hash=password_hash)
