"""Awarding a credential, for assessed work or directly, and setting who may see it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import queries as people
from apps.accounts import verbs as accounts
from apps.accounts.models import User
from apps.accounts.policies import same_person
from apps.core import clock, outbox, prepared
from apps.core.copying import next_keys
from apps.core.events import digest, record
from apps.core.ids import new_public_id
from apps.core.models import Installation
from apps.core.questions import Question
from apps.core.refused import Refused
from apps.core.text import normal_address
from apps.credentials import policies, queries, snapshots
from apps.credentials.judged import Judged
from apps.credentials.models import Credential, ShownEvidence
from apps.credentials.verbs.status_lists import draw_place
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from apps.credentials.formats.snapshot import AwardSnapshot

Basis = Credential.Basis


@transaction.atomic(savepoint=False)
def award(
    version: AchievementVersion,
    *,
    earner: User,
    basis: str,
    decision_id: str | None,
    judged: Judged,
    by: User,
    at: datetime,
    called: str = "",
) -> Credential:
    """Award a credential and enqueue the jobs that sign it. Called by the deciding verb, in its transaction.

    Everything that the signed forms will say is frozen here, so that later changes of name, address or rubric don't
    affect it. If the earner's earlier credential has run out or is about to, this one renews it. `called` is what the
    awarder may call the earner, if not by name. Raises Refused if the earner holds one that can't be renewed yet.
    """
    renews = _make_way(version, earner, at, by=by, called=called or str(earner))
    until = version.ends_at(at)
    addresses = bound_to(earner)
    new = New(version, earner, basis, at, until, by=by, decision_id=decision_id, renews=renews)
    return write(
        new,
        lambda public_id: snapshots.compose(
            public_id, version, judged=judged, addresses=addresses, valid_from=at, valid_until=until
        ),
    )


@transaction.atomic
def award_for_components(
    version: AchievementVersion,
    *,
    earner: User,
    components: Sequence[snapshots.ComponentFacts],
    credits_earned: str,
    narrative: str,
    at: datetime,
) -> Credential:
    """Award a credential for a set of component credentials. There is no decision here: each component had its own.

    `narrative` says in English what they make up, since what is signed is the same for every reader. The caller holds
    the lock against concurrent awards, and has checked that the earner holds none.
    """
    renews = _make_way(version, earner, at, by=None, called=str(earner))
    until = version.ends_at(at)
    new = New(version, earner, Basis.PATHWAY, at, until, by=None, renews=renews)
    return write(
        new,
        lambda public_id: snapshots.compose(
            public_id,
            version,
            judged=Judged(),
            addresses=bound_to(earner),
            valid_from=at,
            valid_until=until,
            narrative=narrative,
            components=tuple(components),
            credits_earned=credits_earned,
        ),
    )


@transaction.atomic
def award_directly(version: AchievementVersion, *, by: User, address: str, name: str, why: str) -> Credential:
    """Award without an assessment here, to the owner of this e-mail address; the credential says so.

    `why` (what the award rests on) stays with the issuer, who learns nothing about the earner beyond the address and
    name it entered: the address may be one of several. Nobody may award to themselves.
    """
    if not policies.can_award_directly(by, version.achievement.issuer):
        raise PermissionDenied
    return award_to_address(version, by=by, address=address, name=name, why=why)


def award_to_address(version: AchievementVersion, *, by: User, address: str, name: str, why: str) -> Credential:
    """Award directly, once it has been checked that `by` may."""
    return _award_unassessed(version, earner=None, by=by, sent=Sent(address, name), why=why)


def award_to_who_asked(version: AchievementVersion, *, earner: User, sent: Sent, by: User, why: str) -> Credential:
    """Award directly to someone who asked for it, even if the address they gave then has changed hands since. `sent`
    is what the issuer knows about them. The caller has checked that `by` may.
    """
    return _award_unassessed(version, earner=earner, by=by, sent=sent, why=why)


def _award_unassessed(
    version: AchievementVersion, *, earner: User | None, by: User, sent: Sent, why: str
) -> Credential:
    """Award to `earner`, bound to their confirmed addresses; if None, to the owner of `sent.to`, with that address
    first.
    """
    version = AchievementVersion.objects.select_related("achievement__issuer").get(pk=version.pk)
    if version.state != AchievementVersion.State.PUBLISHED:
        raise Refused(_("Only a published badge can be awarded."))
    named = earner is None
    earner = earner or accounts.welcome(sent.to, name=sent.name, by=by)
    if same_person(earner, by):
        raise Refused(_("You cannot award a badge to yourself. Ask a colleague."))
    at = clock.now()
    renews = _make_way(version, earner, at, by=by, called=sent.to)
    until = version.ends_at(at)
    addresses = named_by(earner, sent.to) if named else people.verified_addresses_of(earner)
    new = New(version, earner, Basis.DIRECT, at, until, by=by, why=why, renews=renews, sent=sent)
    return write(
        new,
        lambda public_id: snapshots.compose(
            public_id,
            version,
            judged=Judged(),
            addresses=addresses,
            valid_from=at,
            valid_until=until,
            narrative=snapshots.DIRECT,
        ),
    )


class Sent(NamedTuple):
    """The address and name that an issuer entered for a direct award; empty if the work was assessed."""

    to: str = ""
    name: str = ""


@dataclass(frozen=True)
class New:
    """A credential to be written, without its snapshot."""

    version: AchievementVersion
    earner: User
    basis: str
    at: datetime
    until: datetime | None
    by: User | None
    decision_id: str | None = None
    why: str = ""
    renews: Credential | None = None
    supersedes: Credential | None = None
    sent: Sent = field(default_factory=Sent)
    status: str = Credential.Status.VALID
    status_at: datetime | None = None
    status_note: str = ""
    renewed_at: datetime | None = None
    # What the earner discloses besides the award (`disclose`). Who sees the credential at all is set separately.
    shows_name: bool = True
    shows_words: bool = False
    evidence: tuple[str, ...] = ()


def for_the_same(old: Credential) -> dict[str, Any]:
    """The earner's disclosure settings, which carry over to their next credential."""
    shown = tuple(old.shown_evidence.values_list("evidence_id", flat=True))
    return {"shows_name": old.shows_name, "shows_words": old.shows_words, "evidence": shown}


def write(new: New, snapshot_for: Callable[[str], AwardSnapshot]) -> Credential:
    """Write the row, its place in the status list, its event and its jobs. `snapshot_for` is called with the public
    id.
    """
    fix_public_url()
    achievement = new.version.achievement
    # Reserved before the row is written, because the place in the status list, which the snapshot names, refers to
    # it.
    public_id, (pk,) = new_public_id(), next_keys(Credential, 1)
    place = draw_place(achievement.issuer, credential_id=pk)
    status = queries.status_of(place.list, place.index, achievement.issuer)
    credential = Credential.objects.create(
        pk=pk,
        public_id=public_id,
        issuer=achievement.issuer,
        achievement=achievement,
        version=new.version,
        earner=new.earner,
        earner_name=new.earner.name,
        single=achievement.single,
        basis=new.basis,
        decision_id=new.decision_id,
        why=new.why,
        sent_to=normal_address(new.sent.to),
        sent_name=new.sent.name.strip(),
        renews=new.renews,
        supersedes=new.supersedes,
        status=new.status,
        status_at=new.status_at,
        status_note=new.status_note,
        renewed_at=new.renewed_at,
        shows_name=new.shows_name,
        shows_words=new.shows_words,
        snapshot=replace(snapshot_for(public_id), status=status).to_json(),
        awarded_at=new.at,
        valid_from=new.at,
        valid_until=new.until,
    )
    ShownEvidence.objects.bulk_create([ShownEvidence(credential=credential, evidence_id=one) for one in new.evidence])
    record(
        "credential.awarded",
        credential,
        by=new.by,
        version=new.version.number,
        basis=new.basis,
        decision=new.decision_id or "",
        renews=new.renews.public_id if new.renews else "",
        supersedes=new.supersedes.public_id if new.supersedes else "",
        why=digest(new.why) if new.why else "",
    )
    outbox.enqueue("apps.credentials.tasks.bake", key=f"bake:{public_id}", credential_id=pk)
    outbox.enqueue("apps.credentials.tasks.sign_others", key=f"sign_others:{public_id}", credential_id=pk)
    return credential


def refuse_own(credential: Credential, by: User) -> None:
    """Raise Refused if the credential belongs to `by`, by any address of either account."""
    if same_person(credential.earner, by):
        raise Refused(_("This badge is yours. Ask a colleague."))


def refuse_forgotten(credential: Credential) -> None:
    """Raise Refused if the earner's account has been erased: nothing new is signed for them."""
    if credential.earner.erased_at is not None:
        raise Refused(_("Its earner has left, and their account was erased. It can still be taken back."))


def bound_to(earner: User) -> Sequence[str]:
    """The addresses that the signed credential is bound to: the earner's confirmed ones. If they have none any more,
    the account's own, since nobody could show that a credential bound to no address is theirs.
    """
    return people.verified_addresses_of(earner) or [earner.email]


def named_by(earner: User, address: str) -> Sequence[str]:
    """An earner's addresses if an issuer named them by one: that one first, then their confirmed ones."""
    first = normal_address(address)
    return [first, *(one for one in people.verified_addresses_of(earner) if one != first)]


def mark_renewed(credential: Credential, at: datetime, *, by: User | None) -> Credential:
    """Mark a credential as renewed, to make room for its renewal. The caller holds its lock."""
    credential.renewed_at = at
    credential.save(update_fields=["renewed_at"])
    record("credential.renewed", credential, by=by)
    return credential


def undo_renewal(credential: Credential, *, instead_of: Credential, by: User) -> None:
    """Mark a credential as not renewed: its renewal went to someone else by mistake, so the earner holds this one
    again.
    """
    credential = Credential.objects.locked(credential.pk)
    credential.renewed_at = None
    credential.save(update_fields=["renewed_at"])
    record("credential.renewal_undone", credential, by=by, instead_of=instead_of.public_id)


def _make_way(
    version: AchievementVersion, earner: User, at: datetime, *, by: User | None, called: str
) -> Credential | None:
    """Mark the earner's earlier credential as renewed by this award, and return it, or None if there is none.

    Raises Refused if it can't be renewed yet. `called` is what the awarder calls the earner.
    """
    if not version.achievement.single:
        return None
    lock_earner(earner)
    if queries.live_credential(earner, version.achievement) is None:
        return None
    # A credential replaced or renewed while this query waited isn't found; the second query sees its successor.
    held = queries.live_credential(earner, version.achievement, lock=True) or queries.live_credential(
        earner, version.achievement, lock=True
    )
    if held is None:
        return None
    if not queries.may_be_renewed(held, at):
        raise Refused(_("%(name)s holds this already.") % {"name": called})
    return mark_renewed(held, at, by=by)


_EARNER = Question(lambda pk: User.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk))


def lock_earner(earner: User) -> User:
    """Lock an earner, so that a second award to the same person waits for the first and then sees it."""
    earner = _EARNER.get(earner.pk)
    if earner.merged_into_id is not None:
        raise Refused(_("That account has just been merged into another one. Try again."))
    return earner


@transaction.atomic
def show(credential: Credential, visibility: str, *, by: User, until: datetime | None = None) -> bool:
    """Set who may see a credential, and until when. Return whether that changed anything."""
    credential = Credential.objects.locked(credential.pk)
    if credential.earner_id != by.pk:
        raise PermissionDenied
    if (credential.visibility, credential.shown_until) == (visibility, until):
        return False
    before, credential.visibility, credential.shown_until = credential.visibility, visibility, until
    credential.save(update_fields=["visibility", "shown_until"])
    record("credential.shown", credential, by=by, before=before, after=visibility)
    return True


def fix_public_url() -> None:
    if prepared.ask("SELECT FROM core_installation WHERE one AND public_url = %s", [settings.PUBLIC_URL]):
        return
    fixed, _made = Installation.objects.get_or_create(
        one=True, defaults={"public_url": settings.PUBLIC_URL, "fixed_at": clock.now()}
    )
    if fixed.public_url != settings.PUBLIC_URL:
        raise Refused(
            _("This installation signs as %(fixed)s, but PUBLIC_URL is %(now)s. Set it back first.")
            % {"fixed": fixed.public_url, "now": settings.PUBLIC_URL}
        )
