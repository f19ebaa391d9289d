"""Filters of the queue that a person saves under a name."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.refused import Refused
from apps.core.text import is_plain, one_line
from apps.reviews.models import SavedView

# They are shown in one row above the queue.
MOST = 12


@transaction.atomic
def save_view(*, by: User, name: str, asked: str) -> SavedView:
    """Save a view, replacing one of the same name."""
    name = one_line(name).strip()[:40]
    if not name or not is_plain(name):
        raise Refused(_("Give it a name."))
    longest = SavedView._meta.get_field("asked").max_length or 0
    if not asked or len(asked) > longest or not is_plain(asked):
        raise Refused(_("Choose a view or a filter first. The whole queue doesn't need saving."))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    if by.saved_views.exclude(name=name).count() >= MOST:
        raise Refused(_("You have %(n)d saved views. Take one away first.") % {"n": MOST})
    saved, _is_new = SavedView.objects.update_or_create(
        person=by, name=name, defaults={"asked": asked, "saved_at": clock.now()}
    )
    return saved


@transaction.atomic
def forget_view(saved: SavedView, *, by: User) -> None:
    if saved.person_id != by.pk:
        raise PermissionDenied
    saved.delete()
