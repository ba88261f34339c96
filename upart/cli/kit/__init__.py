# SPDX-License-Identifier: MIT
"""What authors of plugins get: a package to begin with, and a look at one that is there."""
