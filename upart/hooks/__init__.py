# SPDX-License-Identifier: MIT
"""Openings: specifications, loader, plans, routes and their policies."""
