# SPDX-License-Identifier: MIT
"""What people can do with accounts, by the part of their life in which they do it."""
