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
    """Change a draft: who designs at the issuer; a plan's owner."""
    if pathway.issuer is None:
        return pathway.owner_id == user.pk
    return issuers.can_design(user, pathway.issuer)


def can_publish(user: User, pathway: Pathway) -> bool:
    """Let a version pass: who runs the issuer; a plan's owner."""
    if pathway.issuer is None:
        return pathway.owner_id == user.pk
    return issuers.can_publish(user, pathway.issuer)


def can_walk(user: User, enrolment: Enrolment) -> bool:
    """Leave, set a day, move to another version."""
    return enrolment.learner_id == user.pk


def can_say_what_counts(user: User, issuer: Issuer) -> bool:
    """Propose an equivalence, and end it."""
    return issuers.can_edit(user, issuer)


def can_answer_equivalence(user: User, equivalence: Equivalence) -> bool:
    """Who runs the issuer of the badge that is to count."""
    return equivalence.theirs is not None and issuers.can_edit(user, equivalence.theirs.issuer)


def can_decide_stack(user: User, stack: Stack) -> bool:
    """Say what becomes of a stack at risk: who runs the issuer of the pathway."""
    issuer = stack.enrolment.pathway.issuer
    return issuer is not None and issuers.can_edit(user, issuer)


def can_lead(user: User, pathway: Pathway) -> bool:
    """Make a group on a pathway, and name its mentor: who runs the issuer; a plan's owner."""
    if pathway.issuer is None:
        return pathway.owner_id == user.pk
    return issuers.can_edit(user, pathway.issuer)


# --- recognition of credit --------------------------------------------------------------------------------------------
def can_propose_agreement(user: User, issuer: Issuer) -> bool:
    """Agree with a partner on what counts there, take that back, and end it: who runs the issuer."""
    return issuers.can_edit(user, issuer)


def can_answer_agreement(user: User, agreement: Agreement) -> bool:
    """Say yes or no for the partner."""
    return agreement.partner is not None and issuers.can_recognise(user, agreement.partner)


def can_end_agreement(user: User, agreement: Agreement) -> bool:
    """Either side."""
    return can_propose_agreement(user, agreement.issuer) or can_answer_agreement(user, agreement)


def can_answer_credit(user: User, request: CreditRequest) -> bool:
    """Count credit in the partner's name. Whether it is one's own request is asked apart."""
    return can_answer_agreement(user, request.agreement)


def answers_oneself(user: User, request: CreditRequest) -> bool:
    """Whether this person would answer their own request, by whichever of their addresses."""
    return same_person(user, request.learner)


def is_sent_to_oneself(agreement: Agreement, learner: User) -> bool:
    """Whether letters to the partner would reach who asks."""
    return normal_address(agreement.partner_email) in addresses_of(learner)
