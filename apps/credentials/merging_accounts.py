"""Awards and badges from elsewhere move with their account. The signed bytes stay: they hold addresses as hashes, and
the addresses move too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.models import Event
from apps.credentials import queries
from apps.credentials.models import ClaimRequest, Credential, Endorsement, ForeignCredential

if TYPE_CHECKING:
    from apps.accounts.models import User

_SAID = (Endorsement.State.ACCEPTED, Endorsement.State.SIGNED)


def refuse(taker: User, giver: User) -> list[str]:
    """List the reasons against merging: a badge that both hold but may be held once; awards or endorsements from one
    to the other.
    """
    reasons = [
        _(
            "Both accounts hold “%(badge)s”, which a person holds once. Ask %(issuer)s to take one back or to replace it."
        )
        % {"badge": one.version.name, "issuer": one.issuer}
        for one in queries.held_by_both(taker, giver)
    ]
    for one, other in ((taker, giver), (giver, taker)):
        held = Credential.objects.filter(earner=other).values("public_id")
        given = Event.objects.filter(actor_id=one.public_id, kind="credential.awarded", subject_id__in=held)
        said = Endorsement.objects.filter(answered_by=one, credential__earner=other, state__in=_SAID)
        if given.exists() or said.exists():
            reasons.append(
                _("One of the accounts awarded or endorsed a badge of the other, which nobody may do for themselves.")
            )
            break
    return reasons


def bring(taker: User, giver: User) -> None:
    now = clock.now()
    kept = ForeignCredential.State.KEPT
    for theirs, _mine in queries.kept_by_both(taker, giver):
        ForeignCredential.objects.filter(pk=theirs.pk).update(
            state=ForeignCredential.State.GIVEN_UP, ended_at=now, next_check_at=None
        )
    Credential.objects.filter(earner=giver).update(earner=taker)
    ForeignCredential.objects.filter(holder=giver).update(holder=taker)
    # One awarded to an address of the other account can now be confirmed as theirs.
    ForeignCredential.objects.filter(holder=taker, state=kept, proved_address="").update(next_check_at=now)
    Endorsement.objects.filter(asked_by=giver).update(asked_by=taker)
    _bring_requests(taker, giver)


def _bring_requests(taker: User, giver: User) -> None:
    """Move claim requests. A person uses a code once: if both used one, the second request ends, and stays as it is."""
    asked = ClaimRequest.objects.filter(person=giver)
    twice = Q(code__in=ClaimRequest.objects.filter(person=taker).values("code"))
    asked.filter(twice, state=ClaimRequest.State.WAITING).update(
        state=ClaimRequest.State.DECLINED, decided_at=clock.now()
    )
    asked.exclude(twice).update(person=taker)
