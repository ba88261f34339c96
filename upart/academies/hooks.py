# SPDX-License-Identifier: MIT
"""How academies plug in."""

from __future__ import annotations

from typing import Any

from upart.academies.api import academy
from upart.academies.custody import PASSES
from upart.academies.setting_pages import CHANGE, settings_site
from upart.academies.views import site
from upart.context import context
from upart.hooks.records import Area, EventType, MenuItem, Permission
from upart.hooks.resources import Resource
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.theming import wording
from upart.theming.locales import gettext as _

NEW = ("courses.enrol", "payments.checkout")
"""Operations with which somebody begins what an academy that closes could not bring to an end."""


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """The landing page, and settings."""
    return [site, settings_site]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """What the academy can set."""
    hint = "Words of the landing page, colour, who may join, and what plugins let you choose."
    return [
        MenuItem(label="Settings", endpoint="settings.everything", order=95, area=Area.MANAGE, permission=CHANGE, icon="settings", group="system", hint=hint)
    ]


@hookimpl
def upart_permissions() -> list[Permission]:
    """Who sets it."""
    return [Permission(name=CHANGE, sentence="Change the settings of the academy and of plugins", roles=("owner",))]


@hookimpl
def upart_resources() -> list[Resource]:
    """The academy itself."""
    return [academy]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to an academy."""
    return [
        EventType(name="academies.set", sentence="changed settings", webhook=False),
        EventType(name="plugins.enabled", sentence="switched a plugin on"),
        EventType(name="plugins.disabled", sentence="switched a plugin off"),
        EventType(name="plugins.agreed", sentence="agreed to what an upgrade of a plugin adds", webhook=False),
        EventType(name="academies.in_custody", sentence="the academy has no owner, and is in the platform's custody", webhook=False),
        EventType(name="academies.taken_over", sentence="the academy was taken over, and has an owner again", webhook=False),
        EventType(name="academies.closes", sentence="said that the academy closes"),
        EventType(name="academies.goes_on", sentence="took the closing of the academy back"),
        EventType(name="academies.leaving", sentence="the day has come on which the academy closes", webhook=False),
        EventType(name="academies.closed", sentence="an academy was closed", webhook=False),
    ]


@hookimpl
def upart_objections(operation: str, actor: Any, subject: Any) -> list[str]:
    """While an academy is paused no mail leaves but about rights, safety and the account; where it closes nobody begins anything new."""
    academy = context.academy
    if operation == "mail.send" and academy.is_paused and subject.purpose not in PASSES:
        return ["The academy is paused."]
    if operation in NEW and academy.closes_at is not None:
        return [_("%(academy)s closes on %(day)s; nobody begins here any more.", academy=academy.name, day=wording.day(academy.closes_at))]
    return []
