# SPDX-License-Identifier: MIT
"""A sheet as a file: JSON for programs, CSV for spreadsheets, Markdown and a page for people."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable

from upart.policy.sheets import Sheet

OPEN = "open: %s"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""


def as_json(sheet: Sheet) -> str:
    """All of it, with ids."""
    return json.dumps(sheet.as_data(), indent=2, default=str, ensure_ascii=False) + "\n"


def as_csv(sheet: Sheet) -> str:
    """The first table, one line per processing; parties and the rest stand in the other formats."""
    out = io.StringIO()
    rows, main = csv.writer(out), sheet.parts[0]
    rows.writerow(column.key for column in main.columns)
    for texts in main.texts():
        rows.writerow(map(_plain, texts))
    return out.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def as_markdown(sheet: Sheet) -> str:
    """All of it, to be read or kept beside other papers."""
    lines = [f"# {sheet.title}", "", f"{sheet.source}. As of {sheet.made_at:%Y-%m-%d %H:%M} UTC.", ""]
    lines += ["| | | |", "|---|---|---|", *(f"| {_cell(f.label)} | {_cell(f.value or OPEN % f.ask)} | {_cell(f.source)} |" for f in sheet.facts), ""]
    for part in sheet.parts:
        lines += [f"## {part.title}", "", f"{part.source}", ""]
        if part.lines:
            heads = [f"{column.label} ({column.source})" if column.source else column.label for column in part.columns]
            lines += ["| " + " | ".join(map(_cell, heads)) + " |", "|" + "---|" * len(heads)]
            lines += ["| " + " | ".join(map(_cell, texts)) + " |" for texts in part.texts()]
        else:
            lines.append(part.none)
        lines.append("")
    return "\n".join([*lines, sheet.note, ""])


def _cell(text: str) -> str:
    return html.escape(text, quote=False).replace("|", "\\|").replace("\n", " ")


def as_page(sheet: Sheet) -> str:
    """All of it as a page that needs nothing else, to be printed or kept."""
    e = html.escape
    facts = "".join(
        f"<tr><th scope=row>{e(f.label)}</th><td>{e(f.value) if f.value else '<em>' + e(OPEN % f.ask) + '</em>'}</td><td>{e(f.source)}</td></tr>"
        for f in sheet.facts
    )
    body = [f"<h1>{e(sheet.title)}</h1><p>{e(sheet.source)}. As of {sheet.made_at:%Y-%m-%d %H:%M} UTC.</p><table>{facts}</table>"]
    for part in sheet.parts:
        heads = "".join(f"<th scope=col>{e(c.label)}{f'<br><small>{e(c.source)}</small>' if c.source else ''}</th>" for c in part.columns)
        rows = "".join("<tr>" + "".join(f"<td>{e(text)}</td>" for text in texts) + "</tr>" for texts in part.texts())
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if part.lines else f"<p>{e(part.none)}</p>"
        body.append(f"<h2>{e(part.title)}</h2><p>{e(part.source)}</p>{table}")
    style = "body{font:14px/1.45 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #bbb;padding:.3rem .5rem;"
    style += "text-align:start;vertical-align:top}"
    head = f'<!doctype html><html lang=en><head><meta charset="utf-8"><title>{e(sheet.title)}</title><style>{style}</style></head>'
    return f"{head}<body>{''.join(body)}<p>{e(sheet.note)}</p></body></html>\n"


FORMATS: dict[str, tuple[str, Callable[[Sheet], str]]] = {
    "json": ("application/json", as_json), "csv": ("text/csv; charset=utf-8", as_csv), "html": ("text/html; charset=utf-8", as_page),
    "md": ("text/markdown; charset=utf-8", as_markdown),
}  # fmt: skip
"""Formats by the end of the file's name: media type, and what writes it."""
