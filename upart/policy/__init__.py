# SPDX-License-Identifier: MIT
"""What data protection law wants written down, compiled from declarations: art. 28, 30, 35; and the breach desk, art. 33, 34."""
