"""What happens as a credential nears its end: its earner is told, and it is renewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.refused import Refused
from apps.credentials import policies, queries, snapshots
from apps.credentials.models import Credential
from apps.credentials.verbs.awarding import (
    New,
    Sent,
    bound_to,
    for_the_same,
    mark_renewed,
    refuse_forgotten,
    refuse_own,
    write,
)
from apps.notices import verbs as notices
from apps.notices.models import Notice

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User

# Days before the end on which an earner is told, the nearest first.
TOLD_BEFORE = (0, 7, 30)
# Who has not heard within this time, since nothing ran, is not told any more that it is over.
TOLD_LATE = timedelta(days=7)


@transaction.atomic
def renew(credential: Credential, *, by: User) -> Credential:
    """Award it once more from today without new work, for the time that its version gives; where that gives none, and
    the award had an end of its own, for as long as before. The issuer's act.
    """
    old = Credential.objects.locked(credential.pk)
    if not policies.can_change_standing(by, old.issuer):
        raise PermissionDenied
    refuse_own(old, by)
    refuse_forgotten(old)
    now = clock.now()
    if old.valid_until is None or not queries.may_be_renewed(old, now):
        raise Refused(
            _("A badge can be renewed once: in the last %(days)d days before it runs out, or afterwards.")
            % {"days": queries.RENEWED_BEFORE.days}
        )
    days = old.version.valid_for_days
    until = now + (timedelta(days=days) if days else old.valid_until - old.valid_from)
    before = snapshots.AwardSnapshot.from_json(old.snapshot)
    addresses = bound_to(old.earner)
    new = New(
        old.version,
        old.earner,
        Credential.Basis.RENEWAL,
        now,
        until,
        by=by,
        renews=mark_renewed(old, now, by=by),
        sent=Sent(old.sent_to, old.sent_name),
        **for_the_same(old),
    )
    return write(
        new,
        lambda public_id: replace(
            snapshots.once_more(before, public_id, old.version, addresses=addresses),
            valid_from=now,
            valid_until=until,
        ),
    )


def warn_of_end() -> int:
    """Tell earners 30 days before the end, 7 days before, and when it has come; who said no to it is not asked whether it
    should go on. Says how many it wrote to.
    """
    now = clock.now()
    told = 0
    running_out = Credential.objects.filter(
        status=Credential.Status.VALID,
        renewed_at=None,
        valid_until__gt=now - TOLD_LATE,
        valid_until__lte=now + timedelta(days=max(TOLD_BEFORE)),
    ).exclude(state__in=(Credential.State.AWARDED, Credential.State.DECLINED))
    for pk in running_out.values_list("pk", flat=True).iterator():
        told += _tell_of_end(pk, now)
    return told


@transaction.atomic
def _tell_of_end(credential_id: int, now: datetime) -> bool:
    """For the nearest of the days only: who is told late is not told twice at once. Whether this was news."""
    credential = Credential.objects.locked(credential_id)
    ends = credential.valid_until
    stands = credential.status == Credential.Status.VALID and credential.renewed_at is None
    if ends is None or not stands or credential.state == Credential.State.DECLINED:
        return False  # taken back, renewed or declined since the list was read
    days = next(days for days in TOLD_BEFORE if ends - now <= timedelta(days=days))
    key = f"runs_out:{credential.public_id}:{days}"
    if Notice.objects.filter(person=credential.earner_id, key=key).exists():
        return False
    achievement = credential.version.achievement
    notices.write(
        "runs_out",
        key=key,
        to=credential.earner,
        address=credential.get_absolute_url(),
        facts={
            "badge": credential.version.name,
            "issuer": credential.issuer.name,
            "days": days,
            "day": queries.last_day(credential),
            "renew": achievement.get_absolute_url() if queries.is_open(achievement) else "",
        },
    )
    return True
