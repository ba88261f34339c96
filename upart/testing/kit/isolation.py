# SPDX-License-Identifier: MIT
"""The crawl over one plugin: every address of it, as everybody, at both academies, with a marker in every text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from upart.privacy.taxonomy import Category
from upart.testing.crawl import Crawl, Viewer
from upart.testing.kit.bench import Bench
from upart.testing.markers import Marked, Marker

STAFF = frozenset({"owner", "manager", "officer", "teacher"})
OPEN = (Category.CONTENT_PUBLIC, Category.ID_NAME)
"""What anybody may see when nothing else is said: what people have made public, and their names beside it."""


def isolated(bench: Bench) -> Iterator[str]:
    """Nobody sees or changes what is not theirs; nobody gets a cookie who has not signed in; no page asks another host."""
    rule = bench.may_see or partial(may_see, bench.marked)
    crawl = Crawl(bench.made, bench.marked, bench.viewers, rule, given=bench.given())
    crawl.addresses = bench.addresses
    hosts = {bench.athena: bench.orion, bench.orion: bench.athena}
    crawl.read(hosts)
    crawl.write(hosts)
    yield from map(str, sorted(crawl.findings))
    for route in crawl.unopened("GET"):
        yield f"Nobody of the cast could open {route}, so nobody has looked at it. Give rows in upart_demo(), or the values of its parameters: given={{…}}."


def may_see(marked: Marked, viewer: Viewer, here: UUID, marker: Marker) -> bool:
    """When a plugin says nothing else: one's own, what is public and about nobody, and for staff what is their academy's; never another academy's."""
    if marker.secret or marker.academy not in (here, None):
        return False
    if (not marker.people and not marker.category) or marker.table in ("academy", "academy_setting"):
        return True
    if marker.is_id or marker.category in OPEN:
        return True
    return viewer.is_in(here) and (bool(viewer.ids & marker.people) or bool(STAFF & set(viewer.roles)))
