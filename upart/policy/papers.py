# SPDX-License-Identifier: MIT
"""A policy as a file: Markdown and a page for people, JSON for programs."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upart.context import CurrentAcademy
from upart.mail.actions import address_of
from upart.policy.document import Document, Line, Part, Section
from upart.policy.facts import Facts, digest_of
from upart.policy.missing import Missing
from upart.theming.markdown import markdown

FIELDS = (
    "category",
    "purpose",
    "basis",
    "retain",
    "recipients",
    "interest",
    "special_ground",
    "after",
    "laws",
    "origin",
    "needed",
    "title",
    "secret",
    "never_share",
)
"""Words of a column that a statement gives."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written: whose policy, which version (None: a draft), its words and its facts."""

    academy: CurrentAcademy
    version: int | None
    document: Document
    facts: Facts
    missing: Sequence[Missing] = ()


def as_json(paper: Paper) -> str:
    """All facts, with ids instead of words; the words beside them under "document"."""
    made = paper.facts
    said = {key: words["value"] or None for key, words in made["controller"].items()}
    data = {
        "academy": paper.academy.slug, "version": paper.version, "hash": digest_of(made), "language": paper.document.language,
        "controller": {"name": said.pop("legal_name"), **said}, "missing": [one.as_data() for one in paper.missing],
        "statements": [_statement(id, words) for id, words in made["column"].items()], "recipients": _each(made["recipient"], "name"),
        "cookies": _each(made["cookie"], "name"), "decisions": _each(made["decision"], "name"), "purposes": _each(made["purpose"], "key"),
        "visits": _each(made.get("visits", {}), "id"), "words": _each(made["words"], "place"),
        "stores": _each(made.get("store", {}), "name"), "document": paper.document.as_data(),
    }  # fmt: skip
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _statement(id: str, words: Mapping[str, Any]) -> dict[str, Any]:
    column, _, path = id.partition(":")
    return {"id": column, "path": path or None, **{name: words[name] if words[name] != "" else None for name in FIELDS}}


def _each(found: Mapping[str, Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
    return [{key: id, **words} for id, words in found.items()]


def as_markdown(paper: Paper) -> str:
    """All of it, to be read or kept beside other papers."""
    document = paper.document
    lines = [f"# {_inert(document.title)}: {_inert(paper.academy.name)}", "", _inert(document.lead), "", f"## {document.labels['short']}", ""]
    lines += [f"- {_sentence(line)}" for line in document.short]
    for section in document.sections:
        lines += ["", f"## {_inert(section.title)}", *(text for part in section.parts for text in _part(part, document))]
    return "\n".join([*lines, ""])


def _part(part: Part, document: Document) -> list[str]:
    lines = ["", f"### {_inert(part.heading)}"] if part.heading else []
    lines += ["", _inert(part.summary)] if part.summary else []
    lines += ["", *(f"- {_sentence(line)}" for line in part.lines)] if len(part.lines) > 1 else [each for line in part.lines for each in ("", _sentence(line))]
    if part.rows:
        lines += ["", "| " + " | ".join(map(_inert, part.columns)) + " |", "|" + "---|" * len(part.columns)]
        lines += ["| " + " | ".join(_inert(text) for text in (_first(row.cells[0], row.note), *row.cells[1:])) + " |" for row in part.rows]
    if part.words:
        lines += ["", f"*{document.labels['own']}:*", "", *(f"> {_still(line)}" for line in part.words.splitlines())]
    return lines


def _first(cell: str, note: str) -> str:
    return f"{cell} ({note})" if note else cell


def _sentence(line: Line) -> str:
    link = f"[{_inert(line.link)}]({_address(line.href)})" if line.href and line.link else ""
    return " ".join(filter(None, (f"**{_inert(line.strong)}**" if line.strong else "", _inert(line.text), link)))


def _address(href: str) -> str:
    return address_of(href) if href.startswith("/") else href


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _still(text: str) -> str:
    """Words of the academy, with their Markdown but without pictures: a reader's program would fetch them from elsewhere."""
    return _escaped(text).replace("![", "!\\[")


def _inert(text: str) -> str:
    return _escaped(text).replace("|", "\\|").replace("\n", " ")


def as_page(paper: Paper) -> str:
    """All of it as a page that needs nothing else, to be printed or kept."""
    document, e = paper.document, html.escape
    short = "".join(f'<li data-declaration="{e(line.declaration)}">{_html(line)}</li>' for line in document.short)
    body = "".join(_section(section, document) for section in document.sections)
    style = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse;margin:1rem 0}"
    style += "th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:start;vertical-align:top}small{display:block}"
    title = f"{e(document.title)}: {e(paper.academy.name)}"
    head = f'<!doctype html><html lang="{e(document.language)}"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>'
    return f"{head}<body><h1>{title}</h1><p>{e(document.lead)}</p><h2>{e(document.labels['short'])}</h2><ul>{short}</ul>{body}</body></html>\n"


def _section(section: Section, document: Document) -> str:
    parts = "".join(_html_part(part, document) for part in section.parts)
    return f'<h2 id="{html.escape(section.id)}">{html.escape(section.title)}</h2>{parts}'


def _html_part(part: Part, document: Document) -> str:
    e = html.escape
    lines = "".join(f'<p data-declaration="{e(line.declaration)}">{_html(line)}</p>' for line in part.lines)
    heads = "".join(f"<th scope=col>{e(text)}</th>" for text in part.columns)
    rows = "".join(
        f'<tr data-declaration="{e(row.declaration)}"><th scope=row>{e(row.cells[0])}{f"<small>{e(row.note)}</small>" if row.note else ""}</th>'
        + "".join(f"<td>{e(cell)}</td>" for cell in row.cells[1:]) + "</tr>"
        for row in part.rows
    )  # fmt: skip
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
    own = (
        f'<blockquote data-declaration="{e(part.declaration)}"><p><em>{e(document.labels["own"])}</em></p>{markdown(part.words)}</blockquote>'
        if part.words
        else ""
    )
    inside = f"<details><summary>{e(part.summary)}</summary>{lines}{table}</details>" if part.summary else lines + table
    return (f"<h3>{e(part.heading)}</h3>" if part.heading else "") + inside + own


def _html(line: Line) -> str:
    e = html.escape
    link = f'<a href="{e(_address(line.href))}">{e(line.link)}</a>' if line.href and line.link else ""
    return " ".join(filter(None, (f"<b>{e(line.strong)}</b>" if line.strong else "", e(line.text), link)))


FORMATS: dict[str, tuple[str, Callable[[Paper], str]]] = {
    "html": ("text/html; charset=utf-8", as_page), "md": ("text/markdown; charset=utf-8", as_markdown), "json": ("application/json", as_json),
}  # fmt: skip
"""Formats by the end of the file's name: media type, and what writes it."""
