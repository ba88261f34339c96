# SPDX-License-Identifier: MIT
"""The media library: files that an academy uses in many places, with words, sizes and where they are used."""
