# SPDX-License-Identifier: MIT
"""What a copy consists of: every table's rows, the files, what stores outside the database hold, and a page that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from upart import clock
from upart.context import CurrentAcademy, context
from upart.db import everywhere, reading
from upart.hooks.recipients import recipients
from upart.privacy.register import TableEntry
from upart.privacy.words import Processing
from upart.rights.cells import cell, readable
from upart.rights.engine.archive import ArchiveWriter, Written
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.engine.portable import KNOWN, known
from upart.rights.engine.reading import readers_of
from upart.rights.engine.subjects import DataSubject
from upart.rights.models import RightsArchive
from upart.rights.outside import Answer
from upart.rights.parts import part_of
from upart.rights.receivers import of_recipient, received, transfers
from upart.storage.models import File
from upart.storage.places import place
from upart.theming import wording
from upart.theming.locales import gettext as _
from upart.theming.render import site

SCHEMA = "upart-archive/1"
COPIES = RightsArchive.__tablename__
"""Earlier copies are named, but not copied again."""

RIGHTS = (
    ("15", "see what is held and get a copy"), ("16", "have it corrected"), ("17", "have it erased"), ("18", "have its use restricted"),
    ("20", "take along what you gave"), ("21", "object to a use that rests on a legitimate interest"), ("77", "complain to %(authority)s"),
)  # fmt: skip
"""Articles of the GDPR, and what they give; `authority` is the academy's setting."""


def fill(writer: ArchiveWriter, subjects: Sequence[DataSubject], name: str, answers: Sequence[Answer]) -> None:
    """Write all parts but the checksums. Opens its own reading sessions, so that nothing is locked for long.

    The subjects are one human: as an academy knows them, perhaps also as the holder of an account. `answers` are those of
    the stores outside the database; what one could not give is named as missing.
    """
    held, files = holdings(), dict[UUID, UUID]()
    for reader in readers_of(held, subjects):
        with everywhere("copy somebody's rows for them") as opened:
            written = writer.table(opened, reader)
        if reader.entry.table != COPIES and (academy := reader.finder.subject.academy_id) is not None:
            files |= dict.fromkeys(written.files, academy)
    for answer in answers:
        if answer.found:
            writer.text(f"access/stores/{answer.store.name.replace(' ', '-')}.json", msgspec.json.format(msgspec.json.encode(answer.found)).decode())
    attached = [_attach(writer, academy, id) for id, academy in files.items()]
    _say_what_is_linked(writer, held, subjects[0])
    manifest = _manifest(writer.tables, [one for one in attached if one]) | _others(subjects[0].person_id, answers)
    writer.text("manifest.json", msgspec.json.format(msgspec.json.encode(manifest)).decode())
    writer.text("index.html", _page(held, writer.tables, manifest, name))


def _say_what_is_linked(writer: ArchiveWriter, held: Holdings, subject: DataSubject) -> None:
    """By what other installations find the courses and the like to which these rows link."""
    if writer.linked and subject.academy_id is not None:
        with everywhere("by what is known to which somebody's rows link?") as opened:
            found = known(held, opened, subject.academy_id, writer.linked)
        writer.text(KNOWN, msgspec.json.format(msgspec.json.encode(found)).decode())


def _attach(writer: ArchiveWriter, academy: UUID, id: UUID) -> dict[str, Any] | None:
    with everywhere("copy a file of somebody for them") as opened:
        row = opened.scalars(select(File).where(File.academy_id == academy, File.id == id)).first()
        known = (row.name, row.content_type, row.size) if row is not None else None
    if known is None:
        return None
    path = f"files/{id}-{known[0]}"
    try:
        with place().open(academy, id) as source:
            writer.copy(path, source)
    except FileNotFoundError:
        return {"id": id, "path": None, "name": known[0], "type": known[1], "bytes": known[2], "lost": True}
    return {"id": id, "path": path, "name": known[0], "type": known[1], "bytes": known[2]}


def _manifest(tables: list[Written], files: list[dict[str, Any]]) -> dict[str, Any]:
    academy, now = context.academy, clock.now()
    reasons = [s.processing for written in tables for s in written.columns if s.processing is not None and s.category]
    return {
        "schema": SCHEMA, "academy": _controller(academy),
        "created": now, "purposes": _unique(p.purpose.value for p in reasons), "bases": _unique(p.basis.value for p in reasons),
        "sources": _unique(s.origin for written in tables for s in written.columns if s.origin),
        "retention": _unique(str(p.retain) for p in reasons),
        "rights": [{"article": article, "you may": words % academy.settings} for article, words in RIGHTS],
        "tables": [_table(written) for written in tables], "files": files,
    }  # fmt: skip


def _controller(academy: CurrentAcademy) -> dict[str, str]:
    """Who decides about the data, and, if the academy says so, whom to write to."""
    settings = academy.settings
    contact = {"contact": settings["privacy_contact"]} if settings["privacy_contact"] else {}
    return {"name": academy.name, "slug": academy.slug, "controller": settings["legal_name"] or academy.name, **contact}


def _others(person_id: UUID | None, answers: Sequence[Answer]) -> dict[str, Any]:
    """Who has really received something, who else may, what goes to third countries, what could not be read (GDPR art. 15(1)(c) and (2))."""
    with reading(context.academy):
        had = received(person_id) if person_id is not None else []
    may = [one for one in recipients() if one.name not in {each.name for each in had}]
    return {
        "recipients": [one.as_data() for one in had], "may_receive": [of_recipient(one.name, one) for one in may],
        "transfers": transfers(one.declared for one in had if one.declared is not None),
        "missing": [{"store": one.store.name, "recipient": one.store.recipient or None, "problem": one.problem} for one in answers if one.problem],
    }  # fmt: skip


def _table(written: Written) -> dict[str, Any]:
    columns = [
        {
            "name": s.name, "kind": s.kind, "category": s.category or None, "source": s.origin or None, "portable": s.portable,
            **({"paths": s.paths} if s.paths else {}), **(_why(s.processing) if s.processing is not None and s.category else {}),
        }
        for s in written.columns
    ]  # fmt: skip
    return {
        "plugin": written.plugin, "table": written.table, "title": written.title, "rows": written.rows, "portable_rows": written.portable,
        "columns": columns, "withheld": written.withheld, "undeclared": sorted(written.undeclared),
    }  # fmt: skip


def _why(processing: Processing) -> dict[str, Any]:
    return {"purpose": processing.purpose.value, "basis": processing.basis.value, "interest": processing.interest or None, "retention": str(processing.retain)}


def _unique(values: Iterable[str]) -> list[str]:
    return sorted(set(values))


def _page(held: Holdings, tables: list[Written], manifest: dict[str, Any], name: str) -> str:
    """The readable summary: opened from the disk, it needs nothing else."""
    parts = sorted((_part(written, held.entry(written.table)) for written in tables if written.rows), key=lambda part: part["place"])
    values = {
        "_": _, "name": name, "academy": manifest["academy"], "created": manifest["created"], "parts": parts, "files": manifest["files"],
        "recipients": [_receiver(one) for one in manifest["recipients"]], "may": [one["name"] for one in manifest["may_receive"]],
        "missing": [one["recipient"] or one["store"] for one in manifest["missing"]],
        "rights": manifest["rights"], "lines": sum(part["rows"] for part in parts),
    }  # fmt: skip
    return site().themes.desk.get_template("rights/archive/index.html").render(values)


def _receiver(one: dict[str, Any]) -> dict[str, Any]:
    columns = ", ".join(dict.fromkeys(wording.column(field.partition(".")[2]) for field in one["received"]))
    return {**one, "what": columns, "reasons": ", ".join(_(wording.PURPOSES.get(purpose, purpose)) for purpose in one["for"])}


def _part(written: Written, entry: TableEntry) -> dict[str, Any]:
    columns = [(shown, [cell(shown, row.get(shown.name), fresh=True) for row in written.sample]) for shown in readable(written.columns, entry)]
    filled, made = [(shown, cells) for shown, cells in columns if any(one.kind != "none" for one in cells)], entry.processing
    return {
        "title": _(written.title), "rows": written.rows, "path": f"access/{written.plugin}/{written.table}.csv", "place": part_of(entry).place,
        "columns": [wording.sentence(wording.column(shown.name)) for shown, _cells in filled], "shown": len(written.sample),
        "sample": list(zip(*(cells for _shown, cells in filled), strict=True)), "withheld": {wording.column(n): _(why) for n, why in written.withheld.items()},
        "categories": sorted({wording.category(s.category) for s in written.columns if s.category}),
        "sources": sorted({wording.origin(s.origin) for s in written.columns if s.origin}),
        "purpose": wording.purpose(made) if made else "", "basis": wording.basis(made) if made else "", "period": wording.period(made) if made else "",
    }  # fmt: skip
