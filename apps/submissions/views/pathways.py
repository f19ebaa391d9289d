"""Pathways as their learners see them. These pages show the state of work, so they are in this app; the rules are in
a lower one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.views import did, did_with
from apps.pathways import comparing, policies, verbs
from apps.pathways import queries as pathways
from apps.pathways.models import Enrolment, Group, Membership, Pathway, PathwayVersion, Stack
from apps.submissions.forms import TargetForm
from apps.submissions.walking import walk

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User

A_PAGE = 24


@never_cache
@require_safe
def list_pathways(request: HttpRequest) -> HttpResponse:
    """All pathways; for someone signed in, first those they are on."""
    mine: list[Enrolment] = []
    mentors = False
    if request.user.is_authenticated:
        walked = Enrolment.objects.live().filter(learner=request.user)
        mine = list(walked.select_related("version", "pathway__issuer", "pathway__owner"))
        mentors = Group.objects.led_by(request.user).filter(ended_at=None).exists()
    asked = asked_of(request)
    found = pathways.listed(asked)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "mine": mine,
        "mentors": mentors,
        "page": page,
        "asked": asked,
        "walked": {one.pathway_id for one in mine},
    }
    return render(request, "submissions/pathways/pathways.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pathway(request: HttpRequest, slug: str) -> HttpResponse:
    """One pathway: the picture, the list, what is missing, what is next. A POST begins it or sets its target day."""
    found = _visible(request, slug)
    enrolment = _walked(request, found)
    form = TargetForm(request.POST or None, initial={"target_on": enrolment.target_on if enrolment else None})
    person = request.user if request.user.is_authenticated else None
    if done := did_with(request, form, partial(_save, found, enrolment, by=person)):
        messages.success(request, done)
        return redirect(found)
    version = _version_for(request, found, enrolment)
    about = pathways.asked(version)
    newest = found.versions.filter(state=PathwayVersion.State.PUBLISHED).first()
    # Include pathways that were left: a badge earned there can still be at risk, and be put right.
    reached = Stack.objects.filter(enrolment__pathway=found, enrolment__learner=person)
    stacks = list(reached.select_related("credential").prefetch_related("decisions")) if person else []
    context: dict[str, Any] = {
        "pathway": found,
        "version": version,
        "walk": walk(person, about, enrolment),
        "enrolment": enrolment,
        "form": form,
        "newer": newest if enrolment and enrolment.can_move_on and newest and newest.pk != version.pk else None,
        "can_begin": newest is not None and found.archived_at is None,
        "can_write": person is not None and policies.can_write(person, found),
        "end": _end(stacks, about),
        "agreements": pathways.recognition_of(found),
        "moments": pathways.story_on(found, person) if person is not None else [],
        "memberships": list(_memberships(enrolment)) if enrolment else [],
        "can_lead": person is not None and policies.can_lead(person, found),
        "at_risk": pathways.at_risk_in_words(stacks, about),
        "decided": pathways.decided_in_words(stacks, about),
    }
    return render(request, "submissions/pathways/pathway.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move_on(request: SignedInRequest, slug: str) -> HttpResponse:
    """What a newer version requires, and moving to it."""
    found = _visible(request, slug)
    enrolment = _walked(request, found)
    newest = found.versions.filter(state=PathwayVersion.State.PUBLISHED).first()
    if enrolment is None or newest is None or newest.pk == enrolment.version_id:
        raise Http404
    if request.method == "POST":
        done = _("You are on version %(n)d now.") % {"n": newest.number}
        did(request, lambda: verbs.move_on(enrolment, by=request.user), done)
        return redirect(found)
    whole = PathwayVersion.objects.whole()
    old, new = whole.get(pk=enrolment.version_id), whole.get(pk=newest.pk)
    context = {
        "pathway": found,
        "version": old,
        "newest": new,
        "parts": comparing.compare(pathways.asked(old), pathways.asked(new)),
    }
    return render(request, "submissions/pathways/move_on.html", context)


@login_required
@require_POST
def leave(request: SignedInRequest, slug: str) -> HttpResponse:
    found = _visible(request, slug)
    enrolment = _walked(request, found)
    if enrolment is None:
        raise Http404
    done = _("You have left this pathway. What you earned stays yours.")
    did(request, lambda: verbs.leave(enrolment, by=request.user), done)
    return redirect(found)


def _end(stacks: list[Stack], about: pathways.Asked) -> Stack | None:
    """The stack of the pathway's end, if a credential was awarded for it."""
    at_end = (one for one in stacks if one.code == about.tree.root.code and one.state != Stack.State.TAKEN_BACK)
    return next((one for one in at_end if one.credential is not None), None)


def _memberships(enrolment: Enrolment) -> QuerySet[Membership]:
    """The groups whose mentors see this person."""
    seen = Group.objects.seen().filter(ended_at=None)
    return enrolment.memberships.filter(ended_at=None, group__in=seen).select_related("group__mentor")


def _visible(request: HttpRequest, slug: str) -> Pathway:
    readable = Pathway.objects.visible_to(request.user if request.user.is_authenticated else None)
    return get_object_or_404(readable.select_related("issuer", "owner"), slug=slug)


def _walked(request: HttpRequest, found: Pathway) -> Enrolment | None:
    if not request.user.is_authenticated:
        return None
    return Enrolment.objects.live().filter(pathway=found, learner=request.user).select_related("version").first()


def _version_for(request: HttpRequest, found: Pathway, enrolment: Enrolment | None) -> PathwayVersion:
    """The version the reader is on; otherwise the newest that everyone may read. Authors see drafts elsewhere."""
    whole = PathwayVersion.objects.whole()
    if enrolment is not None:
        return whole.get(pk=enrolment.version_id)
    version = whole.filter(pathway=found).readable().order_by("-number").first()
    if version is None:
        raise Http404
    return version


def _save(found: Pathway, enrolment: Enrolment | None, *, by: User | None, target_on: date | None) -> str:
    """Begin the pathway or set its target day. Return the message to show."""
    if by is None:
        raise Refused(_("Sign in first."))
    if enrolment is None:
        begun = verbs.enrol(found, by=by, target_on=target_on)
        return _("You are on this pathway now. You already hold %(n)d of its steps.") % {"n": begun.steps_done}
    verbs.set_target(enrolment, by=by, target_on=target_on)
    return _("Your day is set.") if target_on else _("No day is set any more.")
