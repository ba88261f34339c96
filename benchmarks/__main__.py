# SPDX-License-Identifier: MIT
"""`python -m benchmarks [ROW …] [--json]`: speed as ratios to the bare thing in the same run; all rows, or those named by number."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks import academies, courses, interface, jobs, media, pages, people, restricting, rights, scanning, searching, starting, visits
from benchmarks.measuring import Row

GROUPS: tuple[tuple[tuple[int, ...], Callable[[Path], list[Row]]], ...] = (
    ((1, 3, 6), pages.rows),
    ((4,), interface.rows),
    ((5, 8, 14), people.rows),
    ((7,), academies.rows),
    ((9, 10), rights.rows),
    ((11,), scanning.rows),
    ((12,), jobs.rows),
    ((13,), starting.rows),
    ((16,), restricting.rows),
    ((17, 18), visits.rows),
    ((19,), searching.rows),
    ((24,), media.rows),
    ((25, 26, 27, 28, 29, 30), courses.rows),
)
"""Numbers of rows, and what measures them; each gets an empty folder of its own."""


def measured(wanted: set[int]) -> list[Row]:
    """The rows of these numbers; of all, when none is named."""
    found: list[Row] = []
    for numbers, rows in GROUPS:
        if not wanted or wanted & set(numbers):
            with tempfile.TemporaryDirectory() as folder:
                found += rows(Path(folder))
    return sorted((row for row in found if not wanted or row.number in wanted), key=lambda row: row.number)


def main(words: list[str]) -> int:
    """Measure and print."""
    as_json, numbers = "--json" in words, [word for word in words if word != "--json"]
    known = {str(number) for group, _ in GROUPS for number in group}
    if unknown := [word for word in numbers if word not in known]:
        print(f"There is no row {unknown[0]}. Rows are: {', '.join(sorted(known, key=int))}.", file=sys.stderr)
        return 2
    found = measured({int(number) for number in numbers})
    if as_json:
        print(json.dumps([asdict(row) for row in found], indent=2))
        return 0
    for row in found:
        print(f"{row.number:>3}  {row.workload:<45} {row.value:<48} {row.goal}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
