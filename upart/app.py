# SPDX-License-Identifier: MIT
"""`create_app()`: the whole application, in the order it happens."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import Rule

from upart import clock, config, db
from upart.academies import views as academies
from upart.academies.directory import Directory
from upart.academies.gate import HostGate
from upart.accounts import models as _people
from upart.config import Config
from upart.context import CurrentAcademy, context
from upart.db.types import UNSTORABLE
from upart.errors import PluginError
from upart.hooks import loader
from upart.hooks.loader import Plugin, Plugins
from upart.hooks.models import PluginRecord, PluginState
from upart.hooks.plan import Dispatcher
from upart.hooks.records import Area
from upart.hooks.routes import Policy, enforce
from upart.theming import headers
from upart.theming import views as theming
from upart.theming.cache import PageCache
from upart.theming.faults import error_pages
from upart.theming.render import GLOBALS, SITE, Site
from upart.theming.themes import Themes, load_themes

__all__ = ["Portal", "State", "create_app"]

SAFE = ("GET", "HEAD", "OPTIONS")
CORE_TABLES = (_people.Person,)
CORE_BLUEPRINTS = (academies.site, theming.look)
CORE_PATHS = ("/static/", "/art/", "/account/", "/teach/", "/manage/", "/privacy/", "/api/", "/oauth/", "/webhooks/", "/sign-up/", "/sign-in/")
MAX_BODY = 1024 * 1024


@dataclass
class State:
    """What the running application consists of, for commands and tests: `app.extensions["upart"]`."""

    config: Config
    plugins: Plugins
    dispatcher: Dispatcher
    directory: Directory
    policies: dict[str, Policy]
    owners: dict[str, str]
    cache: PageCache | None = None


class Portal(Flask):
    """Flask with our four steps around a view: door, policy, view, one commit."""

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request that has passed the host gate."""
        academy: CurrentAcademy = environ["upart.academy"]
        with context.set(academy):
            return super().wsgi_app(environ, start_response)

    def dispatch_request(self) -> Any:
        """Open the door that the method asks for; a GET cannot write. An answer that says no keeps nothing."""
        state: State = self.extensions["upart"]
        if UNSTORABLE.search(request.path) or "\ufffd" in request.path:
            abort(404)
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        endpoint = request.endpoint or ""
        owner = state.owners.get(endpoint.partition(".")[0])
        if owner is not None and owner not in context.academy.plugins:
            abort(404)
        policy = state.policies[endpoint]
        open_door = db.reading if request.method in SAFE else db.writing
        with open_door(context.academy, context.person) as session:
            enforce(policy)
            response: Response = self.make_response(super().dispatch_request())
            if request.method not in SAFE and response.status_code >= 400:
                session.rollback()
        if policy.public and request.method in SAFE and response.status_code == 200:
            response.headers.setdefault("Cache-Control", headers.PUBLIC)
        return response

    def process_response(self, response: Response) -> Response:
        """Put the security headers on every answer."""
        return headers.secure(super().process_response(response), tls=request.scheme == "https")


def create_app(instance: str | Path | None = None, *, settings: Config | None = None, plugins: Iterable[EntryPoint] | None = None) -> Portal:
    """Make the application of one installation; also the entry for any WSGI server: `upart.app:create_app()`.

    `instance` is the folder (else UPART_INSTANCE, else ./instance). Raises NoInstance, BadSetting.
    `settings` and `plugins` replace what would be read and found, for tests.
    """
    chosen = settings or config.load(config.find_instance(str(instance) if instance else None)[0])
    if chosen.test_now is not None and chosen.is_demo:
        clock.start_at(chosen.test_now)
    app = Portal("upart", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    db.init_app(app, chosen)
    found = loader.load(plugins, CORE_PATHS)
    dispatcher = Dispatcher(found, chosen.plugin_failures, lambda plugin, reason: _remember_quarantine(app, plugin, reason))
    state = State(chosen, found, dispatcher, Directory(app, chosen), {}, {})
    app.extensions["upart"] = state
    _look(app, dispatcher)
    queries = _routes(app, state)
    error_pages(app)
    _known_quarantines(app, state)
    behind: Any = app.wsgi_app
    if chosen.page_cache_bytes:
        behind = state.cache = PageCache(behind, chosen.page_cache_bytes, queries)
    app.wsgi_app = HostGate(behind, state.directory, chosen.trusted_proxies)  # type: ignore[method-assign]
    return app


def _look(app: Flask, dispatcher: Dispatcher) -> None:
    site = app.extensions[SITE] = Site(dispatcher)
    folders = {p.id: Path(str(importlib.resources.files(p.package))) for p in dispatcher.plugins.healthy()}
    site.themes = Themes(load_themes(), folders, GLOBALS)


def _routes(app: Flask, state: State) -> set[str]:
    """Register pages of core and plugins; refuse to start with a route that has no policy. Returns query names in use."""
    queries: set[str] = set()
    own = [(None, blueprint) for blueprint in CORE_BLUEPRINTS]
    for plugin, blueprint in [*own, *((p, b) for p in state.plugins.healthy() for b in p.blueprints)]:
        prefix = f"/{blueprint.area.value}/{plugin.id}" if plugin and blueprint.area is not Area.SITE else None
        app.register_blueprint(blueprint, url_prefix=prefix)
        state.policies |= {f"{blueprint.name}.{name}": policy for name, policy in blueprint.policies.items()}
        queries |= blueprint.queries
        if plugin:
            state.owners[blueprint.name] = plugin.id
    for rule in app.url_map.iter_rules():
        _has_policy(rule, state)
    return queries


def _has_policy(rule: Rule, state: State) -> None:
    if rule.endpoint not in state.policies:
        raise PluginError(f"The route {rule.rule} has no policy.", remedy="Register it on a upart.plugin.Blueprint with policy=….")


def _remember_quarantine(app: Flask, plugin: Plugin, reason: str) -> None:
    with app.app_context(), db.everywhere(f"remember that plugin {plugin.id} is quarantined", write=True) as session:
        record = session.scalar(select(PluginRecord).where(PluginRecord.plugin == plugin.id))
        if record is not None:
            record.state, record.reason = PluginState.QUARANTINED, reason[:500]


def _known_quarantines(app: Flask, state: State) -> None:
    """Plugins that failed too often before stay out until they are enabled again, or their version changes."""
    try:
        with app.app_context(), db.everywhere("read which plugins are quarantined") as session:
            for record in session.scalars(select(PluginRecord).where(PluginRecord.state == PluginState.QUARANTINED)):
                plugin = state.plugins.get(record.plugin)
                if plugin is not None and plugin.healthy and plugin.version == record.version:
                    state.dispatcher.quarantine(plugin, record.reason)
    except SQLAlchemyError:
        return  # not migrated yet: then nothing is quarantined
