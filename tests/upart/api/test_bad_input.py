# SPDX-License-Identifier: MIT
"""Bad JSON at the doors of the API: an answer in one form, quickly, and nothing changed."""

from __future__ import annotations

import json
import time
from enum import StrEnum
from typing import Annotated

import msgspec
import pytest
from people import sign_in
from sqlalchemy import text

from upart.api.decoding import decode
from upart.errors import Problem, Unfit
from upart.hooks.resources import Body

BODIES = {  # what is sent: status and code of the answer
    b"": (400, "no_json"), b"{": (400, "no_json"), b"null": (422, "unfit"), b"[]": (422, "unfit"), b"3": (422, "unfit"),
    b"[" * 10_000: (400, "too_deep"), b'{"title":' * 10_000 + b"1" + b"}" * 10_000: (400, "too_deep"), b"[" * 40 + b"]" * 40: (400, "too_deep"),
    b'{"title":"a","title":"b","field":"c"}': (400, "twice"), b'{"title":NaN}': (400, "no_json"), b'{"title":Infinity}': (400, "no_json"),
    b'{"title":1e999}': (400, "no_json"), b'{"title":' + b"9" * 5000 + b"}": (400, "no_json"), b'{"title":99999999999999999999}': (422, "unfit"),
    b'{"title":"\xff","field":"x"}': (400, "no_json"), b'{"title":"\\ud800","field":"x"}': (422, "unfit"), b'{"title":"a\\u0000","field":"x"}': (422, "unfit"),
    b'{"\\ud800":1}': (422, "unfit"), b'\xef\xbb\xbf{"title":"a","field":"b"}': (400, "no_json"), b'{"title":"a","field":"b"} x': (400, "no_json"),
    b'{"title":"' + b"x" * 1_100_000 + b'"}': (413, "too_large"),
}  # fmt: skip


def test_every_bad_body_is_answered_in_one_form(portal):
    theo = sign_in(portal, "theo")
    courses = theo.get("/api/v1/courses?count=exact").json["page"]["count"]
    for body, expected in BODIES.items():
        answer = theo.post("/api/v1/courses", data=body, content_type="application/json")
        assert (answer.status_code, answer.json["code"]) == expected, (body[:40], answer.text)
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == answer.status_code

    assert theo.get("/api/v1/courses?count=exact").json["page"]["count"] == courses


def test_fifty_megabytes_are_refused_before_they_are_read(portal):
    theo, begun = sign_in(portal, "theo"), time.monotonic()
    answer = theo.post("/api/v1/courses", data=b"[" * 50_000_000, content_type="application/json")

    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("body", [
    b"{" + b",".join(b'"k%06d":1' % n for n in range(60_000)) + b',"z":1,"z":1}',
    b'{"' + b"n" * 300_000 + b'":[' + b"1," * 60_000 + b"1]}",
], ids=["a name twice at the end", "much below a long name"])  # fmt: skip
def test_a_megabyte_of_malice_is_read_as_fast_as_any_other(body):
    begun = time.process_time()
    with pytest.raises((Problem, Unfit)):
        decode(body, Whole)

    assert time.process_time() - begun < 3


def test_of_a_long_name_only_its_beginning_is_told_back():
    assert faults({"colour": "red", "parts": [], "x" * 100_000: 1}) == [("/" + "x" * 100, "unknown")]


def test_every_error_is_a_problem(portal):
    theo, vic = sign_in(portal, "theo"), portal.visitor("athena")
    answers = {
        404: vic.get("/api/v1/nothing"), 401: vic.get("/api/v1/enrolments"), 405: theo.open("/api/v1/academy", method="DELETE", headers={"Sec-Fetch-Site": "same-origin"}),
        415: theo.post("/api/v1/courses", data="title=x"), 403: theo.open("/api/v1/courses", method="POST", headers={"Sec-Fetch-Site": "cross-site"}, json={}),
        414: vic.get("/api/v1/" + "x" * 5000), 501: vic.open("/api/v1/courses", method="BREW"),
    }  # fmt: skip
    elsewhere = [vic.get("/api/v2/courses"), vic.get("/api/v1/courses/actions/publish"), vic.get("/api/v1/courses/%00"), vic.get("/api/v1/courses/1/2/3/4")]

    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    assert {answer.status_code for answer in elsewhere} == {404}
    assert {answer.mimetype for answer in (*answers.values(), *elsewhere)} == {"application/problem+json"}
    assert all({"type", "title", "status", "code", "detail", "errors"} <= answer.json.keys() for answer in (*answers.values(), *elsewhere))
    assert answers[405].headers["Allow"] == "GET, HEAD"


def test_a_fault_of_ours_is_a_problem_too_and_says_nothing_of_it(portal):
    with portal.everywhere() as session:
        session.execute(text("ALTER TABLE courses_section RENAME TO courses_elsewhere"))
    answer = portal.visitor("athena").get("/api/v1/sections")

    assert (answer.status_code, answer.json["code"]) == (500, "broken")
    assert answer.json["request_id"]
    assert "courses_section" not in answer.text


class Colour(StrEnum):
    """Two."""

    RED = "red"
    BLUE = "blue"


class Part(Body):
    """A part."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    size: int = 1


class Whole(Body):
    """Of parts."""

    colour: Colour
    parts: list[Part]
    more: dict[str, int] = {}
    note: str | None = None
    few: Annotated[list[int], msgspec.Meta(max_length=2)] | msgspec.UnsetType = msgspec.UNSET


def faults(value):
    with pytest.raises(Unfit) as raised:
        decode(json.dumps(value).encode(), Whole)
    return [(fault.pointer, fault.code) for fault in raised.value.faults]


def test_all_that_is_wrong_is_named_with_its_place():
    wrong = {"colour": "green", "parts": [{"name": ""}, {"name": "a", "size": "b", "x": 1}, 3], "more": {"a/b~c": "x"}, "note": 3, "few": [1, 2, 3], "what": 1}
    assert sorted(faults(wrong)) == [
        ("/colour", "invalid"), ("/few", "invalid"), ("/more/a~1b~0c", "invalid"), ("/note", "invalid"), ("/parts/0/name", "invalid"), ("/parts/1/size", "invalid"),
        ("/parts/1/x", "unknown"), ("/parts/2", "invalid"), ("/what", "unknown"),
    ]  # fmt: skip
    assert faults({}) == [("/colour", "missing"), ("/parts", "missing")]
    assert faults({"colour": "red", "parts": [], "few": ["a", 2, 3]}) == [("/few/0", "invalid")]
    assert len(faults({"colour": "red", "parts": [3] * 1000})) == 50


def test_what_fits_is_read():
    made = decode(b'{"colour": "red", "parts": [{"name": "a"}], "note": null}', Whole)
    assert (made.colour, made.parts[0].size, made.note, made.few) == (Colour.RED, 1, None, msgspec.UNSET)
    assert made.given() == {"colour": Colour.RED, "parts": made.parts, "more": {}, "note": None}
    with pytest.raises(Problem):
        decode(b"[" * 2_000_000, Whole)
