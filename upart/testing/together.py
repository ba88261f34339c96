# SPDX-License-Identifier: MIT
"""Many at once: threads that begin at the same moment, for races."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def together(n: int, call: Callable[[int], Answer]) -> list[Answer]:
    """Call `call(0)` … `call(n - 1)` in n threads released at one barrier; their answers in order.

    An exception in one of them is raised here when all have ended, with the others' attached as notes.
    """
    barrier, answers, errors = threading.Barrier(n, timeout=60), [None] * n, list[BaseException]()

    def one(number: int) -> None:
        barrier.wait()
        try:
            answers[number] = call(number)  # type: ignore[call-overload]
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        for other in errors[1:]:
            errors[0].add_note(f"also: {type(other).__name__}: {other}")
        raise errors[0]
    return answers  # type: ignore[return-value]
