# SPDX-License-Identifier: MIT
"""What docs/frontend says is what happens: every request that stands there is sent, every answer compared, in the order of the page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from calling import BACK, ORIGIN, VERIFIER, code_for, made, registered
from hooking import happens, receiver
from people import sign_in, work
from pictures import picture
from shelf import cover, describe, put
from sqlalchemy import select
from upart_courses.models import Course

from upart.revisions.previewing import preview_token

FOLDER = Path(__file__).parents[3] / "docs" / "frontend"
PAGES = sorted(path.name for path in FOLDER.glob("*.md"))
BLOCK = re.compile(r"^```http\n(.*?)^```$", re.M | re.S)
WORD = re.compile(r"\{(\w+)\}")
NONE = "(none)"
SCOPES = {
    "lena": ["core:me:read", "core:consents:read", "core:consents:write", "core:holdings:read", "courses:courses:read", "courses:enrolments:write",
             "courses:enrolments:read"],
    "theo": ["courses:courses:read", "courses:courses:write", "core:files:read", "core:files:write"], "ada": ["core:webhooks:read", "core:webhooks:write"],
}  # fmt: skip


@dataclass
class Exchange:
    """A request and its answer, as a page has them."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int = 0
    told: dict[str, str] = field(default_factory=dict)
    answer: str = ""


def parts(block: str) -> tuple[str, dict[str, str], str]:
    head, _, body = block.partition("\n\n")
    first, *lines = head.splitlines()
    return first, dict(line.split(": ", 1) for line in lines), body.strip()


def exchanges(text: str) -> list[Exchange]:
    """All of a page. A request that no answer follows is a fault of the page."""
    blocks = BLOCK.findall(text)
    assert len(blocks) % 2 == 0, "a request and its answer come in pairs"
    found = []
    for asked, answered in zip(blocks[::2], blocks[1::2], strict=True):
        (first, headers, body), (status, told, answer) = parts(asked), parts(answered)
        method, path = first.split(" ")
        found.append(Exchange(method, path, headers, body, int(re.fullmatch(r"HTTP/1\.1 (\d{3}) [A-Z ]+", status)[1]), told, answer))
    return found


class Reader:
    """Somebody who does what a page says, and remembers what they get."""

    def __init__(self, portal, words: dict[str, str]) -> None:
        self.portal, self.words = portal, words

    def filled(self, text: str) -> str:
        return WORD.sub(lambda match: self.words[match[1]], text)

    def asks(self, one: Exchange):
        headers = {name: self.filled(value) for name, value in one.headers.items()}
        body = self.filled(one.body) if WORD.search(one.body) and not one.body.startswith('{"') else one.body
        body = re.sub(r'"\{(\w+)\}"', lambda match: json.dumps(self.words[match[1]]), body)
        if "multipart" in headers.get("Content-Type", ""):
            body = body.replace("\n", "\r\n") + "\r\n"
        return self.portal.visitor("athena").open(self.filled(one.path), method=one.method, headers=headers, data=body or None)

    def fits(self, said: str, there: str | None) -> bool:
        """Is this what the page says? `…` is anything, and what stands in braces for the first time is remembered."""
        if said == NONE or there is None:
            return (said == NONE) == (there is None)
        names = [name for name in WORD.findall(said) if name not in self.words]
        pattern = "".join(
            "(?s:.*)" if part == "…" else f"(?P<{part[1:-1]}>.+)" if part[1:-1] in names else re.escape(self.filled(part))
            for part in re.split(r"(…|\{\w+\})", said) if part
        )  # fmt: skip
        match = re.fullmatch(pattern, there)
        self.words |= {name: match[name] for name in names} if match else {}
        return match is not None

    def compares(self, said, there, where: str = "") -> None:
        """The page may leave fields out, and rows where "…" stands."""
        if isinstance(said, dict):
            assert isinstance(there, dict), where
            for name, value in said.items():
                assert name in there, f"{where}/{name}"
                self.compares(value, there[name], f"{where}/{name}")
        elif isinstance(said, list):
            rows = [one for one in said if one != "…"] if said[-1:] == ["…"] and len(said) != 1 else [] if said == ["…"] else said
            assert len(there) >= len(rows) if "…" in said else len(there) == len(rows), where
            for at, (one, other) in enumerate(zip(rows, there, strict=False)):
                self.compares(one, other, f"{where}/{at}")
        elif isinstance(said, str) and re.search(r"…|\{\w+\}", said):
            assert self.fits(said, there if isinstance(there, str) else json.dumps(there)), f"{where}: {said!r} is {there!r}"
        else:
            assert said == there, where


def in_json(text: str):
    """The body of an answer; a bare … in a list means: and more."""
    return json.loads(re.sub(r"(?<=[\[,] )…|(?<=\[)…(?=\])", '"…"', text))


def prepared(portal, page: str) -> dict[str, str]:
    """What somebody has got before they read the page: keys and tokens; on some pages a course of theirs."""
    text = (FOLDER / page).read_text(encoding="utf-8")
    words = {"origin": ORIGIN, "back": BACK, "verifier": VERIFIER}
    words |= {name: made(portal, name, scopes) for name, scopes in SCOPES.items() if f"{{{name}}}" in text}
    if "{key}" in text or "{origin}" in text:
        words["key"] = registered(portal)
    with portal.reading("athena") as session:
        words["course"] = str(session.scalars(select(Course.id).where(Course.slug == "statistics-with-your-own-numbers")).one())
    if page == "sign-in.md":
        words["code"] = code_for(portal, words["key"])
    if page == "pictures.md":
        words["pictured"] = covered(portal)
    if page == "languages-and-previews.md":
        words |= begun(portal, words["theo"])
    return words


def covered(portal) -> str:
    """A course with a picture of the library."""
    ada = sign_in(portal, "ada")
    id = put(portal, ada, picture(size=(1600, 1200)))
    describe(ada, id, alt="A loaf on a board")
    return cover(portal, ada, id)[0]


def begun(portal, token: str) -> dict[str, str]:
    """A course that Theo has begun, and what opens its preview."""
    headers = {"Authorization": f"Bearer {token}"}
    id = portal.visitor("athena").post("/api/v1/courses", json={"title": "Rye bread", "field": "Baking"}, headers=headers).json["id"]
    with portal.app.test_request_context(), portal.reading("athena") as session:
        return {"draft": id, "token": preview_token(session.get(Course, {"academy_id": portal.academy("athena").id, "id": UUID(id)}), ends=timedelta(days=1))}


@pytest.mark.parametrize("page", PAGES)
def test_what_the_page_says_is_what_happens(portal, page):
    text = (FOLDER / page).read_text(encoding="utf-8")
    reader, found = Reader(portal, prepared(portal, page)), exchanges(text)
    with receiver(portal) as program:
        reader.words["receiver"] = program.url
        for one in found:
            answer = reader.asks(one)
            where = f"{page}: {one.method} {one.path}"
            assert answer.status_code == one.status, f"{where}: {answer.text}"
            for name, said in one.told.items():
                assert reader.fits(said, answer.headers.get(name)), f"{where}: {name}: {answer.headers.get(name)}"
            if one.answer:
                reader.compares(in_json(one.answer), json.loads(answer.data), where)
            if "secret" in reader.words and not program.got:
                told(portal, program, reader.words["secret"], text)
    assert found


def told(portal, program, secret: str, text: str) -> None:
    """The page's own way to check a message tells those of the academy from all others."""
    happens(portal)
    work(portal)
    (headers, body) = program.got[0]
    names: dict = {}
    exec(re.search(r"^```python\n(.*?)^```$", text, re.M | re.S)[1], names)
    checks = names["is_from_academy"]
    assert checks(secret, headers, body)
    assert not checks(secret, headers, body + b" ")
    assert not checks(secret, {**headers, "webhook-timestamp": "1"}, body)
    assert not checks("whsec_" + "A" * 43 + "=", headers, body)
    assert set(json.loads(re.search(r"^```json\n(.*?)^```$", text, re.M | re.S)[1])) == set(json.loads(body))


def test_a_page_that_says_something_else_is_noticed(portal):
    reader = Reader(portal, {"known": "a"})
    wrong = [({"a": 1}, {"a": 2}), ({"a": 1}, {}), ([1], [1, 2]), ([1, "…"], []), ("x…", "y"), ("{known}", "b"), ({"a": None}, {"a": "x"})]
    for said, there in wrong:
        with pytest.raises(AssertionError):
            reader.compares(said, there)
    assert not reader.fits(NONE, "x")
    assert not reader.fits("x", None)


def test_each_page_is_on_the_reading_path_and_each_link_leads_somewhere():
    texts = {page: (FOLDER / page).read_text(encoding="utf-8") for page in PAGES}
    for page, text in texts.items():
        for target in re.findall(r"\]\(((?!https?:)[^)#]+)\)", text):
            assert (FOLDER / target).exists(), f"{page}: {target}"
        assert page == "README.md" or f"]({page})" in texts["README.md"], page
