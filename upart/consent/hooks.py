# SPDX-License-Identifier: MIT
"""How consent plugs in."""

from __future__ import annotations

from typing import Any

from upart.consent import api, gate
from upart.consent.guarding import guarding
from upart.consent.purposes import OWN
from upart.consent.views import choices
from upart.hooks.records import Area, ConsentPurpose, EventType, MenuItem
from upart.hooks.resources import Resource
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """The pages of the choices."""
    return [choices, guarding]


@hookimpl
def upart_resources() -> list[Resource]:
    """What somebody has agreed to."""
    return [api.consents]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """The way there: from the account, and from the foot of every page."""
    return [
        MenuItem(label="Your choices", endpoint="choices.mine", order=79, area=Area.ACCOUNT, icon="sliders-horizontal",
                 hint="News, offers and what is remembered about you: what of it you want."),
        MenuItem(label="Your choices", endpoint="choices.mine", order=15, area=Area.FOOTER),
    ]  # fmt: skip


@hookimpl
def upart_purposes() -> list[ConsentPurpose]:
    """What nobody gets who has not asked for it."""
    return list(OWN)


@hookimpl
def upart_events() -> list[EventType]:
    """What is decided."""
    return [
        EventType(name="consent.given", sentence="agreed to something", webhook=False),
        EventType(name="consent.ended", sentence="took back what they had agreed to", webhook=False),
    ]


@hookimpl
def upart_objections(operation: str, actor: Any, subject: Any) -> list[str]:
    """No mail leaves for what its recipient has not agreed to."""
    return gate.objections_to(operation, subject)
