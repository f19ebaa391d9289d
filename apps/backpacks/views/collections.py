"""Pages on which an earner makes a collection: texts, blocks, order, and who sees it."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.backpacks import counting, listing, pictures, queries, showing, tokens, verbs
from apps.backpacks.forms import (
    BlockForm,
    CollectionForm,
    CoverForm,
    EditCollectionForm,
    PublishForm,
    ShareForm,
    WordsForm,
)
from apps.backpacks.models import BackpackItem, Collection, ShareLink, TakenOut
from apps.core import clock
from apps.core.ids import clean_id
from apps.core.searching import asked_of
from apps.core.views import did, did_with

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from apps.accounts.http import SignedInRequest

# The number of items that the page offers to add at once; a search finds the others.
MOST_OFFERED = 60


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_collection(request: SignedInRequest) -> HttpResponse:
    form = CollectionForm(request.POST or None)
    made = did_with(request, form, lambda **words: verbs.make_collection(by=request.user, **words))
    if made is not None:
        return redirect(made)
    return render(request, "backpacks/make_collection.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def collection(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Arrange a collection, and see whether and to whom it is shown."""
    found = _own(request, public_id)
    form = EditCollectionForm(request.POST or None, initial=_words_of(found))
    if did_with(request, form, lambda **changes: verbs.edit_collection(found, by=request.user, **changes)):
        messages.success(request, _("Saved."))
        return redirect(found)
    return _page(request, found, form=form)


@login_required
@require_POST
def collect(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Add what was chosen, `item=<public id>` as often as wanted, at the end."""
    found = _own(request, public_id)
    chosen = [clean_id(one) for one in request.POST.getlist("item")[:200]]
    mine = BackpackItem.objects.visible_to(request.user).in_bulk(chosen, field_name="public_id")
    for item in mine.values():
        if not did(request, partial(verbs.collect, found, item, by=request.user)):
            break
    return redirect(f"{found.get_absolute_url()}#inside")


@login_required
@require_POST
def write_block(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    form = WordsForm(request.POST)
    if did_with(request, form, lambda **facts: verbs.write_block(found, by=request.user, **facts)):
        return redirect(f"{found.get_absolute_url()}#inside")
    return _page(request, found, words_form=form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_block(request: SignedInRequest, public_id: str, block_id: str) -> HttpResponse:
    """Edit the text, the size, and what a badge hides in this collection."""
    found = _own(request, public_id)
    block = get_object_or_404(found.blocks.select_related("collection", "item"), public_id=block_id)
    form = BlockForm(request.POST or None, block=block)
    if did_with(request, form, lambda **changes: verbs.edit_block(block, by=request.user, **changes)):
        messages.success(request, _("Saved."))
        return redirect(f"{found.get_absolute_url()}#inside")
    context = {"collection": found, "part": block, "form": form}
    return render(request, "backpacks/edit_block.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def uncollect(request: SignedInRequest, public_id: str, block_id: str) -> HttpResponse:
    found = _own(request, public_id)
    block = get_object_or_404(found.blocks.select_related("collection", "item"), public_id=block_id)
    verbs.uncollect(block, by=request.user)
    return redirect(f"{found.get_absolute_url()}?taken={block.public_id}#inside")


@login_required
@require_POST
def put_back(request: SignedInRequest, public_id: str, block_id: str) -> HttpResponse:
    found = _own(request, public_id)
    did(request, lambda: verbs.put_back(found, by=request.user, block_id=block_id))
    return redirect(f"{found.get_absolute_url()}#inside")


@login_required
@require_POST
def arrange(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Move one block up or down with `move=<block id>:up`, or all of them with `order=<block id>,<block id>,…`."""
    found = _own(request, public_id)
    order = list(found.blocks.values_list("public_id", flat=True))
    block_id, _colon, way = request.POST.get("move", "").partition(":")
    if block_id in order:
        here = order.index(block_id)
        there = max(here - 1, 0) if way == "up" else min(here + 1, len(order) - 1)
        order[here], order[there] = order[there], order[here]
    elif "order" in request.POST:
        order = request.POST["order"].split(",")[: len(order)]
    verbs.arrange(found, by=request.user, order=order)
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(f"{found.get_absolute_url()}#inside")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_cover(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    form = CoverForm(request.POST or None, request.FILES or None, initial={"alt": found.cover_alt})
    if did_with(request, form, lambda **facts: verbs.set_cover(found, by=request.user, **facts)):
        messages.success(request, _("Saved."))
        return redirect(found)
    return render(
        request, "backpacks/set_cover.html", {"collection": found, "form": form}, status=422 if form.errors else 200
    )


@login_required
@require_safe
def cover(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Collection.objects.visible_to(request.user).exclude(cover=""), public_id=public_id)
    return pictures.answer(request, found.cover)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say what others will see, then make a link."""
    found = _own(request, public_id)
    form = ShareForm(request.POST or None, collection=found)
    made = did_with(
        request,
        form,
        lambda until, **said: verbs.share(found, by=request.user, expires_at=_end_of(until, request), **said),
    )
    if made is not None:
        messages.success(request, _("Shared. Anyone with the link can open it."))
        return redirect(f"{found.get_absolute_url()}#share")
    context = {"collection": found, "form": form, "lifted": queries.private_in(found)}
    return render(request, "backpacks/share.html", context, status=409 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish_collection(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say what everyone will see, then show it to them."""
    found = _own(request, public_id)
    form = PublishForm(request.POST or None, initial={"may_be_found": found.may_be_found})
    if did_with(request, form, lambda **facts: verbs.publish_collection(found, by=request.user, **facts)):
        messages.success(request, _("Anyone can open it now."))
        return redirect(f"{found.get_absolute_url()}#share")
    context = {"collection": found, "form": form, "lifted": queries.private_in(found)}
    return render(request, "backpacks/publish_collection.html", context, status=409 if form.errors else 200)


@login_required
@require_POST
def unpublish_collection(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    verbs.unpublish_collection(found, by=request.user)
    messages.success(request, _("No longer public. Its links still work."))
    return redirect(f"{found.get_absolute_url()}#share")


@login_required
@require_POST
def unshare(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    verbs.unshare(found, by=request.user)
    messages.success(request, _("Collection hidden. Its links show nothing now."))
    return redirect(found)


@login_required
@require_POST
def revoke_link(request: SignedInRequest, public_id: str, link_id: str) -> HttpResponse:
    found = _own(request, public_id)
    link = get_object_or_404(found.share_links.select_related("collection"), public_id=link_id)
    verbs.revoke_link(link, by=request.user)
    messages.success(request, _("Taken back. That link shows nothing now."))
    return redirect(f"{found.get_absolute_url()}#share")


@login_required
@require_POST
def remove_collection(request: SignedInRequest, public_id: str) -> HttpResponse:
    verbs.remove_collection(_own(request, public_id), by=request.user)
    messages.success(request, _("Collection removed. What was in it stays in your backpack."))
    return redirect("backpacks:backpack")


@login_required
@never_cache
@require_safe
def preview(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The page as a stranger would see it if it were shown now, even if nothing is."""
    found = _own(request, public_id)
    page = showing.page_of(found, at=found.public_id, as_if_shown=True)
    context = queries.page_of(found, page) | {"is_preview": True, "at": found.public_id}
    return render(request, "backpacks/shared.html", context)


def _own(request: SignedInRequest, public_id: str) -> Collection:
    return get_object_or_404(Collection.objects.visible_to(request.user).select_related("person"), public_id=public_id)


def _page(
    request: SignedInRequest,
    found: Collection,
    *,
    form: CollectionForm | None = None,
    words_form: WordsForm | None = None,
) -> HttpResponse:
    asked = listing.Asked(words=asked_of(request), sort="name")
    blocks = found.blocks.select_related(
        "item__credential__version__achievement", "item__credential__issuer", "item__foreign", "item__declared"
    )
    addable = listing.items(request.user, asked).exclude(blocks__collection=found)
    taken = clean_id(request.GET.get("taken", ""))
    links = list(found.share_links.filter(revoked_at=None))
    failed = (form is not None and form.errors) or (words_form is not None and words_form.errors)
    context: dict[str, Any] = {
        "collection": found,
        "form": form or EditCollectionForm(initial=_words_of(found)),
        "words_form": words_form or WordsForm(),
        "blocks": [(block, showing.standing_of(block.item) if block.item else "") for block in blocks],
        "taken": TakenOut.objects.may_be_put_back().filter(collection=found, block_id=taken).first() if taken else None,
        "addable": addable[:MOST_OFFERED],
        "asked": asked.words,
        "links": _told(links),
        "public_address": tokens.public_address_of(found),
        "views": counting.of_collection(found),
    }
    return render(request, "backpacks/collection.html", context, status=422 if failed else 200)


def _words_of(found: Collection) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("title", "story", "layout", "shows_name")}


def _told(links: list[ShareLink]) -> list[dict[str, Any]]:
    views = counting.totals("link", [one.public_id for one in links])
    return [
        {"link": one, "address": tokens.address_of(one), "views": views.get(one.public_id, 0)}
        for one in links
        if one.is_live
    ]


def _end_of(day: date | None, request: SignedInRequest) -> datetime | None:
    """The end of a day in the zone of the person who chose it."""
    if day is None:
        return None
    return datetime.combine(day, time.max.replace(microsecond=0), tzinfo=clock.zone(request.user.time_zone))
