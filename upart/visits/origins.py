# SPDX-License-Identifier: MIT
"""From which country and through which network a page was opened: looked up in files on this machine, and the address is forgotten.

Each process reads a copy that nobody else can change: a file that is cut short under a memory map would end the process.
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import maxminddb

from upart.geography import Database

log = logging.getLogger("upart.visits")

COUNTRY, NETWORK = "country", "network"

SAID: dict[tuple[str, ...], str] = {
    ("country",): "The country to which your internet address belongs is noted too.",
    ("network",): "The name of the network to which your internet address belongs is noted too, such as that of your internet provider.",
    (
        "country",
        "network",
    ): "The country and the name of the network to which your internet address belongs are noted too, such as that of your internet provider.",
}
"""What visitors are told, by what is looked up."""

LOOKED_UP = (
    "This is looked up in a list on the server of these pages; nobody else is asked, and the address itself is not noted. "
    "A country or network with fewer than %(fewest)s visits on a day is deleted when the day has been summed up."
)

LONGEST = 80
"""Characters of a network's name that are kept."""

LARGEST = 1024**3
"""Bytes that such a file may have."""

TRIED = 1000
"""Entries among which one must say what the file is there for."""

CODE = re.compile(r"[A-Z]{2}")
COUNTRIES = ("country", "country_code")
NETWORKS = ("autonomous_system_organization", "as_name", "as_organization", "isp")
"""Where the usual databases keep the name. Not `organization`: whoever uses the line, which may be a small office or one person."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A database as it was found: `problem` says why it cannot be used; `made_at` is its own date."""

    database: Database
    reader: maxminddb.Reader | None = None
    made_at: datetime | None = None
    problem: str = ""


class Origins:
    """Finds country and network of an address; "" for what no database says."""

    def __init__(self, databases: Iterable[Database]) -> None:
        self._readers: dict[str, maxminddb.Reader] = {}
        self._failed = False
        for found in map(examine, databases):
            if found.reader is not None:
                self._readers[found.database.what] = found.reader
            else:
                log.warning("visits are counted without their %s: %s %s; see: upart doctor", found.database.what, found.database.path, found.problem)

    @property
    def known(self) -> bool:
        """Is there anything to look an address up in?"""
        return bool(self._readers)

    def of(self, address: str) -> tuple[str, str]:
        """Country (ISO 3166-1) and name of the network. Never fails; nothing of the address is kept."""
        return (self._look(COUNTRY, address), self._look(NETWORK, address)) if self._readers else ("", "")

    def _look(self, what: str, address: str) -> str:
        reader = self._readers.get(what)
        if reader is None:
            return ""
        try:
            return said(what, reader.get(address))
        except ValueError:
            return ""  # no address, or one of a kind that this file does not know
        except Exception as error:  # a damaged file must cost no page
            if not self._failed:
                self._failed = True
                log.warning("the database of the %s is damaged (%s): visits go on without; see: upart doctor", what, type(error).__name__)
            return ""


def examine(database: Database) -> Examined:
    """Open a database and try it."""
    try:
        if database.path.stat().st_size > LARGEST:
            return Examined(database, problem="is larger than 1 GiB")
        reader = _private(database)
        made_at = datetime.fromtimestamp(reader.metadata().build_epoch, UTC)
        if not any(said(database.what, record) for _network, record in islice(reader, TRIED)):
            return Examined(database, made_at=made_at, problem=f"says nothing of a {database.what} (it calls itself {reader.metadata().database_type[:60]!r})")
        return Examined(database, reader, made_at)
    except FileNotFoundError:
        return Examined(database, problem="is not there")
    except OSError as error:
        return Examined(database, problem=f"cannot be read ({error.strerror})")
    except Exception as error:  # whatever a reader makes of bytes that are no such database
        return Examined(database, problem=f"is no MaxMind DB that can be read ({type(error).__name__})")


def _private(database: Database) -> maxminddb.Reader:
    with database.path.open("rb") as file, tempfile.NamedTemporaryFile(prefix="upart-") as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        return maxminddb.open_database(copy.name)


def said(what: str, record: Any) -> str:
    """What an entry says: the code of a country, or the name of a network; "" for nothing that can be used."""
    if not isinstance(record, Mapping):
        return ""
    if what == NETWORK:
        return next((name for key in NETWORKS if (name := _plain(record.get(key)))), "")
    for key in COUNTRIES:
        value = record.get(key)
        code = value.get("iso_code") if isinstance(value, Mapping) else value
        if isinstance(code, str) and CODE.fullmatch(code):
            return code
    return ""


def _plain(value: Any) -> str:
    """One line without what cannot be printed."""
    text = "".join(one if one.isprintable() else " " for one in value) if isinstance(value, str) else ""
    return " ".join(text.split())[:LONGEST].strip()
