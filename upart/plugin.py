# SPDX-License-Identifier: MIT
"""All that a plugin imports from UPART: every public name, nothing else.

`docs/authors/names.md` says what each is for. The list only grows, with documentation and a test.
"""

from upart import clock
from upart.academies.models import Academy
from upart.accounts.models import Person
from upart.context import context
from upart.db import AcademyOwned, Model, aside, everywhere, prepared, related, session
from upart.errors import Problem
from upart.hooks.find import get_or_404
from upart.hooks.records import Manifest, MenuItem, Slot
from upart.hooks.routes import Blueprint, Policy, anyone, signed_in
from upart.hooks.specs import hookimpl, hookspec
from upart.privacy.taxonomy import Basis, Category, Needed, OnErase, Origin, Purpose, Reason
from upart.privacy.words import (
    any_link,
    copy_of,
    file,
    found_by,
    holds_nothing,
    key,
    months,
    not_personal,
    personal,
    personal_json,
    processing,
    ref,
    sealed,
    snapshot_of,
    subject,
    subjects_through,
    until,
)
from upart.theming.locales import gettext, ngettext
from upart.theming.markdown import markdown
from upart.theming.render import render

__all__ = [
    "Academy", "AcademyOwned", "Basis", "Blueprint", "Category", "Manifest", "MenuItem", "Model", "Needed", "OnErase", "Origin", "Person",
    "Policy", "Problem", "Purpose", "Reason", "Slot", "any_link", "anyone", "aside", "clock", "context", "copy_of", "everywhere", "file",
    "found_by", "get_or_404", "gettext", "holds_nothing", "hookimpl", "hookspec", "key", "markdown", "months", "ngettext", "not_personal",
    "personal", "personal_json", "prepared", "processing", "ref", "related", "render", "sealed", "session", "signed_in", "snapshot_of",
    "subject", "subjects_through", "until",
]  # fmt: skip
