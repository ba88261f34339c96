# SPDX-License-Identifier: MIT
"""What can be chosen here: the core's own purposes, and which of all purposes a word means."""

from __future__ import annotations

from upart.context import context
from upart.hooks.choices import consent_purposes
from upart.hooks.records import ConsentPurpose
from upart.privacy.taxonomy import MARKETING, Purpose

OWN = (
    ConsentPurpose(key="newsletter", text="The newsletter of the academy: what it writes for everybody who wants to read it.", purpose=Purpose.NEWSLETTER),
    ConsentPurpose(key="updates", text="News about what there is here: new courses, new dates, what has changed.", purpose=Purpose.UPDATES),
    ConsentPurpose(key="promote", text="Offers: lower prices, trial lessons, other things that the academy would like to sell you.", purpose=Purpose.PROMOTE),
    ConsentPurpose(
        key="personalise", text="Pages that remember you: the academy keeps which pages you opened last, and proposes to go on there.",
        purpose=Purpose.PERSONALISE, channels=(),
    ),
)  # fmt: skip
"""The core's purposes. Their keys are the words of the taxonomy."""

ASKED_FOR = frozenset({*MARKETING, Purpose.PERSONALISE, Purpose.TRAIN_AI})
"""Nothing is done for these without a yes, even where nobody has declared what to say it to."""

OF_AGE = frozenset({*MARKETING, Purpose.PERSONALISE, Purpose.PUBLISH, Purpose.TRAIN_AI})
"""Nothing is done for these with people under 18."""

NO_CHANNEL = ""
"""Channel of what is not a message."""


def offered() -> list[ConsentPurpose]:
    """What can be chosen at this academy: the core's purposes first, then those of its plugins."""
    own = [one.key for one in OWN]
    return sorted(consent_purposes(context.academy.plugins), key=lambda one: (own.index(one.key) if one.key in own else len(own), one.key))


def by_key(key: str) -> ConsentPurpose | None:
    """The purpose of this key, or None: nobody offers it here."""
    return next((one for one in offered() if one.key == key), None)


def meant(purpose: Purpose | str, channel: str) -> list[ConsentPurpose]:
    """What a word means over a channel: the purpose of that key, else all that serve that purpose of the taxonomy and have to be asked for."""
    exact = by_key(str(purpose))
    if exact is not None and (channel in channels_of(exact) or purpose not in set(Purpose)):
        return [exact]
    return [one for one in offered() if one.purpose == purpose] if purpose in ASKED_FOR else []


def channels_of(one: ConsentPurpose) -> tuple[str, ...]:
    """The channels that are chosen one by one; one without a name for what is not a message."""
    return one.channels or (NO_CHANNEL,)
