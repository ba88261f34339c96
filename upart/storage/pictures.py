# SPDX-License-Identifier: MIT
"""Pictures are drawn anew in a process of their own, so that nothing of what was sent is kept but its points."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
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

SECONDS, CUTTING = 10, 40
"""Processor time that one drawing may take, and all cuts of a picture together; three times as much by the clock."""

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


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a picture to be made: format ("AVIF", "WEBP"; "PLAIN": JPEG, or PNG where one sees through), the part, pixels of what is made."""

    format: str
    box: tuple[float, float, float, float]
    width: int
    height: int


class Cuttings:
    """`with Cuttings(place, incoming, content_type, cuts) as cuttings: cuttings.cut()`: parts of a picture that was drawn anew before."""

    def __init__(self, place: Place, incoming: Incoming, content_type: str, cuts: Sequence[Cut]) -> None:
        self.place, self.incoming, self.content_type = place, incoming, content_type
        self.cuts = [(str(uuid4()), cut) for cut in cuts]
        self._stack = ExitStack()

    def __enter__(self) -> Cuttings:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        _forget(self.place, (name for name, _cut in self.cuts))

    def cut(self) -> list[Drawn]:
        """One for each cut, in their order. Takes a while. Raises Refused, Busy, NoRoom."""
        asked = {"cuts": [(name, cut.format, cut.box, cut.width, cut.height) for name, cut in self.cuts]}
        made = _run(self.place, self.incoming, self.content_type, asked, CUTTING)
        return [_taken(self._stack, self.place, name, f"image/{kind.lower()}", width, height) for name, width, height, kind in made]


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
        _forget(self.place, (name for name, *_size in self.pictures))

    def draw(self) -> list[Drawn]:
        """The picture itself, then a rendition for each width that is smaller. Takes a while. Raises Refused, Busy, NoRoom."""
        asked = {"format": FORMATS[self.kind.content_type][0], "pictures": self.pictures}
        made = _run(self.place, self.incoming, self.kind.content_type, asked, SECONDS)
        kinds = [self.kind.content_type, *([RENDITION] * len(made))]
        return [_taken(self._stack, self.place, name, kind, width, height) for (name, width, height), kind in zip(made, kinds, strict=False)]


def _taken(stack: ExitStack, place: Place, name: str, content_type: str, width: int, height: int) -> Drawn:
    made = stack.enter_context(Incoming(place))
    with (place.incoming / name).open("rb") as stream:
        made.take(stream)
    return Drawn(made, content_type, width, height)


def _forget(place: Place, names: Iterable[str]) -> None:
    for name in names:
        (place.incoming / name).unlink(missing_ok=True)


def _run(place: Place, incoming: Incoming, content_type: str, asked: dict[str, Any], seconds: int) -> list[Any]:
    place.room()
    points = FORMATS[content_type][1]
    limits = {"folder": str(place.incoming), "points": points, "memory": MEMORY, "seconds": seconds}
    with _in_turn():
        answer = _child(incoming.done(), json.dumps({**asked, **limits}), seconds)
    if "made" not in answer:
        raise _refused(answer, points)
    made: list[Any] = answer["made"]
    return made


@contextmanager
def _in_turn() -> Iterator[None]:
    with ExitStack() as held:
        for semaphore, wait in ((_queue, 0), (_turn, WAIT)):
            if not semaphore.acquire(timeout=wait):
                raise Busy
            held.callback(semaphore.release)
        yield


def _child(source: Path, asked: str, seconds: int) -> dict[str, Any]:
    with source.open("rb") as stream:
        try:
            done = subprocess.run([python(), "-I", str(PROGRAM), asked], stdin=stream, capture_output=True, timeout=3 * seconds, env={}, check=False)  # noqa: S603
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
