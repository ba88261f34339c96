# SPDX-License-Identifier: MIT
"""What can be done with rights: ask, plan, carry out."""
