"""The share sheet: every way to share a badge, or a collection by one of its links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.backpacks import counting, queries, records, sheet, tokens, verbs
from apps.backpacks.models import Collection
from apps.core import qr
from apps.core.views import did
from apps.credentials import queries as credentials
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.backpacks.models import ShareLink
    from apps.backpacks.sheet import Sheet


@login_required
@never_cache
@require_safe
def share_credential(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A badge's sheet, for its earner. While only they see it: who would, and how to show it, but no links yet."""
    found = get_object_or_404(Credential.objects.filter(earner=request.user).for_its_page(), public_id=public_id)
    told = records.record_of(found, form=credentials.signed_form(found), full=False, brief=True)
    context = {"credential": found, "version": found.version, "record": told}
    if found.seen_by == Credential.Visibility.PRIVATE or told.signed is None:
        return render(request, "backpacks/share_credential.html", context)
    made = sheet.of_credential(told, found, short=queries.short_address_of(found))
    context |= _sheet(request, made, of="credential", subject_id=found.public_id)
    return render(request, "backpacks/share_credential.html", context)


@login_required
@require_POST
def make_code(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Credential.objects.filter(earner=request.user), public_id=public_id)
    return _code_for(request, found, reverse("backpacks:share_credential", args=[public_id]))


@login_required
@never_cache
@require_safe
def share_link(request: SignedInRequest, public_id: str, link_id: str) -> HttpResponse:
    """A collection's sheet, for one of its links."""
    link = _link(request, public_id, link_id)
    collection, short = link.collection.through(link), queries.short_address_of(link)
    made = sheet.of_collection(collection, tokens.token_of(link.public_id), short=short)
    context = _sheet(request, made, of="link", subject_id=link.public_id) | {"collection": collection, "link": link}
    context["make_code"] = reverse("backpacks:make_link_code", args=[public_id, link_id])
    return render(request, "backpacks/share_link.html", context)


@login_required
@require_POST
def make_link_code(request: SignedInRequest, public_id: str, link_id: str) -> HttpResponse:
    link = _link(request, public_id, link_id)
    return _code_for(request, link, reverse("backpacks:share_link", args=[public_id, link_id]))


@login_required
@never_cache
@require_safe
def share_public(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A public collection's sheet, for its own address."""
    collection = _collection(request, public_id)
    if collection.visibility != Collection.Visibility.PUBLIC:
        return redirect(f"{collection.get_absolute_url()}#share")
    made = sheet.of_collection(collection, collection.public_id, short=queries.short_address_of(collection))
    context = _sheet(request, made, of="collection", subject_id=collection.public_id) | {"collection": collection}
    context["make_code"] = reverse("backpacks:make_collection_code", args=[public_id])
    return render(request, "backpacks/share_link.html", context)


@login_required
@require_POST
def make_collection_code(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _code_for(request, _collection(request, public_id), reverse("backpacks:share_public", args=[public_id]))


def _collection(request: SignedInRequest, public_id: str) -> Collection:
    return get_object_or_404(Collection.objects.visible_to(request.user).select_related("person"), public_id=public_id)


def _link(request: SignedInRequest, public_id: str, link_id: str) -> ShareLink:
    links = _collection(request, public_id).share_links.live().select_related("collection__person")
    return get_object_or_404(links, public_id=link_id)


def _code_for(request: SignedInRequest, thing: Credential | ShareLink | Collection, there: str) -> HttpResponse:
    did(request, lambda: verbs.make_code(thing, by=request.user), _("Here is its short address."))
    return redirect(f"{there}#paper")


def _sheet(request: SignedInRequest, made: Sheet, *, of: str, subject_id: str) -> dict[str, Any]:
    """`?instance=`: the host of their Mastodon account, asked for here so that the share link stays a plain one."""
    typed = request.GET.get("instance", "")[:300]
    instance = sheet.host_of(typed)
    return {
        "sheet": made,
        "networks": made.networks(instance or sheet.MASTODON),
        "instance": instance or typed or sheet.MASTODON,
        "wrong_instance": bool(typed and not instance),
        "qr": qr.svg(made.address),
        "frame": str(made.frame.html()),
        "views": counting.month_of(of, subject_id),
        "here": request.path,
    }
