# SPDX-License-Identifier: MIT
"""The way to stop messages, which each one carries that nobody has to get: a link that needs no signing in, for people and for their mail program."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from upart.context import context
from upart.errors import UpartError
from upart.hooks.choices import consent_purposes
from upart.keys import ring
from upart.mail.models import MailMessage
from upart.privacy.taxonomy import MARKETING

PATH = "/privacy/unsubscribe"
USE = "unsubscribe"
"""What the key of these links is derived for."""


def can_be_stopped(purpose: str) -> bool:
    """Are messages of this purpose such as people choose to get, or can choose not to get?"""
    return purpose in MARKETING or purpose in {one.key for one in consent_purposes()}


def stop_token(row: MailMessage) -> str:
    """Says who gets this message and for what, encrypted, so that the link shows nothing of it. Empty for a message that cannot be stopped."""
    if row.person_id is None or not can_be_stopped(row.purpose):
        return ""
    sealed = ring().seal(USE, f"{row.person_id.hex}{row.purpose}", context.academy.id)
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def read_stop(token: str) -> tuple[UUID, str] | None:
    """The id of a person and the purpose of the messages they want to stop; None for what is no such token of this academy."""
    try:
        said = ring().open(USE, urlsafe_b64decode(token + "=" * (-len(token) % 4)), context.academy.id)
        return UUID(hex=said[:32]), said[32:]
    except (UpartError, ValueError, binascii.Error):
        return None
