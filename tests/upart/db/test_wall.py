# SPDX-License-Identifier: MIT
"""Every door that was measured to leak between academies: each is scoped or refused, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, exists, func, insert, literal, select, text, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload, selectinload

from upart.accounts.models import Person
from upart.db import aside, engine, prepared, session, uuid7
from upart.errors import WallError

PEOPLE = prepared(select(Person.name).order_by(Person.name))
BESIDE = prepared(select(Person.name).where(Person.id.in_(select(aliased(Person, name="other").id))))
NOBODY = aliased(Person, name="nobody")
ALONE = prepared(select(Person.name, NOBODY.name).outerjoin(NOBODY, (NOBODY.academy_id == Person.academy_id) & (NOBODY.name == "Nobody")))
UNTIED = prepared(select(Person.name, NOBODY.name).outerjoin(NOBODY, NOBODY.name == "Odin"))


@pytest.fixture
def both(installation):
    """Ada and Theo at athena, Odin at orion."""
    for slug, names in (("athena", ("Ada", "Theo")), ("orion", ("Odin",))):
        with installation.writing(slug) as session:
            session.add_all(Person(name=name, email=f"{name.lower()}@example.org") for name in names)
    return installation


@pytest.fixture
def odin(both):
    with both.reading("orion") as session:
        return session.scalars(select(Person)).one().id


def _cte():
    inner = select(Person.name).cte("people")
    return select(inner.c.name)


def _alias():
    other = aliased(Person)
    return select(other.name)


def _join():
    other = aliased(Person)
    return select(Person.name).join(other, (other.academy_id == Person.academy_id) & (other.id == Person.id))


SCOPED = {
    "entity": lambda: [p.name for p in session.scalars(select(Person))],
    "column": lambda: list(session.scalars(select(Person.name))),
    "join": lambda: list(session.scalars(_join())),
    "alias": lambda: list(session.scalars(_alias())),
    "cte": lambda: list(session.scalars(_cte())),
    "union": lambda: [row[0] for row in session.execute(union_all(select(Person.name), select(Person.name).where(literal(False))))],
    "legacy query": lambda: [p.name for p in session.query(Person).all()],
    "prepared": lambda: [row.name for row in PEOPLE()],
    "prepared with a subquery": lambda: [row.name for row in BESIDE()],
    "prepared with an outer join": lambda: [row[0] for row in ALONE()],
}


@pytest.mark.parametrize("door", SCOPED)
def test_a_statement_sees_only_its_own_academy(both, door):
    with both.reading("athena"):
        assert sorted(SCOPED[door]()) == ["Ada", "Theo"]
    with both.reading("orion"):
        assert SCOPED[door]() == ["Odin"]


def test_counting_and_getting_stay_inside(both, odin):
    with both.reading("athena") as session:
        mine = both.academy("athena").id
        assert session.scalar(select(func.count()).select_from(Person)) == 2
        assert session.get(Person, {"academy_id": mine, "id": odin}) is None
        assert session.scalar(select(exists().where(Person.name == "Odin"))) is False
        assert session.scalar(select(exists().where(Person.name == "Ada"))) is True


REFUSED = {
    "core select": lambda odin, other: session.connection().execute(select(Person.__table__)),
    "core select of the other": lambda odin, other: session.connection().execute(select(Person.__table__).where(Person.__table__.c.academy_id == other)),
    "get with its key": lambda odin, other: session.get(Person, {"academy_id": other, "id": odin}).name,
    "or": lambda odin, other: session.connection().execute(
        select(Person.__table__.c.name).where((Person.__table__.c.academy_id == session().info["door"].academy_id) | (Person.__table__.c.name == "Odin"))
    ),
    "text": lambda odin, other: session.execute(text("SELECT name FROM person")),
    "text with a predicate": lambda odin, other: session.execute(text("SELECT name FROM person WHERE person.academy_id = :a"), {"a": other.hex}),
    "from_statement": lambda odin, other: session.scalars(select(Person).from_statement(text("SELECT * FROM person"))).all(),
    "driver": lambda odin, other: session.connection().exec_driver_sql("SELECT name FROM person"),
    "update by key": lambda odin, other: session.execute(update(Person), [{"academy_id": other, "id": odin, "name": "x"}]),
    "core update": lambda odin, other: session.connection().execute(update(Person.__table__).values(name="x")),
    "core delete": lambda odin, other: session.connection().execute(delete(Person.__table__)),
    "moving a row": lambda odin, other: session.execute(update(Person).values(academy_id=other)),
    "core insert": lambda odin, other: session.connection().execute(insert(Person.__table__).values(academy_id=other, **new())),
    "bulk insert": lambda odin, other: session.execute(insert(Person), [{"academy_id": other, **new()}, {"academy_id": other, **new()}]),
    "bulk insert of mappings": lambda odin, other: session.bulk_insert_mappings(Person, [{"academy_id": other, **new()}]),
    "insert from select": lambda odin, other: session.execute(
        insert(Person).from_select(["academy_id", "id", "name"], select(literal(other), Person.id, Person.name))
    ),
    "insert": lambda odin, other: (session.add(Person(academy_id=other, name="x")), session.flush()),
    "a connection of its own": lambda odin, other: engine().connect().execute(select(Person.__table__)),
    "prepared with an outer join that is not tied": lambda odin, other: UNTIED(),
    "prepared without its filter": lambda odin, other: session.connection().execute(select(Person.__table__).execution_options(upart_prepared=True)),
}


def new() -> dict[str, object]:
    from upart import clock

    return {"id": uuid7(), "name": "x", "email": None, "zone": "UTC", "language": "en", "created_at": clock.now()}


@pytest.mark.parametrize("door", REFUSED)
def test_what_goes_around_the_filter_is_refused(both, odin, door):
    other = both.academy("orion").id
    with pytest.raises((WallError, AttributeError)), both.writing("athena"):  # AttributeError: get() found nobody
        REFUSED[door](odin, other)

    with both.reading("orion") as session:
        assert [(p.name, p.academy_id) for p in session.scalars(select(Person))] == [("Odin", other)]


def test_update_and_delete_without_where_change_only_their_own(both):
    with both.writing("athena") as session:
        session.execute(update(Person).values(zone="Europe/Vienna"))
        session.execute(delete(Person).where(Person.name == "Ada"))
        session.execute(delete(Person).where(Person.name == "Odin"))
    with both.everywhere() as session:
        assert sorted(map(tuple, session.execute(select(Person.name, Person.zone)))) == [("Odin", "UTC"), ("Theo", "Europe/Vienna")]


def test_loading_over_relationships_and_refreshing_stay_inside(portal):
    from upart_courses.models import Course, Section

    with portal.reading("athena") as session:
        for option in (selectinload(Course.sections), joinedload(Course.sections)):
            course = session.scalars(select(Course).options(option).execution_options(populate_existing=True)).unique().first()
            assert {section.academy_id for section in course.sections} == {course.academy_id}
        section = session.scalars(select(Section)).first()
        assert section.course.id == section.course_id
        session.refresh(section)
        assert section.academy_id == portal.academy("athena").id


def test_a_link_into_another_academy_is_refused_by_the_database_itself(portal):
    from upart_courses.models import Section

    with portal.reading("orion") as session:
        from upart_courses.models import Course

        foreign = session.scalars(select(Course.id)).first()
    with pytest.raises(IntegrityError), portal.writing("athena") as session:
        session.add(Section(course_id=foreign, title="x", position=1))


def test_rows_of_two_academies_never_share_a_session(both):
    with both.everywhere() as all_rows:
        everyone = all_rows.scalars(select(Person)).all()
        assert len(everyone) == 3
        with both.reading("athena") as session:
            assert all(person not in session for person in everyone)


def test_a_reading_door_refuses_to_write(both):
    with pytest.raises(WallError), both.reading("athena") as session:
        session.add(Person(name="x"))
        session.flush()
    with pytest.raises(Exception, match=r"read-?only"), both.reading("athena") as session:
        session.execute(update(Person).values(name="x"))


def test_outside_of_a_door_there_is_no_session(both):
    with both.app.app_context(), pytest.raises(WallError, match="no database session"):
        session.scalars(select(Person))


def test_aside_survives_the_rollback_of_its_door(both):
    with pytest.raises(RuntimeError), both.writing("athena"):
        with aside() as own:
            own.add(Person(name="Kept"))
        session.add(Person(name="Lost"))
        raise RuntimeError
    with both.reading("athena"):
        assert sorted(session.scalars(select(Person.name))) == ["Ada", "Kept", "Theo"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_row_level_security_holds_where_nothing_else_does(both):
    with both.app.app_context(), engine().connect() as connection:
        raw = connection.connection.driver_connection
        assert raw.execute("SELECT current_user").fetchone() == ("upart_app",)
        assert raw.execute("SELECT count(*) FROM person").fetchone() == (0,)
        raw.execute("BEGIN")
        raw.execute("SELECT set_config('upart.academy', %s, true)", [str(both.academy("orion").id)])
        assert raw.execute("SELECT name FROM person").fetchall() == [("Odin",)]
