# SPDX-License-Identifier: MIT
"""Work for later: a row written in the transaction of its cause, carried out at least once."""
