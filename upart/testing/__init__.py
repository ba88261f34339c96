# SPDX-License-Identifier: MIT
"""Fixtures and fakes for the tests of plugin authors and of UPART itself."""

from upart.testing.cast import seat, sign_in, wear
from upart.testing.client import Client
from upart.testing.contract import assert_privacy_contract
from upart.testing.faults import Failed, every_kill, killed_at
from upart.testing.hostile import hostile_hosts, hostile_paths, hostile_values
from upart.testing.installation import Installation, install
from upart.testing.kit import Tried, assert_plugin
from upart.testing.processor import Processor
from upart.testing.together import together

__all__ = [
    "Client", "Failed", "Installation", "Processor", "Tried", "assert_plugin", "assert_privacy_contract", "every_kill", "hostile_hosts", "hostile_paths",
    "hostile_values", "install", "killed_at", "seat", "sign_in", "together", "wear",
]  # fmt: skip
