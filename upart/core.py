# SPDX-License-Identifier: MIT
"""What the core consists of: its features, and the addresses that no plugin can have."""

from __future__ import annotations

from upart.academies import hooks as academies
from upart.accounts import hooks as accounts
from upart.api import hooks as api
from upart.backup import hooks as backup
from upart.consent import hooks as consent
from upart.cookies import hooks as cookies
from upart.disclosure import hooks as disclosure
from upart.events import hooks as events
from upart.files import hooks as files
from upart.jobs import hooks as jobs
from upart.mail import hooks as mail
from upart.manage import hooks as manage
from upart.media import hooks as media
from upart.policy import hooks as policy
from upart.revisions import hooks as revisions
from upart.rights import hooks as rights
from upart.search import hooks as search
from upart.theming import hooks as theming
from upart.tokens import hooks as tokens
from upart.visits import hooks as visits
from upart.webhooks import hooks as webhooks

CORE = (
    jobs,
    events,
    theming,
    files,
    search,
    revisions,
    mail,
    disclosure,
    api,
    manage,
    academies,
    accounts,
    consent,
    media,
    tokens,
    webhooks,
    cookies,
    visits,
    policy,
    rights,
    backup,
)
"""Features of the core that plug into its hooks."""

CORE_PATHS = (
    "/static/",
    "/art/",
    "/files/",
    "/account/",
    "/teach/",
    "/manage/",
    "/privacy/",
    "/api/",
    "/search/",
    "/oauth/",
    "/webhooks/",
    "/sign-up/",
    "/sign-in/",
    "/sign-out/",
    "/reset-password/",
    "/invitation/",
    "/join/",
    "/.well-known/",
)
