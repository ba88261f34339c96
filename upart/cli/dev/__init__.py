# SPDX-License-Identifier: MIT
"""`upart dev`: serving while somebody writes, and the bar that says how a page came about."""
