# SPDX-License-Identifier: MIT
"""What a forger sends instead of a copy is refused with words before anything is written; what is no plain row of theirs stays out."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from uuid import UUID

import pytest
from bringing import SUMS, changed, copy_of, packed, parts
from people import sign_in
from pictures import stored
from sqlalchemy import select
from upart_courses.models import Course, Enrolment

from upart.accounts.models import Person
from upart.db import uuid7
from upart.rights.actions.importing import plan_of
from upart.rights.importing import fitting
from upart.rights.importing.opened import opened_copy
from upart.rights.importing.outcome import LINK, MADE_ANEW, NO_ID, NOT_THEIRS, THERE, UNFIT

ENROLMENTS = "portable/courses/courses_enrolment.json"


@pytest.fixture
def good(portal):
    """Lena's copy, as Athena made it."""
    return copy_of(portal)


def with_part(name: str, data: bytes = b"{}", **attributes):
    """A copy with one more part, as a ZIP tool would never write it."""

    def make(copy):
        out, found = io.BytesIO(), parts(copy)
        with zipfile.ZipFile(copy) as old, zipfile.ZipFile(out, "w") as made:
            for part in found:
                made.writestr(part, found[part])
            info = zipfile.ZipInfo("placeholder")
            info.filename = info.orig_filename = name
            for key, value in attributes.items():
                setattr(info, key, value)
            made.writestr(info, data)
            made.writestr(SUMS, old.read(SUMS))
        return out.getvalue()

    return make


def twice(copy):
    with pytest.warns(UserWarning, match="Duplicate"):
        return with_part("manifest.json")(copy)


def patched(copy, *pairs):
    """The bytes of a copy with these bytes instead of those."""
    data = copy.getvalue()
    for old, new in pairs:
        assert old in data
        data = data.replace(old, new)
    return data


def claims(size):
    """The list of parts says that the manifest is so large."""

    def make(copy):
        with zipfile.ZipFile(copy) as packed:
            info = packed.getinfo("manifest.json")
            old = struct.pack("<LLL", info.CRC, info.compress_size, info.file_size)
        return patched(copy, (old, struct.pack("<LLL", info.CRC, info.compress_size, size)))

    return make


def bomb(copy):
    return packed({**parts(copy), "files/bomb": b"\0" * (600 * 1024 * 1024)}).getvalue()


def encrypted(copy):
    data = bytearray(copy.getvalue())
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def many(copy):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for n in range(20_001):
            made.writestr(f"files/{n}", b"")
    return out.getvalue()


def other(name, value):
    return lambda copy: packed({**parts(copy), name: value}).getvalue()


def newer(copy):
    return changed(copy, "manifest.json", lambda made: {**made, "schema": "upart-archive/2"}).getvalue()


BAD = (  # what it is, how it is made, what the page says
    ("nothing at all", lambda copy: b"", "no ZIP"),
    ("no ZIP", lambda copy: b"Dear academy, please take me in." * 9, "no ZIP"),
    ("a ZIP of something else", lambda copy: packed({"notes.txt": b"x"}).getvalue(), "no copy has"),
    ("cut off", lambda copy: copy.getvalue()[:-200], "no ZIP"),
    ("cut in the middle", lambda copy: copy.getvalue()[:300] + copy.getvalue()[900:], "damaged"),
    ("a path out of it", with_part("files/../../../etc/passwd"), "no copy has"),
    ("an absolute path", with_part("/etc/passwd"), "no copy has"),
    ("a path of Windows", with_part("files\\..\\x"), "no copy has"),
    ("a name with NUL", with_part("files/a\0b"), "no copy has"),
    ("a folder", with_part("files/a/"), "no copy has"),
    ("two parts of one name", twice, "one name"),
    ("two names that differ by case", with_part("Manifest.json"), "one name"),
    ("a link to elsewhere", with_part("files/link", b"/etc/passwd", external_attr=0o120777 << 16), "no copy has"),
    ("a part behind a password", encrypted, "no copy has"),
    ("another compression", with_part("files/a", compress_type=zipfile.ZIP_BZIP2), "no copy has"),
    ("a part without checksum", with_part("files/a"), "do not name its parts"),
    ("no checksums", lambda copy: packed(parts(copy), sums=False).getvalue(), "no copy of somebody"),
    ("a wrong checksum", lambda copy: with_sums(copy, lambda text: text.replace("0", "1")), "was changed"),
    ("checksums that are none", lambda copy: with_sums(copy, lambda text: "hello\n"), "do not name its parts"),
    ("a newer format", newer, "newer version"),
    ("another format", other("manifest.json", {"schema": "moodle/4"}), "in which format"),
    ("a manifest that is a list", other("manifest.json", []), "manifest"),
    ("a manifest that is no JSON", other("manifest.json", b"{"), "no JSON"),
    ("a table that is no list", other(ENROLMENTS, {"id": 1}), "no list"),
    ("JSON without a bottom", other(ENROLMENTS, b"[" * 100_000 + b"]" * 100_000), "no JSON"),
    ("JSON of other bytes", other(ENROLMENTS, b"\xff\xfe[]"), "no JSON"),
    ("a gigabyte, it says", claims(1 << 30), "larger than 512 MB"),
    ("more than it says", claims(10), "damaged"),
    ("less than it says", claims(1 << 20), "cut short"),
    ("a bomb", bomb, "larger than 512 MB"),
    ("too many parts", many, "too many parts"),
    ("a second list of parts", lambda copy: patched(copy, (b"PK\x05\x06", b"PK\x06\x07" + b"\0" * 16 + b"PK\x05\x06")), "too many parts"),
)  # fmt: skip


def with_sums(copy, change):
    out = io.BytesIO()
    with zipfile.ZipFile(copy) as old, zipfile.ZipFile(out, "w") as made:
        for name in old.namelist():
            made.writestr(name, old.read(name) if name != SUMS else change(old.read(name).decode()).encode())
    return out.getvalue()


@pytest.mark.parametrize(("make", "words"), [(make, words) for _what, make, words in BAD], ids=[what for what, *_ in BAD])
def test_it_is_refused_with_words_and_leaves_nothing(portal, good, make, words):
    theo = sign_in(portal, "theo")
    sent, before = make(good), portal.contents("user_session", "event", "attempt")
    answer = theo.post("/privacy/mine/import", data={"copy": (io.BytesIO(sent), "copy.zip")}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert words in answer.text
    assert portal.contents("user_session", "event", "attempt") == before
    assert stored(portal) == []


def outcomes(portal, copy, name="Theo") -> dict:
    """What would become of a copy, by table, for somebody of Athena."""
    with portal.reading("athena") as session:
        person = session.scalars(select(Person).where(Person.name == name)).one()
    with portal.app.app_context(), opened_copy(copy) as opened, portal.reading("athena"):
        plan = plan_of(opened, person.id, person)
    return {one.table: one for one in plan.tables}, dict(plan.rows)


def forged(copy, change, part=ENROLMENTS):
    """The copy with something else in its first row."""

    def make(rows):
        rows[0] |= change
        return rows

    return changed(copy, part, make)


WRONG = (  # a column of an enrolment, what stands there, why the row stays out
    ("enrolled_at", "yesterday", UNFIT), ("enrolled_at", "2026-01-01T10:00:00", UNFIT), ("enrolled_at", "9999-01-01T10:00:00Z", UNFIT), ("enrolled_at", 7, UNFIT),
    ("enrolled_at", {"a": 1}, UNFIT), ("last_activity_at", "2100-01-01T00:00:00Z", UNFIT), ("completed_at", True, UNFIT), ("completed_at", "\0", UNFIT),
    ("id", "no-id", NO_ID), ("id", None, NO_ID), ("id", ["x"], NO_ID), ("learner_id", "somebody else", NOT_THEIRS), ("learner_id", None, NOT_THEIRS),
    ("course_id", "music-theory-from-zero", LINK), ("course_id", None, LINK), ("course_id", {}, LINK), ("course_id", 5, LINK),
)  # fmt: skip


@pytest.mark.parametrize(("column", "value", "why"), WRONG)
def test_a_value_of_another_kind_keeps_its_row_out_and_no_other(portal, good, column, value, why):
    found, rows = outcomes(portal, forged(good, {column: value}))
    assert dict(found["courses_enrolment"].left) == {why: 1}
    assert len(rows["courses_enrolment"]) == 1


def test_what_is_no_row_is_counted_and_stays_out(portal, good):
    found, _rows = outcomes(portal, changed(good, ENROLMENTS, lambda rows: [*rows, 7, None, "x", [], rows[0]]))
    assert dict(found["courses_enrolment"].left) == {NO_ID: 5}


def test_ids_of_others_lead_nowhere(portal, good):
    with portal.reading("orion") as session:
        odin, theirs = session.scalar(select(Person.id).where(Person.name == "Odin")), session.scalars(select(Course.id)).first()
    with portal.reading("athena") as session:
        lena, mine = (
            session.scalar(select(Person.id).where(Person.name == "Lena")),
            session.scalars(select(Course.id).where(Course.slug.startswith("statistics"))).one(),
        )
    for course in (theirs, mine):
        found, _ = outcomes(portal, forged(good, {"course_id": str(course)}))
        assert dict(found["courses_enrolment"].left) == {LINK: 1}
    for person in (odin, lena):
        found, _ = outcomes(portal, forged(good, {"learner_id": str(person)}))
        assert dict(found["courses_enrolment"].left) == {NOT_THEIRS: 1}
    with portal.reading("athena") as session:
        stranger = session.scalars(select(Enrolment.id).where(Enrolment.learner_id != lena)).first() or uuid7()
    events = "portable/courses/courses_lesson_event.json"
    found, rows = outcomes(portal, changed(good, events, lambda all_of: [one | {"enrolment_id": str(stranger)} for one in all_of]))
    assert dict(found["courses_lesson_event"].left) == {LINK: 19}
    hers = {one["id"] for one in json.loads(parts(good)[ENROLMENTS])}
    assert not hers & {str(value) for all_of in rows.values() for row in all_of for value in row.values()}


def test_nobody_makes_themselves_owner_author_or_somebody_else(portal, good):
    with portal.reading("athena") as session:
        course = session.scalars(select(Course)).first()
        row = {column.key: getattr(course, column.key) for column in Course.__table__.columns}
    mine = {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()} | {"id": str(uuid7()), "author_id": "you", "slug": "mine"}
    forgery = {
        **parts(good), "portable/courses/courses_course.json": json.loads(json.dumps([mine], default=str)),
        "portable/core/person.json": [{"name": "Ada", "email": "ada@example.org", "roles": ["owner"]}],
        "portable/core/user_session.json": [{"id": str(uuid7()), "person_id": "you", "kind": "session"}],
        "portable/core/mail_message.json": [{"id": str(uuid7()), "person_id": "you", "recipient": "odin@example.org"}],
        "portable/core/event.json": [{"id": str(uuid7()), "actor_id": "you", "type": "people.roles_changed"}],
        "portable/core/courses_enrolment.json": [{"id": str(uuid7()), "learner_id": "you"}],
        "portable/core/account.json": [{"id": str(uuid7()), "email": "ada@example.org"}],
    }  # fmt: skip
    found, rows = outcomes(portal, packed(forgery))
    assert {name: found[name].why for name in ("courses_course", "user_session", "mail_message", "event", "account")} == dict.fromkeys(
        ("courses_course", "user_session", "mail_message", "event", "account"), MADE_ANEW
    )
    assert set(rows) == {"courses_enrolment", "courses_lesson_event"}


def test_columns_that_are_not_here_or_of_another_kind_are_named_and_left_out(portal, good):
    schema = ENROLMENTS.replace(".json", ".schema.json")
    copy = changed(forged(good, {"price": 5, "academy_id": str(portal.academy("orion").id)}), schema, typed("completed_at", {"type": "integer"}))
    found, rows = outcomes(portal, copy)
    assert found["courses_enrolment"].columns == ["academy_id", "completed_at", "price"]
    assert {row["academy_id"] for row in rows["courses_enrolment"]} == {portal.academy("athena").id}
    assert all("completed_at" not in row for row in rows["courses_enrolment"])


def typed(name, shape):
    def change(schema):
        schema["items"]["properties"][name] = shape
        return schema

    return change


@pytest.mark.parametrize("known", [[], {"courses_course": []}, {"courses_course": {"x": 1}}, {"person": {}}, {"courses_course": {"slug": {"slug": []}}}])
def test_names_of_others_rows_that_are_none_find_nothing(portal, good, known):
    found, rows = outcomes(portal, changed(good, "portable/known.json", lambda was: known))
    assert found["courses_enrolment"].fits == 0
    assert rows == {}


def test_names_that_go_in_circles_find_nothing(portal, good):
    def circle(known):
        known["courses_lesson"] = {id: {**said, "course_id": id} for id, said in known["courses_lesson"].items()}
        known["courses_course"] = {}
        return known

    found, _rows = outcomes(portal, changed(good, "portable/known.json", circle))
    assert found["courses_enrolment"].fits == found["courses_lesson_event"].fits == 0


def test_more_lines_than_one_copy_has_are_refused(portal, good, monkeypatch):
    monkeypatch.setattr(fitting, "MOST", 10)
    answer = sign_in(portal, "theo").post("/privacy/mine/import", data={"copy": (good, "copy.zip")}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "10 are the most" in answer.text


def test_lena_herself_keeps_what_she_has(portal, good):
    found, rows = outcomes(portal, good, "Lena")
    assert dict(found["courses_enrolment"].left) == {THERE: 2}
    assert dict(found["courses_lesson_event"].left) == {LINK: 19}
    assert rows == {}
