"""A frozen attempt as one ZIP, with sums that `sha256sum -c SHA256SUMS` checks.

It holds what was handed in, byte for byte; or, for readers who may not know whose it is, copies with names masked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.submissions import queries
from apps.submissions.export import covered, draft, whole
from apps.submissions.export.common import CHUNK, file_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.accounts.models import User
    from apps.submissions.models import Attempt

__all__ = ["CHUNK", "archive", "draft", "file_name", "whole"]


def archive(attempt: Attempt, *, reader: User) -> Iterator[bytes]:
    """Yield the ZIP in chunks. `attempt` is frozen, with its submission's version, achievement and issuer."""
    knows = queries.may_know_learner(reader, attempt.submission)
    return whole.archive(attempt, reader=reader) if knows else covered.archive(attempt, reader=reader)
