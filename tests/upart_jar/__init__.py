# SPDX-License-Identifier: MIT
"""A plugin of the tests that sets cookies of every kind."""
