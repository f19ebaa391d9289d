"""What the words of notices and letters need beyond Django's own filters."""

from __future__ import annotations

from datetime import date

from django import template

register = template.Library()


@register.filter
def as_date(fact: str | date) -> date:
    """A date among the facts of a notice, which holds it as YYYY-MM-DD."""
    return fact if isinstance(fact, date) else date.fromisoformat(fact)
