# SPDX-License-Identifier: MIT
"""An academy with courses of the first version goes on with the second: nothing lost, on both databases."""

from __future__ import annotations

from alembic.config import Config as AlembicConfig
from alembic.runtime.environment import EnvironmentContext
from classroom import MUSIC
from conftest import bundled
from people import sign_in
from sqlalchemy import inspect, select, text
from upart_courses.blocks import new_block
from upart_courses.models import Course, Lesson

from upart import config
from upart.academies import actions
from upart.app import create_app
from upart.cli import demo, migrating
from upart.revisions.actions import publish_draft, save_draft
from upart.revisions.finding import mark_of
from upart.testing import Installation


def go_to(state, revision: str, down: bool = False) -> None:
    """Bring the tables of courses to a version."""
    owner = next(owner for owner in migrating.owners(state) if owner.name == "courses")
    with migrating.owner_engine(state) as engine, engine.begin() as connection:
        steps = owner.script._downgrade_revs if down else owner.script._upgrade_revs
        with EnvironmentContext(AlembicConfig(), owner.script, fn=lambda current, context: steps(revision, current)) as environment:
            environment.configure(connection=connection, version_table=owner.table, render_as_batch=True, transactional_ddl=False)
            environment.run_migrations()


def test_courses_of_the_first_version_are_learned_in_the_second(tmp_path, database_url):
    app = create_app(
        settings=config.load(tmp_path, {}, database_url=database_url, password_memory=8, mail_url=("file:",), public_origin="http"), plugins=bundled()
    )
    migrating.upgrade(app)
    school = Installation(app)
    with school.everywhere() as session:
        actions.enable_plugin(session, actions.create_academy(session, "athena", "Athena").id, "courses")
    demo.fill(app, "athena")
    with school.writing("athena") as session:
        lesson = session.scalars(select(Lesson).order_by(Lesson.position, Lesson.slug)).first()
        slug, text_of = lesson.slug, {one.slug: one.blocks[0]["text"] for one in session.scalars(select(Lesson))}
        save_draft(lesson, {"blocks": [*lesson.blocks, new_block("callout", text="Draft.")]}, seen=mark_of(lesson))
    go_to(school.state, "courses0001", down=True)
    with migrating.owner_engine(school.state) as engine, engine.begin() as connection:
        assert "courses_enrolment" not in inspect(connection).get_table_names()
        assert "changed_at" not in {column["name"] for column in inspect(connection).get_columns("courses_course")}
        assert connection.execute(text("SELECT count(*) FROM courses_lesson")).scalar() == 18
        connection.execute(text(f"UPDATE courses_course SET state = 'draft' WHERE slug <> '{MUSIC}'"))

    migrating.upgrade(app)
    lena = sign_in(school, "lena")
    assert lena.post(f"/courses/{MUSIC}/enrol").headers["Location"] == f"/learn/{MUSIC}/what-a-tone-is"
    with school.reading("athena") as session:
        for course in session.scalars(select(Course)):
            assert course.changed_at == course.created_at
            assert (course.published_at is None) == (course.slug != MUSIC)
        for lesson in session.scalars(select(Lesson)):
            assert [(one["kind"], one["text"]) for one in lesson.blocks] == [("markdown", text_of[lesson.slug])]
    with school.writing("athena") as session:
        lesson = session.scalars(select(Lesson).where(Lesson.slug == slug)).one()
        publish_draft(lesson)
        assert lesson.body == f"{text_of[slug]}\n\nDraft."
    school.close()
