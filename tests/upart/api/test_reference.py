# SPDX-License-Identifier: MIT
"""The page that explains the API."""

from __future__ import annotations

import re


def test_vic_reads_how_programs_read(portal):
    page = portal.visitor("athena").get("/api/v1/")

    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert "POST /api/v1/courses/{id}/actions/publish" in page.text
    assert "personal data: edu.result" in page.text
    assert "curl http://athena.localhost/api/v1/courses" in page.text


def test_the_type_of_each_problem_is_a_place_on_it(portal):
    vic = portal.visitor("athena")
    page = vic.get("/api/v1/").text
    for answer in (vic.get("/api/v1/nothing"), vic.get("/api/v1/enrolments"), vic.get("/api/v1/courses?limit=0")):
        place = answer.json["type"].partition("#")[2]
        assert re.search(rf'id="{place}"', page), place
