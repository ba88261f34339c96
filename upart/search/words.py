# SPDX-License-Identifier: MIT
"""What counts as a word, the same on both databases: letters and digits, without accents, in lower case."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 200
"""Characters that a question may have."""

MOST = 12
"""Words of a question that are searched for."""

LETTERS = (
    ("ß", "ss"), ("ẞ", "ss"), ("ø", "o"), ("Ø", "o"), ("ł", "l"), ("Ł", "l"), ("æ", "ae"), ("Æ", "ae"), ("œ", "oe"), ("Œ", "oe"), ("đ", "d"), ("Đ", "d"),
    ("ı", "i"), ("ς", "σ"),
)  # fmt: skip
"""Letters that Unicode does not take apart, and what people type for them. Changing these needs: upart search rebuild."""

MARKS = re.compile("[\u0300-\u036f]")
WORD = re.compile(r"[^\W_]+")
QUOTED = re.compile(r'"([^"]*)"|([^"]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several in a row, that must be found; `open`: the last of them may go on."""

    words: tuple[str, ...]
    open: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is searched for; `more`: it had more words than that."""

    terms: tuple[Term, ...] = ()
    more: bool = False

    @property
    def words(self) -> frozenset[tuple[str, bool]]:
        """All words that are searched for, and whether they may go on."""
        return frozenset((word, term.open and word == term.words[-1]) for term in self.terms for word in term.words)


def fold(text: str) -> str:
    """The text in lower case, without accents and marks."""
    if text.isascii():
        return text.lower()
    for letter, plain in LETTERS:
        text = text.replace(letter, plain)
    return MARKS.sub("", unicodedata.normalize("NFD", text)).lower()


def asked(text: str) -> Asked:
    """What somebody has typed: all words must be found, what stands in quotes as it stands there. A word of one letter stands for itself."""
    terms: list[Term] = []
    for quoted, plain in QUOTED.findall(text[:LONGEST]):
        if quoted:
            terms.append(Term(tuple(WORD.findall(fold(quoted))), open=False))
        terms += (Term((word,), open=len(word) > 1) for word in WORD.findall(fold(plain)))
    wanted = tuple(dict.fromkeys(term for term in terms if term.words))
    kept = tuple(term for at, term in enumerate(wanted) if sum(len(one.words) for one in wanted[: at + 1]) <= MOST)
    return Asked(kept, more=len(kept) < len(wanted))
