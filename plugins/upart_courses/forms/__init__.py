# SPDX-License-Identifier: MIT
"""What may be typed in, and what is wrong with it."""
