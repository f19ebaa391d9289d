"""Pages of ours embedded in other sites: a frame without scripts, and its oEmbed description."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from django.conf import settings
from django.utils.html import format_html

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

WIDTH = 420
# In a narrower frame the text is below the picture.
NARROW = 360
# What XML 1.0 can't hold, however it is escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Frame(NamedTuple):
    """A page for frames. `page` is the full address of what is shown, `address` that of the frame."""

    title: str
    page: str
    address: str
    author_name: str
    author_address: str
    card: str
    height: int
    height_if_narrow: int

    def size(self, most_wide: int | None = None, most_high: int | None = None) -> tuple[int, int]:
        wide = min(WIDTH, most_wide or WIDTH)
        high = self.height if wide >= NARROW else self.height_if_narrow
        return wide, min(high, most_high or high)

    def html(self, most_wide: int | None = None, most_high: int | None = None) -> SafeString:
        """The iframe. It runs no script, whatever it holds; links in it open a page of their own."""
        wide, high = self.size(most_wide, most_high)
        return format_html(
            '<iframe src="{}" title="{}" width="{}" height="{}" frameborder="0" loading="lazy"'
            ' referrerpolicy="no-referrer"'
            ' sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"></iframe>',
            *(self.address, self.title, wide, high),
        )

    @property
    def oembed_json(self) -> str:
        return oembed_address(self.page, "json")

    @property
    def oembed_xml(self) -> str:
        return oembed_address(self.page, "xml")

    def oembed(self, most_wide: int | None = None, most_high: int | None = None) -> dict[str, Any]:
        """The oEmbed 1.0 response. The card is included only if it fits into the size asked for."""
        wide, high = self.size(most_wide, most_high)
        told: dict[str, Any] = {
            "version": "1.0",
            "type": "rich",
            "provider_name": "Satchel",
            "provider_url": settings.PUBLIC_URL,
            "title": self.title,
            "author_name": self.author_name,
            "author_url": self.author_address,
            "html": str(self.html(most_wide, most_high)),
            "width": wide,
            "height": high,
        }
        if (most_wide or CARD[0]) >= CARD[0] and (most_high or CARD[1]) >= CARD[1]:
            told |= {"thumbnail_url": self.card, "thumbnail_width": CARD[0], "thumbnail_height": CARD[1]}
        return {name: value for name, value in told.items() if value != ""}


CARD = (1200, 630)


def of_credential(public_id: str, *, title: str, issuer: str, issuer_address: str) -> Frame:
    page = f"{settings.PUBLIC_URL}/c/{public_id}"
    address = f"{settings.PUBLIC_URL}/embed/c/{public_id}"
    return Frame(title, page, address, issuer, issuer_address, f"{page}/card.png", 220, 350)


def of_collection(token: str, *, title: str, owner: str) -> Frame:
    page = f"{settings.PUBLIC_URL}/b/{token}/"
    return Frame(title, page, f"{settings.PUBLIC_URL}/embed/b/{token}", owner, "", f"{page}card.png", 340, 420)


def oembed_address(page: str, form: str) -> str:
    return f"{settings.PUBLIC_URL}/oembed?{urlencode({'url': page, 'format': form})}"


def xml(told: dict[str, Any]) -> bytes:
    root = ET.Element("oembed")
    for name, value in told.items():
        ET.SubElement(root, name).text = _NOT_XML.sub("", str(value))
    return b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n' + ET.tostring(root)
