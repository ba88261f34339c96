# SPDX-License-Identifier: MIT
"""Speed as ratios against the bare thing in the same run. A module per group of rows: `rows(root) -> list[Row]`, listed in `__main__`."""
