# SPDX-License-Identifier: MIT
"""XML of a stranger: no document type, no entities, nothing from elsewhere; names without their namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from upart.plugin import gettext as _
from upart_courses.packages.opened import Package
from upart_courses.packages.tree import Unreadable

NESTED = 40
"""Elements in elements; a cartridge of the standard has some twelve."""


def document(package: Package, name: str) -> Element:
    """The root of a part. Raises Unreadable, naming the part and what is wrong in it."""
    data = package.read(name)
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        said = _("“%(part)s” declares a document type or entities, which could pull in other files.", part=name)
        raise Unreadable(said, remedy=_("Take the line with <!DOCTYPE out of it, or export the course anew.")) from None
    except (ParseError, ValueError, LookupError) as error:
        said = _("“%(part)s” cannot be read as XML: %(error)s.", part=name, error=str(error)[:100])
        raise Unreadable(said, remedy=_("Export the course anew, and send it as it is.")) from None
    if _is_deep(root):
        raise Unreadable(_("“%(part)s” is nested too deeply.", part=name), remedy=_("Export the course anew, and send it as it is."))
    return root


def _is_deep(root: Element) -> bool:
    level = [root]
    for _depth in range(NESTED):
        level = [child for one in level for child in one]
    return bool(level)


def called(one: Element) -> str:
    """The name of an element without its namespace."""
    return str(one.tag).rpartition("}")[2]


def inside(one: Element | None, name: str) -> Iterator[Element]:
    """Its children of this name."""
    return (child for child in (one if one is not None else ()) if called(child) == name)


def first(one: Element | None, *path: str) -> Element | None:
    """The first element along a path of names."""
    for name in path:
        one = next(inside(one, name), None)
    return one


def text(one: Element | None) -> str:
    """All words in an element."""
    return "".join(one.itertext()).strip() if one is not None else ""
