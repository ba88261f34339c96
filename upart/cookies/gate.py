# SPDX-License-Identifier: MIT
"""The filter: no cookie leaves, and none is read, that is not declared by core or an enabled plugin, and agreed to if it is optional.

It stands around Flask, so error pages pass it too; the page cache before it keeps no answer that sets a cookie. What a script
writes into `document.cookie` passes no filter: the content security policy lets scripts of this portal's own files run, and
no others. Such a cookie is not read here, unless it is declared.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from upart.context import CurrentAcademy
from upart.cookies.choice import Environ, read, signalled
from upart.cookies.inventory import Declared, bare, owner_of, settable
from upart.cookies.rules import CookieRefused, SetCookie
from upart.cookies.signals import BEGUN, CHOSEN
from upart.hooks.loaded import Plugins
from upart.theming.headers import PRIVATE

log = logging.getLogger("upart.cookies")

STRICT = "upart.strict_cookies"
"""In the environ: raise instead of dropping. Set by the browser of tests (`upart.testing.Client`); no request can bring it."""

BROUGHT = "upart.brought"
"""In the environ: the names of all cookies that the browser has sent, also of those that are not read."""

NAMES = 1000
Headers = list[tuple[str, str]]
Dropped = tuple[str, str]
"""Why, and what to do about it."""


class CookieGate:
    """WSGI: hides what may not be read, drops or corrects what may not be set. `dropped` counts by name."""

    def __init__(self, app: Callable[..., Iterable[bytes]], plugins: Plugins) -> None:
        self.app, self.plugins = app, plugins
        self.dropped: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass on. Expects `environ["upart.academy"]`, which the host gate sets."""
        asked: Environ = environ
        if "HTTP_COOKIE" in environ:
            asked = {**environ}
            self._hide(environ)

        def start(status: str, headers: Headers, *rest: Any) -> Any:
            if CHOSEN in environ or any(name.lower() == "set-cookie" for name, _ in headers):
                headers = self._passing(asked, headers, environ.get(STRICT, False))
            environ[BEGUN] = True
            return start_response(status, headers, *rest)

        return self.app(environ, start)

    def _hide(self, environ: dict[str, Any]) -> None:
        """Take out of the request what is not declared here, or not agreed to."""
        known, pairs = settable(self.plugins, environ["upart.academy"]), environ["HTTP_COOKIE"].split(";")
        named = [(pair.partition("=")[0].strip(), pair) for pair in pairs]
        environ[BROUGHT] = [name for name, _ in named]
        kept = [pair for name, pair in named if (one := known.get(bare(name))) and self._permitted(environ, one)]
        if kept:
            environ["HTTP_COOKIE"] = ";".join(kept).strip()
        else:
            del environ["HTTP_COOKIE"]

    def _permitted(self, environ: Environ, declared: Declared) -> bool:
        return not declared.optional or read(environ).permits(declared, signalled=signalled(environ))

    def _passing(self, environ: Environ, headers: Headers, strict: bool) -> Headers:
        """The headers with those cookies that may be set; what sets one, or depends on a choice, is kept by no cache."""
        known, tls = settable(self.plugins, environ["upart.academy"]), environ.get("wsgi.url_scheme") == "https"
        kept: Headers = []
        for name, value in headers:
            if name.lower() == "set-cookie":
                line = self._judged(environ, SetCookie.read(value), known, tls=tls, strict=strict)
                kept += [("Set-Cookie", line)] if line else []
            elif name.lower() != "cache-control":
                kept.append((name, value))
        return [*kept, ("Cache-Control", PRIVATE)]

    def _judged(self, environ: Environ, cookie: SetCookie, known: dict[str, Declared], *, tls: bool, strict: bool) -> str:
        if cookie.goes:
            return cookie.written(None, tls=tls)
        declared = known.get(bare(cookie.name) if tls else cookie.name)
        if declared is None or not self._permitted(environ, declared):
            self._note(cookie.name, self._reason(environ["upart.academy"], cookie.name, declared), strict=strict)
            return ""
        wrong, remedy = cookie.wrong(declared.cookie.lifetime)
        if wrong:
            self._note(cookie.name, (wrong, remedy), strict=strict)
        return cookie.written(declared.cookie.lifetime, tls=tls)

    def _reason(self, academy: CurrentAcademy, name: str, declared: Declared | None) -> Dropped:
        if declared is not None:
            return "is optional, and this browser has not agreed to it", f'Ask first: if allows("{declared.cookie.category}"): response.set_cookie(…)'
        owner = owner_of(self.plugins, bare(name))
        if owner in academy.plugins:
            return f"came with an upgrade of '{owner}', to which this academy has not agreed", f"Look at the page of '{owner}', and agree to it there."
        if owner:
            return f"belongs to plugin '{owner}', which is not enabled here", f"Enable '{owner}', or do not set its cookie."
        return "is declared by nobody", f'Declare it in upart_cookies: Cookie(name="{name[:40]}", category=…, purpose=…, lifetime=…).'

    def _note(self, name: str, why: Dropped, *, strict: bool) -> None:
        """Count it, and name it in the log once. Values stand nowhere."""
        if strict:
            raise CookieRefused(f"The cookie '{name[:80]}' {why[0]}.", remedy=why[1])
        with self._lock:
            first = name not in self.dropped
            if first and len(self.dropped) >= NAMES:
                return
            self.dropped[name] += 1
        if first:
            log.warning("the cookie %r %s. %s", name[:80], *why)
