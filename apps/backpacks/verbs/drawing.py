"""The picture of a badge from elsewhere: taken from it once, redrawn by Satchel, and stored."""

from __future__ import annotations

import logging
import tempfile
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from apps.backpacks import pictures
from apps.backpacks.models import BackpackItem
from apps.core import client
from apps.core import pictures as kept
from apps.core.refused import Refused
from apps.credentials import baking
from apps.credentials.models import ForeignCredential
from apps.credentials.published import own_path
from apps.issuers.art import cleaning, raster
from apps.submissions import copying

if TYPE_CHECKING:
    from apps.backpacks.models import BackpackItemQuerySet

log = logging.getLogger(__name__)

MOST = (640, 640)
MOST_BYTES = 4 * 1024 * 1024
ACCEPTED = "image/png, image/svg+xml, image/jpeg, image/webp, image/gif"


def draw_foreign(item_id: int) -> None:
    """Give an item from elsewhere its picture. Does nothing if it has one or is no longer kept; if no picture can be
    drawn, it keeps its frame.
    """
    item = _bare(BackpackItem.objects.select_related("foreign")).filter(pk=item_id).first()
    if item is None or item.foreign is None:
        return
    try:
        drawn = _drawn(_found(item.foreign))
    except (Refused, client.FetchRefused, copying.NoCopy) as answer:
        # Nobody is waiting for it: a badge without a picture shows the frame.
        log.info("No picture for item %s: %s", item.public_id, answer)
        return
    if drawn is not None:
        _hang(item_id, drawn)


def _bare(items: BackpackItemQuerySet) -> BackpackItemQuerySet:
    return items.filter(picture="", foreign__state=ForeignCredential.State.KEPT)


@transaction.atomic
def _hang(item_id: int, drawn: bytes) -> None:
    item = _bare(BackpackItem.objects.select_for_update(of=("self",))).filter(pk=item_id).first()
    if item is not None:
        item.picture = kept.keep(SimpleUploadedFile("picture", drawn), f"items/{item.public_id}", most=MOST)
        item.save(update_fields=["picture"])


# --- finding it -------------------------------------------------------------------------------------------------------
def _found(foreign: ForeignCredential) -> bytes | None:
    """The file itself if it is a picture; else the picture that the badge holds or names. Raises FetchRefused."""
    if foreign.is_picture:
        with default_storage.open(foreign.file, "rb") as file:
            return bytes(file.read())
    named = pictures.named_in(foreign.text)
    if named.badge and not named.address and not named.data:
        named = pictures.named_by(_fetched(named.badge, "application/ld+json, application/json"))
    return named.data or (_fetched(named.address, ACCEPTED) if named.address else None)


def _fetched(address: str, accept: str) -> bytes:
    if own_path(address) is not None:
        raise Refused(_("That picture is ours already."))
    return client.fetch(address, accept=accept, most_bytes=MOST_BYTES).body


# --- redrawing it -----------------------------------------------------------------------------------------------------
def _drawn(data: bytes | None) -> bytes | None:
    """The picture as our own PNG, made in a separate process: the bytes are untrusted. Raises Refused and NoCopy."""
    if not data:
        return None
    if baking.is_svg(data):
        return raster.png_of_stranger(cleaning.clean(data))
    media_type = pictures.type_of(data)
    if not media_type:
        return None
    with tempfile.TemporaryFile() as original, tempfile.TemporaryFile() as into:
        original.write(data)
        original.seek(0)
        copying.copy(media_type, original, into)
        into.seek(0)
        return into.read()
