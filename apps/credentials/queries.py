"""Reads about credentials that need a name: their addresses, their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F

from apps.credentials import baking
from apps.credentials.models import Credential, ShownEvidence, SignedForm
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.credentials.models import SigningKey
    from apps.issuers.models import Achievement, Issuer


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


def evidence_of(credential: Credential) -> list[str]:
    """Public ids of the pieces that a credential was awarded for, in its order."""
    return [one["id"].rpartition("/")[2] for one in credential.snapshot["evidence"]]


def is_shown(evidence_id: str) -> bool:
    """Whether an earner shows this piece of evidence to strangers, on a credential that they may see."""
    return ShownEvidence.objects.filter(
        evidence_id=evidence_id, credential__in=Credential.objects.visible_to(None)
    ).exists()


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


def signed_form_at(public_id: str, among: QuerySet[Credential]) -> SignedForm | None:
    """The signed form of a credential `among` those that may be seen, with all that its page needs, in one read."""
    forms = SignedForm.objects.filter(
        format=SignedForm.Format.OB3_EDDSA, credential__public_id=public_id, credential__in=among
    )
    return forms.select_related(
        "key__issuer", "credential__issuer", "credential__earner", "credential__version__achievement"
    ).first()


def baked_png(credential_id: int) -> bytes:
    """The picture with the signed credential inside, made again from artwork and text."""
    credential = Credential.objects.select_related("version").get(pk=credential_id)
    return baking.bake_png(artwork(credential.version), credential.forms.get(format=SignedForm.Format.OB3_EDDSA).text)
