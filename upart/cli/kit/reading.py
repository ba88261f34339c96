# SPDX-License-Identifier: MIT
"""The files of a plugin, read without running them: what they import, what they call, what their templates ask a browser to fetch."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from upart.cli.kit.findings import Finding
from upart.hooks.loaded import Plugin

SURFACE = ("upart.plugin", "upart.testing")
"""All that a plugin may import from UPART."""

RANKS = {"models": 0, "actions": 1, "forms": 1, "public": 2, "views": 3, "api": 3, "jobs": 3, "search": 3, "hooks": 4}
"""Which files may know which: those of a lower number never import those of a higher one."""

CALLS = (
    (r"session\.(commit|rollback|begin(?!_nested))", "An action commits", "Leave it out: the door commits once, when all is done."),
    (r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.time", "The machine is asked for the time", "Use clock.now() of upart.plugin."),
    (r"(sqlalchemy\.)?create_engine|(sqlite3|psycopg)\.connect", "This goes around the wall between academies", "Use session or everywhere."),
    (r"smtplib\.SMTP(_SSL)?", "Mail is sent past what people have agreed to", "Use send(person, purpose, …)."),
)
"""Calls that go around something: their name, what is wrong, what to do."""

FETCHES = r"<(?:script|link|img|iframe|source|video|audio|embed)\b[^>]*\b(?:src|href|srcset)=[\"']?(?:https?:)?//"
INLINE = r"<script\b(?![^>]*\b(?:src|type=[\"']application/(?:ld\+)?json))[^>]*>"

PAGES = (
    (FETCHES, "The page asks another host", "Put the file into static/ of the plugin."),
    (INLINE, "A script stands in the page, which its policy (CSP) refuses", "Put it into static/ and name it by src."),
    (r"<[a-z][^>]*\son[a-z]+\s*=", "A handler stands in the page, which its policy (CSP) refuses", "Listen in a script of static/."),
    (r"\|\s*safe\b", "A text is printed as it is: whoever wrote it writes the page", "Leave out |safe; for Markdown there is markdown()."),
)
"""What must not stand in a template."""


def read(plugin: Plugin, allowed: Iterable[str]) -> Iterator[Finding]:
    """All that can be seen in the files of a plugin; `allowed` are packages of other plugins that it requires."""
    for path in sorted(files(plugin, "py")):
        yield from _module(plugin, path, tuple(allowed))
    for path in sorted(files(plugin, "html")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield from (_finding(plugin, "templates", path, number, text, remedy) for pattern, text, remedy in PAGES if re.search(pattern, line, re.IGNORECASE))


def files(plugin: Plugin, ending: str) -> list[Path]:
    """Its files with this ending; of a plugin of one file that file too."""
    found = list(plugin.folder.rglob(f"*.{ending}")) if plugin.folder.is_dir() else []
    alone = plugin.folder.with_suffix(f".{ending}")
    return [*found, alone] if alone.is_file() and not (plugin.folder / "__init__.py").exists() else found


def _module(plugin: Plugin, path: Path, allowed: tuple[str, ...]) -> Iterator[Finding]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        yield _finding(plugin, "imports", path, getattr(error, "lineno", 0) or 0, f"It cannot be read: {error}.", "Correct it.")
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (_finding(plugin, "imports", path, node.lineno, *wrong) for wrong in _imported(plugin, path, node, allowed))
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield from (
                _finding(plugin, "calls", path, node.lineno, f"{text}: {name}().", remedy) for pattern, text, remedy in CALLS if re.fullmatch(pattern, name)
            )


def _imported(plugin: Plugin, path: Path, node: ast.Import | ast.ImportFrom, allowed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong with the modules and names that a statement brings in."""
    if isinstance(node, ast.Import):
        wanted = [(alias.name, "") for alias in node.names]
    else:
        wanted = [(_module_of(plugin, path, node), alias.name) for alias in node.names]
    for module, name in wanted:
        if module == "upart" and name in ("plugin", "testing"):
            continue
        top = module.partition(".")[0]
        if top == "upart" and not f"{module}.".startswith(tuple(f"{one}." for one in SURFACE)):
            yield f"It imports {module} of UPART's inside.", "Import from upart.plugin; what is missing there, ask for."
        elif module == "upart.plugin" and name not in ("*", "", *import_module("upart.plugin").__all__):
            yield f"upart.plugin promises no name '{name}'.", "See docs/authors/names.md for all that it gives."
        elif top == "flask" and name == "Blueprint":
            yield "It takes Blueprint from Flask, whose routes have no policy.", "Take it from upart.plugin."
        elif top.startswith("upart_") and top != plugin.package and module not in (f"{one}.public" for one in allowed):
            yield f"It imports {module}, the inside of another plugin.", "Name that plugin in Manifest.requires, and import its `public` alone."
        elif top == plugin.package and (above := _above(plugin, path, module, name)):
            yield above, "Move what both need into the lower file."


def _module_of(plugin: Plugin, path: Path, node: ast.ImportFrom) -> str:
    """The full name of a module, also of one that is named from where the file lies."""
    if not node.level:
        return node.module or ""
    here = [plugin.package, *path.relative_to(plugin.folder).with_suffix("").parts]
    return ".".join([*here[: len(here) - node.level], *filter(None, [node.module])])


def _above(plugin: Plugin, path: Path, module: str, name: str) -> str:
    if not path.is_relative_to(plugin.folder):
        return ""
    part = path.relative_to(plugin.folder).with_suffix("").parts[0]
    other = module.removeprefix(plugin.package).strip(".").partition(".")[0] or name
    if part in RANKS and other in RANKS and RANKS[other] > RANKS[part]:
        return f"{part} imports {other}, which stands above it."
    return ""


def _finding(plugin: Plugin, rule: str, path: Path, line: int, text: str, remedy: str) -> Finding:
    """With the place as somebody would open it: from the folder in which the package lies."""
    place = path.relative_to(plugin.folder.parent)
    return Finding(plugin=plugin.id, rule=rule, place=f"{place}:{line}", text=text if text.endswith(".") else f"{text}.", remedy=remedy)
