# SPDX-License-Identifier: MIT
"""From which age somebody agrees alone to what a service online does with their data, by country (GDPR art. 8(1))."""

from __future__ import annotations

HIGHEST = 16
"""Where a country has not chosen less, or is not in the table; so it is enough everywhere."""

LOWEST = 13
"""No country may choose less."""

AGES = {
    "AT": 14, "BE": 13, "BG": 14, "CY": 14, "CZ": 15, "EE": 13, "FI": 13, "FR": 15, "GR": 15, "IS": 13, "IT": 14, "LT": 14, "LV": 13, "MT": 13, "PT": 13,
    "SE": 13, "SI": 15,
}  # fmt: skip
"""Countries that have chosen less, ISO 3166-1. One whose law is being changed is left out: 16 is never too low."""


def age_of_consent(country: str) -> int:
    """From which age, in years; `country`: ISO 3166-1 ("AT"), empty where nobody has said it."""
    return AGES.get(country, HIGHEST)
