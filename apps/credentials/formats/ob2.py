"""Open Badges 2.0: the hosted documents and the signed assertion, for readers of older badges.

What 2.0 has no field for (levels, results, hashes) goes into its narratives, as Markdown. Nothing here is translated:
what is signed doesn't depend on the language of whoever decides.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from apps.credentials import jose, proofs
from apps.credentials.formats.ob3 import component_words, filled, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

    from apps.credentials.formats.snapshot import (
        AchievementFacts,
        AlignmentFacts,
        AwardSnapshot,
        ComponentFacts,
        EvidenceFacts,
        IssuerFacts,
    )

CONTEXT = "https://w3id.org/openbadges/v2"


def hosted_id(address: str) -> str:
    """Where the 2.0 document of a credential, an achievement or an issuer is served."""
    return f"{address}/ob2.json"


def signed_id(credential: str) -> str:
    """The id of a signed assertion: a URN, always the same for one credential, since it is served nowhere."""
    return uuid.uuid5(uuid.NAMESPACE_URL, credential).urn


# --- assertions -------------------------------------------------------------------------------------------------------
def assertion(snapshot: AwardSnapshot) -> dict[str, Any]:
    """The hosted form: valid as long as it is served at its id."""
    return _assertion(snapshot, id_=hosted_id(snapshot.id), verification={"type": "HostedBadge"})


def signed_assertion(snapshot: AwardSnapshot, *, creator: str) -> dict[str, Any]:
    """The payload to sign. `creator` is the id of the CryptographicKey."""
    verification = {"type": "SignedBadge", "creator": creator}
    return _assertion(snapshot, id_=signed_id(snapshot.id), verification=verification)


def sign(snapshot: AwardSnapshot, *, creator: str, private_key: RSAPrivateKey) -> str:
    """The JWS that is baked: RS256, which every reader of 2.0 knows."""
    payload = proofs.dump(signed_assertion(snapshot, creator=creator))
    return jose.sign(payload.encode(), header={}, private_key=private_key)


def revoked_assertion(credential: str, *, reason: str = "") -> dict[str, Any]:
    """The body of the 410 response in place of a revoked hosted assertion."""
    return filled(
        {
            "@context": CONTEXT,
            "type": "Assertion",
            "id": hosted_id(credential),
            "revoked": True,
            "revocationReason": reason,
        }
    )


def _assertion(snapshot: AwardSnapshot, *, id_: str, verification: dict[str, str]) -> dict[str, Any]:
    # 2.0 allows only one recipient: the first.
    identity = snapshot.identities[0]
    return filled(
        {
            "@context": CONTEXT,
            "type": "Assertion",
            "id": id_,
            "recipient": {
                "type": "email",
                "hashed": True,
                "identity": identity.identity_hash,
                "salt": identity.salt,
            },
            # By URL: widely used readers reject a badge that is embedded in the assertion.
            "badge": hosted_id(snapshot.achievement.id),
            "issuedOn": moment(snapshot.awarded_at or snapshot.valid_from),
            "expires": moment(snapshot.valid_until) if snapshot.valid_until else None,
            "verification": verification,
            "narrative": "\n\n".join(part for part in (snapshot.narrative, _results(snapshot)) if part),
            "evidence": [
                *(_evidence(one) for one in snapshot.evidence),
                *(_component(number, one) for number, one in enumerate(snapshot.components, start=1)),
            ],
        }
    )


def _results(snapshot: AwardSnapshot) -> str:
    criteria = {one.id: one for one in snapshot.achievement.criteria}
    rows = []
    for result in snapshot.results:
        criterion = criteria[result.criterion]
        names = {level.id: level.name for level in criterion.levels}
        rows.append((criterion.name, names[result.level], names[criterion.required_level]))
    return _table(("Criterion", "Level reached", "Level needed"), rows)


def _evidence(facts: EvidenceFacts) -> dict[str, Any]:
    serves = f"Serves: {'; '.join(facts.serves)}." if facts.serves else ""
    summed = f"SHA-256: {facts.sha256}" if facts.sha256 else ""
    return filled(
        {
            "type": "Evidence",
            "id": facts.id,
            "name": facts.name,
            "genre": facts.genre,
            "narrative": " ".join(one for one in (serves, summed) if one),
        }
    )


def _component(number: int, facts: ComponentFacts) -> dict[str, Any]:
    """A component credential, at the URL of its own page."""
    return {
        "type": "Evidence",
        "id": facts.id,
        "name": f"Component {number}",
        "genre": "Credential",
        "narrative": component_words(facts),
    }


# --- what assertions point to -----------------------------------------------------------------------------------------
def badge_class(facts: AchievementFacts, issuer: IssuerFacts) -> dict[str, Any]:
    return filled(
        {
            "@context": CONTEXT,
            "type": "BadgeClass",
            "id": hosted_id(facts.id),
            "name": facts.name,
            "description": facts.description,
            "image": facts.image,
            "criteria": {"id": f"{facts.id}#criteria", "narrative": _criteria(facts)},
            "issuer": hosted_id(issuer.id),
            "alignment": [_alignment(one) for one in _alignments(facts)],
            "tags": list(facts.tags),
            "version": facts.version,
            "related": [
                filled({"type": "BadgeClass", "id": hosted_id(one.id), "version": one.version}) for one in facts.related
            ],
        }
    )


def profile(issuer: IssuerFacts, *, keys: Sequence[str] = (), revocations: str = "") -> dict[str, Any]:
    """The issuer's Profile. `keys` are the ids of all CryptographicKeys that ever signed; `revocations` is the list's
    id.
    """
    return filled(
        {
            "@context": CONTEXT,
            "type": "Profile",
            "id": hosted_id(issuer.id),
            "name": issuer.name,
            "url": issuer.url or issuer.id,
            "email": issuer.email,
            "description": issuer.description,
            "image": issuer.image,
            "publicKey": list(keys),
            "revocationList": revocations,
        }
    )


def cryptographic_key(id_: str, *, issuer: str, public_key: RSAPublicKey) -> dict[str, Any]:
    """A public key. `issuer` is the issuer's own URL; the key's owner is the 2.0 profile, which names the key in
    turn.
    """
    return {
        "@context": CONTEXT,
        "type": "CryptographicKey",
        "id": id_,
        "owner": hosted_id(issuer),
        "publicKeyPem": public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    }


class Fallen(NamedTuple):
    """A credential that no longer stands; `hosted`: whether its URL may be revealed."""

    credential: str
    reason: str = ""
    hosted: bool = False


def revocation_list(id_: str, *, issuer: str, revoked: Iterable[Fallen]) -> bytes:
    """The revocation list as JSON. Each credential is listed by its signed id, which means nothing without the file; by
    its URL only if that may be revealed.

    Entries are written one by one, so that a long list takes little memory. One widely used validator overlooks a list
    of exactly one entry, so a dummy name is added to it.
    """
    head = {"@context": CONTEXT, "type": "RevocationList", "id": id_, "issuer": hosted_id(issuer)}
    written = bytearray(f'{json.dumps(head, ensure_ascii=False)[:-1]}, "revokedAssertions": ['.encode())
    count = 0
    for count, entry in enumerate(_revoked(revoked), start=1):
        written += b", " * (count > 1) + json.dumps(entry, ensure_ascii=False).encode()
    if count == 1:
        written += b", " + json.dumps({"id": signed_id(id_)}).encode()
    written += b"]}"
    return bytes(written)


def _revoked(revoked: Iterable[Fallen]) -> Iterator[dict[str, Any]]:
    for one in revoked:
        yield filled({"id": signed_id(one.credential), "revocationReason": one.reason})
        if one.hosted:
            yield filled({"id": hosted_id(one.credential), "revocationReason": one.reason})


def _criteria(facts: AchievementFacts) -> str:
    rows = [
        (criterion.name, level.name, level.description, "yes" if level.id == criterion.required_level else "")
        for criterion in facts.criteria
        for level in criterion.levels
    ]
    table = _table(("Criterion", "Level", "What it looks like", "Needed"), rows)
    return "\n\n".join(part for part in (facts.criteria_narrative, table) if part)


def _alignments(facts: AchievementFacts) -> list[AlignmentFacts]:
    """All alignments, including those of criteria and levels, each once: in 2.0 only the whole badge is aligned."""
    found = [*facts.alignments]
    for criterion in facts.criteria:
        found += criterion.alignments
        for level in criterion.levels:
            found += level.alignments
    return list(dict.fromkeys(found))


def _alignment(facts: AlignmentFacts) -> dict[str, Any]:
    return filled(
        {
            "type": "AlignmentObject",
            "targetName": facts.name,
            "targetUrl": facts.url,
            "targetCode": facts.code,
            "targetDescription": facts.description,
            "targetFramework": facts.framework,
        }
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; empty if there are no rows."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) if rows else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
