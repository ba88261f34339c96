# SPDX-License-Identifier: MIT
"""Academies: hosts, settings, enabling of plugins, the landing page."""
