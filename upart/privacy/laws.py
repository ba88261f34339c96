# SPDX-License-Identifier: MIT
"""Laws that oblige to keep documents and proofs: how long, counted from when, since when, and where that is written.

No advice: an academy asks its own. Periods that a pending audit, suit or unfinished assessment prolongs are not in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from upart.privacy.periods import ended, newest_ended, start_of

APRIL = 4
"""Month in which the year of the state begins in India (Companies Act 2013, section 2(41))."""


class Counted(StrEnum):
    """From when a period counts: the document's own day, the end of its calendar year, 31 March after it, or the end of a
    business year that the academy has chosen and this software does not know: at the latest twelve months after the document."""

    DAY = "day"
    YEAR = "year"
    MARCH = "march"
    BUSINESS_YEAR = "business year"


class Nature(StrEnum):
    """What stands behind a period: a provision that names it, limitation periods that make it prudent, or a rule of this software."""

    LAW = "law"
    LIMITATION = "limitation"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One state of a law: for documents dated from `since` on (None: from ever), as long as no later rule says otherwise.

    `months` count as `counted` says. `in_force`: nothing goes by this rule before that day. `source` names the provision;
    `checked` is when it was last read (ISO date), `read` whether that was its text or somebody's writing about it.
    """

    months: int
    counted: Counted
    source: str
    checked: str
    read: str
    since: date | None = None
    in_force: date | None = None

    def until(self, day: date, zone: ZoneInfo) -> datetime:
        """When a document of this day may go (an instant, UTC)."""
        free = {
            Counted.DAY: lambda: ended(start_of(day, zone), months=self.months, zone=zone),
            Counted.BUSINESS_YEAR: lambda: ended(start_of(day, zone), months=self.months + 12, zone=zone),
            Counted.YEAR: lambda: start_of(date(day.year + 1, 1, 1) + relativedelta(months=self.months), zone),
            Counted.MARCH: lambda: start_of(date(day.year + (day.month >= APRIL), APRIL, 1) + relativedelta(months=self.months), zone),
        }[self.counted]()
        return max(free, start_of(self.in_force, zone)) if self.in_force else free

    def newest_expired(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Documents dated before this instant may go by now; None: none may yet."""
        today = now.astimezone(zone).date()
        if self.in_force and today < self.in_force:
            return None
        if self.counted in (Counted.DAY, Counted.BUSINESS_YEAR):
            return newest_ended(now, months=self.months + 12 * (self.counted is Counted.BUSINESS_YEAR), zone=zone)
        last, month = today - relativedelta(months=self.months), 1 if self.counted is Counted.YEAR else APRIL
        return start_of(date(last.year - (last.month < month), month, 1), zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A law with all its states, the oldest first. Its days are those of `zone`."""

    sentence: str
    zone: str
    rules: tuple[Rule, ...]
    nature: Nature = Nature.LAW

    @property
    def source(self) -> str:
        """The provision as it stands now."""
        return self.rules[-1].source

    def until(self, dated: datetime) -> datetime:
        """When a document of this date may go (an instant, UTC), by the rule that applies to its date."""
        zone = ZoneInfo(self.zone)
        day = dated.astimezone(zone).date()
        rule = next(rule for rule in reversed(self.rules) if rule.since is None or rule.since <= day)
        return rule.until(day, zone)

    def free_on(self, dated: datetime) -> date:
        """The day from which on a document of this date may go, as people say it."""
        return self.until(dated).astimezone(ZoneInfo(self.zone)).date()

    def expired(self, now: datetime) -> list[tuple[datetime | None, datetime]]:
        """The dates of documents that may go by now: from (None: from ever) and before which instant, for each rule."""
        zone, found = ZoneInfo(self.zone), []
        for rule, later in pairwise((*self.rules, None)):
            assert rule is not None
            begins = start_of(rule.since, zone) if rule.since else None
            ends = rule.newest_expired(now, zone)
            if ends is not None and later is not None and later.since is not None:
                ends = min(ends, start_of(later.since, zone))
            if ends is not None and (begins is None or begins < ends):
                found.append((begins, ends))
        return found


TEXT, COMMENTARY = "text", "commentary"

LAWS: dict[str, Law] = {
    "DE.invoice": Law(
        sentence="German tax law: invoices are kept for eight years after the end of their year.", zone="Europe/Berlin",
        rules=(
            Rule(months=120, counted=Counted.YEAR, source="UStG § 14b (1), AO § 147 (3), HGB § 257 (4), until 31 December 2024",
                 checked="2026-11-25", read=COMMENTARY),
            # The shorter period came for whatever was not free by then: documents from 2015 on.
            Rule(months=96, counted=Counted.YEAR, since=date(2015, 1, 1), in_force=date(2025, 1, 1),
                 source="UStG § 14b (1) and § 27 (40), AO § 147 (3), HGB § 257 (4), as of 1 January 2025 (BEG IV)", checked="2026-11-25", read=COMMENTARY),
        ),
    ),
    "DE.books": Law(
        sentence="German tax law: books and accounts are kept for ten years after the end of their year.", zone="Europe/Berlin",
        rules=(Rule(months=120, counted=Counted.YEAR, source="AO § 147 (1) 1, (3), (4); HGB § 257 (1) 1, (4), (5)", checked="2026-11-25", read=COMMENTARY),),
    ),
    "DE.letter": Law(
        sentence="German tax law: business letters are kept for six years after the end of their year.", zone="Europe/Berlin",
        rules=(Rule(months=72, counted=Counted.YEAR, source="AO § 147 (1) 2, 3, (3), (4); HGB § 257 (1) 2, 3, (4), (5)",
                     checked="2026-11-25", read=COMMENTARY),),
    ),
    "FR.invoice": Law(
        sentence="French commercial law: accounting documents and their vouchers are kept for ten years after the end of the business year.",
        zone="Europe/Paris",
        rules=(Rule(months=120, counted=Counted.BUSINESS_YEAR, source="Code de commerce, art. L123-22", checked="2026-11-25", read=TEXT),),
    ),
    "GB.invoice": Law(
        sentence="British tax law: records of sales are kept for six years after the end of the business year.", zone="Europe/London",
        rules=(Rule(months=72, counted=Counted.BUSINESS_YEAR, checked="2026-11-25", read=TEXT,
                    source="Finance Act 1998, Schedule 18, paragraph 21(2); VAT Act 1994, Schedule 11, paragraph 6(3); "
                           "Companies Act 2006, section 388(4) asks for less"),),
    ),
    "US.invoice": Law(
        sentence="United States tax law names no period for invoices; they are kept for seven years after the business year, "
                 "which outlasts the limitation periods of three and of six years.",
        zone="America/New_York", nature=Nature.LIMITATION,
        rules=(Rule(months=84, counted=Counted.BUSINESS_YEAR, source="26 U.S.C. § 6001 and § 6501(a), (e); IRS Publication 583",
                     checked="2026-11-25", read=COMMENTARY),),
    ),
    "IN.invoice": Law(
        sentence="Indian company law: books and vouchers are kept for eight financial years after their own.", zone="Asia/Kolkata",
        rules=(Rule(months=96, counted=Counted.MARCH, source="Companies Act 2013, section 128(5)", checked="2026-11-25", read=COMMENTARY),),
    ),
    "IN.gst": Law(  # 31 December after the financial year is when its annual return is due
        sentence="Indian tax law: accounts and records are kept for 72 months after their annual return was due.", zone="Asia/Kolkata",
        rules=(Rule(months=72 + 9, counted=Counted.MARCH, source="CGST Act 2017, sections 36 and 44", checked="2026-11-25", read=TEXT),),
    ),
    "JP.invoice": Law(  # tax returns are due two months after the business year
        sentence="Japanese tax law: invoices are kept for seven years after the tax return for their business year was due.", zone="Asia/Tokyo",
        rules=(Rule(months=84 + 2, counted=Counted.BUSINESS_YEAR, checked="2026-11-25", read=COMMENTARY,
                    source="Corporation Tax Act, Ordinance for Enforcement, art. 59; Consumption Tax Act, Order for Enforcement, art. 70-13"),),
    ),
    "JP.books": Law(
        sentence="Japanese company law: account books and important papers are kept for ten years after the books are closed.", zone="Asia/Tokyo",
        rules=(Rule(months=120, counted=Counted.BUSINESS_YEAR, source="Companies Act, art. 432(2)", checked="2026-11-25", read=COMMENTARY),),
    ),
    "UPART.consent": Law(
        sentence="Data protection law: that somebody agreed must be provable. It names no period; "
                 "by a rule of this software the proof, which names nobody, is kept for three years.",
        zone="UTC", nature=Nature.OWN, rules=(Rule(months=36, counted=Counted.DAY, source="GDPR art. 7(1) and 17(3)(e)", checked="2026-11-25", read=TEXT),),
    ),
    "UPART.suppression": Law(
        sentence="Data protection law: whoever has objected to offers and news gets no more. It names no period; "
                 "by a rule of this software a digest of the address, which names nobody, is kept for ten years.",
        zone="UTC", nature=Nature.OWN,
        rules=(Rule(months=120, counted=Counted.DAY, source="GDPR art. 21(3) and 17(3)(b)", checked="2026-11-26", read=COMMENTARY),),
    ),
}  # fmt: skip
"""Laws by the name that `OnErase.KEEP(law=…)` gives. Academies in other countries add theirs here, with the source."""
