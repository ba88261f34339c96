# SPDX-License-Identifier: MIT
"""Webhooks: programs elsewhere are told that something has happened, by ids only (Standard Webhooks 1.0)."""
