# SPDX-License-Identifier: MIT
"""A plugin of strangers in two editions: the installation is started again with the second one, which keeps and gives away more."""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

from conftest import bundled

from upart import config
from upart.app import create_app
from upart.cli import migrating
from upart.db import forget_package
from upart.testing import Installation

POSTCARD = EntryPoint("postcard", "upart_postcard.hooks", "upart.plugins")
sys.path.append(str(Path(__file__).parent / "outside" / "postcard"))


def forget() -> None:
    """Take the plugin out of this process."""
    forget_package("upart_postcard")
    for name in [name for name in sys.modules if name.partition(".")[0] == "upart_postcard"]:
        del sys.modules[name]


def first_edition() -> None:
    """From now on the first one is loaded."""
    forget()
    os.environ["POSTCARD_EDITION"] = "1"


def upgraded(made: Installation) -> Installation:
    """The same after an upgrade to the second edition."""
    made.close()
    forget()
    os.environ["POSTCARD_EDITION"] = "2"
    settings = config.load(made.state.config.instance, {}, password_memory=8, mail_url=("file:",), public_origin="http")
    again = Installation(create_app(settings=settings, plugins=[*bundled(), POSTCARD]))
    migrating.upgrade(again.app)
    return again
