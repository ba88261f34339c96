# SPDX-License-Identifier: MIT
"""Change password, address and second step; end sessions; hand over from the platform to an academy."""

from __future__ import annotations

import logging
import secrets
from uuid import UUID, uuid4

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from upart import clock
from upart.accounts.actions.tokens import LIVES, link, make_token, use_up
from upart.accounts.models import Account, MailToken, Person, RecoveryCode, TokenPurpose, UserSession
from upart.context import context
from upart.db import everywhere, session, uuid7
from upart.disclosure.correcting import corrected, corrected_everywhere
from upart.errors import Problem, UpartError
from upart.jobs.actions import enqueue
from upart.keys import fingerprint, new_token, ring
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose

log = logging.getLogger("upart.accounts")

RECOVERY_CODES = 10
STEP = 30
"""Seconds of one TOTP time step (RFC 6238)."""


def account_of(person: Person) -> Account:
    """The account of a person who signed in."""
    account = session.get(Account, person.account_id)
    if account is None:
        raise Problem(409, "This person has no account.", remedy="Sign up with this address first.")
    return account


def change_profile(person: Person, name: str, zone: str) -> None:
    """Change what somebody is called, and how they are told the time; whoever received that is told. Needs a write session."""
    right = {"name": name, "zone": zone}
    if changed := [column for column, value in right.items() if getattr(person, column) != value]:
        person.name, person.zone = name, zone
        corrected(person, [f"person.{column}" for column in changed])


def ask_to_reset(email: str) -> None:
    """Let a worker mail a link that sets a new password. Whether the address has an account is looked up there, so that all cost alike."""
    id = uuid7()
    make_token(TokenPurpose.RESET, id=id, address=email, email=email)
    enqueue("accounts.mail_reset", token=id)


def mail_reset(token: str) -> None:
    """Task: give the account of an address its link; an address without one is forgotten."""
    row = session.get(MailToken, {"academy_id": context.academy.id, "id": UUID(token)})
    account = session.scalars(select(Account).where(Account.email == row.email)).first() if row is not None else None
    if row is None or account is None:
        session.execute(delete(MailToken).where(MailToken.id == UUID(token)))
        return
    secret = new_token()
    row.account_id, row.email, row.digest = account.id, None, fingerprint(secret, context.academy.id)
    send(None, Purpose.ACCOUNT, to=account.email, template="accounts/mail/reset.txt", values={"link": link("/reset-password/new", secret)})


def set_password(account_id: UUID, password_hash: str, *, token: MailToken | None = None, keep: UUID | None = None) -> None:
    """Store a new password and sign out everywhere, at every academy, but for the family `keep`. Commits by itself."""
    with everywhere("change a password and end all sessions of the account", write=True) as opened:
        if token is not None:
            use_up(token, opened)
        opened.execute(update(Account).where(Account.id == account_id).values(password_hash=password_hash))
        end_everywhere(opened, account_id, keep)


def end_everywhere(opened: Session, account_id: UUID, keep: UUID | None = None) -> None:
    """Delete all sessions of an account's people, but for one family."""
    people = select(Person.id).where(Person.account_id == account_id)
    gone = delete(UserSession).where(UserSession.person_id.in_(people))
    if keep is not None:
        gone = gone.where(UserSession.family != keep)
    opened.execute(gone.execution_options(synchronize_session=False))


def ask_to_change_address(person: Person, account: Account, email: str) -> None:
    """Mail a link to the old and one to the new address; when both are confirmed, the address changes."""
    pair = str(uuid4())
    for purpose, to in ((TokenPurpose.OLD_ADDRESS, account.email), (TokenPurpose.NEW_ADDRESS, email)):
        token = make_token(purpose, account_id=account.id, address=to, email=email, data={"pair": pair})
        values = {"link": link("/account/email/confirm", token), "new": email, "is_new": purpose is TokenPurpose.NEW_ADDRESS}
        send(person, Purpose.ACCOUNT, to=to, template="accounts/mail/address.txt", values=values)


def confirm_address(row: MailToken) -> bool:
    """Note one confirmation; True when it was the second and the address has changed. Commits by itself."""
    with everywhere("change a sign-in address at all academies", write=True) as opened:
        mine = opened.get(MailToken, {"academy_id": row.academy_id, "id": row.id})
        if mine is None:
            raise Problem(410, "This link has just been used.", remedy="Ask for the change again.")
        mine.confirmed_at = clock.now()
        kinds = (TokenPurpose.OLD_ADDRESS, TokenPurpose.NEW_ADDRESS)
        both = opened.scalars(select(MailToken).where(MailToken.account_id == row.account_id, MailToken.purpose.in_(kinds))).all()
        pair = [one for one in both if one.data.get("pair") == row.data.get("pair")]
        if any(one.confirmed_at is None for one in pair) or len(pair) != 2:
            return False
        account = opened.get(Account, row.account_id)
        if account is None or opened.scalar(select(Account.id).where(Account.email == row.email)) is not None:
            raise Problem(409, "This address has an account of its own by now.", remedy="Choose another address.")
        _change_address(opened, account, row.email or account.email)
        for one in pair:
            opened.delete(one)
        return True


def _change_address(opened: Session, account: Account, email: str) -> None:
    """At all academies at once. Recipients know the person by the old address, and are told the new one."""
    people, old = opened.scalars(select(Person).where(Person.account_id == account.id)).all(), account.email
    account.email = email
    for person in people:
        moved = person.email == old
        person.email = email if moved else person.email
        fields = ["account.email", "person.email"] if moved else ["account.email"]
        corrected_everywhere(opened, [person], fields, addresses=[old] if moved else [])


def new_seed(account: Account) -> str:
    """A new TOTP seed, stored encrypted; the second step is asked for once a code has been given."""
    seed = pyotp.random_base32()
    account.totp_seed, account.totp_on, account.totp_step = ring().seal("totp", seed), False, 0
    return seed


def seed_of(account: Account) -> str:
    """The stored seed in clear. Raises Problem 409 without one, 503 when its key is gone."""
    if account.totp_seed is None:
        raise Problem(409, "No second step has been set up.", remedy="Set it up first.")
    try:
        return ring().open("totp", account.totp_seed)
    except UpartError as error:
        log.error("a second step cannot be checked: %s", error)
        raise Problem(503, "Your second step cannot be checked right now.", remedy="Tell whoever runs this portal: a key is missing.") from None


def code_step(account: Account, code: str) -> int | None:
    """The time step whose code this is: the current one or one beside it, and later than the last that was used."""
    code = "".join(code.split())
    if account.totp_seed is None or not code.isascii() or not code.isdigit():
        return None
    totp, now = pyotp.TOTP(seed_of(account)), int(clock.now().timestamp()) // STEP
    fitting = [step for step in (now - 1, now, now + 1) if step > account.totp_step and secrets.compare_digest(totp.generate_otp(step), code)]
    return fitting[-1] if fitting else None


def accept_code(account: Account, code: str) -> bool:
    """Use a code of the app, or a recovery code, up. Needs a write session."""
    if (step := code_step(account, code)) is not None:
        # Two requests with one code: the second changes no row.
        used = session.execute(update(Account).where(Account.id == account.id, Account.totp_step < step).values(totp_step=step))
        return used.rowcount == 1  # type: ignore[attr-defined,no-any-return]
    digests = ring().digests("recovery code", code.replace("-", "").replace(" ", "").lower())
    gone = session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id, RecoveryCode.digest.in_(digests)))
    return gone.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def switch_second_step_on(account: Account, code: str) -> list[str] | None:
    """Ask for a code from now on, if this one is right; returns the recovery codes, which are shown once."""
    if (step := code_step(account, code)) is None:
        return None
    account.totp_on, account.totp_step = True, step
    return renew_recovery_codes(account)


def renew_recovery_codes(account: Account) -> list[str]:
    """Ten new recovery codes; the old ones end."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account.id, digest=ring().digest("recovery code", code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def switch_second_step_off(account: Account) -> None:
    """Ask for the password alone again."""
    account.totp_seed, account.totp_on = None, False
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def tell_of_change(person: Person, what: str) -> None:
    """Tell a person by mail that something about their sign-in has changed."""
    values = {"what": what, "reset": address_of("/reset-password"), "tokens": address_of("/account/tokens")}
    send(person, Purpose.SECURE, template="accounts/mail/changed.txt", values=values)


def hand_off(account: Account, academy_id: UUID) -> str:
    """A token that signs the account's person in at another academy, once, within a minute. Commits by itself."""
    token = new_token()
    with everywhere("hand over from the platform to an academy", write=True) as opened:
        ends = clock.now() + LIVES[TokenPurpose.HAND_OFF]
        opened.add(
            MailToken(academy_id=academy_id, purpose=TokenPurpose.HAND_OFF, account_id=account.id, digest=fingerprint(token, academy_id), data={}, ends_at=ends)
        )
    return token


def academies_of(account_id: UUID) -> list[UUID]:
    """Ids of the academies in which the account has a person; for the platform's page of its own holder."""
    with everywhere("show somebody their own academies") as opened:
        return list(opened.scalars(select(Person.academy_id).where(Person.account_id == account_id, Person.academy_id != context.academy.id)))
