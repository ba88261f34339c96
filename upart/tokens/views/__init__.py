# SPDX-License-Identifier: MIT
"""Pages and addresses of tokens and front ends."""
