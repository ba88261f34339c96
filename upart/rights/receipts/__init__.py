# SPDX-License-Identifier: MIT
"""Receipts: signed statements of what was done, which name no one and can be checked without this installation."""
