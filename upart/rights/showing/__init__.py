# SPDX-License-Identifier: MIT
"""What pages say of the register and of what is held, worked out from the declarations alone. No request and no HTML in here."""
