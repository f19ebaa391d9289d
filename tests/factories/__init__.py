"""Rows for tests, made by the house's own verbs wherever there is one."""

from tests.factories.notices import notice_for
from tests.factories.people import PASSWORD, code_sent_to, newest_letter, operator, person, shown_by_app
from tests.factories.rubrics import (
    OUTCOMES,
    RUBRIC,
    WORDS,
    assessor_of,
    drafted_version,
    issuer_with_owner,
    owner_of,
    published_version,
    seated,
)
from tests.factories.work import (
    ALL_GOOD,
    assessable_attempt,
    awarded_credential,
    decided,
    marks_for,
    open_attempt,
    png_upload,
    submitted_attempt,
    taken_attempt,
)

__all__ = [
    "ALL_GOOD",
    "OUTCOMES",
    "PASSWORD",
    "RUBRIC",
    "WORDS",
    "assessable_attempt",
    "assessor_of",
    "awarded_credential",
    "code_sent_to",
    "decided",
    "drafted_version",
    "issuer_with_owner",
    "marks_for",
    "newest_letter",
    "notice_for",
    "open_attempt",
    "operator",
    "owner_of",
    "person",
    "png_upload",
    "published_version",
    "seated",
    "shown_by_app",
    "submitted_attempt",
    "taken_attempt",
]
