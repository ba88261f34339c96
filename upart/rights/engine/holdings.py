# SPDX-License-Identifier: MIT
"""What the engine works on. It is made below, where records and the breach desk read it too."""

from upart.hooks.holdings import Holdings, Link, holdings, loaded_holdings

__all__ = ["Holdings", "Link", "holdings", "loaded_holdings"]
