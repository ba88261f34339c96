# SPDX-License-Identifier: MIT
"""`Model`, from which all tables inherit, and `AcademyOwned`, which puts a table behind the wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, MetaData, Table, and_
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, mapped_column, registry, relationship

from upart.db.types import TYPE_MAP, PlainText, PrivateText

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True, slots=True)
class Related:
    """What `related()` leaves in a class body until its class is known."""

    target: Any
    column: str
    many: bool
    order_by: Any
    back_populates: str | None


class Model(DeclarativeBase):
    """Parent of every table of core and plugins.

    Each top-level package has a mapper registry of its own, so a plugin that breaks half-way
    through mapping cannot break the core's queries; all share one `MetaData`, so foreign keys
    resolve across packages. (`_sa_registry` is private to SQLAlchemy; tests pin it.)
    """

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPE_MAP
    registries: ClassVar[dict[str, registry]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls._sa_registry = registry_of(cls.__module__)
        for name, value in list(vars(cls).items()):
            if isinstance(value, Related):
                setattr(cls, name, _relationship(cls, value))
        super().__init_subclass__(**kwargs)

    @classmethod
    def __table_cls__(cls, name: str, metadata: MetaData, *args: Any, **kwargs: Any) -> Table:
        """Make the table and, beside each link, the key that refuses another academy's row."""
        columns = [a for a in args if isinstance(a, Column)]
        owned = any(c.name == "academy_id" and c.primary_key for c in columns)
        for column in columns:
            if column.info.get("private") and type(column.type) is PlainText:
                column.type = PrivateText(f"{name}.{column.name}")
        return Table(name, metadata, *args, *_links(columns, metadata, owned), **kwargs)


class AcademyOwned:
    """Mixin: rows belong to one academy. Primary key `(academy_id, id)`, links are composite.

    The session fills `academy_id`, scopes every query and refuses what would cross the wall.
    """

    academy_id: Mapped[UUID] = mapped_column(ForeignKey("academy.id"), primary_key=True, sort_order=-2)


def registry_of(module: str) -> registry:
    """The mapper registry of the top-level package of this module, made at first use."""
    package = module.partition(".")[0]
    if package not in Model.registries:
        Model.registries[package] = registry(metadata=Model.metadata, type_annotation_map=TYPE_MAP)
    return Model.registries[package]


def forget_package(package: str) -> None:
    """Take out all that a package has mapped: its plugin is broken."""
    if mappers := Model.registries.pop(package, None):
        # `registry.mappers` raises where a class failed while it was mapped; what of it is mapped has to go all the same.
        tables = {manager.mapper.local_table for manager in list(mappers._managers) if manager.is_mapped}
        mappers.dispose(cascade=True)
        for table in tables:
            if isinstance(table, Table):
                Model.metadata.remove(table)


def is_owned(table: Table) -> bool:
    """True if rows of this table belong to one academy."""
    return "academy_id" in table.primary_key.columns


def related(target: Any, column: str, *, many: bool = False, order_by: Any = None, back_populates: str | None = None) -> Any:
    """A relationship that joins `academy_id` as well as the link (the shorter join costs a query per row).

    `target` is the class, or a lambda giving it when it is defined below; never a string. `column`
    is the link: of this class, or with `many=True` of the target. `order_by` is a lambda; `back_populates` names
    the relationship on the other side.
    """
    return Related(target, column, many, order_by, back_populates)


def _relationship(owner: Any, spec: Related) -> Any:
    def target() -> Any:
        return spec.target if isinstance(spec.target, type) else spec.target()

    def join() -> Any:
        there = target()
        one, other = (owner, there) if spec.many else (there, owner)
        return and_(there.academy_id == owner.academy_id, one.id == foreign(getattr(other, spec.column)))

    order: Any = spec.order_by if spec.order_by is not None else False
    # Both sides write the one link; SQLAlchemy's warning about that is switched off by "__*".
    return relationship(target, primaryjoin=join, uselist=spec.many, order_by=order, back_populates=spec.back_populates, overlaps="__*")


def _links(columns: list[Column[Any]], metadata: MetaData, owned: bool) -> list[Any]:
    made: list[Any] = []
    for column in columns:
        if target := column.info.get("target"):
            known = metadata.tables.get(target)
            both = owned and (known is None or is_owned(known))
            names, keys = (["academy_id", column.name], [f"{target}.academy_id", f"{target}.id"]) if both else ([column.name], [f"{target}.id"])
            made.append(ForeignKeyConstraint(names, keys, ondelete=column.info.get("ondelete")))
        if column.info.get("indexed"):
            made.append(Index(None, *(["academy_id"] if owned else []), column.name, unique=False))
    return made
