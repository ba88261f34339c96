# SPDX-License-Identifier: MIT
"""Pictures as pages and the API show them: every size and format with its address, two statements for any number of pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import Row, bindparam, select

from upart.db import prepared
from upart.files.addresses import lasting_url
from upart.media.models import MediaItem
from upart.media.sizes import FORMATS, SIZES, Size
from upart.storage.models import File

ITEMS = prepared(
    select(MediaItem.id.label("item"), MediaItem.alt, File.id, File.public, File.about_id, File.sha256, File.width, File.height)
    .join_from(MediaItem, File, (File.academy_id == MediaItem.academy_id) & (File.id == MediaItem.file_id))
    .where(MediaItem.id.in_(bindparam("ids", expanding=True)), MediaItem.kind == "picture")
)
RENDITIONS = prepared(
    select(File.id, File.derived_from, File.rendition, File.content_type, File.width, File.height, File.public, File.about_id, File.sha256)
    .where(File.derived_from.in_(bindparam("ids", expanding=True)), File.rendition != "")
    .order_by(File.width, File.id)
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the library: words that stand for it ("" for one that only adorns), address and pixels, and what was made of it by name of size."""

    id: UUID
    alt: str
    url: str
    width: int
    height: int
    public: bool
    made: Mapping[str, Sequence[Row[Any]]]

    def srcset(self, size: str, format: str) -> str:
        """The addresses of one size in one format ("AVIF", "WEBP") with their widths, as HTML and the API write them; "" while they are not made yet."""
        return ", ".join(f"{lasting_url(one)} {one.width}w" for one in self.made.get(size, ()) if one.content_type == f"image/{format.lower()}")

    def plain(self, size: str) -> tuple[str, int, int]:
        """What every browser takes of one size: address, width, height; the picture itself while nothing was made of it."""
        types = {f"image/{format.lower()}" for format in FORMATS}
        for one in self.made.get(size, ()):
            if one.content_type not in types:
                return lasting_url(one), one.width, one.height
        return self.url, *_shape(SIZES[size], self.width, self.height)


def _shape(size: Size, width: int, height: int) -> tuple[int, int]:
    """Pixels that keep the place of what will be made, so that nothing moves when it is there."""
    return (size.widths[0], round(size.widths[0] / size.ratio)) if size.ratio else (width, height)


def pictures(ids: Iterable[UUID | None], *, public: bool = False) -> Mapping[UUID, Picture]:
    """These items of the library, as far as they are pictures, by their ids; two statements however many there are.

    One about a person whose data are restricted is left out. `public`: only those that everybody may open, as a page
    needs that caches keep.
    """
    wanted = list({id for id in ids if id is not None})
    rows = [row for row in ITEMS(ids=wanted) if row.public or not public] if wanted else []
    made: dict[UUID, dict[str, list[Row[Any]]]] = {row.id: {} for row in rows}
    for one in RENDITIONS(ids=list(made)) if made else ():
        made[one.derived_from].setdefault(one.rendition, []).append(one)
    return {row.item: Picture(row.item, row.alt, lasting_url(row), row.width, row.height, row.public, made[row.id]) for row in rows}


def picture(shown: Picture | UUID | None, size: str = "card", *, alt: str | None = None, sizes: str = "", eager: bool = False) -> Markup:
    """A picture as HTML: AVIF and WebP in every width of a named size, JPEG or PNG for others; its place is kept while it loads.

    `shown` is what `pictures` gave, or the id of an item, which costs two statements. `alt`: other words than the library's ("" where
    words beside it say the same). `sizes`: how wide this page shows it, as in HTML. `eager`: for what stands on the first screen.
    Nothing for a picture that is not there.
    """
    one = pictures([shown]).get(shown) if isinstance(shown, UUID) else shown
    if one is None:
        return Markup()
    wide, (url, width, height) = sizes or SIZES[size].shown, one.plain(size)
    sources = [
        Markup('<source type="image/{}" srcset="{}" sizes="{}">').format(format.lower(), found, wide)
        for format in FORMATS
        if (found := one.srcset(size, format))
    ]
    lazy = Markup("") if eager else Markup(' loading="lazy"')
    image = Markup('<img src="{}" width="{}" height="{}" alt="{}" decoding="async"{}>').format(url, width, height, one.alt if alt is None else alt, lazy)
    return Markup("<picture>{}{}</picture>").format(Markup("").join(sources), image)
