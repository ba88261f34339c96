# SPDX-License-Identifier: MIT
"""`upart <plugin> …`: commands that plugins add, each plugin in a group of its own that cannot break the others."""

from __future__ import annotations

import logging
from typing import Any

import click

from upart import config
from upart.cli.root import academy_of, application, main
from upart.context import CurrentAcademy
from upart.core import CORE, CORE_PATHS
from upart.db import writing
from upart.errors import PluginError, UpartError
from upart.hooks import loader
from upart.hooks.loaded import Plugin, Plugins
from upart.hooks.single import one_file_plugins

log = logging.getLogger("upart.cli")
HOOK = "upart_commands"


class Command(click.Command):
    """A command of a plugin: where it names an academy, it runs in a write session of it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it and commit once at its end. Raises UpartError in place of whatever a plugin raises."""
        app, plugin = ctx.obj["app"], ctx.obj["plugin"]
        try:
            with app.app_context():
                slug = ctx.params.get("academy")
                if slug is None:
                    return super().invoke(ctx)
                with writing(_home(app, plugin, slug)):
                    return super().invoke(ctx)
        except (UpartError, click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            log.exception("a command of plugin %s failed", plugin.id)
            raise UpartError(
                f"{ctx.command_path} failed: {type(error).__name__}: {error}", remedy=f"Correct plugin '{plugin.id}', then run it again."
            ) from error


def _home(app: Any, plugin: Plugin, slug: str) -> CurrentAcademy:
    academy: CurrentAcademy = academy_of(app, slug)
    if plugin.id not in academy.plugins:
        raise UpartError(f"'{plugin.id}' is off for {slug}.", remedy=f"Run first: upart plugins enable {plugin.id} --academy {slug}")
    return academy


class Commands(click.Group):
    """The group of one plugin; made when somebody asks for it, so that others do not wait for it."""

    command_class = Command
    group_class = type

    def __init__(self, *arguments: Any, plugin: str = "", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.plugin, self._asked = plugin, False

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of its commands. Raises PluginError when the plugin cannot say."""
        self._ask(ctx)
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        self._ask(ctx)
        return super().get_command(ctx, cmd_name)

    def _ask(self, ctx: click.Context) -> None:
        if self._asked or not self.plugin:
            return
        self._asked = True
        app = application(ctx)
        plugin = app.extensions["upart"].plugins.get(self.plugin)
        if plugin is None or not plugin.healthy:
            raise PluginError(f"Plugin '{self.plugin}' is {plugin.state.value if plugin else 'gone'}.", remedy=plugin.remedy if plugin else "")
        try:
            getattr(plugin.module, HOOK)(self)
        except (Exception, SystemExit) as error:
            log.exception("plugin %s failed in %s", plugin.id, HOOK)
            message = f"Plugin '{plugin.id}' failed in {HOOK}: {type(error).__name__}: {error}."
            raise PluginError(message, remedy=f"Correct {plugin.package}; all other commands are there.") from error
        ctx.obj = {"app": app, "plugin": plugin}


class OfPlugins:
    """Where `upart` finds what it does not know itself: a group for each plugin that adds commands."""

    def names(self, ctx: click.Context) -> list[str]:
        """Ids of plugins that add some."""
        return [plugin.id for plugin in _found(ctx).healthy() if hasattr(plugin.module, HOOK)]

    def find(self, ctx: click.Context, name: str) -> click.Command | None:
        """The group of a plugin; of a broken one too, which then says why."""
        plugin = _found(ctx).get(name)
        if plugin is None or (plugin.healthy and not hasattr(plugin.module, HOOK)):
            return None
        return Commands(name, plugin=name, help=f"Commands of the plugin '{name}'.")


def _found(ctx: click.Context) -> Plugins:
    """The plugins of this machine, also where there is no installation yet."""
    if HOOK not in ctx.meta:
        try:
            files = list(one_file_plugins(config.find_instance(ctx.params.get("instance"))[0]))
        except UpartError:
            files = []
        ctx.meta[HOOK] = loader.load(None, CORE_PATHS, CORE, files)
    found: Plugins = ctx.meta[HOOK]
    return found


main.others = OfPlugins()
