# SPDX-License-Identifier: MIT
"""What a test does in `rewound()` is undone at its end, and what it does between two such blocks stays."""

from __future__ import annotations

from sqlalchemy import select

from upart.academies.actions import disable_plugin
from upart.accounts.models import Person


def join(portal, name):
    with portal.writing("athena") as session:
        session.add(Person(name=name, email=f"{name.lower()}@example.org"))


def names(portal):
    with portal.reading("athena") as session:
        return set(session.scalars(select(Person.name)))


def test_freya_joins_and_never_was_there(portal):
    before = portal.contents("academy")
    for _ in range(2):
        with portal.rewound():
            join(portal, "Freya")
            assert "Freya" in names(portal)
        assert portal.contents("academy") == before


def test_nanna_joins_between_two_blocks_and_stays(portal):
    with portal.rewound():
        join(portal, "Freya")
    join(portal, "Nanna")
    with portal.rewound():
        join(portal, "Freya")
    assert "Nanna" in names(portal)
    assert "Freya" not in names(portal)


def test_what_was_not_needed_to_be_undone_is_kept_for_the_next_block(portal):
    with portal.rewound() as rewinding:
        join(portal, "Nanna")
        rewinding.needed = False
    with portal.rewound():
        join(portal, "Freya")
    assert {"Nanna", "Freya"} & names(portal) == {"Nanna"}


def test_courses_that_were_put_off_in_a_block_are_there_after_it(portal):
    assert portal.visitor("athena").get("/courses/").status_code == 200
    with portal.rewound():
        with portal.everywhere() as session:
            disable_plugin(session, portal.academy("athena").id, "courses")
        assert portal.visitor("athena").get("/courses/").status_code == 404
    assert portal.visitor("athena").get("/courses/").status_code == 200
