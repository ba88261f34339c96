# SPDX-License-Identifier: MIT
"""Speed as ratios against the bare thing in the same run."""
