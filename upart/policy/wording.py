# SPDX-License-Identifier: MIT
"""The terms of records: purposes, bases, categories and roles, as a controller or an authority reads them."""

from __future__ import annotations

from upart.hooks.records import RecipientRole
from upart.privacy.countries import COUNTRIES
from upart.privacy.laws import LAWS
from upart.privacy.taxonomy import Basis, Category, Purpose
from upart.privacy.words import Processing

PURPOSES: dict[str, str] = {
    Purpose.ACCOUNT: "accounts and identification", Purpose.LEARN: "teaching and learning", Purpose.TEACH: "work of teachers", Purpose.PAY: "payments",
    Purpose.TAX: "duties of tax and commercial law", Purpose.SECURE: "security of accounts and systems", Purpose.FRAUD: "prevention of fraud",
    Purpose.NOTIFY: "messages about the service", Purpose.SUPPORT: "support", Purpose.CONTACT: "answering of inquiries",
    Purpose.PUBLISH: "publication at the person's wish", Purpose.PROMOTE: "offers", Purpose.UPDATES: "news of the product", Purpose.NEWSLETTER: "newsletter",
    Purpose.WEBINAR: "invitations to webinars", Purpose.MEASURE: "statistics of use", Purpose.PERSONALISE: "personalisation of pages",
    Purpose.REPORT: "reports", Purpose.AGE: "verification of age", Purpose.RIGHTS: "requests of data subjects and their proof",
    Purpose.CLAIMS: "legal claims", Purpose.HOST: "storage", Purpose.BACKUP: "backups", Purpose.TRAIN_AI: "training of models",
}  # fmt: skip

BASES: dict[str, str] = {
    Basis.CONSENT: "consent, art. 6(1)(a)", Basis.CONTRACT: "contract, art. 6(1)(b)", Basis.LAW: "legal obligation, art. 6(1)(c)",
    Basis.VITAL_INTEREST: "vital interests, art. 6(1)(d)", Basis.PUBLIC_TASK: "public task, art. 6(1)(e)",
    Basis.LEGITIMATE_INTEREST: "legitimate interests, art. 6(1)(f)",
}  # fmt: skip

CATEGORIES: dict[str, str] = {
    Category.ID_ACCOUNT: "roles and account", Category.ID_NAME: "names", Category.ID_USERNAME: "user names", Category.CONTACT_EMAIL: "e-mail addresses",
    Category.CONTACT_PHONE: "phone numbers", Category.CONTACT_ADDRESS: "postal addresses", Category.DEMOGRAPHIC_BIRTH: "dates of birth",
    Category.DEMOGRAPHIC_LANGUAGE: "languages", Category.AUTH_SECRET: "secrets of signing in, as digests or encrypted",
    Category.DEVICE_IP: "network addresses", Category.DEVICE_COOKIE: "identifiers in cookies", Category.DEVICE_AGENT: "devices and browsers",
    Category.USAGE_ACTIVITY: "times of activity", Category.USAGE_REFERRER: "referring pages", Category.EDU_ENROLMENT: "enrolments",
    Category.EDU_ATTENDANCE: "attendance", Category.EDU_RESULT: "answers and results", Category.EDU_CERTIFICATE: "certificates",
    Category.CONTENT_PUBLIC: "published contents", Category.CONTENT_PRIVATE: "contents of messages, notes and requests",
    Category.CONTENT_META: "facts about contents and files", Category.MEDIA_IMAGE: "pictures", Category.MEDIA_RECORDING: "recordings",
    Category.PROFILE_PUBLIC: "public profiles", Category.PAY_PURCHASE: "purchases", Category.PAY_CARD_REF: "references to payment cards",
    Category.PAY_BANK: "bank accounts", Category.PAY_TAX_ID: "tax numbers", Category.PLACE_COARSE: "countries and towns", Category.PLACE_PRECISE: "places",
    Category.PREF_PRIVACY: "choices about privacy", Category.PREF_SETTINGS: "settings", Category.PREF_ACCESSIBILITY: "needs of accessibility (art. 9)",
    Category.FAMILY_LINK: "family relations", Category.RISK_FLAG: "suspensions and other marks", Category.SPECIAL_HEALTH: "health (art. 9)",
    Category.SPECIAL_BELIEF: "belief (art. 9)", Category.SPECIAL_ORIGIN: "origin (art. 9)", Category.SPECIAL_BIOMETRIC: "biometric data (art. 9)",
}  # fmt: skip

ROLES: dict[str, str] = {
    RecipientRole.PROCESSOR: "processor, art. 28",
    RecipientRole.JOINT: "joint controller, art. 26",
    RecipientRole.CONTROLLER: "controller, art. 4(7)",
}

PEOPLE: dict[str, str] = {
    "self": "members of the portal",
    "holder": "holders of accounts",
    "person": "members of the portal",
    "learner": "learners",
    "teacher": "teachers",
    "author": "authors",
    "officer": "staff who answer requests",
    "actor": "people who act in the portal",
    "recipient": "recipients of messages",
    "looker": "staff who look at data",
    "about": "people whom a file is about",
    "found": "people known by a digest of their address or id alone",
}
"""Who somebody is to a row, where the role's own name says too little."""


AFTER: dict[str, str] = {
    "at": "it happened", "created_at": "it was made", "made_at": "it was made", "changed_at": "its last change", "received_at": "receipt",
    "started_at": "its beginning", "begun_at": "its beginning", "ends_at": "its end", "given_at": "it was given", "known_at": "it became known",
    "last_activity_at": "the last activity",
}  # fmt: skip
"""Instants from which a period counts."""


def purpose(name: str) -> str:
    """What for."""
    return PURPOSES.get(name, name)


def basis(name: str) -> str:
    """Art. 6."""
    return BASES.get(name, name)


def category(name: str) -> str:
    """What kind of data."""
    return CATEGORIES.get(name, name)


def people(role: str) -> str:
    """Whose data."""
    return PEOPLE.get(role, role.replace("_", " "))


def country(code: str) -> str:
    """Where."""
    return COUNTRIES.get(code, code)


def recipient_role(name: str) -> str:
    """What somebody outside is to the controller."""
    return ROLES.get(name, name)


def table(name: str) -> str:
    """What staff call a table ("courses_enrolment": "Courses enrolment"); its title is said to the people in it."""
    return name.replace("_", " ").capitalize()


def law(name: str) -> str:
    """A law that keeps data longer, with its provision."""
    rule = LAWS.get(name)
    return f"{rule.sentence} ({rule.source})" if rule else name


def period(made: Processing) -> str:
    """How long, and from when: "24 months after the last activity"."""
    number = made.retain.months or made.retain.days
    if not number:
        return str(made.retain)
    length = f"{number} {'month' if made.retain.months else 'day'}{'s' if number > 1 else ''}"
    event = AFTER.get(made.after, made.after.removesuffix("_at").removesuffix("_on").replace("_", " "))
    return f"{length} after {event}" if event else length
