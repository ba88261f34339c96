# SPDX-License-Identifier: MIT
"""Backup and restore: one file that is whole or absent, and nothing is touched before all of it has been checked."""
