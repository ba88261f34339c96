# SPDX-License-Identifier: MIT
"""The register in plain words, for everybody: what is kept, what for, on which ground, how long (GDPR art. 13, 14)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from upart.accounts.sessions import IDLE, REMEMBER, REMEMBERED, SESSION
from upart.config import Config
from upart.hooks.loaded import Plugins
from upart.hooks.records import Recipient, RecipientRole
from upart.privacy.countries import COUNTRIES
from upart.privacy.register import TableEntry
from upart.privacy.taxonomy import Purpose
from upart.rights.parts import CORE, PARTS, purpose_of
from upart.theming import wording
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Kept:
    """One table in words; `laws` are what may oblige to keep its rows longer."""

    title: str
    what: str
    basis: str
    period: str
    laws: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """All that is kept for one purpose."""

    purpose: str
    tables: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie: what it does, how long it lives."""

    name: str
    does: str
    lives: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who else gets data: what for, what kinds, where, and what protects them there."""

    name: str
    task: str
    what: str = ""
    where: str = ""


def groups(plugins: Plugins, enabled: Collection[str], *, controller: str) -> list[Group]:
    """What core and enabled plugins keep, by purpose, of which `controller` ("academy" or "platform") decides."""
    kept = [
        entry for entry in plugins.register.tables.values()
        if entry.is_personal and entry.processing and entry.controller == controller and (entry.plugin == CORE or entry.plugin in enabled)
    ]  # fmt: skip
    by_purpose: dict[Purpose, list[Kept]] = {}
    for entry in sorted(kept, key=lambda entry: (entry.plugin != CORE, entry.plugin)):
        by_purpose.setdefault(purpose_of(entry), []).append(_kept(entry))
    order = list(PARTS)
    return [Group(_(wording.PURPOSES[p]), tuple(by_purpose[p])) for p in sorted(by_purpose, key=lambda p: order.index(p) if p in order else len(order))]


def _kept(entry: TableEntry) -> Kept:
    assert entry.processing is not None
    categories = [category for _column, d in entry.declared() for category in (d.category, *d.paths.values()) if category]
    policies = [d.on_erase for _column, d in entry.declared() if d.on_erase] + [through.on_erase for through in entry.through]
    laws = dict.fromkeys(wording.law(policy.law) for policy in policies if policy.act == "keep")
    what = ", ".join(dict.fromkeys(wording.category(category) for category in categories)) or _("that it was you")
    return Kept(_(entry.title), what, wording.basis(entry.processing), wording.period(entry.processing), tuple(laws))


def cookies() -> list[Cookie]:
    """The cookies of this host. Reading sets none."""
    lives = _("until the browser closes, or %(time)s without a click", time=_span(IDLE))
    return [
        Cookie(SESSION, _("keeps you signed in on this visit"), lives),
        Cookie(REMEMBERED, _("recognises you next time, if you wished so when you signed in"), _span(REMEMBER)),
    ]


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    if minutes < 120:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return ngettext("%(num)s day", "%(num)s days", time.days)


def recipients(plugins: Plugins, enabled: Collection[str], config: Config) -> list[Receiver]:
    """Who else gets data: those whom core and enabled plugins have declared, and the mail relay of the settings."""
    owners = [plugin for plugin in plugins.everything() if plugin.id == CORE or plugin.id in enabled]
    found = [_receiver(one) for plugin in owners for one in plugin.recipients]
    relays = (urlsplit(url).hostname for url in config.mail_url if url.startswith("smtp"))
    return [*found, *(Receiver(host, _("carries mail")) for host in relays if host and host not in LOCAL)]


def _receiver(one: Recipient) -> Receiver:
    role = _(wording.ROLES[RecipientRole(one.role)])
    task = f"{_(wording.PURPOSES[Purpose(one.purpose)])}; {role}" + (f"; {_('keeps: %(what)s', what=one.keeps)}" if one.keeps else "")
    where = COUNTRIES[one.country] + (f" ({one.safeguard})" if one.safeguard else "")
    return Receiver(one.name, wording.sentence(task), ", ".join(wording.category(category) for category in one.categories), where)
