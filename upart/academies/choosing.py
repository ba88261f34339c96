# SPDX-License-Identifier: MIT
"""What an academy has set of its plugins: read from `academy_setting`, changed by an owner."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from upart.academies.models import AcademySetting
from upart.db import session
from upart.hooks.chosen import Setting
from upart.hooks.plugged import plugged
from upart.revisions.actions import write_through


def settings_of(plugins: frozenset[str]) -> list[Setting]:
    """What can be set of these plugins and of the core's features."""
    return [one for plugin in plugged().everything() if plugin.id == "core" or plugin.id in plugins for one in plugin.settings]


def chosen(stored: Mapping[str, str], plugins: frozenset[str]) -> dict[str, Any]:
    """The values by full name, of the plugins that are on."""
    return {key: value for one in settings_of(plugins) for key, value in one.read(stored).items()}


def choose(setting: Setting, values: Mapping[str, Any]) -> list[str]:
    """Set these fields at the current academy; returns the full names of those that are different. Needs a write session.

    What is as the plugin proposes it is stored as well: it stays when an upgrade proposes something else.
    """
    rows = {row.key: row for row in session.scalars(select(AcademySetting).where(AcademySetting.key.startswith(f"{setting.key}.", autoescape=True)))}
    before, changed = setting.read({key: row.value for key, row in rows.items()}), []
    for name, value in values.items():
        key = setting.full(name)
        changed += [key] if value != before[key] else []
        row = rows.get(key) or AcademySetting(key=key, value=json.dumps(before[key]))
        session.add(row)
        write_through(row, {"value": json.dumps(value)})
    return changed


def setting_rows(keys: Collection[str]) -> dict[str, AcademySetting]:
    """The rows of these settings, by key, in this order; nothing for what nobody has set."""
    rows = {row.key: row for row in session.scalars(select(AcademySetting).where(AcademySetting.key.in_(keys)))}
    return {key: rows[key] for key in keys if key in rows}


def stored_settings() -> dict[str, str]:
    """What is set at the current academy, as the database has it now."""
    return {row.key: row.value for row in session.execute(select(AcademySetting.key, AcademySetting.value))}
