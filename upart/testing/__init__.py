# SPDX-License-Identifier: MIT
"""Fixtures and fakes for the tests of plugin authors and of UPART itself."""

from upart.testing.client import Client
from upart.testing.contract import assert_privacy_contract
from upart.testing.hostile import hostile_hosts, hostile_paths, hostile_values
from upart.testing.installation import Installation, install

__all__ = ["Client", "Installation", "assert_privacy_contract", "hostile_hosts", "hostile_paths", "hostile_values", "install"]
