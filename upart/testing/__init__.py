# SPDX-License-Identifier: MIT
"""Fixtures and fakes for the tests of plugin authors and of UPART itself."""

from upart.testing.client import Client
from upart.testing.contract import assert_privacy_contract
from upart.testing.faults import Failed, every_kill, killed_at
from upart.testing.hostile import hostile_hosts, hostile_paths, hostile_values
from upart.testing.installation import Installation, install
from upart.testing.processor import Processor
from upart.testing.together import together

__all__ = [
    "Client", "Failed", "Installation", "Processor", "assert_privacy_contract", "every_kill", "hostile_hosts", "hostile_paths", "hostile_values", "install", "killed_at",
    "together",
]  # fmt: skip
