# SPDX-License-Identifier: MIT
"""What all staff pages share: a list that is declared becomes a page with filters, views, acts over many rows and a download."""
