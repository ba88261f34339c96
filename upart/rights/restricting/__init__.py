# SPDX-License-Identifier: MIT
"""Restriction of processing (GDPR art. 18): data are kept, and for a while nobody else sees or uses them.

How that is enforced stands in `upart/db/masking.py`; here it is decided of whom and of what (`models`, `actions`), read off
the declarations which columns that means (`columns`), and said what may still be done (`guards`) and what must wait (`holding`).
"""
