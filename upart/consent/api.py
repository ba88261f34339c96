# SPDX-License-Identifier: MIT
"""What somebody has agreed to, for programs that act for them: read, said yes to, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from upart.accounts.limits import MAILS, count_try
from upart.consent.actions import choose
from upart.consent.asking import ask_by_mail, asked_of
from upart.consent.folding import Decided, band_of, state_of
from upart.consent.gate import MAIL
from upart.consent.models import Band
from upart.consent.purposes import OF_AGE, by_key, channels_of, offered
from upart.consent.showing import API, is_on
from upart.context import context
from upart.errors import Fault, Problem, Unfit
from upart.hooks.records import ConsentPurpose
from upart.hooks.resources import Body, Resource
from upart.hooks.routes import signed_in
from upart.privacy.taxonomy import MARKETING
from upart.theming.locales import gettext as _


class ConsentOut(msgspec.Struct):
    """Where somebody stands with one purpose over one channel. `waits`: a link was mailed, and counts once it is used."""

    purpose: str
    channel: str
    text: str
    version: int
    agrees: bool
    waits: bool
    decided_at: datetime | None


class ConsentIn(Body):
    """A yes or a no. With a yes goes the version of the text that the person has read."""

    purpose: Annotated[str, Meta(max_length=120)]
    agrees: bool
    channel: Annotated[str, Meta(max_length=20, description="“email”; empty for what is no message.")] = ""
    version: Annotated[int, Meta(ge=0, description="Of the text that was shown.")] = 0


consents = Resource(
    "consents", scope="core:consents", answers=ConsentOut, policy=signed_in, sentence="What the acting person has agreed to, purpose by purpose.",
    samples={"create": {"purpose": "newsletter", "channel": "email", "agrees": False}},
)  # fmt: skip


@consents.list
def read() -> list[ConsentOut]:
    """All that can be chosen at this academy, and what stands."""
    state, asked = state_of(context.person), asked_of(context.person)
    return [_out(one, channel, state.get((one.key, channel)), asked) for one in offered() for channel in channels_of(one)]


@consents.create(ConsentIn)
def decide(body: ConsentIn) -> ConsentOut:
    """Say yes or no. A yes to news by mail counts once the person has used the link in their mailbox. 409 `age` asks for a page, not for a program."""
    count_try("consents", [str(context.person.id)], limit=MAILS)
    one = by_key(body.purpose)
    if one is None or body.channel not in channels_of(one):
        raise Unfit([Fault("/purpose", "unknown", _("This cannot be chosen here."))])
    if body.agrees:
        _agree(one, body)
    else:
        choose(context.person, one.key, body.channel, False, API)
    return _out(one, body.channel, state_of(context.person).get((one.key, body.channel)), asked_of(context.person))


def _agree(one: ConsentPurpose, body: ConsentIn) -> None:
    """A yes, as the page of the choices takes it."""
    if body.version != one.version:
        raise Unfit([Fault("/version", "changed", _("A text has changed since you opened this page. Read it again, and choose."))])
    band = band_of(context.person)
    if one.purpose in OF_AGE and band is not Band.ADULT:
        words = _("Say first how old you are: some of this is not for everybody.") if band is None else _("This is only for people who are 18 or older.")
        raise Problem(409, words, remedy=_("Open the page of your choices."), code="age")
    if one.purpose in MARKETING and body.channel == MAIL and not is_on(one, state_of(context.person).get((one.key, MAIL))):
        ask_by_mail(context.person, [one.key])
    else:
        choose(context.person, one.key, body.channel, True, API)


def _out(one: ConsentPurpose, channel: str, last: Decided | None, asked: list[str]) -> ConsentOut:
    given = is_on(one, last)
    waits = not given and channel == MAIL and one.key in asked
    return ConsentOut(one.key, channel, _(one.text), one.version, given, waits, last.at if last is not None else None)
