# SPDX-License-Identifier: MIT
"""Where an item of the library is used: read from what all plugins have declared, so nobody keeps a list, and none is forgotten that is off or gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, Uuid, cast, column, select, table
from sqlalchemy.orm import Session

from upart.db import everywhere
from upart.files.sweeping import all_declared
from upart.media.models import MediaItem
from upart.revisions.finding import OPEN
from upart.revisions.models import Revision

ITEM = MediaItem.__tablename__
MANY = 20
"""Rows of one table that are named; of more it is said that there are more."""

NAMES = ("title", "name", "label", "slug")
"""Columns that say what a row is called, the first that says nothing about a person."""


@dataclass(frozen=True, slots=True)
class Use:
    """A row that uses an item: what such rows are called ("Courses"), this one's name if it has one, for what ("cover")."""

    rows: str
    name: str
    part: str


def uses(item: MediaItem) -> list[Use]:
    """Every use of an item, of the academy's own tables and of drafts of their rows; at most MANY + 1 of each kind."""
    seen: set[tuple[str, str]] = set()
    with everywhere("where is an item of the library used?") as opened:
        declared = [entry for entry in all_declared(opened) if entry["table"] != ITEM and entry["owned"]]
        titles = {entry["table"]: entry["title"] for entry in declared}
        return [*(use for entry in declared for use in _uses(opened, entry, item, seen)), *_drafted(opened, titles, item)]


def _drafted(opened: Session, titles: Mapping[str, str], item: MediaItem) -> Iterator[Use]:
    """Uses that begin when a draft is published: its body names the item, and what is published does not yet."""
    mine = (OPEN, Revision.academy_id == item.academy_id, cast(Revision.body, Text).contains(str(item.id)))
    for table_name, body in opened.execute(select(Revision.owner_table, Revision.body).where(*mine).limit(MANY + 1)):
        called = next((str(body[name]) for name in NAMES if body.get(name)), "")
        yield Use(titles.get(str(table_name), str(table_name)), called, "draft")


def _uses(opened: Session, entry: dict[str, Any], item: MediaItem, seen: set[tuple[str, str]]) -> Iterator[Use]:
    declared = {one["name"]: one["declaration"] or {} for one in entry["columns"]}
    called = next((name for name in NAMES if declared.get(name, {}).get("kind") == "not_personal"), None)
    for name, declaration in declared.items():
        kind, id = declaration.get("kind"), item.id
        if kind == "file" and item.file_id is not None:
            id = item.file_id
        elif kind != "ref" or declaration.get("source") != ITEM:
            continue
        if (entry["table"], name) in seen:
            continue
        seen.add((entry["table"], name))
        other = table(entry["table"], column("academy_id", Uuid()), column(name, Uuid()), *([column(called)] if called else []))
        shown = other.c[called] if called else other.c.academy_id
        found = opened.scalars(select(shown).where(other.c.academy_id == item.academy_id, other.c[name] == id).limit(MANY + 1))
        yield from (Use(entry["title"], str(value) if called else "", name.removesuffix("_id").replace("_", " ")) for value in found)
