# SPDX-License-Identifier: MIT
"""Find plugins by entry point and as single files, import each in isolation, check it, and either take it in or say why not."""

from __future__ import annotations

import importlib
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

import pluggy
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from sqlalchemy import Table
from sqlalchemy.orm import configure_mappers

from upart.db import Model, forget_package, registry_of
from upart.errors import PluginError, UpartError
from upart.hooks import specs
from upart.hooks.assets_checked import check_assets
from upart.hooks.block_types import check_block_types
from upart.hooks.choices import check_choices
from upart.hooks.claiming import check_blueprints, claim_paths
from upart.hooks.declared import declared, digest_of
from upart.hooks.loaded import Plugin, Plugins
from upart.hooks.parts import ask_for_parts, check_names
from upart.hooks.pointing import check_pointers
from upart.hooks.recipients import check_recipients
from upart.hooks.records import (
    Manifest,
)
from upart.hooks.safe import refuse_outside
from upart.hooks.searched import check_searchables
from upart.hooks.single import OneFile, not_installed
from upart.hooks.slots import check_slots
from upart.privacy import check, register

GROUP = "upart.plugins"
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{1,39}")
log = logging.getLogger("upart.hooks")


def load(
    entries: Iterable[EntryPoint] | None = None, reserved_paths: Iterable[str] = (), core_features: Iterable[ModuleType] = (), files: Iterable[OneFile] = ()
) -> Plugins:
    """Load all installed plugins, and those of one file; a faulty one is set aside and everything else goes on."""
    packages = {mapper.local_table: package for package, mappers in Model.registries.items() for mapper in mappers.mappers}
    core = [("core", table) for table in Model.metadata.tables.values() if packages.get(table, "") in ("upart", "")]
    manager = pluggy.PluginManager("upart")
    manager.add_hookspecs(specs)
    known: list[EntryPoint | OneFile] = sorted(entries if entries is not None else entry_points(group=GROUP), key=lambda e: e.name)
    known += not_installed(files, {entry.name for entry in known})
    found = {entry.name: _import(entry) for entry in known}
    taken = Plugins({}, manager, register.build(core))
    for module in core_features:
        feature = Plugin("core", package="upart", module=module)
        ask_for_parts(feature)
        manager.register(module, name=module.__name__)
        taken.core.append(feature)
    claimed = dict.fromkeys(reserved_paths, "the core")
    for plugin in _in_order(found):
        taken.found[plugin.id] = plugin
        if plugin.healthy:
            _take_in(plugin, taken, core, claimed)
    return taken


def _package_of(table: Table) -> str:
    for package, mappers in Model.registries.items():
        if any(mapper.local_table is table for mapper in mappers.mappers):
            return package
    return ""


def _import(entry: EntryPoint | OneFile) -> Plugin:
    plugin = Plugin(entry.name, package=entry.module.partition(".")[0], version=entry.dist.version if entry.dist else "")
    before = set(Model.metadata.tables)
    try:
        refuse_outside(entry)
        plugin.module = entry.load() if isinstance(entry, OneFile) else importlib.import_module(entry.module)
        manifest = getattr(plugin.module, "manifest", None)
        if not isinstance(manifest, Manifest):
            raise PluginError(f"{entry.module} has no manifest.", remedy="Add: manifest = Manifest(id=..., version=...)")
        plugin.manifest, plugin.version = manifest, manifest.version
        if manifest.id != entry.name:
            raise PluginError(f"The manifest says id={manifest.id!r}, {_called(entry)} {entry.name!r}.", remedy="Use one name for both.")
        if manifest.id == "core" or not IDENTIFIER.fullmatch(manifest.id):
            raise PluginError(
                f"No plugin can have the id {manifest.id!r}.", remedy="Choose 2 to 40 lower case letters, digits and _, a letter first; not core."
            )
        if manifest.models:
            importlib.import_module(manifest.models)
        configure_mappers()
        owned = {mapper.local_table for mapper in registry_of(plugin.package).mappers}
        plugin.tables = [t for name, t in Model.metadata.tables.items() if t in owned or (name not in before and _package_of(t) == "")]
    except (KeyboardInterrupt, SystemExit) as error:
        _set_aside(
            plugin,
            PluginError(f"It stopped the program while being imported ({type(error).__name__}).", remedy=f"Remove the exit from {entry.module}."),
            before,
        )
    except UpartError as error:
        _set_aside(plugin, error, before)
    except BaseException as error:  # a plugin may raise anything while it is imported
        _set_aside(plugin, _import_problem(plugin, error, entry), before)
    return plugin


def _called(entry: EntryPoint | OneFile) -> str:
    return "the file" if isinstance(entry, OneFile) else "the entry point"


def _import_problem(plugin: Plugin, error: BaseException, entry: EntryPoint | OneFile) -> PluginError:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if plugin.package in f.filename or f.filename.endswith(f"/plugins/{plugin.id}.py")]
    where = f" at {frames[-1].filename.rpartition('/')[2]}, line {frames[-1].lineno}" if frames else ""
    missing = isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith(plugin.package)
    faulty = (
        f"Correct plugins/{plugin.id}.py{where}, or take it out." if isinstance(entry, OneFile) else f"Correct {plugin.package}{where}, or remove the package."
    )
    remedy = f"Install the package that provides {error.name}." if missing else faulty  # type: ignore[attr-defined]
    return PluginError(f"It cannot be imported: {type(error).__name__}: {error}{where}.", remedy=remedy)


def _set_aside(plugin: Plugin, error: UpartError, tables_before: set[str] | None = None) -> None:
    """Mark as broken and take out of the process all that it has left there."""
    plugin.break_with(error)
    log.warning("plugin %s is broken: %s %s", plugin.id, error.message, error.remedy)
    forget_package(plugin.package)
    for table in plugin.tables:
        if table.name in Model.metadata.tables:
            Model.metadata.remove(table)
    for name in set(Model.metadata.tables) - (tables_before if tables_before is not None else set(Model.metadata.tables)):
        if _package_of(Model.metadata.tables[name]) == "":
            Model.metadata.remove(Model.metadata.tables[name])
    for name in [n for n in sys.modules if n == plugin.package or n.startswith(plugin.package + ".")]:
        del sys.modules[name]


def _in_order(found: dict[str, Plugin]) -> list[Plugin]:
    """Dependencies first; a circle of requirements breaks its members."""
    ordered: dict[str, Plugin] = {}

    def visit(plugin: Plugin, path: tuple[str, ...]) -> None:
        if plugin.id in path:
            circle = path[path.index(plugin.id) :]
            for name in circle:
                _set_aside(found[name], PluginError(f"It requires itself: {' → '.join((*circle, plugin.id))}.", remedy="Remove one of these requirements."))
            return
        for name in plugin.manifest.requires if plugin.manifest else ():
            if name in found and name not in ordered:
                visit(found[name], (*path, plugin.id))
        ordered.setdefault(plugin.id, plugin)

    for plugin in found.values():
        visit(plugin, ())
    return list(ordered.values())


def _take_in(plugin: Plugin, taken: Plugins, core: list[tuple[str, Table]], claimed: dict[str, str]) -> None:
    manifest = plugin.manifest
    assert manifest is not None
    try:
        _versions(manifest, taken)
        _tables(plugin, manifest, taken)
        known = [(p.id, t) for p in taken.healthy() if p is not plugin for t in p.tables]
        full = register.build([*core, *known, *((plugin.id, t) for t in plugin.tables)])
        _declarations(manifest, full)
        _hooks(plugin, taken.manager)
        ask_for_parts(plugin)
        check_names(plugin, taken)
        check_recipients(plugin, taken.everything(), full)
        check_choices(plugin, taken.everything())
        check_searchables(plugin)
        check_slots(plugin, taken.everything())
        check_block_types(plugin)
        check_assets(plugin)
        check_blueprints(plugin, taken.everything())
        check_pointers(plugin, taken)
        claim_paths(plugin, manifest, claimed)
        taken.manager.register(plugin.module, name=plugin.id)
        taken.register, plugin.declares = full, declared(plugin, full)
        plugin.digest = digest_of(plugin.declares)
    except UpartError as error:
        _set_aside(plugin, error)
    except Exception as error:  # a start hook may raise anything
        _set_aside(plugin, PluginError(f"A start hook failed: {type(error).__name__}: {error}.", remedy=f"Correct {plugin.package}, or remove the package."))


def _versions(manifest: Manifest, taken: Plugins) -> None:
    if not _inside(specs.HOOK_API, manifest.hook_api):
        raise PluginError(
            f"It is written for hooks {manifest.hook_api}; this UPART has {specs.HOOK_API}.", remedy="Install a version of the plugin, or of UPART, that fits."
        )
    for name, wanted in manifest.requires.items():
        other = taken.found.get(name)
        if other is None or not other.healthy:
            raise PluginError(f"It requires '{name}', which is {'broken' if other else 'not installed'}.", remedy=f"Repair or install '{name}' first.")
        if not _inside(other.version, wanted):
            raise PluginError(f"It requires '{name}' {wanted}; installed is {other.version}.", remedy=f"Install a fitting version of '{name}'.")


def _inside(version: str, wanted: str) -> bool:
    try:
        return Version(version) in SpecifierSet(wanted)
    except (InvalidSpecifier, InvalidVersion):
        raise PluginError(f"{wanted!r} or {version!r} is no version that can be compared.", remedy='Write ranges like ">=1,<2".') from None


def _tables(plugin: Plugin, manifest: Manifest, taken: Plugins) -> None:
    for other in taken.healthy():
        if other is not plugin and other.manifest and other.manifest.prefix.startswith(manifest.prefix):
            raise PluginError(f"Its table prefix '{manifest.prefix}' belongs to '{other.id}'.", remedy="Choose another table_prefix in its manifest.")
    for table in plugin.tables:
        if not table.name.startswith(manifest.prefix):
            raise PluginError(
                f"Its table '{table.name}' does not begin with '{manifest.prefix}'.", remedy=f'Name it "{manifest.prefix}{table.name}", or set table_prefix.'
            )


def _declarations(manifest: Manifest, full: register.Register) -> None:
    wrong = check.problems(full, manifest.id)
    if manifest.privacy is not None:
        wrong += check.lying(full, manifest.id)
    if wrong:
        raise PluginError(wrong[0], remedy=" ".join(wrong[1:4]))


def _hooks(plugin: Plugin, manager: pluggy.PluginManager) -> None:
    known = {name for name in vars(specs) if name.startswith("upart_")}
    for name in dir(plugin.module):
        if not name.startswith("upart_") or not callable(getattr(plugin.module, name)):
            continue
        if name in specs.REMOVED_HOOKS:
            raise PluginError(f"It uses the hook {name}, which is gone.", remedy=specs.REMOVED_HOOKS[name])
        if name not in known:
            raise PluginError(f"It implements {name}, which is no hook of this UPART.", remedy=f"Hooks are: {', '.join(sorted(known))}.")
        if not hasattr(getattr(plugin.module, name), "upart_impl"):
            raise PluginError(f"Its function {name} is not marked as a hook.", remedy="Put @hookimpl above it.")
    trial = pluggy.PluginManager("upart")
    trial.add_hookspecs(specs)
    try:
        trial.register(plugin.module, name=plugin.id)
        trial.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"A hook does not fit: {error}.", remedy="Compare its arguments with: upart hooks") from None
