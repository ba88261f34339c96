# SPDX-License-Identifier: MIT
"""A copy from another installation, read with distrust: is it whole, what fits here, what it becomes. Writes nothing."""
