"""The text and pictures of the preview cards for collections and public pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.backpacks import queries, showing
from apps.backpacks.models import Block
from apps.backpacks.paper import Board
from apps.core.templatetags.satchel import initials
from apps.credentials.queries import artwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.backpacks.models import Collection, Profile
    from apps.backpacks.showing import Shown

MOST_PICTURES = 6


def of_collection(collection: Collection, at: str) -> tuple[Board, list[str], Callable[[], list[bytes]]]:
    """The text of the card, its pictures' names (which change when they do), and a function that fetches them."""
    page = showing.page_of(collection, at=at, most=queries.A_STRETCH)
    told = queries.page_of(collection, page)
    count, valid = told["count"], told["standings"]["valid"]
    words = ngettext("%(n)d badge", "%(n)d badges", count) % {"n": count}
    if count and told["all_valid"]:
        foot = ngettext("It is valid.", "All %(n)s are valid.", count) % {"n": count}
    elif count:
        foot = _("%(valid)d of %(count)d are valid.") % {"valid": valid, "count": count}
    else:
        foot = _("There is nothing in this collection just now.")
    named = _pictures([one for one in page.blocks if one.is_badge and (one.kept_picture or not one.from_elsewhere)])
    names = list(named)
    line = _("Put together by %(name)s") % {"name": collection.owner_name} if collection.owner_name else ""
    board = Board(collection.title, line, f"{words} · {foot}")
    return board, names, lambda: [named[name]() for name in names]


def of_profile(profile: Profile) -> Board:
    count = len(queries.public_collections_of(profile.person))
    foot = ngettext("%(n)d collection", "%(n)d collections", count) % {"n": count} if count else ""
    return Board(profile.person.name, profile.headline, foot, sign=initials(profile.person.name))


def _pictures(blocks: list[Shown]) -> dict[str, Callable[[], bytes]]:
    """The pictures of the first badges: each one's name, and a function that fetches it."""
    first = [one.public_id for one in blocks[:MOST_PICTURES]]
    held = Block.objects.filter(public_id__in=first).select_related("item__credential__version")
    named: dict[str, Callable[[], bytes]] = {}
    for block in held.order_by("position", "pk"):
        if block.item is not None and block.item.credential is not None:
            version = block.item.credential.version
            named[version.picture_sha256] = partial(artwork, version)
        elif block.item is not None:
            named[block.item.picture] = partial(_stored, block.item.picture)
    return named


def _stored(name: str) -> bytes:
    with default_storage.open(name, "rb") as file:
        return bytes(file.read())
