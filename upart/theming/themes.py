# SPDX-License-Identifier: MIT
"""Themes by entry point, and a template environment for each.

Lookup: the theme, its parent, plugins, core; names are `owner/template.html`. Every theme has its
own environment and so its own template cache: one shared cache served academy A's template to B
(measured). A theme that brings templates has all of its pages rendered in Jinja's sandbox.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import logging
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from upart.theming.locales import TEMPLATE_WORDS, day, duration, gettext, ngettext, when
from upart.theming.look import Files, Look

GROUP = "upart.themes"
DEFAULT = "harbor"
CORE = Path(__file__).resolve().parents[1]
SHADOWLESS = ("accounts/", "cookies/", "consent/", "rights/", "manage/", "media/", "webhooks/", "policy/", "visits/", "core/_", "core/desk.html")
"""Templates that no theme may replace: consent, rights, sign-in and staff pages, and the parts that these are made of."""

log = logging.getLogger("upart.theming")


@dataclass(frozen=True)
class Theme:
    """A theme as installed: a folder with theme.toml, templates/, static/ and art/."""

    id: str
    folder: Path
    parent: str = ""
    stylesheets: tuple[str, ...] = ()


def files_of(folder: Path) -> Files:
    """All files below a folder that exist now."""
    return Files(folder, {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()[:12] for p in sorted(folder.rglob("*")) if p.is_file()})


def load_themes(entries: Iterable[EntryPoint] | None = None) -> dict[str, Theme]:
    """All installed themes by id; a faulty one is left out and logged."""
    themes = {}
    for entry in entries if entries is not None else entry_points(group=GROUP):
        try:
            folder = Path(str(importlib.resources.files(entry.value)))
            data = tomllib.loads((folder / "theme.toml").read_text(encoding="utf-8"))
            themes[entry.name] = Theme(entry.name, folder, data.get("parent", ""), tuple(data.get("stylesheets", ())))
        except (ImportError, OSError, tomllib.TOMLDecodeError) as error:
            log.warning("theme %s is left out: %s", entry.name, error)
    return themes


class OwnTemplates(BaseLoader):
    """A plugin's templates folder, in which only names below "<id>/" count."""

    def __init__(self, owner: str, folder: Path) -> None:
        self.prefix, self.files = f"{owner}/", FileSystemLoader(folder)

    def get_source(self, environment: Environment, template: str) -> Any:
        """Source of a template of this owner; TemplateNotFound for any other name."""
        if not template.startswith(self.prefix):
            raise TemplateNotFound(template)
        return self.files.get_source(environment, template)


class ThemeTemplates(BaseLoader):
    """A theme's templates; it cannot replace those of consent, rights, sign-in and staff pages."""

    def __init__(self, folder: Path) -> None:
        self.files = FileSystemLoader(folder)

    def get_source(self, environment: Environment, template: str) -> Any:
        """Source of the theme's template, unless it may not shadow that name."""
        if template.startswith(SHADOWLESS):
            raise TemplateNotFound(template)
        return self.files.get_source(environment, template)


def _one_line(value: Any) -> str:
    """What a value becomes in a text: one line, so that a name cannot add paragraphs to a mail, or a button."""
    return " ".join(str(value).split())


class Themes:
    """The installed themes, one template environment each, and the static files of all owners."""

    def __init__(self, themes: Mapping[str, Theme], plugins: Mapping[str, Path], globals_: Mapping[str, Any]) -> None:
        self.themes = dict(themes)
        self.files = {f"theme/{t.id}": files_of(t.folder / "static") for t in themes.values()}
        self.files |= {f"plugin/{id}": files_of(folder / "static") for id, folder in plugins.items()}
        self.art = {f"theme/{t.id}": files_of(t.folder / "art") for t in themes.values()}
        self.art |= {f"plugin/{id}": files_of(folder / "art") for id, folder in plugins.items()}
        shared: list[BaseLoader] = [OwnTemplates(id, folder / "templates") for id, folder in plugins.items()]
        shared += [FileSystemLoader(folder) for folder in sorted(CORE.glob("*/templates"))]
        self.looks = {theme.id: Look([t.id for t in self._chain(theme)], self.files, self.art) for theme in themes.values()}
        self.environments = {theme.id: self._environment(theme, shared, globals_) for theme in themes.values()}
        self.desk_look = Look((), self.files, self.art)
        self.desk = self._environment(None, shared, globals_)
        """For staff pages, which no theme touches; and for all pages while no theme is installed."""
        plain: dict[str, Any] = {"autoescape": False, "trim_blocks": True, "lstrip_blocks": True, "finalize": _one_line}
        self.texts = Environment(loader=ChoiceLoader(shared), auto_reload=False, **plain)  # noqa: S701 - mail
        self.texts.globals.update({"_": gettext, "gettext": gettext, "ngettext": ngettext})

    def environment(self, theme: str) -> Environment:
        """The environment of a theme; of the default one when it is not installed."""
        return self.environments.get(theme) or self.environments.get(DEFAULT) or self.desk

    def theme(self, id: str) -> Theme | None:
        """The theme of this id, else the default one."""
        return self.themes.get(id) or self.themes.get(DEFAULT)

    def look(self, theme: str) -> Look:
        """The addresses and icons of a theme; of the default one when it is not installed."""
        return self.looks.get(theme) or self.looks.get(DEFAULT) or self.desk_look

    def _chain(self, theme: Theme | None) -> list[Theme]:
        found: list[Theme] = []
        while theme is not None and theme not in found:
            found.append(theme)
            theme = self.themes.get(theme.parent) if theme.parent else None
        return found

    def _environment(self, theme: Theme | None, shared: list[BaseLoader], globals_: Mapping[str, Any]) -> Environment:
        folders = [one.folder / "templates" for one in self._chain(theme)]
        sandbox = any(folder.is_dir() for folder in folders)
        environment = (ImmutableSandboxedEnvironment if sandbox else Environment)(
            loader=ChoiceLoader([*(ThemeTemplates(folder) for folder in folders), *shared]),
            autoescape=True, auto_reload=False, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
        )  # fmt: skip
        environment.newstyle_gettext = True  # type: ignore[attr-defined]
        environment.filters |= {"duration": duration, "when": when, "day": day, "typed": typed}
        environment.globals.update({**TEMPLATE_WORDS, **globals_, **(self.look(theme.id) if theme else self.desk_look).globals()})
        return environment


def typed(field: Any) -> str:
    """A filter: what stands in the input of a field. Templates in the sandbox may not call what begins with an underscore."""
    return str(field._value())
