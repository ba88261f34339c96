# SPDX-License-Identifier: MIT
"""Common Cartridge 1.0 to 1.3 (1EdTech), full and thin, as Canvas, Moodle, Blackboard and others export it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from upart.plugin import gettext as _
from upart_courses.packages.finishing import About, finish, in_one, named, of_kind, without_its_title
from upart_courses.packages.hypertext import fragment, page
from upart_courses.packages.lines import address, escaped
from upart_courses.packages.manifest import BASES, HTML, OBJECT, SETTINGS, WIKI, Resource, left_out, manifest_in
from upart_courses.packages.markup import called, document, first, inside, text
from upart_courses.packages.opened import Package
from upart_courses.packages.tasks import TYPES, completed, counted, inside_of_pages, task_in, words_of
from upart_courses.packages.tree import Note, Page, Part, Piece, Tree, Unreadable
from upart_courses.packages.vocabulary import Target

MOST_ITEMS = 2_000
Convert = Callable[["Cartridge", Resource, Page], None]


def recognises(package: Package) -> bool:
    """Is it a cartridge?"""
    if not (name := manifest_in(package)):
        return False
    schema = text(first(document(package, name), "metadata", "schema"))
    return not schema.upper().startswith("ADL SCORM")


def read(package: Package, about: About) -> Tree:
    """The course in it. Raises Unreadable."""
    return Cartridge(package, about).read()


class Cartridge:
    """One cartridge while it is read."""

    def __init__(self, package: Package, about: About) -> None:
        self.package, self.about, self.name = package, about, manifest_in(package)
        self.manifest = document(package, self.name)
        self.root = posixpath.dirname(self.name)
        self.resources = {one.id: one for one in self._resources()}
        self.placed: list[tuple[Page, Resource]] = []
        self.asking_nothing: set[str] = set()
        self.slugs: dict[str, Page] = {}
        self.inside = frozenset(inside_of_pages(package, self.resources.values()))
        self.waiting = set(self.inside)
        version = text(first(self.manifest, "metadata", "schemaversion"))
        self.tree = Tree(f"Common Cartridge {version}".strip(), self._said("title"))

    def read(self) -> Tree:
        """Outline, addresses, then words."""
        tree = self.tree
        tree.description = "\n\n".join(one.values.get("text", "") for one in fragment(self._said("description"), self.name, self._follower("")).pieces)
        tree.subject = self._said("keyword")
        tree.language = text(first(self.manifest, "metadata", "lom", "general", "language")) or self._language()
        tree.parts = self._outline()
        tree.parts += in_one(list(self._further()), _("More pages"))
        self._refuse_without_pages()
        named(tree, self.about)
        self.slugs, asked = {one.href: page for page, one in reversed(self.placed)}, 0
        for made, resource in self.placed:
            CONVERTED[_type(resource)](self, resource, made)
            asked = counted(made.pieces, asked)
        for part in tree.parts:
            part.pages = [one for one in part.pages if one.slug not in self.asking_nothing]
        self._refuse_without_pages()
        self._count_settings()
        return finish(tree, self.package, self.about)

    def _refuse_without_pages(self) -> None:
        if not self.tree.pages:
            said = _("There is no page in this cartridge that could become a lesson.")
            raise Unreadable(said, remedy=_("Export the course with its pages, or send the pages as a folder of Markdown."))

    # The manifest

    def _said(self, name: str) -> str:
        return text(first(self.manifest, "metadata", "lom", "general", name, "string")) or text(first(self.manifest, "metadata", "lom", "general", name))

    def _language(self) -> str:
        said = first(self.manifest, "metadata", "lom", "general", "title", "string")
        return said.get("language", "") if said is not None else ""

    def _resources(self) -> Iterator[Resource]:
        base = self.manifest.get("{http://www.w3.org/XML/1998/namespace}base", "")
        for one in inside(first(self.manifest, "resources"), "resource"):
            own = posixpath.join(self.root, base, one.get("{http://www.w3.org/XML/1998/namespace}base", ""))
            files = [self._part(own, part.get("href", "")) for part in inside(one, "file")]
            href = self._part(own, one.get("href", "")) or next((part for part in files if part), "")
            needs = [need.get("identifierref", "") for need in inside(one, "dependency")]
            yield Resource(one.get("identifier", ""), one.get("type", "").lower(), href, [part for part in files if part], needs)

    def _part(self, base: str, href: str) -> str:
        joined = posixpath.join(base, href)
        return (self.package.found(joined) or self.package.found(unquote(joined))) if href else ""

    # The outline

    def _outline(self) -> list[Part]:
        organizations = list(inside(first(self.manifest, "organizations"), "organization"))
        if len(organizations) > 1:
            self.tree.notes.append(Note(self.name, _("The package has several outlines; the first came in."), lost=False))
        items = list(inside(organizations[0], "item")) if organizations else []
        if len(items) == 1 and not items[0].get("identifierref"):
            items = list(inside(items[0], "item"))  # the root of the hierarchy has no name (Common Cartridge 1.3, 4.2)
        parts: list[Part] = []
        loose: Part | None = None
        for item in items:
            if next(inside(item, "item"), None) is not None:
                parts.append(Part(_title(item), list(self._leaves(item, top=True))))
                loose = None
            else:
                if loose is None:
                    parts.append(loose := Part(self.tree.title or _("Beginning")))
                loose.pages += self._leaves(item)
        return parts

    def _leaves(self, item: Element, *, top: bool = False) -> Iterator[Page]:
        """The lessons of an item in order; sections have no sections here."""
        below = list(inside(item, "item"))
        if item.get("identifierref"):
            yield from self._page(_title(item), self.resources.get(item.get("identifierref", "")))
        elif below and not top:
            self.tree.notes.append(Note(_title(item), _("A section inside of a section: its lessons follow in the outer one."), lost=False))
        elif not below:
            self.tree.notes.append(Note(_title(item), _("A heading without a page is left out."), _("Make a section of it, if you need it.")))
        for one in below:
            yield from self._leaves(one)

    def _page(self, title: str, resource: Resource | None) -> Iterator[Page]:
        kind = _type(resource) if resource is not None else ""
        left = left_out(resource.type) if resource is not None else None
        if resource is not None and resource.href in self.inside:
            return
        if resource is not None and kind and resource.href:
            made = Page(title, resource.href)
            self.placed.append((made, resource))
            if len(self.placed) > MOST_ITEMS:
                raise Unreadable(_("This cartridge has more than %(n)s lessons.", n=MOST_ITEMS), remedy=_("Split the course into several packages."))
            yield made
        elif left is not None:
            self.tree.notes.append(Note(title, *left))
        else:
            said = _("Its file is not in the package.") if kind or resource is None else _("Something that only other systems know is left out.")
            self.tree.notes.append(Note(title, said, _("Write it as a lesson, if learners need it.")))

    def _further(self) -> Iterator[Page]:
        """Pages that stand in no outline, as Canvas has them; and what is left out without standing in one."""
        there = {one.id for _page, one in self.placed}
        named_ = {item.get("identifierref") for item in self.manifest.iter() if called(item) == "item"}
        for one in self.resources.values():
            if one.id in there or one.id in named_ or one.href.startswith(SETTINGS):
                continue
            if (_type(one) in ("webcontent", "associatedcontent") and one.href.lower().endswith(HTML)) or _type(one) in ("imsdt", *TYPES):
                title = page(self.package.read(one.href), one.href, lambda url: Target()).title if one.href.lower().endswith(HTML) else ""
                yield from self._page(title or self._title_in(one) or posixpath.splitext(posixpath.basename(one.href))[0], one)
            elif left := left_out(one.type):
                self.tree.notes.append(Note(self._title_in(one) or one.href or one.id, *left))

    def _title_in(self, one: Resource) -> str:
        if not one.href.lower().endswith(".xml"):
            return ""
        root = document(self.package, one.href)
        assessment = first(root, "assessment")
        return text(first(root, "title")) or (assessment.get("title", "") if assessment is not None else "")

    def _count_settings(self) -> None:
        used = {path for page_ in self.tree.pages for piece in page_.pieces for path in (piece.path, piece.captions)}
        read_ = {self.name} | {path for _page, one in self.placed for path in (one.href, *one.files)}
        if any(name.startswith(SETTINGS) for name in self.package.names()):
            self.tree.notes.append(Note("course_settings", _("Settings of the old system are left out."), _("Choose access, dates and marks here.")))
        offered = (path for one in self.resources.values() if one.type == "webcontent" for path in one.files if not path.startswith(SETTINGS))
        unused = [path for path in dict.fromkeys(offered) if path not in used | read_]
        self.tree.notes += [Note(path, _("No lesson shows this file; it is left out."), _("Add it where you need it.")) for path in dict.fromkeys(unused)]

    # Words

    def _follower(self, base: str) -> Callable[[str], Target]:
        """Where addresses in a part lead."""
        return lambda url: self.follow(url, posixpath.dirname(base))

    def follow(self, url: str, folder: str) -> Target:
        """Where an address leads, seen from a folder of the package."""
        url = url.replace("%24", "$")
        try:
            parts = urlsplit(url if not url.startswith("//") else f"https:{url}")
        except ValueError:
            return Target()
        if parts.scheme in ("http", "https", "mailto"):
            return Target(url=parts.geturl(), player=parts.geturl() if self.about.player(parts.geturl()) else "")
        if parts.scheme or not parts.path:
            return Target()
        found = next((path for wanted in self._wanted(unquote(parts.path), folder) if (path := self.package.found(wanted))), "")
        if found in self.slugs:
            return Target(url=self.slugs[found].slug)
        return Target(path=found) if found and not found.lower().endswith((*HTML, ".xml")) else Target()

    def _wanted(self, path: str, folder: str) -> Iterator[str]:
        base = next((base for base in BASES if path.startswith(base)), None)
        if base is not None:
            rest = path.removeprefix(base).lstrip("/")
            yield from (posixpath.join(self.root, start, rest) for start in ("", "web_resources", folder))
        elif path.startswith(WIKI):
            yield posixpath.join(self.root, "wiki_content", f"{path.rpartition('/')[2]}.html")
        elif path.startswith(OBJECT):
            resource = self.resources.get(path.rpartition("/")[2])
            yield resource.href if resource is not None else ""
        else:
            yield posixpath.join(folder, path)
            yield posixpath.join(self.root, path)


def _title(item: Element) -> str:
    return text(first(item, "title"))


def _type(resource: Resource) -> str:
    """What a resource is, for the table below; "" for what does not come in."""
    return next((begin for begin in CONVERTED if resource.type.startswith(begin)), "")


def _web(cartridge: Cartridge, resource: Resource, made: Page) -> None:
    """A page; or a file, which becomes a lesson that shows it."""
    if not resource.href.lower().endswith(HTML):
        kind = of_kind(resource.href, cartridge.package)
        values = {"label": made.title} if kind == "file" else {"title": made.title} if kind != "image" else {"caption": ""}
        made.pieces = [Piece(kind, {name: value[:200] for name, value in values.items()}, resource.href, alt=made.title if kind == "image" else "")]
        return
    found = page(cartridge.package.read(resource.href), resource.href, cartridge._follower(resource.href))
    made.pieces, told = completed(
        cartridge.package, resource.href, without_its_title(found.pieces, made.title), cartridge._follower(resource.href), cartridge.waiting
    )
    cartridge.tree.notes += [*found.notes, *told]
    made.exercise = found.meta.get("upart.kind") == "exercise"
    made.preview, made.required = found.meta.get("upart.preview") == "yes", found.meta.get("upart.required") != "no"
    minutes = found.meta.get("upart.minutes", "")
    made.minutes = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else 0


def _link(cartridge: Cartridge, resource: Resource, made: Page) -> None:
    """A link to the web: a video that a player knows, else a line to click on."""
    one = first(document(cartridge.package, resource.href), "url")
    target = cartridge.follow(one.get("href", "") if one is not None else "", "")
    if target.player:
        made.pieces = [Piece("embed", {"url": target.player, "title": made.title})]
    elif target.url:
        made.pieces = [Piece("markdown", {"text": f"[{escaped(made.title)}]({address(target.url)})"})]
    else:
        cartridge.tree.notes.append(Note(made.title, _("This link leads nowhere."), _("Write where it should lead.")))


def _words(cartridge: Cartridge, resource: Resource, made: Page) -> None:
    """What a discussion was about: words, with files beside them."""
    root = document(cartridge.package, resource.href)
    made.pieces, made.exercise = [*_said(cartridge, resource, root), *_attached(cartridge, resource, root)], True
    cartridge.tree.notes.append(Note(made.title, _("A discussion became an exercise; what people wrote is in no cartridge."), lost=False))


def _said(cartridge: Cartridge, resource: Resource, root: Element) -> list[Piece]:
    return words_of(root, resource.href, cartridge._follower(resource.href), cartridge.tree.notes)


def _attached(cartridge: Cartridge, resource: Resource, root: Element) -> Iterator[Piece]:
    for one in inside(first(root, "attachments"), "attachment"):
        if path := cartridge.follow(one.get("href", ""), posixpath.dirname(resource.href)).path:
            yield Piece("file", {"label": posixpath.basename(path)[:200]}, path)


def _task(cartridge: Cartridge, resource: Resource, made: Page) -> None:
    """A quiz or an assignment, in a lesson of its own."""
    root = document(cartridge.package, resource.href)
    made.exercise = True
    pieces, notes = task_in(root, made.title, cartridge._follower(resource.href), lambda one: _said(cartridge, resource, one))
    made.pieces = [*pieces, *_attached(cartridge, resource, root)]
    cartridge.tree.notes += notes
    if not made.pieces and resource.type.startswith("imsqti"):
        cartridge.asking_nothing.add(made.slug)


CONVERTED: dict[str, Convert] = {  # how a type of resource begins, and what makes a lesson of it: another kind is a row
    "webcontent": _web,
    "associatedcontent": _web,
    "imswl": _link,
    "imsdt": _words,
    "assignment": _task,
    "imsqti": _task,
}
