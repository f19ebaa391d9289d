"""What happens to a credential's standing: paused, taken up again, taken back, replaced by another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import queries as people
from apps.accounts import verbs as accounts
from apps.accounts.models import User
from apps.accounts.policies import same_person
from apps.core import clock, outbox
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import policies, queries, snapshots
from apps.credentials.models import Credential, SigningKey
from apps.credentials.verbs.awarding import New, Sent, named_by, write
from apps.credentials.verbs.endorsing import sign_endorsement_anew
from apps.credentials.verbs.status_lists import change_bits
from apps.notices import verbs as notices

if TYPE_CHECKING:
    from collections.abc import Sequence

Status = Credential.Status


@transaction.atomic
def suspend(credential: Credential, *, by: User, note: str) -> Credential:
    """Pause a credential while something is looked into. `note` is shown on its page."""
    return _stand(_to_change(credential, by), Status.SUSPENDED, "credential.suspended", by=by, note=note)


@transaction.atomic
def reinstate(credential: Credential, *, by: User, note: str = "") -> Credential:
    """Take up a paused credential again, as if nothing had been."""
    return _stand(_to_change(credential, by), Status.VALID, "credential.reinstated", by=by, note=note)


@transaction.atomic
def revoke(credential: Credential, *, by: User, reason: str, note: str) -> Credential:
    """Take a credential back for good. Reason and `note` are shown on its page, which stays."""
    reason = Credential.Reason(reason)
    return _stand(_to_change(credential, by), Status.REVOKED, "credential.revoked", by=by, note=note, reason=reason)


@transaction.atomic
def reissue(credential: Credential, *, by: User, note: str = "") -> Credential:
    """Sign a credential anew for the same person: for the addresses proved since, or by another key.

    The new one says what the old one said, but for endorsements that no longer stand, and takes its place.
    """
    old = _to_change(credential, by)
    addresses = people.verified_addresses_of(old.earner) or [old.earner.email.lower()]
    sent = Sent(old.sent_to, old.sent_name)
    return _succeed(old, earner=old.earner, addresses=addresses, sent=sent, by=by, note=note)


@transaction.atomic
def correct(credential: Credential, *, by: User, address: str, name: str, note: str = "") -> Credential:
    """Give a direct award to the address that was meant. The old one is replaced, and says nothing of the new."""
    old = _to_change(credential, by)
    if old.basis != Credential.Basis.DIRECT:
        raise Refused(_("Somebody handed in work for this badge, and it is theirs: it can be signed anew, not moved."))
    earner = accounts.welcome(address, name=name, by=by)
    if same_person(earner, by):
        raise Refused(_("Nobody awards a badge to themselves. Ask a colleague."))
    if earner.pk != old.earner_id and old.single and queries.live_credential(earner, old.achievement) is not None:
        raise Refused(_("%(name)s holds this already.") % {"name": address})
    return _succeed(old, earner=earner, addresses=named_by(earner, address), sent=Sent(address, name), by=by, note=note)


@transaction.atomic
def plan_reissue(key: SigningKey, *, by: User) -> int:
    """Have everything that a compromised key signed, and that still stands, signed anew. Says how many there are.

    That is credentials, and what the issuer said for others.
    """
    if not policies.can_change_standing(by, key.issuer):
        raise PermissionDenied
    if key.state != key.State.COMPROMISED:
        raise Refused(_("This key is not marked as compromised."))
    count, said = queries.touched_by(key).count(), queries.said_by(key).count()
    planned = record("key.reissue_planned", key, by=by, credentials=count, endorsements=said)
    outbox.enqueue(
        "apps.credentials.tasks.reissue_touched",
        key=f"reissue_touched:{planned.public_id}",
        key_id=key.pk,
        by_id=by.pk,
    )
    return count + said


def reissue_touched(key_id: int, *, by_id: int) -> int:
    """Do what was planned, each in its own transaction: run again after a stop, it goes on where it was."""
    key = SigningKey.objects.get(pk=key_id)
    by = User.objects.get(pk=by_id)
    done = 0
    for credential in queries.touched_by(key).order_by("pk").iterator():
        reissue(credential, by=by, note=_("Signed anew, since a key of the issuer may have been in other hands."))
        done += 1
    for endorsement in queries.said_by(key).iterator():
        sign_endorsement_anew(endorsement, by=by)
        done += 1
    return done


def _to_change(credential: Credential, by: User) -> Credential:
    found = Credential.objects.locked(credential.pk)
    if not policies.can_change_standing(by, found.issuer):
        raise PermissionDenied
    return found


def _stand(
    credential: Credential, status: Credential.Status, event: str, *, by: User, note: str, reason: str = ""
) -> Credential:
    """Step to a status, have the bits published, tell the earner."""
    credential.move(status, "status")
    credential.status_at = clock.now()
    credential.status_reason, credential.status_note = reason, note
    credential.save(update_fields=["status", "status_at", "status_reason", "status_note"])
    change_bits(credential)
    happened = record(event, credential, by=by, reason=reason, note=digest(note) if note else "")
    notices.write(
        "standing",
        key=f"standing:{happened.public_id}",
        to=credential.earner,
        address=credential.get_absolute_url(),
        facts={
            "badge": credential.version.name,
            "issuer": credential.issuer.name,
            "status": status.value,
            "reason": queries.why_in_english(credential) if reason else "",
            "note": note,
        },
    )
    return credential


def _succeed(old: Credential, *, earner: User, addresses: Sequence[str], sent: Sent, by: User, note: str) -> Credential:
    _stand(old, Status.SUPERSEDED, "credential.superseded", by=by, note=note)
    mine = earner.pk == old.earner_id
    new = New(
        old.version,
        earner,
        old.basis,
        old.valid_from,
        old.valid_until,
        by=by,
        decision_id=old.decision_id,
        why=old.why,
        supersedes=old,
        renews=None,
        visibility=old.visibility if mine else Credential.Visibility.PRIVATE,
        sent=sent,
    )
    before = snapshots.still_endorsed(snapshots.AwardSnapshot.from_json(old.snapshot))
    return write(
        new,
        lambda public_id: replace(
            before,
            id=queries.credential_url(public_id),
            subject_id=f"{queries.credential_url(public_id)}#earner",
            identities=tuple(snapshots.hash_identity(address) for address in addresses),
        ),
    )
