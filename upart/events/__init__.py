# SPDX-License-Identifier: MIT
"""What happened: one table for the audit trail, for plugins that listen, and for webhooks."""
