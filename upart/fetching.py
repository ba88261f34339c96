# SPDX-License-Identifier: MIT
"""The one way to call an address that somebody has typed in: never a machine of our own network, and never for longer than five seconds.

The name is resolved once; every address behind it has to be public, and the connection goes to one of these, so an answer that
changes in between opens nothing. Redirects are not followed. `allowed` are networks that the operator permits besides.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from upart import clock
from upart.errors import UpartError

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

SECONDS = 5.0
"""For all of it: name, connection, TLS, request, answer."""

MOST = 1024 * 1024
"""Bytes of the largest answer."""

LONGEST = 2000
"""Characters of the longest address."""

LONGEST_NAME, LONGEST_LABEL = 253, 63

USUAL = {"http": 80, "https": 443}
FREE_PORTS = 1024
"""From here on any port may be called; below, mail servers and the like listen."""

TRIED = 4
"""Addresses of one name that are tried, one after another."""

CLOSED4 = tuple(map(IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
    "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
    "240.0.0.0/4",
)))  # fmt: skip
"""What is no public address (IANA special-purpose registry, RFC 6890), with multicast and what is reserved."""

OPEN6 = IPv6Network("2000::/3")
CLOSED6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")))
"""Of IPv6 only global unicast is open, without Teredo, 6to4 and what is set apart: `ipaddress.is_global` says yes to some of these."""

NAT64 = IPv6Network("64:ff9b::/96")
ISATAP = (0x00005EFE, 0x02005EFE)
"""How the second half of an address begins in which an IPv4 address of a local network is packed (RFC 5214, 6.1)."""


class FetchFailed(UpartError):
    """Nothing came back that can be used; `code` is a word of ours: name, connection, tls, timeout, too_large, no_http."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The other server could not be asked: {code}.", remedy="Try again later.")
        self.code = code


class FetchRefused(FetchFailed):
    """This address is not called, now or later: `code` is "address", or says what is wrong with how it is written."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What another server answered: status, and the body as it came."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """What is called: the parts of an address."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """Host and port as the other server is told."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == USUAL[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """The parts of an address. Raises FetchRefused for one that is not called whatever its name resolves to."""
    if not url.isascii() or not url.isprintable() or len(url) > LONGEST or any(bad in url for bad in ' \\"<>^`{|}'):
        raise FetchRefused("characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise FetchRefused("characters") from None
    if parts.scheme not in USUAL:
        raise FetchRefused("scheme")
    if "@" in parts.netloc:
        raise FetchRefused("user")
    if "%" in host or parts.fragment or not _is_host(host):
        raise FetchRefused("host")
    port = USUAL[parts.scheme] if port is None else port
    if port not in USUAL.values() and port < FREE_PORTS:
        raise FetchRefused("port")
    return Target(parts.scheme, host, port, _path(parts))


def _is_host(host: str) -> bool:
    """Can this be the name of a host, or an address? No label of a name is empty or longer than 63, and all together at most 253 (RFC 1035, 2.3.4)."""
    name = host.removesuffix(".")
    return ":" in host or (len(name) <= LONGEST_NAME and all(0 < len(label) <= LONGEST_LABEL for label in name.split(".")))


def written(host: str) -> Address | None:
    """The address that a host is, in whatever way it is written (127.1, 0x7f000001), or None for a name."""
    with suppress(ValueError):
        return ip_address(host)
    with suppress(OSError):
        return IPv4Address(socket.inet_aton(host.removesuffix(".")))
    return None


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_open(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """May this address be called? What is packed into it counts: an IPv4 address in one of version 6 is judged as what it is."""
    if isinstance(address, IPv6Address):
        packed = address.ipv4_mapped
        if packed is None and address in NAT64:
            packed = IPv4Address(int(address) & 0xFFFFFFFF)
        if packed is not None:
            return is_open(packed, allowed)
    if any(address.version == network.version and address in network for network in allowed):
        return True
    if isinstance(address, IPv4Address):
        return not any(address in network for network in CLOSED4)
    return address in OPEN6 and not any(address in network for network in CLOSED6) and (int(address) >> 32 & 0xFFFFFFFF) not in ISATAP


def fetch(
    url: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None, allowed: Sequence[Network] = (),
    seconds: float = SECONDS, most: int = MOST,
) -> Fetched:  # fmt: skip
    """Call an address and give back what it answers, whatever the status. Outside of every session. Raises FetchRefused, FetchFailed."""
    target, until = target_of(url), clock.monotonic() + seconds
    addresses = _addresses(target, allowed, seconds)
    with _said(), _Call(target, addresses, until) as call:
        call.request(method, target.path, body, {"Host": target.named, "Connection": "close", **(headers or {})})
        answer = call.getresponse()
        read = answer.read(most + 1)
        if call.over:
            raise FetchFailed("timeout")
        if len(read) > most:
            raise FetchFailed("too_large")
        return Fetched(answer.status, read)


def _addresses(target: Target, allowed: Sequence[Network], seconds: float) -> list[Address]:
    """Where the name leads, asked for once. A name of which one address is closed is not called at all."""
    found = [ip_address(one.partition("%")[0]) for one in _resolved(target, seconds)]
    if not all(is_open(address, allowed) for address in found):
        raise FetchRefused("address")
    return found[:TRIED]


def _resolved(target: Target, seconds: float) -> list[str]:
    """The addresses of a name. The system's resolver knows no time limit, so it is asked beside and no longer waited for when time is up."""
    answers: list[list[str] | None] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            answers.append(list(dict.fromkeys(str(one[4][0]) for one in found)))
        except (OSError, UnicodeError):
            answers.append(None)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if not answers:
        raise FetchFailed("timeout")
    if not answers[0]:
        raise FetchFailed("name")
    return answers[0]


@contextmanager
def _said() -> Iterator[None]:
    """What goes wrong on the way, in words of ours."""
    try:
        yield
    except ssl.SSLError:
        raise FetchFailed("tls") from None
    except TimeoutError:
        raise FetchFailed("timeout") from None
    except OSError:
        raise FetchFailed("connection") from None
    except (HTTPException, ValueError):
        raise FetchFailed("no_http") from None


class _Call(HTTPConnection):
    """One request over a connection to an address that was checked. When time is up the connection ends, wherever it is."""

    def __init__(self, target: Target, addresses: Sequence[Address], until: float) -> None:
        super().__init__(target.host, target.port)
        self._target, self._addresses, self._until = target, addresses, until
        self._timer = threading.Timer(max(until - clock.monotonic(), 0), self._end)
        self._timer.daemon = True
        self._held: socket.socket | None = None
        self._ended = False

    def __enter__(self) -> _Call:
        self._timer.start()
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._timer.cancel()
        self.close()
        if self._ended and error is not None and not isinstance(error, FetchFailed):
            raise TimeoutError from None

    @property
    def over(self) -> bool:
        """Has time run out?"""
        return self._ended

    def connect(self) -> None:
        """To the first address that answers; with TLS under the name that was typed in."""
        self.sock = self._held = self._reached()
        if self._target.scheme == "https":
            secured = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._target.host, do_handshake_on_connect=False)
            self.sock = self._held = secured
            secured.do_handshake()

    def _reached(self) -> socket.socket:
        last: OSError = ConnectionError()
        for address in self._addresses:
            left = self._until - clock.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                return socket.create_connection((str(address), self._target.port), timeout=left)
            except OSError as error:
                last = error
        raise last

    def _end(self) -> None:
        self._ended = True
        if self._held is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._held, socket.SHUT_RDWR)  # not the method of TLS: another thread is reading
