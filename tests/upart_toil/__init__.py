# SPDX-License-Identifier: MIT
"""A plugin that toils: work that takes long, fails, kills its worker or calls somebody outside, for tests of jobs and events."""
