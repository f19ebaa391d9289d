"""What happens to a credential: awarded, signed, baked, offered, kept, shown."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import queries as people
from apps.core import clock, outbox
from apps.core.events import record
from apps.core.failpoints import fail_here
from apps.core.ids import new_public_id
from apps.core.models import Installation
from apps.core.refused import Refused
from apps.credentials import baking, keys, proofs, queries, snapshots
from apps.credentials.formats import ob3
from apps.credentials.models import Bake, Credential, ShownEvidence, SignedForm, SigningKey
from apps.notices import verbs as notices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.accounts.models import User
    from apps.credentials.judged import Judged
    from apps.issuers.models import AchievementVersion, Issuer

EDDSA = SignedForm.Format.OB3_EDDSA


@transaction.atomic
def award(
    version: AchievementVersion,
    *,
    earner: User,
    basis: str,
    decision_id: str | None,
    judged: Judged,
    by: User,
    at: datetime,
) -> Credential:
    """Award a credential and enqueue what makes it real. Called by the verb that decided, in its transaction.

    Everything that the signed forms will say is frozen here, so that a later change of name, address or rubric
    touches nothing.
    """
    achievement = version.achievement
    _fix_public_url()
    if achievement.single and Credential.objects.filter(achievement=achievement, earner=earner).exists():
        raise Refused(_("%(name)s holds this already.") % {"name": earner})
    public_id = new_public_id()
    valid_until = at + timedelta(days=version.valid_for_days) if version.valid_for_days else None
    snapshot = snapshots.compose(
        public_id,
        version,
        judged=judged,
        addresses=people.verified_addresses_of(earner),
        valid_from=at,
        valid_until=valid_until,
    )
    credential = Credential.objects.create(
        public_id=public_id,
        issuer=achievement.issuer,
        achievement=achievement,
        version=version,
        earner=earner,
        single=achievement.single,
        basis=basis,
        decision_id=decision_id,
        snapshot=snapshot.to_json(),
        awarded_at=at,
        valid_from=at,
        valid_until=valid_until,
    )
    record("credential.awarded", credential, by=by, version=version.number, decision=decision_id or "")
    outbox.enqueue("apps.credentials.tasks.bake", key=f"bake:{credential.public_id}", credential_id=credential.pk)
    return credential


def sign(credential_id: int) -> SignedForm:
    """Sign the credential once; a second call gives back what the first signed. Workers only."""
    fail_here("award")
    with transaction.atomic():
        credential = Credential.objects.locked(credential_id)
        form = credential.forms.filter(format=EDDSA).first()
        if form is None:
            key = _active_key(credential.issuer)
            document = proofs.sign(
                ob3.build(snapshots.AwardSnapshot.from_json(credential.snapshot)),
                private_key=keys.decrypt(key.encrypted, issuer_id=credential.issuer.public_id, key_id=key.public_id),
                verification_method=queries.verification_method(key),
                created=credential.awarded_at,
            )
            text = proofs.dump(document)
            form = SignedForm.objects.create(
                credential=credential, format=EDDSA, key=key, text=text, sha256=_sum(text), signed_at=clock.now()
            )
            record("credential.signed", credential, by=None, format=EDDSA, sha256=form.sha256, key=key.public_id)
    fail_here("sign")
    return form


def bake(credential_id: int) -> Bake:
    """Bake the signed form into the badge picture, read it out again, compare, and record the digest."""
    form = sign(credential_id)
    with transaction.atomic():
        credential = Credential.objects.locked(credential_id)
        picture = baking.bake_png(queries.artwork(credential.version), form.text)
        if baking.unbake_png(picture) != form.text:
            message = f"{credential.public_id}: the picture does not hold what was signed"
            raise baking.BakingError(message)
        done, made = Bake.objects.get_or_create(
            form=form,
            picture=Bake.Picture.PNG,
            defaults={
                "sha256": hashlib.sha256(picture).hexdigest(),
                "size": len(picture),
                "baked_at": clock.now(),
            },
        )
        if not made and done.sha256 != hashlib.sha256(picture).hexdigest():
            message = f"{credential.public_id}: baking again gave other bytes"
            raise baking.BakingError(message)
        if credential.state == Credential.State.AWARDED:
            credential.move(Credential.State.BAKED)
            credential.save(update_fields=["state"])
            record("credential.baked", credential, by=None, sha256=done.sha256)
    fail_here("bake")
    return done


@transaction.atomic
def offer(credential_id: int) -> None:
    """Write to the earner, with the baked file and the link. Done twice, it is one letter."""
    credential = Credential.objects.locked(credential_id)
    if credential.state != Credential.State.BAKED:
        return
    credential.move(Credential.State.OFFERED)
    credential.save(update_fields=["state"])
    record("credential.offered", credential, by=None)
    badge = {
        "name": f"{credential.version.achievement.slug}.png",
        "media_type": "image/png",
        "function": "apps.credentials.queries.baked_png",
        "arguments": {"credential_id": credential.pk},
    }
    notices.write(
        "award",
        key=f"award:{credential.public_id}",
        to=credential.earner,
        address=credential.get_absolute_url(),
        facts={"badge": credential.version.name, "issuer": credential.issuer.name},
        attachments=[badge | {"cid": "badge"}],
    )


@transaction.atomic
def claim(credential: Credential, *, by: User) -> Credential:
    """Keep an offered credential. Kept twice, it is kept."""
    credential = Credential.objects.locked(credential.pk)
    if credential.earner_id != by.pk:
        raise PermissionDenied
    if credential.state == Credential.State.CLAIMED:
        return credential
    if credential.state != Credential.State.OFFERED:
        raise Refused(_("This badge is still being signed. Try again in a moment."))
    credential.move(Credential.State.CLAIMED)
    credential.save(update_fields=["state"])
    record("credential.claimed", credential, by=by)
    return credential


@transaction.atomic
def show(credential: Credential, visibility: str, *, by: User) -> bool:
    """Set who may see a credential; True when that changed anything."""
    credential = Credential.objects.locked(credential.pk)
    if credential.earner_id != by.pk:
        raise PermissionDenied
    if credential.visibility == visibility:
        return False
    before, credential.visibility = credential.visibility, visibility
    credential.save(update_fields=["visibility"])
    record("credential.shown", credential, by=by, before=before, after=visibility)
    return True


@transaction.atomic
def disclose(credential: Credential, *, by: User, name: bool, words: bool, evidence: Sequence[str]) -> bool:
    """Set what others see of a credential beside the award itself; True when that changed anything.

    `evidence` are the public ids of every piece that is shown from now on.
    """
    credential = Credential.objects.locked(credential.pk)
    if credential.earner_id != by.pk:
        raise PermissionDenied
    wanted = set(evidence)
    if not wanted <= set(queries.evidence_of(credential)):
        raise Refused(_("That piece of evidence is not part of this badge."))
    before = set(credential.shown_evidence.values_list("evidence_id", flat=True))
    if (credential.shows_name, credential.shows_words, before) == (name, words, wanted):
        return False
    credential.shows_name, credential.shows_words = name, words
    credential.save(update_fields=["shows_name", "shows_words"])
    credential.shown_evidence.exclude(evidence_id__in=wanted).delete()
    ShownEvidence.objects.bulk_create(
        ShownEvidence(credential=credential, evidence_id=one) for one in sorted(wanted - before)
    )
    record("credential.disclosed", credential, by=by, name=name, words=words, evidence=sorted(wanted))
    return True


@transaction.atomic
def make_key(issuer: Issuer) -> SigningKey:
    """A new signing key for an issuer that has none that is active. Workers only: it takes the key-encryption key."""
    pair = keys.generate()
    key = SigningKey(issuer=issuer, multibase=pair.multibase, created_at=clock.now())
    key.encrypted = keys.encrypt(pair.private, issuer_id=issuer.public_id, key_id=key.public_id)
    key.save()
    record("key.made", key, by=None, issuer=issuer.public_id)
    return key


def _active_key(issuer: Issuer) -> SigningKey:
    active = issuer.signing_keys.filter(state=SigningKey.State.ACTIVE)
    key = active.first()
    if key is not None:
        return key
    # Two workers may find none: the issuer's row makes one of them wait and look again.
    type(issuer).objects.select_for_update(of=("self",)).get(pk=issuer.pk)
    return active.first() or make_key(issuer)


def _fix_public_url() -> None:
    fixed, _made = Installation.objects.get_or_create(
        one=True, defaults={"public_url": settings.PUBLIC_URL, "fixed_at": clock.now()}
    )
    if fixed.public_url != settings.PUBLIC_URL:
        raise Refused(
            _("This installation signs as %(fixed)s, but PUBLIC_URL is %(now)s. Set it back first.")
            % {"fixed": fixed.public_url, "now": settings.PUBLIC_URL}
        )


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
