# SPDX-License-Identifier: MIT
"""Who is concerned: the controller, whoever runs the installation, and whom the settings show to get data as well."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import current_app
from sqlalchemy import select

from upart.config import Config
from upart.context import CurrentAcademy
from upart.db import everywhere
from upart.disclosure.models import Disclosure
from upart.hooks.loaded import Plugin
from upart.hooks.plugged import plugged
from upart.hooks.records import ExternalStore, Recipient
from upart.mail.actions import CONFIG
from upart.operators import Operator
from upart.policy.sheets import Fact
from upart.privacy.countries import is_third
from upart.webhooks.models import Endpoint

LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Place:
    """A machine of somebody else that the settings name: its host name, what it does, and the setting."""

    name: str
    task: str
    setting: str

    @property
    def run_by(self) -> Operator | None:
        """Who runs it, if UPART_INFRASTRUCTURE says so."""
        return next((one for one in operators() if one.task == TASKS[self.setting]), None)

    def as_line(self) -> dict[str, Any]:
        """As a processor, of whom the settings may tell nothing more."""
        open_, who = "open: the settings do not say", self.run_by
        known = {"country": who.country, "safeguard": who.safeguard} if who is not None else {"country": open_, "safeguard": open_}
        name = f"{who.name} ({self.name})" if who is not None else self.name
        return {"name": name, "role": "processor", "task": self.task, **known, "contract": open_, "known_by": self.setting}


TASKS = {"UPART_DATABASE_URL": "database", "UPART_FILES_URL": "files", "UPART_MAIL_URL": "mail", "UPART_LEDGER_URL": "ledger"}
"""Settings that name machines, and how UPART_INFRASTRUCTURE calls what these do."""


def operators() -> tuple[Operator, ...]:
    """Who runs machines here, in the order in which they are named."""
    config: Config = current_app.extensions[CONFIG]
    return config.infrastructure


def controller(academy: CurrentAcademy) -> list[Fact]:
    """Art. 30(1)(a)."""
    said = academy.settings
    name = ", ".join(filter(None, (said["legal_name"], said["place"]))) if said["legal_name"] else ""
    contact, common = said["privacy_contact"], "Setting legal_name, and place."
    return [
        Fact("controller", "Controller", "art. 30(1)(a)", name, f"{common} Known here as: {academy.name}."),
        Fact("contact", "Contact about data", "art. 30(1)(a)", contact, "Setting privacy_contact."),
        Fact("joint", "Joint controllers", "art. 26, 30(1)(a)", "", "Name them, or write that there are none. Recipients below say what plugins declare."),
        Fact("representative", "Representative in the Union", "art. 27, 30(1)(a)", "", "Only for a controller outside of the Union."),
        Fact("officer", "Data protection officer", "art. 37, 30(1)(a)", "", "Name and contact, or write why none is designated."),
    ]


def host() -> list[Fact]:
    """Who runs this installation: the platform, as it calls itself."""
    found = platform()
    facts = controller(found) if found is not None else []
    return [Fact("processor", "Processor", "art. 30(2)(a)", facts[0].value, facts[0].ask), *facts[1:2], *facts[3:]] if facts else []


def platform() -> CurrentAcademy | None:
    """Academy number one."""
    config: Config = current_app.extensions[CONFIG]
    found: CurrentAcademy | None = current_app.extensions["upart"].directory.at(config.base_host)
    return found


def places() -> list[Place]:
    """Machines of others that hold or carry data, as the settings name them; none for what stays on this one."""
    config: Config = current_app.extensions[CONFIG]
    urls = [(config.database_url, "holds the database", "UPART_DATABASE_URL"), (config.files_url, "holds files", "UPART_FILES_URL")]
    urls += [(url, "carries mail", "UPART_MAIL_URL") for url in config.mail_url]
    urls += [(config.ledger_url, "holds the ledger of rights", "UPART_LEDGER_URL")]
    found = [Place(host_of(url), task, setting) for url, task, setting in urls if host_of(url) not in ("", *LOCAL)]
    return list(dict.fromkeys(found))


def host_of(url: str) -> str:
    """The machine that a URL names; empty for a file or socket of this one. Never its user or password."""
    parts = urlsplit(url)
    named = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    return "" if named.startswith("/") else named


def declared(plugins: Collection[str] | None) -> list[Recipient]:
    """Recipients of the core and of these plugins; of all, for None."""
    return sorted((one for plugin in _owners(plugins) for one in plugin.recipients), key=lambda one: one.name)


def receive_here(academy: CurrentAcademy) -> list[Recipient]:
    """Whom enabled plugins know to receive data because of what this academy has set or written, by name; each once."""
    found: dict[str, Recipient] = {}
    for implementation in plugged().manager.hook.upart_recipients_here.get_hookimpls():
        if implementation.plugin_name in academy.plugins:
            told: list[Recipient] = implementation.function(academy) or []  # type: ignore[assignment]
            found |= {one.name: one for one in told}
    return [found[name] for name in sorted(found)]


def stores(plugins: Collection[str]) -> list[ExternalStore]:
    """Places besides the database in which these plugins keep data; the core's hold files, whose rows say what they are."""
    return sorted((one for plugin in _owners(plugins) if plugin.id != "core" for one in plugin.stores), key=lambda one: one.name)


def _owners(plugins: Collection[str] | None) -> list[Plugin]:
    return [plugin for plugin in plugged().everything() if plugins is None or plugin.id == "core" or plugin.id in plugins]


def as_line(one: Recipient) -> dict[str, Any]:
    """A declared recipient as a line."""
    return {
        "name": one.name, "role": str(one.role), "task": str(one.purpose), "categories": list(map(str, one.categories)), "country": one.country,
        "third_country": is_third(one.country), "safeguard": one.safeguard, "contract": one.contract, "keeps": one.keeps, "known_by": "declaration",
    }  # fmt: skip


def told(academy: CurrentAcademy) -> dict[str, Endpoint]:
    """Who runs programs that are told what happens here, by name (webhooks); the academy itself is no recipient (art. 4(9))."""
    with everywhere("name those who run webhooks of an academy") as opened:
        found = select(Endpoint).where(Endpoint.academy_id == academy.id, Endpoint.run_by != "").order_by(Endpoint.run_by, Endpoint.created_at.desc())
        return {one.run_by: one for one in opened.scalars(found)}


def received_here(academy: CurrentAcademy) -> list[str]:
    """Who has really got something of people here. Authorities in a particular inquiry are no recipients (art. 4(9))."""
    with everywhere("name the recipients of an academy's data") as opened:
        mine = select(Disclosure.recipient).where(Disclosure.academy_id == academy.id, Disclosure.authority == "").distinct()
        return sorted(map(str.__str__, opened.scalars(mine)))
