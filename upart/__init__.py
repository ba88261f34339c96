# SPDX-License-Identifier: MIT
"""UPART: a plugin-based headless CMS and portal framework for academies."""
