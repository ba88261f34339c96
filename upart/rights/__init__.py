# SPDX-License-Identifier: MIT
"""The rights of data subjects, carried out from the declarations alone (GDPR art. 15 to 22)."""
