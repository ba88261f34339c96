# SPDX-License-Identifier: MIT
"""How the files of a package leave the house: foreign programs, which run in a browser without any power over this site.

Each answer carries `Content-Security-Policy: sandbox` without `allow-same-origin`, so that a page of a package belongs to no site, also where it is
opened by itself: no cookie, no storage, no window of ours is its own. It loads, asks and frames nothing but the files of its package, by the address
that was signed for this person. SCORM's programs look for an object named API in the windows above them; those are closed to them. So each page
of a package gets two scripts before its own: scorm-again, which is that object, and ours, which hands what it says to the player by postMessage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask import request, send_file
from markupsafe import escape
from werkzeug import Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from upart.plugin import File, NotHere
from upart_courses.packaged import package_in, version_of_bytes
from upart_courses.packages.opened import TEXT, Package

OWN = ".upart/"
"""Where a package finds our two scripts, beside its own files."""

SCRIPTS = {"scorm12.min.js": "vendor/scorm12.min.js", "package.js": "package.js"}
STATIC = Path(__file__).parents[1] / "static"
PIECE = 64 * 1024
SANDBOX = "allow-scripts allow-forms"
"""Forms, because programs use them without sending them; where they would go to, `form-action` forbids."""

RULES = (
    "sandbox {sandbox}; default-src 'none'; script-src {here} blob: 'unsafe-inline' 'unsafe-eval'; style-src {here} 'unsafe-inline'; "
    "img-src {here} data: blob:; media-src {here} data: blob:; font-src {here} data:; connect-src {here} data: blob:; frame-src {here}; "
    "worker-src {here} blob:; base-uri {here}; form-action 'none'; object-src 'none'"
)
PAGES = ("text/html", "application/xhtml+xml")
TYPES = {  # by the end of a name: what is not here is bytes
    "htm": "text/html", "html": "text/html", "xhtml": "application/xhtml+xml", "js": "text/javascript", "mjs": "text/javascript", "css": "text/css",
    "json": "application/json", "xml": "application/xml", "xsd": "application/xml", "txt": "text/plain", "csv": "text/csv", "vtt": "text/vtt",
    "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "avif": "image/avif",
    "ico": "image/x-icon", "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg", "wav": "audio/wav", "mp4": "video/mp4",
    "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg", "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
    "pdf": "application/pdf", "wasm": "application/wasm",
}  # fmt: skip
CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
TEXT_HEAD = 4096
UTF_8, UTF_16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
MARKS = (UTF_8, *UTF_16)
"""How a page in Unicode may begin."""

PLACES = tuple(re.compile(tag, re.IGNORECASE) for tag in (rb"<head(\s[^>]*)?>", rb"<html(\s[^>]*)?>", rb"<!doctype[^>]*>"))
"""After which a script of ours may stand, the best first."""


def script(name: str) -> Response:
    """One of our two scripts. Raises NotHere."""
    if name not in SCRIPTS:
        raise NotHere
    return _loosened(send_file(STATIC / SCRIPTS[name], mimetype="text/javascript"))


def member(file: File, path: str, here: str, state: Mapping[str, Any]) -> Response:
    """A file of a stored package; `here` is the address of the package, ending with "/", `state` what its programs find. Raises NotHere, Unreadable."""
    with ExitStack() as stack:
        package = stack.enter_context(package_in(file))
        if not (name := package.found(path)):
            raise NotHere
        kind = TYPES.get(name.rpartition(".")[2].casefold(), "application/octet-stream")
        if kind in PAGES and package.size(name) <= TEXT:
            return _page(package.read(name), kind, here, state)
        return _whole_or_part(package, name, kind, version_of_bytes(file), stack.pop_all())


def _page(html: bytes, kind: str, here: str, state: Mapping[str, Any]) -> Response:
    said = CHARSET.search(html[:TEXT_HEAD]) if not html.startswith(MARKS) else None
    charset = "utf-8" if html.startswith(MARKS) else said[1].decode("ascii") if said else ""
    content_type = f"{kind}; charset={charset}" if charset else kind  # where it is said in the page may come too late behind our scripts
    response = Response(with_scripts(html, here, state), headers={"Content-Type": content_type})
    response.headers["Content-Security-Policy"] = RULES.format(here=here, sandbox=SANDBOX)
    return _loosened(response)


def with_scripts(html: bytes, here: str, state: Mapping[str, Any]) -> bytes:
    """A page with our scripts before its own, in whatever encoding that holds ASCII; UTF-16 becomes UTF-8."""
    if html.startswith(UTF_16):
        html = UTF_8 + html.decode("utf-16", "replace").encode()
    first, ours = (f'<script src="{escape(here + OWN + name)}"' for name in SCRIPTS)
    tags = f'{first}></script>{ours} data-state="{escape(json.dumps(state))}"></script>'.encode("ascii", "xmlcharrefreplace")
    found = next((match for tag in PLACES if (match := tag.search(html))), None)
    at = found.end() if found else len(UTF_8) if html.startswith(UTF_8) else 0
    return html[:at] + tags + html[at:]


def _whole_or_part(package: Package, name: str, kind: str, version: str, stack: ExitStack) -> Response:
    """Any other file, in pieces, also from the middle (RFC 9110, 14): players of films ask so."""
    info = package.infos[name]
    body = _Pieces(package.zip.open(info), stack)
    response = Response(body, headers={"Content-Type": kind}, direct_passthrough=True)
    response.content_length = info.file_size
    response.set_etag(f"{version}-{info.CRC:08x}")
    response.headers["Content-Security-Policy"] = RULES.format(here="'none'", sandbox=SANDBOX) if kind == "image/svg+xml" else "sandbox; default-src 'none'"
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=info.file_size)
    except RequestedRangeNotSatisfiable:
        body.close()
        return _loosened(Response(status=416, headers={"Content-Range": f"bytes */{info.file_size}"}))
    if request.method == "HEAD" or response.status_code in (304, 412):
        body.close()
    return _loosened(response)


class _Pieces(FileWrapper):
    """A file of a ZIP in pieces; with it the ZIP is closed."""

    def __init__(self, file: Any, stack: ExitStack) -> None:
        super().__init__(file, PIECE)
        self.stack = stack

    def close(self) -> None:
        """Close both."""
        super().close()
        self.stack.close()


def _loosened(response: Response) -> Response:
    """What belongs to no site may load this: it has no cookies to load it with, and its address is the permission."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.setdefault("Content-Security-Policy", "sandbox; default-src 'none'")
    return response
