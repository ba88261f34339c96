# SPDX-License-Identifier: MIT
"""Pictures are drawn anew in a process of their own, so that nothing of what was sent is kept but its points."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from upart.errors import Problem
from upart.storage.incoming import Incoming
from upart.storage.kinds import Kind, Refused
from upart.storage.places import NoRoom, Place

MILLION = 1_000_000

FORMATS = {"image/jpeg": ("JPEG", 40 * MILLION), "image/png": ("PNG", 40 * MILLION), "image/webp": ("WEBP", 24 * MILLION)}
"""Formats, and the most points of a picture (width times height, as its header says): 160 MB when decoded; WEBP takes more."""

LONGEST_EDGE = 4096
"""Larger pictures are made smaller: pixels of the longer side."""

MEMORY = 768 * 1024 * 1024
"""Bytes of address space that one drawing may have."""

SECONDS = 10
"""Processor time that one drawing may take; three times as much by the clock."""

AT_ONCE = 2
"""Drawings at a time, in each process."""

WAITING, WAIT = 24, 20
"""How many may wait for others' drawings, and for how many seconds: each of them holds a thread of the web."""

RENDITION = "image/webp"
PROGRAM = Path(__file__).with_name("redraw.py")

_turn, _queue = threading.BoundedSemaphore(AT_ONCE), threading.BoundedSemaphore(AT_ONCE + WAITING)


class Busy(Problem):
    """Too many pictures are being drawn."""

    def __init__(self) -> None:
        super().__init__(503, "Many pictures are being stored right now.", remedy="Nothing was changed. Try again in half a minute.", code="busy", retry=30)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture that was made: its bytes, still coming in, and its size in pixels."""

    incoming: Incoming
    content_type: str
    width: int
    height: int


class Drawings:
    """`with Drawings(place, incoming, kind, widths) as drawings: drawings.draw()`. What no place took over is removed at the end."""

    def __init__(self, place: Place, incoming: Incoming, kind: Kind, widths: Sequence[int] = ()) -> None:
        self.place, self.incoming, self.kind = place, incoming, kind
        most = [(LONGEST_EDGE, LONGEST_EDGE), *((width, LONGEST_EDGE) for width in sorted(set(widths), reverse=True))]
        self.pictures = [(str(uuid4()), *size) for size in most]
        self._stack = ExitStack()

    def __enter__(self) -> Drawings:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        for name, *_size in self.pictures:
            (self.place.incoming / name).unlink(missing_ok=True)

    def draw(self) -> list[Drawn]:
        """The picture itself, then a rendition for each width that is smaller. Takes a while. Raises Refused, Busy, NoRoom."""
        return [self._drawn(number, *made) for number, made in enumerate(self._run()["made"])]

    def _drawn(self, number: int, name: str, width: int, height: int) -> Drawn:
        made = self._stack.enter_context(Incoming(self.place))
        with (self.place.incoming / name).open("rb") as stream:
            made.take(stream)
        return Drawn(made, self.kind.content_type if number == 0 else RENDITION, width, height)

    def _run(self) -> dict[str, Any]:
        self.place.room()
        format, points = FORMATS[self.kind.content_type]
        asked = {"format": format, "folder": str(self.place.incoming), "pictures": self.pictures, "points": points, "memory": MEMORY, "seconds": SECONDS}
        with _in_turn():
            answer = _child(self.incoming.done(), json.dumps(asked))
        if "made" not in answer:
            raise _refused(answer, points)
        return answer


@contextmanager
def _in_turn() -> Iterator[None]:
    with ExitStack() as held:
        for semaphore, wait in ((_queue, 0), (_turn, WAIT)):
            if not semaphore.acquire(timeout=wait):
                raise Busy
            held.callback(semaphore.release)
        yield


def _child(source: Path, asked: str) -> dict[str, Any]:
    with source.open("rb") as stream:
        try:
            done = subprocess.run([python(), "-I", str(PROGRAM), asked], stdin=stream, capture_output=True, timeout=3 * SECONDS, env={}, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            return {"wrong": "slow"}
    if done.returncode:
        return {"wrong": "slow"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def python() -> str:
    """The interpreter of this environment, also where a server has put itself in its place."""
    running = Path(sys.executable or "python3")
    return str(running) if running.name.startswith("python") else str(Path(sys.prefix) / "bin" / "python3")


def _refused(answer: dict[str, Any], most: int) -> Problem:
    if answer["wrong"] == "full":
        return NoRoom("The disk for files is full; nothing was stored.")
    if answer["wrong"] == "large":
        said = f"This picture has {answer['points'] // MILLION} million points; {most // MILLION} million are the most."
        return Refused(said, remedy="Make it smaller and send it again.")
    if answer["wrong"] == "broken":
        return Refused("This picture is damaged or not complete.", remedy="Open it in a program for pictures, save it anew and send that.")
    return Refused("This picture takes too much work to read.", remedy="Save it anew as JPEG or PNG, smaller than before, and send that.")
