# SPDX-License-Identifier: MIT
"""The commands."""
