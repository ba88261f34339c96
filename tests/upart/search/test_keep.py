# SPDX-License-Identifier: MIT
"""The index is made by the upgrade, lost and made again, taken along by a backup, and gone with the data of its plugin."""

from __future__ import annotations

import sqlalchemy as sa
from classroom import BREAD
from conftest import bundled
from erasing import QUIZBANK, answer_of
from keeping import back_up, restore
from people import sign_in
from searching import found
from upart_courses.models import Course

from upart.app import create_app
from upart.cli import migrating
from upart.hooks.health import Verdict
from upart.search.fitting import take_down
from upart.search.health import searched
from upart.testing import Installation


def doctor(made: Installation) -> tuple[Verdict, str]:
    """What the doctor says of the search."""
    with made.app.app_context():
        (one,) = searched()
    return one.verdict, one.text


def lose(made: Installation, *statements: str) -> None:
    """Damage the index as the owner of the database can."""
    with migrating.owner_engine(made.state) as engine, engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_an_index_that_was_lost_is_named_and_made_again(school):
    on_sqlite = school.state.config.database_url.startswith("sqlite")
    lose(school, "DROP TRIGGER search_courses_course_delete" if on_sqlite else "DROP TRIGGER search_courses_course ON courses_course")

    assert doctor(school) == (Verdict.CRITICAL, "Nobody finds what is in courses_course: it is not indexed, or not as it is declared.")
    with migrating.owner_engine(school.state) as engine:
        assert migrating.index(engine, school.state) == ["courses_course"]
    assert doctor(school) == (Verdict.GOOD, "3 tables are indexed.")
    assert found(school.visitor("athena"), "sourdough")
    assert school.breaches() == []


def test_without_its_index_a_page_finds_nothing_and_says_no_fault(school):
    with migrating.owner_engine(school.state) as engine, engine.begin() as connection:
        take_down(connection)

    assert found(school.visitor("athena"), "sourdough") == []
    with migrating.owner_engine(school.state) as engine:
        assert len(migrating.index(engine, school.state, anew=True)) == 3
    assert found(school.visitor("athena"), "sourdough")


def test_a_restored_backup_finds_what_it_holds_and_goes_on(school, tmp_path):
    back_up(school, tmp_path / "backup")
    with school.writing("athena") as session:
        session.execute(sa.update(Course).values(title="Quokka"))

    restore(school, tmp_path / "backup")

    vic = school.visitor("athena")
    assert (found(vic, "quokka"), found(vic, '"your first sourdough"', **{"in": "courses_course"})) == ([], [f"/courses/{BREAD}"])
    with school.writing("athena") as session:
        session.execute(sa.update(Course).where(Course.slug == BREAD).values(title="Wombat"))
    assert found(vic, "wombat") == [f"/courses/{BREAD}"]
    assert school.breaches() == []


def test_a_plugin_that_is_not_there_any_more_leaves_no_index(school):
    answer_of(school, "Lena", words="Quokkas rise")
    school.close()
    without = Installation(create_app(settings=school.state.config, plugins=bundled()))
    migrating.upgrade(without.app)
    with without.everywhere() as session:
        assert "quizbank_answer" not in session.connection().exec_driver_sql("SELECT kind FROM search_entry").scalars().all()
        session.connection().exec_driver_sql("UPDATE quizbank_answer SET text = 'Wombats rise'")

    migrating.purge(without.app, "quizbank", lambda tables: True)
    assert without.breaches() == []
    without.close()


def test_a_plugin_that_comes_back_is_searched_again(school):
    answer_of(school, "Lena", words="Quokkas rise")
    school.close()
    without = Installation(create_app(settings=school.state.config, plugins=bundled()))
    migrating.upgrade(without.app)
    without.close()

    back = Installation(create_app(settings=school.state.config, plugins=[*bundled(), QUIZBANK]))
    migrating.upgrade(back.app)
    assert len(found(sign_in(back, "theo"), "quokkas")) == 1
    back.close()
