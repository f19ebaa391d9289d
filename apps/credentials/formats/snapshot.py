"""Everything that a credential says, frozen at the award: the only input of every format."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Identity:
    """A salted hash of one address: `sha256$` + hex(SHA-256(address + salt)), UTF-8 (Open Badges 3.0, IdentityObject)."""

    identity_hash: str
    salt: str
    identity_type: str = "emailAddress"


@dataclass(frozen=True)
class IdentifierFacts:
    """What something is called elsewhere (Open Badges 3.0, IdentifierEntry)."""

    identifier: str
    type: str = "identifier"


@dataclass(frozen=True)
class RelatedFacts:
    """Another achievement, such as an earlier version (Open Badges 3.0, Related)."""

    id: str
    version: str = ""
    language: str = ""


@dataclass(frozen=True)
class StatusFacts:
    """The credential's bit in a revocation list, assigned for good.

    `suspension_url` is the list that says which credentials are only suspended; the index is the same there.
    """

    list_url: str
    index: int
    suspension_url: str = ""


@dataclass(frozen=True)
class IssuerFacts:
    """`endorsements` are complete signed EndorsementCredentials with their proofs.

    `email` is the organisation's own, used only in the Open Badges 2.0 profile: validators ask for one.
    """

    id: str
    name: str
    url: str = ""
    description: str = ""
    image: str = ""
    email: str = ""
    other_identifiers: tuple[IdentifierFacts, ...] = ()
    endorsements: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class AlignmentFacts:
    """A framework item that is met (Open Badges 3.0, Alignment)."""

    name: str
    url: str
    code: str = ""
    description: str = ""
    framework: str = ""
    type: str = ""


@dataclass(frozen=True)
class LevelFacts:
    id: str
    position: int
    name: str
    description: str = ""
    points: str = ""
    alignments: tuple[AlignmentFacts, ...] = ()


@dataclass(frozen=True)
class CriterionFacts:
    """`id` is the ResultDescription's; `required_level` the id of the level that must be reached."""

    id: str
    name: str
    levels: tuple[LevelFacts, ...]
    required_level: str
    alignments: tuple[AlignmentFacts, ...] = ()


@dataclass(frozen=True)
class AchievementFacts:
    id: str
    type: str
    name: str
    description: str
    criteria_narrative: str
    image: str
    image_caption: str
    criteria: tuple[CriterionFacts, ...]
    version: str
    language: str
    tags: tuple[str, ...] = ()
    credits: str = ""
    human_code: str = ""
    field_of_study: str = ""
    alignments: tuple[AlignmentFacts, ...] = ()
    related: tuple[RelatedFacts, ...] = ()
    other_identifiers: tuple[IdentifierFacts, ...] = ()
    endorsements: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class ResultFacts:
    """The level reached on one criterion, both by id."""

    criterion: str
    level: str


@dataclass(frozen=True)
class EvidenceFacts:
    """A piece of evidence without anyone's own words: a neutral name, what it is, which criteria it serves, its
    SHA-256 (hex).

    For external evidence that an issuer named in a direct award, only name and URL are known.
    """

    id: str
    name: str
    genre: str
    serves: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class ComponentFacts:
    """A component of a larger credential: its id, the id and version of its achievement, and its credits.

    It has no hash: what its URL returns depends on who asks, and in which format.
    """

    id: str
    achievement: str
    name: str
    issuer: str
    version: str = ""
    credits: str = ""
    framework: str = ""


@dataclass(frozen=True)
class AwardSnapshot:
    """An award, frozen. `awarded_at` is set if it differs from `valid_from`; `narrative` if the award rests on no
    evidence here. `judges`, how many people marked the work, is for our pages. `credits_earned` is set if it differs
    from the achievement's credits: the sum over `components`, each once.
    """

    id: str
    subject_id: str
    issuer: IssuerFacts
    achievement: AchievementFacts
    results: tuple[ResultFacts, ...]
    evidence: tuple[EvidenceFacts, ...]
    identities: tuple[Identity, ...]
    valid_from: datetime
    valid_until: datetime | None = None
    awarded_at: datetime | None = None
    status: StatusFacts | None = None
    narrative: str = ""
    judges: int = 1
    components: tuple[ComponentFacts, ...] = ()
    credits_earned: str = ""

    def to_json(self) -> dict[str, Any]:
        return {**self.own_json(), **self.shared_json()}

    def shared_json(self) -> dict[str, Any]:
        """What all awards of a version have in common, which is most of it."""
        return {"issuer": asdict(self.issuer), "achievement": asdict(self.achievement)}

    def own_json(self) -> dict[str, Any]:
        """What is specific to this award."""
        body = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in ("issuer", "achievement")}
        for name in ("results", "evidence", "identities", "components"):
            body[name] = [dict(vars(one)) for one in body[name]]
        body["status"] = dict(vars(self.status)) if self.status else None
        for name in ("valid_from", "valid_until", "awarded_at"):
            body[name] = body[name].isoformat() if body[name] else None
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> AwardSnapshot:
        """Read a stored snapshot. Older ones lack fields that were added later."""
        achievement = _known_elsewhere(_aligned(body["achievement"]))
        achievement["criteria"] = tuple(
            CriterionFacts(
                **{**_aligned(one), "levels": tuple(LevelFacts(**_aligned(level)) for level in one["levels"])}
            )
            for one in achievement["criteria"]
        )
        achievement["tags"] = tuple(achievement["tags"])
        achievement["related"] = tuple(RelatedFacts(**one) for one in achievement.get("related", ()))
        return cls(
            id=body["id"],
            subject_id=body["subject_id"],
            issuer=IssuerFacts(**_known_elsewhere(body["issuer"])),
            achievement=AchievementFacts(**achievement),
            results=tuple(ResultFacts(**one) for one in body["results"]),
            evidence=tuple(EvidenceFacts(**{**one, "serves": tuple(one["serves"])}) for one in body["evidence"]),
            identities=tuple(Identity(**one) for one in body["identities"]),
            valid_from=datetime.fromisoformat(body["valid_from"]),
            valid_until=_moment(body["valid_until"]),
            awarded_at=_moment(body.get("awarded_at")),
            status=StatusFacts(**body["status"]) if body.get("status") else None,
            narrative=body.get("narrative", ""),
            judges=body.get("judges", 1),
            components=tuple(ComponentFacts(**one) for one in body.get("components", ())),
            credits_earned=body.get("credits_earned", ""),
        )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _aligned(body: dict[str, Any]) -> dict[str, Any]:
    """The body with its alignments as facts."""
    return {**body, "alignments": tuple(AlignmentFacts(**one) for one in body.get("alignments", ()))}


def _known_elsewhere(body: dict[str, Any]) -> dict[str, Any]:
    """The body with its other identifiers as facts, and its endorsements."""
    return {
        **body,
        "other_identifiers": tuple(IdentifierFacts(**one) for one in body.get("other_identifiers", ())),
        "endorsements": tuple(body.get("endorsements", ())),
    }
