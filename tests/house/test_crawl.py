# SPDX-License-Identifier: MIT
"""Every address × every person × every host, with markers in every text of the database: nobody is shown what is not theirs."""

from __future__ import annotations

import pytest
from crawling import crawler
from reaching import given

from upart.api.views import reads
from upart.hooks.routes import Blueprint, anyone
from upart.testing.addresses import Addresses, Unfillable
from upart.testing.markers import mark

SHOWN = {  # who has seen what, so that a page which shows nothing cannot make the crawl pass
    "ada": {"person.name", "person.email", "account.email", "job.task", "event.type", "user_session.device"},
    "lena": {"person.name", "account.email", "user_session.device"},
    "odin": {"person.name", "person.email", "account.email"},
    "pia": {"academy.name", "person.email"},
    "vic": {"academy.name", "academy_setting.value", "courses_course.title", "courses_course.outcomes", "courses_lesson.blocks", "mail_token.email"},
}


def test_nobody_reads_what_is_not_theirs(furnished):
    crawled = crawler(furnished)
    crawled.crawl.read(crawled.hosts)

    assert crawled.findings == [], "\n".join(crawled.findings)
    assert crawled.crawl.unopened("GET") == []
    read = {resource.name for owner in furnished.portal.state.plugins.everything() for resource in owner.resources if reads(resource)}
    shown = {path.partition("?")[0] for path in crawled.crawl.shown}
    assert {name for name in read if f"/api/v1/{name}" not in shown} == set(), "lists for programs are looked at too"
    for name, columns in SHOWN.items():
        assert columns - {f"{marker.table}.{marker.column}" for marker in crawled.crawl.seen[name]} == set(), name


@pytest.mark.parametrize("share", [(0, 3), (1, 3), (2, 3)], ids=["a third", "another", "the last"])
def test_nobody_changes_what_is_not_theirs(furnished, share):
    crawled = crawler(furnished)
    crawled.crawl.write(crawled.hosts, share=share)

    assert crawled.findings == [], "\n".join(crawled.findings)
    assert crawled.crawl.unopened("POST", share=share) == []


def test_a_marker_stands_in_every_text_of_every_table(portal):
    marked = mark(portal)

    marked_columns = {(marker.table, marker.column) for marker in marked.markers.values()}
    for table, entry in marked.register.tables.items():
        texts = {(table, column.name) for column in entry.columns if column.type in ("VARCHAR", "JSON")}
        assert {text for text in texts - marked_columns if not is_formed(*text)} == set()


def is_formed(table, column):
    from upart.db import Model
    from upart.testing.filling import KEEP

    return f"{table}.{column}" in KEEP or hasattr(Model.metadata.tables[table].c[column].type, "enums")


def test_a_route_that_nobody_can_fill_is_told_in_words(portal):
    odd = Blueprint("odd", __name__)
    odd.add_url_rule("/odd/<weather>", "weather", lambda weather: weather, policy=anyone)
    portal.app._got_first_request = False
    portal.app.register_blueprint(odd)
    portal.state.policies["odd.weather"], portal.state.owners["odd"] = anyone, "odd"
    athena, orion = portal.academy("athena").id, portal.academy("orion").id

    with pytest.raises(Unfillable, match="/odd/<weather>: no table of 'odd' has what <weather> could name"):
        list(Addresses(portal, mark(portal), given(portal)).at(athena, orion, "GET"))
