# SPDX-License-Identifier: MIT
"""The ledger in a bucket of S3 or of what speaks like it: an object for each line, put only where none is yet.

Keys, region and address come from the environment as everywhere (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`,
`AWS_ENDPOINT_URL`), or from the role of the machine. All waiting is short: a line is put while a transaction is open.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from upart import clock
from upart.rights.ledger.lines import CHAIN, LedgerBroken
from upart.rights.ledger.shelf import Doubtful

if TYPE_CHECKING:
    from obstore.store import S3Store

Found = TypeVar("Found")

MARK, TRIAL = "reaches-back", "trial"
"""Objects that are no lines: what was marked, and what is put to see whether one could be."""

NUMBER = re.compile(r"\d{8}")

SECONDS, TRIES = 2, 2
"""How long one request may take, and how often it is tried."""

PAUSE = 5.0
"""Seconds after a failure in which nobody tries again, and after a success in which nobody asks whether it still goes."""

AT_ONCE = 16
"""Objects that are read at the same time."""

SAID = (  # what stands in an answer, and what it means
    ("RequestTimeTooSkewed", "the clock of this machine is wrong"),
    ("NoSuchBucket", "there is no such bucket"),
    ("AccessDenied", "its keys do not allow that"),
    ("InvalidAccessKeyId", "it does not know the access key"),
    ("SignatureDoesNotMatch", "the secret key is wrong"),
    ("PermanentRedirect", "the bucket lies in another region"),
    ("403 Forbidden", "it does not let us in"),
    ("404 Not Found", "there is no such object"),
    ("Server returned", "it answers with an error"),
)


_speaker: dict[str, int] = {}


class Bucket:
    """A shelf in a bucket; each process connects when it first needs to."""

    remedy = (
        "Check that S3 answers, the bucket and region in UPART_LEDGER_URL and AWS_REGION, the clock, and that the keys (AWS_ACCESS_KEY_ID, "
        "AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL) may list, get, put and delete there."
    )
    device: int | None = None

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket, self.prefix = bucket, prefix
        self.where = f"s3://{bucket}/{prefix}".rstrip("/")
        self._opened: S3Store | None = None
        self._lock = threading.Lock()
        self._fails_until = self._goes_until = 0.0
        self._why = ""

    def name(self, chain: str) -> str:
        """Below which address its objects lie."""
        return f"{self.where}/{chain}"

    def put(self, chain: str, number: int, raw: bytes) -> None:
        """Put the object of a line, unless there is one. Raises OSError, Doubtful when no answer says whether it is there."""
        path = f"{chain}/{number:08d}"
        with self._reached():
            for tries in range(1, TRIES + 1):
                try:
                    self._put_new(path, raw)
                    return
                except FileExistsError:
                    raise
                except OSError as error:
                    if tries == TRIES:
                        raise Doubtful(str(error)) from error

    def _put_new(self, path: str, raw: bytes) -> None:
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        try:
            self._call(lambda store: obstore.put(store, path, raw, mode="create"))
        except (AlreadyExistsError, PreconditionError):  # of ours, whose answer was lost, or of somebody else
            if self._get(path) != raw:
                raise FileExistsError(f"{path} is there already, and another one") from None

    def chains(self) -> list[str]:
        """The names of all chains, oldest month first."""
        import obstore

        with self._reached():
            found = self._call(lambda store: obstore.list_with_delimiter(store))["common_prefixes"]
        return sorted(name for name in found if CHAIN.fullmatch(name))

    def read(self, chain: str) -> bytes:
        """All lines of a chain: an object for each number, with a whole line in it. Raises LedgerBroken for anything else."""
        with self._reached():
            there = self._names(chain)
            for number, name in enumerate(there, start=1):
                if name != f"{number:08d}":
                    known = NUMBER.fullmatch(name)
                    raise LedgerBroken(self.name(chain), number, "its object is missing" if known else f"there is an object {name!r}, which nobody put there")
            with ThreadPoolExecutor(AT_ONCE) as pool:
                lines = list(pool.map(lambda name: self._get(f"{chain}/{name}"), there))
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n") or line.count(b"\n") != 1:
                raise LedgerBroken(self.name(chain), number, "it has not the form of a line")
        return b"".join(lines)

    def _names(self, chain: str) -> list[str]:
        import obstore

        pages = self._call(lambda store: list(obstore.list(store, chain)))
        return sorted(entry["path"].removeprefix(f"{chain}/") for page in pages for entry in page)

    def _get(self, path: str) -> bytes:
        import obstore

        return self._call(lambda store: bytes(obstore.get(store, path).bytes()))

    def drop(self, chain: str) -> None:
        """Delete its objects, the last ones first: whoever is stopped leaves a chain that is whole."""
        import obstore

        with self._reached():
            for name in reversed(self._names(chain)):
                path = f"{chain}/{name}"
                self._call(lambda store, path=path: obstore.delete(store, path))  # type: ignore[misc]

    def mark(self) -> str | None:
        """What stands in the object of the mark."""
        with self._reached():
            try:
                return self._get(MARK).decode("latin-1")
            except FileNotFoundError:
                return None

    def set_mark(self, text: str) -> None:
        """Replace the object of the mark."""
        self._overwrite(MARK, text.encode("ascii"))

    def try_out(self) -> None:
        """Put an object of its own, unless one could be put just now. Raises OSError."""
        if clock.monotonic() >= self._goes_until:
            self._overwrite(TRIAL, bytes(512))

    def _overwrite(self, path: str, raw: bytes) -> None:
        import obstore

        with self._reached():
            self._call(lambda store: obstore.put(store, path, raw))

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Whoever fails in this block spares the next ones their waiting. Raises OSError."""
        if clock.monotonic() < self._fails_until:
            raise OSError(self._why)
        try:
            yield
        except FileExistsError:
            raise  # S3 answers
        except OSError as error:
            self._fails_until, self._goes_until, self._why = clock.monotonic() + PAUSE, 0.0, str(error)
            raise
        self._fails_until, self._goes_until = 0.0, clock.monotonic() + PAUSE

    def _call(self, ask: Callable[[S3Store], Found]) -> Found:
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        try:
            return ask(self._store())
        except (AlreadyExistsError, PreconditionError):
            raise
        except FileNotFoundError as error:
            raise (OSError if "NoSuchBucket" in str(error) else FileNotFoundError)(_reason(error)) from error
        except (BaseError, ValueError) as error:
            raise OSError(_reason(error)) from error

    def _store(self) -> S3Store:
        from obstore.store import S3Store

        if _speaker.setdefault("process", os.getpid()) != os.getpid():
            raise OSError("this process was forked from one that speaks with it already, whose threads it lacks")  # it would wait for ever

        with self._lock:
            if self._opened is None:
                url, limit = os.environ.get("AWS_ENDPOINT_URL", ""), timedelta(seconds=SECONDS)
                endpoint: dict[str, Any] = {"endpoint": url} if url else {}
                store = S3Store(
                    self.bucket, prefix=self.prefix or None, client_options={"timeout": limit, "connect_timeout": limit, "allow_http": url.startswith("http:")},
                    retry_config={"max_retries": TRIES - 1, "retry_timeout": limit}, **endpoint,
                )  # fmt: skip
                self._opened = store
            return self._opened


def _reason(error: Exception) -> str:
    said = str(error)
    return next((reason for word, reason in SAID if word in said), "it does not answer")
