"""What workers do with awards: sign each form once, bake it, record the digests; sign status lists."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count

from apps.core import clock, outbox
from apps.core.events import Happened, record, record_many
from apps.core.failpoints import fail_here
from apps.core.questions import Question, each_of
from apps.credentials import baking, compiled, keys, proofs, queries
from apps.credentials.formats import bitstring, ob2, vcjwt
from apps.credentials.models import Bake, Credential, SignedForm, SigningKey, StatusEntry, StatusList
from apps.credentials.snapshots import AwardSnapshot
from apps.credentials.verbs.keys import active_key
from apps.credentials.verbs.status_lists import SET_IN, Purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet, Value

Format = SignedForm.Format
# By credential key and format.
Forms = dict[tuple[int, str], SignedForm]
# By form key and picture.
Bakes = dict[tuple[int, str], Bake]
# Credentials whose further forms are signed in one transaction: with RSA that takes half a second.
AT_ONCE = 100
# How many credentials a day are checked for missing forms.
LOOKED_AT = 200_000


def bake(credential_ids: Sequence[int]) -> None:
    """Sign each credential once, bake the signed form into the badge picture, read it back, and record the digest.

    From here on anyone can verify it. Skips credentials already baked, and those whose earner has been erased.
    Workers only.
    """
    fail_here("award")
    _bake_new(credential_ids)
    compiled.hand_on()
    fail_here("bake")


@transaction.atomic
def _bake_new(credential_ids: Sequence[int]) -> None:
    kind = Format.OB3_EDDSA
    held = [one for one in _held(credential_ids) if one.state == Credential.State.AWARDED]
    forms, made = _forms_of(held, [kind])
    told = [
        Happened(form.credential.public_id, {"format": form.format, "sha256": form.sha256, "key": form.key.public_id})
        for form in made
    ]
    record_many("credential.signed", Credential, told, by=None)
    fail_here("sign")
    bakes = _bakes_of(held, forms, [kind], [Bake.Picture.PNG])
    for one in held:
        one.move(Credential.State.BAKED)
    Credential.objects.filter(pk__in=[one.pk for one in held]).update(state=Credential.State.BAKED)
    told = [Happened(one.public_id, {"sha256": bakes[forms[one.pk, kind].pk, Bake.Picture.PNG].sha256}) for one in held]
    record_many("credential.baked", Credential, told, by=None)


def sign_others_of(credential_ids: Sequence[int]) -> int:
    """Sign the further forms, each once, and bake every picture that can hold one, with digests. Return how many
    credentials.

    Nothing more is signed once the earner is erased. Each transaction handles a hundred. Workers only.
    """
    return sum(_sign_some(credential_ids[at : at + AT_ONCE]) for at in range(0, len(credential_ids), AT_ONCE))


@transaction.atomic
def _sign_some(credential_ids: Sequence[int]) -> int:
    held = _held(credential_ids)
    forms, made = _forms_of(held, list(Format))
    told: dict[str, dict[str, Any]] = {one.public_id: {} for one in held}
    for form in made:
        told[form.credential.public_id][form.format] = {"sha256": form.sha256, "key": form.key.public_id}
    signed = [Happened(public_id, {"forms": new}) for public_id, new in told.items() if new]
    record_many("credential.signed", Credential, signed, by=None)
    fail_here("forms")
    _bakes_of(held, forms, list(Format), list(Bake.Picture))
    return len(held)


def _held(credential_ids: Sequence[int]) -> list[Credential]:
    """The credentials, locked in one order, so that two workers with some in common can't deadlock."""
    return _HELD.all(list(credential_ids))


def _to_hold(keys: Value) -> QuerySet[Credential]:
    wanted = Credential.objects.filter(pk__in=each_of(keys), earner__erased_at=None).order_by("pk")
    return wanted.select_related("issuer", "version__achievement").select_for_update(of=("self",))


_HELD = Question(_to_hold)


_FORMS = Question(lambda keys: SignedForm.objects.filter(credential__in=each_of(keys)))


def _forms_of(held: Sequence[Credential], kinds: Sequence[Format]) -> tuple[Forms, list[SignedForm]]:
    """The forms of these kinds, signed if missing; and the list of new ones."""
    found = _FORMS.all([one.pk for one in held])
    forms = {(one.credential_id, one.format): one for one in found if one.format in kinds}
    now = clock.now()
    # Several kinds are signed with one key.
    signs = {(one.issuer_id, queries.ALGORITHMS[kind]): one.issuer for one in held for kind in kinds}
    signers = {place: active_key(issuer, place[1]) for place, issuer in signs.items()}
    made = [
        _signed(one, kind, signers[one.issuer_id, queries.ALGORITHMS[kind]], snapshot, now)
        for one in held
        for snapshot in [AwardSnapshot.from_json(one.snapshot)]
        for kind in kinds
        if (one.pk, kind) not in forms
    ]
    SignedForm.objects.bulk_create(made)
    return forms | {(one.credential_id, one.format): one for one in made}, made


_BAKES = Question(lambda keys: Bake.objects.filter(form__credential__in=each_of(keys)))


def _bakes_of(held: Sequence[Credential], forms: Forms, kinds: Sequence[str], pictures: Sequence[str]) -> Bakes:
    """These forms baked into those of these pictures that can hold them, if not done before."""
    found = _BAKES.all([one.pk for one in held])
    bakes = {(one.form_id, one.picture): one for one in found if one.picture in pictures}
    wanted = [
        (one.version, forms[one.pk, kind], picture)
        for one in held
        for kind in kinds
        for picture in queries.pictures_for(kind, one.version)
        if picture in pictures and (forms[one.pk, kind].pk, picture) not in bakes
    ]
    places = {(version, picture) for version, _form, picture in wanted}
    art = {place: queries.artwork(*place) for place in places}
    made = Bake.objects.bulk_create(_bake(picture, form, art[version, picture]) for version, form, picture in wanted)
    return bakes | {(one.form_id, one.picture): one for one in made}


def sign_missing(limit: int = 1_000) -> int:
    """Enqueue the missing further forms of credentials awarded before those existed. Return for how many.

    If there are very many, each day covers a different part. Awards since yesterday have their own jobs.
    """
    at = clock.now()
    newest = Credential.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    first = at.toordinal() % (newest // LOOKED_AT + 1) * LOOKED_AT
    found = Credential.objects.filter(
        pk__range=(first, first + LOOKED_AT - 1), awarded_at__lt=at - timedelta(days=1), earner__erased_at=None
    )
    found = found.exclude(state=Credential.State.AWARDED).annotate(forms_made=Count("forms"))
    lacking = list(found.filter(forms_made__lt=len(Format)).order_by("pk").values_list("pk", "public_id")[:limit])
    with transaction.atomic():
        for pk, public_id in lacking:
            outbox.enqueue("apps.credentials.tasks.sign_others", key=f"sign_others:{public_id}", credential_id=pk)
    return len(lacking)


@transaction.atomic
def publish(list_id: int) -> StatusList:
    """Sign a list as it stands, in both forms, unless nothing has changed since the last time. Workers only."""
    one = StatusList.objects.locked(list_id)
    if one.published == one.changes:
        return one
    now = clock.now()
    document = bitstring.list_credential(
        address=queries.status_list_url(one.issuer, one.number),
        issuer_id=queries.issuer_url(one.issuer.slug),
        purpose=one.purpose,
        encoded=bitstring.encode(_set_bits(one), one.size),
        valid_from=now,
    )
    ed25519 = active_key(one.issuer)
    one.text = prove(document, ed25519, created=now)
    p256 = active_key(one.issuer, SigningKey.Algorithm.P256)
    one.jwt = vcjwt.sign(document, kid=queries.key_url(p256), private_key=keys.signer(p256))
    fail_here("status")
    one.published, one.published_at = one.changes, now
    one.save(update_fields=["text", "jwt", "published", "published_at"])
    record("status_list.published", one, by=None, changes=one.changes, key=ed25519.public_id)
    return one


def _signed(
    credential: Credential, kind: Format, key: SigningKey, snapshot: AwardSnapshot, now: datetime
) -> SignedForm:
    text = _SIGNING[kind](snapshot, key)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return SignedForm(credential=credential, format=kind, key=key, text=text, sha256=sha256, signed_at=now)


def prove(document: dict[str, Any], key: SigningKey, *, created: datetime) -> str:
    """Add a Data Integrity proof to a document; return the text that is stored, served and baked."""
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


def _bake(picture: str, form: SignedForm, artwork: bytes) -> Bake:
    """Bake a form into a picture, read it back, and compare with what was signed. Raises BakingError if they differ."""
    baked = queries.spliced(picture, form, artwork)
    if baking.read(baked).text != form.text:
        message = f"{form}: the picture does not hold what was signed"
        raise baking.BakingError(message)
    sha256 = hashlib.sha256(baked).hexdigest()
    return Bake(form=form, picture=picture, sha256=sha256, size=len(baked), baked_at=clock.now())


def _set_bits(one: StatusList) -> list[int]:
    first = one.number if one.purpose == Purpose.REVOCATION else one.number - 1
    entries = StatusEntry.objects.filter(list__issuer=one.issuer_id, list__number=first)
    # An issuer's credentials that don't stand are few and indexed; those with a place in the list are not.
    bits = entries.filter(credential__issuer=one.issuer_id, credential__status__in=SET_IN[Purpose(one.purpose)])
    return list(bits.values_list("index", flat=True))
