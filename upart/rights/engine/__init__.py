# SPDX-License-Identifier: MIT
"""The engine: reads and changes tables as declared, by Core statements, whether their plugin is there or not.

Nothing in here names a table of a feature: what happens to a row follows from the words beside its columns.
"""
