"""Groups on a pathway: made by those who run it, seen by their mentor, joined by learners who agree."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.views import did, did_with
from apps.pathways import policies, queries, verbs
from apps.pathways.forms.groups import GroupForm, HandOnForm
from apps.pathways.models import Group, Membership, Pathway

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest

A_PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def groups(request: SignedInRequest, slug: str) -> HttpResponse:
    """The groups of a pathway, for those who may make them; a POST makes one."""
    pathway = get_object_or_404(Pathway.objects.visible_to(request.user).select_related("issuer", "owner"), slug=slug)
    if not policies.can_lead(request.user, pathway):
        raise Http404
    form = GroupForm(request.POST or None, pathway=pathway, by=request.user)
    if made := did_with(request, form, partial(verbs.make_group, pathway, by=request.user)):
        messages.success(request, _("Made. Give its link to those who are to join."))
        return redirect(made)
    found = Group.objects.filter(pathway=pathway).order_by(F("ended_at").asc(nulls_first=True), "name", "pk")
    found = found.select_related("mentor").annotate(is_seen=Q(pk__in=Group.objects.seen().values("pk")))
    return render(request, "pathways/groups/groups.html", {"pathway": pathway, "form": form, "groups": found})


@login_required
@never_cache
@require_safe
def mentored(request: SignedInRequest) -> HttpResponse:
    """The groups that this person mentors."""
    mine = Group.objects.led_by(request.user).filter(ended_at=None).select_related("pathway__issuer")
    return render(request, "pathways/groups/mentored.html", {"groups": mine})


@login_required
@never_cache
@require_safe
def group(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Each member's progress, for the mentor; for others who may know of it, the group's name and end."""
    return _group_page(request, _visible(request, public_id))


@login_required
@require_POST
def hand_on_group(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _visible(request, public_id)
    if not policies.can_lead(request.user, found.pathway):
        raise PermissionDenied
    form = HandOnForm(request.POST, group=found)
    if did_with(request, form, partial(verbs.hand_on_group, found, by=request.user)) is None:
        return _group_page(request, found, form=form, status=422)
    messages.success(request, _("Handed on. Its members are asked whether they agree."))
    return redirect(found)


def _group_page(
    request: SignedInRequest, found: Group, *, form: HandOnForm | None = None, status: int = 200
) -> HttpResponse:
    is_mentor = found.mentor_id == request.user.pk
    can_lead = policies.can_lead(request.user, found.pathway)
    page = Paginator(queries.members_of(found) if is_mentor else Membership.objects.none(), A_PAGE)
    context = {
        "group": found,
        "page": page.get_page(request.GET.get("page")),
        "is_mentor": is_mentor,
        "can_end": is_mentor or can_lead,
        # A plan belongs only to its owner: there is nobody to hand it on to.
        "form": (form or HandOnForm(group=found)) if can_lead and found.pathway.issuer_id else None,
    }
    return render(request, "pathways/groups/group.html", context, status=status)


@login_required
@never_cache
@require_safe
def member(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One member's steps, only for the mentor, while the member agrees."""
    led = Group.objects.led_by(request.user).filter(ended_at=None)
    mine = queries.shown().filter(group__in=led)
    found = get_object_or_404(
        mine.select_related("group", "enrolment__learner", "enrolment__version__pathway"), public_id=public_id
    )
    steps = queries.steps_for_mentor(found.enrolment)
    return render(request, "pathways/groups/member.html", {"membership": found, "steps": steps})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_group(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Join by the group's link: see what its mentor will see, and agree."""
    open_ = Group.objects.filter(ended_at=None, pathway__in=Pathway.objects.visible_to(request.user))
    open_ = open_.annotate(is_seen=Q(pk__in=Group.objects.seen().values("pk")))
    found = get_object_or_404(open_.select_related("pathway__issuer", "mentor"), public_id=public_id)
    if request.method == "POST":
        done = _("You are in the group. You can leave it whenever you like.")
        shown = request.POST.get("mentor", "")
        joined = did(request, lambda: verbs.join_group(found, by=request.user, mentor=shown), done)
        return redirect(found.pathway if joined else request.path)
    return render(request, "pathways/groups/join_group.html", {"group": found})


@login_required
@require_POST
def leave_group(request: SignedInRequest, public_id: str) -> HttpResponse:
    mine = Membership.objects.filter(ended_at=None).select_related("group__pathway", "enrolment")
    found = get_object_or_404(
        mine.filter(enrolment__learner=request.user) | mine.filter(group__mentor=request.user), public_id=public_id
    )
    verbs.leave_group(found, by=request.user)
    is_mentor = found.group.mentor_id == request.user.pk
    messages.success(
        request, _("Done. Their progress is hidden now.") if is_mentor else _("Your progress is hidden now.")
    )
    return redirect(found.group if is_mentor else found.group.pathway)


@login_required
@require_POST
def end_group(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _visible(request, public_id)
    verbs.end_group(found, by=request.user)
    messages.success(request, _("The group has ended. Nobody’s progress is shown any more."))
    return redirect("pathways:mentored")


def _visible(request: SignedInRequest, public_id: str) -> Group:
    seen = Group.objects.visible_to(request.user).select_related("pathway__issuer", "mentor")
    return get_object_or_404(seen, public_id=public_id)
