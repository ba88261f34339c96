# SPDX-License-Identifier: MIT
"""A plugin of the tests: it does at each opening what a test puts into `hooks.ACTS`."""
