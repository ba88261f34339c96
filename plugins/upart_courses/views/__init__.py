# SPDX-License-Identifier: MIT
"""Pages: for everybody, for learners, for teachers."""
