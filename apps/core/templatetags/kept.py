"""Parts of a page that are drawn once and then kept, for as long as what they say stays the same."""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_urlconf
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Hashable

register = template.Library()

# Parts of some kilobytes each, in each process.
MOST_KEPT = 4096
# What is another one at each visit is put in afterwards; nobody can write these words.
_TOKEN, _HERE = (f"({name} {secrets.token_hex(16)})" for name in ("token", "here"))


@register.simple_tag(takes_context=True)
def kept(context: template.RequestContext, template_name: str, **given: Hashable) -> SafeString:
    """What the template of that name makes of these values, of `csrf_token` and of `here`, the path to come back to;
    and of nothing else, so that who gets the same values gets the same words. Values are words, numbers, truths and
    tuples of them; never what somebody wrote into an address, since that would fill the memory.

    Django takes ten millionths of a second for each variable of a page, and the frame around a page has hundreds.
    """
    draw = _draw if settings.DEBUG else _drawn
    # A word that is safe as it stands is equal to one that is not.
    kinds = tuple(isinstance(value, SafeString) for value in given.values())
    drawn = draw(
        *(template_name, get_language(), timezone.get_current_timezone_name()),
        *(get_urlconf(), kinds, tuple(given.items())),
    )
    if _TOKEN in drawn:
        drawn = drawn.replace(_TOKEN, str(context["csrf_token"]))
    if _HERE in drawn:
        drawn = drawn.replace(_HERE, escape(context.request.get_full_path()))
    return mark_safe(drawn)  # noqa: S308 - a template's, and two values: one of Django's own, one escaped


def _draw(
    template_name: str,
    _language: str | None,
    _zone: str,
    _urlconf: str | None,
    _kinds: tuple[bool, ...],
    given: tuple[tuple[str, Any], ...],
) -> str:
    return get_template(template_name).render({"csrf_token": _TOKEN, "here": _HERE} | dict(given))


_drawn = lru_cache(maxsize=MOST_KEPT)(_draw)
