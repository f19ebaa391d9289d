"""Endorsements by people outside: the earner's form, and the pages behind the links that need no account."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.limits import limited
from apps.core.shown import Choice
from apps.core.text import masked_address
from apps.core.views import did, did_with
from apps.credentials import documents, queries, tokens, verbs
from apps.credentials.forms import (
    AddressForm,
    AskByLetterForm,
    AskByLinkForm,
    DeclineEndorsementForm,
    EndorseOutsideForm,
    ProposeEndorsementForm,
)
from apps.credentials.models import Endorsement
from apps.credentials.views import public_json

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.credentials.models import Credential, OutsideEndorser

WAYS = (
    Choice("letter", gettext_lazy("Somebody, by e-mail")),
    Choice("link", gettext_lazy("Somebody, by a link")),
    Choice("organisation", gettext_lazy("An organisation here")),
)


def ask(request: SignedInRequest, credential: Credential) -> HttpResponse:
    """The form to ask someone outside about a credential that one has earned: by a letter, or by a link to hand over."""
    way = "link" if request.GET.get("way") == "link" else "letter"
    form = (AskByLinkForm if way == "link" else AskByLetterForm)(request.POST or None)
    if asked := did_with(request, form, partial(verbs.ask_outside, credential, by=request.user)):
        done = {
            "letter": _("A letter is on its way to them. They have ninety days to answer."),
            "link": _("Here is the link. Give it to whom you ask: it is for one person."),
        }
        messages.success(request, done[way])
        return redirect(asked)
    context = {"form": form, "subject": credential, "name": queries.name_of(credential), "ways": WAYS, "way": way}
    return render(request, "credentials/request_endorsement.html", context, status=422 if form.errors else 200)


def asking_of(endorsement: Endorsement) -> dict[str, Any]:
    """For who asked: the link to hand over, or the letter that went out, with the address that they gave."""
    outside = endorsement.outside
    if outside is None:
        return {}
    letter = queries.letter_to_endorser(endorsement)
    if outside.ask_hash is None:
        return {"letter": letter, "written_to": outside.address}
    path = reverse("credentials:endorse", args=[tokens.ask_token(outside.public_id)])
    return {"letter": letter, "link": f"{settings.PUBLIC_URL}{path}"}


@login_required
@require_POST
@limited("invite")
def write_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Endorsement.objects.visible_to(request.user), public_id=public_id)
    form = AddressForm(request.POST)
    if form.is_valid():
        done = _("A letter is on its way to %(address)s.") % form.cleaned_data
        did(request, lambda: verbs.write_again(found, by=request.user, **form.cleaned_data), done)
    else:
        messages.error(request, str(form.errors["address"][0]))
    return redirect(found)


@never_cache
@limited("claim", reading=True)
@require_http_methods(["GET", "HEAD", "POST"])
def endorse(request: HttpRequest, token: str) -> HttpResponse:
    """`/endorse/<token>/`, from a letter: endorse, and later take it back. From an earner's link: say who one is, and
    get that letter. 404 for a link that is guessed, or to an address given before another.
    """
    if (found := queries.asked_by_letter(token)) is not None:
        return _endorse(request, token, found)
    if (found := queries.asked_by_link(token)) is not None:
        return _propose(request, token, found)
    raise Http404


def _endorse(request: HttpRequest, token: str, found: Endorsement) -> HttpResponse:
    outside = _of(found)
    known = {"name": outside.name, "role": outside.role, "comment": outside.draft}
    form = EndorseOutsideForm(request.POST or None, initial=known)
    if did_with(request, form, partial(verbs.endorse_outside, token)):
        messages.success(request, _("Thank you. Your words are being signed."))
        return redirect("credentials:endorse", token)
    return _page(request, token, found, form, decline=DeclineEndorsementForm())


def _propose(request: HttpRequest, token: str, found: Endorsement) -> HttpResponse:
    form = ProposeEndorsementForm(request.POST or None)
    if did_with(request, form, partial(verbs.propose_endorsement, token)):
        address = form.cleaned_data["address"]
        messages.success(request, _("A letter is on its way to %(address)s.") % {"address": address})
        return redirect("credentials:endorse", token)
    written_to = _of(found).address
    return _page(request, token, found, form, by_link=True, to=masked_address(written_to) if written_to else "")


@never_cache
@limited("claim", reading=True)
@require_http_methods(["POST"])
def decline(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.asked_by_letter(token)
    if found is None:
        raise Http404
    form = DeclineEndorsementForm(request.POST)
    if did_with(request, form, partial(verbs.decline_outside, token)):
        messages.success(request, _("Declined. The person who asked has been told."))
        return redirect("credentials:endorse", token)
    outside = _of(found)
    return _page(request, token, found, EndorseOutsideForm(initial={"name": outside.name}), decline=form)


@never_cache
@limited("claim", reading=True)
@require_POST
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    if queries.asked_by_letter(token) is None:
        raise Http404
    did(request, lambda: verbs.take_back_outside(token), _("Taken back. It is no longer shown anywhere."))
    return redirect("credentials:endorse", token)


@require_safe
def endorser(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/endorsements/<id>/endorser`: the key with which someone outside signed, for those who check it."""
    document = documents.endorser_document(public_id)
    if document is None:
        raise Http404
    return public_json(request, document)


def _page(request: HttpRequest, token: str, found: Endorsement, form: Form, **more: Any) -> HttpResponse:
    # Once it is over, the link tells nothing of the badge; nor does one that was handed on, once it was used.
    given = found.state in {Endorsement.State.ACCEPTED, Endorsement.State.SIGNED} and "by_link" not in more
    context = {"endorsement": found, "badge": found.credential, "form": form, "token": token, **more}
    context["shows_badge"] = found.is_open or given
    wrong = form.errors or ("decline" in more and more["decline"].errors)
    response = render(request, "credentials/endorse.html", context, status=422 if wrong else 200)
    response["X-Robots-Tag"] = "noindex"
    return response


def _of(found: Endorsement) -> OutsideEndorser:
    return cast("OutsideEndorser", found.outside)
