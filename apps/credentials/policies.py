"""Who may award, revoke and replace; request, answer, withdraw and revoke endorsements; and stop keeping badges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.policies import same_person
from apps.credentials.models import Credential
from apps.issuers.models import RUNNING, Issuer
from apps.issuers.policies import can_edit, has_seat

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.credentials.models import Endorsable, Endorsement, ForeignCredential


def can_award_directly(user: User, issuer: Issuer) -> bool:
    """Award without an assessment here: owners and managers, who are named as the award's basis."""
    return has_seat(user, issuer, *RUNNING)


def can_award_many(user: User, issuer: Issuer) -> bool:
    """Award to a whole table of people at once, and undo that within the hour: owners and managers."""
    return has_seat(user, issuer, *RUNNING)


def can_change_standing(user: User, issuer: Issuer) -> bool:
    """Suspend, revoke, replace, renew."""
    return has_seat(user, issuer, *RUNNING)


def can_turn_keys(user: User, issuer: Issuer) -> bool:
    """Rotate an issuer's keys, and mark one as compromised."""
    return has_seat(user, issuer, *RUNNING)


# --- endorsements -----------------------------------------------------------------------------------------------------
def can_request_endorsement(user: User, subject: Endorsable) -> bool:
    """For a credential, its earner; for an issuer and its achievements, those who run it."""
    if isinstance(subject, Credential):
        return subject.earner_id == user.pk
    return can_edit(user, subject if isinstance(subject, Issuer) else subject.achievement.issuer)


def can_withdraw_endorsement(user: User, endorsement: Endorsement) -> bool:
    """The person who asked, and anyone who could ask today, since people leave."""
    return endorsement.asked_by_id == user.pk or can_request_endorsement(user, endorsement.subject)


def can_answer_endorsement(user: User, endorsement: Endorsement) -> bool:
    """Those who run the endorser. One outside answers by a letter."""
    return endorsement.endorser is not None and can_edit(user, endorsement.endorser)


def asked_oneself(user: User, endorsement: Endorsement) -> bool:
    """Whether this person would be endorsing at their own request, or what they earned themselves."""
    if same_person(user, endorsement.asked_by):
        return True
    return endorsement.credential is not None and same_person(user, endorsement.credential.earner)


# --- what others issued ------------------------------------------------------------------------------------------------
def can_give_up_foreign(user: User, foreign: ForeignCredential) -> bool:
    return foreign.holder_id == user.pk
