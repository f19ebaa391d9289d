"""A learner's appeal; and figures about appeals, for leads."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import charts, clock
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import csv_answer, did_with, keeping_words
from apps.issuers import policies as seats
from apps.reviews import queries, verbs
from apps.reviews.forms import AppealForm
from apps.reviews.models import Appeal
from apps.submissions import verbs as submissions
from apps.submissions.views.common import own

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("submit")
def lodge_appeal(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Show what happens after an appeal, by when, and that it is final; lodge it."""
    found = own(request, public_id)
    decision = queries.appealable(found, now=clock.now())
    if request.method != "POST" and decision is None:
        return redirect(found)
    form = AppealForm(request.POST or None)
    if did_with(request, form, lambda **_asked: verbs.lodge_appeal(found, by=request.user, **form.words())):
        messages.success(request, _("Your appeal is lodged. You are told as soon as it is answered."))
        return redirect(found)
    context = {
        "submission": found,
        "version": found.version,
        "form": form,
        "until": queries.last_day_to_appeal(decision, found.achievement.issuer) if decision else None,
        "answer_by": submissions.promised_date(found.version, clock.now()),
    }
    return render(request, "reviews/lodge_appeal.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_appeal(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Ask for confirmation, as no second appeal can be lodged; withdraw it."""
    found = own(request, public_id)
    lodged = Appeal.objects.select_related("decision__attempt").filter(decision__attempt__submission=found)
    appeal = lodged.order_by("-pk").first()
    if appeal is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            verbs.withdraw_appeal(appeal, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Your appeal is withdrawn. The decision stands."))
            return redirect(found)
    elif appeal.state != Appeal.State.LODGED:
        return redirect(found)
    context = {"submission": found, "version": found.version, "refused": refused}
    return render(request, "reviews/withdraw_appeal.html", context, status=409 if refused else 200)


@login_required
@never_cache
@require_safe
def appeals(request: SignedInRequest) -> HttpResponse:
    """Figures about the appeals where one leads, without anyone's text."""
    figures = _figures_for(request)
    context = {
        "figures": figures,
        "by_state": _drawn(figures.by_state),
        "by_ground": _drawn(figures.by_ground),
    }
    return render(request, "reviews/appeals.html", context)


@login_required
@never_cache
@require_safe
def appeals_csv(request: SignedInRequest) -> HttpResponse:
    """The same figures as a table; those hidden on the page are empty."""
    figures = _figures_for(request)
    response = csv_answer("appeals.csv")
    rows = csv.writer(response)
    rows.writerow(["figure", "value", "number"])
    rows.writerow(["lodged", "", _cell(figures.lodged)])
    rows.writerows(["state", one.value, _cell(one.n)] for one in figures.by_state)
    rows.writerows(["ground", one.value, _cell(one.n)] for one in figures.by_ground)
    rows.writerow(["median_days", "", _cell(figures.median_days)])
    return response


def _figures_for(request: SignedInRequest) -> queries.Appeals:
    if not seats.moderates(request.user):
        raise PermissionDenied(_("You have no moderator's seat, so you can't see appeals here."))
    return queries.appeals_where_leads(request.user)


def _drawn(groups: list[queries.Group]) -> charts.Chart:
    """The bars of a chart; hidden groups are drawn without a scale, so that nothing can be read off."""
    return charts.bars(charts.Figure(one.word, one.n or 0, one.of if one.n is not None else 0) for one in groups)


def _cell(number: int | None) -> str:
    return "" if number is None else str(number)
