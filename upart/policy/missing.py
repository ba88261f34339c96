# SPDX-License-Identifier: MIT
"""What a policy must name before it can be published, and where that is named (GDPR art. 13(1))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from upart.context import CurrentAcademy
from upart.hooks.plugged import plugged
from upart.policy import parties
from upart.policy.facts import HOST, Facts
from upart.policy.parties import TASKS
from upart.privacy.countries import COUNTRIES, is_third
from upart.theming.locales import gettext as _

OPERATOR = "UPART_INFRASTRUCTURE"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something unnamed: its id, what it is, what to do. `setting` is one that the academy can fill in itself, else the operator must."""

    id: str
    what: str
    remedy: str
    setting: str = ""

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def missing(academy: CurrentAcademy, made: Facts) -> list[Missing]:
    """All of it; nothing is published before this is empty."""
    return [*_responsible(academy, made), *_machines(made), *_plugins(academy), *_visible(academy)]


def _responsible(academy: CurrentAcademy, made: Facts) -> Iterator[Missing]:
    said = {key: words["value"] for key, words in made["controller"].items()}
    if not said["legal_name"]:
        yield Missing("setting.legal_name", _("Who is responsible is not named."), _("Fill in who runs the academy, as in the register."), "legal_name")
    if not said["privacy_contact"]:
        yield Missing("setting.privacy_contact", _("Nobody is named to write to."), _("Fill in a name with an e-mail or postal address."), "privacy_contact")
    host = parties.platform()
    if not academy.is_platform and host is not None and not host.settings["legal_name"]:
        name = next((name for name, words in made["recipient"].items() if words["known_by"] == HOST), host.name)
        yield Missing(f"recipient.{name}", _("Whoever runs the portal is not named."), _("The operator fills it in on the policy page of the platform."))


def _machines(made: Facts) -> Iterator[Missing]:
    """Those of others that the settings name: whose they are, in which country, and what protects data there."""
    for name, words in made["recipient"].items():
        if words["known_by"] in TASKS and not words["country"]:
            task = TASKS[words["known_by"]]
            what = _("Nobody says who runs %(machine)s (%(setting)s).", machine=name, setting=words["known_by"])
            yield Missing(f"recipient.{name}", what, _("The operator sets %(setting)s to: %(task)s: name, country", setting=OPERATOR, task=task))
        elif words["country"] and words["country"] not in COUNTRIES:
            what = _("%(name)s is in the country '%(code)s', which is unknown.", name=name, code=words["country"])
            yield Missing(f"recipient.{name}", what, _("The operator writes a code of ISO 3166-1 into %(setting)s: DE.", setting=OPERATOR))
        elif words["country"] and is_third(words["country"]) and not words["safeguard"]:
            what = _("%(name)s is outside of the European Economic Area, and nothing says what protects data there.", name=name)
            yield Missing(f"recipient.{name}", what, _("The operator adds it to %(setting)s: name, country, safeguard.", setting=OPERATOR))


def _plugins(academy: CurrentAcademy) -> Iterator[Missing]:
    """Those that are on and do not run: to whom they give data, and which cookies they set, nobody can say now."""
    for id in sorted(academy.plugins):
        plugin = plugged().get(id)
        if plugin is None or not plugin.healthy:
            what = _("The plugin %(name)s is on, but out of order: nobody can say what it does with data.", name=id)
            yield Missing(f"plugin.{id}", what, _("The operator repairs it; or switch it off on its page. What it holds stays in the policy."))


def _visible(academy: CurrentAcademy) -> Iterator[Missing]:
    if academy.is_paused:
        yield Missing("academy", _("The academy is paused: nobody could read it."), _("Publish it when the academy goes on."))
