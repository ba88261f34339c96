# SPDX-License-Identifier: MIT
"""What each column holds, why and how long: the vocabulary and the register. No web here."""
