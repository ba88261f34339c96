# SPDX-License-Identifier: MIT
"""Values that a door must survive: each is answered with 4xx in words, or with the page, never with 5xx."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote_plus

hostile_values: tuple[str, ...] = (
    "", " ", "\0", "a\0b", "\ud800", "\udfffx", "\ufffd", "%00", "%ff%fe", "..", "../../etc/passwd", "..\\..", "{{7*7}}", "{%", "${7*7}", "<script>", "'\"><b>",
    "' OR 1=1 --", "-1", "0", str(2**31), str(2**63), str(2**64), "9" * 400, "1e309", "NaN", "null", "true", "[]", "[" * 500, "a" * 10_000, "\u202e",
    "é" * 200, "\N{PILE OF POO}" * 50, "\r\nSet-Cookie: a=b", "http://evil.example/", "//evil.example", "javascript:alert(1)", "CON", "a;b", "a,b",
    "\u0645\u0631\u062d\u0628\u0627 \u202bab\u202c", "👨‍👩‍👧‍👦", "\ufeff", "\u2028", "\x1b[31m", "\x7f", "\x85", "=1+1", "%s%n%x", "１２３", "𝟘", "İ" * 120,
    "ﷺ" * 100, "a\u0301" * 100, '{"a":' * 300, "a@b", "@" * 90, "a" * 65 + "@example.org", "x@" + "y." * 120 + "z", "lena@example.org\nBcc: v@example.org",
    "a\tb", "\n" * 3000, "00000000-0000-0000-0000-000000000000", "0x10", "١٢٣", "-0", "+1", "1_000", "2026-13-45T99:99:99Z", "None", "/\\evil.example", "/%0d%0a",
)  # fmt: skip

hostile_cursors: tuple[str, ...] = tuple(
    b64encode(text.encode("utf-8", "surrogatepass")).decode()
    for text in (
        "[" * 3000, "[]", "{}", "null", "[null, null]", f'[{2**63}, "00000000-0000-0000-0000-000000000000"]', '[1e400, "x"]', '["\ud800", "y"]',
        '[{"a": 1}, "00000000-0000-0000-0000-000000000000"]', '["a", 1]', '["a", "00000000-0000-0000-0000-000000000000", 3]', '["a\u0000", "b"]',
        '["0000-00-00T00:00:00", "00000000-0000-0000-0000-000000000000"]', '["2026-01-01T00:00:00", "00000000-0000-0000-0000-000000000000"]',
        '["\ud800", "00000000-0000-0000-0000-000000000000"]', '["a\u0000", "00000000-0000-0000-0000-000000000000"]', '[true, "00000000-0000-0000-0000-000000000000"]',
        '["9999-12-31T23:59:59+14:00", "00000000-0000-0000-0000-000000000000"]', '["0001-01-01T00:00:00+14:00", "00000000-0000-0000-0000-000000000000"]',
        '"', "\xff", '[["a"], "00000000-0000-0000-0000-000000000000"]', "1" * 5000,
    )
)  # fmt: skip
"""What a cursor of a list may hold when somebody has made it by hand: base64 of JSON."""

hostile_paths: tuple[str, ...] = (
    "/" + "a" * 10_000, "/%00", "/courses/%00", "/courses/%ff%fe", "/courses/..%2f..%2fetc", "/courses/" + str(2**63), "//evil.example/", "/courses/%ed%a0%80",
    "/learn/a/" + "b" * 3000, "/static/plugin/courses/../../models.py", "/static/theme/harbor/%2e%2e/theme.toml", "/art/theme/harbor/..%2f..%2fx.svg",
    "/%e2%80%ae", "/courses/?q=%00", "/courses/?q=%ff", "/courses/?" + "&".join(f"a{i}=1" for i in range(2000)), "/courses/?q=" + "[" * 3000, "/.env", "/;/",
)  # fmt: skip

hostile_hosts: tuple[str, ...] = (
    "", " ", "a b", "good@evil", "evil/..", "athena.localhost@evil.example", "evil.example", "athena", "localhost.evil.example", ".localhost", "..localhost",
    "athena..localhost", "-athena.localhost", "athena.localhost:", "athena.localhost:x", "athena.localhost:80:80", "athena.localhost:99999x", "[::1]", "[::1]:80",
    "127.0.0.1", "0.0.0.0", "2130706433", "xn--", "xn--a.localhost", "\xe9.localhost", "a" * 64 + ".localhost", "a" * 300, "*.localhost", "%61thena.localhost",
    "athena.localhost\0", "athena.localhost\t", "athena,orion.localhost", "x.athena.localhost", "athena_.localhost", "athena.localhost/", "athena.localhost?",
    "athena.localhost#", "http://athena.localhost", "localhost..", "www.localhost", "'or'1.localhost",
)  # fmt: skip

hostile_headers: tuple[tuple[str, str], ...] = tuple(
    (name, value)
    for name, values in {
        "Accept-Language": ("", "x" * 5000, "de;q=x", "\xff", "../../etc", "de,en;q=0.5," * 300, "*;q=-1"),
        "User-Agent": ("", "a" * 7000, "\xff\xfe", "<script>", "Mozilla/5.0 (" * 200),
        "X-Forwarded-For": ("", "x", "1.2.3.4, " * 500, "::ffff:1.2.3.4", "999.999.999.999", "1.2.3.4:80", "[::1]", "\xff", "2" * 400),
        "X-Forwarded-Proto": ("", "https", "javascript", "\xff", "http,https"),
        "X-Forwarded-Host": ("evil.example", "\xff"),
        "Sec-Fetch-Site": ("", "x", "same-origin, cross-site", "\xff"),
        "Origin": ("", "null", "http://", "http://athena.localhost@evil.example", "\xff", "[" * 400),
        "Referer": ("", "http://[", "\xff", "x" * 5000),
        "If-None-Match": ("*", '"', "W/", '"a",' * 900, "\xff", ",,,"),
        "If-Modified-Since": ("never", "Thu, 99 Foo 9999 99:99:99 GMT", "\xff"),
        "Range": ("bytes=0-0", "bytes=9-1", "bytes=-1", "bytes=" + "0-1," * 500, "x", "\xff"),
        "Accept": ("", "*/*;q=x", "\xff", "text/" * 900),
        "Accept-Encoding": ("", "gzip;q=x", "\xff"),
        "Authorization": ("", "Basic", "Basic \xff", "Basic " + "A" * 4000, "Bearer \xff", 'Digest username="', "Negotiate"),
        "Cookie": ("", ";", "=", "=;=", "a", "\xff=\xff", "upart_session", "upart_session=" + "a" * 7000, "; ".join(f"c{n}=1" for n in range(900)), 'a="\\'),
        "Content-Type": ("", "x", "text/html; charset=\xff", "application/json; charset=utf-7", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 300),
        "Content-Length": ("", "x", "-1", "1e3", "99999999999999999999", "0x10"),
        "Content-Encoding": ("gzip", "\xff"),
        "Transfer-Encoding": ("chunked", "x", "chunked, gzip"),
        "Expect": ("100-continue", "x"),
        "X-HTTP-Method-Override": ("DELETE", "\xff"),
    }.items()
    for value in values
)  # fmt: skip
"""Headers as latin-1, as WSGI hands them over (PEP 3333)."""

MIB = 1024 * 1024
DEEP = 100_000


def encoded(fields: Iterable[tuple[str, str]]) -> bytes:
    """A form's body, also of values that no browser would send: half of a surrogate pair goes as its three bytes."""
    return b"&".join(quote_plus(name).encode() + b"=" + quote_plus(value.encode("utf-8", "surrogatepass")).encode() for name, value in fields)


def hostile_bodies(fields: Mapping[str, str]) -> Iterator[tuple[str, str, bytes]]:
    """Bodies that a form with these fields may get: what is odd, content type, bytes."""
    form, plain, first = "application/x-www-form-urlencoded", encoded(fields.items()), next(iter(fields), "name")
    yield "nothing", form, b""
    yield "more than a megabyte", form, encoded([*fields.items(), (first, "a" * MIB)])
    yield "a value of nearly a megabyte", form, encoded([*((n, v) for n, v in fields.items() if n != first), (first, "a" * (MIB - 2000))])
    yield "100,000 fields", form, plain + b"&a=1" * DEEP
    yield "900 times the same field", form, plain + f"&{quote_plus(first)}=x".encode() * 900
    yield "no UTF-8", form, plain + b"&" + first.encode() + b"=%ff%fe&%ff=1"
    yield "raw bytes", form, bytes(range(256))
    yield "ampersands", form, b"&=&=" * 200 + b"%" * 100
    yield "deep JSON", "application/json", b"[" * DEEP
    yield "JSON of wrong types", "application/json", b'{"' + first.encode() + b'": [1, {"a": null}, 1e999, true]}'
    yield "broken JSON", "application/json", b'{"a": \xff'
    yield "text", "text/plain", plain
    yield "bytes", "application/octet-stream", bytes(range(256)) * 10
    yield "no type", "", plain
    yield "another charset", f"{form}; charset=utf-16", "a=ü".encode("utf-16")
    yield "XML", "application/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    yield from _multipart(fields, first)


def _multipart(fields: Mapping[str, str], first: str) -> Iterator[tuple[str, str, bytes]]:
    kind = "multipart/form-data; boundary=zz"
    parts = b"".join(_part(f'name="{name}"', value.encode("utf-8", "surrogatepass")) for name, value in fields.items())
    yield "multipart", kind, parts + b"--zz--\r\n"
    yield "multipart without its end", kind, parts + b'--zz\r\nContent-Disposition: form-data; name="'
    yield "multipart without a boundary", "multipart/form-data", parts + b"--zz--\r\n"
    yield "multipart with another boundary", "multipart/form-data; boundary=other", parts + b"--zz--\r\n"
    yield "10,000 parts", kind, parts + _part('name="a"', b"1") * 10_000 + b"--zz--\r\n"
    yield "a file where text belongs", kind, parts + _part(f'name="{first}"; filename="../../x\\0.php"', b"\xff\xd8\xff") + b"--zz--\r\n"
    yield "a part without a name", kind, parts + _part("", b"x") + b"--zz--\r\n"
    yield "a part with a long head", kind, parts + _part('name="a"; ' + "x" * 20_000, b"x") + b"--zz--\r\n"
    yield "a part with NUL and halves of pairs", kind, parts + _part(f'name="{first}"', b"a\0b\xed\xa0\x80") + b"--zz--\r\n"
    yield "a name with NUL", kind, parts + _part('name="a\0b"', b"x") + b"--zz--\r\n"


def _part(disposition: str, value: bytes) -> bytes:
    return b"--zz\r\nContent-Disposition: form-data; " + disposition.encode("utf-8", "replace") + b"\r\n\r\n" + value + b"\r\n"
