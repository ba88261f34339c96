# SPDX-License-Identifier: MIT
"""Lena is erased: what is hers goes, what is others' stays, from the declarations alone."""

from __future__ import annotations

from people import mails, sign_in, work
from sqlalchemy import select

from upart.accounts.models import Person
from upart.rights.actions.asking import ask_to_erase
from upart.rights.models import RequestState, RightsRequest, RightsStep


def erase(portal, name="Lena", slug="athena", **more):
    """Ask as the person's own page does."""
    with portal.app.test_request_context(), portal.writing(slug) as session:
        person = session.scalar(select(Person).where(Person.name == name))
        return ask_to_erase(person, **more).id


def dump(portal, slug="athena") -> str:
    """All that an academy's tables hold, as text."""
    with portal.everywhere() as session:
        academy = portal.academy(slug).id
        rows = []
        for name, entry in portal.state.plugins.register.tables.items():
            for row in session.connection().exec_driver_sql(f"SELECT * FROM {name}"):
                if not entry.owned or row.academy_id.replace("-", "") == academy.hex:
                    rows.append(f"{name} {tuple(row)}")
        return "\n".join(rows)


def test_lena_is_gone_from_every_table_and_signed_out(portal):
    lena = sign_in(portal, "lena", remember=True)
    lena.post("/account/email", data={"email": "lena@new.example"})
    assert mails(portal, "lena")
    request = erase(portal)
    assert lena.get("/account/").status_code == 303
    work(portal)
    left = dump(portal)
    with portal.reading("athena") as session:
        steps = {step.holder: (step.state.value, step.problem, step.counts) for step in session.scalars(select(RightsStep))}
        assert session.get(RightsRequest, {"academy_id": portal.academy("athena").id, "id": request}).state is RequestState.DONE, steps
    assert "Lena" not in left.replace("lena@example.org", "")
    assert [line.partition(" ")[0] for line in left.splitlines() if "lena@" in line] == ["account"]
    assert not list((portal.state.config.instance / "mail").glob("*.eml"))
