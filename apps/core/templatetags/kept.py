"""Parts of a page that are drawn once and reused for as long as their values stay the same."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_urlconf
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from apps.core.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Hashable

register = template.Library()

_parts: Kept[str] = Kept(most_bytes=16_000_000, largest=250_000)
# What differs at each visit is filled in afterwards; nobody can guess these placeholders.
_TOKEN, _HERE, _VISITED = (f"({name} {secrets.token_hex(16)})" for name in ("token", "here", "visited"))


@register.simple_tag(takes_context=True)
def kept(context: template.RequestContext, template_name: str, visited: str = "", **given: Hashable) -> SafeString:
    """Render the named template from these values, `csrf_token`, `here` (the path to come back to) and `visited`, and
    nothing else, so that the same values give the same result. Values are strings, numbers, booleans and tuples of
    them; never anything a visitor put into a URL, since that would push out the rest. That may be given as `visited`,
    a string that the template only writes out.

    Django takes ten millionths of a second for each variable of a page, and the frame around a page has hundreds.
    """
    # A SafeString is equal to the same plain string.
    kinds = tuple(isinstance(value, SafeString) for value in given.values())
    spoken = (get_language(), timezone.get_current_timezone_name(), get_urlconf())
    key = (template_name, *spoken, kinds, tuple(given.items()))
    drawn = None if settings.DEBUG else _parts.get(key)
    if drawn is None:
        drawn = get_template(template_name).render({"csrf_token": _TOKEN, "here": _HERE, "visited": _VISITED} | given)
        _parts.put(key, drawn, 2 * len(drawn))  # with its values, which it contains
    if _TOKEN in drawn:
        drawn = drawn.replace(_TOKEN, str(context["csrf_token"]))
    if _HERE in drawn:
        drawn = drawn.replace(_HERE, escape(context.request.get_full_path()))
    if _VISITED in drawn:
        drawn = drawn.replace(_VISITED, escape(visited))
    return mark_safe(drawn)  # noqa: S308 - a template escaped its values; the token is Django's letters, and the path is escaped above
