"""The verbs on a credential's status: suspend, reinstate, revoke, replace by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts import verbs as accounts
from apps.accounts.models import User
from apps.accounts.policies import same_person
from apps.core import clock, outbox
from apps.core.copying import listed
from apps.core.events import Happened, digest, record, record_many
from apps.core.refused import Refused
from apps.credentials import policies, queries, snapshots
from apps.credentials.models import Credential, Endorsement, SigningKey
from apps.credentials.verbs.awarding import (
    New,
    Sent,
    bound_to,
    for_the_same,
    lock_earner,
    named_by,
    refuse_forgotten,
    refuse_own,
    undo_renewal,
    write,
)
from apps.credentials.verbs.status_lists import change_bits, change_bits_many
from apps.issuers import policies as seats
from apps.notices import verbs as notices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.credentials.judged import Judged

Status = Credential.Status
# How many jobs are enqueued in one transaction.
AT_ONCE = 500


@transaction.atomic
def suspend(credential: Credential, *, by: User, note: str) -> Credential:
    """Suspend a credential while something is looked into. `note` is shown on its page."""
    return _stand(_to_change(credential, by), Status.SUSPENDED, "credential.suspended", by=by, note=note)


@transaction.atomic
def reinstate(credential: Credential, *, by: User, note: str = "") -> Credential:
    """Reinstate a suspended credential, as if it had never been suspended. Nobody may do so with their own."""
    held = _stand(_to_change(credential, by, own=False), Status.VALID, "credential.reinstated", by=by, note=note)
    if held.state == Credential.State.BAKED:  # suspended before its earner was notified
        outbox.enqueue(
            "apps.credentials.tasks.offer",
            key=f"offer:{held.public_id}:{held.status_at}",
            credential_id=held.pk,
        )
    return held


@transaction.atomic
def revoke(credential: Credential, *, by: User, reason: str, note: str) -> Credential:
    """Revoke a credential for good. Reason and `note` are shown on its page, which stays.

    If it was revoked as a mistake, the earner holds again what it had renewed, as when a table is undone. For any
    other reason they don't: a badge ended for their conduct must not leave the earlier one valid.
    """
    reason = Credential.Reason(reason)
    revoked = _stand(_to_change(credential, by), Status.REVOKED, "credential.revoked", by=by, note=note, reason=reason)
    if reason == Credential.Reason.MISTAKE and revoked.renewed_at is None and _stands_in_a_renewal(revoked):
        _undo_renewal(revoked, by=by)
    return revoked


@transaction.atomic
def revoke_many(ids: Sequence[int], *, by: User, reason: str, note: str) -> int:
    """Revoke those of an issuer's credentials that still stand, or their replacements; return how many. The caller
    has checked that `by` may.

    What they had renewed is held again by its earners: nobody is worse off for a mistake.
    """
    reason, at = Credential.Reason(reason), clock.now()
    held = _standing_for(ids)
    change = {"status": Status.REVOKED, "status_at": at, "status_reason": reason, "status_note": note}
    Credential.objects.filter(pk__in=[one.pk for one in held]).update(**change)
    change_bits_many({one.pk: one.status for one in held}, now=Status.REVOKED)
    told = {"reason": reason.value, "how": "", "note": digest(note) if note else ""}
    record_many("credential.revoked", Credential, [Happened(one.public_id, told) for one in held], by=by)
    tellings = []
    for one in held:
        one.status, one.status_at, one.status_reason, one.status_note = Status.REVOKED, at, reason, note
        tellings.append(_telling(one, f"standing:many:{one.public_id}"))
        if one.renewed_at is None and _stands_in_a_renewal(one):
            _undo_renewal(one, by=by)
    notices.write_many("standing", tellings)
    return len(held)


def _standing_for(ids: Sequence[int]) -> list[Credential]:
    """Those of these credentials that stand, or for replaced ones, their replacements. Locked until the transaction
    ends, older before newer, the order in which a chain is locked elsewhere.
    """
    standing: list[Credential] = []
    wanted = Q(pk__in=listed(ids))
    related = ("version", "issuer", "earner", "renews", "supersedes")
    while True:
        # Not by status: one that is being corrected right now is locked, and its successor is found after that.
        found = Credential.objects.filter(wanted).order_by("pk").select_related(*related)
        some = list(found.select_for_update(of=("self",)))
        standing += [one for one in some if one.status in Credential.IN_FORCE]
        replaced = [one.pk for one in some if one.status == Status.SUPERSEDED]
        if not replaced:
            return standing
        wanted = Q(supersedes__in=listed(replaced))


def _stands_in_a_renewal(credential: Credential) -> bool:
    """Whether it, or an earlier one that it replaced for the same earner, renewed another."""
    while credential.renews is None and credential.supersedes is not None:
        if credential.supersedes.earner_id != credential.earner_id:
            return False  # it corrected what another earner holds
        credential = credential.supersedes
    return credential.renews is not None


@transaction.atomic
def revoke_for_components(credential: Credential, *, by: User, note: str) -> Credential | None:
    """Revoke what was awarded for its components, or its replacement. Return None if that no longer stands, or rests
    on something else. The verb that decided on the components has checked that `by` may.
    """
    queries.lock_chain(credential)
    found = Credential.objects.locked(credential.pk)
    while found.status == Status.SUPERSEDED:
        newer = Credential.objects.filter(supersedes=found, earner=found.earner_id).first()
        if newer is None:
            return None
        found = Credential.objects.locked(newer.pk)
    if found.basis != Credential.Basis.PATHWAY or found.status not in Credential.IN_FORCE:
        return None
    reason = Credential.Reason.OTHER
    return _stand(found, Status.REVOKED, "credential.revoked", by=by, note=note, reason=reason)


@transaction.atomic
def reissue(credential: Credential, *, by: User, note: str = "") -> Credential:
    """Sign a credential again for the same person: for addresses confirmed since, or with another key.

    The new one says what the old one said, and replaces it. Nobody may do so with their own.
    """
    return _reissue(_to_change(credential, by, own=False), by=by, note=note)


@transaction.atomic
def replace_judged(credential: Credential, *, decision_id: str, judged: Judged, by: User, note: str) -> Credential:
    """Sign a credential again after a later decision found other levels of the same rubric. The old one is replaced.
    Nobody may do so with their own.
    """
    old = _to_change(credential, by, own=False)
    addresses = bound_to(old.earner)
    sent = Sent(old.sent_to, old.sent_name)
    return _succeed(
        old,
        earner=old.earner,
        addresses=addresses,
        sent=sent,
        by=by,
        note=note,
        how="judged anew",
        anew=(decision_id, judged),
    )


@transaction.atomic
def correct(credential: Credential, *, by: User, address: str, name: str, note: str = "") -> Credential:
    """Move a direct award, or an unclaimed renewal of one, to the address that was meant. The old one is replaced,
    and says nothing about the new one. If it goes to someone else, they get a direct award, and what was renewed is
    restored.
    """
    old = _to_change(credential, by)
    if not old.rests_on_direct:
        raise Refused(
            _("This badge was earned with work that was handed in: it can be signed again, not moved to someone else.")
        )
    if not old.may_go_elsewhere:
        raise Refused(_("Its earner has kept this renewal, or said no to it: it can be signed again, not moved."))
    earner = accounts.welcome(address, name=name, by=by)
    if same_person(earner, by):
        raise Refused(_("You cannot award a badge to yourself. Ask a colleague."))
    if earner.pk != old.earner_id and old.single:
        lock_earner(earner)
        if queries.live_credential(earner, old.achievement) is not None:
            raise Refused(_("%(name)s holds this already.") % {"name": address})
    addresses = named_by(earner, address)
    return _succeed(
        old, earner=earner, addresses=addresses, sent=Sent(address, name), by=by, note=note, how="corrected"
    )


@transaction.atomic
def reissue_touched(key: SigningKey, *, by: User) -> int:
    """Have everything that a compromised key signed, and that still stands, signed again. Return how many there are.

    That covers credentials, and the issuer's endorsements of others. The asker's own badge is among them, which
    `reissue` would refuse: nobody chooses which badges these are, each says what it said before, and left out it would
    stay invalid at an issuer that only one person runs.
    """
    key = SigningKey.objects.select_related("issuer").get(pk=key.pk)
    if not policies.can_change_standing(by, key.issuer):
        raise PermissionDenied
    if key.state != key.State.COMPROMISED:
        raise Refused(_("This key is not marked as compromised."))
    count, said = queries.touched_by(key).count(), queries.said_by(key).count()
    asked = record("key.touched_reissued", key, by=by, credentials=count, endorsements=said)
    outbox.enqueue(
        "apps.credentials.tasks.reissue_touched",
        key=f"reissue_touched:{asked.public_id}",
        key_id=key.pk,
        by_id=by.pk,
        asked=asked.public_id,
    )
    return count + said


def spread_reissues(key_id: int, *, by_id: int, asked: str) -> int:
    """Enqueue one job for each thing that a compromised key signed, once for each time this was `asked` for: asking
    again retries what has failed.
    """
    key = SigningKey.objects.get(pk=key_id)
    touched = list(queries.touched_by(key).order_by("pk").values_list("pk", "public_id"))
    for start in range(0, len(touched), AT_ONCE):
        with transaction.atomic():
            for credential_id, public_id in touched[start : start + AT_ONCE]:
                outbox.enqueue(
                    "apps.credentials.tasks.reissue_one",
                    key=f"reissue:{asked}:{public_id}",
                    credential_id=credential_id,
                    key_id=key_id,
                    by_id=by_id,
                )
    with transaction.atomic():
        said = list(queries.said_by(key))
        for endorsement in said:
            outbox.enqueue(
                "apps.credentials.tasks.sign_endorsement_anew",
                key=f"sign_endorsement_anew:{asked}:{endorsement.public_id}",
                endorsement_id=endorsement.pk,
                by_id=by_id,
            )
    return len(touched) + len(said)


@transaction.atomic
def reissue_one(credential_id: int, *, key_id: int, by_id: int) -> Credential | None:
    """Sign one credential again that a compromised key signed. Return None if that is done, or if it isn't valid any
    more.

    Permission was checked when this was requested: the person who asked may have left since.
    """
    credential = Credential.objects.locked(credential_id)
    if not queries.touched_by(SigningKey.objects.get(pk=key_id)).filter(pk=credential_id).exists():
        return None
    with translation.override(credential.earner.language):
        note = _("Signed again, since a key of the issuer may have been compromised.")
    return _reissue(credential, by=User.objects.get(pk=by_id), note=note)


@transaction.atomic
def tell_embedding(key_id: int) -> int:
    """Tell issuers whose badges embed endorsements by a compromised key that these badges fail at other verifiers now,
    and what to do. Return how many endorsements that concerns.
    """
    said = Endorsement.objects.filter(key=key_id, credential=None).with_names()
    told = 0
    for one in said.order_by("pk"):
        count = queries.embedding(one).count()
        if not count:
            continue
        told += 1
        facts = {"issuer": one.endorser_name, "subject": one.subject_name, "count": count}
        address = one.get_absolute_url()
        for person in seats.publishers_of(queries.issuer_of(one.subject)):
            key = f"endorsement_lost:{one.public_id}"
            notices.write("endorsement_lost", key=key, to=person, address=address, facts=facts)
    return told


@transaction.atomic
def reissue_embedding(endorsement: Endorsement, *, by: User) -> int:
    """Have every valid credential that embeds this endorsement, whose key was compromised, signed again: with the
    endorsements that are valid now. Return how many there are. The asker's own badge is among them, for the reason
    given in `reissue_touched`.
    """
    endorsement = Endorsement.objects.with_names().get(pk=endorsement.pk)
    if not policies.can_change_standing(by, queries.issuer_of(endorsement.subject)):
        raise PermissionDenied
    if not endorsement.lost_its_key:
        raise Refused(_("The key that signed this is not marked as compromised."))
    count = queries.embedding(endorsement).count()
    asked = record("endorsement.embedding_reissued", endorsement, by=by, credentials=count)
    outbox.enqueue(
        "apps.credentials.tasks.reissue_embedding",
        key=f"reissue_embedding:{asked.public_id}",
        endorsement_id=endorsement.pk,
        by_id=by.pk,
        asked=asked.public_id,
    )
    return count


def spread_embedding(endorsement_id: int, *, by_id: int, asked: str) -> int:
    """Enqueue one job for each credential that embeds this endorsement, as `spread_reissues` does."""
    endorsement = Endorsement.objects.get(pk=endorsement_id)
    held = list(queries.embedding(endorsement).order_by("pk").values_list("pk", "public_id"))
    for start in range(0, len(held), AT_ONCE):
        with transaction.atomic():
            for credential_id, public_id in held[start : start + AT_ONCE]:
                outbox.enqueue(
                    "apps.credentials.tasks.reissue_embedding_one",
                    key=f"reissue_embedding:{asked}:{public_id}",
                    credential_id=credential_id,
                    endorsement_id=endorsement_id,
                    by_id=by_id,
                )
    return len(held)


@transaction.atomic
def reissue_embedding_one(credential_id: int, *, endorsement_id: int, by_id: int) -> Credential | None:
    """Sign one credential again that embeds this endorsement, as `reissue_one` does. Return None if that is done, or if
    it isn't valid any more.
    """
    credential = Credential.objects.locked(credential_id)
    endorsement = Endorsement.objects.with_names().get(pk=endorsement_id)
    if not queries.embedding(endorsement).filter(pk=credential_id).exists():
        return None
    with translation.override(credential.earner.language):
        note = _("Signed again, because a key of %(endorser)s, whose endorsement is inside, may have been compromised.")
    note = note % {"endorser": endorsement.endorser_name}
    return _reissue(credential, by=User.objects.get(pk=by_id), note=note)


def _to_change(credential: Credential, by: User, *, own: bool = True) -> Credential:
    queries.lock_chain(credential)
    found = Credential.objects.locked(credential.pk)
    if not policies.can_change_standing(by, found.issuer):
        raise PermissionDenied
    if not own:
        refuse_own(found, by)
    return found


def _stand(
    credential: Credential,
    status: Credential.Status,
    event: str,
    *,
    by: User,
    note: str,
    reason: str = "",
    how: str = "",
) -> Credential:
    """Change the status, have the status lists published, notify the earner."""
    before = credential.status
    credential.move(status, "status")
    credential.status_at = clock.now()
    credential.status_reason, credential.status_note = reason, note
    credential.save(update_fields=["status", "status_at", "status_reason", "status_note"])
    change_bits(credential, before=before)
    happened = record(event, credential, by=by, reason=reason, how=how, note=digest(note) if note else "")
    told = _telling(credential, f"standing:{happened.public_id}")
    notices.write("standing", key=told.key, to=told.to, address=told.address, facts=told.facts, opens=told.opens)
    return credential


def _telling(credential: Credential, key: str) -> notices.Telling:
    """The notice to the earner about the new status. If they never heard of the award, its end sends no letter."""
    facts = {
        "badge": credential.version.name,
        "issuer": credential.issuer.name,
        "status": credential.status,
        "reason": queries.why_in_english(credential) if credential.status_reason else "",
        "note": credential.status_note,
    }
    heard = {"function": "apps.credentials.queries.has_been_heard_of", "arguments": {"credential_id": credential.pk}}
    opens = {"while": heard} if credential.status in (Status.REVOKED, Status.SUPERSEDED) else None
    return notices.Telling(key, credential.earner, credential.get_absolute_url(), facts, opens=opens)


def _reissue(old: Credential, *, by: User, note: str) -> Credential:
    addresses = bound_to(old.earner)
    return _succeed(
        old,
        earner=old.earner,
        addresses=addresses,
        sent=Sent(old.sent_to, old.sent_name),
        by=by,
        note=note,
        how="reissued",
    )


def _succeed(
    old: Credential,
    *,
    earner: User,
    addresses: Sequence[str],
    sent: Sent,
    by: User,
    note: str,
    how: str,
    anew: tuple[str, Judged] | None = None,
) -> Credential:
    """Replace the old credential; the new one has the same status, and stays suspended if the old one was. It says
    what the old one said or, with `anew`, what that decision found.
    """
    refuse_forgotten(old)
    status, status_at, status_note = old.status, old.status_at, old.status_note
    same = earner.pk == old.earner_id
    # A person who never held the earlier one was awarded this, not renewed.
    first = old if same else _first_of(old)
    _stand(old, Status.SUPERSEDED, "credential.superseded", by=by, note=note, how=how)
    new = New(
        old.version,
        earner,
        first.basis,
        old.valid_from,
        old.valid_until,
        by=by,
        decision_id=anew[0] if anew else old.decision_id,
        why=first.why,
        supersedes=old,
        sent=sent,
        status=status,
        status_at=status_at if status != Status.VALID else None,
        status_note=status_note if status != Status.VALID else "",
        renewed_at=old.renewed_at if same else None,
        **(for_the_same(old) if same else {}),
    )
    before = snapshots.AwardSnapshot.from_json(old.snapshot)

    def snapshot_for(public_id: str) -> snapshots.AwardSnapshot:
        if anew is None:
            return snapshots.once_more(before, public_id, old.version, addresses=addresses)
        return snapshots.compose(
            public_id,
            old.version,
            judged=anew[1],
            addresses=addresses,
            valid_from=old.valid_from,
            valid_until=old.valid_until,
        )

    credential = write(new, snapshot_for)
    if status != Status.VALID:
        change_bits(credential, before=Status.VALID)
    if not same and old.renewed_at is None:
        _undo_renewal(old, by=by)
    return credential


def _first_of(renewal: Credential) -> Credential:
    """The award that was renewed, once or several times; the credential itself if it renews nothing."""
    older = renewal.supersedes or renewal.renews
    while renewal.basis == Credential.Basis.RENEWAL and older is not None:
        renewal, older = older, older.supersedes or older.renews
    return renewal


def _undo_renewal(mistaken: Credential, *, by: User) -> None:
    """Restore to the earner what a mistaken renewal had renewed, or the replacement of that."""
    first = mistaken
    while first.renews is None and first.supersedes is not None:
        first = first.supersedes
    renewed = first.renews
    while renewed is not None and renewed.status == Status.SUPERSEDED:
        renewed = Credential.objects.filter(supersedes=renewed, earner=mistaken.earner_id).first()
    if renewed is not None:
        undo_renewal(renewed, instead_of=mistaken, by=by)
