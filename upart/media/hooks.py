# SPDX-License-Identifier: MIT
"""How the media library plugs in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from upart.hooks.records import Area, EventType, MenuItem, Permission, Task
from upart.hooks.resources import Criterion, Resource
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.media import api
from upart.media.actions import MANAGE, USE, empty_trash
from upart.media.models import MediaItem
from upart.media.rendering import RENDER, render
from upart.media.views import media

SENTENCES = {
    "added": "added a file to the library", "changed": "changed what is said of a file", "replaced": "replaced a file",
    "trashed": "put a file into the trash", "deleted": "deleted a file for ever",
}  # fmt: skip


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """The library, and where programs send files."""
    return [media, api.uploads]


@hookimpl
def upart_resources() -> list[Resource]:
    """The library for programs."""
    return api.RESOURCES


@hookimpl
def upart_visible(actor: Any, model: Any) -> Criterion | None:
    """What programs see of it."""
    return api.KEPT if model is MediaItem else None


@hookimpl
def upart_menu() -> list[MenuItem]:
    """For everybody who teaches or manages."""
    hint = "Pictures, videos and documents, and where they are used."
    return [MenuItem(label="Media", endpoint="media.library", order=50, area=Area.TEACH, permission=USE, icon="image", hint=hint)]


@hookimpl
def upart_permissions() -> list[Permission]:
    """Use it, and change what is everybody's."""
    return [
        Permission(name=USE, sentence="See the media library, add files and change own ones", roles=("owner", "manager", "teacher")),
        Permission(name=MANAGE, sentence="Change everybody’s files and see where they are used; needs the one above", roles=("owner", "manager")),
    ]


@hookimpl
def upart_jobs() -> list[Task]:
    """Sizes of pictures, and what has lain in the trash long enough."""
    return [
        Task(name=RENDER, run=render, outside=True, sentence="Make the sizes of a picture"),
        Task(name="media.empty_trash", run=empty_trash, every=timedelta(days=1), outside=True),
    ]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to files of the library."""
    return [EventType(name=f"media.{name}", sentence=sentence, webhook=False) for name, sentence in SENTENCES.items()]
