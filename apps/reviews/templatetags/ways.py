"""Addresses on the desk and the pages around it, which keep the view of the queue that the work was opened from."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.http import urlencode

from apps.reviews.forms import queue_at, view_in

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_url(context: template.RequestContext, name: str, *args: str, **asked: str) -> str:
    """Like `url`, with the parameters `asked`, and with the view kept."""
    view = _view(context)
    said = urlencode(asked | ({"from": view} if view else {}))
    address = reverse(name, args=args)
    return f"{address}?{said}" if said else address


@register.simple_tag(takes_context=True)
def queue_url(context: template.RequestContext) -> str:
    """The queue, in that view."""
    return queue_at(_view(context))


@register.simple_tag(takes_context=True)
def view_kept(context: template.RequestContext) -> str:
    """The view itself, as a field of a form that is sent by GET has it."""
    return _view(context)


def _view(context: template.RequestContext) -> str:
    return view_in(context.request.GET.get("from", ""))
