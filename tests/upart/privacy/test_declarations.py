# SPDX-License-Identifier: MIT
"""A table that does not say what it holds is refused, with the line to add."""

from __future__ import annotations

import itertools
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from upart.accounts.models import Person
from upart.db import AcademyOwned, Model
from upart.plugin import (
    Basis,
    Category,
    OnErase,
    Purpose,
    any_link,
    copy_of,
    file,
    found_by,
    key,
    months,
    not_personal,
    personal,
    personal_json,
    processing,
    ref,
    subject,
)
from upart.privacy import check, register

number = itertools.count()
WHY = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(12))


def found(**columns) -> list[str]:
    """The problems of a table with these columns (and an id)."""
    name, bases = f"trial_t{next(number)}", (AcademyOwned, Model) if columns.pop("__owned__", True) else (Model,)
    annotations = {n: c.pop("type") if isinstance(c, dict) else str for n, c in columns.items() if not n.startswith("__")}
    body = {n: c["is"] if isinstance(c, dict) else c for n, c in columns.items()}
    table_args = {
        "__tablename__": name,
        "__module__": __name__,
        "__annotations__": {n: Mapped[t] for n, t in annotations.items()} | {"id": Mapped[UUID]},
        "id": key(),
    }
    made = type(name.title(), bases, table_args | body)
    core = [("core", t) for t in Model.metadata.tables.values() if not t.name.startswith("trial_")]
    try:
        return check.problems(register.build([*core, ("trial", made.__table__)]), "trial")
    finally:
        Model.metadata.remove(made.__table__)


def learner(**more):
    return {"type": more.pop("type", UUID), "is": subject("learner", more.pop("on_erase", OnErase.DELETE))}


CASES = {
    "neither personal nor not_personal": lambda: found(text={"type": str, "is": mapped_column()}),
    "no path leads from": lambda: found(__processing__=WHY, text=personal(Category.CONTENT_PRIVATE)),
    "without saying why and how long": lambda: found(learner_id=learner(), text=personal(Category.CONTENT_PRIVATE)),
    "does not say about whom": lambda: found(
        __processing__=WHY, learner_id=learner(), teacher_id={"type": UUID, "is": subject("teacher", OnErase.DELETE)}, text=personal(Category.EDU_RESULT)
    ),
    "is about 'nobody', but the subjects are learner": lambda: found(__processing__=WHY, learner_id=learner(), text=personal(Category.EDU_RESULT, about="nobody")),
    "is UNLINK but NOT NULL": lambda: found(__processing__=WHY, learner_id=learner(on_erase=OnErase.UNLINK)),
    "is blanked when 'learner' goes": lambda: found(__processing__=WHY, learner_id=learner(type=UUID | None, on_erase=OnErase.UNLINK), text=personal(Category.EDU_RESULT)),
    "known by 'nickname'": lambda: found(__known_by__=("nickname",), slug=not_personal("address of a page")),
    "known by 'text'": lambda: found(__processing__=WHY, __known_by__=("text",), learner_id=learner(), text=personal(Category.CONTENT_PRIVATE)),
    "but they are nobody's own": lambda: found(
        __processing__=WHY, __importable__=True, author_id={"type": UUID | None, "is": subject("author", OnErase.UNLINK)}, text=personal(Category.CONTENT_PUBLIC, blank="")
    ),
    "must go alone when somebody withdraws or objects, but is NOT NULL": lambda: found(
        __processing__=WHY, learner_id=learner(), hobby=personal(Category.CONTENT_PUBLIC, processing=processing(Purpose.PUBLISH, Basis.CONSENT, retain=months(1)))
    ),
    "links to table 'nowhere'": lambda: found(other={"type": UUID, "is": ref("nowhere")}),
    "legitimate interest without naming it": lambda: found(
        __processing__=processing(Purpose.SECURE, Basis.LEGITIMATE_INTEREST, retain=months(1)), learner_id=learner()
    ),
    "without a ground of art. 9(2)": lambda: found(__processing__=WHY, learner_id=learner(), text=personal(Category.SPECIAL_HEALTH)),
    "answers holds a special category": lambda: found(
        __processing__=WHY, learner_id=learner(), answers={"type": dict, "is": personal_json({"*.mood": Category.SPECIAL_HEALTH})}
    ),
    "hobby rests on legitimate interest": lambda: found(
        __processing__=WHY, learner_id=learner(),
        hobby={"type": str | None, "is": personal(Category.CONTENT_PUBLIC, processing=processing(Purpose.PUBLISH, Basis.LEGITIMATE_INTEREST, retain=months(1)))},
    ),
    "which is no datetime column": lambda: found(__processing__=processing(Purpose.LEARN, Basis.CONTRACT, retain=months(1), after="text"), learner_id=learner(), text=personal(Category.EDU_RESULT)),
    "which has no index": lambda: found(
        __processing__=processing(Purpose.LEARN, Basis.CONTRACT, retain=months(1), after="at"), learner_id=learner(), at={"type": datetime, "is": personal(Category.USAGE_ACTIVITY)}
    ),
    "does not begin with academy_id": lambda: found(__table_args__=(UniqueConstraint("text"),), text=not_personal("a word")),
    "rows about learner": lambda: found(__processing__=WHY, learner_id=learner(), c={"type": UUID, "is": ref("person", ondelete="CASCADE")}),
    "is a file but its type is": lambda: found(__processing__=WHY, learner_id=learner(), portrait={"type": str, "is": file(Category.MEDIA_IMAGE)}),
    "portrait_id is blanked when 'learner' goes": lambda: found(
        __processing__=WHY, learner_id=learner(type=UUID | None, on_erase=OnErase.UNLINK), portrait_id={"type": UUID, "is": file(Category.MEDIA_IMAGE)}
    ),
    "the table belongs to no academy, and every file does": lambda: found(
        __owned__=False, __processing__=WHY, holder_id={"type": UUID, "is": subject("holder", OnErase.DELETE, table="account")}, portrait_id={"type": UUID, "is": file(Category.MEDIA_IMAGE)}
    ),
    "is an any_link but NOT NULL": lambda: found(what=not_personal("a table"), which={"type": UUID, "is": any_link("what")}),
    "takes its table's name from 'nothing'": lambda: found(which={"type": UUID | None, "is": any_link("nothing")}),
    "copy does not say about whom": lambda: found(
        __processing__=WHY, learner_id=learner(), teacher_id={"type": UUID, "is": subject("teacher", OnErase.DELETE)}, copy=copy_of("person.name")
    ),
    "is about 'guest', but the subjects are nobody": lambda: found(__processing__=WHY, digest=found_by("of the address"), text=personal(Category.EDU_RESULT, about="guest")),
    "is kept by a law for 'payer' but goes with 'learner'": lambda: found(
        __processing__=WHY, learner_id=learner(), payer_id={"type": UUID | None, "is": subject("payer", OnErase.KEEP(law="DE.invoice"))}
    ),
    "about learner would go with user_session": lambda: found(__processing__=WHY, learner_id=learner(), s_id={"type": UUID, "is": ref("user_session")}),
    "has no id": lambda: found(__processing__=WHY, id={"type": UUID, "is": not_personal("no key", primary_key=True)}, learner_id=learner()),
    "is a subject of table 'academy'": lambda: found(__processing__=WHY, who={"type": UUID, "is": subject("x", OnErase.DELETE, table="academy")}),
}  # fmt: skip


@pytest.mark.parametrize("words", CASES)
def test_a_faulty_declaration_is_named(words):
    problems = CASES[words]()
    assert any(words in text and "trial" in text for text in problems), problems


def test_a_whole_declaration_has_no_problem():
    assert found(__processing__=WHY, learner_id=learner(), text=personal(Category.EDU_RESULT), answers=personal_json({"*.value": Category.EDU_RESULT})) == []


def test_a_column_with_a_ground_of_its_own_needs_none_of_its_table():
    ground = processing(Purpose.PERSONALISE, Basis.CONSENT, retain=months(6), special_ground="explicit consent, art. 9(2)(a)")
    assert found(__processing__=WHY, learner_id=learner(), mood={"type": str | None, "is": personal(Category.SPECIAL_HEALTH, processing=ground)}) == []


def test_a_file_of_somebody_has_no_problem():
    portrait = {"type": UUID | None, "is": file(Category.MEDIA_IMAGE)}
    assert found(__processing__=WHY, learner_id=learner(), portrait_id=portrait) == []
    portrait = {"type": UUID | None, "is": file(Category.MEDIA_IMAGE)}
    assert found(__processing__=WHY, learner_id=learner(type=UUID | None, on_erase=OnErase.UNLINK), portrait_id=portrait) == []


def test_a_reason_must_be_given():
    with pytest.raises(ValueError, match="reason"):
        not_personal(" ")
    assert Person.__table__.c.email.info["declaration"].category == "contact.email"


def test_core_and_courses_declare_whole_what_they_hold(portal):
    found = portal.state.plugins.register
    assert [text for owner in ("core", "courses") for text in check.problems(found, owner)] == []
