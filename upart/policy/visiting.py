# SPDX-License-Identifier: MIT
"""What is counted of visits, in the sentences of the policy; exactly as the academy has set it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upart.context import CurrentAcademy
from upart.visits.origins import LOOKED_UP, SAID
from upart.visits.showing import described

ORDER = ("none", "noted", "place", "looked_up", "left_out", "kept", "stopped")
"""Ids of the sentences, as they are read."""

NONE = "Visits to these pages are not counted."
NOTED = (
    "When somebody opens a page, this is noted: the minute, the page, the page or site that led there, the kind of device, system, browser and language. "
    "No internet address is noted, no name, and nothing by which you could be recognised the next time."
)
LEFT_OUT = "Pages about your account and your data, and pages of the academy's staff, are not counted."
KEPT = "Each note is deleted after %(days)s days. Daily sums, such as “12 visits by phone”, stay for %(months)s months."
STOPPED = "You can have your browser left out under “Your choices”. A browser that sends Global Privacy Control is left out by itself."


def counted(academy: CurrentAcademy) -> Mapping[str, Mapping[str, Any]]:
    """The sentences by id: text, and the numbers in it."""
    found = described(academy)
    if not found["counted"]:
        return {"none": {"text": NONE}}
    periods = {"days": found["rows_days"], "months": found["sums_months"]}
    places, fewest = tuple(found["places"]), {"fewest": found["fewest_of_a_place"]}
    place = {"place": {"text": SAID[places]}, "looked_up": {"text": LOOKED_UP, **fewest}} if places else {}
    return {"noted": {"text": NOTED}, **place, "left_out": {"text": LEFT_OUT}, "kept": {"text": KEPT, **periods}, "stopped": {"text": STOPPED}}
