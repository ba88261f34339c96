# SPDX-License-Identifier: MIT
"""One byte of a backup that is not as it was written: it is refused, whichever byte, encrypted or not."""

from __future__ import annotations

import io
import random

import pytest

from upart.backup import sealing
from upart.backup.archive import Reading, Writer
from upart.backup.sealing import CHUNK, TAG, BadBackup, Opened, Sealer
from upart.keys import KeyRing

RING = KeyRing((b"k" * 32,))
SECRET = sealing.key_file(bytes(range(32)))
ROWS = random.Random(7).randbytes(3 * CHUNK)


def written(rows: bytes = b"rows" * 100) -> bytes:
    """A small backup."""
    out = io.BytesIO()
    writer = Writer(out, RING)
    writer.add_bytes("manifest.json", b"{}")
    writer.add_bytes("tables/person/000000", rows)
    writer.finish()
    return out.getvalue()


def read(data: bytes, ring: KeyRing = RING) -> None:
    """All of it, as a restore reads it."""

    class Bytes(io.BytesIO):
        size = len(data)

    for _name, _member in Reading(Bytes(data), ring).members():
        continue


def refused(data: bytes) -> bool:
    try:
        read(data)
    except BadBackup as error:
        return bool(error.remedy)
    return False


def test_each_byte_counts():
    whole = written()
    read(whole)
    assert [at for at in range(len(whole)) if not refused(changed(whole, at))] == []


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_it_is_refused_wherever_it_is_cut_and_with_anything_behind_it():
    whole = written()
    assert [at for at in range(len(whole)) if not refused(whole[:at])] == []
    assert refused(whole + b"\0")


def test_the_damaged_member_is_named():
    whole = written()
    with pytest.raises(BadBackup, match="tables/person/000000 is not what was written"):
        read(changed(whole, whole.index(b"rows")))


def test_who_changes_the_checksums_too_still_lacks_the_key():
    other = io.BytesIO()
    writer = Writer(other, KeyRing((b"x" * 32,)))
    writer.add_bytes("manifest.json", b'{"forged": true}')
    writer.finish()
    with pytest.raises(BadBackup, match="changed or cut"):
        read(other.getvalue())
    read(written(), KeyRing((b"new" * 12, b"k" * 32)))  # a key that was rotated still counts


@pytest.fixture
def sealed(tmp_path):
    """Write some bytes, encrypted, change them, and open them."""
    with (tmp_path / "sealed").open("wb") as out:
        sealer = Sealer(out, SECRET)
        sealer.write(ROWS)
        sealer.finish()
    data = (tmp_path / "sealed").read_bytes()

    def opened(changed: bytes = data, secret=SECRET) -> bytes:
        (tmp_path / "changed").write_bytes(changed)
        with (tmp_path / "changed").open("rb") as source:
            if not sealing.is_sealed(source):
                raise BadBackup("not sealed")
            found = Opened(source, secret)
            return b"".join(iter(lambda: found.read(10_000), b""))

    return data, opened


def test_chunks_that_are_changed_cut_moved_or_repeated_do_not_open(sealed):
    data, opened = sealed
    assert opened() == ROWS
    size = CHUNK + TAG
    begin = len(data) - 3 * size
    head, chunks = data[:begin], [data[begin + n * size : begin + (n + 1) * size] for n in range(3)]
    wrong = [[1, 0, 2], [0, 1], [0, 2], [0, 1, 1], [0, 0, 1, 2], [0, 1, 2, 2], [2], []]
    tried = [head + b"".join(chunks[n] for n in order) for order in wrong]
    tried += [changed(data, at) for at in [*range(begin), *range(begin, len(data), 997)]] + [data[:-1], data + b"x"]
    assert [n for n, one in enumerate(tried) if not does_not_open(opened, one)] == []


def does_not_open(opened, data: bytes) -> bool:
    try:
        opened(data)
    except BadBackup:
        return True
    return False


def test_two_files_of_one_secret_share_no_key(sealed, tmp_path):
    data, opened = sealed
    with (tmp_path / "second").open("wb") as out:
        sealer = Sealer(out, SECRET)
        sealer.write(ROWS)
        sealer.finish()
    second = (tmp_path / "second").read_bytes()
    begin = len(data) - 3 * (CHUNK + TAG)
    assert len({data[begin:], second[begin:]}) == 2
    with pytest.raises(BadBackup):
        opened(second[:begin] + data[begin:])


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1])
def test_every_length_comes_back(tmp_path, size):
    with (tmp_path / "sealed").open("wb") as out:
        sealer = Sealer(out, SECRET)
        sealer.write(ROWS[:size])
        sealer.finish()
    with (tmp_path / "sealed").open("rb") as source:
        found = Opened(source, SECRET)
        assert (found.size, b"".join(iter(lambda: found.read(1000), b""))) == (size, ROWS[:size])


def test_a_passphrase_and_a_key_file_are_not_too_short():
    for make, given in ((sealing.passphrase, "short"), (sealing.key_file, b"x" * 31)):
        with pytest.raises(sealing.UpartError, match="too short"):
            make(given)
