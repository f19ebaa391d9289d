"""An organisation's agreements about credit: proposed, answered, withdrawn, ended."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import did, did_with
from apps.issuers.http import run_by_reader
from apps.issuers.models import Issuer
from apps.issuers.policies import can_edit
from apps.pathways import policies, queries, verbs
from apps.pathways.forms.recognition import AnswerAgreementForm, ProposeAgreementForm
from apps.pathways.models import RECOGNISING, Agreement

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest

A_PAGE = 50
FOLDER = "pathways/agreements"


@login_required
@never_cache
@require_safe
def agreements(request: SignedInRequest, slug: str) -> HttpResponse:
    """`/organisations/<slug>/agreements/`: those it proposed, and those proposed to it."""
    issuer = _recognised(request, slug)
    page = Paginator(queries.agreements_at(issuer, request.user), A_PAGE).get_page(request.GET.get("page"))
    return _page(request, "agreements", issuer, {"page": page})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def propose_agreement(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    form = ProposeAgreementForm(
        request.POST or None,
        initial={"starts_on": clock.now().astimezone(clock.zone(issuer.time_zone)).date()},
        offers=queries.offers_of(issuer),
        partners=queries.may_recognise(issuer),
    )
    if request.method == "POST" and form.is_valid():
        try:
            proposed = verbs.propose_agreement(issuer, by=request.user, **form.proposed())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said_of(proposed))
            return redirect("pathways:agreement", issuer.slug, proposed.public_id)
    return _page(request, "propose_agreement", issuer, {"form": form})


@login_required
@never_cache
@require_safe
def agreement(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """One agreement, seen from either side."""
    return _agreement_page(request, slug, _agreement(request, slug, public_id), AnswerAgreementForm())


@login_required
@require_POST
def accept_agreement(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    return _answer(request, slug, public_id, verbs.accept_agreement, _("Agreed. It is on the badge's page now."))


@login_required
@require_POST
def decline_agreement(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    return _answer(
        request, slug, public_id, verbs.decline_agreement, _("Declined. The person who proposed it has been told.")
    )


@login_required
@require_POST
def withdraw_agreement(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    found = _agreement(request, slug, public_id)
    did(request, lambda: verbs.withdraw_agreement(found, by=request.user), _("Withdrawn."))
    return redirect("pathways:agreement", slug, public_id)


@login_required
@require_POST
def end_agreement(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    found = _agreement(request, slug, public_id)
    done = _("Ended. Nobody can ask for credit under it any more.")
    did(request, lambda: verbs.end_agreement(found, by=request.user), done)
    return redirect("pathways:agreement", slug, public_id)


def _answer(request: SignedInRequest, slug: str, public_id: str, verb: Any, done: str) -> HttpResponse:
    found = _agreement(request, slug, public_id)
    form = AnswerAgreementForm(request.POST)
    if did_with(request, form, partial(verb, found, by=request.user)):
        messages.success(request, done)
        return redirect("pathways:agreement", slug, public_id)
    return _agreement_page(request, slug, found, form)


def _recognised(request: SignedInRequest, slug: str) -> Issuer:
    """The issuer, for those who run it or recognise credit for it; else 404."""
    here = Issuer.objects.manned_by(request.user, *RECOGNISING).select_related("parent")
    return get_object_or_404(here, slug=slug)


def _agreement(request: SignedInRequest, slug: str, public_id: str) -> Agreement:
    return get_object_or_404(queries.agreements_at(_recognised(request, slug), request.user), public_id=public_id)


def _agreement_page(request: SignedInRequest, slug: str, found: Agreement, form: Form) -> HttpResponse:
    state, user = found.state, request.user
    context = {
        "agreement": found,
        "form": form,
        "may_answer": state == Agreement.State.PROPOSED and policies.can_answer_agreement(user, found),
        "may_withdraw": state == Agreement.State.PROPOSED and policies.can_propose_agreement(user, found.issuer),
        "may_end": state == Agreement.State.AGREED and policies.can_end_agreement(user, found),
    }
    return _page(request, "agreement", _recognised(request, slug), context)


def _page(request: SignedInRequest, name: str, issuer: Issuer, context: dict[str, Any]) -> HttpResponse:
    """Render in the frame of an organisation's pages."""
    context |= {"issuer": issuer, "runs": can_edit(request.user, issuer)}
    wrong = context.get("form") is not None and context["form"].errors
    return render(request, f"{FOLDER}/{name}.html", context, status=422 if wrong else 200)


def _said_of(proposed: Agreement) -> str:
    if proposed.partner is None:
        return _("Recorded as agreed, on your word. It is on the badge's page now.")
    return _("Proposed. %(partner)s has been asked.") % {"partner": proposed.partner_called}
