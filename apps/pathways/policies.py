"""Who may write a pathway, say what counts, decide on a stack at risk, and lead a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.policies import same_person
from apps.accounts.queries import addresses_of
from apps.core.text import normal_address
from apps.issuers import policies as issuers

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.issuers.models import Issuer
    from apps.pathways.models import Agreement, CreditRequest, Enrolment, Equivalence, Pathway, Stack


def can_write(user: User, pathway: Pathway) -> bool:
    """Whether they may change a draft: the issuer's designers, or a plan's owner."""
    if pathway.issuer is None:
        return pathway.owner_id == user.pk
    return issuers.can_design(user, pathway.issuer)


def can_publish(user: User, pathway: Pathway) -> bool:
    """Whether they may publish a version: those who run the issuer, or a plan's owner."""
    if pathway.issuer is None:
        return pathway.owner_id == user.pk
    return issuers.can_publish(user, pathway.issuer)


def can_walk(user: User, enrolment: Enrolment) -> bool:
    """Whether they may leave, set a target day, or move to another version."""
    return enrolment.learner_id == user.pk


def can_say_what_counts(user: User, issuer: Issuer) -> bool:
    """Whether they may propose an equivalence, and end it."""
    return issuers.can_edit(user, issuer)


def can_answer_equivalence(user: User, equivalence: Equivalence) -> bool:
    """Whether they run the issuer of the badge that is to count."""
    return equivalence.theirs is not None and issuers.can_edit(user, equivalence.theirs.issuer)


def can_decide_stack(user: User, stack: Stack) -> bool:
    """Whether they may decide on a stack at risk: those who run the issuer of the pathway."""
    issuer = stack.enrolment.pathway.issuer
    return issuer is not None and issuers.can_edit(user, issuer)


def can_lead(user: User, pathway: Pathway) -> bool:
    """Whether they may make a group on a pathway and name its mentor: those who run the issuer, or a plan's owner."""
    if pathway.issuer is None:
        return pathway.owner_id == user.pk
    return issuers.can_edit(user, pathway.issuer)


# --- recognition of credit --------------------------------------------------------------------------------------------
def can_propose_agreement(user: User, issuer: Issuer) -> bool:
    """Whether they may make, withdraw and end agreements with partners: those who run the issuer."""
    return issuers.can_edit(user, issuer)


def can_answer_agreement(user: User, agreement: Agreement) -> bool:
    """Whether they may answer for the partner."""
    return agreement.partner is not None and issuers.can_recognise(user, agreement.partner)


def can_end_agreement(user: User, agreement: Agreement) -> bool:
    """Whether they may end it: either side may."""
    return can_propose_agreement(user, agreement.issuer) or can_answer_agreement(user, agreement)


def can_answer_credit(user: User, request: CreditRequest) -> bool:
    """Whether they may count credit in the partner's name. That it isn't their own request is checked separately."""
    return can_answer_agreement(user, request.agreement)


def answers_oneself(user: User, request: CreditRequest) -> bool:
    """Whether this person would answer their own request, through any of their addresses."""
    return same_person(user, request.learner)


def is_sent_to_oneself(agreement: Agreement, learner: User) -> bool:
    """Whether letters to the partner would reach the asker."""
    return normal_address(agreement.partner_email) in addresses_of(learner)
