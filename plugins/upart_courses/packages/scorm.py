# SPDX-License-Identifier: MIT
"""SCORM 1.2 packages: what the manifest says is opened, and in which order (SCORM Content Aggregation Model 1.2; IMS Content Packaging 1.1.2)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from upart.plugin import gettext as _
from upart_courses.packages.finishing import About, named, tidy
from upart_courses.packages.markup import called, document, first, inside, text
from upart_courses.packages.opened import Package
from upart_courses.packages.tree import WHOLE, Page, Part, Piece, Tree, Unreadable

MANIFEST = "imsmanifest.xml"
PARTS = 100
"""Items of one package, each of which is opened by itself."""

MINUTES = 10
"""How long a lesson with a package is said to take, until its teacher says it."""

HEADING, LAUNCH = 200, 4096
"""Characters of a title, and of what the manifest hands to an item (CMIString4096)."""

OTHERS = (  # the file by which a package of another standard is known, and its name
    ("tincan.xml", "Tin Can (xAPI)"),
    ("cmi5.xml", "cmi5"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """What is opened by itself: title, its page in the package, what follows the "?"; `reports`: does it tell how far somebody came (a SCO)?

    `mastery`: the score from which it is passed, 0 to 100, or ""; `launch`: what the manifest hands to it.
    """

    title: str
    path: str
    query: str = ""
    reports: bool = True
    mastery: str = ""
    launch: str = ""


@dataclass(frozen=True, slots=True)
class Scorm:
    """A package as its manifest describes it."""

    title: str
    items: tuple[Item, ...]


def read_scorm(package: Package) -> Scorm:
    """What a package consists of. Raises Unreadable for one that is no SCORM 1.2, with what to do."""
    name = _manifest(package)
    root = document(package, name)
    _refuse_other_editions(root)
    resources = {str(one.get("identifier", "")): one for one in inside(first(root, "resources"), "resource")}
    organization = _organization(root)
    items = tuple(_items(package, posixpath.dirname(name), root, organization, resources))
    if not items:
        raise Unreadable(_("The manifest of this package names nothing that could be opened."), remedy=ANEW())
    if len(items) > PARTS:
        raise Unreadable(_("This package has more than %(n)s parts.", n=PARTS), remedy=_("Split it into several packages, one for each lesson."))
    title = text(first(organization, "title")) if organization is not None else ""
    return Scorm(_short(title or items[0].title), items)


def recognises(package: Package) -> bool:
    """Is it a package for a lesson, of whichever edition?"""
    if not (name := package.found(MANIFEST)):
        return any(package.found(file) for file, _standard in OTHERS)
    return any("scormtype" in key.casefold() for one in document(package, name).iter() for key in one.attrib)


def read(package: Package, about: About) -> Tree:
    """A course of one lesson that plays it. Raises Unreadable."""
    title = tidy(read_scorm(package).title)
    page = Page(title, pieces=[Piece("package", {"title": title}, path=WHOLE)], exercise=True, minutes=MINUTES)
    tree = Tree("SCORM 1.2", title, language=about.language, parts=[Part(title, [page])])
    named(tree, about)
    return tree


def ANEW() -> str:  # noqa: N802 - a constant that speaks the language of whoever asks
    """What to do about a package that cannot be played."""
    return _("Export the content as SCORM 1.2 in the program that made it, and send the ZIP as it comes from there.")


def _manifest(package: Package) -> str:
    """The manifest at the top, or in the one folder that somebody packed as a whole."""
    if name := package.found(MANIFEST):
        return name
    nested = [one for one in package.names() if posixpath.basename(one).casefold() == MANIFEST and one.count("/") == 1]
    if len(nested) == 1:
        return nested[0]
    for file, standard in OTHERS:
        if package.found(file):
            raise Unreadable(_("This is a package for %(standard)s, which is not played here.", standard=standard), remedy=ANEW())
    raise Unreadable(_("This ZIP has no imsmanifest.xml, so it is no SCORM package."), remedy=ANEW())


def _refuse_other_editions(root: Element) -> None:
    schema, version = (text(first(root, "metadata", name)) for name in ("schema", "schemaversion"))
    if "cartridge" in schema.casefold():
        raise Unreadable(_("This is a Common Cartridge: a whole course, not a package for a lesson."), remedy=_("Bring it in as a course of its own."))
    names = [name for one in root.iter() for name in (str(one.tag), *one.keys())]
    newer = any("adlcp_v1p3" in name or "imsss" in name for name in names)
    if re.match(r"\s*(2004|CAM)", version) or (newer and not version.startswith("1.")):
        raise Unreadable(_("This package is SCORM 2004, and only SCORM 1.2 is played here."), remedy=ANEW())
    if version and not version.startswith("1."):
        raise Unreadable(_("This package says that it is SCORM %(version)s, and only SCORM 1.2 is played here.", version=version[:40]), remedy=ANEW())


def _organization(root: Element) -> Element | None:
    every = first(root, "organizations")
    found = list(inside(every, "organization"))
    wanted = every.get("default") if every is not None else None
    return next((one for one in found if one.get("identifier") == wanted), found[0] if found else None)


def _items(package: Package, folder: str, root: Element, organization: Element | None, resources: Mapping[str, Element]) -> Iterator[Item]:
    """The items in order; where the manifest orders nothing, what can be opened of its resources."""
    base = posixpath.join(folder, _base(first(root, "resources")))
    described = [one for one in (organization.iter() if organization is not None else ()) if called(one) == "item"]
    wanted = [one for one in described if one.get("identifierref") in resources and one.get("isvisible") != "false"]
    for one in wanted[: PARTS + 1]:
        yield _item(package, base, one, resources[str(one.get("identifierref"))])
    if not described:
        loose = [one for one in resources.values() if _kind(one) and one.get("href")]
        yield from (_item(package, base, None, one) for one in loose[: PARTS + 1])


def _item(package: Package, folder: str, item: Element | None, resource: Element) -> Item:
    where = urlsplit(str(resource.get("href", "")).strip().replace("\\", "/"))
    title = _short(text(first(item, "title"))) or posixpath.basename(where.path)
    if where.scheme or where.netloc:
        raise Unreadable(
            _("“%(title)s” of this package opens a page of another website, which is not loaded here.", title=title),
            remedy=_("Use a package that brings all its pages along, or a link in a text."),
        )
    path = package.found(posixpath.join(folder, _base(resource), unquote(where.path)))
    if not path:
        raise Unreadable(_("The page “%(page)s”, which the manifest names, is not in the package.", page=where.path[:100]), remedy=ANEW())
    if path.casefold().endswith(".swf"):
        raise Unreadable(_("“%(title)s” of this package is made with Flash, which browsers play no more.", title=title), remedy=ANEW())
    given = str(item.get("parameters", "")).lstrip("?&") if item is not None else ""
    query = "&".join(part for part in (where.query, given) if part)
    mastery, launch = (text(first(item, name)) for name in ("masteryscore", "datafromlms"))
    passed = mastery if re.fullmatch(r"\d{1,3}(\.\d+)?", mastery) and float(mastery) <= 100 else ""
    return Item(title, path, query[:1000], _kind(resource) != "asset", passed, launch[:LAUNCH])


def _kind(resource: Element) -> str:
    """ "sco", "asset", or "" where nothing is said (adlcp:scormtype)."""
    return next((str(value).casefold() for name, value in resource.items() if name.rpartition("}")[2].casefold() == "scormtype"), "")


def _base(one: Element | None) -> str:
    """Where the addresses inside an element begin (xml:base)."""
    return str(one.get("{http://www.w3.org/XML/1998/namespace}base", "")) if one is not None else ""


def _short(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:HEADING]
