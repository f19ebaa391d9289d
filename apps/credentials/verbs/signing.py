"""What workers do with what was awarded: sign each form once, bake it, record the digests; sign status lists."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count

from apps.core import clock, outbox
from apps.core.events import record
from apps.core.failpoints import fail_here
from apps.credentials import baking, compiled, keys, proofs, queries
from apps.credentials.formats import bitstring, ob2, vcjwt
from apps.credentials.models import Bake, Credential, SignedForm, SigningKey, StatusEntry, StatusList
from apps.credentials.snapshots import AwardSnapshot
from apps.credentials.verbs.keys import active_key
from apps.credentials.verbs.status_lists import SET_IN, Purpose

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Format = SignedForm.Format


def sign(credential_id: int) -> SignedForm:
    """Sign the credential once; a second call gives back what the first signed. Workers only."""
    fail_here("award")
    form = _sign_as(credential_id, Format.OB3_EDDSA)
    compiled.hand_on()
    fail_here("sign")
    return form


def bake(credential_id: int) -> Bake:
    """Bake the signed form into the badge picture, read it out again, compare, and record the digest."""
    form = sign(credential_id)
    with transaction.atomic():
        credential = Credential.objects.locked(credential_id)
        done = _bake_into(Bake.Picture.PNG, form, credential)
        if credential.state == Credential.State.AWARDED:
            credential.move(Credential.State.BAKED)
            credential.save(update_fields=["state"])
            record("credential.baked", credential, by=None, sha256=done.sha256)
    fail_here("bake")
    return done


def sign_others(credential_id: int) -> None:
    """The further forms, each signed once, and every picture that can hold one, each with its digest. Workers only."""
    if queries.has_no_earner(credential_id):
        return  # what was not signed before its earner left is signed no more
    for kind in Format:
        form = _sign_as(credential_id, kind)
        with transaction.atomic():
            credential = Credential.objects.locked(credential_id)
            for picture in queries.pictures_for(kind, credential.version):
                _bake_into(picture, form, credential)


def sign_missing(limit: int = 1_000) -> int:
    """Have the further forms made of credentials that were awarded before there were any. Says of how many."""
    found = Credential.objects.filter(earner__erased_at=None)
    found = found.exclude(state=Credential.State.AWARDED).annotate(forms_made=Count("forms"))
    lacking = list(found.filter(forms_made__lt=len(Format)).order_by("pk").values_list("pk", "public_id")[:limit])
    with transaction.atomic():
        for pk, public_id in lacking:
            outbox.enqueue("apps.credentials.tasks.sign_others", key=f"sign_others:{public_id}", credential_id=pk)
    return len(lacking)


@transaction.atomic
def publish(list_id: int) -> StatusList:
    """Sign a list as it stands, in both forms. Nothing is done where nothing has changed since. Workers only."""
    one = StatusList.objects.locked(list_id)
    if one.published == one.changes:
        return one
    now = clock.now()
    document = bitstring.list_credential(
        address=queries.status_list_url(one.issuer, one.number),
        issuer_id=queries.issuer_url(one.issuer.slug),
        purpose=one.purpose,
        encoded=bitstring.encode(_set_bits(one)),
        valid_from=now,
    )
    ed25519 = active_key(one.issuer)
    one.text = prove(document, ed25519, created=now)
    p256 = active_key(one.issuer, SigningKey.Algorithm.P256)
    one.jwt = vcjwt.sign(document, kid=queries.key_url(p256), private_key=keys.signer(p256))
    one.published, one.published_at = one.changes, now
    one.save(update_fields=["text", "jwt", "published", "published_at"])
    record("status_list.published", one, by=None, changes=one.changes, key=ed25519.public_id)
    return one


@transaction.atomic
def _sign_as(credential_id: int, kind: Format) -> SignedForm:
    credential = Credential.objects.locked(credential_id)
    form = credential.forms.filter(format=kind).first()
    if form is None:
        key = active_key(credential.issuer, queries.ALGORITHMS[kind])
        text = _SIGNING[kind](AwardSnapshot.from_json(credential.snapshot), key)
        form = SignedForm.objects.create(
            credential=credential,
            format=kind,
            key=key,
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            signed_at=clock.now(),
        )
        record("credential.signed", credential, by=None, format=kind, sha256=form.sha256, key=key.public_id)
    return form


def prove(document: dict[str, Any], key: SigningKey, *, created: datetime) -> str:
    """A document with its Data Integrity proof, as it is stored, served and baked."""
    signed = proofs.sign(
        document,
        private_key=keys.ed25519_signer(key),
        verification_method=queries.verification_method(key),
        created=created,
    )
    return proofs.dump(signed)


def _data_integrity(snapshot: AwardSnapshot, key: SigningKey) -> str:
    return compiled.sign(
        snapshot,
        private_key=keys.ed25519_signer(key),
        verification_method=queries.verification_method(key),
        created=clock.now(),
    )


def _vc_jwt(snapshot: AwardSnapshot, key: SigningKey) -> str:
    return vcjwt.build(snapshot, kid=queries.key_url(key), private_key=keys.signer(key))


def _ob2_jws(snapshot: AwardSnapshot, key: SigningKey) -> str:
    return ob2.sign(snapshot, creator=queries.ob2_key_url(key), private_key=keys.rsa_signer(key))


_SIGNING: dict[Format, Callable[[AwardSnapshot, SigningKey], str]] = {
    Format.OB3_EDDSA: _data_integrity,
    Format.JWT_EDDSA: _vc_jwt,
    Format.JWT_ES256: _vc_jwt,
    Format.JWT_RS256: _vc_jwt,
    Format.OB2_JWS: _ob2_jws,
}


def _bake_into(picture: str, form: SignedForm, credential: Credential) -> Bake:
    """Splice, read out again, compare with what was signed and, the second time, with the digest of the first."""
    baked = queries.baked(picture, form, credential.version)
    if baking.read(baked).text != form.text:
        message = f"{credential.public_id}: the picture does not hold what was signed"
        raise baking.BakingError(message)
    sha256 = hashlib.sha256(baked).hexdigest()
    done, _made = Bake.objects.get_or_create(
        form=form, picture=picture, defaults={"sha256": sha256, "size": len(baked), "baked_at": clock.now()}
    )
    if done.sha256 != sha256:
        message = f"{credential.public_id}: baking again gave other bytes"
        raise baking.BakingError(message)
    return done


def _set_bits(one: StatusList) -> list[int]:
    first = one.number if one.purpose == Purpose.REVOCATION else one.number - 1
    entries = StatusEntry.objects.filter(list__issuer=one.issuer_id, list__number=first)
    return list(entries.filter(credential__status__in=SET_IN[Purpose(one.purpose)]).values_list("index", flat=True))
