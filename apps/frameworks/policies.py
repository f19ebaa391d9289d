"""Who may do what with frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.accounts.models import User


def can_import(user: User) -> bool:
    """Whether they may import and retire frameworks, which belong to the whole installation: its operators."""
    return user.is_active and user.is_operator
