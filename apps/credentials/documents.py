"""What programs read at the URLs of issuers and achievements, and inside an achievement's page."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from apps.core import clock
from apps.core.ids import LENGTH
from apps.credentials import jose, keys, queries, snapshots
from apps.credentials.formats import ob2, ob3
from apps.credentials.formats.snapshot import AwardSnapshot
from apps.credentials.judged import Judged, Piece
from apps.credentials.models import Credential, OutsideEndorser, SigningKey
from apps.issuers.models import Issuer

# Some verifiers read controller documents as JSON-LD: these contexts define verificationMethod, assertionMethod and
# the profile's members.
CONTROLLER_CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
    ob3.CONTEXTS[1],
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from apps.issuers.models import AchievementVersion

COMPROMISED = SigningKey.State.COMPROMISED


def issuer_document(slug: str) -> dict[str, Any] | None:
    """Profile and controller document in one (W3C Controlled Identifiers 1.0), with every key that ever signed.

    Retired keys stay assertion methods; a compromised key can still be read, but vouches for nothing. Returns None if
    there is no such issuer.
    """
    return issuer_documents([slug]).get(slug)


def issuer_documents(slugs: Collection[str]) -> dict[str, dict[str, Any]]:
    """The documents of several issuers by slug: in one query, if all of them have signed something."""
    signed_with: dict[Issuer, list[SigningKey]] = {}
    for key in SigningKey.objects.filter(issuer__slug__in=slugs).select_related("issuer"):
        signed_with.setdefault(key.issuer, []).append(key)
    missing = set(slugs) - {issuer.slug for issuer in signed_with}
    if missing:
        signed_with |= {issuer: [] for issuer in Issuer.objects.filter(slug__in=missing)}
    return {
        issuer.slug: {
            "@context": list(CONTROLLER_CONTEXTS),
            **ob3.profile(snapshots.issuer_facts(issuer)),
            **_methods(keys_, queries.issuer_url(issuer.slug)),
        }
        for issuer, keys_ in signed_with.items()
    }


def endorser_document(public_id: str) -> dict[str, Any] | None:
    """The key of someone outside who endorsed, as a controlled identifier document without a name; None before it is
    signed. It stays once it was taken back, so that copies can be checked.
    """
    name = OutsideEndorser.objects.filter(endorsement__public_id=public_id).values_list("key_name", flat=True).first()
    if not name:
        return None
    controller = queries.endorser_url(public_id)
    method = {"id": f"{controller}#{name}", "type": "Multikey", "controller": controller, "publicKeyMultibase": name}
    return {
        "@context": list(CONTROLLER_CONTEXTS[:2]),
        "id": controller,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
    }


def did_of(issuer: Issuer) -> str:
    """The did:web of an issuer's URL (did:web, section 2.1)."""
    parts = urlsplit(queries.issuer_url(issuer.slug))
    return ":".join(["did:web", quote(parts.netloc, safe=""), *parts.path.strip("/").split("/")])


def did_document(issuer: Issuer) -> dict[str, Any]:
    """The same keys under the issuer's DID, which names the issuer's URL as its alias."""
    did = did_of(issuer)
    contexts = CONTROLLER_CONTEXTS[:3]
    return {
        "@context": list(contexts),
        "id": did,
        "alsoKnownAs": [queries.issuer_url(issuer.slug)],
        **_methods(issuer.signing_keys.select_related("issuer"), did),
    }


def key_document(key: SigningKey) -> dict[str, Any]:
    """A key at its own URL: a JWK for those who follow a JWT's `kid`, and the verification method in one."""
    method = _json_web_key(key, queries.issuer_url(key.issuer.slug))
    return {"@context": "https://w3id.org/security/jwk/v1", **method, **method["publicKeyJwk"]}


def _methods(keys_: Iterable[SigningKey], controller: str) -> dict[str, Any]:
    """Verification methods: active keys first, then the most recently ended, since some readers only take a few."""
    methods, asserting = [], []
    oldest_first = list(keys_)
    active = [key for key in oldest_first if key.state == SigningKey.State.ACTIVE]
    for key in [*active, *(key for key in reversed(oldest_first) if key not in active)]:
        of_key = [_json_web_key(key, controller)]
        if key.algorithm != SigningKey.Algorithm.RSA:
            of_key.insert(0, _multikey(key, controller))
        methods += of_key
        if key.state != COMPROMISED:
            asserting += [one["id"] for one in of_key]
    return {"verificationMethod": methods, "assertionMethod": asserting} if methods else {}


def _multikey(key: SigningKey, controller: str) -> dict[str, Any]:
    method = {
        "id": f"{controller}#{key.name}",
        "type": "Multikey",
        "controller": controller,
        "publicKeyMultibase": key.name,
    }
    return method | _revoked(key)


def _json_web_key(key: SigningKey, controller: str) -> dict[str, Any]:
    """A key as a JWK, identified by its own URL, since that is what a `kid` names; under a DID, by a fragment."""
    name = f"{controller}#{key.name}-jwk" if controller.startswith("did:") else queries.key_url(key)
    public = keys.public_key(key)
    jwk = jose.public_jwk(public) | {"alg": jose.algorithm_of(public)}
    return {"id": name, "type": "JsonWebKey", "controller": controller, "publicKeyJwk": jwk} | _revoked(key)


def _revoked(key: SigningKey) -> dict[str, Any]:
    return {"revoked": ob3.moment(key.ended_at)} if key.state == COMPROMISED and key.ended_at else {}


def achievement_document(version: AchievementVersion) -> dict[str, Any]:
    """The achievement as credentials of this version contain it."""
    facts = snapshots.achievement_facts(version)
    issuer = snapshots.issuer_facts(version.achievement.issuer)
    return {"@context": list(ob3.CONTEXTS), **ob3.achievement(facts, issuer)}


def ob2_profile(issuer: Issuer) -> dict[str, Any]:
    """The Open Badges 2.0 Profile, with every key that may have signed and the revocation list."""
    rsa = issuer.signing_keys.filter(algorithm=SigningKey.Algorithm.RSA).exclude(state=COMPROMISED)
    found = list(rsa.select_related("issuer").order_by("-created_at", "-pk"))
    return ob2.profile(
        snapshots.issuer_facts(issuer),
        keys=[queries.ob2_key_url(key) for key in found],
        revocations=queries.ob2_revocations_url(issuer.slug),
    )


def ob2_key(key: SigningKey) -> dict[str, Any]:
    """An RSA key as the CryptographicKey of Open Badges 2.0."""
    issuer = queries.issuer_url(key.issuer.slug)
    return ob2.cryptographic_key(queries.ob2_key_url(key), issuer=issuer, public_key=keys.rsa_public_key(key))


def ob2_badge_class(version: AchievementVersion) -> dict[str, Any]:
    issuer = snapshots.issuer_facts(version.achievement.issuer)
    return ob2.badge_class(snapshots.achievement_facts(version), issuer)


def hosted(credential: Credential) -> tuple[dict[str, Any], HTTPStatus]:
    """What is served at the URL of its hosted form: 410 and a notice if it no longer stands."""
    if credential.status != Credential.Status.VALID:
        return revoked_assertion(credential), HTTPStatus.GONE
    return hosted_assertion(AwardSnapshot.from_json(credential.snapshot)), HTTPStatus.OK


def hosted_assertion(snapshot: AwardSnapshot) -> dict[str, Any]:
    return ob2.assertion(snapshot)


def revoked_assertion(credential: Credential) -> dict[str, Any]:
    """A hosted assertion that no longer stands, to be served with status 410 (Open Badges 2.0, "Revoking")."""
    return ob2.revoked_assertion(
        queries.credential_url(credential.public_id), reason=queries.why_in_english(credential)
    )


def ob2_revocations_sum(issuer: Issuer) -> str:
    """What tells one list of `ob2_revocations` from another: summed where the rows lie, so that none of them travels."""
    return queries.fallen_at(issuer, summed=True)


def ob2_revocations(issuer: Issuer) -> tuple[str, bytes]:
    """Every assertion that no longer stands, as it is served; and its own `ob2_revocations_sum`.

    Hosted URLs are left out unless the credential is public, since they would reveal its link. The reason is given if
    its page shows it to anyone but the earner.
    """
    lines = queries.fallen_at(issuer)
    text = ob2.revocation_list(
        queries.ob2_revocations_url(issuer.slug),
        issuer=queries.issuer_url(issuer.slug),
        revoked=map(_fallen, lines.split(",") if lines else ()),
    )
    return queries.sum_of_fallen(lines), text


def _fallen(line: str) -> ob2.Fallen:
    public_id, seen_by, status, reason = line.split(" ")
    visibility = Credential.Visibility
    return ob2.Fallen(
        queries.credential_url(public_id),
        reason="" if seen_by == visibility.PRIVATE else _why(status, reason),
        hosted=seen_by == visibility.PUBLIC,
    )


@cache
def _why(status: str, reason: str) -> str:
    """There are as many as kinds of reasons."""
    return queries.why_in_english(Credential(status=status, status_reason=reason))


def sample_credential(version: AchievementVersion, *, at: datetime) -> dict[str, Any]:
    """An unsigned example: what will be signed for someone who reaches each required level with one piece of
    evidence.
    """
    criteria = list(version.criteria.all())
    judged = Judged(
        levels={one.code: one.required_level for one in criteria},
        evidence=(Piece("e" * LENGTH, "Document", "application/pdf", tuple(one.code for one in criteria), "0" * 64),),
    )
    until = version.ends_at(at)
    snapshot = snapshots.compose(
        "x" * LENGTH, version, judged=judged, addresses=["earner@example.org"], valid_from=at, valid_until=until
    )
    return ob3.build(snapshot)


def occupational_credential(version: AchievementVersion) -> dict[str, Any]:
    """The achievement for search engines and course finders: schema.org, EducationalOccupationalCredential."""
    address = queries.version_url(version)
    issuer = version.achievement.issuer
    aligned = [one for one in version.alignments.all() if one.criterion_id is None]
    body = {
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "@id": address,
        "url": address,
        "name": version.name,
        "description": version.description,
        "image": f"{address}/badge.png",
        "inLanguage": version.language,
        "version": version.number,
        "datePublished": _day(version.published_at, issuer) if version.published_at else None,
        "credentialCategory": version.open_badges_type,
        "educationalLevel": _defined(version.level, version.get_level_framework_display()) if version.level else None,
        "competencyRequired": [
            *(one.text for one in version.outcomes.all()),
            *(_defined(one.target_name, one.target_framework, one.target_code, one.target_url) for one in aligned),
        ],
        "keywords": list(version.tags),
        "about": version.field_of_study,
        "timeRequired": f"PT{version.hours}H" if version.hours else None,
        "validFor": f"P{version.valid_for_days}D" if version.valid_for_days else None,
        "publisher": {"@type": "Organization", "@id": queries.issuer_url(issuer.slug), "name": issuer.name}
        | ({"url": issuer.url} if issuer.url else {}),
        "recognizedBy": [
            {"@type": "Organization", "name": one.authority} | ({"url": one.url} if one.url else {})
            for one in issuer.approvals.all()
        ],
    }
    return {name: value for name, value in body.items() if value not in (None, "", [])}


def _day(at: datetime, issuer: Issuer) -> str:
    """The day in the issuer's time zone."""
    return at.astimezone(clock.zone(issuer.time_zone)).date().isoformat()


def _defined(name: str, of: str, code: str = "", url: str = "") -> dict[str, str]:
    term = {"@type": "DefinedTerm", "name": str(name), "inDefinedTermSet": of, "termCode": code, "url": url}
    return {key: value for key, value in term.items() if value}
