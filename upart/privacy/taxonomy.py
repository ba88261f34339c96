# SPDX-License-Identifier: MIT
"""The words of data protection, as types. Ids of fideslang 3.1.4 and W3C DPV 2.1 stand beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What kind of personal data a column holds (GDPR art. 4(1); special.* is art. 9)."""

    ID_ACCOUNT = "id.account"
    ID_NAME = "id.name"
    ID_USERNAME = "id.username"
    CONTACT_EMAIL = "contact.email"
    CONTACT_PHONE = "contact.phone"
    CONTACT_ADDRESS = "contact.address"
    DEMOGRAPHIC_BIRTH = "demographic.birth"
    DEMOGRAPHIC_LANGUAGE = "demographic.language"
    AUTH_SECRET = "auth.secret"
    DEVICE_IP = "device.ip"
    DEVICE_COOKIE = "device.cookie"
    DEVICE_AGENT = "device.agent"
    USAGE_ACTIVITY = "usage.activity"
    USAGE_REFERRER = "usage.referrer"
    EDU_ENROLMENT = "edu.enrolment"
    EDU_ATTENDANCE = "edu.attendance"
    EDU_RESULT = "edu.result"
    EDU_CERTIFICATE = "edu.certificate"
    CONTENT_PUBLIC = "content.public"
    CONTENT_PRIVATE = "content.private"
    CONTENT_META = "content.meta"
    MEDIA_IMAGE = "media.image"
    MEDIA_RECORDING = "media.recording"
    PROFILE_PUBLIC = "profile.public"
    PAY_PURCHASE = "pay.purchase"
    PAY_CARD_REF = "pay.card_ref"
    PAY_BANK = "pay.bank"
    PAY_TAX_ID = "pay.tax_id"
    PLACE_COARSE = "place.coarse"
    PLACE_PRECISE = "place.precise"
    PREF_PRIVACY = "pref.privacy"
    PREF_SETTINGS = "pref.settings"
    PREF_ACCESSIBILITY = "pref.accessibility"
    FAMILY_LINK = "family.link"
    RISK_FLAG = "risk.flag"
    SPECIAL_HEALTH = "special.health"
    SPECIAL_BELIEF = "special.belief"
    SPECIAL_ORIGIN = "special.origin"
    SPECIAL_BIOMETRIC = "special.biometric"

    @property
    def is_special(self) -> bool:
        """True for special categories: they need a ground of art. 9(2)."""
        return self.value.startswith("special.") or self is Category.PREF_ACCESSIBILITY

    @property
    def is_private(self) -> bool:
        """True for contact, birth, payment, family, secret and special data: shown only shortly after the password was given."""
        return self.value.startswith(PRIVATE) or self.is_special


PRIVATE = ("contact.", "demographic.birth", "pay.", "family.", "auth.secret")


class Purpose(StrEnum):
    """What data are used for. There is none for sale or third-party advertising."""

    ACCOUNT = "account"
    LEARN = "learn"
    TEACH = "teach"
    PAY = "pay"
    TAX = "tax"
    SECURE = "secure"
    FRAUD = "fraud"
    NOTIFY = "notify"
    SUPPORT = "support"
    CONTACT = "contact"
    PUBLISH = "publish"
    PROMOTE = "promote"
    UPDATES = "updates"
    NEWSLETTER = "newsletter"
    WEBINAR = "webinar"
    MEASURE = "measure"
    PERSONALISE = "personalise"
    REPORT = "report"
    AGE = "age"
    RIGHTS = "rights"
    CLAIMS = "claims"
    HOST = "host"
    BACKUP = "backup"
    TRAIN_AI = "train_ai"


MARKETING = (Purpose.PROMOTE, Purpose.NEWSLETTER, Purpose.WEBINAR, Purpose.UPDATES)
"""Purposes of messages that nobody gets without having asked for them, and that end when somebody objects (GDPR art. 21(3); 2002/58/EC art. 13)."""


class Basis(StrEnum):
    """Legal basis (GDPR art. 6(1)); the value is its id in DPV."""

    CONSENT = "eu-gdpr:A6-1-a"
    CONTRACT = "eu-gdpr:A6-1-b"
    LAW = "eu-gdpr:A6-1-c"
    VITAL_INTEREST = "eu-gdpr:A6-1-d"
    PUBLIC_TASK = "eu-gdpr:A6-1-e"
    LEGITIMATE_INTEREST = "eu-gdpr:A6-1-f"


class Origin(StrEnum):
    """Where a value came from (art. 14(2)(f), art. 20)."""

    PROVIDED = "provided"
    OBSERVED = "observed"
    DERIVED = "derived"
    FROM_OTHER = "from_other"


class Needed(StrEnum):
    """Must the person give it (art. 13(2)(e))?"""

    CONTRACT = "contract"
    LAW = "law"
    OPTIONAL = "optional"


class Reason(StrEnum):
    """Why a request is refused or data are kept: justifications of DPV 2.1."""

    LEGALLY_EXEMPTED = "LegallyExempted"
    LEGAL_OBLIGATION = "LegalObligationImpaired"
    LEGAL_CLAIM = "LegalClaimImpaired"
    RIGHTS_OF_OTHERS = "ThirdPartyRightsImpaired"
    FREE_EXPRESSION = "FreedomOfExpressionImpaired"
    IDENTITY_UNVERIFIED = "IdentityVerificationFailure"
    EXCESSIVE = "ProcessExcessive"
    UNFOUNDED = "ProcessUnfounded"


@dataclass(frozen=True, slots=True)
class ErasePolicy:
    """What happens to a row when this subject is erased (art. 17). Made by `OnErase`."""

    act: str
    last: str = ""
    law: str = ""
    document: bool = False

    def __call__(self, *, last: ErasePolicy) -> ErasePolicy:
        """`OnErase.UNLINK(last=OnErase.DELETE)`: the row goes when its last subject goes."""
        if self.act != "unlink" or last.act != "delete":
            raise ValueError("Only OnErase.UNLINK takes last=, and last= takes only OnErase.DELETE.")
        return ErasePolicy("unlink", last="delete")


class OnErase:
    """DELETE the row; UNLINK the person from it; KEEP it because a law says so."""

    DELETE = ErasePolicy("delete")
    UNLINK = ErasePolicy("unlink")

    @staticmethod
    def KEEP(*, law: str, document: bool = False) -> ErasePolicy:  # noqa: N802 - a word of the vocabulary
        """Keep the row until the date of `law` ("DE.invoice"). `document`: it stays whole, as issued."""
        return ErasePolicy("keep", law=law, document=document)


FIDES = {  # category: id in fideslang 3.1.4 (for a Fides manifest)
    Category.ID_ACCOUNT: "user.unique_id", Category.ID_NAME: "user.name", Category.ID_USERNAME: "user.account.username",
    Category.CONTACT_EMAIL: "user.contact.email", Category.CONTACT_PHONE: "user.contact.phone_number",
    Category.CONTACT_ADDRESS: "user.contact.address", Category.DEMOGRAPHIC_BIRTH: "user.demographic.date_of_birth",
    Category.DEMOGRAPHIC_LANGUAGE: "user.demographic.language", Category.AUTH_SECRET: "user.authorization.credentials",
    Category.DEVICE_IP: "user.device.ip_address", Category.DEVICE_COOKIE: "user.device.cookie_id", Category.DEVICE_AGENT: "user.device",
    Category.USAGE_ACTIVITY: "user.behavior", Category.USAGE_REFERRER: "user.behavior.browsing_history",
    Category.CONTENT_PUBLIC: "user.content.public", Category.CONTENT_PRIVATE: "user.content.private",
    Category.CONTENT_META: "user.telemetry", Category.MEDIA_IMAGE: "user.content.self_image",
    Category.MEDIA_RECORDING: "user.content.self_image", Category.PROFILE_PUBLIC: "user.content.public",
    Category.PAY_PURCHASE: "user.behavior.purchase_history", Category.PAY_CARD_REF: "user.financial.credit_card",
    Category.PAY_BANK: "user.financial.bank_account", Category.PLACE_COARSE: "user.location.imprecise",
    Category.PLACE_PRECISE: "user.location.precise", Category.PREF_PRIVACY: "user.privacy_preferences",
    Category.PREF_SETTINGS: "user.account.settings", Category.FAMILY_LINK: "user.social",
    Category.EDU_ENROLMENT: "user.education", Category.EDU_ATTENDANCE: "user.education", Category.EDU_RESULT: "user.education",
    Category.EDU_CERTIFICATE: "user.education", Category.RISK_FLAG: "user.account",
    Category.PAY_TAX_ID: "user.government_id.national_identification_number", Category.PREF_ACCESSIBILITY: "user.health_and_medical",
    Category.SPECIAL_HEALTH: "user.health_and_medical", Category.SPECIAL_BELIEF: "user.demographic.religious_belief",
    Category.SPECIAL_ORIGIN: "user.demographic.race_ethnicity", Category.SPECIAL_BIOMETRIC: "user.biometric",
}  # fmt: skip

FIDES_OWN = {"user.education": "Enrolment, attendance, results and certificates of somebody who learns"}
"""Ids in the table above that fideslang does not have: children of its own, which a manifest brings along."""

FIDES_USES = {  # purpose: id of a data use in fideslang 3.1.4
    Purpose.ACCOUNT: "essential.service.authentication", Purpose.LEARN: "essential.service", Purpose.TEACH: "essential.service",
    Purpose.PAY: "essential.service.payment_processing", Purpose.TAX: "essential.legal_obligation", Purpose.SECURE: "essential.service.security",
    Purpose.FRAUD: "essential.fraud_detection", Purpose.NOTIFY: "essential.service.notifications",
    Purpose.SUPPORT: "essential.service.operations.support", Purpose.CONTACT: "essential.service.operations.support",
    Purpose.PUBLISH: "functional.service", Purpose.PROMOTE: "marketing.communications", Purpose.UPDATES: "marketing.communications",
    Purpose.NEWSLETTER: "marketing.communications.email", Purpose.WEBINAR: "marketing.communications", Purpose.MEASURE: "analytics.reporting",
    Purpose.PERSONALISE: "personalize.content", Purpose.REPORT: "analytics.reporting.content_performance", Purpose.AGE: "essential.legal_obligation",
    Purpose.RIGHTS: "functional.storage.privacy_preferences", Purpose.CLAIMS: "essential.legal_obligation", Purpose.HOST: "essential.service",
    Purpose.BACKUP: "essential.service.operations", Purpose.TRAIN_AI: "train_ai_system",
}  # fmt: skip

FIDES_BASES = {  # legal basis: its name in fideslang 3.1.4
    Basis.CONSENT: "Consent", Basis.CONTRACT: "Contract", Basis.LAW: "Legal obligations", Basis.VITAL_INTEREST: "Vital interests",
    Basis.PUBLIC_TASK: "Public interest", Basis.LEGITIMATE_INTEREST: "Legitimate interests",
}  # fmt: skip

FIDES_SUBJECTS = {  # role of somebody to a row: id of a data subject in fideslang 3.1.4; all others are customers
    "learner": "trainee", "teacher": "consultant", "author": "consultant", "officer": "employee", "actor": "employee", "looker": "employee",
    "guardian": "next_of_kin", "visitor": "visitor", "prospect": "prospect", "found": "anonymous_user",
}  # fmt: skip

ORIGIN_BY_PREFIX = (("usage.", Origin.OBSERVED), ("device.", Origin.OBSERVED), ("risk.", Origin.DERIVED), ("edu.", Origin.OBSERVED), ("", Origin.PROVIDED))


def default_origin(category: Category) -> Origin:
    """Where data of this category usually come from; `origin=` says otherwise."""
    return next(origin for prefix, origin in ORIGIN_BY_PREFIX if category.value.startswith(prefix))
