# SPDX-License-Identifier: MIT
"""`create_app()`: the whole application, in the order it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.routing import Rule

from upart import clock, config, db, keys, theming
from upart.academies import custody
from upart.academies.directory import Directory
from upart.academies.gate import HostGate
from upart.accounts import authenticating, passwords, sessions
from upart.accounts.sessions import Visitor
from upart.accounts.views.doors import sign_in_needed
from upart.config import Config
from upart.context import CurrentAcademy, context
from upart.cookies.assets import allowed, assets
from upart.cookies.gate import CookieGate
from upart.cookies.showing import question
from upart.cookies.signals import allows, personalised
from upart.core import CORE, CORE_PATHS
from upart.db import masks
from upart.db.types import UNSTORABLE
from upart.errors import PluginError, Problem, SignInNeeded
from upart.hooks import loader, plugged, quarantined
from upart.hooks.loaded import Plugin, Plugins
from upart.hooks.plan import Dispatcher
from upart.hooks.records import Area
from upart.hooks.routes import Policy, enforce
from upart.hooks.single import one_file_plugins
from upart.mail.actions import CONFIG
from upart.media.showing import picture
from upart.rights.actions import looking
from upart.rights.gate import LedgerGate
from upart.rights.ledger import book as ledger
from upart.rights.restricting import columns
from upart.rights.restricting.actions import in_force
from upart.search.views import searches
from upart.storage import places
from upart.theming import headers, locales
from upart.theming.bodies import MAX_BODY, check_form
from upart.theming.cache import PAGE, PageCache
from upart.theming.faults import error_pages
from upart.theming.render import GLOBALS, SITE, Site
from upart.theming.themes import Themes, load_themes
from upart.theming.turns import SAFE, Turns
from upart.theming.uploads import Request, receive_files
from upart.tokens import bearing, rates
from upart.tokens.bearing import Call
from upart.tokens.origins import OriginGate
from upart.tokens.repeating import Claim, once
from upart.visits.counting import Counting
from upart.visits.naming import page_of
from upart.visits.origins import Origins
from upart.visits.recent import title_of

__all__ = ["Portal", "State", "create_app"]


@dataclass
class State:
    """What the running application consists of, for commands and tests: `app.extensions["upart"]`."""

    config: Config
    plugins: Plugins
    dispatcher: Dispatcher
    directory: Directory
    policies: dict[str, Policy]
    owners: dict[str, str]
    unguarded: set[str]
    bodies: dict[str, int] = field(default_factory=dict)
    cache: PageCache | None = None
    counting: Counting | None = None


class Portal(Flask):
    """Flask with our four steps around a view: door, policy, view, one commit."""

    request_class = Request

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
        if not custody.answers(endpoint):
            return custody.paused()
        policy, unsafe = state.policies[endpoint], request.method not in SAFE
        calls = bearing.is_call(request.path)
        call = bearing.entered(request) if calls else Call()
        if unsafe:
            self.check_unsafe(endpoint in state.unguarded or call.bears)
        looks = policy.knows and endpoint not in state.unguarded
        known = call.visitor if call.bears else sessions.visitor() or authenticating.by_plugins() if looks else None
        with context.within(call.scopes), once(known.person if known else None, heeded=calls) as claim:
            return claim.given or self.work(endpoint, known, claim, bears=call.bears)

    def work(self, endpoint: str, visitor: Visitor | None, claim: Claim, *, bears: bool) -> Response:
        """Open the door, ask the policy, let the view work, commit once. A token may read what it was made for, also private data."""
        state: State = self.extensions["upart"]
        policy, unsafe = state.policies[endpoint], request.method not in SAFE
        open_door = db.writing if unsafe else db.reading
        with sessions.cookies_of_the_block(), context.noting() as shown, open_door(context.academy, masks=True) as session:
            person = session().merge(visitor.person, load=False) if visitor else None
            with context.knowing(person, visitor.fresh if visitor else False, private=bears or policy.shows != ""):
                enforce(policy)
                if unsafe:
                    receive_files(request, state.bodies.get(endpoint, MAX_BODY))
                response: Response = self.make_response(super().dispatch_request())
                if unsafe and response.status_code < 400:
                    session.flush()  # while it is known who writes
                    claim.keep(response)
            if unsafe and response.status_code >= 400:
                session.rollback()
        if shown and visitor:
            looking.write_down(shown, visitor.person, looking.sentence_of(self.view_functions[endpoint]))
        if visitor is not None and state.counting is not None and page_of(request, response) and personalised():
            state.counting.note_opened(context.academy, visitor.person.id, request.path, title_of(response, context.academy))
        if policy.public and not unsafe and visitor is None and response.status_code == 200:
            response.headers.setdefault("Cache-Control", headers.PUBLIC)
            if policy.knows:
                response.headers[headers.KNOWS] = "1"
        return response

    def check_unsafe(self, guards_itself: bool) -> None:
        """Refuse forms of other sites (Fetch Metadata, else Origin), and bodies that no form of ours sends."""
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        carries = any(cookie in request.cookies for name in sessions.COOKIES for cookie in (name, f"__Host-{name}")) or authenticating.are_asked(
            context.academy
        )
        own = site in ("same-origin", "none") if site else origin == request.host_url.rstrip("/") if origin else not carries
        if not own and not guards_itself:
            raise Problem(403, "This form was sent from another site.", remedy="Open the page here and send it again.", code="cross_site")
        check_form(request)

    def process_response(self, response: Response) -> Response:
        """Put the security headers on every answer."""
        response = bearing.challenge(request, sessions.put_cookies(super().process_response(response)))
        if page := page_of(request, response):
            request.environ[PAGE] = page
        return headers.secure(response, tls=request.scheme == "https", sources=allowed())


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
    keys.init_app(app, chosen)
    ledger.init_app(app, chosen)
    places.init_app(app, chosen)
    passwords.init_app(app, chosen.password_memory)
    sessions.init_app(app)
    rates.init_app(app, chosen)
    app.extensions[CONFIG] = chosen
    found = loader.load(plugins, CORE_PATHS, CORE, one_file_plugins(chosen.instance))
    plugged.init_app(app, found)
    masks.init_app(app, columns.hidden)
    dispatcher = Dispatcher(found, chosen.plugin_failures, _remembering(app))
    state = State(chosen, found, dispatcher, Directory(app, chosen, in_force), {}, {}, set())
    app.extensions["upart"] = state
    _look(app, dispatcher)
    queries = _routes(app, state)
    error_pages(app)
    app.register_error_handler(SignInNeeded, sign_in_needed)
    with app.app_context():
        for plugin, reason in quarantined.remembered(found):
            dispatcher.quarantine(plugin, reason)
    behind: Any = Turns(CookieGate(app.wsgi_app, found))
    if chosen.page_cache_bytes:
        behind = state.cache = PageCache(behind, chosen.page_cache_bytes, queries, _authenticating(app))
    state.counting = Counting(behind, app, state.policies, Origins(chosen.geo_database))
    app.wsgi_app = LedgerGate(HostGate(OriginGate(state.counting, app), state.directory, chosen.trusted_proxies), app)  # type: ignore[method-assign]
    return app


def _look(app: Flask, dispatcher: Dispatcher) -> None:
    site = app.extensions[SITE] = Site(dispatcher)
    folders = {p.id: p.folder for p in dispatcher.plugins.healthy()} | {"core": Path(theming.__file__).parent}
    locales.load([folders["core"], *folders.values()])
    names = {"allows": allows, "assets": assets, "cookie_question": question, "searches": searches, "picture": picture}
    site.themes = Themes(load_themes(), folders, {**GLOBALS, **names})


def _routes(app: Flask, state: State) -> set[str]:
    """Register pages of core and plugins; refuse to start with a route that has no policy. Returns query names in use."""
    queries: set[str] = set()
    for plugin, blueprint in ((p, b) for p in state.plugins.everything() for b in p.blueprints):
        is_core = plugin.id == "core"
        prefix = f"/{blueprint.area.value}/{plugin.id}" if not is_core and blueprint.area is not Area.SITE else None
        app.register_blueprint(blueprint, url_prefix=prefix)
        state.policies |= {f"{blueprint.name}.{name}": policy for name, policy in blueprint.policies.items()}
        queries |= blueprint.queries
        state.bodies |= {f"{blueprint.name}.{name}": most for name, most in blueprint.bodies.items()}
        state.unguarded |= {f"{blueprint.name}.{name}" for name in blueprint.guards_itself}
        if not is_core:
            state.owners[blueprint.name] = plugin.id
    for rule in app.url_map.iter_rules():
        _has_policy(rule, state)
    return queries


def _has_policy(rule: Rule, state: State) -> None:
    if rule.endpoint not in state.policies:
        raise PluginError(f"The route {rule.rule} has no policy.", remedy="Register it on a upart.plugin.Blueprint with policy=….")


def _authenticating(app: Flask) -> Callable[[CurrentAcademy], bool]:
    def are_asked(academy: CurrentAcademy) -> bool:
        with app.app_context():
            return authenticating.are_asked(academy)

    state: State = app.extensions["upart"]
    return are_asked if state.plugins.manager.hook.upart_authenticate.get_hookimpls() else lambda academy: False


def _remembering(app: Flask) -> Callable[[Plugin, str], None]:
    def remember(plugin: Plugin, reason: str) -> None:
        with app.app_context():
            quarantined.remember(plugin, reason)

    return remember
