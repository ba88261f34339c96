# SPDX-License-Identifier: MIT
"""Can mail leave?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import func, select

from upart import clock
from upart.config import Config
from upart.db import session
from upart.hooks.health import Finding, HealthCheck, critical, good, recommended
from upart.mail.actions import CONFIG
from upart.mail.models import MailMessage, MailState
from upart.mail.transports import reach
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

WEEK = timedelta(days=7)
"""How long a message that did not arrive is news."""


def mail(config: Config) -> Iterator[Finding]:
    """Can mail leave?"""
    real = [url for url in config.mail_url if urlsplit(url).scheme.startswith("smtp")]
    if not real:
        told = "Mail is written to the console or to files; nobody gets it."
        yield good("mail", told) if config.is_demo else critical("mail", told, "Set UPART_MAIL_URL to smtp:// or smtps:// of your mail server.")
    for url in real:
        host = urlsplit(url).hostname
        try:
            reach(url)
        except OSError as error:
            yield critical("mail", f"{host} takes no mail from here: {error}.", "Check UPART_MAIL_URL, and that the server runs. Mail waits until then.")
        else:
            yield good("mail", f"{host} takes mail from here.")


def leaves() -> Iterator[Finding]:
    """The same, of the running application."""
    yield from mail(current_app.extensions[CONFIG])


def arrives() -> Iterator[Finding]:
    """Has mail of this academy come back within a week?"""
    lately = (MailMessage.state == MailState.FAILED, MailMessage.created_at > clock.now() - WEEK)
    if lost := session.scalar(select(func.count(MailMessage.id)).where(*lately)) or 0:
        text = ngettext("One message of the last seven days did not arrive.", "%(num)s messages of the last seven days did not arrive.", lost)
        yield recommended("mail.arrives", text, _("See why under Manage, Failed work, Mail."))
    else:
        yield good("mail.arrives", _("No message of the last seven days is known to have been refused."))


CHECKS = [
    HealthCheck(key="mail.arrives", label="Mail", run=arrives, page="failed.mail"),
    HealthCheck(key="mail", label="Mail server", run=leaves, slow=True, installation=True),
]
