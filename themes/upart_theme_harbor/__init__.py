# SPDX-License-Identifier: MIT
"""Harbor: the calm theme, for daily learning."""
