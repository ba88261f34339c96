# SPDX-License-Identifier: MIT
"""The crawl of this portal: who looks, at which portal, bearing what."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache, partial
from uuid import UUID

from bearing import choosing, copied_files, for_players, front_end, letter, played, preview, proof, stop, tokens_of_each_kind
from choosing import offer_reminders
from furnishing import ADA_THERE, prepare
from people import HOMES, PASSWORD
from reaching import given
from seeing import may_see
from sqlalchemy import select

from upart.accounts.models import Person
from upart.testing import Installation
from upart.testing.crawl import Crawl, Viewer
from upart.testing.filling import BEGINNING
from upart.testing.markers import mark, read

DEEP = bool(os.environ.get("UPART_DEEP"))

Bearing = dict[str, frozenset[UUID]]
"""What opens a door by itself, each with the rows of which whoever bears it may read."""


@dataclass(frozen=True)
class Furnished:
    """A portal with something to show at every address, and a marker in every text: it takes longer than many a crawl, so tests copy one (`furnished`)."""

    portal: Installation
    links: Bearing
    tokens: Bearing
    sent: dict
    stop: str
    people: dict
    """By the names that they had before they were marked."""
    emails: dict


def furnish_whole(portal) -> Furnished:
    """Prepare everything, and mark it."""
    archive, sent = prepare(portal)
    door, refreshing, issued = front_end(portal)
    stopping = stop(portal)
    links = {archive: frozenset[UUID](), **dict.fromkeys([*proof(portal), stopping], frozenset[UUID]()), **door}
    people, marked = _people(portal), mark(portal)
    emails = {row["id"]: row["email"] for row in marked.rows["account"].values()}
    return Furnished(portal, links, {refreshing["refresh_token"]: issued}, {**sent, "oauth.token": refreshing}, stopping, people, emails)


@dataclass
class Crawled:
    """A portal with a marker in every text, and the cast in front of it."""

    crawl: Crawl
    hosts: dict

    @property
    def findings(self) -> list[str]:
        """What was found, in words."""
        return [str(found) for found in sorted(self.crawl.findings)]


def crawler(furnished: Furnished, viewers=(*HOMES, ADA_THERE, "vic"), *, fresh: bool = True) -> Crawled:
    """Sign the cast in (not `fresh`: only recognised), and make a live token of each kind."""
    offer_reminders(furnished.portal)  # stands in the application, not in what was copied
    portal, sent, people = furnished.portal, furnished.sent, furnished.people
    looking = [_viewer(portal, name, *people[name], furnished.emails, fresh) if name in people else Viewer(name) for name in viewers]
    links = {**furnished.links, **letter(portal), **played(portal, people["lena"][0])}
    chosen, decided = choosing(portal, people["lena"][0])
    sent = {**sent, "choices.stop_messages": {"token": furnished.stop.partition("token=")[2]}, **chosen}
    tokens = {
        **tokens_of_each_kind(portal, people),
        chosen["consenting.proof"]["token"]: decided,
        **furnished.tokens,
        **{one["token"]: copied_files(portal) for endpoint, one in sent.items() if endpoint == "links.download"},
    }
    marked = read(portal)
    links |= dict.fromkeys([preview(portal), for_players(portal), f"/api/v1/search?q={BEGINNING}"], frozenset())
    ids = {slug: portal.academy(slug).id for slug in ("athena", "orion", "platform")}
    rule = lru_cache(maxsize=None)(partial(may_see, marked, fresh=fresh))  # asked again for each page, and looks through all rows
    made = Crawl(portal, marked, looking, rule, tokens=tokens, links=links, given=given(portal), sent=sent, thorough=DEEP)
    return Crawled(made, {ids["athena"]: ids["orion"], ids["orion"]: ids["athena"], ids["platform"]: ids["athena"]})


def _people(portal) -> dict:
    with portal.everywhere() as session:
        return {person.name.lower(): (person.id, person.account_id, tuple(person.roles)) for person in session.scalars(select(Person))}


def _viewer(portal, name, person, account, roles, emails, fresh) -> Viewer:
    home = "platform" if name == ADA_THERE else HOMES[name]
    browser, academy = portal.visitor(home), portal.academy(home)
    assert browser.post("/sign-in", data={"email": emails[account], "password": PASSWORD, "remember": "y"}).status_code == 303
    if not fresh:
        browser.forget("upart_session")
        assert browser.get("/account/").status_code == 200
    joined = frozenset({portal.academy("athena").id} if name == ADA_THERE else ())
    return Viewer(name, academy.id, {"upart_session": browser.cookie("upart_session")}, frozenset({person, account}), roles, joined, fresh)
