# SPDX-License-Identifier: MIT
"""`upart`: every command, gathered."""

from upart.cli import (
    backing,
    canary,
    data,
    doctor,
    interface,
    ledger,
    locking,
    plugged,
    plugins,
    policies,
    records,
    restricting,
    rights,
    searching,
    serve,
    verifying,
    work,
)
from upart.cli import demo as _demo
from upart.cli.dev import serving as _dev
from upart.cli.kit import beginning, checking, upgrading
from upart.cli.root import main

COMMANDS = (
    data,
    plugged,
    plugins,
    policies,
    records,
    rights,
    locking,
    restricting,
    ledger,
    canary,
    backing,
    searching,
    doctor,
    interface,
    verifying,
    serve,
    work,
    beginning,
    checking,
    upgrading,
    _demo,
    _dev,
)
"""The modules whose commands attach themselves to `main` when they are imported."""

__all__ = ["COMMANDS", "main"]

if __name__ == "__main__":
    main()
