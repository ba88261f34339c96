# SPDX-License-Identifier: MIT
"""All that a plugin imports from UPART: every public name, nothing else.

`docs/authors/names.md` says what each is for. The list only grows, with documentation and a test.
"""

from upart import clock
from upart.academies.actions import renew_pages
from upart.academies.models import Academy
from upart.accounts.actions.bringing import PERSON_FIELDS, bring_guest, people_by_address, take_guest_back
from upart.accounts.models import Person
from upart.accounts.posing import posing
from upart.api.decoding import decode
from upart.consent.gate import may_use
from upart.context import context
from upart.cookies.signals import allows
from upart.db import AcademyOwned, Model, aside, everywhere, insert_once, prepared, related, session, stands_in
from upart.disclosure.rules import NotDisclosed
from upart.errors import Fault, NotHere, Problem, Unfit
from upart.events.actions import emit
from upart.files.actions import upload
from upart.files.addresses import admit, file_url, ticket
from upart.files.sending import file_answer, open_file
from upart.hooks.assets import Asset
from upart.hooks.block_types import block_types
from upart.hooks.blocks import BlockField, BlockShape, BlockType
from upart.hooks.chosen import Setting
from upart.hooks.find import get_or_404, paged
from upart.hooks.guards import unopposed
from upart.hooks.health import Finding, HealthCheck, Verdict
from upart.hooks.matters import Matter, Waiting
from upart.hooks.records import (
    Area,
    ConsentPurpose,
    Cookie,
    CookieCategory,
    Decision,
    EventType,
    ExternalStore,
    Invariant,
    Manifest,
    MenuItem,
    Permission,
    Recipient,
    RecipientRole,
    Searchable,
    Slot,
    Task,
)
from upart.hooks.resources import ACTOR, Added, Body, Include, Made, Part, Resource
from upart.hooks.routes import Blueprint, Policy, allow, anyone, anyone_known, anyone_uncached, fresh, may, permitted, signed_in
from upart.hooks.specs import hookimpl, hookspec
from upart.jobs.actions import enqueue
from upart.keys import pseudonym
from upart.mail.actions import address_of, send
from upart.manage.history import Change, history_of, version_by_id
from upart.manage.import_pages import import_pages
from upart.manage.importing import Import
from upart.manage.judging import ImportField
from upart.manage.listing import Badge, Bulk, Column, Filter, Listing, Tab
from upart.manage.pages import list_download, list_pages
from upart.manage.sheet import sheet_answer
from upart.manage.working import begin_work, end_work, go_on, piece_of, report
from upart.media.answers import PictureOut, picture_out
from upart.media.choosing import Choice, Choices, choosable_pictures, chosen_picture
from upart.media.lending import Media, MediaChoices, add_media, caption_media, choosable_media, chosen_media, media, remove_media, take_in
from upart.media.showing import Picture, picture, pictures
from upart.privacy.taxonomy import Basis, Category, Needed, OnErase, Origin, Purpose, Reason
from upart.privacy.words import (
    any_link,
    copy_of,
    days,
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
from upart.revisions.actions import (
    Overtaken,
    begin_draft,
    beside_draft,
    drop_versions,
    lay_aside,
    publish_draft,
    restore_version,
    save_draft,
    schedule_draft,
    write_through,
)
from upart.revisions.bodies import revised_part
from upart.revisions.finding import draft_of, drafts_of, edited, edited_of, mark_of, published_before, version_of, versions_of
from upart.revisions.models import Revision
from upart.revisions.planning import NoSuchTime, instant_of
from upart.revisions.previewing import as_preview, open_preview, preview_token
from upart.rights.actions.disclosing import disclose
from upart.rights.restricting.guards import barred, refuse_if_restricted
from upart.storage.kinds import Group, Refused, group_of
from upart.storage.models import File
from upart.theming.blocks import draw_block, lack_of
from upart.theming.differing import Difference, Segment, differences
from upart.theming.forms import Form, once, options, refuse, show
from upart.theming.headers import framing
from upart.theming.highlighting import LANGUAGES as CODE_LANGUAGES
from upart.theming.locales import gettext, ngettext
from upart.theming.markdown import markdown
from upart.theming.render import render
from upart.theming.uploads import MB

__all__ = [
    "ACTOR", "CODE_LANGUAGES", "MB", "PERSON_FIELDS", "Academy", "AcademyOwned", "Added", "Area", "Asset", "Badge", "Basis", "BlockField", "BlockShape",
    "BlockType", "Blueprint", "Body", "Bulk", "Category", "Change", "Choice", "Choices", "Column", "ConsentPurpose", "Cookie", "CookieCategory", "Decision",
    "Difference", "EventType", "ExternalStore", "Fault", "File", "Filter", "Finding", "Form", "Group", "HealthCheck", "Import", "ImportField", "Include",
    "Invariant", "Listing", "Made", "Manifest", "Matter", "Media", "MediaChoices", "MenuItem", "Model", "Needed", "NoSuchTime", "NotDisclosed", "NotHere",
    "OnErase", "Origin", "Overtaken", "Part", "Permission", "Person", "Picture", "PictureOut", "Policy", "Problem", "Purpose", "Reason", "Recipient",
    "RecipientRole", "Refused", "Resource", "Revision", "Searchable", "Segment", "Setting", "Slot", "Tab", "Task", "Unfit", "Verdict", "Waiting", "add_media",
    "address_of", "admit", "allow", "allows", "any_link", "anyone", "anyone_known", "anyone_uncached", "as_preview", "aside", "barred", "begin_draft",
    "begin_work", "beside_draft", "block_types", "bring_guest", "caption_media", "choosable_media", "choosable_pictures", "chosen_media", "chosen_picture",
    "clock", "context", "copy_of", "days", "decode", "differences", "disclose", "draft_of", "drafts_of", "draw_block", "drop_versions", "edited", "edited_of",
    "emit", "end_work", "enqueue", "everywhere", "file", "file_answer", "file_url", "found_by", "framing", "fresh", "get_or_404", "gettext", "go_on",
    "group_of", "history_of", "holds_nothing", "hookimpl", "hookspec", "import_pages", "insert_once", "instant_of", "key", "lack_of", "lay_aside",
    "list_download", "list_pages", "mark_of", "markdown", "may", "may_use", "media", "months", "ngettext", "not_personal", "once", "open_file", "open_preview",
    "options", "paged", "people_by_address", "permitted", "personal", "personal_json", "picture", "picture_out", "pictures", "piece_of", "posing", "prepared",
    "preview_token", "processing", "pseudonym", "publish_draft", "published_before", "ref", "refuse", "refuse_if_restricted", "related", "remove_media",
    "render", "renew_pages", "report", "restore_version", "revised_part", "save_draft", "schedule_draft", "sealed", "send", "session", "sheet_answer", "show",
    "signed_in", "snapshot_of", "stands_in", "subject", "subjects_through", "take_guest_back", "take_in", "ticket", "unopposed", "until", "upload",
    "version_by_id", "version_of", "versions_of", "write_through",
]  # fmt: skip
