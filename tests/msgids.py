# SPDX-License-Identifier: MIT
"""All texts that people can be shown: what is given to gettext, tables that it looks up, and what core and plugins register."""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import wtforms
from jinja2 import Environment, nodes
from sqlalchemy.orm import DeclarativeBase

from upart.hooks.records import Invariant

ROOT = Path(__file__).parents[1]
PACKAGES = ("upart", "plugins/upart_courses", "themes/upart_theme_harbor")
NOT_SHOWN = ("cli", "testing")
"""Packages of the core whose words are for operators and authors, at a terminal."""

SPEAKS = {"_": 1, "gettext": 1, "ngettext": 2}
"""Functions that say something in the language of the reader, with how many of their arguments are texts."""

OPENINGS = ("menu", "permissions", "tasks", "events", "purposes", "cookies", "decisions", "checks", "settings", "searchables", "blueprints")
"""What plugins register that people are shown; what is said of resources, and to the operator, is English."""

FACES = ("label", "hint", "sentence", "title", "text", "purpose", "logic", "effect", "human", "search_label", "what", "told")
"""Fields of registered records that people are shown."""

TEMPLATES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])


def files(package: str) -> Iterator[Path]:
    """Modules and templates of a package."""
    for path in sorted((ROOT / package).rglob("*")):
        inside = path.relative_to(ROOT / package).parts
        if inside[0] not in NOT_SHOWN and "migrations" not in inside and path.is_file() and (path.suffix == ".py" or "templates" in inside):
            yield path


def of_template(path: Path) -> Iterator[str]:
    """Texts that a template says."""
    for call in TEMPLATES.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in SPEAKS:
            for said in call.args[: SPEAKS[call.node.name]]:
                yield from (one.value for one in (said, *said.find_all(nodes.Const)) if isinstance(one, nodes.Const) and isinstance(one.value, str))


def of_module(path: Path) -> Iterator[str]:
    """Texts that a module says, and those of the tables in which it looks them up."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SPEAKS:
            for said in call.args[: SPEAKS[call.func.id]]:
                yield from _looped(said.id, tree, path) if isinstance(said, ast.Name) and not said.id.isupper() else _texts(said, path)
    for value in list(vars(_module(path)).values()):
        if is_dataclass(value) and not isinstance(value, (type, Invariant)):
            yield from _faces(value)


def _looped(name: str, tree: ast.Module, path: Path) -> Iterator[str]:
    """Texts that a name stands for while a loop goes through a table."""
    for loop in ast.walk(tree):
        if isinstance(loop, ast.Assign) and (way := _way(name, loop.targets[0])):
            for row in _rows(_looked_up(loop.value), path) or ():
                yield from strings(_at(row, way))
        elif isinstance(loop, (ast.For, ast.comprehension)) and (way := _way(name, loop.target)) is not None:
            rows = _rows(loop.iter, path)
            for row in rows if isinstance(rows, (list, tuple)) else ():
                yield from strings(_at(row, way))


def _looked_up(said: ast.expr) -> ast.expr:
    """All values of a table of which one is looked up: PAGES[status] and PAGES.get(status) say PAGES.values()."""
    match said:
        case ast.Subscript(value=table) | ast.Call(func=ast.Attribute(value=table, attr="get")):
            return ast.Call(func=ast.Attribute(value=table, attr="values"), args=[], keywords=[])
    return said


def _at(row: Any, way: list[int]) -> Any:
    for at in way:
        row = row[at] if isinstance(row, (list, tuple)) and at < len(row) else None
    return row


def _way(name: str, target: ast.expr) -> list[int] | None:
    """Where in the rows of a loop a name stands: "words" in (key, (title, words)) at [1, 1]."""
    if isinstance(target, ast.Name):
        return [] if target.id == name else None
    for at, part in enumerate(target.elts if isinstance(target, ast.Tuple) else ()):
        if (way := _way(name, part)) is not None:
            return [at, *way]
    return None


def _rows(said: ast.expr, path: Path) -> Any:
    match said:
        case ast.Call(func=ast.Attribute(value=table, attr="items")):
            return list((_table(table, path) or {}).items())
        case ast.Call(func=ast.Attribute(value=table, attr="values")):
            return list((_table(table, path) or {}).values())
        case ast.Name() | ast.Attribute():
            return _table(said, path)
    return None


def _texts(said: ast.expr, path: Path) -> Iterator[str]:
    match said:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts(one, path), *_texts(other, path))
        case ast.BoolOp(values=values):
            yield from (text for value in values for text in _texts(value, path))
        case ast.Subscript(value=ast.Subscript(value=table), slice=ast.Constant(value=int(at))):
            yield from strings([row[at] for row in (_table(table, path) or {}).values()])
        case ast.Subscript(value=table) | ast.Call(func=ast.Attribute(value=table, attr="get")):
            yield from strings(_table(table, path))
        case ast.Name() | ast.Attribute():
            yield from strings(_table(said, path))


def _table(said: ast.expr, path: Path) -> Any:
    """A constant of a module, by its name there or in the module that it comes from; None for what is known only while it runs."""
    module = _module(path)
    match said:
        case ast.Name(id=name) if name.isupper():
            return getattr(module, name, None)
        case ast.Attribute(value=ast.Name(id=of), attr=name) if name.isupper():
            return getattr(getattr(module, of, None), name, None)
        case ast.Subscript(value=table):
            return _table(table, path)
    return None


def _module(path: Path) -> Any:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return importlib.import_module(".".join(parts[1:] if parts[0] in ("plugins", "themes") else parts).removesuffix(".__init__"))


def strings(table: Any) -> Iterator[str]:
    """All texts in a table; its keys are none."""
    if type(table) is str:
        yield table
    elif isinstance(table, Mapping):
        yield from (text for value in table.values() for text in strings(value))
    elif isinstance(table, (tuple, list)):
        yield from (text for value in table for text in strings(value))


def registered(loaded: Any, ids: tuple[str, ...]) -> Iterator[str]:
    """Texts of what these plugins register: entries of menus, permissions, events, checks, lists, settings, purposes, cookies, tables."""
    for plugin in loaded.everything():
        if plugin.id in ids:
            for name in OPENINGS:
                for record in getattr(plugin, name):
                    yield from _faces(record)
                    for _policy, listing in getattr(record, "lists", ()):
                        yield from _faces(listing)
    for entry in loaded.register.tables.values():
        if (entry.plugin or "core") in ids and entry.processing is not None:
            yield entry.title


def _faces(record: Any) -> Iterator[str]:
    if isinstance(record, type) and issubclass(record, (wtforms.Form, DeclarativeBase)):
        return
    for name in FACES:
        if type(text := getattr(record, name, None)) is str:
            yield text
    for name in ("columns", "filters", "bulks", "tabs", "wants", "acts", "fields"):
        for part in getattr(record, name, None) or () if isinstance(getattr(record, name, None), (list, tuple)) else ():
            yield from _faces(part)


def catalogue(package: str) -> dict[str, str]:
    """German words of a package."""
    folder = ROOT / package / ("theming" if package == "upart" else "") / "words"
    path = folder / "de.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def without_german(loaded: Any) -> dict[str, list[str]]:
    """By file, or where it is registered: texts that have no German."""
    core = catalogue("upart")
    missing: dict[str, list[str]] = {}
    for package in PACKAGES:
        known = {**core, **catalogue(package)}
        for path in files(package):
            said = of_module(path) if path.suffix == ".py" else of_template(path)
            if found := sorted({text for text in said if _is_words(text) and text not in known}):
                missing[str(path.relative_to(ROOT))] = found
    for id, package in (("core", "upart"), ("courses", "plugins/upart_courses")):
        known = {**core, **catalogue(package)}
        if found := sorted({text for text in registered(loaded, (id,)) if _is_words(text) and text not in known}):
            missing[f"registered by {id}"] = found
    return missing


def _is_words(text: str) -> bool:
    return any(letter.isalpha() for letter in text)
