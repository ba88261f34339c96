# SPDX-License-Identifier: MIT
"""Ada sees which pages are read, in sums that single nobody out."""

from datetime import timedelta
from uuid import uuid4

import pytest
from people import sign_in
from sqlalchemy import delete, func, select

from upart import clock
from upart.visits import writing
from upart.visits.models import Measure, Visit, VisitDay
from upart.visits.showing import trends
from upart.visits.summing import NAMED, sum_up
from upart.visits.writing import begin_of

PLAIN = {"route": "/", "before": "", "referrer": "", "device": "phone", "system": "Android", "browser": "Chrome 142", "language": "de", "country": "", "network": "",
         "is_bot": False}  # fmt: skip


def visited(portal, number, back=0, slug="athena", **other):
    """So many visits, `back` days ago."""
    day = begin_of(clock.now()) - timedelta(days=back)
    common = {**PLAIN, **other, "academy_id": portal.academy(slug).id, "day": day, "minute": day}
    with portal.app.app_context():
        writing.write([{**common, "id": uuid4()} for _ in range(number)])


def summed(portal):
    """Do the night's work."""
    with portal.app.app_context():
        sum_up()


def shown(portal, days=30, slug="athena", **options):
    """What the page would show."""
    with portal.reading(slug):
        return trends(days, **options)


def table(found, what):
    """Lines of one of its tables."""
    return next(one for one in found.tables if one.key == what.value)


def test_what_the_page_shows_is_the_same_before_and_after_the_night(installation):
    for back in (0, 1, 3):
        visited(installation, 6, back, referrer="search.example")
        visited(installation, 5, back, route="/courses/", before="/", system="Linux", device="computer")
        visited(installation, 2, back, is_bot=True)
    summed(installation)
    before = shown(installation)
    summed(installation)

    assert before == shown(installation)
    assert (before.visits, before.bots, before.highest) == (33, 6, 11)
    assert [(line.name, line.count) for line in table(before, Measure.PAGES).lines] == [("Landing page", 18), ("/courses/", 15)]
    assert [(line.before, line.name, line.count) for line in table(before, Measure.WAYS).lines] == [("Landing page", "/courses/", 15)]
    assert [(line.name, line.count, line.percent) for line in table(before, Measure.REFERRERS).lines] == [("search.example", 18, 100)]


def test_a_visit_that_is_written_late_comes_into_the_sums(installation):
    visited(installation, 5, 2)
    summed(installation)
    visited(installation, 1, 2)
    summed(installation)

    assert shown(installation).visits == 6
    with installation.reading("athena") as session:
        assert session.scalar(select(func.count()).select_from(VisitDay).where(VisitDay.what == Measure.VISITS)) == 1


def test_sums_stay_when_the_rows_have_gone(installation):
    visited(installation, 7, 5)
    summed(installation)
    with installation.everywhere() as session:
        session.execute(delete(Visit))
    summed(installation)

    assert shown(installation).visits == 7


def test_odin_sees_none_of_athenas_visits(installation):
    visited(installation, 9, 1)
    visited(installation, 9)
    summed(installation)

    assert shown(installation, slug="orion").visits == 0


def test_one_day_alone(portal):
    visited(portal, 5, 1, language="tr")
    visited(portal, 6, 2)
    summed(portal)
    yesterday = begin_of(clock.now()) - timedelta(days=1)

    found = shown(portal, day=yesterday)
    assert [(line.name, line.count) for line in table(found, Measure.LANGUAGES).lines] == [("Turkish", 5)]
    assert found.visits == 11


def test_a_rare_language_is_not_shown_by_itself(portal):
    visited(portal, 20)
    visited(portal, 4, language="uk")

    found = table(shown(portal), Measure.LANGUAGES)
    assert [line.name for line in found.lines] == ["German"]
    assert (found.few, found.others) == (4, 0)
    assert "Ukrainian" not in sign_in(portal, "ada").get("/manage/trends").text


def test_sums_are_about_one_property_at_a_time(installation):
    visited(installation, 1, 1)
    summed(installation)

    with installation.reading("athena") as session:
        lines = session.execute(select(VisitDay.what, VisitDay.value, VisitDay.before)).all()
    assert {(what, value, before) for what, value, before in lines} == {
        (Measure.BOTS, "", ""), (Measure.VISITS, "", ""), (Measure.PAGES, "/", ""), (Measure.DEVICES, "phone", ""), (Measure.SYSTEMS, "Android", ""),
        (Measure.BROWSERS, "Chrome 142", ""), (Measure.LANGUAGES, "de", ""),
    }  # fmt: skip


def test_a_small_network_is_never_named_not_even_in_the_sums(installation):
    visited(installation, 10, 1, country="AT", network="Donau Netz AG")
    visited(installation, 9, 1, country="LI", network="Doctor Ada Lovelace")
    visited(installation, 9, 0, country="LI", network="Doctor Ada Lovelace")
    before = shown(installation)
    summed(installation)

    assert shown(installation) == before
    assert [(line.name, line.count) for line in table(before, Measure.COUNTRIES).lines] == [("Austria", 10)]
    assert [(line.name, line.count) for line in table(before, Measure.NETWORKS).lines] == [("Donau Netz AG", 10)]
    assert (table(before, Measure.NETWORKS).others, table(before, Measure.NETWORKS).few) == (18, 0)
    with installation.reading("athena") as session:
        assert not [text for text in session.scalars(select(VisitDay.value)) if text in ("LI", "Doctor Ada Lovelace")]
        yesterday = select(Visit.country, Visit.network).where(Visit.day < begin_of(clock.now())).distinct()
        assert sorted(session.execute(yesterday).all()) == [("*", "*"), ("AT", "Donau Netz AG")]


def test_a_visit_that_is_late_names_no_small_network_either(installation):
    for _ in range(3):
        visited(installation, 4, 1, network="Doctor Ada Lovelace")
        summed(installation)

    found = table(shown(installation), Measure.NETWORKS)
    assert (list(found.lines), found.others) == ([], 12)


def test_whoever_makes_up_ten_thousand_sites_gets_few_of_them_into_the_sums(installation):
    day = begin_of(clock.now()) - timedelta(days=1)
    common = {**PLAIN, "academy_id": installation.academy("athena").id, "day": day, "minute": day}
    with installation.app.app_context():
        writing.write([{**common, "id": uuid4(), "referrer": f"site{n % 10_000}.example"} for n in range(10_010)])
    summed(installation)

    with installation.reading("athena") as session:
        sums = session.execute(select(VisitDay.value, VisitDay.count).where(VisitDay.what == Measure.REFERRERS)).all()
    assert len(sums) == NAMED + 1
    assert sum(count for _value, count in sums) == 10_010
    found = table(shown(installation), Measure.REFERRERS)
    assert sum(line.count for line in found.lines) + found.few + found.others == 10_010


def test_tables_of_places_are_there_only_where_they_are_looked_up(portal):
    visited(portal, 30, 1)
    page = sign_in(portal, "ada").get("/manage/trends").text

    assert "Languages" in page
    assert "Networks" not in page
    assert "network" not in page


def test_ada_sees_the_page_and_theo_does_not(portal):
    visited(portal, 30, 1, referrer="<script>.example")
    ada = sign_in(portal, "ada")

    page = ada.get("/manage/trends?days=7")
    assert "Visits by day" in page.text
    assert "<script>." not in page.text
    assert sign_in(portal, "theo").get("/manage/trends").status_code == 404


@pytest.mark.parametrize("asked", ["days=7&day=1999-01-01", "day=tomorrow", "day=2999-01-01"])
def test_a_day_that_is_not_there_is_not_found(portal, asked):
    assert sign_in(portal, "ada").get(f"/manage/trends?{asked}").status_code == 404


def test_a_page_without_visits_says_so(portal):
    assert "No visits yet" in sign_in(portal, "ada").get("/manage/trends").text
