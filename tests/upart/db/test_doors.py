# SPDX-License-Identifier: MIT
"""A door's transaction is one from its first statement to its commit, whatever is looked up meanwhile."""

from __future__ import annotations

from sqlalchemy import select

from upart.accounts.models import Person


def test_what_a_door_has_written_stays_when_another_academy_is_looked_up_inside_of_it(installation):
    with installation.writing("athena") as session:
        session.add(Person(name="Lena", email="lena@example.org"))
        session.flush()
        installation.state.directory.close()  # nothing is in memory, as after somebody has changed the other academy
        assert installation.academy("orion").slug == "orion"
        session.add(Person(name="Theo", email="theo@example.org"))
    with installation.reading("athena") as session:
        assert session.scalars(select(Person.name).order_by(Person.name)).all() == ["Lena", "Theo"]
