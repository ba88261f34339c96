# SPDX-License-Identifier: MIT
"""The loaded plugins of the running application, for lower layers."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from upart.hooks.loaded import Plugins

PLUGGED = "upart_plugins"


def init_app(app: Flask, plugins: Plugins) -> None:
    """Remember what this application has loaded."""
    app.extensions[PLUGGED] = plugins


def plugged() -> Plugins:
    """What the running application has loaded: plugins, their tasks, permissions, event types."""
    return cast(Plugins, current_app.extensions[PLUGGED])
