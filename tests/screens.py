# SPDX-License-Identifier: MIT
"""What is wrong with a page on a phone."""

from __future__ import annotations

from pathlib import Path

AXE = (Path(__file__).parent / "browser" / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def faults(page) -> list[str]:
    """What axe finds serious or critical in both schemes; what is wider than the phone."""
    found = [page.url] if page.evaluate("document.documentElement.scrollWidth") > 360 else []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AXE + ";0")
        violations = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        found += [f"{page.url} {scheme}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations if v["impact"] in ("serious", "critical")]
    page.emulate_media(color_scheme="light")
    return found
