# SPDX-License-Identifier: MIT
"""Whose address it is that a request comes from, whichever kind of socket or proxy it came through."""

from ipaddress import ip_network

import pytest

from upart.academies.gate import HostGate

PROXY = (ip_network("192.0.2.0/24"),)
CASES = (
    ("203.0.113.9", "", "203.0.113.9", "http"), ("::ffff:203.0.113.9", "", "203.0.113.9", "http"), ("::FFFF:203.0.113.9", "", "203.0.113.9", "http"),
    ("2001:db8::5", "", "2001:db8::5", "http"), ("::ffff:192.0.2.1", "8.8.8.8, 203.0.113.9", "203.0.113.9", "https"),
    ("192.0.2.1", "::ffff:203.0.113.9", "203.0.113.9", "https"), ("203.0.113.9", "192.0.2.1", "203.0.113.9", "http"), ("192.0.2.1", "", "192.0.2.1", "https"),
)  # fmt: skip


@pytest.mark.parametrize(("socket", "forwarded", "address", "scheme"), CASES)
def test_an_address_is_the_same_through_every_socket(portal, socket, forwarded, address, scheme):
    passed = {}
    gate = HostGate(lambda environ, _start: passed.update(environ) or [], portal.state.directory, PROXY)
    gate({"PATH_INFO": "/", "REQUEST_METHOD": "GET", "HTTP_HOST": "athena.localhost", "wsgi.url_scheme": "http", "REMOTE_ADDR": socket,
          "HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_FORWARDED_PROTO": "https"}, None)  # fmt: skip

    assert (passed["REMOTE_ADDR"], passed["wsgi.url_scheme"]) == (address, scheme)
    assert "HTTP_X_FORWARDED_FOR" not in passed
