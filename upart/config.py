# SPDX-License-Identifier: MIT
"""Settings: one table. Order: environment `UPART_*`, then `upart.toml` of the instance, then the default.

An unknown name or a value that cannot be read stops the start with a message that says what to write.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from upart import geography, operators, values
from upart.errors import BadSetting, NoInstance

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: environment name, how text becomes a value, default as text, what it does."""

    name: str
    read: Callable[[str], Any]
    default: str
    sentence: str

    @property
    def key(self) -> str:
        """Name in upart.toml and on `Config`: UPART_BASE_HOST is base_host."""
        return self.name.removeprefix("UPART_").lower()


SETTINGS: tuple[Setting, ...] = (
    Setting("UPART_BASE_HOST", values.host_name, "localhost", "Host of the platform, without port; an academy answers at <slug>.<base host>."),
    Setting("UPART_DATABASE_URL", values.database_url, "", "Where the database is; empty means SQLite in the instance folder."),
    Setting("UPART_FILES_URL", values.files_url, "", "Where uploaded files lie: file:///path/to/folder; empty means files in the instance folder."),
    Setting("UPART_FILES_SPACE", values.size, str(10 * 1024 * MIB), "Bytes that the files of one academy may take; 0 means no limit. An academy may set less."),
    Setting("UPART_FILES_SPARE", values.size, str(256 * MIB), "Bytes of the disk that files leave free; beyond that nothing more is stored."),
    Setting("UPART_PAGE_CACHE_BYTES", values.size, str(16 * MIB), "Memory that the page cache of one process may use, in bytes; 0 switches it off."),
    Setting("UPART_PLUGIN_FAILURES", values.count, "5", "After so many failures of one plugin in one process it is quarantined."),
    Setting("UPART_TRUSTED_PROXIES", values.networks, "", "Comma-separated addresses or networks whose X-Forwarded-Proto and X-Forwarded-For are believed."),
    Setting("UPART_MAIL_URL", values.mail_urls, "console:,file:", "Ways that mail goes: console:, file: (instance/mail), smtp://… or smtps://…; several separated by commas."),
    Setting("UPART_MAIL_FROM", values.sender, "", "Sender's address of all mail; empty means post@ the academy's host."),
    Setting("UPART_SECRET_KEYS", values.signing_keys, "", "Comma-separated keys: the first signs and encrypts, all verify; empty means instance/keys, made at the first start."),
    Setting("UPART_LEDGER_URL", values.ledger_url, "", "Where the ledger of rights lies: file:///path/to/folder, on another disk than the database, or s3://bucket/prefix; empty means ledger in the instance folder."),
    Setting("UPART_PSEUDONYM_KEY", values.pseudonym_key, "", "Key of the pseudonyms in the ledger, at least 32 characters; empty means instance/pseudonym-key, made with the first entry. Never changed, never in a backup."),
    Setting("UPART_INFRASTRUCTURE", operators.read, "", "Who runs machines for this installation, by task (server, database, files, mail, ledger, backup), for the privacy policies: mail: Postbote AG, CH, adequacy decision 2000/518/EC; several separated by semicolons."),
    Setting("UPART_GEO_DATABASE", geography.read, "", "Databases (MaxMind DB) in which visits find the country and the network of their internet address, in memory: country:/path/to/file.mmdb, network:/path/to/file.mmdb; one or both. Empty: neither is noted."),
    Setting("UPART_BACKUP_DAYS", values.count, "365", "Days that the oldest backup is kept; the ledger reaches back 30 days more."),
    Setting("UPART_SIGN_UP", values.sign_up, "open", "Who may sign up: open, invited or closed. An academy may be stricter."),
    Setting("UPART_API_PER_TOKEN", values.most, "300", "Requests of one token or key that the API works on in a minute; 0 means no limit."),
    Setting("UPART_API_PER_NETWORK", values.most, "600", "Requests from one network (IPv4: /24, IPv6: /56) that the API works on in a minute; 0 means no limit."),
    Setting("UPART_API_PER_ACADEMY", values.most, "6000", "Requests at one academy that the API works on in a minute; 0 means no limit."),
    Setting("UPART_PASSWORD_MEMORY", values.kib, "19456", "Kibibytes of memory that one password check takes (argon2id)."),
    Setting("UPART_JOB_LEASE", values.count, "60", "Seconds after which a job is taken from a worker that gives no sign of life."),
    Setting("UPART_FETCH_ALLOW", values.networks, "", "Comma-separated networks that calls to addresses which people type in (webhooks) may reach besides public ones: 10.1.2.0/24."),
    Setting("UPART_PUBLIC_ORIGIN", values.origin, "", "Scheme, and port if it is not the usual one, at which people reach the portals: https or http:8000. Empty: https, on localhost http."),
    Setting("UPART_TEST_NOW", values.instant, "", "For the demo only: ISO time with zone at which the clock starts."),
)  # fmt: skip

# Names in the environment that begin with UPART_ but are not settings of an installation.
NOT_SETTINGS = {
    "UPART_INSTANCE": "folder of the installation (option --instance)",
    "UPART_TEST_POSTGRES_URL": "a PostgreSQL server for the tests",
    "UPART_TEST_S3_URL": "a server that speaks like S3 for the tests",
    "UPART_TEST_AXE": "the script axe.min.js for the tests of plugins",
    "UPART_SAFE_MODE": "set by upart serve --safe-mode: plugins of others are left out",
    "UPART_DEEP": "set by bin/test --deep: the long tests run too",
}


@dataclass(frozen=True)
class Config:
    """All settings of one installation, read and checked."""

    instance: Path
    base_host: str
    database_url: str
    files_url: str
    files_space: int
    files_spare: int
    page_cache_bytes: int
    plugin_failures: int
    mail_url: tuple[str, ...]
    mail_from: str
    secret_keys: tuple[bytes, ...]
    ledger_url: str
    pseudonym_key: bytes
    infrastructure: tuple[operators.Operator, ...]
    geo_database: tuple[geography.Database, ...]
    backup_days: int
    sign_up: str
    api_per_token: int
    api_per_network: int
    api_per_academy: int
    password_memory: int
    job_lease: int
    public_origin: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    fetch_allow: tuple[IPv4Network | IPv6Network, ...]
    test_now: datetime | None
    instance_id: str = ""
    """Also kept in the database: a copy that finds another one there stays silent."""

    place: str = ""
    """Folder in which the installation was made; a copy of the folder finds itself elsewhere and stays silent."""

    port: int = 8000
    """Port that the server was started on, for links printed on a terminal; not a setting."""

    def address(self, host: str, path: str = "/") -> str:
        """The full address of a page, as people reach it."""
        scheme, _, port = (self.public_origin or ("http" if self.base_host == "localhost" else "https")).partition(":")
        return f"{scheme}://{host}{':' + port if port else ''}{path}"

    @property
    def is_demo(self) -> bool:
        """True for a folder that `upart demo` made."""
        return (self.instance / DEMO_MARK).exists()


DEMO_MARK = ".made-by-upart-demo"
TOML = "upart.toml"
OWN = ("instance_id", "place")
"""What upart.toml holds besides settings: which installation this is, and where it was made."""


def find_instance(option: str | None, environ: Mapping[str, str] = os.environ) -> tuple[Path, str]:
    """Return the folder of the installation and a notice (empty, or why another folder is used).

    `--instance`, then UPART_INSTANCE, then ./instance; without ./instance/upart.toml but with
    ./instance/demo that one is used. Raises NoInstance with what to run.
    """
    named = option or environ.get("UPART_INSTANCE")
    folder = Path(named) if named else Path("instance")
    if (folder / TOML).is_file():
        return folder.resolve(), ""
    if not named and (folder / "demo" / TOML).is_file():
        return (folder / "demo").resolve(), "Using the demo installation in instance/demo."
    raise NoInstance(f"There is no installation in {folder.resolve()}.", remedy="Run: upart demo, or name one with --instance DIR.")


def load(instance: Path, environ: Mapping[str, str] = os.environ, **overrides: Any) -> Config:
    """Read all settings of the installation in `instance`. Raises BadSetting naming the setting and the remedy."""
    from_file = _read_toml(instance / TOML)
    from_env = {name: value for name, value in environ.items() if name.startswith("UPART_") and name not in NOT_SETTINGS}
    by_name, by_key = {s.name: s for s in SETTINGS}, {s.key: s for s in SETTINGS}
    _refuse_unknown(from_env, by_name, "the environment")
    _refuse_unknown({k: v for k, v in from_file.items() if k not in OWN}, by_key, str(instance / TOML))
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = from_env.get(setting.name, from_file.get(setting.key, setting.default))
        values[setting.key] = _value(setting, text)
    values["database_url"] = values["database_url"] or f"sqlite:///{instance / 'upart.sqlite'}"
    for folder in ("files", "ledger"):
        values[f"{folder}_url"] = values[f"{folder}_url"] or (instance / folder).absolute().as_uri()
    values |= {name: str(from_file.get(name, "")) for name in OWN}
    return Config(instance=instance, **(values | overrides))


def write_own(instance: Path, **values: str) -> None:
    """Put `instance_id` and `place` into upart.toml, each on a line of its own; everything else in it stays as it is."""
    path = instance / TOML
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if line.partition("=")[0].strip() not in values]
    text = "\n".join([*(f"{name} = {json.dumps(value)}" for name, value in values.items()), *kept]) + "\n"
    unfinished = path.with_name(f".{TOML}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.replace(path)


def _value(setting: Setting, text: Any) -> Any:
    try:
        return setting.read(str(text))
    except ValueError as error:
        raise BadSetting(f"{setting.name} has the value {str(text)!r}, which cannot be used.", remedy=f"Expected: {error}.") from None


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path} cannot be read: {error}.", remedy='Each line looks like: base_host = "academy.example"') from None
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}.", remedy="Give this user the right to read it.") from None


def _refuse_unknown(given: Mapping[str, Any], known: Mapping[str, Setting], where: str) -> None:
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(known)}."
            raise BadSetting(f"{where} sets {name}, which is not a setting of UPART.", remedy=f"{hint} Remove or rename it.")
