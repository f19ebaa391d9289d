"""Badges from elsewhere: of issuers that are known by their keys alone, and that nobody has to be asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.core import clock
from apps.credentials import multikey, proofs, snapshots, verbs
from apps.credentials.formats import ob3
from apps.credentials.formats.snapshot import AchievementFacts, AwardSnapshot, IssuerFacts
from apps.demo import people
from apps.demo.designing import user_of
from apps.demo.shapes import Moment, days_ago

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from apps.demo.shapes import Person


def _bring(person: Person, *, issuer: str, badge: str, what: str, valid_for: int = 0) -> None:
    """Somebody keeps a badge that an organisation abroad has signed for them."""
    key = Ed25519PrivateKey.generate()
    name = multikey.encode(key.public_key().public_bytes_raw())
    did = f"did:key:{name}"
    now = clock.now()
    snapshot = AwardSnapshot(
        id=f"https://badges.example/{name[-12:]}",
        subject_id=f"https://badges.example/{name[-12:]}#earner",
        issuer=IssuerFacts(id=did, name=issuer),
        achievement=AchievementFacts(
            id=f"https://badges.example/{name[-12:]}/badge",
            type="Badge",
            name=badge,
            description=what,
            criteria_narrative=what,
            image="https://badges.example/badge.png",
            image_caption=badge,
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
    signed = proofs.sign(ob3.build(snapshot), private_key=key, verification_method=f"{did}#{name}", created=now)
    verbs.keep_foreign(proofs.dump(signed).encode(), by=user_of(person))


def _years_after(moment: datetime, years: int) -> datetime:
    return moment.replace(year=moment.year + years, day=min(moment.day, 28))


HISTORY: tuple[tuple[Moment, Callable[[], None]], ...] = (
    (
        days_ago(120, "21:10"),
        lambda: _bring(
            people.MARAMA,
            issuer="Tussock First Aid (invented)",
            badge="First aid on the farm",
            what="Two days with a nurse and a dummy: bleeding, breathing, broken bones, and whom to ring from where.",
            valid_for=2,
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
