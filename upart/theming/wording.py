# SPDX-License-Identifier: MIT
"""How pages and archives say categories, purposes, bases and periods, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from upart.hooks.records import RecipientRole
from upart.privacy.laws import LAWS
from upart.privacy.taxonomy import Basis, Category, Origin, Purpose
from upart.privacy.words import Period, Processing
from upart.theming.locales import gettext as _

CATEGORIES: dict[str, str] = {
    Category.ID_ACCOUNT: "roles and account", Category.ID_NAME: "name", Category.ID_USERNAME: "user name", Category.CONTACT_EMAIL: "e-mail address",
    Category.CONTACT_PHONE: "phone number", Category.CONTACT_ADDRESS: "postal address", Category.DEMOGRAPHIC_BIRTH: "date of birth",
    Category.DEMOGRAPHIC_LANGUAGE: "language", Category.AUTH_SECRET: "secrets of signing in", Category.DEVICE_IP: "network address",
    Category.DEVICE_COOKIE: "cookie", Category.DEVICE_AGENT: "device and browser", Category.USAGE_ACTIVITY: "times of what you do",
    Category.USAGE_REFERRER: "page you came from", Category.EDU_ENROLMENT: "enrolment", Category.EDU_ATTENDANCE: "attendance",
    Category.EDU_RESULT: "answers and results", Category.EDU_CERTIFICATE: "certificate", Category.CONTENT_PUBLIC: "what you publish",
    Category.CONTENT_PRIVATE: "what you write", Category.CONTENT_META: "facts about what you write or upload", Category.MEDIA_IMAGE: "pictures",
    Category.MEDIA_RECORDING: "recordings", Category.PROFILE_PUBLIC: "public profile", Category.PAY_PURCHASE: "purchases",
    Category.PAY_CARD_REF: "payment card",
    Category.PAY_BANK: "bank account", Category.PAY_TAX_ID: "tax number", Category.PLACE_COARSE: "country or town", Category.PLACE_PRECISE: "place",
    Category.PREF_PRIVACY: "choices about privacy", Category.PREF_SETTINGS: "settings", Category.PREF_ACCESSIBILITY: "needs of accessibility",
    Category.FAMILY_LINK: "family", Category.RISK_FLAG: "suspension", Category.SPECIAL_HEALTH: "health", Category.SPECIAL_BELIEF: "belief",
    Category.SPECIAL_ORIGIN: "origin", Category.SPECIAL_BIOMETRIC: "body measurements",
}  # fmt: skip

PURPOSES: dict[str, str] = {
    Purpose.ACCOUNT: "to give you an account", Purpose.LEARN: "so that you can learn", Purpose.TEACH: "for teaching", Purpose.PAY: "to take payment",
    Purpose.TAX: "for taxes", Purpose.SECURE: "to keep the account and the academy safe", Purpose.FRAUD: "against fraud",
    Purpose.NOTIFY: "to tell you of what happens here", Purpose.SUPPORT: "to help you", Purpose.CONTACT: "to answer you",
    Purpose.PUBLISH: "to publish what you choose", Purpose.PROMOTE: "for offers", Purpose.UPDATES: "for news of the product",
    Purpose.NEWSLETTER: "for the newsletter", Purpose.WEBINAR: "to invite you to webinars", Purpose.MEASURE: "to count visits",
    Purpose.PERSONALISE: "to fit pages to you", Purpose.REPORT: "for reports", Purpose.AGE: "to know whether you are of age",
    Purpose.RIGHTS: "to carry out your rights", Purpose.CLAIMS: "for legal claims", Purpose.HOST: "to store it", Purpose.BACKUP: "for backups",
    Purpose.TRAIN_AI: "to train models",
}  # fmt: skip

BASES: dict[str, str] = {
    Basis.CONSENT: "you agreed", Basis.CONTRACT: "the contract with you", Basis.LAW: "a law asks for it", Basis.VITAL_INTEREST: "it protects life",
    Basis.PUBLIC_TASK: "a public task", Basis.LEGITIMATE_INTEREST: "a legitimate interest",
}  # fmt: skip

ORIGINS: dict[str, str] = {
    Origin.PROVIDED: "you gave it", Origin.OBSERVED: "it was noted when you used the portal", Origin.DERIVED: "it was worked out here",
    Origin.FROM_OTHER: "somebody else gave it",
}  # fmt: skip

ROLES: dict[RecipientRole, str] = {
    RecipientRole.PROCESSOR: "works on the academy's behalf", RecipientRole.JOINT: "decides together with the academy",
    RecipientRole.CONTROLLER: "decides alone",
}  # fmt: skip

COLUMNS: dict[str, str] = {
    "id": "an id that stands for you", "at": "when", "email": "e-mail", "zone": "time zone", "created_at": "since", "started_at": "began",
    "seen_at": "last seen",
    "fresh_until": "password good until", "suspended_at": "suspended since", "ends_at": "good until", "due_on": "answer due", "run_at": "not before",
    "sha256": "checksum", "content_type": "kind", "subject_line": "subject", "made_at": "made", "digest": "a code, as a fingerprint that cannot be read back",
    "previous_digest": "the code before it, as a fingerprint", "address_digest": "address, as a fingerprint that cannot be read back",
    "recipient_digest": "address, as a fingerprint that cannot be read back", "key_digest": "whom it counts for, as a fingerprint",
    "password_hash": "password, as a fingerprint that cannot be read back", "totp_seed": "secret of your second step", "goes_on": "whether you go on learning",
    "begun_at": "began", "lifts_at": "when it will end", "lifted_at": "ended", "rotated_at": "code renewed", "told_at": "told",
    "wanted": "what must not be found", "alt": "what a picture shows", "credit": "who made a picture or a film", "captions_id": "captions of a film",
    "uploader_id": "who added it", "shown_id": "whom it is about",
    "about_id": "whom it is about", "person_id": "that it is yours", "account_id": "that it is yours", "network": "shortened address of your network",
}  # fmt: skip
"""Names that many tables give to a column, where the name alone would say too little."""

AFTER: dict[str, str] = {
    "at": "it happened", "created_at": "it was made", "changed_at": "it last changed", "received_at": "it came", "started_at": "it began",
    "ends_at": "it has ended", "begun_at": "it began", "made_at": "it was made", "known_at": "it became known",
    "given_at": "it was given", "last_activity_at": "you last did something there",
}  # fmt: skip
"""Instants from which a period counts."""


def purpose(processing: Processing) -> str:
    """Why data are kept ("so that you can learn")."""
    return _(PURPOSES[processing.purpose])


def basis(processing: Processing) -> str:
    """On which ground, art. 6(1) ("the contract with you"); a legitimate interest is named."""
    words = _(BASES[processing.basis])
    return f"{words}: {_(processing.interest)}" if processing.interest else words


def period(processing: Processing) -> str:
    """How long ("24 months after it was made", "until the account is closed")."""
    retain: Period = processing.retain
    if not retain.is_counted:
        return _("until %(event)s", event=_(retain.until))
    if retain.days:
        length = _("%(n)s days", n=retain.days) if retain.days > 1 else _("one day")
    else:
        length = _("%(n)s months", n=retain.months) if retain.months > 1 else _("one month")
    if not processing.after:
        return length
    if processing.after in AFTER:
        return _("%(length)s after %(event)s", length=length, event=_(AFTER[processing.after]))
    return _("%(length)s after: %(date)s", length=length, date=column(processing.after))


def word(table: Mapping[str, str], name: str) -> str:
    """The words of a table for a name; a name that it lacks is said as it is."""
    return _(table.get(name, name))


def category(name: str) -> str:
    """What kind of data ("e-mail address")."""
    return _(CATEGORIES.get(name, name))


def origin(name: str) -> str:
    """Where data came from ("you gave it")."""
    return _(ORIGINS.get(name, name))


def column(name: str) -> str:
    """A column's name as words ("last_activity_at": "last activity")."""
    if name in COLUMNS:
        return _(COLUMNS[name])
    for end in ("_at", "_on", "_id"):
        name = name.removesuffix(end)
    return _(name.replace("_", " "))


def law(name: str) -> str:
    """Why something is kept, with the provision."""
    rule = LAWS.get(name)
    return f"{_(rule.sentence)} ({rule.source})" if rule else name


def sentence(words: str) -> str:
    """Words that begin a line: their first letter is large."""
    return words[:1].upper() + words[1:]


def day(value: date) -> str:
    """A date in words ("31 December 2034")."""
    return _("%(day)s %(month)s %(year)s", day=value.day, month=_(f"{value:%B}"), year=value.year)
