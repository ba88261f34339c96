# SPDX-License-Identifier: MIT
"""Ways of files into the portal and out of it: uploads, signed addresses, the sweep. Bytes and rows themselves are in `storage`."""
