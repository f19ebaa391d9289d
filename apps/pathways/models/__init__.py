"""The models: pathways and their trees, equivalences, enrolments, what was reached, and recognised credit."""

from apps.pathways.models.enrolments import (
    Component,
    Enrolment,
    EnrolmentQuerySet,
    Group,
    Membership,
    Stack,
    StackDecision,
    StackQuerySet,
)
from apps.pathways.models.equivalences import Equivalence
from apps.pathways.models.pathways import Node, Pathway, PathwayQuerySet, PathwayVersion
from apps.pathways.models.recognition import (
    RECOGNISING,
    Agreement,
    AgreementQuerySet,
    CreditRequest,
    CreditRequestQuerySet,
    DossierItem,
    DossierPiece,
)

__all__ = [
    "RECOGNISING",
    "Agreement",
    "AgreementQuerySet",
    "Component",
    "CreditRequest",
    "CreditRequestQuerySet",
    "DossierItem",
    "DossierPiece",
    "Enrolment",
    "EnrolmentQuerySet",
    "Equivalence",
    "Group",
    "Membership",
    "Node",
    "Pathway",
    "PathwayQuerySet",
    "PathwayVersion",
    "Stack",
    "StackDecision",
    "StackQuerySet",
]
