"""From rows to the snapshot from which every format is built."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from django.db.models import prefetch_related_objects

from apps.core.text import is_iri
from apps.credentials import queries
from apps.credentials.formats.endorsement import EndorsementFacts
from apps.credentials.formats.snapshot import (
    AchievementFacts,
    AlignmentFacts,
    AwardSnapshot,
    ComponentFacts,
    CriterionFacts,
    EvidenceFacts,
    Identity,
    IssuerFacts,
    LevelFacts,
    RelatedFacts,
    ResultFacts,
    StatusFacts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from apps.credentials.judged import Judged
    from apps.credentials.models import Endorsement
    from apps.issuers.models import AchievementVersion, Alignment, Issuer

# Not translated: what is signed doesn't depend on the language of whoever awards.
DIRECT = "Awarded directly by the issuer: no work was assessed here."

__all__ = [
    "DIRECT",
    "AwardSnapshot",
    "ComponentFacts",
    "achievement_facts",
    "compose",
    "endorsement_facts",
    "hash_identity",
    "issuer_facts",
    "once_more",
    "one_of_many",
]


def compose(
    public_id: str,
    version: AchievementVersion,
    *,
    judged: Judged,
    addresses: Sequence[str],
    valid_from: datetime,
    valid_until: datetime | None,
    narrative: str = "",
    components: tuple[ComponentFacts, ...] = (),
    credits_earned: str = "",
) -> AwardSnapshot:
    """Freeze what a credential will say: no name, no plain address, no words of learner or assessor."""
    page = queries.version_url(version)
    issuer = version.achievement.issuer
    facts = achievement_facts(version)
    # Endorsements up to now are embedded; later ones appear only on our pages.
    endorsements = queries.endorsements_held(version)
    names = {criterion.code: criterion.name for criterion in version.criteria.all()}
    return AwardSnapshot(
        id=queries.credential_url(public_id),
        subject_id=f"{queries.credential_url(public_id)}#earner",
        issuer=replace(issuer_facts(issuer), endorsements=endorsements.of_issuer),
        achievement=replace(
            facts,
            endorsements=endorsements.of_version,
            related=(*facts.related, *(_related(one) for one in components if is_iri(one.achievement))),
        ),
        results=tuple(
            ResultFacts(criterion=f"{page}#{code}", level=f"{page}#{code}-l{level}")
            for code, level in judged.levels.items()
        ),
        evidence=tuple(
            EvidenceFacts(
                id=queries.evidence_url(piece.public_id),
                # Not translated: what is signed doesn't depend on the language of whoever decides.
                name=f"Evidence {number}",
                genre=piece.genre,
                serves=tuple(names[code] for code in piece.criteria),
                sha256=piece.sha256,
            )
            for number, piece in enumerate(judged.evidence, start=1)
        ),
        identities=tuple(hash_identity(address) for address in addresses),
        valid_from=valid_from,
        valid_until=valid_until,
        narrative=narrative,
        judges=judged.judges,
        components=components,
        credits_earned=credits_earned,
    )


def once_more(
    snapshot: AwardSnapshot, public_id: str, version: AchievementVersion, *, addresses: Sequence[str]
) -> AwardSnapshot:
    """The same award for a new credential: with its own id, today's addresses, and current endorsements."""
    endorsements = queries.endorsements_held(version)
    return replace(
        snapshot,
        id=queries.credential_url(public_id),
        subject_id=f"{queries.credential_url(public_id)}#earner",
        issuer=replace(snapshot.issuer, endorsements=endorsements.of_issuer),
        achievement=replace(snapshot.achievement, endorsements=endorsements.of_version),
        identities=tuple(hash_identity(address) for address in addresses),
    )


def one_of_many(
    base: AwardSnapshot,
    public_id: str,
    *,
    addresses: Iterable[str],
    narrative: str,
    evidence: Sequence[str],
    valid_until: datetime | None,
    status: StatusFacts,
) -> AwardSnapshot:
    """One of many direct awards of a version; `base` holds what they share. `evidence`: URLs elsewhere."""
    return replace(
        base,
        id=queries.credential_url(public_id),
        subject_id=f"{queries.credential_url(public_id)}#earner",
        identities=tuple(hash_identity(one) for one in addresses),
        narrative=f"{base.narrative} {narrative}".strip(),
        evidence=tuple(
            EvidenceFacts(id=one, name=f"Evidence {number}", genre="", serves=(), sha256="")
            for number, one in enumerate(evidence, start=1)
        ),
        valid_until=valid_until,
        status=status,
    )


def hash_identity(address: str, salt: str | None = None) -> Identity:
    """A hashed address as a credential may carry it, with its own salt."""
    salt = secrets.token_hex(16) if salt is None else salt
    return Identity(identity_hash="sha256$" + hashlib.sha256((address + salt).encode()).hexdigest(), salt=salt)


def issuer_facts(issuer: Issuer) -> IssuerFacts:
    return IssuerFacts(
        id=queries.issuer_url(issuer.slug),
        name=issuer.name,
        url=issuer.url,
        description=issuer.description,
        image=f"{queries.issuer_url(issuer.slug)}/logo.png" if issuer.logo_sha256 else "",
        email=issuer.email,
    )


def achievement_facts(version: AchievementVersion) -> AchievementFacts:
    page = queries.version_url(version)
    prefetch_related_objects([version], "criteria__levels")
    aligned: dict[tuple[int | None, int | None], tuple[AlignmentFacts, ...]] = {}
    for one in version.alignments.all():
        place = one.criterion_id, one.level_id
        aligned[place] = (*aligned.get(place, ()), _alignment_facts(one))
    return AchievementFacts(
        id=page,
        type=version.open_badges_type,
        name=version.name,
        description=version.description,
        criteria_narrative=version.how_earned,
        image=f"{page}/badge.png",
        image_caption=version.picture_alt or f"{version.name}, {version.achievement.issuer.name}",
        criteria=tuple(
            CriterionFacts(
                id=f"{page}#{criterion.code}",
                name=criterion.name,
                required_level=f"{page}#{criterion.code}-l{criterion.required_level}",
                levels=tuple(
                    LevelFacts(
                        id=f"{page}#{criterion.code}-l{level.position}",
                        position=level.position,
                        name=level.name,
                        description=level.description,
                        points=f"{level.points.normalize():f}" if level.points is not None else "",
                        alignments=aligned.get((criterion.pk, level.pk), ()),
                    )
                    for level in criterion.levels.all()
                ),
                alignments=aligned.get((criterion.pk, None), ()),
            )
            for criterion in version.criteria.all()
        ),
        version=str(version.number),
        language=version.language,
        tags=tuple(version.tags),
        credits=f"{version.credits.normalize():f}" if version.credits is not None else "",
        field_of_study=version.field_of_study,
        alignments=aligned.get((None, None), ()),
        related=_version_before(page, version.number),
    )


def _related(component: ComponentFacts) -> RelatedFacts:
    return RelatedFacts(id=component.achievement, version=component.version)


def _version_before(page: str, number: int) -> tuple[RelatedFacts, ...]:
    """The previous version. Numbers have no gaps, and a version only begins once its predecessor is published: no
    query needed.
    """
    if number == 1:
        return ()
    return (RelatedFacts(id=f"{page.rpartition('/v')[0]}/v{number - 1}", version=str(number - 1)),)


def endorsement_facts(endorsement: Endorsement) -> EndorsementFacts:
    """What an accepted endorsement will say. A credential is named by its badge: no person's name is signed."""
    return EndorsementFacts(
        id=queries.endorsement_url(endorsement.public_id),
        # Not translated: what is signed doesn't depend on the language of whoever answers.
        name=f"Endorsement of {endorsement.subject_name}",
        subject_id=queries.id_of(endorsement.subject),
        comment=endorsement.comment,
        endorser=_endorser_facts(endorsement),
        valid_from=endorsement.answered_at or endorsement.asked_at,
    )


def _endorser_facts(endorsement: Endorsement) -> IssuerFacts:
    outside = endorsement.outside
    if outside is None:
        return issuer_facts(cast("Issuer", endorsement.endorser))
    return IssuerFacts(id=queries.endorser_url(endorsement.public_id), name=outside.name, description=outside.role)


def _alignment_facts(one: Alignment) -> AlignmentFacts:
    return AlignmentFacts(
        name=one.target_name,
        url=one.target_url,
        code=one.target_code,
        description=one.target_description,
        framework=" ".join(part for part in (one.target_framework, one.framework_version) if part),
        type=one.target_type,
    )
