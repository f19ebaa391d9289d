"""The backpack, its collections, and the page of a shared one that strangers open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.http import reader_of
from apps.accounts.models import User
from apps.backpacks import finding, queries, today, tokens, verbs
from apps.backpacks.forms import CollectionForm
from apps.backpacks.models import BackpackItem, Collection, ShareLink
from apps.core.context import shell_of
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.views import did
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For visitors: what this place is, on one screen. For a person: what to do next, in the part they act in."""
    shell = shell_of(request)
    if shell.role is None or not isinstance(request.user, User):
        return render(request, "backpacks/home/visitor.html", {"versions": queries.front_window()})
    context = today.of(shell.role.name, request.user, also=[role.name for role in shell.roles])
    return render(request, f"backpacks/home/{shell.role.name}.html", context)


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`/search/?q=`: public badges for everybody; for a person also their own things, and work they may judge."""
    asked = asked_of(request)
    user = reader_of(request)
    groups = finding.find(asked, user=user) if asked else []
    context = {"asked": asked, "groups": groups, "count": sum(group.count for group in groups)}
    return render(request, "backpacks/search.html", context)


@login_required
@never_cache
@require_safe
def backpack(request: SignedInRequest) -> HttpResponse:
    items = (
        BackpackItem.objects.visible_to(request.user)
        .select_related("credential__version__achievement", "credential__issuer")
        .order_by("-filed_at", "-pk")
    )
    page = Paginator(items, 24).get_page(request.GET.get("page"))
    collections = Collection.objects.visible_to(request.user).prefetch_related("share_links", "places")
    # One filled button a page, also where several badges wait for a yes.
    offered = (item for item in page if item.credential.state == Credential.State.OFFERED)
    context = {"page": page, "collections": collections, "first_offered": next(offered, None)}
    return render(request, "backpacks/backpack.html", context)


@login_required
@require_POST
def claim(request: SignedInRequest, public_id: str) -> HttpResponse:
    item = get_object_or_404(BackpackItem.objects.visible_to(request.user), public_id=public_id)
    did(request, lambda: credentials.claim(item.credential, by=request.user), _("Kept."))
    return redirect("backpacks:backpack")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make_collection(request: SignedInRequest) -> HttpResponse:
    form = CollectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(verbs.make_collection(by=request.user, **form.cleaned_data))
    return render(request, "backpacks/make_collection.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def collection(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Arrange a collection, and see whether and to whom it is shown."""
    found = _own(request, public_id)
    form = CollectionForm(request.POST or None, initial={"title": found.title, "story": found.story})
    if request.method == "POST" and form.is_valid():
        verbs.edit_collection(found, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(found)
    link = found.share_links.live().first()
    places = found.places.select_related("item__credential__version__achievement", "item__credential__issuer")
    mine = BackpackItem.objects.visible_to(request.user).exclude(places__collection=found)
    context = {
        "collection": found,
        "form": form,
        "places": places,
        "addable": mine.select_related("credential__version__achievement", "credential__issuer"),
        "link": link,
        "share_address": tokens.address_of(link) if link else "",
    }
    return render(request, "backpacks/collection.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def collect(request: SignedInRequest, public_id: str, item_id: str) -> HttpResponse:
    found = _own(request, public_id)
    item = get_object_or_404(BackpackItem.objects.visible_to(request.user), public_id=item_id)
    did(request, lambda: verbs.collect(found, item, by=request.user))
    return redirect(found)


@login_required
@require_POST
def uncollect(request: SignedInRequest, public_id: str, item_id: str) -> HttpResponse:
    found = _own(request, public_id)
    item = get_object_or_404(BackpackItem.objects.visible_to(request.user), public_id=item_id)
    verbs.uncollect(found, item, by=request.user)
    return redirect(found)


@login_required
@require_POST
def arrange(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Move one item up or down: `move=<item id>:up`."""
    found = _own(request, public_id)
    item_id, _colon, way = request.POST.get("move", "").partition(":")
    order = [place.item.public_id for place in found.places.select_related("item")]
    if item_id in order:
        here = order.index(item_id)
        there = max(here - 1, 0) if way == "up" else min(here + 1, len(order) - 1)
        order[here], order[there] = order[there], order[here]
        verbs.arrange(found, by=request.user, order=order)
    return redirect(found)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say what others will see, then share."""
    found = _own(request, public_id)
    refused = ""
    if request.method == "POST":
        try:
            verbs.share(found, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Shared. Whoever has the link can open it."))
            return redirect(f"{found.get_absolute_url()}#share")
    context = {"collection": found, "lifted": verbs.private_in(found), "refused": refused}
    return render(request, "backpacks/share.html", context, status=409 if refused else 200)


@login_required
@require_POST
def unshare(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    verbs.unshare(found, by=request.user)
    messages.success(request, _("Collection hidden. The old link shows nothing now."))
    return redirect(found)


@login_required
@require_POST
def remove_collection(request: SignedInRequest, public_id: str) -> HttpResponse:
    verbs.remove_collection(_own(request, public_id), by=request.user)
    messages.success(request, _("Collection removed. Its badges stay in your backpack."))
    return redirect("backpacks:backpack")


@never_cache
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """`/b/<token>/`: a collection as a stranger sees it. An unknown link and one taken back look the same."""
    link = (
        ShareLink.objects.live().filter(token_hash=tokens.hash_of(token)).select_related("collection__person").first()
    )
    if link is None:
        raise Http404
    shown = queries.shown_in(link.collection)
    response = render(
        request, "backpacks/shared.html", {"collection": link.collection, "credentials": shown, "link": link}
    )
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _own(request: SignedInRequest, public_id: str) -> Collection:
    return get_object_or_404(Collection.objects.visible_to(request.user), public_id=public_id)
