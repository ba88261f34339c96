# SPDX-License-Identifier: MIT
"""Programs that act for somebody: tokens, front ends on other origins, how often, and once only."""
