# SPDX-License-Identifier: MIT
"""Courses as others pack them: bytes come in, a tree goes out, and back. No database, no web."""
