"""Pages and files that say what a credential is and whether it holds. Nobody signs in for these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.shown import Choice
from apps.core.views import did
from apps.credentials import baking, documents, endorsing, policies, queries, verifier
from apps.credentials.forms import AcceptEndorsementForm, DeclineEndorsementForm, RequestEndorsementForm, VerifyForm
from apps.credentials.models import Credential, Endorsement
from apps.credentials.verification import NotABadge
from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from typing import Any

    from django.forms import Form
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest
    from apps.credentials.models import Endorsable

A_PAGE = 24
JSON_TYPES = ("application/vc", "application/vc+ld+json", "application/ld+json", "application/json")
ENDORSEMENT_LISTS = {
    "waiting": gettext_lazy("Waiting for your word"),
    "answered": gettext_lazy("Answered"),
    "asked": gettext_lazy("Asked for by you"),
}


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: it prefers one of the JSON types to a page."""
    return request.get_preferred_type(["text/html", *JSON_TYPES]) in JSON_TYPES


def public_json(body: dict[str, Any]) -> HttpResponse:
    """What programs may read from anywhere, beside the page of the same address."""
    response = JsonResponse(body, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False})
    response["Vary"] = "Accept, Cookie"
    response["Cache-Control"] = "public, max-age=60"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """`/issuers/<slug>`: the page; or, for programs, profile and controller document with every key."""
    found = get_object_or_404(Issuer.objects.select_related("parent"), slug=slug)
    if wants_json(request):
        return public_json(documents.issuer_document(found))
    context = {
        "issuer": found,
        "endorsements": queries.endorsements_shown(issuer=found),
        "approvals": found.approvals.select_related("issuer"),
        "page": Paginator(queries.offered_by(found), A_PAGE).get_page(request.GET.get("page")),
    }
    response = render(request, "credentials/issuer.html", context)
    response["Vary"] = "Accept, Cookie"
    return response


@require_safe
def credential_json(request: HttpRequest, public_id: str) -> HttpResponse:
    """The signed bytes, exactly as they were signed, for who may see the credential."""
    text, sum_ = _signed(request, public_id)
    if text is None:
        return _not_yet_signed()
    asked = request.get_preferred_type(JSON_TYPES) or "application/vc"
    return _file(request, text.encode(), etag=f'"{sum_}"', media_type=str(asked), name="")


@require_safe
def credential_png(request: HttpRequest, public_id: str) -> HttpResponse:
    """The badge picture with the signed credential inside."""
    found = get_object_or_404(_seen_by(request).select_related("version"), public_id=public_id)
    form = queries.signed_form(found)
    if form is None:
        return _not_yet_signed()
    etag = f'"{found.version.picture_sha256[:32]}{form.sha256[:32]}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _dressed(HttpResponseNotModified(), etag)
    picture = baking.bake_png(queries.artwork(found.version), form.text)
    return _file(request, picture, etag=etag, media_type="image/png", name=f"badge-{public_id[:8]}.png")


@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify")
def verify(request: HttpRequest) -> HttpResponse:
    """Check a badge from anywhere: a picture, an address or a text. Nothing of it is kept."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    report, error = None, ""
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            if cleaned["url"]:
                report = verifier.check_url(cleaned["url"])
            elif cleaned["picture"] is not None:
                report = verifier.check(cleaned["picture"].read(verifier.MOST_BYTES + 1))
            else:
                report = verifier.check(cleaned["text"])
        except NotABadge as refusal:
            error = str(refusal)
    context = {"form": form, "report": report, "error": error}
    return render(request, "credentials/verify.html", context, status=422 if error or form.errors else 200)


# --- endorsements -----------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def endorsements(request: SignedInRequest) -> HttpResponse:
    """What waits for the word of an organisation that the reader runs, what it answered, and what they asked for."""
    lists = queries.endorsement_lists(request.user)
    counts = {name: rows.count() for name, rows in lists.items()}
    shown = request.GET.get("view", "")
    if shown not in lists:
        shown = next((name for name in lists if counts[name]), "asked")
    context = {
        "shown": shown,
        "views": [Choice(name, word, number=counts[name]) for name, word in ENDORSEMENT_LISTS.items()],
        "page": Paginator(lists[shown], A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "credentials/endorsements.html", context)


@require_safe
def endorsement(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/endorsements/<id>`: who endorses what in which words; or the signed JSON for those that ask for it."""
    seen = Endorsement.objects.visible_to(_reader(request)).with_names()
    found = get_object_or_404(seen, public_id=public_id)
    if wants_json(request):
        return _endorsement_json(request, found)
    user = _reader(request)
    inside = user is not None and user.is_authenticated
    may_answer = inside and policies.can_answer_endorsement(user, found)
    may_withdraw = inside and policies.can_withdraw_endorsement(user, found)
    context = {
        "endorsement": found,
        "may_answer": may_answer and found.is_open,
        "may_take_back": may_answer and found.state == Endorsement.State.SIGNED,
        "may_withdraw": may_withdraw and found.state == Endorsement.State.REQUESTED,
        "is_inside": may_answer or may_withdraw,
        # Who is asked for a word on a private badge reads whose and which it is, no more.
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
    """Ask an organisation for its word: for an issuer or an achievement that one runs, for what one has earned."""
    subject = _endorsable(request, **names)
    form = RequestEndorsementForm(request.POST or None, endorsers=queries.may_endorse(queries.issuer_of(subject)))
    if request.method == "POST" and form.is_valid():
        try:
            asked = endorsing.request(subject, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Asked. %(endorser)s has ninety days to answer.") % {"endorser": asked.endorser}
            )
            return redirect(asked)
    context = {"form": form, "subject": subject, "name": queries.name_of(subject)}
    return render(request, "credentials/request_endorsement.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_endorsement(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _asked_of(request, public_id)
    form = AcceptEndorsementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            endorsing.accept(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Accepted. It is being signed."))
            return redirect(found)
    return _answer_page(request, "accept_endorsement", found, form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline_endorsement(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _asked_of(request, public_id)
    form = DeclineEndorsementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            endorsing.decline(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Declined. Who asked has been told."))
            return redirect(found)
    return _answer_page(request, "decline_endorsement", found, form)


@login_required
@require_POST
def withdraw_endorsement(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Endorsement.objects.visible_to(request.user), public_id=public_id)
    did(request, lambda: endorsing.withdraw(found, by=request.user), _("Withdrawn."))
    return redirect(found)


@login_required
@require_POST
def take_back_endorsement(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Endorsement.objects.visible_to(request.user), public_id=public_id)
    did(request, lambda: endorsing.take_back(found, by=request.user), _("Taken back. It is shown nowhere any more."))
    return redirect(found)


def _endorsable(
    request: SignedInRequest, *, issuer: str = "", achievement: str = "", number: int = 0, credential: str = ""
) -> Endorsable:
    """What an address of a request names, where the reader may ask for it."""
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
    """The signed bytes; 410 once they were taken back."""
    if found.state == Endorsement.State.REVOKED:
        return HttpResponse("Taken back.", status=410, content_type="text/plain; charset=utf-8")
    if found.state == Endorsement.State.ACCEPTED:
        return _not_yet_signed()
    if not found.text:
        raise Http404
    asked = request.get_preferred_type(JSON_TYPES) or "application/vc"
    return _file(request, found.text.encode(), etag=f'"{found.sha256}"', media_type=str(asked), name="")


# --- what they share --------------------------------------------------------------------------------------------------
def _seen_by(request: HttpRequest) -> Any:
    """What this visitor may see. Without the session's cookie, no session is looked for."""
    return Credential.objects.visible_to(_reader(request))


def _reader(request: HttpRequest) -> Any:
    return request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None


def _signed(request: HttpRequest, public_id: str) -> tuple[str | None, str]:
    form = queries.signed_form(get_object_or_404(_seen_by(request), public_id=public_id))
    return (form.text, form.sha256) if form else (None, "")


def _not_yet_signed() -> HttpResponse:
    response = HttpResponse("Being signed.", status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = "5"
    return response


def _file(request: HttpRequest, body: bytes, *, etag: str, media_type: str, name: str) -> HttpResponse:
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _dressed(HttpResponseNotModified(), etag)
    response = HttpResponse(body, content_type=media_type)
    if name:
        response["Content-Disposition"] = f'inline; filename="{name}"'
    return _dressed(response, etag)


def _dressed(response: HttpResponse, etag: str) -> HttpResponse:
    """May be fetched from other sites; asked about again each time, since its earner may hide it any second."""
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept, Cookie"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
