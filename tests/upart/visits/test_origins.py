# SPDX-License-Identifier: MIT
"""Country and network of a visit: only with a database of the operator, only of those who are counted, and never the address."""

import logging
import sqlite3
import time
from contextlib import closing
from ipaddress import ip_network

import pytest
from conftest import bundled
from people import sign_in
from sqlalchemy import select

from upart import config
from upart.app import create_app
from upart.errors import BadSetting
from upart.geography import Database
from upart.policy.comparing import changes
from upart.policy.compiling import compiled
from upart.policy.facts import facts
from upart.testing import Installation, mmdb
from upart.visits import counting, writing
from upart.visits.models import Visit
from upart.visits.origins import Origins, examine

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}
COUNTRIES = {"203.0.113.0/24": {"country": {"iso_code": "AT", "names": {"en": "Austria"}}}, "2001:db8::/32": {"country_code": "DE"}}
NETWORKS = {"203.0.113.0/25": {"autonomous_system_number": 64500, "autonomous_system_organization": "Donau\n Netz \x00 AG" + "!" * 99}}
VIC, AWAY = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def databases(tmp_path):
    """Two databases as an operator has them."""
    mmdb.write(tmp_path / "country.mmdb", "GeoLite2-Country", COUNTRIES)
    mmdb.write(tmp_path / "asn.mmdb", "GeoLite2-ASN", NETWORKS)
    return f"country:{tmp_path}/country.mmdb, network:{tmp_path}/asn.mmdb"


def placed(portal, databases, **settings):
    """The same installation, started anew with these databases."""
    chosen = {"password_memory": 8, "mail_url": ("file:",), "public_origin": "http", **settings}
    return Installation(create_app(settings=config.load(portal.state.config.instance, {"UPART_GEO_DATABASE": databases}, **chosen), plugins=bundled()))


@pytest.fixture
def mapped(portal, databases):
    """The demo with both."""
    made = placed(portal, databases)
    yield made
    made.close()


def visit(made, address=VIC, **headers):
    """Somebody opens the landing page."""
    return made.visitor("athena").get("/courses/", headers={**FIREFOX, **headers}, environ_overrides={"REMOTE_ADDR": address})


def places(made):
    """What was noted."""
    made.state.counting.flush()
    with made.reading("athena") as session:
        return [(row.country, row.network) for row in session.scalars(select(Visit))]


def test_vics_country_and_network_are_noted_and_the_address_is_nowhere(mapped):
    visit(mapped)

    ((country, network),) = places(mapped)
    assert (country, network) == ("AT", "Donau Netz AG" + "!" * 67)
    with closing(sqlite3.connect(mapped.state.config.database_url.removeprefix("sqlite:///"))) as file:
        assert "203.0.113" not in "\n".join(file.iterdump())


def test_whatever_stands_for_an_address_the_page_comes(mapped):
    known = {VIC: "AT", "::ffff:203.0.113.9": "AT", "2001:db8::5": "DE"}
    for address in (*known, AWAY, "", "unknown", "203.0.113.9:4711", "203.0.113.9 ", "203.0.113.999", "\xff" * 9000, "fe80::1%eth0", "\x00"):
        assert visit(mapped, address).status_code == 200

    assert sorted(country for country, _network in places(mapped)) == [""] * 9 + ["AT", "AT", "DE"]


def test_only_a_proxy_that_is_trusted_says_where_somebody_is(portal, databases):
    trusting = placed(portal, databases, trusted_proxies=(ip_network(AWAY),))
    visit(trusting, AWAY, **{"X-Forwarded-For": f"8.8.8.8, {VIC}"})
    visit(trusting, "192.0.2.1", **{"X-Forwarded-For": VIC})

    assert sorted(country for country, _network in places(trusting)) == ["", "AT"]
    trusting.close()


def test_no_address_waits_in_memory_for_a_database_that_is_locked(mapped, monkeypatch):
    monkeypatch.setattr(writing, "PATIENCE", 0.1)
    monkeypatch.setattr(counting, "ROWS", 1)
    for _ in range(3):
        visit(mapped)
    with closing(sqlite3.connect(mapped.state.config.database_url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        mapped.state.counting.flush()
        waiting = [row for _ in range(3) for row in mapped.state.counting.visits.take()]
    assert VIC not in repr(waiting)
    mapped.state.counting.visits.put_back(waiting)

    assert [country for country, _network in places(mapped)] == ["AT"] * 3


def test_without_a_database_no_address_is_kept_even_in_memory(portal):
    visit(portal)

    assert VIC not in repr(portal.state.counting.visits.take())


def test_nobody_is_looked_up_who_is_not_counted(mapped, monkeypatch):
    asked = []
    monkeypatch.setattr(mapped.state.counting.origins, "of", lambda address: asked.append(address) or ("AT", ""))
    visit(mapped, "203.0.113.1", **{"Sec-GPC": "1"})
    visit(mapped, "203.0.113.2", **{"Sec-Purpose": "prefetch"})
    vic = mapped.visitor("athena")
    vic.keep("upart_choices", "visits:0")
    vic.get("/courses/", headers=FIREFOX, environ_overrides={"REMOTE_ADDR": "203.0.113.3"})
    visit(mapped, "203.0.113.4")
    mapped.state.counting.flush()
    sign_in(mapped, "ada").post("/manage/trends/switch", data={"counted": "no"})
    visit(mapped, "203.0.113.5")
    mapped.state.counting.flush()

    assert {address for address in asked if address != "127.0.0.1"} == {"203.0.113.4"}


def test_without_a_database_nothing_is_known(portal):
    visit(portal)

    assert places(portal) == [("", "")]


def broken(tmp_path, how):
    """A file that is not what it should be."""
    path = tmp_path / "broken.mmdb"
    if how == "wrong kind":
        return mmdb.write(path, "GeoLite2-ASN", NETWORKS)
    if how == "folder":
        path.mkdir()
    elif how == "text":
        path.write_text("<html>404</html>" * 999)
    elif how != "missing":
        whole = mmdb.write(path, "GeoLite2-Country", COUNTRIES).read_bytes()
        begin = whole.index(mmdb.MARK)
        path.write_bytes({"empty": b"", "cut": whole[: begin - 9], "tree gone": whole[begin:], "data gone": whole[: begin - 150] + whole[begin:]}[how])
    return path


HOW = {"missing": "is not there", "folder": "cannot be read", "text": "is no MaxMind DB", "empty": "is no MaxMind DB", "cut": "is no MaxMind DB",
       "tree gone": "is no MaxMind DB", "data gone": "is no MaxMind DB", "wrong kind": "says nothing of a country (it calls itself 'GeoLite2-ASN')"}  # fmt: skip


@pytest.mark.parametrize(("how", "problem"), HOW.items())
def test_a_file_that_cannot_be_used_says_why(tmp_path, how, problem):
    found = examine(Database("country", broken(tmp_path, how)))

    assert found.reader is None
    assert problem in found.problem


def test_a_file_that_cannot_be_used_is_named_at_the_start_and_visits_go_on(portal, tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "upart.visits"):
        made = placed(portal, f"country:{tmp_path}/absent.mmdb")
    assert f"visits are counted without their country: {tmp_path}/absent.mmdb is not there" in caplog.text

    assert visit(made).status_code == 200
    assert places(made) == [("", "")]
    made.close()


def test_a_file_that_is_damaged_further_in_costs_no_page(tmp_path, caplog):
    path = mmdb.write(tmp_path / "country.mmdb", "GeoLite2-Country", COUNTRIES)
    whole = path.read_bytes()
    begin = whole.index(mmdb.MARK)
    path.write_bytes(whole[: begin - 20] + b"\xff" * 20 + whole[begin:])
    origins = Origins([Database("country", path)])

    assert origins.of(VIC)[0] in ("AT", "")
    assert origins.of("2001:db8::5") == ("", "")
    assert "2001:db8" not in caplog.text


def test_a_file_that_is_cut_short_while_it_is_used_ends_no_process(tmp_path):
    path = mmdb.write(tmp_path / "country.mmdb", "GeoLite2-Country", COUNTRIES)
    origins = Origins([Database("country", path)])
    path.write_bytes(b"")

    assert origins.of(VIC) == ("AT", "")


@pytest.mark.parametrize("value", ["/a.mmdb", "country:a.mmdb", "city:/a.mmdb", "country:/a.mmdb,country:/b.mmdb", "network"])
def test_a_setting_that_cannot_be_read_says_what_to_write(portal, value):
    with pytest.raises(BadSetting) as told:
        config.load(portal.state.config.instance, {"UPART_GEO_DATABASE": value})

    assert "country:/path/to/file.mmdb" in str(told.value.remedy)


def test_a_lookup_takes_microseconds(tmp_path):
    origins = Origins([Database("country", mmdb.write(tmp_path / "country.mmdb", "GeoLite2-Country", COUNTRIES))])
    began = time.perf_counter()
    for _ in range(2000):
        origins.of(VIC)

    assert time.perf_counter() - began < 2000 * 50e-6
    assert examine(Database("country", tmp_path / "country.mmdb")).made_at.year == 2026


SAYS = {
    "en": ("The country and the name of the network to which", "looked up in a list"),
    "de": ("Auch das Land und der Name des Netzes", "in einer Liste"),
}


def told(made, language):
    """What the policy says of visits, by the id of its sentence."""
    with made.app.test_request_context(), made.reading("athena"):
        document = compiled(made.academy("athena"), facts(made.academy("athena")), language)
    (section,) = (one for one in document.sections if one.id == "visits")
    return {line.declaration: line.text for part in section.parts for line in part.lines}


def test_the_policy_names_both_exactly_when_a_database_is_set(portal, mapped):
    assert not {"visits.place", "visits.looked_up"} & told(portal, "en").keys()
    for language, (place, looked_up) in SAYS.items():
        assert place in told(mapped, language)["visits.place"]
        assert looked_up in told(mapped, language)["visits.looked_up"]

    assert "are noted too" in mapped.visitor("athena").get("/privacy/choices").text
    assert "noted too" not in portal.visitor("athena").get("/privacy/choices").text


@pytest.mark.parametrize("what", ["country", "network"])
def test_one_database_is_named_alone(portal, databases, what):
    made = placed(portal, next(one for one in databases.split(", ") if one.startswith(what)))
    said = told(made, "en")["visits.place"], told(made, "de")["visits.place"]
    made.close()

    assert [word in said[0] for word in ("The country", "name of the network")] == [what == "country", what == "network"]
    assert [word in said[1] for word in ("Land", "Name des Netzes")] == [what == "country", what == "network"]


def test_a_database_that_comes_later_is_a_new_source_which_people_are_told_of(portal, mapped):
    before, after = [], []
    for made, found in ((portal, before), (mapped, after)):
        with made.app.test_request_context(), made.reading("athena"):
            found.append(facts(made.academy("athena")))

    assert {(one.id, one.why) for one in changes(*before, *after) if one.material} == {("place", "source"), ("looked_up", "source")}
