"""Requests for credit: made by holders, and answered by partners with a seat here or by the link in their letter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.http import reader_of
from apps.backpacks import dossiers, queries
from apps.backpacks.forms import RequestCreditForm
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.shown import Choice
from apps.core.views import did, did_with
from apps.credentials.models import Credential
from apps.pathways import policies, verbs
from apps.pathways import queries as pathways
from apps.pathways.forms.recognition import AnswerCreditForm
from apps.pathways.models import CreditRequest, Pathway
from apps.submissions.links import Way
from apps.submissions.views import serving

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from apps.accounts.http import SignedInRequest
    from apps.issuers.models import Achievement
    from apps.pathways.models import Agreement

Answer = TypeVar("Answer", bound="HttpResponseBase")
A_PAGE = 50
FOLDER = "backpacks/credit"
LISTS = {
    "waiting": gettext_lazy("Waiting for your answer"),
    "answered": gettext_lazy("Answered"),
    "asked": gettext_lazy("Asked for by you"),
}


# --- asking -----------------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def request_credit(request: SignedInRequest, public_id: str) -> Any:
    """`/c/<id>/credit/`: for its earner."""
    mine = Credential.objects.filter(earner=request.user).for_its_page()
    found = get_object_or_404(mine, public_id=public_id)
    return _ask(request, found.version.achievement, name=found.version.name, back=found.get_absolute_url())


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def request_pathway_credit(request: SignedInRequest, slug: str) -> Any:
    """`/pathways/<slug>/credit/`: for those who completed it."""
    found = get_object_or_404(Pathway.objects.visible_to(request.user), slug=slug)
    return _ask(request, found, name=pathways.name_of(found), back=found.get_absolute_url())


def _ask(request: SignedInRequest, on: Achievement | Pathway, *, name: str, back: str) -> Any:
    """Choose the agreement, the credits and what goes along; preview what the partner would see; then ask."""
    bases = pathways.bases_for(request.user, on)
    agreements = pathways.open_to(request.user, on)
    context: dict[str, Any] = {
        "name": name,
        "back": back,
        "holds": bool(bases),
        "agreements": agreements,
        "requests": pathways.asked_by(request.user, on),
    }
    if not bases or not agreements:
        return render(request, f"{FOLDER}/request_credit.html", context)
    form = RequestCreditForm(
        request.POST or None,
        agreements=[(one, _in_a_line(one)) for one in agreements],
        bases=bases,
        pieces=[queries.pieces_of(one.credential) if one.credential else [] for one in bases],
    )
    wants_preview = request.POST.get("act") == "preview"
    if request.method == "POST" and form.is_valid():
        if wants_preview:
            context["preview"] = dossiers.previewed(form.chosen())
            context["note"] = form.cleaned_data["note"]
        elif asked := _asked(request, form):
            messages.success(
                request, _("Sent. %(partner)s has your request.") % {"partner": asked.agreement.partner_called}
            )
            return redirect(asked)
    context |= {"form": form, "parts": _parts(form, bases)}
    return render(request, f"{FOLDER}/request_credit.html", context, status=422 if form.errors else 200)


def _asked(request: SignedInRequest, form: RequestCreditForm) -> CreditRequest | None:
    said = form.cleaned_data
    try:
        return verbs.request_credit(
            said["agreement"],
            by=request.user,
            credits_asked=said["credits_asked"],
            note=said["note"],
            chosen=form.chosen(),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _parts(form: RequestCreditForm, bases: list[pathways.Basis]) -> list[tuple[str, list[Any]]]:
    """For each credential, its name and the form fields about it."""
    parts = []
    for number, basis in enumerate(bases, start=1):
        name = basis.credential.version.name if basis.credential else str(basis.foreign)
        fields = [form[one] for one in (f"result_{number}", f"evidence_{number}") if one in form.fields]
        parts.append((name, fields))
    return parts


def _in_a_line(agreement: Agreement) -> str:
    return _("%(partner)s: %(worth)s towards %(towards)s") % {
        "partner": agreement.partner_called,
        "worth": agreement.worth,
        "towards": agreement.counts_towards,
    }


# --- the inbox, and one request ---------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def credit(request: SignedInRequest) -> Any:
    """Requests that wait for a partner the reader answers for, those that were answered, and the reader's own."""
    lists = pathways.request_lists(request.user)
    if not pathways.recognises(request.user):
        lists = {"asked": lists["asked"]}
    counts = {name: rows.count() for name, rows in lists.items()}
    shown = request.GET.get("view", "")
    if shown not in lists:
        shown = next((name for name in lists if counts[name]), next(iter(lists)))
    context = {
        "shown": shown,
        "views": [Choice(name, LISTS[name], number=counts[name]) for name in lists] if len(lists) > 1 else [],
        "page": Paginator(lists[shown], A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, f"{FOLDER}/credit.html", context)


@login_required
@never_cache
@require_safe
def credit_request(request: SignedInRequest, public_id: str) -> Any:
    """One request: the asker sees the request and its answer; the partner sees the dossier and answers."""
    return _request_page(request, _seen(request, public_id), None)


@login_required
@never_cache
@require_safe
@limited("export", reading=True)
def dossier_zip(request: SignedInRequest, public_id: str) -> Any:
    return _zip(_open(_seen(request, public_id)))


@login_required
@never_cache
@require_safe
def dossier_evidence(request: SignedInRequest, public_id: str, piece: str) -> Any:
    return _evidence(request, _open(_seen(request, public_id)), piece)


@login_required
@require_POST
@limited("message")
def answer_credit(request: SignedInRequest, public_id: str) -> Any:
    found = get_object_or_404(CreditRequest.objects.put_to(request.user).with_names(), public_id=public_id)
    form = AnswerCreditForm(request.POST, request=found)
    if did_with(request, form, partial(verbs.answer_credit, found, by=request.user)):
        messages.success(request, _("Answered. The learner has been told."))
        return redirect(found)
    return _request_page(request, found, form)


@login_required
@require_POST
def withdraw_credit_request(request: SignedInRequest, public_id: str) -> Any:
    found = get_object_or_404(CreditRequest, learner=request.user, public_id=public_id)
    done = _("Withdrawn. The partner can no longer see any of it.")
    did(request, lambda: verbs.withdraw_credit_request(found, by=request.user), done)
    return redirect(found)


def _seen(request: SignedInRequest, public_id: str) -> CreditRequest:
    return get_object_or_404(CreditRequest.objects.visible_to(request.user).with_names(), public_id=public_id)


def _open(found: CreditRequest) -> CreditRequest:
    """The request, if its dossier may still be downloaded; else 404."""
    if not CreditRequest.objects.shown_to_partners().filter(pk=found.pk).exists():
        raise Http404
    return found


def _request_page(request: SignedInRequest, found: CreditRequest, form: Form | None) -> HttpResponse:
    user = request.user
    is_mine = found.learner_id == user.pk
    waits = found.state == CreditRequest.State.ASKED
    may_answer = waits and not is_mine and policies.can_answer_credit(user, found)
    if may_answer and form is None:
        form = AnswerCreditForm(request=found)
    context = {
        "is_mine": is_mine,
        "is_own": not is_mine and policies.answers_oneself(user, found),
        "may_withdraw": waits and is_mine,
        "form": form if may_answer else None,
        "answer_at": "backpacks:answer_credit",
        "moments": pathways.moments_of(found) if is_mine else [],
    }
    return _dossier_page(request, "credit_request", found, "", context)


def _dossier_page(
    request: HttpRequest, name: str, found: CreditRequest, token: str, context: dict[str, Any]
) -> HttpResponse:
    door = dossiers.door_of(found, token)
    opened = CreditRequest.objects.shown_to_partners().filter(pk=found.pk).exists()
    form = context.get("form")
    context |= {
        "asked": found,
        "agreement": found.agreement,
        "said": pathways.answer_in_words(found),
        "door": door,
        "opened": opened,
        "items": dossiers.of_request(found, door=door) if opened else [],
    }
    wrong = form is not None and form.errors
    return _private(render(request, f"{FOLDER}/{name}.html", context, status=422 if wrong else 200))


# --- by the link in a letter ------------------------------------------------------------------------------------------
@never_cache
@require_safe
def credit_by_link(request: HttpRequest, token: str) -> Any:
    """The dossier, for anyone with the partner's letter; once it is answered, only the answer."""
    return _link_page(request, _behind(token), token, None)


@never_cache
@require_safe
@limited("export", reading=True)
def dossier_zip_by_link(request: HttpRequest, token: str) -> Any:
    return _private(_zip(_open(_behind(token))))


@never_cache
@require_safe
def dossier_evidence_by_link(request: HttpRequest, token: str, piece: str) -> Any:
    return _private(_evidence(request, _open(_behind(token)), piece))


@require_POST
@limited("message")
def answer_credit_by_link(request: HttpRequest, token: str) -> Any:
    found = _behind(token)
    form = AnswerCreditForm(request.POST, request=found, by_link=True)
    if did_with(request, form, partial(verbs.answer_credit_by_link, token, by=reader_of(request))):
        messages.success(request, _("Answered. The learner has been told."))
        return redirect("backpacks:credit_by_link", token)
    return _link_page(request, found, token, form)


def _behind(token: str) -> CreditRequest:
    found = pathways.request_behind(token)
    if found is None:
        raise Http404
    return found


def _link_page(request: HttpRequest, found: CreditRequest, token: str, form: Form | None) -> HttpResponse:
    if found.is_answered:
        context = {"asked": found, "agreement": found.agreement, "said": pathways.answer_in_words(found)}
        return _private(render(request, f"{FOLDER}/answered_by_link.html", context, status=409 if form else 200))
    context = {
        "form": form or AnswerCreditForm(request=found, by_link=True),
        "answer_at": "backpacks:answer_credit_by_link",
        "token": token,
    }
    return _dossier_page(request, "credit_by_link", found, token, context)


# --- helpers ----------------------------------------------------------------------------------------------------------
def _zip(found: CreditRequest) -> StreamingHttpResponse:
    items = dossiers.of_request(found, door="")
    response = StreamingHttpResponse(dossiers.archive(found, items), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="dossier-{found.public_id[:8]}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _evidence(request: HttpRequest, found: CreditRequest, public_id: str) -> HttpResponse:
    """Serve a piece that was chosen."""
    piece = dossiers.piece_in(found, public_id)
    if piece is None:
        raise Http404
    return _private(serving.to_stranger(request, piece, Way("dossier", found.public_id)))


def _private(response: Answer) -> Answer:
    """Keep the address from search engines and other sites, since it may be a key."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
