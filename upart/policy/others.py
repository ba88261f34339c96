# SPDX-License-Identifier: MIT
"""Who receives data, what browsers keep, what people choose, what machines decide (GDPR art. 13(1)(e), (f), (2)(f); directive 2002/58/EC art. 5(3))."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from upart.context import CurrentAcademy
from upart.cookies.showing import span
from upart.hooks.records import CookieCategory, RecipientRole
from upart.policy.document import Line, Part, Row, Section
from upart.policy.facts import HOST, TOLD, Facts, Words
from upart.policy.visiting import ORDER
from upart.privacy.countries import COUNTRIES, is_third
from upart.privacy.taxonomy import Basis
from upart.theming import wording
from upart.theming.locales import gettext as _

TASKS: dict[str, str] = {
    HOST: "runs the portal", "server": "keeps the servers", "database": "keeps the database", "files": "keeps files", "mail": "carries mail",
    "ledger": "keeps the record of what must stay deleted", "backup": "keeps backups", TOLD: "is told at once when something happens",
    "received": "has received data; the part that named it is gone",
}  # fmt: skip
"""What machines and their operators do."""

COOKIES: dict[str, str] = {
    CookieCategory.NECESSARY: "needed for what you ask for", CookieCategory.PREFERENCES: "if you allow it: for your settings",
    CookieCategory.MEASURE: "if you allow it: to count visits", CookieCategory.EMBED: "if you allow it: for content of others",
}  # fmt: skip

CHANNELS: dict[str, str] = {"email": "e-mail", "sms": "SMS", "chat": "chat", "phone": "phone", "inbox": "the inbox here"}


def recipients(academy: CurrentAcademy, made: Facts) -> Section:
    """Who else gets data: for what, which, where, what protects them there."""
    found = made["recipient"]
    heads = (_("Who"), _("Task"), _("What"), _("Where"))
    rows = tuple(Row((name, task(words), _what(words), where(words)), f"recipient.{name}") for name, words in found.items())
    first = Line(_("Data are sold to nobody, and handed out for advertising to nobody: the software has no purpose for that."), "text.selling")
    table = Part(columns=heads, rows=rows) if rows else Part(lines=(Line(_("Nobody outside is named: not by a part, not by a setting."), "text.recipients"),))
    law = Line(_("An authority gets data only if a law asks for it. That is written down, and the person sees it on their privacy page."), "gdpr.6(1)(c)")
    return Section("recipients", _("Who receives it"), (Part(lines=(first,)), table, Part(lines=(*_stores(made), *_transfers(found), law))))


def _stores(made: Facts) -> list[Line]:
    """Places besides the database in which parts of the portal keep data."""
    return [Line(store(name, words), f"store.{name}") for name, words in made.get("store", {}).items()]


def store(name: str, words: Words) -> str:
    """One such place: who runs it."""
    if words["recipient"]:
        return _("Some data lie in a place of %(who)s as well (%(name)s). What you ask for here is done there too.", who=words["recipient"], name=name)
    return _("Some data lie beside the database as well (%(name)s). What you ask for here is done there too.", name=name)


def _transfers(found: Mapping[str, Words]) -> list[Line]:
    """What goes to third countries (GDPR art. 13(1)(f))."""
    lines = []
    for name, words in found.items():
        if words["country"] and is_third(words["country"]):
            said = {"name": name, "country": country(words["country"]), "safeguard": words["safeguard"] or _("not named yet")}
            text = _("%(name)s is outside of the European Economic Area (%(country)s). What protects data there: %(safeguard)s.", **said)
            lines.append(Line(text, f"recipient.{name}"))
    if not lines and all(words["country"] for words in found.values()):
        lines.append(Line(_("Nobody who is named here is outside of the European Economic Area."), "text.transfers"))
    return lines


def task(words: Words) -> str:
    """What a recipient does, for whom, what it keeps itself."""
    what = _(TASKS[words["task"]]) if words["task"] in TASKS else words["task"] or wording.word(wording.PURPOSES, words["purpose"])
    said = [what, *([_(wording.ROLES[RecipientRole(words["role"])])] if words["role"] else [])]
    said += [_("contract: %(what)s", what=words["contract"])] if words["contract"] else []
    said += [_("keeps: %(what)s", what=words["keeps"])] if words["keeps"] else []
    return wording.sentence("; ".join(said))


def _what(words: Words) -> str:
    if words["categories"]:
        return ", ".join(wording.category(category) for category in words["categories"])
    return {
        HOST: _("all that is kept"),
        "mail": _("messages and their addresses"),
        TOLD: _("what happened, when, and numbers that stand for people"),
        "received": _("see your own page"),
    }.get(words["task"], _("what lies there"))


def where(words: Words) -> str:
    """In which country, and what protects data there."""
    if not words["country"]:
        return _("not stated")
    return country(words["country"]) + (f" ({words['safeguard']})" if words["safeguard"] else "")


def country(code: str) -> str:
    """What a country is called."""
    return _(COUNTRIES.get(code, code))


def lasting(seconds: float | None) -> str:
    """How long a browser keeps a cookie."""
    return span(None if seconds is None else timedelta(seconds=seconds))


def cookies(academy: CurrentAcademy, made: Facts) -> Section:
    """Each cookie: what it does, how long it lives."""
    found = made["cookie"]
    heads = (_("Name"), _("What it does"), _("Lives"), _("Set"))
    rows = tuple(
        Row(
            (
                name,
                wording.sentence(_(words["purpose"])),
                lasting(words["lifetime"]),
                wording.word(COOKIES, words["category"]),
            ),
            f"cookie.{name}",
        )
        for name, words in found.items()
    )
    first = Line(_("A cookie is a small text that your browser keeps for this site. Whoever only reads gets none."), "text.cookies")
    blocked = Line(_("If your browser refuses cookies, you can read all public pages, but not sign in."), "text.blocked")
    return Section("cookies", _("Cookies"), (Part(lines=(first, blocked)), Part(columns=heads, rows=rows)))


def visits(academy: CurrentAcademy, made: Facts) -> Section | None:
    """What is counted of visits, as it is switched on here."""
    said = made.get("visits", {})
    lines = tuple(Line(_(said[id]["text"], **numbers_of(said[id])), f"visits.{id}") for id in sorted(said, key=ORDER.index))
    return Section("visits", _("What is counted of visits"), (Part(lines=lines),)) if lines else None


def numbers_of(words: Words) -> dict[str, Any]:
    """The numbers in a sentence."""
    return {name: value for name, value in words.items() if name != "text"}


def choices(academy: CurrentAcademy, made: Facts) -> Section | None:
    """What happens only to those who ask for it, and what to everybody who does not switch it off."""
    asked, unasked = ({key: words for key, words in made["purpose"].items() if (words["basis"] == Basis.CONSENT) is wish} for wish in (True, False))
    off = Line(_("All of it is off until you switch it on, and you can switch it off again at any time."), "gdpr.7")
    on = Line(_("This is on without your asking. You can switch it off at any time, and need no reason."), "gdpr.21")
    heads = (_("What"), _("What for"), _("By which way"))
    tables = [(line, tuple(_choice(key, words) for key, words in chosen.items())) for line, chosen in ((off, asked), (on, unasked)) if chosen]
    parts = tuple(part for line, rows in tables for part in (Part(lines=(line,)), Part(columns=heads, rows=rows)))
    return Section("choices", _("What you decide about") if unasked else _("What happens only if you wish it"), parts) if parts else None


def _choice(key: str, words: Words) -> Row:
    ways = ", ".join(wording.word(CHANNELS, channel) for channel in words["channels"]) or "–"
    return Row((_(words["text"]), wording.sentence(wording.word(wording.PURPOSES, words["purpose"])), ways), f"consent.{key}")


def decided(academy: CurrentAcademy, made: Facts) -> Section:
    """What a machine alone decides about people (GDPR art. 22)."""
    title, found = _("What a machine decides"), made["decision"]
    if not found:
        return Section("decisions", title, (Part(lines=(Line(_("Nothing is declared that a machine alone decides about you."), "text.decisions"),)),))
    heads = (_("What"), _("By what it goes"), _("What follows for you"), _("How to ask a human"))
    rows = tuple(Row((_(name), _(words["logic"]), _(words["effect"]), _(words["human"])), f"decision.{name}") for name, words in found.items())
    return Section("decisions", title, (Part(columns=heads, rows=rows),))
