# SPDX-License-Identifier: MIT
"""How kinds, states and acts of requests are said, in plain words."""

from __future__ import annotations

from upart.privacy.taxonomy import Reason
from upart.rights.models import Act, AskedBy, RequestKind, RequestState
from upart.rights.restricting.models import Ground

KINDS: dict[RequestKind, str] = {
    RequestKind.ACCESS: "Copy of your data", RequestKind.RECTIFY: "Correction", RequestKind.ERASE: "Deletion of your data",
    RequestKind.RESTRICT: "Restriction", RequestKind.OBJECT: "Objection", RequestKind.WITHDRAW: "Consent withdrawn",
    RequestKind.AUTHORITY: "Letter of an authority",
}  # fmt: skip
"""To the person; the officer reads RIGHTS."""

RIGHTS: dict[RequestKind, str] = {
    RequestKind.ACCESS: "Access", RequestKind.RECTIFY: "Correction", RequestKind.ERASE: "Erasure", RequestKind.RESTRICT: "Restriction",
    RequestKind.OBJECT: "Objection", RequestKind.WITHDRAW: "Withdrawal", RequestKind.AUTHORITY: "Authority",
}  # fmt: skip

ARTICLES: dict[RequestKind, str] = {
    RequestKind.ACCESS: "15", RequestKind.RECTIFY: "16", RequestKind.ERASE: "17", RequestKind.RESTRICT: "18", RequestKind.OBJECT: "21",
    RequestKind.WITHDRAW: "7(3)", RequestKind.AUTHORITY: "6(1)(c)",
}  # fmt: skip
"""Articles of the GDPR that a request rests on."""

STATES: dict[RequestState, tuple[str, str, str]] = {
    RequestState.RECEIVED: ("Received", "info", "clock"), RequestState.VERIFYING: ("Waits for the mailed link", "warn", "mail"),
    RequestState.PLANNED: ("Waits for its time", "info", "clock"), RequestState.NEEDS_DECISION: ("Waits for a decision", "warn", "scale"),
    RequestState.NEEDS_TRANSFER: ("Waits for a new owner", "warn", "user-plus"), RequestState.RUNNING: ("Being done", "info", "clock"),
    RequestState.PARTIALLY_DONE: ("Done in part, tried again", "warn", "triangle-alert"), RequestState.DONE: ("Done", "ok", "circle-check"),
    RequestState.REFUSED: ("Refused", "danger", "ban"), RequestState.CANCELLED: ("Taken back", "", "x"),
}  # fmt: skip
"""Words, kind of badge and icon."""

ASKED_BY: dict[AskedBy, str] = {
    AskedBy.PERSON: "by the person", AskedBy.LINK: "by a mailed link", AskedBy.OFFICER: "by staff, on their behalf",
    AskedBy.GUARDIAN: "by a guardian", AskedBy.AUTHORITY: "by an authority",
}  # fmt: skip

ACTS: dict[Act, str] = {
    Act.RECEIVED: "Received", Act.CONFIRMED: "The mailed link was opened", Act.TAKEN: "Taken", Act.RELEASED: "Given back", Act.NOTED: "Note",
    Act.ANSWERED: "Answer", Act.EXTENDED: "More time was taken", Act.GRANTED: "Granted", Act.REFUSED: "Refused", Act.CANCELLED: "Taken back",
    Act.BEGUN: "Begun", Act.HELD: "All is gone but what an owner needs",
    Act.REMINDED: "Officers were reminded", Act.REPORTED: "The platform's officer was told", Act.DONE: "Done",
}  # fmt: skip

REASONS: dict[Reason, str] = {
    Reason.LEGALLY_EXEMPTED: "A law exempts this from the right", Reason.LEGAL_OBLIGATION: "A law obliges us to keep it",
    Reason.LEGAL_CLAIM: "It is needed for legal claims", Reason.RIGHTS_OF_OTHERS: "It would harm the rights of others",
    Reason.FREE_EXPRESSION: "Freedom of expression and information", Reason.IDENTITY_UNVERIFIED: "We could not tell that it was you",
    Reason.EXCESSIVE: "It was asked for again and again", Reason.UNFOUNDED: "It is clearly without reason",
}  # fmt: skip
"""Why a request is refused: justifications of DPV 2.1, in words for the person."""

GROUNDS: dict[Ground, str] = {
    Ground.ACCURACY: "Something in it is wrong, and has to be checked", Ground.UNLAWFUL: "It should not be used, but I do not want it deleted",
    Ground.CLAIMS: "I need it for legal claims", Ground.OBJECTION: "I have objected, and that is being weighed",
}  # fmt: skip
"""Grounds of a restriction, in the person's words (GDPR art. 18(1)(a) to (d))."""

UNTIL_ERASED = "You have asked for your data to be deleted; until that begins nobody else sees them"
