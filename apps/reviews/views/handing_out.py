"""A lead hands out work: to one person, or evenly among several."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.ids import clean_id
from apps.issuers import policies as seats
from apps.reviews import queries, verbs
from apps.reviews.models import Turn

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.reviews.verbs import SharedOut

# The most turns that are handed out at once, which a few pages of the queue hold.
MOST = 200


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hand_out(request: SignedInRequest) -> HttpResponse:
    """Choose whom to ask for the chosen work. One person is asked for all of it; several share it evenly."""
    if not seats.moderates(request.user):
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    turns = _chosen(request, asked.getlist("turn"))
    if not turns:
        messages.info(request, _("Choose some work in the queue first."))
        return redirect("reviews:queue")
    loads = queries.workload_of(request.user)
    wanted = set(request.POST.getlist("person"))
    among = [load.person for load in loads if load.person.public_id in wanted]
    refused = ""
    if request.method == "POST" and among:
        _tell(request, verbs.share_out(turns, among=among, by=request.user))
        return redirect("reviews:queue")
    if request.method == "POST":
        refused = _("Choose who is to have it.")
    context = {"turns": turns, "loads": loads, "refused": refused}
    return render(request, "reviews/hand_out.html", context, status=422 if refused else 200)


def _chosen(request: SignedInRequest, ids: list[str]) -> list[Turn]:
    """The chosen turns that still wait at badges that this person leads, without those barred for them."""
    queue = queries.Queue(request.user)
    found = (
        Turn.objects.open()
        .filter(
            public_id__in=[one for one in map(clean_id, ids[:MOST]) if one],
            achievement__in=[one.pk for one in queue.badges if one.leads],
        )
        .exclude(pk__in=queue.barred)
    )
    return list(queries.with_facts(request.user, found).order_by("due_on", "pk"))


def _tell(request: SignedInRequest, done: SharedOut) -> None:
    """Report what was offered, and what was left, grouped by reason."""
    n = len(done.offered)
    if n:
        people = len({one.assessor_id for one in done.offered})
        name = done.offered[0].assessor.name if people == 1 else ""
        words = (
            ngettext("%(n)d piece of work is kept for %(name)s.", "%(n)d pieces of work are kept for %(name)s.", n)
            if name
            else ngettext("%(n)d piece of work was shared out.", "%(n)d pieces of work were shared out.", n)
        )
        messages.success(request, words % {"n": n, "name": name})
    reasons = defaultdict(list)
    for turn, why in done.left:
        reasons[why].append(turn.attempt.submission.reference)
    for why, references in reasons.items():
        stayed = {"which": ", ".join(references), "why": why}
        messages.warning(request, _("Stayed as it was: %(which)s. %(why)s") % stayed)
