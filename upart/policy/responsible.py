# SPDX-License-Identifier: MIT
"""Sections about who is responsible, what the words mean, which rights there are and how each is used here (GDPR art. 13(1)(a), (b), (2)(b) to (d))."""

from __future__ import annotations

from flask import current_app

from upart.academies.settings import AUTHORITY
from upart.context import CurrentAcademy
from upart.policy.document import Line, Part, Section
from upart.policy.facts import HOST, Facts
from upart.privacy.taxonomy import Basis
from upart.theming.locales import gettext as _

PLAIN = (
    "Everything that says something about you, alone or together with other things that are known: your name, an address, what you have learned. "
    "In the words of the law:"
)
MEANING = (
    "Any information relating to an identified or identifiable natural person; an identifiable natural person is one who can be identified, directly or "
    "indirectly, in particular by reference to an identifier such as a name, an identification number, location data, an online identifier or to one or "
    "more factors specific to the physical, physiological, genetic, mental, economic, cultural or social identity of that natural person "
    "(GDPR, article 4)."
)

RIGHTS: tuple[tuple[str, str, str, str], ...] = (
    ("art. 15", "See", "what is kept about you, and get a copy of it", "/privacy/mine"),
    ("art. 16", "Correct", "what is wrong", "/privacy/mine"),
    ("art. 17", "Delete", "it, or leave altogether. You see first what goes, and what a law makes us keep", "/privacy/mine"),
    ("art. 18", "Freeze", "it: it stays stored, and nobody uses it", "/privacy/mine/restrict"),
    ("art. 20", "Take it along", "in a form that other programs can read", "/privacy/mine"),
    ("art. 21", "Object", "to a use that rests on a legitimate interest or a public task, and to offers and news at any time", "/privacy/mine/object"),
    ("art. 7(3)", "Take back", "what you agreed to, at any time, as easily as you gave it", "/privacy/choices"),
    ("art. 22", "Ask a human", "to look at what a machine has decided", ""),
)
"""Article of the GDPR, what you may do, with what, and the page where it is done."""

MINE = "/privacy/mine"
LINKS = {
    MINE: "on your privacy page", "/privacy/mine/restrict": "here", "/privacy/mine/object": "here", "/privacy/choices": "among your choices",
}  # fmt: skip
INSTEAD = {"/privacy/choices": "/privacy/mine/withdraw"}
"""Pages that stand in for one that does not answer here."""


def means(academy: CurrentAcademy, made: Facts) -> Section:
    """The definition that everything rests on."""
    return Section("means", _("What “personal data” means"), (Part(lines=(Line(_(PLAIN), "text.meaning"), Line(_(MEANING), "gdpr.4"))),))


def who(academy: CurrentAcademy, made: Facts) -> Section:
    """Controller, processor, officer, ways to write."""
    said = {key: words["value"] for key, words in made["controller"].items()}
    host = next((name for name, words in made["recipient"].items() if words["known_by"] == HOST), "")
    name = ", ".join(filter(None, (said["legal_name"] or academy.name, said["place"])))
    lines = [Line(_("%(controller)s decides what is kept here and why, and answers for it (as “controller”).", controller=name), "setting.legal_name")]
    if host:
        words = _("%(host)s runs the portal for it (as “processor”) and has to do with the data only what it is told to.", host=host)
        lines.append(Line(words, f"recipient.{host}"))
    if said["privacy_contact"]:
        lines.append(Line(_("Write about your data to: %(contact)s.", contact=said["privacy_contact"]), "setting.privacy_contact"))
    else:
        lines.append(Line(_("An address to write to is not named yet; requests can be made on the pages below."), "setting.privacy_contact"))
    if said["privacy_officer"]:
        lines.append(Line(_("Its data protection officer: %(officer)s.", officer=said["privacy_officer"]), "setting.privacy_officer"))
    else:
        lines.append(Line(_("A data protection officer is not named."), "setting.privacy_officer"))
    lines.append(Line(_("Without an account, or if you cannot sign in:"), "text.links", "", "/privacy/ask", _("have a link mailed to you")))
    return Section("who", _("Who is responsible"), (Part(lines=tuple(line for line in lines if not line.href or is_offered(line.href))),))


def rights(academy: CurrentAcademy, made: Facts) -> Section:
    """Each right that can be used here, and where."""
    has_consent = bool(made["purpose"]) or any(words["basis"] == Basis.CONSENT for words in made["column"].values())
    skipped = {"art. 7(3)": not has_consent, "art. 22": not made["decision"]}
    lines = []
    for article, what, rest, where in RIGHTS:
        if not skipped.get(article):
            link = _(LINKS.get(where, LINKS[MINE])) if where else ""
            lines.append(Line(f"{_(rest)} ({_(article)}).", f"gdpr.{article.removeprefix('art. ')}", _(what), _offered(where), link))
    ends = (
        Line(_("It costs nothing. Every request is answered within one month."), "gdpr.12"),
        Line(_("Whether you must give something stands beside it above; what you leave out, the part it is for cannot do."), "gdpr.13(2)(e)"),
    )
    return Section("rights", _("Your rights, and how to use them"), (Part(lines=tuple(lines)), Part(lines=ends)))


def complaints(academy: CurrentAcademy, made: Facts) -> Section:
    """Where to go when the academy does not help."""
    authority = made["controller"]["authority"]["value"]
    words = _("If you are not satisfied, you may complain to %(authority)s, or go to court.", authority=_(authority) if authority == AUTHORITY else authority)
    return Section("complaints", _("Complaints"), (Part(lines=(Line(words, "setting.authority"),)),))


def versions(academy: CurrentAcademy, made: Facts) -> Section:
    """What happens when the policy changes."""
    lines = (
        Line(_("Every published version stays readable:"), "text.versions", "", "/privacy/versions/", _("all versions")),
        Line(_("If something important changes, everybody here is told by mail: more data, another reason, a longer time, another recipient or country."),
             "text.material"),
        Line(
            _("If a part of the portal is to give data to a new company that works for the academy, that is announced here 30 days before."),
            "text.announced",
        ),
    )  # fmt: skip
    lapse = Line(_("What you agreed to ends if its words, its data or the responsible one change. Then you are asked again."), "text.lapse")
    return Section("changes", _("When this policy changes"), (Part(lines=(*lines, lapse) if made["purpose"] else lines),))


def is_offered(path: str) -> bool:
    """Does a page answer at this address here?"""
    return any(rule.rule == path for rule in current_app.url_map.iter_rules())


def _offered(path: str) -> str:
    return path if not path or is_offered(path) else INSTEAD.get(path, MINE)
