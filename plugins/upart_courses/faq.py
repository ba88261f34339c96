# SPDX-License-Identifier: MIT
"""Questions that people ask before they enrol, with answers, as a page shows them."""

from __future__ import annotations

from typing import NamedTuple


class Answered(NamedTuple):
    """A question and its answer."""

    question: str
    answer: str


def parsed(text: str) -> list[Answered]:
    """The questions in a text, in order, each with its answer, which is empty where it is missing."""
    blocks = (block.strip() for block in text.replace("\r\n", "\n").split("\n\n"))
    pairs = (block.partition("\n")[::2] for block in blocks if block)
    return [Answered(question.strip(), answer.strip()) for question, answer in pairs]
