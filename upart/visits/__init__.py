# SPDX-License-Identifier: MIT
"""Visits: which pages are read, without anybody's name; and, only for who wants it, where one was last."""
