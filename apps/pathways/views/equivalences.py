"""Equivalences: an organisation's rules, those proposed to it, and the forms to propose and answer them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.text import is_plain
from apps.core.views import did, did_with
from apps.credentials.verification import NotABadge, reading, saying
from apps.issuers.http import run_by_reader
from apps.issuers.models import AchievementVersion, Issuer
from apps.pathways import queries, verbs
from apps.pathways.forms.equivalences import AnswerForm, ProposeForm, ReadForm
from apps.pathways.models import Equivalence

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest

A_PAGE = 30
FOUND = 12
FOLDER = "pathways/equivalences"


@login_required
@never_cache
@require_safe
def equivalences(request: SignedInRequest, slug: str) -> HttpResponse:
    """What an organisation counts, and what others propose for its badges, waiting ones first."""
    issuer = run_by_reader(request, slug)
    found = _named().filter(Q(issuer=issuer) | Q(theirs__issuer=issuer))
    page = Paginator(found.order_by("-proposed_at", "pk"), A_PAGE).get_page(request.GET.get("page"))
    waiting = _named().filter(theirs__issuer=issuer, state=Equivalence.State.PROPOSED).exclude(issuer=issuer)
    context = {"issuer": issuer, "runs": True, "page": page, "waiting": list(waiting.order_by("proposed_at", "pk"))}
    return render(request, f"{FOLDER}/equivalences.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose_equivalence(request: SignedInRequest, slug: str) -> HttpResponse:
    """`?badge=` names a badge of this installation; `?elsewhere=1` asks for one from elsewhere; otherwise a search
    comes first.
    """
    issuer = run_by_reader(request, slug)
    chosen = request.GET.get("badge", "")
    context: dict[str, Any] = {"issuer": issuer, "runs": True}
    if not chosen and not request.GET.get("elsewhere"):
        return _pick(request, issuer, context)
    theirs = None
    if chosen:
        theirs = get_object_or_404(
            AchievementVersion.objects.public().select_related("achievement__issuer"),
            achievement__slug=chosen if is_plain(chosen) else "",
        )
    form = ProposeForm(
        request.POST if "why" in request.POST else None,
        issuer=issuer,
        is_ours=theirs is not None,
        initial=_read(request),
    )
    act = partial(verbs.propose_equivalence, issuer, by=request.user, theirs=theirs.achievement if theirs else None)
    if rule := did_with(request, form, act) if form.is_bound else None:
        if rule.state == Equivalence.State.PROPOSED and theirs is not None:
            messages.success(request, _("Proposed. %(issuer)s has been told.") % {"issuer": theirs.achievement.issuer})
        else:
            messages.success(request, _("It counts from now on."))
        return redirect("pathways:equivalence", issuer.slug, rule.public_id)
    context |= {"form": form, "theirs": theirs, "read_form": ReadForm()}
    return render(request, f"{FOLDER}/propose_equivalence.html", context, status=422 if form.errors else 200)


def _pick(request: SignedInRequest, issuer: Issuer, context: dict[str, Any]) -> HttpResponse:
    asked = asked_of(request)
    offered = (
        AchievementVersion.objects.public().filter(achievement__archived_at=None).exclude(achievement__issuer=issuer)
    )
    found = offered.matching(asked).select_related("achievement__issuer").order_by("name", "pk")
    context |= {"asked": asked, "page": Paginator(found, FOUND).get_page(request.GET.get("page"))}
    return render(request, f"{FOLDER}/pick.html", context)


def _read(request: SignedInRequest) -> dict[str, str]:
    """The ids in a credential that was given, without trusting it or storing any of it."""
    form = ReadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or "why" in request.POST or not form.is_valid():
        return {}
    try:
        given = reading.read(form.given())
    except (NotABadge, reading.ReadingError) as refusal:
        messages.error(request, str(refusal))
        return {}
    inner = given.body.get("vc")  # in a token of the older data model
    body = inner if isinstance(inner, dict) else given.body
    said = saying.of_assertion(body) if given.older else saying.of_verifiable(body)
    if not said.achievement_id:
        messages.error(request, _("It does not say which badge it is."))
    return {
        "foreign_name": said.achievement_name,
        "foreign_issuer_name": said.issuer_name,
        "foreign_achievement_id": said.achievement_id,
        "foreign_issuer_id": said.issuer_id,
    }


@login_required
@never_cache
@require_safe
def equivalence(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """One rule, as either side sees it."""
    issuer = run_by_reader(request, slug)
    rule = _one(issuer, public_id)
    return render(request, f"{FOLDER}/equivalence.html", _page(request, issuer, rule, AnswerForm()))


@login_required
@require_POST
def accept_equivalence(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    return _answered(request, slug, public_id, verbs.accept_equivalence, _("Accepted. It counts there from now on."))


@login_required
@require_POST
def decline_equivalence(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    return _answered(
        request, slug, public_id, verbs.decline_equivalence, _("Declined. The person who proposed it has been told.")
    )


@login_required
@require_POST
def withdraw_equivalence(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    rule = _one(run_by_reader(request, slug), public_id)
    did(request, lambda: verbs.withdraw_equivalence(rule, by=request.user), _("Withdrawn."))
    return redirect("pathways:equivalence", slug, public_id)


@login_required
@require_POST
def end_equivalence(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    rule = _one(run_by_reader(request, slug), public_id)
    done = _("Ended. Everyone it counted for will be looked at again.")
    did(request, lambda: verbs.end_equivalence(rule, by=request.user), done)
    return redirect("pathways:equivalence", slug, public_id)


# --- helpers ----------------------------------------------------------------------------------------------------------
def _named() -> Any:
    """With the badges' names, from the newest version that can be read."""
    newest = AchievementVersion.objects.readable().order_by("-number")
    return Equivalence.objects.select_related("issuer", "theirs__issuer", "counts_as").annotate(
        theirs_name=Subquery(newest.filter(achievement=OuterRef("theirs")).values("name")[:1]),
        counts_as_name=Subquery(newest.filter(achievement=OuterRef("counts_as")).values("name")[:1]),
    )


def _one(issuer: Issuer, public_id: str) -> Equivalence:
    rule: Equivalence = get_object_or_404(
        _named().filter(Q(issuer=issuer) | Q(theirs__issuer=issuer)), public_id=public_id
    )
    return rule


def _page(request: SignedInRequest, issuer: Issuer, rule: Equivalence, form: AnswerForm) -> dict[str, Any]:
    is_ours = rule.issuer_id == issuer.pk
    return {
        "issuer": issuer,
        "runs": True,
        "rule": rule,
        "is_ours": is_ours,
        "may_answer": not is_ours and rule.state == Equivalence.State.PROPOSED,
        "may_withdraw": is_ours and rule.state == Equivalence.State.PROPOSED,
        "may_end": rule.state == Equivalence.State.ACCEPTED,
        "touched": queries.touched_by(rule).count(),
        "form": form,
    }


def _answered(
    request: SignedInRequest, slug: str, public_id: str, verb: Callable[..., Equivalence], done: str
) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    rule, form = _one(issuer, public_id), AnswerForm(request.POST)
    if form.is_valid():
        try:
            verb(rule, by=request.user, answer=form.cleaned_data["answer"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("pathways:equivalence", slug, public_id)
    return render(request, f"{FOLDER}/equivalence.html", _page(request, issuer, rule, form), status=422)
