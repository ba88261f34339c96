# SPDX-License-Identifier: MIT
"""A place that speaks like S3: buckets in memory, each request's signature checked, slow or out of order when it is told so."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS, SECRET, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1"
PAGE = 7
"""Names in one page of a list: so few that lists have several."""


class Bucket:
    """What is in the bucket `ledger`, and how the server behaves."""

    def __init__(self, url: str) -> None:
        self.url, self.objects = url, dict[str, bytes]()
        self.asked: list[tuple[str, str]] = []
        self.answered = 0
        self.lock = threading.Lock()
        self.behave()

    def behave(
        self,
        *,
        fails: int = 0,
        code: str = "",
        methods: str = "GET PUT POST",
        after: bool = False,
        times: int = 1_000_000,
        waits: float = 0.0,
        until: threading.Event | None = None,
        clock: float = 0.0,
    ) -> None:
        """From now on: answer with status `fails` and `code`, `after` it was done or instead, to so many requests; wait first, so long or `until` something; believe in another time, by so many seconds."""
        self.fails, self.code, self.methods, self.after, self.times, self.clock = fails, code, methods, after, times, clock
        self.waits, self.until = waits, until

    def lines(self) -> list[str]:
        """Names of the objects that hold lines."""
        return sorted(name for name in self.objects if re.search(r"/\d{8}$", name))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        """An object, or a page of a list."""
        self._answer(self._get)

    def do_PUT(self) -> None:
        """Keep an object."""
        self._answer(self._put)

    def do_POST(self) -> None:
        """Remove objects."""
        self._answer(self._delete)

    def _answer(self, do) -> None:
        told: Bucket = self.server.told
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        bucket, _, name = unquote(parts.path).lstrip("/").partition("/")
        told.asked.append((self.command, name))
        concerned = self.command in told.methods.split() and told.times > 0
        told.times -= concerned
        if concerned and told.waits:
            time.sleep(told.waits)
        if concerned and told.until:
            told.until.wait(60)
        if (why := self._refused(body)) or bucket != "ledger":
            return self._say(403 if why else 404, _error(why or "NoSuchBucket"))
        if concerned and told.fails and not told.after:
            return self._say(told.fails, _error(told.code or "InternalError"))
        with told.lock:
            status, said = do(told, name, body, dict(parse_qsl(parts.query, keep_blank_values=True)))
        if concerned and told.fails:
            return self._say(told.fails, _error(told.code or "InternalError"))
        return self._say(status, said)

    def _refused(self, body: bytes) -> str:
        """AWS Signature Version 4, and the clock."""
        told: Bucket = self.server.told
        at = datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs((datetime.now(UTC) - at).total_seconds() + told.clock) > 900:
            return "RequestTimeTooSkewed"
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d+)/([\w-]+)/s3/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=(\w+)", self.headers["authorization"]
        )
        if not found or found[1] != ACCESS:
            return "InvalidAccessKeyId"
        parts, signed = urlsplit(self.path), found[4]
        query = "&".join(sorted(f"{quote(k, '')}={quote(v, '')}" for k, v in parse_qsl(parts.query, keep_blank_values=True)))
        headers = "".join(f"{name}:{self.headers[name].strip()}\n" for name in signed.split(";"))
        payload = self.headers["x-amz-content-sha256"]
        if payload not in (hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"):
            return "XAmzContentSHA256Mismatch"
        canonical = "\n".join((self.command, parts.path, query, headers, signed, payload))
        scope = f"{found[2]}/{found[3]}/s3/aws4_request"
        text = "\n".join(("AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()))
        key = f"AWS4{SECRET}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return "" if hmac.digest(key, text.encode(), "sha256").hex() == found[5] else "SignatureDoesNotMatch"

    def _get(self, told: Bucket, name: str, body: bytes, query: dict[str, str]) -> tuple[int, bytes]:
        if not name:
            return 200, _listed(told.objects, **{key.replace("-", "_"): value for key, value in query.items()})
        return (200, told.objects[name]) if name in told.objects else (404, _error("NoSuchKey"))

    def _put(self, told: Bucket, name: str, body: bytes, query: dict[str, str]) -> tuple[int, bytes]:
        if self.headers.get("if-none-match") == "*" and name in told.objects:
            return 412, _error("PreconditionFailed")
        told.objects[name] = body
        return 200, b""

    def _delete(self, told: Bucket, name: str, body: bytes, query: dict[str, str]) -> tuple[int, bytes]:
        removed = re.findall(r"<Key>([^<]+)</Key>", body.decode())
        for one in removed:
            told.objects.pop(one, None)
        return 200, f"<DeleteResult>{''.join(f'<Deleted><Key>{one}</Key></Deleted>' for one in removed)}</DeleteResult>".encode()

    def _say(self, status: int, said: bytes) -> None:
        told: Bucket = self.server.told
        with told.lock:
            told.answered += 1
        self.send_response(status)
        self.send_header("ETag", '"0"')
        self.send_header("Last-Modified", "Thu, 26 Nov 2026 07:00:00 GMT")
        self.send_header("Content-Length", str(len(said)))
        with suppress(OSError):  # who asked waits no longer
            self.end_headers()
            self.wfile.write(said)


def _error(code: str) -> bytes:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()


def _listed(objects: dict[str, bytes], prefix: str = "", delimiter: str = "", continuation_token: str = "", **_: str) -> bytes:
    names = sorted(name for name in objects if name.startswith(prefix) and name > continuation_token)
    page = names[:PAGE]
    common = sorted({prefix + name[len(prefix) :].split(delimiter)[0] + delimiter for name in page if delimiter and delimiter in name[len(prefix) :]})
    plain = [name for name in page if not any(name.startswith(one) for one in common)]
    contents = "".join(
        f"<Contents><Key>{escape(name)}</Key><LastModified>2026-11-26T07:00:00.000Z</LastModified><ETag>0</ETag><Size>{len(objects[name])}</Size></Contents>"
        for name in plain
    )
    folders = "".join(f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in common)
    more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if len(names) > PAGE else ""
    return f"<ListBucketResult><IsTruncated>{str(bool(more)).lower()}</IsTruncated>{contents}{folders}{more}</ListBucketResult>".encode()


@contextmanager
def serving_bucket() -> Iterator[Bucket]:
    """The server, on a free port."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.told = Bucket(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.told
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
