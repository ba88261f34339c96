# SPDX-License-Identifier: MIT
"""Migrations of the core."""
