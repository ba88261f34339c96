# SPDX-License-Identifier: MIT
"""Pages stay light, and files of others are the ones that we have read."""

from __future__ import annotations

import gzip
import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from people import sign_in

ROOT = Path(__file__).parents[2]
BUDGET = {"css": 15 * 1024, "js": 20 * 1024}
"""Bytes that the style sheets and the scripts of one page may have, compressed."""

PUBLIC = ("/", "/courses/", "/courses/music-theory-from-zero", "/learn/music-theory-from-zero/what-a-tone-is", "/sign-in", "/nothing")


def weight(browser, path: str) -> dict[str, int]:
    """Compressed bytes of all style sheets and scripts that a page names."""
    page = browser.get(path).text
    named = {"css": re.findall(r'<link rel="stylesheet" href="([^"]+)"', page), "js": re.findall(r'<script [^>]*src="([^"]+)"', page)}
    assert named["css"], path
    return {kind: sum(len(gzip.compress(browser.get(url).data)) for url in urls) for kind, urls in named.items()}


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_light(portal, path):
    found = weight(portal.visitor("athena"), path)
    assert {kind: size for kind, size in found.items() if size > BUDGET[kind]} == {}


@pytest.mark.parametrize(("name", "path"), [("lena", "/account/profile"), ("ada", "/manage/people/")])
def test_pages_for_those_who_signed_in_are_as_light(portal, name, path):
    found = weight(sign_in(portal, name), path)
    assert {kind: size for kind, size in found.items() if size > BUDGET[kind]} == {}
    assert found["js"] > 0


def test_files_of_others_are_listed_whole_and_with_their_licence():
    rows = tomllib.loads((ROOT / "bin" / "vendor.toml").read_text())["file"]
    here = {p.relative_to(ROOT).as_posix() for p in ROOT.rglob("vendor/*") if p.is_file() and ".venv" not in p.parts and p.parent.name == "vendor"}
    assert here == {row["to"] for row in rows}
    for row in rows:
        assert hashlib.sha256((ROOT / row["to"]).read_bytes()).hexdigest() == row["sha256"], row["to"]
        assert any("LICENSE" in other["to"] for other in rows if other["package"] == row["package"])
        assert re.fullmatch(r"\d+\.\d+\.\d+", row["version"])
