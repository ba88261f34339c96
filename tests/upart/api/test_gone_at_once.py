# SPDX-License-Identifier: MIT
"""Who is restricted or erased is gone from lists, counts, objects and 304 at once; on PostgreSQL, whose epochs are read twice a second, within one."""

from __future__ import annotations

import time

import pytest
from conftest import bundled, fill, two
from erasing import erase
from people import sign_in
from restricting import restrict_at

from upart.accounts.models import Person

LIST = "/api/v1/enrolments?count=exact"


@pytest.fixture
def school(database, original, tmp_path):
    """The demo's people and courses, on each database."""
    with original(database, bundled(), two, fill).copied(tmp_path) as made:
        yield made


class Shown:
    """What a browser was shown of Lena's enrolments, with the marks of those versions."""

    def __init__(self, browser, lena) -> None:
        self.browser, self.lena, self.list = browser, str(lena), browser.get(LIST)
        ids = [row["id"] for row in self.list.json["data"] if row["learner_id"] == self.lena]
        self.objects = {f"/api/v1/enrolments/{id}": browser.get(f"/api/v1/enrolments/{id}").headers["ETag"] for id in ids}

    def still(self) -> list[str]:
        """What is still there."""
        now = self.browser.get(LIST, headers={"If-None-Match": self.list.headers["ETag"]})
        found = ["304"] if now.status_code == 304 else [LIST for row in now.json["data"] if row["learner_id"] == self.lena]
        counted = self.list.json["page"]["count"] - len(self.objects)
        found += ["count"] if now.status_code == 200 and now.json["page"]["count"] != counted else []
        return found + [path for path, tag in self.objects.items() if self.browser.get(path, headers={"If-None-Match": tag}).status_code != 404]


def within_a_second(shown: Shown) -> None:
    """Nothing that is asked for later than a second from now shows her."""
    begun = asked = time.monotonic()
    while still := shown.still():
        assert asked - begun < 1, still
        asked = time.monotonic()


@pytest.mark.parametrize("way", [restrict_at, erase], ids=["restricted", "erased"])
def test_a_learner_who_wants_it_is_gone_from_what_programs_read(school, way):
    with school.reading("athena") as session:
        lena = session.query(Person.id).filter(Person.name == "Lena").scalar()
    shown = Shown(sign_in(school, "ada"), lena)
    assert len(shown.still()) > len(shown.objects) > 0
    way(school, "Lena")
    within_a_second(shown)
