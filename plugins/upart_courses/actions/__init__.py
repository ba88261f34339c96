# SPDX-License-Identifier: MIT
"""What people can do with courses: write them, learn in them. Callers open the door and commit."""
