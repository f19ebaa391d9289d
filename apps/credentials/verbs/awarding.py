"""How a credential comes to be: awarded for work, or directly; and who may see it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
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
    """Award a credential and enqueue what makes it real. Called by the verb that decided, in its transaction.

    Everything that the signed forms will say is frozen here, so that a later change of name, address or rubric
    touches nothing. Where the earner's earlier one is about to run out, or has, this one renews it. `called` is what
    who awards may call the earner, where that is not their name.
    """
    renews = _make_way(version, earner, at, by=by, called=called or str(earner))
    until = at + timedelta(days=version.valid_for_days) if version.valid_for_days else None
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
    """Award what other credentials add up to. Nobody decides on it here: that was done for each of them.

    `narrative` says in English what they make up, since what is signed is the same for every reader. The caller holds
    the lock that keeps two from awarding at once, and has seen that the earner holds none.
    """
    renews = _make_way(version, earner, at, by=None, called=str(earner))
    until = at + timedelta(days=version.valid_for_days) if version.valid_for_days else None
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
    """Award without an assessment here, to whoever has this address; the credential says so.

    `why` (what it rests on) stays with the issuer, who learns nothing of the earner beyond the address and name it
    typed: the address may be one of several. Nobody awards to themselves.
    """
    if not policies.can_award_directly(by, version.achievement.issuer):
        raise PermissionDenied
    return award_to_address(version, by=by, address=address, name=name, why=why)


def award_to_address(version: AchievementVersion, *, by: User, address: str, name: str, why: str) -> Credential:
    """A direct award in the name of somebody of whom it was asked already whether they may."""
    return _award_unassessed(version, earner=None, by=by, sent=Sent(address, name), why=why)


def award_to_who_asked(version: AchievementVersion, *, earner: User, sent: Sent, by: User, why: str) -> Credential:
    """A direct award to somebody who asked for it, whatever became of the address that they gave then: `sent` is what the
    issuer knows of them. Whether `by` may was asked already.
    """
    return _award_unassessed(version, earner=earner, by=by, sent=sent, why=why)


def _award_unassessed(
    version: AchievementVersion, *, earner: User | None, by: User, sent: Sent, why: str
) -> Credential:
    """To `earner`, for the addresses that are theirs; where nobody is known, to whoever has the address, for that first."""
    version = AchievementVersion.objects.select_related("achievement__issuer").get(pk=version.pk)
    if version.state != AchievementVersion.State.PUBLISHED:
        raise Refused(_("Only a published badge can be awarded."))
    named = earner is None
    earner = earner or accounts.welcome(sent.to, name=sent.name, by=by)
    if same_person(earner, by):
        raise Refused(_("You cannot award a badge to yourself. Ask a colleague."))
    at = clock.now()
    renews = _make_way(version, earner, at, by=by, called=sent.to)
    until = at + timedelta(days=version.valid_for_days) if version.valid_for_days else None
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
    """Whom an issuer named in a direct award; nobody, where the work was assessed."""

    to: str = ""
    name: str = ""


@dataclass(frozen=True)
class New:
    """A credential to be written, without what is frozen in its snapshot."""

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
    # What its earner lets others see beside the award (`disclose`); who sees it at all is theirs to say anew.
    shows_name: bool = True
    shows_words: bool = False
    evidence: tuple[str, ...] = ()


def for_the_same(old: Credential) -> dict[str, Any]:
    """What goes on from one credential to the next of the same earner: what they let others see."""
    shown = tuple(old.shown_evidence.values_list("evidence_id", flat=True))
    return {"shows_name": old.shows_name, "shows_words": old.shows_words, "evidence": shown}


def write(new: New, snapshot_for: Callable[[str], AwardSnapshot]) -> Credential:
    """Write the row, its place in the status list, its event and its jobs; `snapshot_for` is given the public id."""
    fix_public_url()
    achievement = new.version.achievement
    # Known before the row is written: the place in the status list, which the row's snapshot names, refers to it.
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
    """Nobody decides on what is theirs, over every address that either has."""
    if same_person(credential.earner, by):
        raise Refused(_("This badge is yours. Ask a colleague."))


def refuse_forgotten(credential: Credential) -> None:
    """Nothing new is signed for somebody whose account was erased."""
    if credential.earner.erased_at is not None:
        raise Refused(_("Its earner has left, and their account was erased. It can still be taken back."))


def bound_to(earner: User) -> Sequence[str]:
    """The addresses by which what is signed names its earner: those that they have proved. Where a proof was taken away
    meanwhile, the account's own: nobody could show that a credential is theirs which names nobody.
    """
    return people.verified_addresses_of(earner) or [earner.email]


def named_by(earner: User, address: str) -> Sequence[str]:
    """The addresses of somebody whom an issuer names by one: that one first, then what they have proved."""
    first = normal_address(address)
    return [first, *(one for one in people.verified_addresses_of(earner) if one != first)]


def mark_renewed(credential: Credential, at: datetime, *, by: User | None) -> Credential:
    """Make room for the one that renews it. The caller holds its lock."""
    credential.renewed_at = at
    credential.save(update_fields=["renewed_at"])
    record("credential.renewed", credential, by=by)
    return credential


def undo_renewal(credential: Credential, *, instead_of: Credential, by: User) -> None:
    """What renewed it went to somebody else by mistake: it is the one that its earner holds again."""
    credential = Credential.objects.locked(credential.pk)
    credential.renewed_at = None
    credential.save(update_fields=["renewed_at"])
    record("credential.renewal_undone", credential, by=by, instead_of=instead_of.public_id)


def _make_way(
    version: AchievementVersion, earner: User, at: datetime, *, by: User | None, called: str
) -> Credential | None:
    """The earner's earlier credential that this award renews, marked as such. Refused while that one is in its prime.

    `called` is what who awards calls the earner.
    """
    if not version.achievement.single:
        return None
    lock_earner(earner)
    if queries.live_credential(earner, version.achievement) is None:
        return None
    # What was just replaced or renewed while this waited is not found: the second look sees what took its place.
    held = queries.live_credential(earner, version.achievement, lock=True) or queries.live_credential(
        earner, version.achievement, lock=True
    )
    if held is None:
        return None
    if not queries.may_be_renewed(held, at):
        raise Refused(_("%(name)s holds this already.") % {"name": called})
    return mark_renewed(held, at, by=by)


def lock_earner(earner: User) -> User:
    """Two who award to one person at once find out about each other: the second waits here, and looks after the first."""
    earner = User.objects.select_for_update(of=("self",), no_key=True).get(pk=earner.pk)
    if earner.merged_into_id is not None:
        raise Refused(_("That account was taken into another one just now. Try again."))
    return earner


@transaction.atomic
def show(credential: Credential, visibility: str, *, by: User, until: datetime | None = None) -> bool:
    """Set who may see a credential, and until when; True when that changed anything."""
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
