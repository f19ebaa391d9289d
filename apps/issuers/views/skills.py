"""Alignments, beside the wizard's steps: which skills of which frameworks a version, a criterion or a level meets."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.ids import clean_id
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.views import did
from apps.frameworks import queries as frameworks
from apps.frameworks.models import Item
from apps.issuers import verbs
from apps.issuers.forms.designs import AlignForm, place_of, places_of
from apps.issuers.models import AchievementVersion
from apps.issuers.views.designs import closed, in_the_making, wizard

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def align(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Find a skill by its words or code and add it, or enter one by hand that no framework here has."""
    version = in_the_making(request, public_id)
    if version.state != AchievementVersion.State.DRAFT:
        return closed(request, version)
    form = AlignForm(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        target = {name: value for name, value in form.cleaned_data.items() if name != "place"}
        if _aligned(request, version, target, form.cleaned_data["place"]):
            return redirect("issuers:align", public_id)
    asked = asked_of(request)
    context = wizard(version, "metadata") | {
        "form": form,
        "asked": asked,
        "place": request.GET.get("place", ""),
        "places": places_of(version),
        "found": frameworks.search_items(asked),
        "alignments": version.alignments.select_related("criterion", "level"),
    }
    return render(request, "issuers/designs/align.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def align_item(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Add a found skill: `item` is its public id."""
    version = in_the_making(request, public_id)
    item = get_object_or_404(
        Item.objects.open().select_related("version__framework"), public_id=clean_id(request.POST.get("item", ""))
    )
    copy = asdict(item.copy())
    target = {**copy, "item_id": copy["item"]}
    del target["item"]
    _aligned(request, version, target, request.POST.get("place", ""))
    return redirect(f"{reverse('issuers:align', args=[public_id])}?{request.GET.urlencode()}")


@login_required
@require_POST
def unalign(request: SignedInRequest, public_id: str, position: int) -> HttpResponse:
    version = in_the_making(request, public_id)
    alignment = version.alignments.filter(position=position).first()
    if alignment is None:
        raise Http404
    did(request, lambda: verbs.unalign(alignment, by=request.user), _("Removed: %(skill)s") % {"skill": alignment})
    return redirect("issuers:align", public_id)


def _aligned(request: SignedInRequest, version: AchievementVersion, target: dict[str, str], place: str) -> bool:
    def act() -> object:
        criterion, level = place_of(version, place)
        if place and criterion is None:
            raise Refused(_("That part is no longer in the draft. Choose again what meets the skill."))
        return verbs.align(version, by=request.user, target=target, criterion=criterion, level=level)

    return did(request, act, _("Added: %(skill)s") % {"skill": target["target_name"]})
