# SPDX-License-Identifier: MIT
"""What people agree to and what they refuse: asked for by purpose and channel, kept as events, asked again at the moment of use."""
