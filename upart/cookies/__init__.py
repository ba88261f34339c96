# SPDX-License-Identifier: MIT
"""Cookies: what this portal may set, the filter that lets nothing else pass, the question about optional ones, the browser's signal."""
