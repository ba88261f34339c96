# SPDX-License-Identifier: MIT
"""Writes small databases of addresses (MaxMind DB, format 2.0), as an operator would have bought them; and broken ones."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

MARK = b"\xab\xcd\xefMaxMind.com"
MADE = 1_790_000_000
"""When they were made, in seconds since 1970: September 2026."""

Node = list[Any]

NUMBERS = {"node_count": 6, "build_epoch": 9, "autonomous_system_number": 6}
"""Kinds of numbers that are not of 16 bits: of 32, of 64."""


def write(path: Path, kind: str, records: Mapping[str, Any], *, made: int = MADE) -> Path:
    """A database of these records by network: {"203.0.113.0/24": {"country": {"iso_code": "AT"}}}."""
    tree, data = _tree(records)
    nodes = _numbered(tree)
    separator = len(nodes)
    body = b"".join(_pointer(side, nodes, separator, data).to_bytes(4, "big") for node in nodes for side in node)
    about = {
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": made, "database_type": kind, "description": {"en": "made for a test"},
        "ip_version": 6, "languages": ["en"], "node_count": len(nodes), "record_size": 32,
    }  # fmt: skip
    path.write_bytes(body + bytes(16) + b"".join(data) + MARK + _encoded(about))
    return path


def _tree(records: Mapping[str, Any]) -> tuple[Node, list[bytes]]:
    """Nodes are lists of two: a node, the number of a record, or None. IPv4 lies under ::/96."""
    root: Node = [None, None]
    data: list[bytes] = []
    for name, record in records.items():
        network = ip_network(name)
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
        bits = "0" * 96 + bits if network.version == 4 else bits
        node = root
        for bit in map(int, bits[:-1]):
            node[bit] = node[bit] or [None, None]
            node = node[bit]
        node[int(bits[-1])] = len(data)
        data.append(_encoded(record))
    return root, data


def _numbered(root: Node) -> list[Node]:
    found = [root]
    for node in found:
        found += [side for side in node if isinstance(side, list)]
    return found


def _pointer(side: Any, nodes: list[Node], separator: int, data: list[bytes]) -> int:
    if side is None:
        return separator
    if isinstance(side, list):
        return next(number for number, node in enumerate(nodes) if node is side)
    return separator + 16 + sum(len(value) for value in data[:side])


def _encoded(value: Any, kind: int = 5) -> bytes:
    if isinstance(value, str):
        return _head(2, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return _head(7, len(value)) + b"".join(_encoded(key) + _encoded(one, NUMBERS.get(key, 5)) for key, one in value.items())
    if isinstance(value, list):
        return _head(11, len(value)) + b"".join(map(_encoded, value))
    digits: bytes = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return _head(kind, len(digits)) + digits


def _head(kind: int, size: int) -> bytes:
    """A control byte, one more for the kinds after the seventh, and what is above 28 of the size."""
    small, more = (size, b"") if size < 29 else (29, bytes([size - 29])) if size < 285 else (30, (size - 285).to_bytes(2, "big"))
    return bytes([kind << 5 | small]) + more if kind <= 7 else bytes([small, kind - 7]) + more
