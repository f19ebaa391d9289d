"""A second look at a decision, and an appeal against one: what a lead says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.refused import Refused
from apps.core.views import did_with
from apps.reviews import verbs
from apps.reviews.forms import AgreeForm, AskAgainForm, LeadForm
from apps.reviews.models import Outcome
from apps.reviews.views.common import handed_in
from apps.reviews.views.desk import desk_page
from apps.reviews.views.marking import marks_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User
    from apps.reviews.forms import DeskForm
    from apps.submissions.models import Attempt


@login_required
@require_POST
def agree(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    form = AgreeForm(request.POST)
    if did_with(request, form, lambda **words: verbs.agree(attempt, by=request.user, **words)) is None:
        return desk_page(request, attempt, asked=form, status=422)
    messages.success(request, _("Agreed. The decision stands."))
    return redirect("reviews:queue")


@login_required
@require_POST
def change_decision(request: SignedInRequest, public_id: str) -> HttpResponse:
    return marks_page(request, public_id, send=_change)


def _change(attempt: Attempt, by: User, form: DeskForm) -> str:
    verbs.change_decision(attempt, by=by, **_of_a_lead(form).decided())
    return _("Changed. The learner is told, with your reasons.")


@login_required
@require_POST
def ask_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    attempt = handed_in(request, public_id)
    form = AskAgainForm(request.POST)
    if did_with(request, form, lambda **words: verbs.ask_again(attempt, by=request.user, **words)) is None:
        return desk_page(request, attempt, asked=form, status=422)
    messages.success(request, _("It waits to be judged again, by somebody who did not judge it before."))
    return redirect("reviews:queue")


@login_required
@require_POST
def answer_appeal(request: SignedInRequest, public_id: str) -> HttpResponse:
    return marks_page(request, public_id, send=_answer)


def _answer(attempt: Attempt, by: User, form: DeskForm) -> str:
    decision = verbs.answer_appeal(attempt, by=by, **_of_a_lead(form).decided())
    return {
        Outcome.MEETS: _("The appeal is decided: it meets the rubric. The learner is told, with your reasons."),
        Outcome.NOT_YET: _("The appeal is decided: not yet. The learner is told, with your reasons."),
        Outcome.DECLINED: _("The appeal is decided: declined. The learner is told, with your reasons."),
    }[Outcome(decision.outcome)]


def _of_a_lead(form: DeskForm) -> LeadForm:
    """Of who no longer holds that part the marks came by another form."""
    if not isinstance(form, LeadForm):
        raise Refused(_("That is not what you hold this for."))
    return form
