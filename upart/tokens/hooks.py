# SPDX-License-Identifier: MIT
"""How tokens plug in."""

from __future__ import annotations

from upart.hooks.records import Area, EventType, MenuItem, Permission
from upart.hooks.resources import Resource
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.tokens import api
from upart.tokens.views.manage import MANAGES, manage
from upart.tokens.views.oauth import oauth
from upart.tokens.views.own import own


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """One's own tokens, front ends, signing in there."""
    return [own, manage, oauth]


@hookimpl
def upart_resources() -> list[Resource]:
    """Tokens."""
    return [api.tokens]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """The way to tokens and front ends."""
    return [
        MenuItem(label="API tokens", endpoint="tokens.mine", order=56, area=Area.ACCOUNT, icon="plug", group="own",
                 hint="For programs of yours that read or change something here."),
        MenuItem(label="Front ends", endpoint="front_ends.every", order=85, area=Area.MANAGE, permission=MANAGES, icon="globe", group="system",
                 hint="Pages of yours at other addresses that read this academy."),
    ]  # fmt: skip


@hookimpl
def upart_permissions() -> list[Permission]:
    """Who lets other origins in."""
    return [Permission(name=MANAGES, sentence="Register front ends at other addresses", roles=("owner",))]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to tokens and front ends."""
    return [
        EventType(name="tokens.made", sentence="made an API token", webhook=False),
        EventType(name="tokens.revoked", sentence="revoked an API token", webhook=False),
        EventType(name="tokens.let_in", sentence="signed in at a front end", webhook=False),
        EventType(name="tokens.front_end_registered", sentence="registered a front end", webhook=False),
        EventType(name="tokens.front_end_changed", sentence="changed a front end", webhook=False),
        EventType(name="tokens.front_end_removed", sentence="removed a front end", webhook=False),
    ]
