# SPDX-License-Identifier: MIT
"""Trends, as the page shows them: sums alone, by day and by one property at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, func, select

from upart import clock
from upart.config import Config
from upart.context import CurrentAcademy, context
from upart.db import everywhere, prepared
from upart.mail.actions import CONFIG
from upart.privacy.countries import COUNTRIES
from upart.theming.locales import gettext as _
from upart.visits.models import ROWS_DAYS, SUMS_MONTHS, Measure, VisitDay
from upart.visits.origins import COUNTRY, NETWORK
from upart.visits.recent import MOST
from upart.visits.summing import FEWEST_OF_A_PLACE, REST, sums
from upart.visits.writing import begin_of

RANGES = (7, 30, 90)
LINES, READ = 10, 60
"""Lines of a table, and sums that are read for it before those of today are added."""

FEWEST = 5
"""What fewer visits have in common is shown together: a rare language on a rare system could be somebody whom the reader knows."""

WIDTH, HEIGHT = 720, 120
"""The drawing's size, in its own units."""

TABLES = (
    (Measure.PAGES, "Pages", "Page", False),
    (Measure.WAYS, "From page to page", "Way", False),
    (Measure.REFERRERS, "Sites that led here", "Site", True),
    (Measure.DEVICES, "Devices", "Device", True),
    (Measure.SYSTEMS, "Systems", "System", True),
    (Measure.BROWSERS, "Browsers", "Browser", True),
    (Measure.LANGUAGES, "Languages", "Language", True),
    (Measure.COUNTRIES, "Countries", "Country", True),
    (Measure.NETWORKS, "Networks", "Network", True),
)
"""What the page shows: sum, heading, heading of its column; is it about visitors, so that few are shown together?"""

PLACES = {Measure.COUNTRIES: COUNTRY, Measure.NETWORKS: NETWORK}
"""Tables that are there only where an address is looked up."""

WORDS = {"phone": "Phone", "tablet": "Tablet", "computer": "Computer", "other": "Not said", "/": "Landing page"}
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bs": "Bosnian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "nb": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip

SPAN = VisitDay.day >= bindparam("since"), VisitDay.day <= bindparam("until")
DAYS = prepared(select(VisitDay.day, VisitDay.what, VisitDay.count.label("count_")).where(*SPAN, VisitDay.what.in_((Measure.VISITS, Measure.BOTS))))
TOTALS = prepared(select(VisitDay.what, func.sum(VisitDay.count).label("count_")).where(*SPAN).group_by(VisitDay.what))
TOP = prepared(
    select(VisitDay.value, VisitDay.before, func.sum(VisitDay.count).label("count_")).where(*SPAN, VisitDay.what == bindparam("what"))
    .group_by(VisitDay.value, VisitDay.before).order_by(func.sum(VisitDay.count).desc(), VisitDay.value).limit(READ)
)  # fmt: skip

Sums = dict[tuple[Measure, datetime], Counter[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the drawing."""

    day: datetime
    visits: int
    bots: int
    x: float
    y: float
    width: float
    height: float
    current: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: what the visits had in common, the page before, how many, in percent of all."""

    name: str
    before: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Table:
    """What visits had in common, the most frequent first; `few` are those of lines too small to be shown one by one, `others` the rest."""

    key: str
    title: str
    column: str
    lines: Sequence[Line]
    others: int
    few: int


@dataclass(frozen=True, slots=True)
class Trends:
    """All that the page shows."""

    visits: int
    before: int
    bots: int
    highest: int
    bars: Sequence[Bar]
    tables: Sequence[Table]
    since: datetime
    until: datetime


def trends(days: int, day: datetime | None = None) -> Trends:
    """The last `days` days of this academy; with `day` the tables are about that one alone. Needs a reading session."""
    today = begin_of(clock.now())
    first = today - timedelta(days=days - 1)
    by_day: Sums = {}
    for row in DAYS(since=first - timedelta(days=days), until=today):
        by_day.setdefault((Measure(row.what), _utc(row.day)), Counter())["", ""] += row.count_
    fresh = _unsummed(today, {at for _, at in by_day})
    by_day |= {key: found for key, found in fresh.items() if key[0] in (Measure.VISITS, Measure.BOTS)}
    number = {(what, at): sum(found.values()) for (what, at), found in by_day.items()}
    span = [first + timedelta(days=n) for n in range(days)]
    since, until = (day, day) if day else (first, today)
    mine = {key: found for key, found in fresh.items() if since <= key[1] <= until}
    visits = [number.get((Measure.VISITS, at), 0) for at in span]
    bots = [number.get((Measure.BOTS, at), 0) for at in span]
    before = sum(number.get((Measure.VISITS, first - timedelta(days=n + 1)), 0) for n in range(days))
    return Trends(sum(visits), before, sum(bots), max(visits), _bars(span, visits, bots, day or today), _tables(since, until, mine), since, until)


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _unsummed(today: datetime, known: set[datetime]) -> Sums:
    """Sums of today, and of yesterday while the night's work has not come to it."""
    found: Sums = {}
    for day in (today, today - timedelta(days=1)):
        if day not in known:
            with everywhere("sums of a day that is not summed up yet, of this academy") as opened:
                for row in sums(opened, context.academy.id, day):
                    found.setdefault((row.what, day), Counter())[row.value, row.before] += row.number
    return found


def _bars(span: Sequence[datetime], visits: Sequence[int], bots: Sequence[int], current: datetime) -> list[Bar]:
    step, highest = WIDTH / len(span), max(*visits, 1)
    bars = []
    for n, (at, count, bot) in enumerate(zip(span, visits, bots, strict=True)):
        height = round(HEIGHT * count / highest, 1)
        bars.append(Bar(at, count, bot, round(n * step, 1), round(HEIGHT - height, 1), round(step * 0.8, 1), height, at == current))
    return bars


def _tables(since: datetime, until: datetime, fresh: Sums) -> list[Table]:
    totals = Counter({Measure(row.what): int(row.count_) for row in TOTALS(since=since, until=until)})
    for (what, _day), found in fresh.items():
        totals[what] += sum(found.values())
    made = []
    for what, title, column, about_visitors in TABLES:
        if what in PLACES and not totals[what] and PLACES[what] not in looked_up():
            continue
        counted = Counter({(row.value, row.before): int(row.count_) for row in TOP(since=since, until=until, what=what)})
        for (other, _day), found in fresh.items():
            counted.update(found if other is what else {})
        del counted[REST, ""]  # in the total, so among the others
        shown = [one for one in counted.most_common(LINES) if one[1] >= FEWEST or not about_visitors]
        few = sum(count for count in counted.values() if count < FEWEST) if about_visitors else 0
        lines = [Line(_word(what, value), _word(what, before), count, round(100 * count / totals[what])) for (value, before), count in shown]
        rest = totals[what] - few - sum(line.count for line in lines)
        made.append(Table(what.value, _(title), _(column), lines, max(rest, 0), few))
    return made


def _word(what: Measure, value: str) -> str:
    if what in (Measure.REFERRERS, Measure.NETWORKS):
        return value
    return _({Measure.LANGUAGES: LANGUAGES, Measure.COUNTRIES: COUNTRIES}.get(what, WORDS).get(value, value))


def looked_up() -> list[str]:
    """What of an internet address is looked up here, as UPART_GEO_DATABASE says: "country", "network"."""
    config: Config = current_app.extensions[CONFIG]
    return [what for what in PLACES.values() if what in {one.what for one in config.geo_database}]


def described(academy: CurrentAcademy) -> dict[str, Any]:
    """What is recorded of visits at this academy, exactly as it is set up; data for whoever writes it down in words."""
    places = looked_up()
    return {
        "counted": bool(academy.settings["visits"]),
        "fields": ("minute", "page", "page_before", "referrer_host", "device_type", "system", "browser_major_version", "language", *places),
        "not_recorded": ("address", "visitor_key", "person", *(what for what in PLACES.values() if what not in places), "screen", "search_words"),
        "places": places,
        "fewest_of_a_place": FEWEST_OF_A_PLACE,
        "left_out": ("staff_pages", "account_pages", "rights_pages", "api", "files", "errors"),
        "unique_visitors": False,
        "rows_days": ROWS_DAYS,
        "sums_months": SUMS_MONTHS,
        "stopped_by": ("choice", "gpc"),
        "recent_pages": {"purpose": "personalise", "most": MOST},
        "sign_ins": {"days": 30, "network_only": True},
    }
