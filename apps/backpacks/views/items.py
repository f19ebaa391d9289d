"""A person's backpack, and each item in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import queries as accounts
from apps.backpacks import listing, pictures, showing, verbs
from apps.backpacks import skills as proved
from apps.backpacks.forms import DeclareForm, NoteForm
from apps.backpacks.models import BackpackItem, Collection
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.shown import Choice
from apps.core.text import one_line
from apps.core.views import back, did, did_with
from apps.credentials import queries, reports
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.backpacks.models import BackpackItemQuerySet

EACH_PAGE = 24
SKILLS_EACH_PAGE = 40


@login_required
@never_cache
@require_safe
def backpack(request: SignedInRequest) -> HttpResponse:
    """`?view=&kind=&q=&issuer=&skill=&tag=&year=&sort=&as=`: the items, and the collections made of them."""
    asked = listing.asked_in(request.GET, words=asked_of(request))
    page = Paginator(listing.items(request.user, asked), EACH_PAGE).get_page(request.GET.get("page"))
    rows = [(item, showing.standing_of(item)) for item in page]
    # Only one filled button per page, even if several badges wait to be accepted.
    offered = (
        item for item, _standing in rows if item.credential and item.credential.state == Credential.State.OFFERED
    )
    context = {
        "asked": asked,
        "page": page,
        "rows": rows,
        "pills": listing.pills_of(request.user, asked),
        "facets": listing.facets_of(request.user, asked),
        "sorts": [Choice(name, word) for name, (word, _order) in listing.SORTS.items()],
        "look": "list" if request.GET.get("as") == "list" else "grid",
        "collections": Collection.objects.visible_to(request.user).with_sizes(),
        "first_offered": next(offered, None),
    }
    return render(request, "backpacks/backpack.html", context)


@login_required
@require_POST
def several(request: SignedInRequest) -> HttpResponse:
    """One act on what was ticked in the list: `act` is archive, unarchive, tag or untag; `next` is where the list is."""
    tag = one_line(request.POST.get("tag", "")).strip()
    acts: dict[str, tuple[Callable[..., int], dict[str, str]]] = {
        "archive": (verbs.archive_items, {}),
        "unarchive": (verbs.unarchive_items, {}),
        "tag": (verbs.tag_items, {"tag": tag}),
        "untag": (verbs.untag_items, {"tag": tag}),
    }
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        raise Http404
    verb, more = chosen
    try:
        n = verb(request.POST.getlist("item"), by=request.user, **more)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _done(request.POST["act"], n) % {"n": n, "tag": tag})
    return back(request)


def _done(act: str, n: int) -> str:
    told = {
        "archive": ngettext("%(n)d put into the archive.", "%(n)d put into the archive.", n),
        "unarchive": ngettext("%(n)d put back among the others.", "%(n)d put back among the others.", n),
        "tag": ngettext("%(n)d now has the tag “%(tag)s”.", "%(n)d now have the tag “%(tag)s”.", n),
        "untag": ngettext("“%(tag)s” taken off %(n)d.", "“%(tag)s” taken off %(n)d.", n),
    }
    return told[act]


@login_required
@never_cache
@require_safe
def skills(request: SignedInRequest) -> HttpResponse:
    """Every skill that a person's badges show, and the evidence for it."""
    page = Paginator(listing.skills_of(request.user), SKILLS_EACH_PAGE).get_page(request.GET.get("page"))
    found = proved.of_person(request.user, list(page))
    return render(request, "backpacks/skills.html", {"page": page, "skills": found})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One item as its holder sees it: what it is, its standing, its tags and the note that nobody else reads."""
    found = _own(request, public_id)
    form = NoteForm(request.POST or None, initial={"tags": ", ".join(found.tags), "note": found.note})
    if did_with(request, form, lambda **words: verbs.note_item(found, by=request.user, **words)):
        messages.success(request, _("Saved."))
        return redirect("backpacks:item", found.public_id)
    context = {
        "item": found,
        "form": form,
        "standing": showing.standing_of(found),
        "report": reports.read(found.foreign.report) if found.foreign else None,
        "inside": Collection.objects.visible_to(request.user).filter(blocks__item=found).order_by("title", "pk"),
    }
    if found.credential is not None:
        context["letters"] = queries.letters_to(request.user, found.credential)
        if queries.may_be_readdressed(found.credential):
            context["addresses"] = accounts.verified_addresses_of(request.user)
    return render(request, "backpacks/item.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def claim(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(_mine(request).exclude(credential=None), public_id=public_id)
    if found.credential is not None:
        held = found.credential
        did(request, lambda: verbs.keep_credential(held, by=request.user), _("Kept."))
    return redirect("backpacks:backpack")


@login_required
@require_POST
@limited("invite")
def readdress(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Have the letter about a badge sent again, to another address of the earner's."""
    found = get_object_or_404(_mine(request).exclude(credential=None), public_id=public_id)
    if found.credential is not None:
        held, to = found.credential, request.POST.get("address", "")
        did(request, lambda: credentials.readdress(held, by=request.user, address=to), _("On its way."))
    return redirect("backpacks:item", public_id)


@login_required
@require_POST
def decline(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(_mine(request).exclude(credential=None), public_id=public_id)
    if found.credential is not None:
        held = found.credential
        did(request, lambda: credentials.decline(held, by=request.user), _("Put aside. You can keep it later."))
    return redirect("backpacks:item", public_id)


@login_required
@require_POST
def archive_item(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    did(request, lambda: verbs.archive_item(found, by=request.user), _("Archived. You can find it in the archive."))
    return redirect("backpacks:item", public_id)


@login_required
@require_POST
def unarchive_item(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    did(request, lambda: verbs.unarchive_item(found, by=request.user), _("Back among the others."))
    return redirect("backpacks:item", public_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: SignedInRequest) -> HttpResponse:
    form = DeclareForm(request.POST or None, request.FILES or None)
    told = did_with(request, form, lambda **facts: verbs.declare(by=request.user, **facts))
    if told is not None:
        messages.success(request, _("Added: %(name)s.") % {"name": told.name})
        return redirect("backpacks:item", told.public_id)
    return render(request, "backpacks/declare.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
@limited("verify")
def check_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Check again before answering, so that someone who just confirmed an address sees if it proves the badge."""
    found = _own(request, public_id)
    did(request, lambda: verbs.check_again(found, by=request.user), _("Looked at again, just now."))
    return redirect("backpacks:item", public_id)


@login_required
@require_POST
def give_up(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    done = did(request, lambda: verbs.give_up(found, by=request.user), _("Given up. It is no longer checked."))
    return redirect("backpacks:backpack") if done else redirect("backpacks:item", public_id)


@login_required
@require_POST
def remove_declared(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    done = did(request, lambda: verbs.remove_declared(found, by=request.user), _("Removed."))
    return redirect("backpacks:backpack") if done else redirect("backpacks:item", public_id)


@login_required
@require_safe
def item_picture(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(_mine(request).exclude(picture=""), public_id=public_id)
    return pictures.answer(request, found.picture)


def _mine(request: SignedInRequest) -> BackpackItemQuerySet:
    return BackpackItem.objects.visible_to(request.user)


def _own(request: SignedInRequest, public_id: str) -> BackpackItem:
    return get_object_or_404(_mine(request).with_things(), public_id=public_id)
