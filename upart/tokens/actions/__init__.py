# SPDX-License-Identifier: MIT
"""What is done with tokens and front ends."""
