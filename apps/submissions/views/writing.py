"""The form of an open attempt; beginning a submission, and changing its version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import clock
from apps.core.hours import hour_of
from apps.core.ids import clean_id
from apps.core.refused import Refused
from apps.core.views import did, keeping_words
from apps.issuers import comparing
from apps.issuers.models import AchievementVersion
from apps.submissions import queries, verbs
from apps.submissions.forms import DraftForm, EvidenceForm
from apps.submissions.matrix import matrix_of
from apps.submissions.models import Attempt, EvidenceItem, Submission, Support
from apps.submissions.views.common import adds_evidence, attempt_written, newest_attempt, own, told
from apps.submissions.views.status import beside

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest


@login_required
@require_POST
def start(request: SignedInRequest, slug: str) -> HttpResponse:
    version = get_object_or_404(AchievementVersion.objects.public(), achievement__slug=slug)
    try:
        submission = verbs.start(version, by=request.user, route=request.POST.get("route", Submission.Route.WORK))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(version)
    return redirect(submission)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_version(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What a newer version requires, and moving to it."""
    found = own(request, public_id)
    newest = found.achievement.versions.public().with_rubric().first()
    if newest is None:
        raise Http404
    if request.method == "POST":
        done = _("You are on version %(n)d now. Check what each piece supports.") % {"n": newest.number}
        did(request, lambda: verbs.change_version(found, by=request.user), done)
        return redirect(found)
    old = AchievementVersion.objects.with_rubric().get(pk=found.version_id)
    context = {"submission": found, "version": old, "newest": newest, "parts": comparing.compare(old, newest)}
    return render(request, "submissions/change_version.html", context)


@keeping_words
@require_POST
@adds_evidence
def save(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Save the draft. A script autosaves and reads JSON; without one, the button does it."""
    attempt = attempt_written(request, own(request, public_id))
    form = DraftForm(request.POST)
    wants_json = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        try:
            saved = verbs.save_draft(attempt, by=request.user, edition=form.cleaned_data["edition"], **form.words())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if wants_json:
                missing = [{"words": gap.words, "href": gap.href} for gap in verbs.what_is_missing(saved)]
                kept = {"edition": saved.edition, "saved": hour_of(saved.saved_at), "missing": missing}
                return JsonResponse(kept | {"merged": _merged(saved, form.words())})
            if _merged(saved, form.words()):
                messages.info(request, _("You also wrote in another tab. Both are kept: look it over."))
            return _onward(request, attempt.submission)
    if wants_json:
        return JsonResponse({"errors": told(form)}, status=422)
    return form_page(request, attempt, draft=form, status=422 if _is_open(attempt) else 409)


def form_page(
    request: SignedInRequest, attempt: Attempt, *, draft: DraftForm | None = None, status: int = 200
) -> HttpResponse:
    found = attempt.submission
    version = AchievementVersion.objects.with_rubric().get(pk=found.version_id)
    found.version = version
    pieces = list(attempt.evidence.prefetch_related(Prefetch("supports", Support.objects.select_related("criterion"))))
    queries.give_captures(attempt, pieces)
    before = found.attempts.filter(answer__isnull=False).select_related("answer").order_by("-number").first()
    newest = AchievementVersion.objects.public().filter(achievement=found.achievement_id).first()
    initial = {name: getattr(attempt, name) for name in (*Attempt.WRITTEN, "edition")}
    context = beside(found, attempt) | {
        "submission": found,
        "version": version,
        "attempt": attempt,
        "newer": newest if newest and newest.number > version.number and attempt.number == 1 else None,
        "form": draft or DraftForm(initial=initial),
        # Handed in meanwhile from another tab: show the text again, so that it can be copied.
        "closed": not _is_open(attempt),
        "adding": EvidenceForm(attempt=attempt, by=request.user, every=True, auto_id="add_%s"),
        "kinds": [(kind, kind.label) for kind in EvidenceItem.Kind],
        "pieces": pieces,
        "matrix": matrix_of(version.criteria.all(), pieces),
        "missing": verbs.what_is_missing(attempt),
        "before": before,
        "findings": before.findings.select_related("criterion").prefetch_related("criterion__levels") if before else [],
        "answer_by": verbs.promised_date(version, clock.now(), days=found.days_promised),
        "expected": queries.expected_by(found, clock.now()),
    }
    return render(request, "submissions/attempt.html", context, status=status)


def _is_open(attempt: Attempt) -> bool:
    return attempt.state == Attempt.State.OPEN and attempt.submission.state == Submission.State.DRAFT


def _merged(saved: Attempt, sent: dict[str, Any]) -> dict[str, Any]:
    """The fields that differ from what was sent, because another tab wrote in them too."""
    return {name: getattr(saved, name) for name, words in sent.items() if getattr(saved, name) != words}


def _onward(request: SignedInRequest, found: Submission) -> HttpResponse:
    """Go where the save button leads: all ways off the form page save first."""
    step, _colon, what = request.POST.get("next", "").partition(":")
    if step == "submit":
        return redirect("submissions:submit", found.public_id)
    if step == "add" and what in EvidenceItem.Kind.values:
        return redirect(f"{reverse('submissions:add_evidence', args=[found.public_id])}?kind={what}")
    if step == "edit" and newest_attempt(found).evidence.filter(public_id=clean_id(what)).exists():
        return redirect("submissions:edit_evidence", what)
    if step in {"up", "down"}:
        return _moved(request, found, what, step)
    if step == "lend":
        _lend(request, found, lent=what == "yes")
    elif step == "route":
        did(request, lambda: verbs.choose_route(found, by=request.user, route=what), _("Saved."))
    else:
        messages.success(request, _("Saved."))
    return redirect(found)


def _moved(request: SignedInRequest, found: Submission, public_id: str, step: str) -> HttpResponse:
    """Move a piece one place up or down, by the buttons for those who don't drag."""
    attempt = newest_attempt(found)
    order = list(attempt.evidence.values_list("public_id", flat=True))
    if public_id in order:
        at = order.index(public_id)
        to = min(max(at + (1 if step == "down" else -1), 0), len(order) - 1)
        order.insert(to, order.pop(at))
        did(request, lambda: verbs.order_evidence(attempt, by=request.user, order=order))
    return redirect(f"{found.get_absolute_url()}#piece-{public_id}")


@login_required
@require_POST
def lend_sample(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say whether this may serve as an anonymous sample for assessors to learn from; it can be changed any time."""
    found = own(request, public_id)
    _lend(request, found, lent=request.POST.get("lent") == "yes")
    return redirect(found)


def _lend(request: SignedInRequest, found: Submission, *, lent: bool) -> None:
    done = _("It may serve as a sample.") if lent else _("It no longer serves as a sample.")
    did(request, lambda: verbs.lend_sample(found, by=request.user, lent=lent), done)
