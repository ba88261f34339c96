# SPDX-License-Identifier: MIT
"""Themes, templates, colours, pictures, the page cache and the headers of every answer."""
