# SPDX-License-Identifier: MIT
"""The floor: tables, types, sessions and the wall between academies."""

from upart.db.detached import detached
from upart.db.engine import APP_ROLE, DOOR, Door, engine_options, set_up
from upart.db.folding import stands_in
from upart.db.masking import is_masked
from upart.db.model import AcademyOwned, Model, forget_package, is_owned, registry_of, related
from upart.db.prepared import prepared
from upart.db.present import columns_there
from upart.db.session import (
    WallSession,
    across,
    aside,
    bare,
    current_academy_id,
    db,
    engine,
    everywhere,
    has_begun,
    init_app,
    insert_once,
    is_open,
    is_used,
    reading,
    session,
    undone,
    unmasked,
    writing,
)
from upart.db.types import Unstorable, uuid7

__all__ = [
    "APP_ROLE",
    "DOOR",
    "AcademyOwned",
    "Door",
    "Model",
    "Unstorable",
    "WallSession",
    "across",
    "aside",
    "bare",
    "columns_there",
    "current_academy_id",
    "db",
    "detached",
    "engine",
    "engine_options",
    "everywhere",
    "forget_package",
    "has_begun",
    "init_app",
    "insert_once",
    "is_masked",
    "is_open",
    "is_owned",
    "is_used",
    "prepared",
    "reading",
    "registry_of",
    "related",
    "session",
    "set_up",
    "stands_in",
    "undone",
    "unmasked",
    "uuid7",
    "writing",
]  # fmt: skip
