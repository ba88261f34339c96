# SPDX-License-Identifier: MIT
"""Programs of staff read the library, send files into it and take them away; what the page refuses they cannot send either."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from calling import bearer, made, sent
from people import sign_in, work
from pictures import picture, stored
from shelf import MP4, MULTIPART, REFUSED, cover, items, put
from sqlalchemy import event

from upart.db import engine

SAME = {"Sec-Fetch-Site": "same-origin"}


def at(browser, id, method="GET", **options):
    return browser.open(f"/api/v1/files/{id}", method=method, headers={**SAME, "If-Match": "*"}, **options)


def test_ada_sends_a_picture_says_what_it_shows_and_gets_every_size(portal):
    ada = sign_in(portal, "ada")
    made = sent(ada, "lake.jpg", picture())
    id, words = made.json["id"], {"alt": "A lake in the morning", "credit": "Theo"}
    changed = at(ada, id, "PATCH", json=words)

    assert (made.status_code, made.headers["Location"], made.json["title"], made.json["kind"]) == (201, f"/api/v1/files/{id}", "lake", "picture")
    assert (changed.status_code, changed.json["alt"], changed.json["credit"]) == (200, *words.values())
    assert changed.json["file"]["picture"]["alt"] == words["alt"]
    assert portal.visitor("athena").get(changed.json["file"]["url"]).headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert at(ada, id, "PATCH", json={"alt": ""}).json["errors"][0]["pointer"] == "/alt"
    assert at(ada, id, "PATCH", json={"decorative": True}).status_code == 422


def test_the_sizes_of_a_picture_come_along_and_a_file_that_is_not_for_everybody_is_signed(portal):
    ada = sign_in(portal, "ada")
    put(portal, ada)
    id = sent(ada, "talk.mp4", MP4).json["id"]
    listed = {one["kind"]: one["file"] for one in ada.get("/api/v1/files?sort=title").json["data"]}

    assert set(listed["picture"]["picture"]["renditions"]["card"]["srcset"]) == {"avif", "webp"}
    assert (listed["video"]["public"], listed["video"]["picture"], "sig=" in listed["video"]["url"]) == (False, None, True)
    assert ada.get("/api/v1/files?filter[kind]=video&fields=id").json["data"] == [{"id": id}]
    assert portal.visitor("athena").get(listed["video"]["url"].partition("?")[0]).status_code == 404
    assert portal.visitor("athena").get(listed["video"]["url"]).headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_page_of_the_library_costs_the_same_however_many_lie_on_it(portal):
    ada, asked, numbers = sign_in(portal, "ada"), [], []
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        assert sent(ada, name, picture()).status_code == 201
    work(portal)
    with portal.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda *about: asked.append(about[2]))
    for limit in (3, 1, 3):
        asked.clear()
        assert len(ada.get(f"/api/v1/files?limit={limit}").json["data"]) == limit
        numbers.append(len([one for one in asked if one.startswith("SELECT")]))
    assert numbers[1] == numbers[2]


def test_what_the_library_refuses_a_program_cannot_send(portal):
    ada, before = sign_in(portal, "ada"), stored(portal)
    for what, (data, name, words) in REFUSED.items():
        answer = sent(ada, name, data)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), what
        assert words in answer.json["detail"], what
    assert (items(portal), stored(portal)) == ([], before)


def many() -> bytes:
    """An archive of a few kilobytes that is a hundred megabytes when it is opened; nobody opens it."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(100_000_000))
    return into.getvalue()


BODIES = {
    "json": ({"json": {"file": "a"}}, 415), "raw": ({"data": b"abc", "content_type": "image/png"}, 415), "no form": ({}, 422),
    "an empty form": ({"data": {}, "content_type": MULTIPART}, 422), "a text": ({"data": {"file": "text"}, "content_type": MULTIPART}, 422),
    "two files": ({"data": {"file": [(io.BytesIO(b"a"), "a.txt"), (io.BytesIO(b"b"), "b.txt")]}, "content_type": MULTIPART}, 422),
    "another field": ({"data": {"file": (io.BytesIO(b"a"), "a.txt"), "public": "y"}, "content_type": MULTIPART}, 422),
    "half a form": ({"data": b"--z\r\nContent-Disposition: form-data; name=file", "content_type": f"{MULTIPART}; boundary=z"}, 400),
    "a parameter": ({"data": {"file": (io.BytesIO(b"a"), "a.txt")}, "query_string": "public=1"}, 400),
    "a gigabyte": ({"data": b"--z", "content_type": f"{MULTIPART}; boundary=z", "environ_overrides": {"CONTENT_LENGTH": str(10**9)}}, 413),
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
def test_what_is_no_form_with_one_file_is_refused(portal, kind):
    ada, (options, status) = sign_in(portal, "ada"), BODIES[kind]
    answer = ada.post("/api/v1/files", headers=SAME, **options)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert items(portal) == []


def test_an_archive_is_kept_as_it_is_and_a_name_leads_nowhere(portal):
    ada, data = sign_in(portal, "ada"), many()
    answer = sent(ada, "../../etc/passwd.zip", data)

    assert (answer.status_code, answer.json["file"]["size"], answer.json["file"]["name"]) == (201, len(data), "passwd.zip")
    assert answer.json["file"]["public"] is False


@pytest.mark.parametrize("name", ["vic", "lena", "odin"])
def test_nobody_else_reads_or_sends(portal, name):
    ada = sign_in(portal, "ada")
    id = sent(ada, "a.jpg", picture()).json["id"]
    other, status = (portal.visitor("athena"), 401) if name == "vic" else (sign_in(portal, name), 404)
    if name == "odin":
        assert other.get("/api/v1/files").json["data"] == []
    else:
        assert other.get("/api/v1/files").status_code == sent(other, "a.jpg", picture()).status_code == status
    assert at(other, id).status_code == at(other, id, "DELETE").status_code == at(other, id, "PATCH", json={"title": "x"}).status_code == status
    assert len(items(portal)) == 1


def test_theo_changes_what_is_his_and_a_token_only_what_was_ticked(portal):
    ada, theo = sign_in(portal, "ada"), sign_in(portal, "theo")
    hers, his = sent(ada, "a.jpg", picture()).json["id"], sent(theo, "b.jpg", picture()).json["id"]
    assert at(theo, hers).status_code == at(theo, his).status_code == 200
    assert (at(theo, hers, "DELETE").status_code, at(theo, his, "DELETE").status_code, at(theo, his).status_code) == (404, 204, 404)

    reading, program = made(portal, "theo", "core:files:read", theo), portal.visitor("athena")
    refused = program.post("/api/v1/files", data={"file": (io.BytesIO(picture()), "c.jpg")}, headers=bearer(reading))
    assert program.get("/api/v1/files", headers=bearer(reading)).status_code == 200
    assert (refused.status_code, refused.json["code"]) == (403, "scope")


def test_what_is_used_is_not_taken_away(portal):
    ada = sign_in(portal, "ada")
    id = sent(ada, "a.jpg", picture()).json["id"]
    at(ada, id, "PATCH", json={"alt": "Bread"})
    course, _title = cover(portal, ada, id)
    refused = at(ada, id, "DELETE")
    shown = portal.visitor("athena").get(f"/api/v1/courses/{course}").json["picture"]

    assert (refused.status_code, refused.json["code"]) == (409, "used")
    assert (shown["id"], shown["alt"]) == (id, "Bread")


def test_the_same_key_sends_one_file(portal):
    theo, program = made(portal, "theo", "core:files:write"), portal.visitor("athena")
    key, data = bearer(theo, **{"Idempotency-Key": "once"}), picture()
    body, kind = form(data)
    answers = [program.post("/api/v1/files", data=body, content_type=kind, headers=key) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({json.loads(answer.data)["id"] for answer in answers}) == len(items(portal)) == 1


def form(data: bytes) -> tuple[bytes, str]:
    head = b'--z\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return head + data + b"\r\n--z--\r\n", f"{MULTIPART}; boundary=z"
