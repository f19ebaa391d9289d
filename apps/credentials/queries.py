"""Reads about credentials that need a name: their addresses, their files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F, Q

from apps.core import clock
from apps.credentials import baking
from apps.credentials.models import Credential, Endorsement, SignedForm
from apps.issuers.models import AchievementVersion, Descent, Issuer

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.credentials.models import Endorsable, EndorsementQuerySet, SigningKey
    from apps.issuers.models import Achievement

# Of an issuer, and of a version: a verifier asks for the key of each, and a picture has to carry them.
MOST_EMBEDDED = 5


def credential_url(public_id: str) -> str:
    """The id that stands in the signed credential."""
    return f"{settings.PUBLIC_URL}/c/{public_id}"


def issuer_url(slug: str) -> str:
    return f"{settings.PUBLIC_URL}/issuers/{slug}"


def version_url(version: AchievementVersion) -> str:
    return f"{settings.PUBLIC_URL}/achievements/{version.achievement.slug}/v{version.number}"


def evidence_url(public_id: str) -> str:
    return f"{settings.PUBLIC_URL}/e/{public_id}"


def verification_method(key: SigningKey) -> str:
    return f"{issuer_url(key.issuer.slug)}#{key.multibase}"


def artwork(version: AchievementVersion) -> bytes:
    """The badge picture, frozen with its version."""
    with version.picture.open("rb") as file:
        return bytes(file.read())


def offered_by(issuer: Issuer) -> QuerySet[AchievementVersion]:
    """What is open at an issuer, and then at those that are part of it, the nearest first."""
    versions = AchievementVersion.objects.public().filter(achievement__issuer__descents_above__ancestor=issuer)
    versions = versions.annotate(steps=F("achievement__issuer__descents_above__steps"))
    return versions.select_related("achievement__issuer").order_by("steps", "name", "pk")


def held_by(person: User, achievement: Achievement) -> Credential | None:
    """The credential that keeps a person from earning this achievement once more, where it is earned once only."""
    if not achievement.single:
        return None
    return Credential.objects.filter(earner=person, achievement=achievement).first()


def signed_form(credential: Credential) -> SignedForm | None:
    return credential.forms.filter(format=SignedForm.Format.OB3_EDDSA).first()


def baked_png(credential_id: int) -> bytes:
    """The picture with the signed credential inside, made again from artwork and text."""
    credential = Credential.objects.select_related("version").get(pk=credential_id)
    return baking.bake_png(artwork(credential.version), credential.forms.get(format=SignedForm.Format.OB3_EDDSA).text)


# --- endorsements -----------------------------------------------------------------------------------------------------
def endorsement_url(public_id: str) -> str:
    """The id that stands in the signed endorsement."""
    return f"{settings.PUBLIC_URL}/endorsements/{public_id}"


def id_of(subject: Endorsable) -> str:
    """The id by which signed documents name what is endorsed."""
    if isinstance(subject, Issuer):
        return issuer_url(subject.slug)
    return credential_url(subject.public_id) if isinstance(subject, Credential) else version_url(subject)


def issuer_of(subject: Endorsable) -> Issuer:
    """Whose it is: nobody among their own kin can endorse it."""
    if isinstance(subject, Issuer):
        return subject
    return subject.issuer if isinstance(subject, Credential) else subject.achievement.issuer


def name_of(subject: Endorsable) -> str:
    return subject.version.name if isinstance(subject, Credential) else subject.name


def is_kin(one: Issuer, other: Issuer) -> bool:
    """Whether one of them is the other, or stands above or below it."""
    up, down = Q(ancestor=one, descendant=other), Q(ancestor=other, descendant=one)
    return Descent.objects.filter(up | down).exists()


def may_endorse(issuer: Issuer) -> QuerySet[Issuer]:
    """Whom this issuer may ask: every organisation but its own kin."""
    others = Issuer.objects.exclude(descents_above__ancestor=issuer).exclude(descents_below__descendant=issuer)
    return others.order_by("name", "pk")


def endorsements_shown(
    *, issuer: Issuer | None = None, version: AchievementVersion | None = None, credential: Credential | None = None
) -> EndorsementQuerySet:
    """What stands on a page about these, which its reader may see: signed and not taken back, the newest first."""
    about = Q()
    for name, one in {"issuer": issuer, "version": version, "credential": credential}.items():
        if one is not None:
            about |= Q(**{name: one})
    return Endorsement.objects.signed().filter(about).with_names().order_by("-signed_at", "-pk")


def endorsements_held(**about: Issuer | AchievementVersion) -> tuple[dict[str, Any], ...]:
    """The newest signed endorsements of an issuer or a version, as a new credential embeds them."""
    held = Endorsement.objects.signed().filter(**about).order_by("-signed_at", "-pk")
    return tuple(json.loads(text) for text in held.values_list("text", flat=True)[:MOST_EMBEDDED])


def endorsement_lists(user: User) -> dict[str, EndorsementQuerySet]:
    """A person's inbox, by name: what waits for their word, what their organisations answered, what they asked for."""
    asked_of = Endorsement.objects.asked_of(user)
    waiting = Q(state=Endorsement.State.REQUESTED, expires_at__gt=clock.now())
    return {
        "waiting": asked_of.filter(waiting).with_names().order_by("expires_at", "pk"),
        "answered": asked_of.exclude(waiting).with_names(),
        "asked": Endorsement.objects.asked_for(user).with_names(),
    }
