# SPDX-License-Identifier: MIT
"""Two academies with two themes under 100,000 mixed requests: never the other's template, never the other's bytes."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import bundled
from sqlalchemy import update
from werkzeug.test import EnvironBuilder

from upart import app as application
from upart import config
from upart.academies.actions import raise_epoch
from upart.academies.models import AcademySetting
from upart.theming.themes import Theme

LAYOUT = "<title>PLAIN {{ academy.name }}</title>{% block main %}{% endblock %}{% block foot %}{% endblock %}"
MARKS = {"athena": (b"Athena</a>", b"PLAIN"), "orion": (b"PLAIN Orion", b"topbar")}
PATHS = ("/", "/courses/", "/nothing")


@pytest.fixture
def two_themes(portal, tmp_path, monkeypatch):
    """The demo's academies; orion wears a theme of its own, with one template."""
    (tmp_path / "plain" / "templates" / "core").mkdir(parents=True)
    (tmp_path / "plain" / "templates" / "core" / "layout.html").write_text(LAYOUT)
    plain = Theme("plain", tmp_path / "plain", parent="harbor")
    real = application.load_themes
    monkeypatch.setattr(application, "load_themes", lambda: {**real(), "plain": plain})
    with portal.everywhere() as session:
        orion = portal.academy("orion").id
        session.add(AcademySetting(academy_id=orion, key="theme", value="plain"))
        session.execute(update(AcademySetting).where(AcademySetting.key == "headline").values(value=""))
        raise_epoch(session, orion)
        raise_epoch(session, portal.academy("athena").id)

    return lambda cache: application.create_app(settings=config.load(tmp_path, {}, page_cache_bytes=cache), plugins=bundled())


@pytest.mark.parametrize(("cache", "requests"), [(1 << 20, 99_000), (0, 1_000)])
def test_mixed_requests_get_their_own_theme_and_bytes(two_themes, cache, requests):
    app = two_themes(cache)
    draw = random.Random(5)
    environs = {(slug, path): EnvironBuilder(path=path, base_url=f"http://{slug}.localhost").get_environ() for slug in MARKS for path in PATHS}
    wanted = [draw.choice(sorted(environs)) if draw.random() < 0.02 else draw.choice([(s, p) for s in MARKS for p in PATHS[:2]]) for _ in range(requests)]

    def foreign(key: tuple[str, str]) -> bool:
        body = b"".join(app(dict(environs[key]), lambda status, headers, exc=None: lambda data: None))
        own, other = MARKS[key[0]]
        return own not in body or other in body

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(foreign, wanted, chunksize=500)) == 0
