# SPDX-License-Identifier: MIT
"""One mechanism for drafts and versions: write on a draft while everybody reads what is published, compare, publish, plan, restore, let others preview."""
