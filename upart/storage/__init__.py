# SPDX-License-Identifier: MIT
"""Bytes: the `file` table, the places where bytes lie, what may lie there. No web here."""
