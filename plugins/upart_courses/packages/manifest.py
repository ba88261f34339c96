# SPDX-License-Identifier: MIT
"""The manifest of a cartridge: where it lies, what it lists, and what of that never comes in."""

from __future__ import annotations

from dataclasses import dataclass, field

from upart.plugin import gettext as _
from upart_courses.packages.opened import Package

MANIFEST = "imsmanifest.xml"
HTML = (".html", ".htm", ".xhtml")
BASES = ("$IMS-CC-FILEBASE$", "$IMS_CC_FILEBASE$")
"""How a page names the root of the package (Common Cartridge 1.3, 3.8); Canvas means its folder `web_resources`."""

WIKI, OBJECT = "$WIKI_REFERENCE$/", "$CANVAS_OBJECT_REFERENCE$/"
SETTINGS = ("course_settings/", "non_cc_assessments/")
LEFT_OUT = {  # how the types of resources begin that do not come in: what they are, what to do
    "imsbasiclti": (_("A tool of somebody else (LTI) is left out."), _("Link to it in a lesson, if learners can open it without the old system.")),
    "imsccsi": (_("Something that only other systems know is left out."), ""),
    "imsapip": (_("A quiz or a bank of questions is left out."), _("Ask its questions again in the lesson before or after it.")),
    "idpf": (_("An electronic book is left out."), _("Add the EPUB file to a lesson.")),
}  # fmt: skip


@dataclass(slots=True)
class Resource:
    """A resource of the manifest: where it begins, its parts, and on which others it depends."""

    id: str
    type: str
    href: str
    files: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)


def manifest_in(package: Package) -> str:
    """The manifest, at the root or in the one folder that somebody packed; "" for none."""
    if MANIFEST in package:
        return MANIFEST
    folders = {name.partition("/")[0] for name in package.names()}
    return package.found(f"{folders.pop()}/{MANIFEST}") if len(folders) == 1 else ""


def left_out(type: str) -> tuple[str, str] | None:
    """What to say of a resource of a type that does not come in, and what to do; None for any other."""
    found = next((said for begin, said in LEFT_OUT.items() if type.startswith(begin)), None)
    return (_(found[0]), _(found[1]) if found[1] else "") if found is not None else None
