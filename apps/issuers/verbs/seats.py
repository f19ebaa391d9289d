"""Invite people, give them roles, and end those.

Each verb locks the issuer's row while it reads and writes: if two owners leave at once, one stays, and if two invite
at once, one is told.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts import queries as accounts
from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.core.text import normal_address
from apps.issuers import policies
from apps.issuers.models import Invitation, Issuer, Seat
from apps.issuers.tokens import invitation_token
from apps.notices import verbs as notices

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.issuers.models import Achievement

OPEN_FOR = timedelta(days=14)
BETWEEN_LETTERS = timedelta(minutes=10)
MOST_OPEN = 200


@transaction.atomic
def seat(
    person: User,
    issuer: Issuer,
    role: str,
    *,
    by: User,
    achievement: Achievement | None = None,
    until: datetime | None = None,
) -> Seat:
    """Give a person a role. The operator seats the first owner; owners and managers the others."""
    issuer = Issuer.objects.locked(issuer.pk)
    if not policies.can_seat(by, issuer, role):
        raise PermissionDenied
    _refuse_unfit(issuer, role, achievement=achievement, until=until)
    given = _give(person, issuer, role, achievement=achievement, until=until, by=by)
    if by.pk != person.pk:
        _tell("seat_given", given)
    return given


# --- invitations ------------------------------------------------------------------------------------------------------
@transaction.atomic
def invite(
    issuer: Issuer,
    *,
    by: User,
    email: str,
    role: str,
    achievement: Achievement | None = None,
    until: datetime | None = None,
) -> Invitation:
    """Offer a role to the person at an address. Someone with a seat here gets it at once, without a letter."""
    issuer = Issuer.objects.locked(issuer.pk)
    if not policies.can_seat(by, issuer, role):
        raise PermissionDenied
    _refuse_unfit(issuer, role, achievement=achievement, until=until)
    email, now = normal_address(email), clock.now()
    for earlier in issuer.invitations.open().filter(email=email, role=role, achievement=achievement):
        if earlier.expires_at > now:
            raise Refused(_("%(email)s is invited to that already. Send the letter again.") % {"email": email})
        withdraw(earlier, by=by)
    if issuer.invitations.open().count() >= MOST_OPEN:
        raise Refused(_("%(most)d invitations wait for an answer. Withdraw some first.") % {"most": MOST_OPEN})
    invitation = Invitation(issuer=issuer, email=email, role=role, achievement=achievement, seat_until=until)
    invitation.invited_by, invitation.invited_at, invitation.expires_at = by, now, now + OPEN_FOR
    colleague = _colleague(issuer, email, by=by)
    if colleague is not None:
        invitation.seat = _give(colleague, issuer, role, achievement=achievement, until=until, by=by)
        if colleague.pk != by.pk:
            _tell("seat_given", invitation.seat)
    invitation.save()
    record("invitation.sent", invitation, by=by, issuer=issuer.public_id, role=role)
    if colleague is None:
        _write(invitation)
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, by: User) -> Invitation:
    """Send the letter again; it is valid for another fourteen days."""
    invitation = _run(invitation, by=by)
    _refuse_closed(invitation, also_late=False)
    now = clock.now()
    if invitation.expires_at > now + OPEN_FOR - BETWEEN_LETTERS:
        raise Refused(_("That letter has only just gone out. Give it ten minutes."))
    invitation.expires_at = now + OPEN_FOR
    invitation.save(update_fields=["expires_at"])
    record("invitation.resent", invitation, by=by, issuer=invitation.issuer.public_id)
    _write(invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """Withdraw an offer: the link in its letter stops working."""
    invitation = _run(invitation, by=by)
    _refuse_closed(invitation, also_late=False)
    withdraw(invitation, by=by)
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Seat:
    """Accept the seat that was offered, for a person who has proved the invited address."""
    invitation = _held_invitation(invitation)
    if invitation.email not in accounts.verified_addresses_of(by):
        raise PermissionDenied
    _refuse_closed(invitation)
    what: dict[str, Any] = {"achievement": invitation.achievement, "until": invitation.seat_until}
    _refuse_unfit(invitation.issuer, invitation.role, **what)
    invitation.seat = _give(by, invitation.issuer, invitation.role, **what, by=by)
    invitation.save(update_fields=["seat"])
    record("invitation.accepted", invitation, by=by, issuer=invitation.issuer.public_id)
    if Issuer.objects.visible_to(invitation.invited_by).filter(pk=invitation.issuer_id).exists():
        _tell("invitation_accepted", invitation.seat, to=invitation.invited_by)
    return invitation.seat


@transaction.atomic
def decline_invitation(invitation: Invitation, *, by: User | None) -> Invitation:
    """Decline. The letter's link is enough; `by` is the person signed in, if any."""
    invitation = _held_invitation(invitation)
    _refuse_closed(invitation)
    invitation.declined_at = clock.now()
    invitation.save(update_fields=["declined_at"])
    record("invitation.declined", invitation, by=by, issuer=invitation.issuer.public_id)
    return invitation


# --- ending seats -----------------------------------------------------------------------------------------------------
@transaction.atomic
def end_seat(seat: Seat, *, by: User) -> Seat:
    """End a role for good: those who run the issuer can end others', and everyone their own."""
    seat = _held_seat(seat)
    if by.pk != seat.person_id and not policies.can_seat(by, seat.issuer, seat.role):
        raise PermissionDenied
    _refuse_ended(seat)
    _refuse_last_owner(seat)
    _end(seat, "seat.ended", by=by)
    if by.pk != seat.person_id:
        _tell("seat_ended", seat, what="ended")
    return seat


@transaction.atomic
def leave(issuer: Issuer, *, by: User) -> list[Seat]:
    """Give up all of one's roles at an issuer."""
    issuer = Issuer.objects.locked(issuer.pk)
    seats = list(Seat.objects.kept().select_related("issuer", "person").filter(issuer=issuer, person=by).order_by("pk"))
    if not seats:
        raise Refused(_("You have no part at %(issuer)s any more.") % {"issuer": issuer})
    for one in seats:
        _refuse_last_owner(one)
    for one in seats:
        _end(one, "seat.left", by=by)
    return seats


@transaction.atomic
def suspend(seat: Seat, *, by: User) -> Seat:
    """Suspend a role: its holder can't use it until it is resumed."""
    seat = _held_seat(seat)
    if not policies.can_seat(by, seat.issuer, seat.role):
        raise PermissionDenied
    _refuse_ended(seat)
    if seat.suspended_at is not None:
        raise Refused(_("That part is suspended already."))
    _refuse_last_owner(seat)
    seat.suspended_at = clock.now()
    seat.save(update_fields=["suspended_at"])
    record("seat.suspended", seat, by=by, person=seat.person.public_id, role=seat.role)
    if by.pk != seat.person_id:
        _tell("seat_ended", seat, mark=f":{seat.suspended_at.isoformat()}", what="suspended")
    return seat


@transaction.atomic
def resume(seat: Seat, *, by: User) -> Seat:
    """Resume a suspended role."""
    seat = _held_seat(seat)
    if not policies.can_seat(by, seat.issuer, seat.role):
        raise PermissionDenied
    _refuse_ended(seat)
    if seat.suspended_at is None:
        raise Refused(_("That part is not suspended."))
    since = seat.suspended_at
    seat.suspended_at = None
    seat.save(update_fields=["suspended_at"])
    record("seat.resumed", seat, by=by, person=seat.person.public_id, role=seat.role)
    if by.pk != seat.person_id:
        _tell("seat_given", seat, mark=f":{since.isoformat()}")
    return seat


# --- helpers ----------------------------------------------------------------------------------------------------------
def _give(
    person: User,
    issuer: Issuer,
    role: str,
    *,
    achievement: Achievement | None,
    until: datetime | None,
    by: User,
) -> Seat:
    """Give the seat. An expired one of the same kind makes room for it."""
    now = clock.now()
    for held in Seat.objects.kept().filter(issuer=issuer, person=person, role=role, achievement=achievement):
        if held.standing == "suspended":
            raise Refused(_("%(person)s has that part already. It is suspended: resume it.") % {"person": person})
        if held.standing == "live":
            raise Refused(_("%(person)s has that part already.") % {"person": person})
        _end(held, "seat.ended", by=by)
    given = Seat.objects.create(
        issuer=issuer, person=person, role=role, achievement=achievement, until=until, given_at=now
    )
    record("seat.given", given, by=by, person=person.public_id, role=role)
    return given


def _end(seat: Seat, event: str, *, by: User) -> None:
    seat.ended_at = clock.now()
    seat.save(update_fields=["ended_at"])
    record(event, seat, by=by, person=seat.person.public_id, role=seat.role)


def withdraw(invitation: Invitation, *, by: User) -> None:
    """Withdraw an invitation. The caller locks its issuer."""
    invitation.withdrawn_at = clock.now()
    invitation.save(update_fields=["withdrawn_at"])
    record("invitation.withdrawn", invitation, by=by, issuer=invitation.issuer.public_id)


def _held_seat(seat: Seat) -> Seat:
    """The seat as it stands once its issuer's row is locked."""
    issuer = Issuer.objects.locked(seat.issuer_id)
    seat = Seat.objects.select_related("person", "achievement").get(pk=seat.pk)
    seat.issuer = issuer
    return seat


def _held_invitation(invitation: Invitation) -> Invitation:
    issuer = Issuer.objects.locked(invitation.issuer_id)
    invitation = Invitation.objects.select_related("achievement", "invited_by").get(pk=invitation.pk)
    invitation.issuer = issuer
    return invitation


def _run(invitation: Invitation, *, by: User) -> Invitation:
    invitation = _held_invitation(invitation)
    if not policies.can_seat(by, invitation.issuer, invitation.role):
        raise PermissionDenied
    return invitation


def _colleague(issuer: Issuer, email: str, *, by: User) -> User | None:
    """The person who proved that address, if they have a seat here already or invite themselves. For others, nobody
    must learn whether they have an account.
    """
    person = accounts.owner_of(email)
    if person is None:
        return None
    sits = Seat.objects.live().filter(person=person, issuer=issuer).exists()
    return person if sits or person.pk == by.pk else None


def _refuse_unfit(issuer: Issuer, role: str, *, achievement: Achievement | None, until: datetime | None) -> None:
    if achievement is not None and role != Seat.Role.ASSESSOR:
        raise Refused(_("Only an assessor’s part can be for one badge alone."))
    if achievement is not None and achievement.issuer_id != issuer.pk:
        raise Refused(_("That achievement belongs to another issuer."))
    if until is not None and role == Seat.Role.OWNER:
        raise Refused(_("An owner’s part has no end. Leave the day empty."))
    if until is not None and until <= clock.now():
        raise Refused(_("That day is past. Choose a later one, or none."))


def _refuse_closed(invitation: Invitation, *, also_late: bool = True) -> None:
    """Refuse if the invitation is closed; with `also_late`, also if it has expired."""
    standing = invitation.standing
    if standing == "accepted":
        raise Refused(_("This invitation was accepted already."))
    if standing == "declined":
        raise Refused(_("This invitation was declined."))
    if standing == "withdrawn":
        raise Refused(_("%(issuer)s took this invitation back.") % {"issuer": invitation.issuer})
    if also_late and standing == "run_out":
        raise Refused(_("This invitation ran out. Ask %(issuer)s for a new letter.") % {"issuer": invitation.issuer})


def _refuse_ended(seat: Seat) -> None:
    if seat.ended_at is not None:
        raise Refused(_("That part has ended already."))


def _refuse_last_owner(seat: Seat) -> None:
    """Refuse to end the last owner's seat. Owners further up don't count."""
    if seat.role != Seat.Role.OWNER or seat.standing != "live":
        return
    others = Seat.objects.live().filter(issuer=seat.issuer, role=Seat.Role.OWNER).exclude(pk=seat.pk)
    if not others.exists():
        raise Refused(_("%(issuer)s needs an owner. Make somebody else owner first.") % {"issuer": seat.issuer})


def _write(invitation: Invitation) -> None:
    """Write the letter, in the invited person's language if the address is known, else in the inviter's."""
    person = accounts.owner_of(invitation.email)
    path = reverse("issuers:invitation", args=[invitation_token(invitation)])
    notices.write_to_address(
        "invitation",
        key=f"{invitation.public_id}:{invitation.expires_at.isoformat()}",
        to=invitation.email,
        person=person,
        language=(person or invitation.invited_by).language,
        time_zone=(person or invitation.invited_by).time_zone,
        facts=_facts(invitation) | {"by": invitation.invited_by.name, "expires_at": invitation.expires_at},
        address=f"{settings.PUBLIC_URL}{path}",
    )


def _tell(kind: str, seat: Seat, *, to: User | None = None, mark: str = "", **facts: Any) -> None:
    """Notify about a seat. `mark` distinguishes occasions if the same thing may happen to a seat again."""
    address = reverse("issuers:organisations")
    if kind != "seat_ended":
        address = reverse("issuers:organisation", args=[seat.issuer.slug])
    facts = _facts(seat) | {"person": seat.person.name} | facts
    key = f"{kind}:{seat.public_id}{mark}"
    notices.write(kind, key=key, to=to or seat.person, address=address, facts=facts)


def _facts(one: Seat | Invitation) -> dict[str, Any]:
    """The facts for a notice's text. The role is named in English here, and translated when it is read."""
    with translation.override("en"):
        part = one.get_role_display()
    badge = ""
    if one.achievement is not None:
        badge = one.achievement.versions.order_by("-number").values_list("name", flat=True).first() or ""
    return {"issuer": one.issuer.name, "part": part, "badge": badge}
