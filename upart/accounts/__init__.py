# SPDX-License-Identifier: MIT
"""People: persons of academies and, later, their accounts."""
