# SPDX-License-Identifier: MIT
"""What is kept: by purpose, with ground, source and period; each declared column once (GDPR art. 13(1)(c), (d), (2)(a), (e), 14(1)(d), (2)(f))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import current_app

from upart.config import Config
from upart.context import CurrentAcademy
from upart.mail.actions import CONFIG
from upart.policy import parties
from upart.policy.document import Line, Part, Row, Section
from upart.policy.facts import HOST, Facts, Words
from upart.privacy.taxonomy import Basis, Needed, Origin, Purpose
from upart.privacy.words import Processing, period_of
from upart.theming import wording
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

ORDER = list(Purpose)

NEEDED: dict[str, str] = {
    Needed.CONTRACT: "needed, or this part does not work", Needed.LAW: "needed, a law asks for it", Needed.OPTIONAL: "you may leave it out",
}  # fmt: skip

KINDS: dict[str, str] = {
    "subject": "that it was you", "found_by": "a digest by which you can be found, not read", "sealed": "a message of another service, as it came",
    "copy": "a copy of what stands elsewhere here", "snapshot": "as it was at that time",
}  # fmt: skip
"""What is said of columns that have no category."""


def held(academy: CurrentAcademy, made: Facts) -> Section:
    """All that this controller keeps, by purpose."""
    columns = made["column"]
    parts = [part for purpose in _purposes(columns.values()) for part in _of_purpose(purpose, columns)]
    if not parts:
        parts = [Part(lines=(Line(_("Nothing about people is stored."), "text.nothing"),))]
    ends = Line(_("A part that is switched off collects nothing more; as long as something of it is left, it stands here."), "text.off")
    return Section("held", _("What is kept, why, how long"), (*parts, Part(lines=(ends,))))


def account(academy: CurrentAcademy, made: Facts) -> Section | None:
    """That the account is the platform's, for which that is responsible itself."""
    host = parties.platform()
    if academy.is_platform or host is None:
        return None
    config: Config = current_app.extensions[CONFIG]
    name = next((name for name, words in made["recipient"].items() if words["known_by"] == HOST), host.name)
    words = _("The account with which you sign in, here and elsewhere, is kept by %(host)s, not by %(academy)s.", host=name, academy=academy.name)
    lines = (
        Line(words, "core.account"),
        Line(_("No academy learns where else you use it."), "core.account", "", config.address(host.host, "/privacy"), _("Privacy there")),
    )
    return Section("account", _("Your account"), (Part(lines=lines),))


def _purposes(columns: Iterable[Words]) -> list[str]:
    found = dict.fromkeys(words["purpose"] for words in columns)
    return sorted(found, key=lambda purpose: ORDER.index(Purpose(purpose)) if purpose in ORDER else len(ORDER))


def _of_purpose(purpose: str, columns: Mapping[str, Words]) -> tuple[Part, Part]:
    """What is kept for it, by table; behind that each column."""
    mine = {id: words for id, words in columns.items() if words["purpose"] == purpose}
    tables: dict[tuple[str, ...], list[Words]] = {}
    for words in mine.values():
        tables.setdefault((words["plugin"], words["table"], words["basis"], words["retain"], words["after"]), []).append(words)
    rows = tuple(_table(each) for each in tables.values())
    # Where something is kept with what it belongs to, no purpose is declared: it is there to be stored.
    title = wording.sentence(_(wording.PURPOSES[purpose or Purpose.HOST]))
    more = ngettext(
        "One thing by itself: where it comes from, whether you must give it",
        "Each of %(num)s things by itself: where it comes from, whether you must give it",
        len(mine),
    )
    heads = (_("What"), _("What it says"), _("Where from"), _("Must you give it?"))
    details = tuple(Row(_column(id, words), id.partition(":")[0], _(words["title"])) for id, words in mine.items())
    return Part(heading=title, columns=(_("What"), _("On which ground"), _("Kept")), rows=rows), Part(summary=more, columns=heads, rows=details)


def _table(columns: list[Words]) -> Row:
    first = columns[0]
    said = [says(words) for words in columns if words["category"]] or [_("that it was you")]
    laws = dict.fromkeys(law for words in columns for law in words["laws"])
    kept = ". ".join([period(first), *(wording.law(law) for law in laws)])
    return Row((_(first["title"]), basis(first), kept), f"{first['plugin']}.{first['table']}", ", ".join(dict.fromkeys(said)))


def _column(id: str, words: Words) -> tuple[str, ...]:
    name = wording.sentence(called(id, words))
    what = says(words) + (f" ({_('kept secret, and in no copy')})" if words["secret"] else "")
    what += f" ({_('given to nobody unless you allow it, or a law asks for it')})" if words["never_share"] else ""
    arises = words["origin"] in (Origin.OBSERVED, Origin.DERIVED, Origin.FROM_OTHER, "")
    return name, what, wording.sentence(wording.origin(words["origin"])) if words["origin"] else "–", "–" if arises else _(NEEDED[words["needed"]])


def called(id: str, words: Words) -> str:
    """What a column is called; of one with JSON the part of it."""
    inner = [part for part in id.partition(":")[2].split(".") if part not in ("", "*")]
    return wording.column(words["column"]) + (f": {wording.column(inner[-1])}" if inner else "")


def says(words: Words) -> str:
    """What kind of data a column holds."""
    return wording.category(words["category"]) if words["category"] else wording.word(KINDS, words["kind"]) if words["kind"] in KINDS else _("that it was you")


def basis(words: Words) -> str:
    """On which ground; a legitimate interest is named, for special categories what allows it."""
    made = processing(words)
    if made is None:
        return _("that of what it belongs to")
    more = f"; {_(made.special_ground)}" if made.special_ground else ""
    return wording.basis(made) + more


def period(words: Words) -> str:
    """How long."""
    made = processing(words)
    return wording.period(made) if made is not None else _("as long as what it belongs to")


def processing(words: Words) -> Processing | None:
    """The declared reason behind facts of a column."""
    if not words["purpose"]:
        return None
    retain = period_of(words["retain"])
    return Processing(
        purpose=Purpose(words["purpose"]), basis=Basis(words["basis"]), retain=retain, after=words["after"], interest=words["interest"],
        special_ground=words["special_ground"],
    )  # fmt: skip
