"""Codes for whoever was there: made and ended by the issuer, used by learners, and where asked for, approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import queries as people
from apps.accounts.policies import same_person
from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import policies, queries
from apps.credentials.models import ClaimCode, ClaimRequest
from apps.credentials.verbs.awarding import Sent, award_to_who_asked
from apps.issuers import policies as seats
from apps.issuers.models import AchievementVersion
from apps.notices import verbs as notices

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User

State = ClaimRequest.State


@transaction.atomic
def make_claim_code(
    version: AchievementVersion,
    *,
    by: User,
    why: str,
    opens_at: datetime,
    closes_at: datetime,
    most: int,
    asks_approval: bool = False,
) -> ClaimCode:
    """A code by which up to `most` people get this badge in that time. What they get is a direct award, for `why`."""
    version = AchievementVersion.objects.select_related("achievement__issuer").get(pk=version.pk)
    issuer = version.achievement.issuer
    if not policies.can_award_directly(by, issuer):
        raise PermissionDenied
    if version.state != AchievementVersion.State.PUBLISHED:
        raise Refused(_("Only a published badge can be awarded."))
    now = clock.now()
    if closes_at <= max(opens_at, now):
        raise Refused(_("The end is before the beginning, or has already passed."))
    made = ClaimCode.objects.create(
        issuer=issuer,
        version=version,
        why=why,
        opens_at=opens_at,
        closes_at=closes_at,
        most=most,
        asks_approval=asks_approval,
        made_by=by,
        made_at=now,
    )
    record("claim_code.made", made, by=by, most=most, asks_approval=asks_approval, why=digest(why))
    return made


@transaction.atomic
def end_claim_code(code: ClaimCode, *, by: User) -> ClaimCode:
    """Nobody uses it any more; who waits for an answer still gets one. Ended twice, it is ended."""
    code = ClaimCode.objects.locked(code.pk)
    if not policies.can_award_directly(by, code.issuer):
        raise PermissionDenied
    if code.ended_at is None:
        code.ended_at = clock.now()
        code.save(update_fields=["ended_at"])
        record("claim_code.ended", code, by=by)
    return code


@transaction.atomic
def use_claim_code(code: ClaimCode, *, by: User) -> ClaimRequest:
    """Get the badge of a code, or ask for it where somebody looks first. Used twice, it gives the same.

    The issuer learns a name and an address that is proved. The code's maker awards it, who may have left since:
    whether they might was asked when they made it.
    """
    code = ClaimCode.objects.locked(code.pk)
    used = ClaimRequest.objects.select_related("credential").filter(code=code, person=by).first()
    if used is not None:
        return used
    if code.standing != "open":
        raise Refused(queries.why_closed(code))
    addresses = people.verified_addresses_of(by)
    if not addresses:
        raise Refused(_("Confirm your e-mail address first: the badge is bound to it."))
    if same_person(by, code.made_by) and not code.asks_approval:
        raise Refused(_("You cannot award a badge to yourself. Ask a colleague."))
    if queries.held_by(by, code.version.achievement) is not None:
        raise Refused(_("You hold this badge already."))
    code.taken += 1
    code.save(update_fields=["taken"])
    used = ClaimRequest.objects.create(code=code, person=by, address=addresses[0], name=by.name, asked_at=clock.now())
    happened = record("claim_code.used", code, by=by, request=used.public_id)
    if not code.asks_approval:
        return _award(used, by=code.made_by)
    for person in seats.publishers_of(code.issuer).exclude(pk=by.pk):
        notices.write(
            "badge_asked",
            key=f"badge_asked:{happened.public_id}",
            to=person,
            address=queries.code_path(code),
            facts={"badge": code.version.name, "issuer": code.issuer.name, "person": used.name, "code": code.code},
        )
    return used


@transaction.atomic
def approve_request(request: ClaimRequest, *, by: User) -> ClaimRequest:
    """Award what somebody asked for with a code. Nobody approves their own."""
    request = _to_answer(request, by)
    if same_person(request.person, by):
        raise Refused(_("You cannot award a badge to yourself. Ask a colleague."))
    return _award(request, by=by)


@transaction.atomic
def decline_request(request: ClaimRequest, *, by: User) -> ClaimRequest:
    """Say no to somebody who asked with a code; their place is another's."""
    request = _to_answer(request, by)
    code = request.code
    request.move(State.DECLINED)
    _decide(request, by)
    code.taken -= 1
    code.save(update_fields=["taken"])
    happened = record("claim_request.declined", request, by=by, code=code.public_id)
    notices.write(
        "badge_not_given",
        key=f"badge_not_given:{happened.public_id}",
        to=request.person,
        address=code.version.get_absolute_url(),
        facts={"badge": code.version.name, "issuer": code.issuer.name},
    )
    return request


def _to_answer(request: ClaimRequest, by: User) -> ClaimRequest:
    code = ClaimCode.objects.locked(request.code_id)
    if not policies.can_award_directly(by, code.issuer):
        raise PermissionDenied
    found = ClaimRequest.objects.select_related("person").select_for_update(of=("self",)).get(pk=request.pk)
    found.code = code
    return found


def _award(request: ClaimRequest, *, by: User) -> ClaimRequest:
    """To who asked: the address that they had then may be somebody else's by now."""
    request.move(State.AWARDED)
    code = request.code
    if not people.verified_addresses_of(request.person):
        raise Refused(
            _("Whoever asked for it no longer has a confirmed e-mail address, and the badge is bound to one.")
        )
    sent = Sent(request.address, request.name)
    request.credential = award_to_who_asked(code.version, earner=request.person, sent=sent, by=by, why=code.why)
    _decide(request, by)
    record("claim_request.awarded", request, by=by, code=code.public_id, credential=request.credential.public_id)
    return request


def _decide(request: ClaimRequest, by: User) -> None:
    request.decided_at, request.decided_by = clock.now(), by
    request.save(update_fields=["state", "decided_at", "decided_by", "credential"])
