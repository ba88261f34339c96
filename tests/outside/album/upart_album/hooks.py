from __future__ import annotations

from upart.plugin import Manifest, hookimpl
from upart_album import views

manifest = Manifest(id="album", version="1.0", models="upart_album.models", migrations="migrations")


@hookimpl
def upart_blueprints():
    return [views.site]
