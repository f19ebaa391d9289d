"""Endorsements: the inbox of both sides, the page of one, and the forms to ask for one and to answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.http import reader_of
from apps.core.limits import limited
from apps.core.shown import Choice
from apps.core.views import did, did_with, in_words
from apps.credentials import policies, queries, verbs
from apps.credentials.forms import AcceptEndorsementForm, DeclineEndorsementForm, RequestEndorsementForm
from apps.credentials.models import Credential, Endorsement
from apps.credentials.views import A_PAGE, files, outside, wants_json
from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest
    from apps.credentials.models import Endorsable

LISTS = {
    "waiting": gettext_lazy("Waiting for your answer"),
    "answered": gettext_lazy("Answered"),
    "asked": gettext_lazy("Asked for by you"),
}


@login_required
@never_cache
@require_safe
def endorsements(request: SignedInRequest) -> HttpResponse:
    """Requests to organisations that the reader runs, what those answered, and the reader's own requests."""
    lists = queries.endorsement_lists(request.user)
    counts = {name: rows.count() for name, rows in lists.items()}
    shown = request.GET.get("view", "")
    if shown not in lists:
        shown = next((name for name in lists if counts[name]), "asked")
    context = {
        "shown": shown,
        "views": [Choice(name, word, number=counts[name]) for name, word in LISTS.items()],
        "page": Paginator(lists[shown], A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "credentials/endorsements.html", context)


@require_safe
def endorsement(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/endorsements/<id>`: who endorses what, in which words; or the signed JSON for programs."""
    user = reader_of(request)
    found = get_object_or_404(Endorsement.objects.visible_to(user).with_names(), public_id=public_id)
    if wants_json(request):
        return _endorsement_json(request, found)
    may_answer = user is not None and policies.can_answer_endorsement(user, found)
    may_withdraw = user is not None and policies.can_withdraw_endorsement(user, found)
    runs = (
        user is not None and found.lost_its_key and policies.can_change_standing(user, queries.issuer_of(found.subject))
    )
    context = {
        "endorsement": found,
        # Only people who can have these badges signed again are told how many embed it.
        "embedding": queries.embedding(found).count() if runs else 0,
        **(outside.asking_of(found) if may_withdraw and found.is_open else {}),
        "may_answer": may_answer and found.is_open,
        "may_take_back": may_answer and found.state == Endorsement.State.SIGNED,
        "may_withdraw": may_withdraw and found.state == Endorsement.State.REQUESTED,
        "is_inside": may_answer or may_withdraw,
        # Someone asked to endorse a private badge sees whose and which it is, no more.
        "may_open": found.credential is None
        or Credential.objects.visible_to(user).filter(pk=found.credential.pk).exists(),
    }
    response = render(request, "credentials/endorsement.html", context)
    response["Vary"] = "Accept, Cookie"
    response["Cache-Control"] = "private, no-cache"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def request_endorsement(request: SignedInRequest, **names: Any) -> HttpResponse:
    """Ask an organisation for an endorsement: of an issuer or achievement that one runs, or a credential that one has
    earned. For a credential, also someone outside (`?way=`).
    """
    subject = _endorsable(request, **names)
    if isinstance(subject, Credential) and request.GET.get("way") != "organisation":
        return outside.ask(request, subject)
    form = RequestEndorsementForm(request.POST or None, endorsers=queries.may_endorse(queries.issuer_of(subject)))
    if asked := did_with(request, form, partial(verbs.request_endorsement, subject, by=request.user)):
        done = _("Asked. %(endorser)s has ninety days to answer.") % {"endorser": asked.endorser}
        messages.success(request, done)
        return redirect(asked)
    ways = outside.WAYS if isinstance(subject, Credential) else ()
    name = queries.name_of(subject)
    context = {"form": form, "subject": subject, "name": name, "ways": ways, "way": "organisation"}
    return render(request, "credentials/request_endorsement.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_endorsement(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _asked_of(request, public_id)
    form = AcceptEndorsementForm(request.POST or None)
    if did_with(request, form, partial(verbs.accept_endorsement, found, by=request.user)):
        messages.success(request, _("Accepted. It is being signed."))
        return redirect(found)
    return _answer_page(request, "accept_endorsement", found, form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline_endorsement(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _asked_of(request, public_id)
    form = DeclineEndorsementForm(request.POST or None)
    if did_with(request, form, partial(verbs.decline_endorsement, found, by=request.user)):
        messages.success(request, _("Declined. The person who asked has been told."))
        return redirect(found)
    return _answer_page(request, "decline_endorsement", found, form)


@login_required
@require_POST
def withdraw_endorsement(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Endorsement.objects.visible_to(request.user), public_id=public_id)
    did(request, lambda: verbs.withdraw_endorsement(found, by=request.user), _("Withdrawn."))
    return redirect(found)


@login_required
@require_POST
def reissue_embedding(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Endorsement.objects.visible_to(request.user), public_id=public_id)
    done = _("Under way: each is replaced by one with the endorsements that are valid now, and its earner is told.")
    did(request, lambda: verbs.reissue_embedding(found, by=request.user), done)
    return redirect(found)


@login_required
@require_POST
def take_back_endorsement(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Endorsement.objects.visible_to(request.user), public_id=public_id)
    did(
        request,
        lambda: verbs.take_back_endorsement(found, by=request.user),
        _("Taken back. It is no longer shown anywhere."),
    )
    return redirect(found)


def _endorsable(
    request: SignedInRequest, *, issuer: str = "", achievement: str = "", number: int = 0, credential: str = ""
) -> Endorsable:
    """The subject that a request URL names, if the reader may ask for it."""
    found: Endorsable
    if issuer:
        found = get_object_or_404(Issuer, slug=issuer)
    elif credential:
        held = Credential.objects.select_related("version", "issuer", "earner")
        found = get_object_or_404(held, public_id=credential)
    else:
        versions = AchievementVersion.objects.readable().select_related("achievement__issuer")
        found = get_object_or_404(versions, achievement__slug=achievement, number=number)
    if not policies.can_request_endorsement(request.user, found):
        raise Http404
    return found


def _asked_of(request: SignedInRequest, public_id: str) -> Endorsement:
    asked = Endorsement.objects.asked_of(request.user).with_names()
    return get_object_or_404(asked, public_id=public_id)


def _answer_page(request: SignedInRequest, name: str, found: Endorsement, form: Form) -> HttpResponse:
    context = {"endorsement": found, "form": form}
    return render(request, f"credentials/{name}.html", context, status=422 if form.errors else 200)


def _endorsement_json(request: HttpRequest, found: Endorsement) -> HttpResponse:
    """The signed bytes; 410 once it is revoked."""
    if found.state == Endorsement.State.REVOKED:
        return in_words(_("Taken back."), status=410)
    if found.state == Endorsement.State.ACCEPTED:
        return files.not_yet_signed()
    if not found.text:
        raise Http404
    media_type = str(request.get_preferred_type(files.JSON_TYPES) or files.JSON_TYPES[0])
    file = files.File(f'"{found.sha256}"', media_type, vary=("Accept", "Cookie"))
    return files.unchanged(request, file) or files.answer(file, found.text.encode())
