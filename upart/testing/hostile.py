# SPDX-License-Identifier: MIT
"""Values that a door must survive: each is answered with 4xx, or with the page, never with 5xx."""

from __future__ import annotations

hostile_values: tuple[str, ...] = (
    "", " ", "\0", "a\0b", "\ud800", "\ufffd", "%00", "%ff%fe", "..", "../../etc/passwd", "..\\..", "{{7*7}}", "{%", "${7*7}", "<script>", "'\"><b>",
    "' OR 1=1 --", "-1", "0", str(2**31), str(2**63), str(2**64), "9" * 400, "1e309", "NaN", "null", "true", "[]", "[" * 500, "a" * 10_000, "\u202e",
    "é" * 200, "\N{PILE OF POO}" * 50, "\r\nSet-Cookie: a=b", "http://evil.example/", "//evil.example", "javascript:alert(1)", "CON", "a;b", "a,b",
)  # fmt: skip

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
