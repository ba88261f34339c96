# SPDX-License-Identifier: MIT
"""The API: what features give to programs as resources, in one form at `/api/v1/`."""
