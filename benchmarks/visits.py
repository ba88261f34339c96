# SPDX-License-Identifier: MIT
"""Visits: what counting costs a page, and a million of them: the night's sums and the page Trends beside the bare SQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.measuring import COURSE, Row, cost, environ, portal
from upart import clock
from upart.geography import Database
from upart.testing import Installation, mmdb
from upart.visits import showing
from upart.visits.origins import Origins
from upart.visits.summing import sum_up

MILLION = 1_000_000
DAYS = 28
AGENT = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Accept-Language": "de-AT,de;q=0.9",
    "Referer": "https://a.example/",
}
BY = ("''", "route", "route || ' ' || before", "referrer", "device", "system", "browser", "language", "country", "network")
FILL = """
WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :rows)
INSERT INTO visit (academy_id, id, day, minute, route, before, referrer, device, system, browser, language, country, network, is_bot)
SELECT :academy, lower(hex(randomblob(16))), date(:today, '-' || (1 + n % :days) || ' days') || ' 00:00:00.000000',
  date(:today, '-' || (1 + n % :days) || ' days') || ' 12:00:00.000000', '/courses/c' || n % 97, '/courses/c' || n % 13,
  CASE n % 3 WHEN 0 THEN '' ELSE 'site' || n % 31 || '.example' END, 'device' || n % 3, 'system' || n % 5, 'browser' || n % 12, 'l' || n % 4,
  'C' || n % 9, 'network' || n % 40, n % 11 = 0
FROM counted
"""
INTO = "INSERT INTO sums "
BARE = [f"{INTO}SELECT day, {by}, count(*) FROM visit WHERE academy_id = ? AND day = ? AND NOT is_bot GROUP BY {by}" for by in BY]


def rows(root: Path) -> list[Row]:
    """Measure them all."""
    return [*counting(root), *many(root)]


def counting(root: Path) -> list[Row]:
    """A page view with counting, beside the same without that layer: drawn, and from the cache; then with a lookup of the address. The list never fills."""
    found, looking = [], Origins(_databases(root))
    for words, cached, calls, goal, origins in (
        ("uncached", False, 100, "<= 1.05 x", None), ("from the cache", True, 2000, "<= 1.5 x", None),
        ("uncached, country and network", False, 100, "<= 1.05 x", looking), ("from the cache, country and network", True, 2000, "<= 1.5 x", looking),
    ):  # fmt: skip
        made = portal(root / f"visits-{cached}-{origins is not None}", cache=cached)
        assert made.state.counting is not None
        made.state.counting.origins = origins or made.state.counting.origins
        page = {**environ("athena.localhost", COURSE, **AGENT), "REMOTE_ADDR": "203.0.113.9"}
        spent = dict.fromkeys((True, False), 1000000000.0)
        for _ in range(3):
            for on in spent:
                spent[on] = min(spent[on], cost(_switched(made, on), [page], calls))
        found.append(
            Row(17, f"page view, {words}, visits on", f"{spent[True] / spent[False]:.2f} x off, {1e6 * (spent[True] - spent[False]):.1f} us more", goal)
        )
    return found


def _databases(root: Path) -> list[Database]:
    """Two as they are sold: names in eight languages, of addresses as deep as those of real ones."""
    names = {language: f"Name of a country in {language}" for language in ("de", "en", "es", "fr", "ja", "pt-BR", "ru", "zh-CN")}
    place = {"geoname_id": 4711, "iso_code": "AT", "names": names}
    country = {"continent": {"code": "EU", "geoname_id": 4712, "names": names}, "country": place, "registered_country": place}
    network = {"autonomous_system_number": 64500, "autonomous_system_organization": "Donau Netz AG"}
    return [
        Database("country", mmdb.write(root / "country.mmdb", "GeoLite2-Country", {"203.0.113.0/24": country})),
        Database("network", mmdb.write(root / "network.mmdb", "GeoLite2-ASN", {"203.0.113.0/24": network})),
    ]


def _switched(made: Installation, on: bool) -> Callable[..., Any]:
    """The application with or without the layer that counts; what is noted is thrown away now and then."""
    counting, gate = made.state.counting, made.app.wsgi_app.app  # type: ignore[attr-defined]
    assert counting is not None

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        gate.app = counting if on else counting.app
        if len(counting.visits) > 5000:
            counting.visits.clear()
        return made.app(environ, start)

    return app


def many(root: Path) -> list[Row]:
    """A million visits in four weeks: summed up, then shown, each beside the bare SQL."""
    made = portal(root / "million")
    path, academy = made.state.config.database_url.removeprefix("sqlite:///"), made.academy("athena").id
    with closing(sqlite3.connect(path)) as file:
        file.execute(FILL, {"academy": academy.hex, "days": DAYS, "rows": MILLION, "today": f"{clock.now():%Y-%m-%d}"})
        file.commit()
    plain = _least(lambda: _bare_sums(path), 2)
    began = time.perf_counter()
    with made.app.app_context():
        sum_up()
    night = time.perf_counter() - began
    with made.reading("athena"):
        page = _least(lambda: showing.trends(30), 9)
    bare = _least(lambda: _bare_page(path, academy), 9)
    return [
        Row(18, "1,000,000 visits summed up", f"{night / plain:.2f} x the bare SQL, {night:.1f} s", "<= 2 x"),
        Row(18, "what Trends shows of them", f"{page / bare:.2f} x the bare SQL, {1000 * page:.1f} ms", "<= 2 x"),
    ]


def _least(call: Callable[[], Any], times: int) -> float:
    best = 1e9
    for _ in range(times):
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return best


def _bare_sums(path: str) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA mmap_size = 268435456")
        file.execute("CREATE TEMP TABLE sums (day, value, count)")
        for day in file.execute("SELECT academy_id, day FROM visit GROUP BY academy_id, day").fetchall():
            for statement in BARE:
                file.execute(statement, day)


def _bare_page(path: str, academy: UUID) -> None:
    with closing(sqlite3.connect(path)) as file:
        since = f"{clock.now() - timedelta(days=30):%Y-%m-%d}"
        key = academy.hex
        file.execute("SELECT day, what, count FROM visit_day WHERE academy_id = ? AND day >= ? AND what IN ('visits', 'bots')", (key, since)).fetchall()
        file.execute("SELECT what, sum(count) FROM visit_day WHERE academy_id = ? AND day >= ? GROUP BY what", (key, since)).fetchall()
        top = "SELECT value, before, sum(count) FROM visit_day WHERE academy_id = ? AND day >= ? AND what = ? GROUP BY value, before ORDER BY 3 DESC LIMIT 60"
        for measure, *_ in showing.TABLES:
            file.execute(top, (key, since, measure.value)).fetchall()
        for statement in BARE:
            file.execute(statement.removeprefix(INTO), (key, f"{clock.now():%Y-%m-%d} 00:00:00.000000")).fetchall()
