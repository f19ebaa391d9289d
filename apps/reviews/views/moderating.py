"""A lead looks again at a decision, or hears an appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.refused import Refused
from apps.core.views import keeping_words
from apps.reviews import verbs
from apps.reviews.forms import AgreeForm, AskAgainForm, LeadForm
from apps.reviews.models import Outcome
from apps.reviews.views.common import telling_why_it_went
from apps.reviews.views.marking import marks_page, words_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User
    from apps.reviews.forms import DeskForm
    from apps.submissions.models import Attempt


@keeping_words
@require_POST
@telling_why_it_went
def agree(request: SignedInRequest, public_id: str) -> HttpResponse:
    agreed = _("Agreed. The decision stands.")
    return words_page(request, public_id, AgreeForm(request.POST), act=verbs.agree, said=lambda _look: agreed)


@keeping_words
@require_POST
@telling_why_it_went
def change_decision(request: SignedInRequest, public_id: str) -> HttpResponse:
    return marks_page(request, public_id, send=_change)


def _change(attempt: Attempt, by: User, form: DeskForm) -> str:
    verbs.change_decision(attempt, by=by, **_of_a_lead(form).decided())
    return _("Changed. The learner is told, with your reasons.")


@keeping_words
@require_POST
@telling_why_it_went
def ask_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    waits = _("It waits to be judged again, by somebody who did not judge it before.")
    return words_page(request, public_id, AskAgainForm(request.POST), act=verbs.ask_again, said=lambda _look: waits)


@keeping_words
@require_POST
@telling_why_it_went
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
    """Refuse marks that came by another form, since the person no longer holds that part."""
    if not isinstance(form, LeadForm):
        raise Refused(_("You hold this for a different part of the assessment."))
    return form
