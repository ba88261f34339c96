# SPDX-License-Identifier: MIT
"""Visits of nobody in particular, their daily sums, and the last pages of people who want them remembered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, OnErase, Purpose
from upart.privacy.words import days, key, months, not_personal, personal, processing, subject

ROWS_DAYS, SUMS_MONTHS = 30, 25
"""How long single visits are kept, and their daily sums: two years, so that a month can be compared with the one before."""

WHY = "to see which pages are read and how people find them"


class Visit(AcademyOwned, Model):
    """A page was opened. No address, no key of a visitor and no person: two visits of one person are two rows that nothing links."""

    __tablename__ = "visit"
    __title__ = "Visits"
    __processing__ = processing(Purpose.MEASURE, Basis.LEGITIMATE_INTEREST, retain=days(ROWS_DAYS), after="day", interest=WHY)

    id: Mapped[UUID] = key()
    day: Mapped[datetime] = not_personal("begin of the day (UTC)", index=True)
    minute: Mapped[datetime] = not_personal("the minute, and nothing finer")
    route: Mapped[str] = not_personal("which page, without what stands for a person, a link or a search")
    before: Mapped[str] = not_personal("the page of this portal that led there")
    referrer: Mapped[str] = not_personal("host of the site that led there, without path")
    device: Mapped[str] = not_personal("phone, tablet or computer")
    system: Mapped[str] = not_personal("operating system, without version")
    browser: Mapped[str] = not_personal("browser with its major version")
    language: Mapped[str] = not_personal("the first language, without region")
    country: Mapped[str] = not_personal("of the internet address, if the operator has a database for that", default="")
    network: Mapped[str] = not_personal("such as an internet provider's, likewise", default="")
    is_bot: Mapped[bool] = not_personal("did a program say that it is one?")


class Measure(StrEnum):
    """What is summed up for each day."""

    VISITS = "visits"
    BOTS = "bots"
    PAGES = "pages"
    WAYS = "ways"
    REFERRERS = "referrers"
    DEVICES = "devices"
    SYSTEMS = "systems"
    BROWSERS = "browsers"
    LANGUAGES = "languages"
    COUNTRIES = "countries"
    NETWORKS = "networks"


class VisitDay(AcademyOwned, Model):
    """How many visits of a day had one thing in common. Each sum is about one property, never about several together."""

    __tablename__ = "visit_day"
    __title__ = "Visits of a day"
    __table_args__ = (UniqueConstraint("academy_id", "day", "what", "value", "before"),)
    __processing__ = processing(Purpose.MEASURE, Basis.LEGITIMATE_INTEREST, retain=months(SUMS_MONTHS), after="day", interest=WHY)

    id: Mapped[UUID] = key()
    day: Mapped[datetime] = not_personal("begin of the day (UTC)", index=True)
    what: Mapped[Measure] = not_personal("what is summed up")
    value: Mapped[str] = not_personal("a page, a host, a browser: what the visits had in common")
    before: Mapped[str] = not_personal("of ways the page that led there", default="")
    count: Mapped[int] = not_personal("number of visits")


class RecentPage(AcademyOwned, Model):
    """A page that somebody opened who wants the portal to remember where they were."""

    __tablename__ = "recent_page"
    __title__ = "Pages you opened last"
    __table_args__ = (UniqueConstraint("academy_id", "person_id", "path"),)
    __processing__ = processing(Purpose.PERSONALISE, Basis.CONSENT, retain=months(3), after="at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("reader", on_erase=OnErase.DELETE)
    path: Mapped[str] = personal(Category.USAGE_ACTIVITY, never_share=True)
    title: Mapped[str] = personal(Category.USAGE_ACTIVITY, never_share=True)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
