# SPDX-License-Identifier: MIT
"""Pages about accounts: signing up and in, one's own account, the people of an academy."""
