# SPDX-License-Identifier: MIT
"""The residual scan: after an erasure, search for what it should have taken, wherever this installation can look.

It knows places (table, column, kind of file) and numbers, never text. Who is searched for stands in `wanted`, how a text can be
disguised in `folding`, when a text is theirs in `matching`; then come the places: `rows`, `folders`, `database`.
"""
