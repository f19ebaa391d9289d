"""Badges from elsewhere, whose issuers are known only by their keys, so that nobody needs to be asked about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.backpacks import verbs as backpacks
from apps.core import clock
from apps.credentials import baking, jose, multikey, proofs, snapshots, verbs
from apps.credentials.formats import ob3, vcjwt
from apps.credentials.formats.snapshot import AchievementFacts, AwardSnapshot, IssuerFacts
from apps.demo import people
from apps.demo.designing import user_of
from apps.demo.evidence import canvas, sheets
from apps.demo.shapes import Moment, days_ago

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from apps.demo.shapes import Person

_P384_BYTES = 48


def _bring(person: Person, *, issuer: str, badge: str, what: str, valid_for: int = 0, picture: str = "") -> None:
    """Keep a badge that an organisation abroad has signed for a person: its text, or a picture with that inside."""
    key = Ed25519PrivateKey.generate()
    name = multikey.encode(key.public_key().public_bytes_raw())
    document = _document(person, issuer=issuer, badge=badge, what=what, valid_for=valid_for, name=name)
    method = f"did:key:{name}#{name}"
    signed = proofs.dump(proofs.sign(document, private_key=key, verification_method=method, created=clock.now()))
    data = baking.bake_png(canvas.as_badge(picture), signed) if picture else signed.encode()
    verbs.keep_foreign(data, by=user_of(person))


def _document(person: Person, *, issuer: str, badge: str, what: str, valid_for: int, name: str) -> dict[str, object]:
    now = clock.now()
    at = f"https://badges.example/{name[-12:]}"
    document = ob3.build(
        AwardSnapshot(
            id=at,
            subject_id=f"{at}#earner",
            issuer=IssuerFacts(id=f"did:key:{name}", name=issuer),
            achievement=AchievementFacts(
                id=f"{at}/badge",
                type="Badge",
                name=badge,
                description=what,
                criteria_narrative=what,
                image="",
                image_caption="",
                criteria=(),
                version="1",
                language="en",
            ),
            results=(),
            evidence=(),
            identities=(snapshots.hash_identity(person.email),),
            valid_from=now,
            valid_until=_years_after(now, valid_for) if valid_for else None,
        )
    )
    # Nobody answers at that host: a picture there would be asked for in vain, once for each of these badges.
    for one in (document, document["credentialSubject"]["achievement"]):
        del one["image"]
    return document


def _try(person: Person) -> None:
    """Import two at once: one with a signature that can't be read here, the other a screenshot."""
    document = _document(
        person,
        issuer="Brightwater Rescue Skills (invented)",
        badge="First aid: outdoor response",
        what="Two days on a river flat: a casualty, the weather, and the hours until somebody comes.",
        valid_for=3,
        name="zBrightwaterRescue",
    )
    screen = canvas.as_screenshot(_rosette("#5b3f8c", "WOOL"))
    backpacks.import_badges(
        by=user_of(person),
        files=[("outdoor-response.jwt", _token(document).encode()), ("screenshot wool classing.png", screen)],
    )


def _token(document: dict[str, object]) -> str:
    """A token signed with ES384, which is allowed for badges but not supported here."""
    payload = proofs.dump(vcjwt.claims(document) | document).encode()
    header = b'{"alg":"ES384","typ":"JWT"}'
    signed = f"{jose.base64url(header)}.{jose.base64url(payload)}"
    pair = decode_dss_signature(
        ec.generate_private_key(ec.SECP384R1()).sign(signed.encode(), ec.ECDSA(hashes.SHA384()))
    )
    return f"{signed}.{jose.base64url(b''.join(one.to_bytes(_P384_BYTES, 'big') for one in pair))}"


def _tell(person: Person) -> None:
    """Declare a paper certificate, with a photograph of it."""
    paper = sheets.certificate(
        "Pukatea Evening School (invented)",
        person.name,
        "Wool classing, first year",
        "Thirty evenings in the hall behind the saleyards: breeds, faults, and fifty fleeces put into their lines.",
        signed="D. Ferrar, tutor",
    )
    backpacks.declare(
        by=user_of(person),
        name="Wool classing, first year",
        issuer_name="Pukatea Evening School (invented)",
        earned_on=clock.now().date().replace(month=11, day=14, year=clock.now().year - 6),
        words="Thirty evenings. The tutor is retired; the book of names is in the library at Pukatea.",
        picture=SimpleUploadedFile("certificate.jpg", canvas.as_photo(paper)),
    )


def _rosette(colour: str, word: str) -> str:
    """A rosette on a square, unlike any badge of ours."""
    return canvas.drawing(
        400,
        400,
        canvas.rect(12, 12, 376, 376, "#f1efe8", round=36, more='stroke="#8d8a7e" stroke-width="6"'),
        canvas.path("M150 230 L120 350 L165 325 L200 360 L235 325 L280 350 L250 230 Z", colour),
        canvas.circle(200, 165, 108, colour),
        canvas.circle(200, 165, 84, "#fbfaf5"),
        canvas.words(200, 182, word, 46, fill=colour, anchor="middle"),
        ground="#fbfaf5",
    )


def _years_after(moment: datetime, years: int) -> datetime:
    return moment.replace(year=moment.year + years, day=min(moment.day, 28))


HISTORY: tuple[tuple[Moment, Callable[[], None]], ...] = (
    (
        days_ago(420, "20:30"),
        lambda: _bring(
            people.MARAMA,
            issuer="Northern Saws (invented)",
            badge="Chainsaw basics",
            what="A day in the pines: fuel, chain, stance, and felling one that is thinner than your arm.",
            valid_for=1,
            picture=_rosette("#b5541c", "SAW"),
        ),
    ),
    (days_ago(300, "20:15"), lambda: _tell(people.MARAMA)),
    (days_ago(3, "19:50"), lambda: _try(people.MARAMA)),
    (
        days_ago(120, "21:10"),
        lambda: _bring(
            people.MARAMA,
            issuer="Tussock First Aid (invented)",
            badge="First aid on the farm",
            what="Two days with a nurse and a dummy: bleeding, breathing, broken bones, and whom to ring from where.",
            valid_for=2,
            picture=_rosette("#8c2942", "AID"),
        ),
    ),
    (
        days_ago(35, "20:45"),
        lambda: _bring(
            people.LAYLA,
            issuer="Harbour Language School (invented)",
            badge="English for care work",
            what="Handover, telephone, and telling a family what has changed: spoken with people who do the work.",
        ),
    ),
)
