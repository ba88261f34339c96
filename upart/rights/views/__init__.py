# SPDX-License-Identifier: MIT
"""Pages about rights: what is held, the copy, being erased, leaving, and the register for everybody."""
