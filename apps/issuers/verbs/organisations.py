"""Found, place, verify and describe organisations."""

from __future__ import annotations

import hashlib
import zoneinfo
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.validators import validate_slug
from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.core import clock, keeping, pictures
from apps.core.columns import label_of
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.core.text import is_iri, is_plain
from apps.issuers import policies
from apps.issuers.models import Approval, Descent, Issuer, Seat
from apps.issuers.verbs.seats import invite

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.uploadedfile import UploadedFile

    from apps.accounts.models import User

_PLACING = 0x15_5E
MOST_STEPS = 12
MOST_APPROVALS = 50
# Addresses of pages where a short name could be.
RESERVED = frozenset({"found"})
LOGO = (512, 512)
EDITABLE = frozenset(
    {
        *("name", "kind", "description", "url", "email", "place", "country", "time_zone", "terminology"),
        *("brand_colour", "linkedin_number", "quality_provider", "quality_process", "quality_review", "asks_approval"),
        *("evidence_types", "bars_colleagues", "appeal_days"),
    }
)


@transaction.atomic
def found(
    *, by: User, name: str, slug: str = "", parent: Issuer | None = None, owner_email: str = "", **profile: Any
) -> Issuer:
    """Found an issuer, at the top or under another. For operators.

    An invitation to own it goes to `owner_email`; if that is the operator's own address, they become owner at once.
    Without a `slug`, one is made from the name.
    """
    if not by.is_operator:
        raise PermissionDenied
    if parent is not None:
        _hold_tree()
        _refuse_deep(parent)
    issuer = Issuer(slug=slug or _free_slug(name), name=name, parent=parent, created_at=clock.now(), **profile)
    _refuse_unfit(issuer, {"name", *profile})
    _refuse_slug(issuer.slug)
    issuer.save()
    record("issuer.founded", issuer, by=by, under=parent.public_id if parent else "")
    if owner_email:
        invite(issuer, by=by, email=owner_email, role=Seat.Role.OWNER)
    return issuer


@transaction.atomic
def place(issuer: Issuer, *, under: Issuer | None, by: User) -> Issuer:
    """Move an issuer, and all below it, under another or to the top. For operators: seats above count below."""
    if not by.is_operator:
        raise PermissionDenied
    _hold_tree()
    issuer = Issuer.objects.locked(issuer.pk)
    if issuer.parent_id == (under.pk if under else None):
        return issuer
    if under is not None:
        if under.pk == issuer.pk:
            raise Refused(_("%(issuer)s can't be a part of itself.") % {"issuer": issuer})
        if Descent.objects.filter(ancestor=issuer, descendant=under).exists():
            raise Refused(
                _("%(under)s is a part of %(issuer)s: it can't stand above it too.")
                % {"under": under, "issuer": issuer}
            )
        below = Descent.objects.filter(ancestor=issuer).order_by("-steps").values_list("steps", flat=True)[0]
        _refuse_deep(under, more=below)
    issuer.parent = under
    issuer.save(update_fields=["parent"])
    record("issuer.placed", issuer, by=by, under=under.public_id if under else "")
    return issuer


@transaction.atomic
def verify(issuer: Issuer, *, by: User, seen: str = "") -> Issuer:
    """Record that the operator knows who stands behind it. Repeated, it keeps the first time.

    `seen` is the `attested` of what was checked: if it has changed since, it has to be checked again.
    """
    issuer = _held_by_operator(issuer, by=by)
    if seen and seen != issuer.attested:
        raise Refused(_("What it says about itself has changed since you looked. Look again, then verify it."))
    if issuer.verified_at is None:
        issuer.verified_at = clock.now()
        issuer.save(update_fields=["verified_at"])
        record("issuer.verified", issuer, by=by)
    return issuer


@transaction.atomic
def unverify(issuer: Issuer, *, by: User) -> Issuer:
    """Withdraw the verification. Idempotent."""
    issuer = _held_by_operator(issuer, by=by)
    if issuer.verified_at is not None:
        issuer.verified_at = None
        issuer.save(update_fields=["verified_at"])
        record("issuer.unverified", issuer, by=by)
    return issuer


@transaction.atomic
def edit_issuer(issuer: Issuer, *, by: User, **changes: Any) -> Issuer:
    """Edit its profile. The short name never changes; after a new name or web address it has to be verified again."""
    issuer = _held_by_editor(issuer, by=by)
    unknown = changes.keys() - EDITABLE
    if unknown:
        message = f"No such thing to edit: {', '.join(sorted(unknown))}."
        raise TypeError(message)
    changed = {field for field, value in changes.items() if getattr(issuer, field) != value}
    if not changed:
        return issuer
    for field in changed:
        setattr(issuer, field, changes[field])
    _refuse_unfit(issuer, changed)
    unverified = bool(changed & set(Issuer.ATTESTED)) and issuer.verified_at is not None
    if unverified:
        issuer.verified_at = None
    issuer.save(update_fields=[*changed, *(["verified_at"] if unverified else [])])
    record("issuer.edited", issuer, by=by, fields=sorted(changed))
    if unverified:
        record("issuer.unverified", issuer, by=by)
    return issuer


@transaction.atomic
def set_logo(issuer: Issuer, *, by: User, upload: UploadedFile) -> Issuer:
    """Set the logo, kept as a PNG of at most 512 pixels whatever was uploaded."""
    issuer = _held_by_editor(issuer, by=by)
    png = pictures.redrawn(upload, most=LOGO)
    issuer.logo_sha256 = hashlib.sha256(png).hexdigest()
    name = f"logos/{issuer.logo_sha256}.png"
    issuer.logo.name = keeping.keep(name, ContentFile(png), sha256=issuer.logo_sha256)
    issuer.save(update_fields=["logo", "logo_sha256"])
    record("issuer.logo_set", issuer, by=by, sha256=issuer.logo_sha256)
    return issuer


@transaction.atomic
def remove_logo(issuer: Issuer, *, by: User) -> Issuer:
    """Show the initials again. The file stays: an older page may still ask for it."""
    issuer = _held_by_editor(issuer, by=by)
    if issuer.logo_sha256:
        issuer.logo, issuer.logo_sha256 = "", ""
        issuer.save(update_fields=["logo", "logo_sha256"])
        record("issuer.logo_removed", issuer, by=by)
    return issuer


# --- what authorities have granted ------------------------------------------------------------------------------------
@transaction.atomic
def add_approval(
    issuer: Issuer, *, by: User, authority: str, reference: str = "", url: str = "", until: date | None = None
) -> Approval:
    issuer = _held_by_editor(issuer, by=by)
    if issuer.approvals.count() >= MOST_APPROVALS:
        raise Refused(_("An issuer shows up to %(most)d approvals.") % {"most": MOST_APPROVALS})
    _refuse_double(issuer, authority, reference)
    approval = Approval.objects.create(issuer=issuer, authority=authority, reference=reference, url=url, until=until)
    record("approval.added", approval, by=by, issuer=issuer.public_id)
    return approval


@transaction.atomic
def change_approval(
    approval: Approval, *, by: User, authority: str, reference: str = "", url: str = "", until: date | None = None
) -> Approval:
    issuer = _held_by_editor(approval.issuer, by=by)
    approval = issuer.approvals.get(pk=approval.pk)
    _refuse_double(issuer, authority, reference, but=approval)
    approval.authority, approval.reference, approval.url, approval.until = authority, reference, url, until
    approval.save(update_fields=["authority", "reference", "url", "until"])
    record("approval.changed", approval, by=by, issuer=issuer.public_id)
    return approval


@transaction.atomic
def remove_approval(approval: Approval, *, by: User) -> None:
    """Remove an approval. Idempotent."""
    issuer = _held_by_editor(approval.issuer, by=by)
    gone, _rows = issuer.approvals.filter(pk=approval.pk).delete()
    if gone:
        record("approval.removed", approval, by=by, issuer=issuer.public_id)


# --- helpers ----------------------------------------------------------------------------------------------------------
def _held_by_operator(issuer: Issuer, *, by: User) -> Issuer:
    if not by.is_operator:
        raise PermissionDenied
    return Issuer.objects.locked(issuer.pk)


def _held_by_editor(issuer: Issuer, *, by: User) -> Issuer:
    issuer = Issuer.objects.locked(issuer.pk)
    if not policies.can_edit(by, issuer):
        raise PermissionDenied
    return issuer


def _hold_tree() -> None:
    """Lock the tree: two simultaneous moves could close a circle that neither sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PLACING])


def _refuse_deep(under: Issuer, *, more: int = 0) -> None:
    above = Descent.objects.filter(descendant=under).count()
    if above + 1 + more > MOST_STEPS:
        raise Refused(_("That would nest organisations more than %(most)d deep.") % {"most": MOST_STEPS})


def _refuse_unfit(issuer: Issuer, fields: set[str]) -> None:
    """Refuse values that the fields, a signature or the calendar can't hold."""
    for field in sorted(fields):
        value = getattr(issuer, field)
        if isinstance(value, str) and not is_plain(value):
            raise Refused(_("A text here contains a control character, which can't be signed. Type it again."))
    if "time_zone" in fields and issuer.time_zone not in zoneinfo.available_timezones():
        raise Refused(_("There is no time zone “%(zone)s”.") % {"zone": issuer.time_zone})
    if "url" in fields and issuer.url and not is_iri(issuer.url):
        raise Refused(
            _(
                "That web address contains a character that can't be signed. Write it as it looks when copied from a browser."
            )
        )
    try:
        issuer.clean_fields(exclude={one.name for one in Issuer._meta.get_fields()} - fields)
    except ValidationError as error:
        field, said = next(iter(error.message_dict.items()))
        raise Refused(f"{label_of(Issuer, field)}: {said[0]}") from None


def _refuse_slug(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError:
        raise Refused(_("A short name has letters, digits and hyphens only.")) from None
    if slug in RESERVED or Issuer.objects.filter(slug=slug).exists():
        raise Refused(_("The short name “%(slug)s” is taken.") % {"slug": slug})


def _free_slug(name: str) -> str:
    """The name in plain letters, numbered if that is taken; names in other scripts get a random one."""
    base = slugify(name)[:70].strip("-") or f"issuer-{new_public_id()[:8]}"
    number, slug = 1, base
    while slug in RESERVED or Issuer.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def _refuse_double(issuer: Issuer, authority: str, reference: str, *, but: Approval | None = None) -> None:
    others = issuer.approvals.filter(authority=authority, reference=reference)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise Refused(_("That approval is listed already."))
