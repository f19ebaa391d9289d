"""An honest verifier: three results, a sentence first, and nothing passes that wasn't checked."""

from apps.credentials.verification.checking import verify
from apps.credentials.verification.outside import Answer, CannotResolve, Outside
from apps.credentials.verification.report import COULD_NOT_CHECK, FAIL, PASS, Check, NotABadge, Report

__all__ = [
    "COULD_NOT_CHECK",
    "FAIL",
    "PASS",
    "Answer",
    "CannotResolve",
    "Check",
    "NotABadge",
    "Outside",
    "Report",
    "verify",
]
