# SPDX-License-Identifier: MIT
"""The privacy policy compiles itself: facts become sentences, in the language that is spoken (GDPR art. 12 to 14)."""

from __future__ import annotations

from collections.abc import Callable

from upart.academies.settings import OWN_WORDS
from upart.context import CurrentAcademy
from upart.policy import held, others, responsible
from upart.policy.document import Document, Line, Part, Section
from upart.policy.facts import Facts
from upart.privacy.taxonomy import Purpose
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext, speaking

Writes = Callable[[CurrentAcademy, Facts], Section | None]

SECTIONS: tuple[tuple[Writes, str], ...] = (
    (responsible.means, ""), (responsible.who, ""), (held.held, "held"), (held.account, ""), (others.recipients, "recipients"), (others.cookies, ""),
    (others.visits, ""), (others.choices, ""), (others.decided, ""), (responsible.rights, "rights"), (responsible.complaints, ""),
    (responsible.versions, "end"),
)  # fmt: skip
"""The sections in order, each with the place at its end where an academy may add words of its own."""


def compiled(academy: CurrentAcademy, made: Facts, language: str) -> Document:
    """The policy that these facts make, in this language; what its catalogue lacks stays English."""
    with speaking(language):
        start = _own("start", made)
        opening = [Section("start", _("From the academy"), (start,))] if start is not None else []
        sections = [_with_own(section, place, made) for write, place in SECTIONS if (section := write(academy, made)) is not None]
        return Document(language, _("Privacy policy"), _lead(academy), tuple(_short(made)), (*opening, *sections), _labels())


def _own(place: str, made: Facts) -> Part | None:
    key = f"policy_{place}" if place in OWN_WORDS else ""
    text = made["words"].get(key, {}).get("text", "")
    return Part(words=text, declaration=f"setting.{key}") if text else None


def _with_own(section: Section, place: str, made: Facts) -> Section:
    own = _own(place, made)
    return Section(section.id, section.title, (*section.parts, own)) if own is not None else section


def _lead(academy: CurrentAcademy) -> str:
    return _(
        "What %(academy)s keeps about people, why, for how long, and what you can do about it. "
        "It is put together from what the software declares beside each thing that it stores.",
        academy=academy.name,
    )


def _short(made: Facts) -> list[Line]:
    """The summary on top: nothing in it that the details do not say."""
    optional = [name for name, words in made["cookie"].items() if words["category"] != "necessary"]
    helpers = len(made["recipient"])
    sells = any(words["purpose"] not in list(Purpose) for words in made["column"].values() if words["purpose"])
    found = [
        Line(_("Signing in sets one, and a second if you wish to be recognised."), "text.cookies", _("Reading sets no cookie."), icon="cookie")
        if not optional
        else Line(_("Others are set only if you allow them."), "text.cookies", _("Only what is needed sets a cookie by itself."), icon="cookie"),
        Line(
            ngettext("It is named below.", "They are named below, each with its task.", helpers), "text.recipients",
            ngettext("One other gets data.", "%(num)s others may get data.", helpers), icon="users",
        )
        if helpers
        else Line(_("No part and no setting names anybody outside who gets data."), "text.recipients", _("Nobody else is named."), icon="users"),
        Line(_("They are shown for 15 minutes after you have given your password."), "text.fresh", _("Private things stay hidden."), icon="lock"),
        Line("", "text.mine", _("One page for everything:"), "/privacy/mine", _("see, download, correct or delete it"), "download"),
    ]  # fmt: skip
    if not sells:
        words = _("The software knows no purpose of selling or of advertising for others.")
        found.insert(1, Line(words, "text.selling", _("Nothing is for sale."), icon="ban"))
    if not made["decision"]:
        found.insert(-1, Line(_("none is declared."), "text.decisions", _("Decisions about you by a machine alone:"), icon="user"))
    return found


def _labels() -> dict[str, str]:
    return {
        "short": _("In short"), "contents": _("Contents"), "own": _("In the academy’s own words"), "versions": _("Earlier versions"),
        "download": _("Download"),
    }  # fmt: skip
