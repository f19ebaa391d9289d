"""A badge's picture: drawn from words, or uploaded."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import keeping
from apps.core.columns import column
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.core.text import is_plain
from apps.issuers import art, policies
from apps.issuers.art import uploads
from apps.issuers.models import AchievementVersion
from apps.issuers.verbs.drafts import changed_elsewhere, locked_draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.accounts.models import User
    from apps.issuers.art import BadgeWords

FIELDS = ("picture", "picture_svg", "picture_source", "picture_words", "picture_sha256", "picture_alt")


@transaction.atomic
def draw_picture(
    version: AchievementVersion, *, by: User, words: Mapping[str, Any], alt: str, edition: int
) -> AchievementVersion:
    """Draw a draft's picture from badge words; without `alt`, its description is made from them too.

    `edition` is the one that the designer began from.
    """
    version = locked_draft(version.pk, by=by)
    achievement = version.achievement
    drawn = art.complete(words, issuer_id=achievement.issuer.public_id, achievement_id=achievement.public_id)
    alt = _checked(alt) or told(version, drawn)
    before = (version.picture_source, version.picture_words, version.picture_alt)
    if edition != version.edition:
        if before == (AchievementVersion.PictureSource.DRAWN, drawn.to_json(), alt):
            return version
        raise Refused(changed_elsewhere())
    put_drawn(version, drawn)
    version.picture_alt = alt
    _save(version, by, "picture.drawn")
    return version


def upload_picture(version: AchievementVersion, *, by: User, data: bytes, alt: str, edition: int) -> AchievementVersion:
    """Make a draft's picture from an uploaded PNG, JPEG or SVG. Raises Refused for what can't be a badge."""
    if not policies.can_design(by, version.achievement.issuer):
        raise PermissionDenied
    if not (alt := _checked(alt)):
        raise Refused(_("Say what the picture shows, for people who can't see it."))
    taken = uploads.take(data)  # before the row is locked: a large one takes a while
    with transaction.atomic():
        version = locked_draft(version.pk, by=by)
        uploaded = AchievementVersion.PictureSource.UPLOADED
        before = (version.picture_source, version.picture_sha256, version.picture_alt)
        if edition != version.edition:
            if before == (uploaded, hashlib.sha256(taken.png).hexdigest(), alt):
                return version
            raise Refused(changed_elsewhere())
        _put(version, png=taken.png, svg=taken.svg)
        version.picture_source = uploaded
        version.picture_alt = alt
        _save(version, by, "picture.uploaded")
    return version


def told(version: AchievementVersion, words: BadgeWords) -> str:
    """The description of a drawn picture, in the language of the version, because it is signed with it."""
    known = dict(settings.LANGUAGES)
    with translation.override(version.language if version.language in known else settings.LANGUAGE_CODE):
        return art.describe(words)


def put_drawn(version: AchievementVersion, words: BadgeWords) -> None:
    """Give a version the picture of these words; the caller saves the row."""
    svg = art.badge(words)
    _put(version, png=art.png(svg), svg=svg)
    version.picture_source = AchievementVersion.PictureSource.DRAWN
    version.picture_words = words.to_json()


def _put(version: AchievementVersion, *, png: bytes, svg: str) -> None:
    version.picture_sha256 = hashlib.sha256(png).hexdigest()
    version.picture.name = _kept(png, version.picture_sha256, "png")
    drawing = svg.encode()
    version.picture_svg.name = _kept(drawing, hashlib.sha256(drawing).hexdigest(), "svg") if svg else ""


def _kept(data: bytes, sha256: str, ending: str) -> str:
    return keeping.keep(f"badges/{sha256}.{ending}", ContentFile(data), sha256=sha256)


def _checked(alt: str) -> str:
    alt = " ".join(alt.split())
    if not is_plain(alt):
        raise Refused(_("A text here contains a control character, which can't be signed. Type it again."))
    most = column(AchievementVersion, "picture_alt").max_length or 0
    if len(alt) > most:
        raise Refused(_("What the picture shows takes up to %(most)d characters.") % {"most": most})
    return alt


def _save(version: AchievementVersion, by: User, kind: str) -> None:
    version.edition += 1
    version.save(update_fields=[*FIELDS, "edition"])
    record(
        kind,
        version.achievement,
        by=by,
        number=version.number,
        sha256=version.picture_sha256,
        alt=digest(version.picture_alt),
    )
