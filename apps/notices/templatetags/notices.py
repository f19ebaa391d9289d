"""Template tags and filters for the text of notices and letters."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django import template
from django.urls import NoReverseMatch, reverse

from apps.notices.views.kept import may_read

if TYPE_CHECKING:
    from django.template.context import Context

register = template.Library()


@register.filter
def as_date(fact: str | date) -> date:
    """A date from the facts of a notice, which hold it as YYYY-MM-DD."""
    return fact if isinstance(fact, date) else date.fromisoformat(fact)


@register.simple_tag(takes_context=True)
def where_letters_are_kept(context: Context) -> str:
    """The address of the letters that were kept instead of sent, if the reader may see them; else empty."""
    request = context.get("request")
    try:
        there = reverse("notices:kept_letters")
    except NoReverseMatch:
        return ""
    return there if request is not None and may_read(request) else ""
