# SPDX-License-Identifier: MIT
"""Search: an index that the database keeps by itself, SQLite's FTS5 or PostgreSQL's tsvector, behind one interface."""
