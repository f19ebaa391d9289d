"""What prevents a person from leaving, and what the issuers app does: end their seats and remove their address from
invitations.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, erasing
from apps.core.events import record
from apps.core.refused import Refused
from apps.issuers.models import Invitation, Issuer, Seat
from apps.notices import leaving as notices


def refuse(person: User) -> None:
    """Refuse if they are an issuer's last owner: they have to hand it over first."""
    owned = Seat.objects.live().filter(role=Seat.Role.OWNER, person=person).select_related("issuer")
    for seat in owned.order_by("issuer__name"):
        Issuer.objects.locked(seat.issuer_id)
        if not Seat.objects.live().filter(role=Seat.Role.OWNER, issuer=seat.issuer).exclude(person=person).exists():
            raise Refused(
                _("You are the last owner of %(issuer)s. Make somebody else its owner first.") % {"issuer": seat.issuer}
            )


def forget(person_id: int) -> None:
    person = User.objects.get(pk=person_id)
    for seat in Seat.objects.kept().filter(person=person):
        seat.ended_at = clock.now()
        seat.save(update_fields=["ended_at"])
        record("seat.left", seat, by=person, person=person.public_id, role=seat.role)
    for invitation in Invitation.objects.filter(email__in=notices.addresses_of(person)):
        invitation.email = erasing.unheard_address(invitation.public_id)
        changed = ["email"]
        if invitation.standing in {"open", "run_out"}:
            invitation.withdrawn_at = clock.now()
            changed.append("withdrawn_at")
        invitation.save(update_fields=changed)
