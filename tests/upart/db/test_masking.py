# SPDX-License-Identifier: MIT
"""Every door of a session, while Lena is restricted: rows stay, what they say about her is hidden from everybody else."""

from __future__ import annotations

import pytest
from restricting import page, restrict_at
from sqlalchemy import bindparam, case, column, delete, exists, func, insert, lambda_stmt, literal, literal_column, select, table, text, union_all, update
from sqlalchemy.orm import Bundle, aliased, load_only, undefer, with_loader_criteria
from sqlalchemy.orm.exc import StaleDataError

from upart import clock
from upart.academies.models import AcademySetting as Setting
from upart.accounts.models import Person
from upart.db import prepared, session
from upart.errors import Problem, WallError

NAMES = prepared(select(Person.name).order_by(Person.id))
BY_NAME = prepared(select(Person.id).where(Person.name == bindparam("name")))
NUMBERS = prepared(select(func.count(Person.id), func.sum(case((Person.zone == "UTC", 1), else_=0))), counts=True)


@pytest.fixture
def school(installation):
    """Ada, Lena and Theo at athena; Lena is restricted."""
    with installation.writing("athena") as opened:
        opened.add_all(Person(name=name, email=f"{name.lower()}@example.org") for name in ("Ada", "Lena", "Theo"))
    restrict_at(installation, "Lena")
    return installation


def _found(statement):
    return sorted(str(value) for value in session.scalars(statement))


def _other():
    return aliased(Person, name="other")


def _whole(inner):
    return _found(select(inner.c.name))


NAMED = {
    "column": lambda: _found(select(Person.name)),
    "where": lambda: [p.id for p in session.scalars(select(Person).where(Person.name == "Lena"))],
    "where not": lambda: [p.name for p in session.scalars(select(Person).where(Person.name != "Ada"))],
    "order by": lambda: [p.name for p in session.scalars(select(Person).order_by(Person.email))],
    "order by text": lambda: [p.name for p in session.scalars(select(Person).order_by(text("person.email")))],
    "order by a word": lambda: [p.name for p in session.scalars(select(Person).order_by("email"))],
    "group by": lambda: list(session.scalars(select(func.count()).select_from(Person).group_by(Person.name))),
    "having": lambda: list(session.scalars(select(func.count(Person.id)).having(func.max(Person.name) > "A"))),
    "function": lambda: _found(select(func.lower(Person.name))),
    "alias": lambda: _found(select(_other().name)),
    "alias in where": lambda: [p.name for other in [_other()] for p in session.scalars(select(other).where(other.name != ""))],
    "subquery": lambda: _whole(select(Person).subquery()),
    "subquery of a table": lambda: _whole(select(Person.__table__).where(Person.__table__.c.academy_id == session().info["door"].academy_id).subquery()),
    "cte": lambda: _whole(select(Person).cte()),
    "union": lambda: [row.name for row in session.execute(union_all(select(Person), select(Person).where(literal(False))))],
    "from a union": lambda: [p.name for p in session.scalars(select(Person).from_statement(union_all(select(Person), select(Person).where(literal(False)))))],
    "in": lambda: [p.name for p in session.scalars(select(Person).where(Person.id.in_(select(_other().id).where(literal("Lena") == "Lena", Person.name != ""))))],
    "scalar subquery": lambda: [name for o in [_other()] for name in _found(select(select(o.name).where(o.id == Person.id).correlate(Person).scalar_subquery()).select_from(Person)) if name != "None"],
    "exists": lambda: [other.name for one in [_other()] for other in session.scalars(select(Person).where(exists().where(one.id == Person.id, one.name != "")))],
    "exists alone": lambda: ["Lena"] * session.scalar(select(exists().where(Person.name == "Lena"))),
    "join condition": lambda: [p.name for o in [_other()] for p in session.scalars(select(Person).join(o, (o.academy_id == Person.academy_id) & (o.name == Person.name)))],
    "returning": lambda: list(session.scalars(update(Person).values(zone="UTC").returning(Person.name))),
    "legacy query": lambda: [name for (name,) in session.query(Person.name)],
    "prepared": lambda: [row.name for row in NAMES()],
    "prepared where": lambda: list(BY_NAME(name="Lena")),
    "core": lambda: [row.name for row in session.connection().execute(_core())],
    "core through the session": lambda: [row.name for row in session.execute(_core())],
    "core alias": lambda: [row.name for other in [Person.__table__.alias()] for row in session.connection().execute(select(other).where(other.c.academy_id == _here()))],
    "mapped class through the connection": lambda: [row.name for row in session.connection().execute(select(Person).where(Person.academy_id == _here()))],
    "bundle of columns": lambda: [row[1] for row in session.execute(select(Person.id, Person.name))],
    "bundle": lambda: [row[0][0] for row in session.execute(select(Bundle("b", Person.name)))],
    "column without a table": lambda: _found(select(column("name")).select_from(Person)),
    "literal column": lambda: _found(select(literal_column("person.name")).select_from(Person)),
    "text in where": lambda: [p.name for p in session.scalars(select(Person).where(text("person.name <> ''")))],
    "json inside": lambda: _found(select(Person.roles[0].as_string())),
    "window": lambda: _found(select(Person.id, func.row_number().over(order_by=Person.email))),
    "lambda": lambda: list(session.scalars(lambda_stmt(lambda: select(Person.name)))),
    "distinct": lambda: _found(select(Person.language).distinct().add_columns(Person.id)),
    "core returning": lambda: [row.name for row in session.connection().execute(_core_update().returning(Person.__table__))],
    "outer join with a subquery": lambda: [p.name for sub in [select(Person).subquery()] for p in session.scalars(select(Person).outerjoin(sub, sub.c.id == Person.id).where(sub.c.name != ""))],
    "option with a condition": lambda: [p.name for p in session.scalars(select(Person).options(with_loader_criteria(Person, Person.name != "")))],
    "with an entity": lambda: [row[1] for row in session.execute(select(Person, Person.name))],
}  # fmt: skip


def _here():
    return session().info["door"].academy_id


def _core_update():
    table = Person.__table__
    return update(table).where(table.c.academy_id == _here()).values(account_id=None)


def _core():
    table = Person.__table__
    return select(table).where(table.c.academy_id == _here())


@pytest.mark.parametrize("door", NAMED)
def test_a_statement_that_names_a_column_of_lena_does_not_see_her(school, door):
    with page(school, "Ada", write=True):
        seen = NAMED[door]()
    with page(school, "Lena", write=True):
        own = NAMED[door]()

    assert not {"Lena", "lena", "Somebody", "lena@example.org"} & set(map(str, seen))
    assert len(own) > len(seen) or sum(own) > sum(seen)


LOADED = {
    "entity": lambda id: session.scalars(select(Person).where(Person.id == id)).one(),
    "get": lambda id: session.get(Person, {"academy_id": _here(), "id": id}),
    "alias": lambda id: [p for other in [_other()] for p in session.scalars(select(other).where(other.id == id))][0],
    "subquery": lambda id: [p for o in [aliased(Person, select(Person).subquery())] for p in session.scalars(select(o).where(o.id == id))][0],
    "refresh": lambda id: _refreshed(_one(id)),
    "expire and load": lambda id: _expired(_one(id)),
    "populate existing": lambda id: session.scalars(select(Person).where(Person.id == id).execution_options(populate_existing=True)).one(),
    "some columns, then the others": lambda id: session.scalars(select(Person).options(load_only(Person.zone)).where(Person.id == id)).one(),
    "without its columns": lambda id: session.scalars(select(Person).options(load_only(Person.id), undefer(Person.zone)).where(Person.id == id)).one(),
    "legacy query": lambda id: session.query(Person).filter(Person.id == id).one(),
    "returning": lambda id: session.scalars(update(Person).where(Person.id == id).values(account_id=None).returning(Person)).one(),
}  # fmt: skip


def _one(id):
    return session.scalars(select(Person).where(Person.id == id)).one()


def _refreshed(row):
    session.refresh(row)
    return row


def _expired(row):
    session.expire(row)
    return row


def _id(made, name="Lena"):
    with made.reading("athena") as opened:
        return opened.scalars(select(Person.id).where(Person.name == name)).one()


@pytest.mark.parametrize("door", LOADED)
def test_a_row_about_lena_comes_with_masks(school, door):
    lena = _id(school)
    with page(school, "Ada", write=True):
        row = LOADED[door](lena)
        assert (row.id, row.name, row.email, row.roles, row.zone) == (lena, "Somebody", None, [], "UTC")
        assert str(row.created_at) == f"{row.created_at:%Y}" == "…"
    for other in ("Lena", ""):
        with page(school, other) if other else school.reading("athena"):
            assert (_one(lena).name, _one(lena).email) == ("Lena", "lena@example.org")


def test_ada_and_theo_are_as_ever(school):
    with page(school):
        assert _found(select(Person.name)) == ["Ada", "Theo"]
        assert sorted(p.name for p in session.scalars(select(Person))) == ["Ada", "Somebody", "Theo"]
        assert session.scalar(select(func.count()).select_from(Person)) == 3
        assert NUMBERS.first() == (3, 3)


def test_what_is_hidden_cannot_be_written(school):
    lena = _id(school)
    for change in (
        lambda: setattr(_one(lena), "name", "Lea"),
        lambda: setattr(_one(lena), "zone", "Europe/Vienna"),
        lambda: session.execute(update(Person), [{"academy_id": _here(), "id": lena, "name": "Lea"}]),
    ):
        with pytest.raises(Problem, match="The data of this person are restricted"), page(school, "Ada", write=True):
            change()
            session.flush()
    with pytest.raises(StaleDataError), page(school, "Ada", write=True):
        session.bulk_update_mappings(Person, [{"academy_id": _here(), "id": lena, "name": "Lea"}])


def test_a_bulk_change_leaves_what_is_hidden_as_it_was(school):
    lena = _id(school)
    with page(school, "Ada", write=True):
        session.execute(update(Person).values(language="fr"))
        session.execute(delete(Person).where(Person.email == "lena@example.org"))
        session.connection().execute(update(Person.__table__).where(Person.__table__.c.academy_id == _here()).values(zone="Asia/Tokyo"))
    with school.reading("athena"):
        assert (_one(lena).name, _one(lena).language, _one(lena).zone) == ("Lena", "en", "UTC")
        assert _one(_id(school, "Theo")).language == "fr"


DELETED = {
    "object": lambda id: session.delete(_one(id)),
    "by id": lambda id: session.execute(delete(Person).where(Person.id == id)),
    "among others": lambda id: session.execute(delete(Person)),
    "with a parameter": lambda id: session.execute(delete(Person).where(Person.id == bindparam("one")), {"one": id}),
    "core": lambda id: session.connection().execute(delete(Person.__table__).where(Person.__table__.c.academy_id == _here())),
    "by another table": lambda id: session.execute(delete(Person).where(Person.id.in_(select(_other().id)))),
}  # fmt: skip


@pytest.mark.parametrize("door", DELETED)
def test_nobody_else_deletes_what_is_only_to_be_kept(school, door):
    lena = _id(school)
    with pytest.raises(Problem, match="The data of this person are restricted"), page(school, "Ada", write=True):
        DELETED[door](lena)
        session.flush()
    with school.reading("athena"):
        assert _found(select(Person.name)) == ["Ada", "Lena", "Theo"]


def test_whoever_is_not_restricted_can_be_deleted(school):
    theo = _id(school, "Theo")
    with page(school, "Ada", write=True):
        session.execute(delete(Person).where(Person.id == theo))
    with school.reading("athena"):
        assert _found(select(Person.name)) == ["Ada", "Lena"]


@pytest.mark.parametrize("through", ["session", "connection"])
def test_an_upsert_leaves_what_is_hidden_as_it_was(school, through):
    from sqlalchemy.dialects import postgresql, sqlite

    lena, theo = _id(school), _id(school, "Theo")
    with page(school, "Ada", write=True):
        kind = postgresql if session.connection().dialect.name == "postgresql" else sqlite
        rows = [{"academy_id": _here(), "id": id, "name": "Somebody else", "roles": [], "zone": "UTC", "language": "en"} for id in (lena, theo)]
        new = kind.insert(Person.__table__ if through == "connection" else Person).values([row | {"created_at": clock.now()} for row in rows])
        upsert = new.on_conflict_do_update(index_elements=["academy_id", "id"], set_={"name": new.excluded.name})
        (session.connection() if through == "connection" else session).execute(upsert)
    with school.reading("athena"):
        assert _found(select(Person.name)) == ["Ada", "Lena", "Somebody else"]


def test_she_writes_what_is_hers(school):
    with page(school, "Lena", write=True):
        _one(_id(school)).zone = "Europe/Vienna"
    with school.reading("athena"):
        assert _one(_id(school)).zone == "Europe/Vienna"


def test_the_officer_at_work_sees_and_the_masks_come_back(school):
    from upart.db import is_masked, unmasked

    lena = _id(school)
    with page(school, "Ada", write=True):
        row = _one(lena)
        with unmasked("Ada works on Lena's request", lena):
            assert (row.name, session.scalar(select(Person.email).where(Person.name == "Lena"))) == ("Lena", "lena@example.org")
            row.zone = "Europe/Vienna"
        assert (row.name, row.zone, is_masked(row)) == ("Somebody", "UTC", True)
    with school.reading("athena"):
        assert _one(lena).zone == "Europe/Vienna"


def test_what_counts_for_the_system_puts_out_numbers_only(school):
    inside = [select(what).where(Person.name != "").correlate(None).scalar_subquery() for what in (Person.name, func.count(Person.id))]
    named = (Person.name, func.max(Person.name), Person, inside[0], func.coalesce(Person.name, ""), func.coalesce(inside[0], ""))
    for statement in (select(what) for what in named):
        with pytest.raises(WallError, match="more than ids, counts and sums"), page(school):
            prepared(statement, counts=True)()
    with page(school):
        assert {row[1] for row in prepared(select(Person.id, inside[1]), counts=True)()} == {len(session.scalars(select(Person.id)).all())}


REFUSED = {
    "lambda on a connection": lambda: session.connection().execute(lambda_stmt(lambda: select(Person.__table__.c.name))),
    "table by name": lambda: session.connection().execute(
        select(other.c.name).where(other.c.academy_id == _here())) if (other := table("person", column("name"), column("academy_id"))) is not None else None,
    "copied into another row": lambda: session.execute(
        insert(Setting).from_select(["academy_id", "id", "key", "value"], select(Person.academy_id, Person.id, literal("k"), Person.name))),
    "full join": lambda: session.scalars(select(Person.name).join(other := _other(), other.id == Person.id, full=True)),
    "full join of tables": lambda: session.connection().execute(
        select(Person.__table__.c.name).select_from(Person.__table__.join(o := Person.__table__.alias(), o.c.id == Person.__table__.c.id, full=True))
        .where(Person.__table__.c.academy_id == _here(), o.c.academy_id == _here())),
}  # fmt: skip


@pytest.mark.parametrize("door", REFUSED)
def test_what_cannot_be_read_through_is_refused(school, door):
    with pytest.raises(WallError, match="by its name alone|hides what it names|FULL JOIN|of every academy"), page(school, "Ada"):
        REFUSED[door]()
