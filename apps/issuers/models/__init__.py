"""Issuers, their people's roles, and what can be earned: achievements in numbered, frozen versions."""

from apps.issuers.models.achievements import Achievement, AchievementVersion
from apps.issuers.models.approval import ApprovalStep, DesignComment
from apps.issuers.models.catalogue import CatalogueEntry, CatalogueSkill, CatalogueWord
from apps.issuers.models.organisations import Approval, Descent, EvidenceType, Issuer
from apps.issuers.models.rubrics import Alignment, Criterion, EvidenceRequirement, LearningOutcome, Level
from apps.issuers.models.seats import RUNNING, Invitation, Seat

__all__ = [
    "RUNNING",
    "Achievement",
    "AchievementVersion",
    "Alignment",
    "Approval",
    "ApprovalStep",
    "CatalogueEntry",
    "CatalogueSkill",
    "CatalogueWord",
    "Criterion",
    "Descent",
    "DesignComment",
    "EvidenceRequirement",
    "EvidenceType",
    "Invitation",
    "Issuer",
    "LearningOutcome",
    "Level",
    "Seat",
]
