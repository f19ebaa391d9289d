"""The verbs on an issuer's keys. Only workers make and decrypt keys; a request for a change leaves a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock, outbox, turns
from apps.core.events import digest, record
from apps.core.questions import Question
from apps.core.refused import Refused
from apps.credentials import keys, policies
from apps.credentials.models import SigningKey, StatusList
from apps.credentials.verbs.status_lists import announce_change
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from django.db.models import QuerySet, Value

    from apps.accounts.models import User

Algorithm = SigningKey.Algorithm


@transaction.atomic
def make_key(issuer: Issuer, algorithm: str = Algorithm.ED25519) -> SigningKey:
    """Make a signing key for an issuer that has no active one of this algorithm. Workers only."""
    pair = keys.generate(algorithm)
    key = SigningKey(
        issuer=issuer, algorithm=algorithm, name=pair.name, public_pem=pair.public_pem, created_at=clock.now()
    )
    key.encrypted = keys.encrypt(pair.private, issuer_id=issuer.public_id, key_id=key.public_id)
    key.save()
    record("key.made", key, by=None, issuer=issuer.public_id, algorithm=algorithm)
    return key


def active_key(issuer: Issuer, algorithm: str = Algorithm.ED25519) -> SigningKey:
    """The key that signs now, made if there is none. Workers only."""
    key = _ACTIVE.first(issuer.pk, algorithm)
    if key is None:
        # Two workers may find none: the lock on the issuer's row makes one of them wait and look again.
        Issuer.objects.locked(issuer.pk)
        key = _ACTIVE.first(issuer.pk, algorithm) or make_key(issuer, algorithm)
    if not _stays(key):
        return active_key(issuer, algorithm)
    key.issuer = issuer
    return key


def _active(issuer: Value, algorithm: Value) -> QuerySet[SigningKey]:
    return SigningKey.objects.filter(issuer=issuer, algorithm=algorithm, state=SigningKey.State.ACTIVE)


_ACTIVE = Question(_active)


def _stays(key: SigningKey) -> bool:
    """Whether a key is active, and stays so until the caller's transaction ends: whoever retires it waits until then.

    Many sign with one key at once, so the lock is shared.
    """
    return turns.shared_state(SigningKey, key.pk, turn=_turn(key.issuer_id)) == SigningKey.State.ACTIVE


def _turn(issuer_id: int) -> str:
    """The lock for all keys of an issuer: signing with two of them takes it once, so it can't deadlock with a change
    of both.
    """
    return f"keys of {issuer_id}"


@transaction.atomic
def rotate_keys(issuer: Issuer, *, by: User) -> list[SigningKey]:
    """Retire an issuer's active keys, so that new ones sign from now on. Retired keys stay published."""
    turns.take(_turn(issuer.pk))
    issuer = Issuer.objects.locked(issuer.pk)
    if not policies.can_turn_keys(by, issuer):
        raise PermissionDenied
    active = issuer.signing_keys.filter(state=SigningKey.State.ACTIVE).order_by("algorithm")
    retired = list(active.select_for_update(of=("self",)))
    if not retired:
        raise Refused(_("There is no key to change yet: the first one is made with the first credential."))
    for key in retired:
        key.move(SigningKey.State.RETIRED)
        key.ended_at = clock.now()
        key.save(update_fields=["state", "ended_at"])
        record("key.retired", key, by=by, issuer=issuer.public_id)
    return retired


@transaction.atomic
def compromise_key(key: SigningKey, *, by: User, why: str) -> SigningKey:
    """Mark a key as possibly compromised: none of the issuer's documents vouches for it from now on.

    What it signed no longer verifies; `queries.signed_by` lists that, and `reissue_touched` re-signs what still
    stands. The issuer's status lists are signed again at once, and issuers whose badges embed endorsements that it
    signed are told.
    """
    # Lists before keys, in the same order as when a list is signed.
    lists = list(
        StatusList.objects.filter(issuer=key.issuer_id).order_by("pk").select_for_update(of=("self",), no_key=True)
    )
    turns.take(_turn(key.issuer_id))
    key = SigningKey.objects.select_related("issuer").select_for_update(of=("self",)).get(pk=key.pk)
    if not policies.can_turn_keys(by, key.issuer):
        raise PermissionDenied
    key.move(SigningKey.State.COMPROMISED)
    key.ended_at, key.why = clock.now(), why
    key.save(update_fields=["state", "ended_at", "why"])
    record("key.compromised", key, by=by, issuer=key.issuer.public_id, why=digest(why))
    for one in lists:
        announce_change(one)
    if key.endorsements.exists():
        outbox.enqueue("apps.credentials.tasks.tell_embedding", key=f"tell_embedding:{key.public_id}", key_id=key.pk)
    return key


def seal_keys() -> int:
    """Re-encrypt every key with the first of KEY_ENCRYPTION_KEYS, so that the others can be dropped. Return how many
    changed.
    """
    moved = 0
    for pk in SigningKey.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            key = SigningKey.objects.select_related("issuer").select_for_update(of=("self",)).get(pk=pk)
            sealed = keys.seal_again(key.encrypted, issuer_id=key.issuer.public_id, key_id=key.public_id)
            if sealed != key.encrypted:
                key.encrypted = sealed
                key.save(update_fields=["encrypted"])
                record("key.sealed", key, by=None, under=sealed.partition(".")[0])
                moved += 1
    return moved
