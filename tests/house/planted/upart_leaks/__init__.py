# SPDX-License-Identifier: MIT
"""A plugin that leaks in every way we could think of, to show that the crawl finds each."""
