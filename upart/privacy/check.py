# SPDX-License-Identifier: MIT
"""Do tables and declarations agree? Each answer names plugin, table, column and the line to add."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Table, UniqueConstraint

from upart.db import Model, columns_there
from upart.privacy.laws import LAWS
from upart.privacy.register import PEOPLE, ColumnEntry, Register, TableEntry, is_own, leading, policy_of
from upart.privacy.taxonomy import Basis, Category, Needed
from upart.privacy.words import BLANKED, Declaration

ENDED_BY_PEOPLE = (Basis.CONSENT, Basis.LEGITIMATE_INTEREST, Basis.PUBLIC_TASK)
"""Bases that somebody can end: by withdrawing, or by objecting."""


def problems(register: Register, plugin: str) -> list[str]:
    """All that is wrong with the declarations of one owner; empty means it may load."""
    return [text for entry in register.of(plugin) for rule in RULES for text in rule(entry, register)]


def live_problems(register: Register, connection: Connection) -> list[str]:
    """Compare the declarations with the tables that really are in the database (GDPR art. 30)."""
    present = columns_there(connection)
    found: list[str] = []
    for entry in register.tables.values():
        if entry.table not in present:
            found.append(f"Table {entry.table} of '{entry.plugin}' is declared but not in the database. Run: upart db upgrade")
            continue
        live, declared = present[entry.table], {c.name for c in entry.columns}
        for name in sorted(live - declared):
            found.append(
                f"The database has {entry.table}.{name}, which '{entry.plugin}' does not declare. Declare it in {_where(entry)}, or drop it by a migration."
            )
        for name in sorted(declared - live):
            found.append(f"'{entry.plugin}' declares {entry.table}.{name}, which is not in the database. Add it by a migration and run: upart db upgrade")
    return found


def _where(entry: TableEntry) -> str:
    if entry.module == f"upart_{entry.plugin}":
        return f"plugins/{entry.plugin}.py of the installation"  # a plugin of one file
    return f"{(entry.module or f'upart_{entry.plugin}.models').replace('.', '/')}.py"


def _undeclared(entry: TableEntry, register: Register) -> Iterator[str]:
    for column in entry.columns:
        if column.declaration is None:
            yield (
                f"Plugin '{entry.plugin}' keeps {entry.table}.{column.name}, which is neither personal nor not_personal. "
                f'Add personal(...) or not_personal("why") in {_where(entry)}.'
            )


def _links(entry: TableEntry, register: Register) -> Iterator[str]:
    for column, d in entry.declared():
        if d.kind in ("ref", "subject", "file") and d.source not in register.tables:
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} links to table '{d.source}', which does not exist here. Name a table of the core, of this plugin or of one in `requires`."
        if d.kind == "file" and not entry.owned:
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} links to a file, but the table belongs to no academy, and every file does. Add AcademyOwned to its class in {_where(entry)}."
        if d.kind in ("copy", "snapshot") and not _exists(d.source, register):
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} copies '{d.source}', which does not exist. Write \"table.column\"."
    for through in entry.through:
        if not _exists(through.path, register):
            yield f"Plugin '{entry.plugin}': {entry.table} finds people through '{through.path}', which does not exist. Write \"table.column\"."


def _exists(source: str, register: Register) -> bool:
    table, _, column = source.partition(".")
    return table in register.tables and column in {c.name for c in register.tables[table].columns}


def _path(entry: TableEntry, register: Register) -> Iterator[str]:
    personal = [c.name for c, d in entry.declared() if d.kind in ("personal", "personal_json", "file")]
    reachable = entry.subjects or any(d.kind in ("found_by", "sealed") for _, d in entry.declared())
    if personal and not reachable:
        yield (
            f"Plugin '{entry.plugin}' keeps personal data in {entry.table}.{personal[0]}, but no path leads from {entry.table} to a person. "
            f'Add subject("role", on_erase=OnErase.DELETE), ref(...) to a table that has one, or found_by("how") in {_where(entry)}.'
        )
    own = any(d.kind == "subject" for _, d in entry.declared()) or entry.through or entry.table in PEOPLE
    ways = leading(entry, register.tables) if personal and not own else []
    if len(ways) > 1 and not any(d.leads for _, d in ways):
        names = ", ".join(c.name for c, _ in ways)
        yield f"Plugin '{entry.plugin}': {entry.table} reaches people over {names}. Say which is the path: ref(..., leads=True) in {_where(entry)}."


def _about(entry: TableEntry, register: Register) -> Iterator[str]:
    roles = {path.role for path in entry.subjects}
    for column, d in entry.declared():
        if d.kind in BLANKED and len(roles) > 1 and not d.about:
            yield (
                f"Plugin '{entry.plugin}': {entry.table} is about {_words(roles)}; {entry.table}.{column.name} does not say about whom. "
                f'Add about="{sorted(roles)[0]}" in {_where(entry)}.'
            )
        for role in d.about:
            if role not in roles:
                yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} is about '{role}', but the subjects are {_words(roles) or 'nobody'}. Correct about= in {_where(entry)}."


def _words(roles: set[str]) -> str:
    return " and ".join(sorted(roles))


def _unlink(entry: TableEntry, register: Register) -> Iterator[str]:
    subjects = [(c, d) for c, d in entry.declared() if d.kind == "subject" and d.on_erase and d.on_erase.act in ("unlink", "keep")]
    for link, subject in subjects:
        act = subject.on_erase.act.upper() if subject.on_erase else ""
        if not link.nullable:
            yield f"Plugin '{entry.plugin}': {entry.table}.{link.name} is {act} but NOT NULL, so it cannot be cut. Annotate it Mapped[UUID | None] in {_where(entry)}."
        for column, d in entry.declared():
            about = (not d.about or subject.role in d.about) and not _stays(subject, d)
            if d.kind in BLANKED and about and not column.nullable and not d.has_blank:
                yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} is blanked when '{subject.role}' goes, but is NOT NULL. Add blank=... or allow None in {_where(entry)}."


def _stays(subject: Declaration, d: Declaration) -> bool:
    """A row that a law keeps has this column still: all that a document shows, else what the law needs."""
    policy = subject.on_erase
    return policy is not None and policy.act == "keep" and (d.needed != Needed.OPTIONAL.value if policy.document else d.needed == Needed.LAW.value)


def _periods(entry: TableEntry, register: Register) -> Iterator[str]:
    """A column with a period of its own is emptied when that is over."""
    for column, d in entry.declared():
        own = d.kind == "sealed" or (d.processing is not None and d.processing.retain.is_counted)
        if own and not column.nullable and not d.has_blank:
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} is emptied when its period is over, but is NOT NULL. Add blank=... or allow None in {_where(entry)}."
        if d.processing is not None and d.processing.after:
            yield from _after(entry, d.processing.after)


def _alone(entry: TableEntry, register: Register) -> Iterator[str]:
    """What rests on a basis that a person can end must be able to go without the row (GDPR art. 7(3), 21)."""
    made = {column.name: d.processing or entry.processing for column, d in entry.declared() if d.kind in BLANKED}
    if len({(p.purpose, p.basis) for p in (entry.processing, *made.values()) if p is not None}) < 2:
        return
    for column, d in entry.declared():
        p = made.get(column.name)
        if p is not None and p.basis in ENDED_BY_PEOPLE and not column.nullable and not d.has_blank:
            yield (
                f"Plugin '{entry.plugin}': {entry.table}.{column.name} must go alone when somebody withdraws or objects, but is NOT NULL. "
                f"Add blank=... or allow None in {_where(entry)}."
            )


def _laws(entry: TableEntry, register: Register) -> Iterator[str]:
    policies = [(c.name, d.on_erase) for c, d in entry.declared() if d.on_erase] + [(t.path, t.on_erase) for t in entry.through]
    for name, policy in policies:
        if policy.act == "keep" and policy.law not in LAWS:
            yield (
                f"Plugin '{entry.plugin}': {entry.table}.{name} is kept for '{policy.law}', which is no law that is known here. "
                f"Known are: {', '.join(LAWS)}. Correct law= in {_where(entry)}."
            )


def _fates(entry: TableEntry, register: Register) -> Iterator[str]:
    """One subject's erasure must not undo what is promised for another's rows (GDPR art. 17(3)(b))."""
    policies = {path.role: policy_of(entry, path.via, register.tables) for path in entry.subjects}
    kept = sorted(role for role, policy in policies.items() if policy.act == "keep")
    going = sorted(role for role, policy in policies.items() if policy.act == "delete")
    if kept and going:
        yield f"Plugin '{entry.plugin}': {entry.table} is kept by a law for '{kept[0]}' but goes with '{going[0]}'. Say OnErase.UNLINK for '{going[0]}' in {_where(entry)}."
    own = {d.role for _, d in entry.declared() if d.kind == "subject"} | {through.role for through in entry.through}
    for column, d in entry.declared():
        above = register.tables.get(d.source)
        if d.kind != "ref" or column.nullable or above is None or above is entry or not own or _joins(entry, above):
            continue
        for path in above.subjects:
            policy = policy_of(above, path.via, register.tables)
            if above.table not in PEOPLE and "delete" in (policy.act, policy.last):
                yield (
                    f"Plugin '{entry.plugin}': rows of {entry.table} about {_words(own)} would go with {above.table} when its '{path.role}' is erased, because "
                    f"{column.name} must not be empty. Annotate it Mapped[UUID | None], or leave subject(...) out if {above.table} says whom they are about."
                )


def _joins(entry: TableEntry, above: TableEntry) -> bool:
    """Is this the table that links people to the rows above?"""
    return any(through.path.partition(".")[0] == entry.table for through in above.through)


def _processing(entry: TableEntry, register: Register) -> Iterator[str]:
    p = entry.processing
    if not entry.is_personal:
        return
    if p is None:
        yield (
            f"Plugin '{entry.plugin}': {entry.table} keeps personal data without saying why and how long. "
            f'Add __processing__ = processing(Purpose.…, Basis.…, retain=months(24), after="…") in {_where(entry)}.'
        )
        return
    if Basis.LEGITIMATE_INTEREST in (p.basis, *p.allowed) and not p.interest:
        yield f"Plugin '{entry.plugin}': {entry.table} rests on legitimate interest without naming it (art. 6(1)(f)). Add interest=\"…\" to its processing()."
    for column, d in entry.declared():
        made = d.processing or p
        if made.basis is Basis.LEGITIMATE_INTEREST and made is not p and not made.interest:
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} rests on legitimate interest without naming it. Add interest=\"…\" to its processing()."
        if not made.special_ground and any(Category(name).is_special for name in (d.category, *d.paths.values()) if name):
            yield (
                f"Plugin '{entry.plugin}': {entry.table}.{column.name} holds a special category without a ground of art. 9(2). "
                'Add special_ground="…" to its processing(), or to that of the table.'
            )
    if p.after:
        yield from _after(entry, p.after)


def _after(entry: TableEntry, name: str) -> Iterator[str]:
    table = Model.metadata.tables.get(entry.table)
    column = next((c for c in entry.columns if c.name == name), None)
    if column is None or ("DATE" not in column.type.upper() and "TIME" not in column.type.upper()):
        yield f"Plugin '{entry.plugin}': retention of {entry.table} counts from '{name}', which is no datetime column of it. Correct after= in {_where(entry)}."
    elif table is not None and not any(name in index.columns for index in table.indexes):
        yield f"Plugin '{entry.plugin}': retention of {entry.table} counts from {name}, which has no index. Add index=True to it in {_where(entry)}."


def _wall(entry: TableEntry, register: Register) -> Iterator[str]:
    table = Model.metadata.tables.get(entry.table)
    if table is None or not entry.owned:
        return
    for constraint in (*table.constraints, *table.indexes):
        unique = isinstance(constraint, UniqueConstraint) or getattr(constraint, "unique", False)
        if unique and [c.name for c in getattr(constraint, "columns", ())][:1] != ["academy_id"]:
            yield f"Plugin '{entry.plugin}': a unique key of {entry.table} does not begin with academy_id, so two academies would collide. Put \"academy_id\" first in {_where(entry)}."
    yield from _cascades(entry, table, register)


def _cascades(entry: TableEntry, table: Table, register: Register) -> Iterator[str]:
    own = {path.role for path in entry.subjects if "." not in path.via}
    for constraint in table.foreign_key_constraints:
        if (constraint.ondelete or "").upper() == "CASCADE" and own:
            names = ", ".join(c.name for c in constraint.columns if c.name != "academy_id")
            yield f"Plugin '{entry.plugin}': {entry.table}.{names} is ON DELETE CASCADE; deleting there would take rows about {_words(own)}. Remove ondelete= in {_where(entry)}."


def _annotations(entry: TableEntry, register: Register) -> Iterator[str]:
    if (entry.is_personal or entry.subjects) and not any(c.name == "id" and d.kind == "key" for c, d in entry.declared()):
        yield f"Plugin '{entry.plugin}': {entry.table} has no id, so that its rows cannot be told apart. Add id: Mapped[UUID] = key() in {_where(entry)}."
    for column, d in entry.declared():
        if d.kind == "subject" and d.source not in PEOPLE:
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} is a subject of table '{d.source}', which holds no people. Use \"person\"."
        if d.kind == "personal_json" and "JSON" not in column.type.upper():
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} is personal_json but its type is {column.type}. Annotate it Mapped[dict[str, Any]]."
        if d.kind == "any_link" and not column.nullable:
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} is an any_link but NOT NULL, so it cannot be cut when what it names is erased. Annotate it Mapped[UUID | None]."
        if d.kind == "any_link" and d.source not in {c.name for c in entry.columns}:
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} takes its table's name from '{d.source}', which is no column of it. Correct any_link(...) in {_where(entry)}."
        if d.kind in ("subject", "ref", "key", "file", "any_link") and not _is_id(column):
            yield f"Plugin '{entry.plugin}': {entry.table}.{column.name} is a {d.kind} but its type is {column.type}. Annotate it Mapped[UUID]."


def _coming_in(entry: TableEntry, register: Register) -> Iterator[str]:
    """What people may bring from another installation must be theirs; what a row is known by there must be nobody's."""
    for name in entry.known_by:
        column = next((d for c, d in entry.declared() if c.name == name), None)
        if column is None or column.kind not in ("not_personal", "ref"):
            yield f"Plugin '{entry.plugin}': {entry.table} is known by '{name}', which is no not_personal column or ref of it. Correct __known_by__ in {_where(entry)}."
    if entry.importable and not (entry.owned and any(is_own(entry, path.via, register.tables) for path in entry.subjects)):
        yield (
            f"Plugin '{entry.plugin}': rows of {entry.table} may be brought from elsewhere, but they are nobody's own: none goes with its person. "
            f"Remove __importable__ in {_where(entry)}, or say OnErase.DELETE."
        )


def _is_id(column: ColumnEntry) -> bool:
    return column.type.upper().startswith(("CHAR(32)", "UUID"))


Rule = Callable[[TableEntry, Register], Iterator[str]]
RULES: tuple[Rule, ...] = (_undeclared, _links, _path, _about, _unlink, _periods, _alone, _laws, _fates, _processing, _wall, _annotations, _coming_in)


def lying(register: Register, plugin: str) -> list[str]:
    """What contradicts a manifest's holds_nothing(): tables with a path to a person, personal or unexplained id columns."""
    found = []
    for entry in register.of(plugin):
        if entry.subjects or entry.is_personal:
            found.append(f"Plugin '{plugin}' says holds_nothing, but {entry.table} has data about people. Remove privacy=holds_nothing(...) from its manifest.")
        for column, d in entry.declared():
            if _is_id(column) and d.kind not in ("key", "ref", "subject"):
                found.append(
                    f"Plugin '{plugin}' says holds_nothing, but {entry.table}.{column.name} is an id that is neither key, ref nor subject. Use ref(...) or subject(...)."
                )
    return found
