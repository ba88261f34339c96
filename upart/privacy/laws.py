# SPDX-License-Identifier: MIT
"""Laws that oblige to keep documents and proofs: how long, counted from when, and where that is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A rule: `months` from the document's date, or from the end of its calendar year (`end_of_year`).

    `source` names the provision, `checked` is when it was last read (ISO date).
    """

    months: int
    end_of_year: bool
    sentence: str
    source: str
    checked: str

    def until(self, date: datetime) -> datetime:
        """When a document of this date may go (an instant, UTC)."""
        begins = datetime(date.year + 1, 1, 1, tzinfo=UTC) if self.end_of_year else date
        return begins + relativedelta(months=self.months)

    def newest_expired(self, now: datetime) -> datetime:
        """Documents dated before this instant may go by now."""
        last = now - relativedelta(months=self.months)
        return datetime(last.year, 1, 1, tzinfo=UTC) if self.end_of_year else last


LAWS: dict[str, Law] = {
    "DE.invoice": Law(
        months=96, end_of_year=True, sentence="German tax law: invoices are kept for eight years after the end of their year.",
        source="UStG § 14b (1), AO § 147 (3), as of 1 January 2025", checked="2026-11-25",
    ),
    "FR.invoice": Law(
        months=120, end_of_year=True, sentence="French commercial law: accounting documents are kept for ten years after the end of their year.",
        source="Code de commerce, art. L123-22", checked="2026-11-25",
    ),
    "GB.invoice": Law(
        months=72, end_of_year=True, sentence="British tax law: VAT records are kept for six years.",
        source="VAT Act 1994, Schedule 11, paragraph 6; VAT Notice 700/21", checked="2026-11-25",
    ),
    "US.invoice": Law(
        months=84, end_of_year=True, sentence="United States tax practice: records are kept for seven years.",
        source="26 U.S.C. § 6001; IRS Publication 583", checked="2026-11-25",
    ),
    "IN.invoice": Law(
        months=96, end_of_year=True, sentence="Indian company law: books and vouchers are kept for eight financial years.",
        source="Companies Act 2013, section 128(5); CGST Act 2017, section 36", checked="2026-11-25",
    ),
    "JP.invoice": Law(
        months=86, end_of_year=True, sentence="Japanese consumption tax law: invoices are kept for seven years and two months after the end of their year.",
        source="Order for Enforcement of the Consumption Tax Act, art. 50", checked="2026-11-25",
    ),
    "GDPR.consent": Law(
        months=36, end_of_year=False,
        sentence="Data protection law: that somebody agreed must be provable; the proof, which names nobody, is kept for three years.",
        source="GDPR art. 7(1) and 17(3)(e)", checked="2026-11-25",
    ),
}  # fmt: skip
"""Rules by the name that `OnErase.KEEP(law=…)` gives. Academies in other countries add theirs here, with the source."""
