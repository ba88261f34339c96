# SPDX-License-Identifier: MIT
"""Nobody writes code that exports or erases a table: the engine knows tables by their declarations alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = [p for folder in ("upart", "plugins", "themes") for p in (ROOT / folder).rglob("*.py")]

OWN = {"person", "account", "file", "rights_request", "rights_step", "rights_entry", "rights_archive", "restriction", "rights_import", "looked", "rights_proof"}
"""Tables that rights may name: people, requests, restrictions and looks themselves, and files, whose bytes lie elsewhere."""

MODELS = {"upart.accounts.models": {"Account", "Person", "MailToken", "TokenPurpose"}, "upart.storage.models": {"File"}, "upart.hooks.models": {"PluginRecord"}}
"""What rights may import of other features' tables: people, mailed tokens that open a door, files, what absent plugins have declared."""

WORD = re.compile(r"export|eras|anonymi|pseudonymi[sz]e|redact|wipe|gdpr", re.I)
ALLOWED = {
    "upart/rights/": WORD, "upart/testing/": WORD,
    "upart/cli/rights.py": re.compile("erase"), "upart/mail/files.py": re.compile("_erase"), "upart/privacy/taxonomy.py": re.compile("ErasePolicy|OnErase"),
}  # fmt: skip
"""Where a function or class may be named so: the engine, its command, its check, the words; and what asks a store outside the database."""


@pytest.fixture(scope="module")
def tables() -> set[str]:
    """Tables that hold something of people."""
    from upart.accounts import models  # noqa: F401 - any import of the core maps all of it
    from upart.app import CORE  # noqa: F401
    from upart.db import Model
    from upart.privacy.register import build

    register = build([("core", table) for table in Model.metadata.tables.values()])
    return {entry.table for entry in register.tables.values() if entry.is_personal or entry.subjects}


def offences(path: str, source: str, tables: set[str]) -> Iterator[str]:
    """What a file does that nobody may."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and WORD.search(node.name):
            if not any(path.startswith(place) and names.search(node.name) for place, names in ALLOWED.items()):
                yield f"{path} has {node.name}: declare the columns, and the engine does it"
            elif not path.startswith(("upart/rights/", "upart/testing/")):
                yield from (f"{path}: {node.name} calls {call}()" for call in _calls(node) if call in ("delete", "update", "insert"))
        if path.startswith("upart/rights/"):
            yield from _names(path, node, tables)


def _calls(node: ast.AST) -> Iterator[str]:
    for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
        yield getattr(call.func, "id", getattr(call.func, "attr", ""))


def _names(path: str, node: ast.AST, tables: set[str]) -> Iterator[str]:
    """Tables that the engine names, by their name or by their class."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
        yield from (f"{path} names the table {word}" for word in re.findall(r"\w+", node.value) if word in tables - OWN)
    if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models") and not (node.module or "").startswith("upart.rights."):
        yield from (f"{path} imports {alias.name} of {node.module}" for alias in node.names if alias.name not in MODELS.get(node.module or "", set()))


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_exports_or_erases_a_table_by_its_name(path, tables):
    assert list(offences(str(path.relative_to(ROOT)).removeprefix("plugins/"), path.read_text(), tables)) == []


PLANTED = (
    ("upart/rights/engine/erasing.py", 'SESSIONS = "user_session"', "names the table user_session"),
    ("upart/rights/actions/steps.py", 'HOLDER = "academy:mail_message"', "names the table mail_message"),
    ("upart/rights/contents.py", "from upart.mail.models import MailMessage", "imports MailMessage"),
    ("upart/rights/contents.py", "from upart.accounts.models import UserSession", "imports UserSession"),
    ("upart/jobs/actions.py", "def erase_jobs_of(person): ...", "has erase_jobs_of"),
    ("upart_courses/actions/learning.py", "class EnrolmentExporter: ...", "has EnrolmentExporter"),
    ("upart_courses/public.py", "def anonymise(person): ...", "has anonymise"),
    ("upart/mail/files.py", "def _erase(subject):\n    session.execute(delete(MailMessage))", "_erase calls delete()"),
)


@pytest.mark.parametrize(("path", "line", "found"), PLANTED, ids=[found for *_, found in PLANTED])
def test_whoever_does_is_found(path, line, found, tables):
    assert [offence for offence in offences(path, line, tables) if found in offence]
