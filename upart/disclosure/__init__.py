# SPDX-License-Identifier: MIT
"""What left the portal about whom, and what its recipients were told since (GDPR art. 15(1)(c), 19)."""
