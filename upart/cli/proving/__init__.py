# SPDX-License-Identifier: MIT
"""`upart demo --prove`: ten claims about what becomes of somebody's data, each shown on an installation of its own."""
