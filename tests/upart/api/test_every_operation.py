# SPDX-License-Identifier: MIT
"""Every operation of the OpenAPI document with made-up values, as four people: never a fault of ours, and each answer as the document says."""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from people import sign_in
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from upart.testing import Client

EXAMPLES = 60 if os.environ.get("UPART_DEEP") else 4
CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance,
    checks.response_headers_conformance, checks.negative_data_rejection,
]  # fmt: skip
BOUNDED = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)  # fmt: skip


class At:
    """A portal as one browser sees it, for a program that knows only WSGI."""

    def __init__(self, portal, browser: Client) -> None:
        self.portal = portal
        self.cookie = "; ".join(f"{name}={value}" for name in ("upart_session",) if (value := browser.cookie(name)))

    def __call__(self, environ, start_response):
        """WSGI, at Athena's host, from a page of it."""
        more = {"HTTP_HOST": "athena.localhost", "HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_COOKIE": self.cookie}
        return self.portal.app({**environ, **more}, start_response)


def ids_of(browser):
    """An object of each resource that somebody sees, by name."""
    lists = {name: browser.get(f"/api/v1/{name}") for name in ("courses", "sections", "lessons", "enrolments")}
    return {name: answer.json["data"][0]["id"] for name, answer in lists.items() if answer.status_code == 200 and answer.json["data"]}


@pytest.mark.parametrize("who", ["vic", "lena", "theo", "ada"])
def test_every_operation_as(portal, who):
    browser = portal.visitor("athena") if who == "vic" else sign_in(portal, who)
    at, ids = At(portal, browser), ids_of(browser)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", at)
    seen: set[int] = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        try_out(operation, at, ids.get(operation.path.split("/")[3]), seen)

    assert {200, 400} <= seen
    assert (401 in seen) is (who == "vic")
    assert 500 not in seen


def try_out(operation, at, id, seen):
    """Values that fit and values that do not; of objects also one that is there, with whatever version."""

    @BOUNDED
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode)), real=st.booleans())
    def tried(case, real):
        if real and id and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = id
            case.headers["If-Match"] = "*"
        answer = case.call(base_url="http://athena.localhost")
        seen.add(answer.status_code)
        if not real:
            case.validate_response(answer, checks=CHECKS)
        else:
            case.validate_response(answer, checks=CHECKS[:-1])

    tried()
