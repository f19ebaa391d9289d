"""Grant a recommendation, or pass it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.views import keeping_words
from apps.reviews import verbs
from apps.reviews.forms import GrantForm, PassBackForm
from apps.reviews.views.common import telling_why_it_went
from apps.reviews.views.marking import said_of, words_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@keeping_words
@require_POST
@telling_why_it_went
def grant(request: SignedInRequest, public_id: str) -> HttpResponse:
    return words_page(request, public_id, GrantForm(request.POST), act=verbs.grant, said=said_of)


@keeping_words
@require_POST
@telling_why_it_went
def pass_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    passed = _("Passed back. The person who recommended it will read why and look again.")
    return words_page(request, public_id, PassBackForm(request.POST), act=verbs.pass_back, said=lambda _review: passed)
