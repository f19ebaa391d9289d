"""The verbs on endorsements: request, accept, sign, decline, withdraw, lapse, revoke."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.core.text import is_plain
from apps.credentials import keys, policies, proofs, queries, snapshots
from apps.credentials.formats import endorsement as formats
from apps.credentials.models import Credential, Endorsement, SigningKey
from apps.credentials.verbs.awarding import fix_public_url
from apps.credentials.verbs.keys import active_key
from apps.credentials.verbs.signing import prove
from apps.issuers import policies as seats
from apps.issuers.models import AchievementVersion, Issuer
from apps.notices import verbs as notices

if TYPE_CHECKING:
    from apps.credentials.models import Endorsable, OutsideEndorser

State = Endorsement.State
OPEN_FOR = timedelta(days=90)
# Fields that an endorsement copies from the one it replaces.
SAID_AGAIN = ("endorser", "asked_by", "asked_at", "note", "expires_at", "comment", "answered_by", "answered_at")


@transaction.atomic
def request_endorsement(subject: Endorsable, *, endorser: Issuer, by: User, note: str = "") -> Endorsement:
    """Ask an organisation for an endorsement. It has ninety days to answer."""
    if not policies.can_request_endorsement(by, subject):
        raise PermissionDenied
    endorser = Issuer.objects.locked(endorser.pk)
    _refuse_kin(subject, endorser)
    refuse_unendorsable(subject)
    about = {_column_of(subject): subject}
    if Endorsement.objects.live().filter(endorser=endorser, **about).exists():
        raise Refused(_("%(endorser)s was asked for this already.") % {"endorser": endorser})
    readers = seats.publishers_of(endorser)
    if not readers:
        raise Refused(_("Nobody runs %(endorser)s here, so nobody could answer.") % {"endorser": endorser})
    now = clock.now()
    endorsement = Endorsement.objects.create(
        endorser=endorser, asked_by=by, asked_at=now, expires_at=now + OPEN_FOR, note=note.strip(), **about
    )
    record("endorsement.requested", endorsement, by=by, endorser=endorser.public_id, **_ids_of(subject))
    for person in readers.exclude(pk=by.pk):
        _tell("endorsement_asked", endorsement, to=person, who=by.name, note=endorsement.note, of=_whose(subject))
    return endorsement


@transaction.atomic
def accept_endorsement(endorsement: Endorsement, *, by: User, comment: str) -> Endorsement:
    """Endorse it on behalf of the endorser. A worker signs this; after that nobody can change it."""
    endorsement = _locked_to_answer(endorsement, by=by)
    if policies.asked_oneself(by, endorsement):
        raise Refused(
            _("You asked for this yourself. Someone else at %(endorser)s has to answer.") % _named(endorsement)
        )
    _refuse_kin(endorsement.subject, cast("Issuer", endorsement.endorser))  # the tree may have grown
    say_yes(endorsement, by=by, comment=comment)
    return endorsement


def say_yes(endorsement: Endorsement, *, by: User | None, comment: str) -> None:
    """Accept a locked request with these words, and have them signed. `by` is None for someone without an account."""
    refuse_unendorsable(endorsement.subject)  # it may have been revoked
    comment = plain_words(comment)
    fix_public_url()
    _answer(endorsement, State.ACCEPTED, by=by)
    endorsement.comment = comment
    endorsement.save(update_fields=["state", "answered_by", "answered_at", "comment"])
    record("endorsement.accepted", endorsement, by=by, comment=digest(comment))
    _have_signed(endorsement)


def plain_words(comment: str) -> str:
    """The words of an endorsement as they may be signed; Refused if there are none, or if they can't be kept."""
    comment = comment.strip()
    if not comment:
        raise Refused(_("Say in a sentence what you endorse."))
    if not is_plain(comment):
        raise Refused(_("This holds a control character that can't be kept. Type the text again."))
    return comment


@transaction.atomic
def sign_endorsement(endorsement_id: int) -> Endorsement:
    """Sign an accepted endorsement once, and notify the person who asked. Workers only."""
    endorsement = Endorsement.objects.locked(endorsement_id)
    if endorsement.state != State.ACCEPTED:
        return endorsement
    endorsement.key, endorsement.text = _signed(endorsement)
    endorsement.sha256 = hashlib.sha256(endorsement.text.encode()).hexdigest()
    endorsement.signed_at = clock.now()
    endorsement.move(State.SIGNED)
    endorsement.save(update_fields=["state", "key", "text", "sha256", "signed_at"])
    key = endorsement.key.public_id if endorsement.key else cast("OutsideEndorser", endorsement.outside).key_name
    record("endorsement.signed", endorsement, by=None, sha256=endorsement.sha256, key=key)
    _tell_asker(endorsement, "signed")
    return endorsement


@transaction.atomic
def decline_endorsement(endorsement: Endorsement, *, by: User, reason: str = "") -> Endorsement:
    """Decline an endorsement, and tell the person who asked why."""
    endorsement = _locked_to_answer(endorsement, by=by)
    say_no(endorsement, by=by, reason=reason)
    return endorsement


def say_no(endorsement: Endorsement, *, by: User | None, reason: str) -> None:
    """Decline a locked request. `by` is None for someone without an account."""
    _answer(endorsement, State.DECLINED, by=by)
    endorsement.reason = reason.strip()
    endorsement.save(update_fields=["state", "answered_by", "answered_at", "reason"])
    _forget_address(endorsement)
    record("endorsement.declined", endorsement, by=by, reason=digest(endorsement.reason))
    _tell_asker(endorsement, "declined")


@transaction.atomic
def withdraw_endorsement(endorsement: Endorsement, *, by: User) -> Endorsement:
    """Withdraw a request for an endorsement."""
    endorsement = Endorsement.objects.locked(endorsement.pk)
    if not policies.can_withdraw_endorsement(by, endorsement):
        raise PermissionDenied
    _end(endorsement, State.WITHDRAWN)
    _forget_address(endorsement)
    record("endorsement.withdrawn", endorsement, by=by)
    return endorsement


@transaction.atomic
def take_back_endorsement(endorsement: Endorsement, *, by: User) -> Endorsement:
    """Revoke an endorsement: it is no longer shown or embedded. Credentials already signed with it keep it."""
    endorsement = Endorsement.objects.locked(endorsement.pk)
    if not policies.can_answer_endorsement(by, endorsement):
        raise PermissionDenied
    unsay(endorsement, by=by)
    return endorsement


def unsay(endorsement: Endorsement, *, by: User | None) -> None:
    """Take back a locked endorsement. `by` is None for someone without an account."""
    _end(endorsement, State.REVOKED)
    record("endorsement.taken_back", endorsement, by=by)
    _tell_asker(endorsement, "revoked")
    _forget_address(endorsement)


@transaction.atomic
def sign_endorsement_anew(endorsement_id: int, *, by_id: int) -> Endorsement | None:
    """Sign again, with a new key, what a compromised one signed. Return None if that is done, or it was revoked.

    An id is never signed twice, so a new endorsement replaces the old one. The endorser isn't asked again: their
    comment stands, and only the key can't be trusted. Permission was checked when this was requested
    (`reissue_touched`).
    """
    old = Endorsement.objects.locked(endorsement_id)
    if old.key is None or (old.state, old.key.state) != (State.SIGNED, SigningKey.State.COMPROMISED):
        return None
    _end(old, State.REVOKED)
    same = {name: getattr(old, name) for name in SAID_AGAIN}
    about = {_column_of(old.subject): old.subject}
    new = Endorsement.objects.create(state=State.ACCEPTED, supersedes=old, **same, **about)
    record("endorsement.superseded", old, by=User.objects.get(pk=by_id), superseded_by=new.public_id)
    _have_signed(new)
    return new


def lapse_endorsements() -> int:
    """Lapse requests that nobody answered in time; return how many. Safe to run twice."""
    late = Endorsement.objects.filter(state=State.REQUESTED, expires_at__lte=clock.now())
    return sum(_lapse(pk) for pk in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _lapse(pk: int) -> bool:
    endorsement = Endorsement.objects.locked(pk)
    if endorsement.state != State.REQUESTED:
        return False
    _end(endorsement, State.LAPSED)
    _forget_address(endorsement)
    record("endorsement.lapsed", endorsement, by=None)
    _tell_asker(endorsement, "lapsed")
    return True


def _signed(endorsement: Endorsement) -> tuple[SigningKey | None, str]:
    """Sign an endorsement; return the key of the organisation that endorses, and the signed text."""
    facts = snapshots.endorsement_facts(endorsement)
    document = formats.build(facts)
    if endorsement.endorser is not None:
        key = active_key(endorsement.endorser)
        return key, prove(document, key, created=facts.valid_from)
    # Someone outside has no key of their own: one is made, used once, and forgotten but for its public half.
    pair = keys.generate()
    outside = cast("OutsideEndorser", endorsement.outside)
    outside.key_name = pair.name
    outside.save(update_fields=["key_name"])
    method = f"{facts.endorser.id}#{pair.name}"
    signed = proofs.sign(
        document, private_key=keys.ed25519_of(pair), verification_method=method, created=facts.valid_from
    )
    return None, proofs.dump(signed)


def _have_signed(endorsement: Endorsement) -> None:
    outbox.enqueue(
        "apps.credentials.tasks.sign_endorsement",
        key=f"sign_endorsement:{endorsement.public_id}",
        endorsement_id=endorsement.pk,
    )


def _locked_to_answer(endorsement: Endorsement, *, by: User) -> Endorsement:
    endorsement = Endorsement.objects.locked(endorsement.pk)
    if not policies.can_answer_endorsement(by, endorsement):
        raise PermissionDenied
    if endorsement.state == State.REQUESTED and not endorsement.is_open:
        raise Refused(_("Nobody answered this in ninety days, so it has lapsed. They may ask again."))
    return endorsement


def _answer(endorsement: Endorsement, to: State, *, by: User | None) -> None:
    endorsement.move(to)
    endorsement.answered_by, endorsement.answered_at = by, clock.now()


def _end(endorsement: Endorsement, to: State) -> None:
    endorsement.move(to)
    endorsement.ended_at = clock.now()
    endorsement.save(update_fields=["state", "ended_at"])


def _forget_address(endorsement: Endorsement) -> None:
    """Once it is over, nobody outside is written to any more. One who took it back is no longer named either."""
    outside = endorsement.outside
    if outside is None:
        return
    if endorsement.state == State.REVOKED:
        outside.name = outside.role = ""
    outside.address = outside.draft = ""
    outside.save(update_fields=["name", "role", "address", "draft"])


def _refuse_kin(subject: Endorsable, endorser: Issuer) -> None:
    if queries.is_kin(queries.issuer_of(subject), endorser):
        raise Refused(_("%(endorser)s is part of the same organisation. Ask one that is not.") % {"endorser": endorser})


def refuse_unendorsable(subject: Endorsable) -> None:
    """Raise Refused if this can't be endorsed now."""
    if isinstance(subject, AchievementVersion) and subject.state in AchievementVersion.UNSEEN:
        raise Refused(_("Publish it first: nobody can endorse what may still change."))
    if isinstance(subject, Credential) and not subject.is_signed:
        raise Refused(_("This badge is still being signed. Try again in a moment."))
    if isinstance(subject, Credential) and not subject.holds:
        raise Refused(_("Nobody can endorse it: this badge is no longer valid."))


def _column_of(subject: Endorsable) -> str:
    """The name of the foreign key for a subject of this kind."""
    return {Issuer: "issuer", AchievementVersion: "version", Credential: "credential"}[type(subject)]


def _ids_of(subject: Endorsable) -> dict[str, Any]:
    if isinstance(subject, AchievementVersion):
        return {"of": subject.achievement.public_id, "number": subject.number}
    return {"of": subject.public_id}


def _whose(subject: Endorsable) -> str:
    """The name of its issuer or holder; empty for an organisation."""
    if isinstance(subject, Credential):
        return subject.named
    return subject.achievement.issuer.name if isinstance(subject, AchievementVersion) else ""


def _named(endorsement: Endorsement) -> dict[str, str]:
    return {"endorser": endorsement.endorser_name}


def _tell_asker(endorsement: Endorsement, outcome: str) -> None:
    _tell(
        "endorsement_answered",
        endorsement,
        to=endorsement.asked_by,
        mark=f":{outcome}",
        outcome=outcome,
        reason=endorsement.reason,
    )


def _tell(kind: str, endorsement: Endorsement, *, to: User, mark: str = "", **facts: Any) -> None:
    """Notify someone about an endorsement. `mark` distinguishes one answer from a later one."""
    with translation.override(to.language):
        facts |= {"endorser": endorsement.endorser_name, "subject": endorsement.subject_name}
    # Whoever is outside chose their own name: the letter is never from it, but from the badge's issuer.
    facts["issuer"] = (endorsement.endorser or queries.issuer_of(endorsement.subject)).name
    key = f"{kind}:{endorsement.public_id}{mark}"
    notices.write(kind, key=key, to=to, address=endorsement.get_absolute_url(), facts=facts)
