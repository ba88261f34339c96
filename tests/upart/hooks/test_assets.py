# SPDX-License-Identifier: MIT
"""Scripts of plugins: where they are loaded, and that another site is asked for nothing before somebody has agreed."""

from __future__ import annotations

import pytest
from cookie_question import ANSWER
from upart_opener import hooks

from upart.errors import PluginError
from upart.hooks.assets import Asset
from upart.hooks.assets_checked import check_assets
from upart.theming.headers import CSP

POLICY = "Content-Security-Policy"


def test_a_file_is_loaded_on_its_pages_and_nowhere_else(opened):
    vic = opened.visitor("athena")
    mine, landing = vic.get("/opener/").text, vic.get("/").text
    assert ("opener/own.js" in mine, "opener/own.js" in landing) == (True, False)
    assert ("opener/own.css" in mine, "opener/own.css" in landing) == (True, True)
    assert vic.get("/static/plugin/opener/own.js").status_code == 200
    assert "own.css" not in opened.visitor("platform").get("/").text  # there it is off


def test_another_site_is_asked_for_nothing_before_vic_has_agreed(opened):
    vic = opened.visitor("athena")
    before = vic.get("/opener/")
    assert ("player.example" in before.text, before.headers[POLICY]) == (False, CSP)

    vic.post(ANSWER, data={"answer": "accept", "all": "1", "embed": "1", "next": "/opener/", "choice": "accept"})
    after = vic.get("/opener/")
    assert '<script type="module" src="https://player.example/v1.js" integrity="sha384-aaaa" crossorigin="anonymous"></script>' in after.text
    assert "script-src 'self' https://player.example;" in after.headers[POLICY]
    assert "frame-src 'self' https://frames.example" in after.headers[POLICY]
    assert after.headers["Cache-Control"] == "private, no-store"
    assert vic.get("/courses/").headers[POLICY] == CSP
    assert opened.visitor("athena").get("/opener/").headers[POLICY] == CSP


PLAYER = {"recipient": "Player", "sources": {"frame-src": ("https://frames.example",)}}


@pytest.mark.parametrize(
    ("asset", "why"),
    [
        (Asset(path="lost.js"), "is no file of the plugin"),
        (Asset(path="../hooks.js"), "is no file of the plugin"),
        (Asset(path="own.svg"), "neither a script nor a style sheet"),
        (Asset(path="http://player.example/v1.js", recipient="Player"), "has an address that cannot be used"),
        (Asset(path="own.js", pages=("opener.page",), areas=("site",)), "names both pages and areas"),
        (Asset(path="own.js", areas=("footer",)), "which has no pages"),
        (Asset(path="own.js", integrity="md5-abc"), "has no hash"),
        (Asset(path="own.js", recipient="Player", sources={"default-src": ("https://a.example",)}), "not for plugins to allow"),
        (Asset(path="own.js", recipient="Player", sources={"img-src": ("*",)}), "allows '\\*'"),
        (Asset(path="own.js", recipient="Player", sources={"img-src": ("https://a.example; script-src *",)}), "allows"),
        (Asset(path="https://else.example/v1.js", recipient="Nobody"), "which is not declared"),
        (Asset(path="own.js", **{**PLAYER, "recipient": ""}), "which is not declared"),
        (Asset(path="own.js", category="measure", **PLAYER), "about which nobody is asked"),
        (Asset(path="own.js", category="always", **PLAYER), "which is unknown"),
        (Asset(path="https://player.example/v1.js", recipient="Player", areas=("site",)), "not its own"),
        (Asset(path="own.js", category="necessary", pages=("sign.sign_in",), **PLAYER), "not its own"),
    ],
)
def test_an_asset_that_is_not_whole_breaks_the_plugin(opened, monkeypatch, asset, why):
    known = opened.state.plugins.get("opener")
    monkeypatch.setattr(known, "assets", [asset])
    with pytest.raises(PluginError, match=why):
        check_assets(known)


def test_what_may_be_wanted_on_pages_of_others(opened, monkeypatch):
    known = opened.state.plugins.get("opener")
    monkeypatch.setattr(known, "assets", [Asset(path="own.js", pages=("courses.lesson",), **PLAYER), *hooks.upart_assets()])
    check_assets(known)
