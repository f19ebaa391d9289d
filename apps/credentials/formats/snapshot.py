"""Everything that a credential says, frozen at the award: the one input of every format."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Identity:
    """A salted hash of one address: `sha256$` + hex(SHA-256(address + salt)), UTF-8 (Open Badges 3.0, IdentityObject)."""

    identity_hash: str
    salt: str
    identity_type: str = "emailAddress"


@dataclass(frozen=True)
class IssuerFacts:
    id: str
    name: str
    url: str = ""
    description: str = ""
    image: str = ""


@dataclass(frozen=True)
class AlignmentFacts:
    """A node of a framework that is met (Open Badges 3.0, Alignment)."""

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
    """`id` is the ResultDescription's; `required_level` the id of the level that has to be reached."""

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


@dataclass(frozen=True)
class ResultFacts:
    """The level reached on one criterion, both by id."""

    criterion: str
    level: str


@dataclass(frozen=True)
class EvidenceFacts:
    """A piece of evidence without a word of anybody's: a neutral name, what it is, what it serves, its SHA-256 (hex)."""

    id: str
    name: str
    genre: str
    serves: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class AwardSnapshot:
    id: str
    subject_id: str
    issuer: IssuerFacts
    achievement: AchievementFacts
    results: tuple[ResultFacts, ...]
    evidence: tuple[EvidenceFacts, ...]
    identities: tuple[Identity, ...]
    valid_from: datetime
    valid_until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        body = asdict(self)
        body["valid_from"] = self.valid_from.isoformat()
        body["valid_until"] = self.valid_until.isoformat() if self.valid_until else None
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> AwardSnapshot:
        achievement = _aligned(body["achievement"])
        achievement["criteria"] = tuple(
            CriterionFacts(
                **{**_aligned(one), "levels": tuple(LevelFacts(**_aligned(level)) for level in one["levels"])}
            )
            for one in achievement["criteria"]
        )
        achievement["tags"] = tuple(achievement["tags"])
        return cls(
            id=body["id"],
            subject_id=body["subject_id"],
            issuer=IssuerFacts(**body["issuer"]),
            achievement=AchievementFacts(**achievement),
            results=tuple(ResultFacts(**one) for one in body["results"]),
            evidence=tuple(EvidenceFacts(**{**one, "serves": tuple(one["serves"])}) for one in body["evidence"]),
            identities=tuple(Identity(**one) for one in body["identities"]),
            valid_from=datetime.fromisoformat(body["valid_from"]),
            valid_until=datetime.fromisoformat(body["valid_until"]) if body["valid_until"] else None,
        )


def _aligned(body: dict[str, Any]) -> dict[str, Any]:
    """The body with its alignments as facts; awards from before there were any have none."""
    return {**body, "alignments": tuple(AlignmentFacts(**one) for one in body.get("alignments", ()))}
