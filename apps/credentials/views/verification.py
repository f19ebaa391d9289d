"""`/verify/`: check a badge from anywhere. No sign-in needed, and nothing of a single check is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_permissions_policy.decorators import permissions_policy_override

from apps.core.limits import limited
from apps.core.refused import Refused
from apps.credentials import addresses, verbs, verifier
from apps.credentials.forms import VerifyForm
from apps.credentials.verification import NotABadge, Report

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
# The only page that may use the camera: it reads a badge's QR code.
@permissions_policy_override({**settings.PERMISSIONS_POLICY, "camera": "self"})
# Whose badge it should be is nobody's business afterwards, so it stays out of error reports too.
@sensitive_post_parameters("recipient", "text")
@limited("verify")
def verify(request: HttpRequest) -> HttpResponse:
    """One badge is answered on the page; several become a batch, whose own page shows the progress."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    context: dict[str, Any] = {"form": form, "here": f"{settings.PUBLIC_URL}{request.path}"}
    # A typo in the person's address must not force anyone to choose the file again.
    if form.is_bound and (form.is_valid() or form.errors.keys() == {"recipient"}):
        try:
            files, places = form.given()
            if len(files) + len(places) > 1:
                return _many(request, files, places, form.cleaned_data.get("recipient", ""))
            context |= _one(form, files, places)
            # One of ours is already in its earner's backpack.
            context["may_be_kept"] = bool(
                request.user.is_authenticated
                and context["again"]
                and context["report"].valid
                and not context["report"].own_id
            )
        except (NotABadge, Refused) as refusal:
            context["error"] = str(refusal)
    status = 422 if context.get("error") or form.errors else 200
    response = render(request, "credentials/verify.html", context, status=status)
    if form.is_bound:
        response["Cache-Control"] = "no-store"
    return response


@limited("verify_many")
def _many(request: HttpRequest, files: list[tuple[str, bytes]], places: list[str], recipient: str) -> HttpResponse:
    if recipient:
        raise Refused(
            _("An e-mail address can be compared with one badge at a time. Leave it empty, or give one badge.")
        )
    return redirect(verbs.verify_many(files=files, addresses=places))


def _one(form: VerifyForm, files: list[tuple[str, bytes]], places: list[str]) -> dict[str, Any]:
    """Check the one that was given, and prepare checking it again without the file. Raises NotABadge."""
    recipient = form.cleaned_data.get("recipient", "")
    if places:
        report = verifier.check_url(places[0], recipient=recipient)
    else:
        report = verifier.check(files[0][1] if files else form.cleaned_data["text"], recipient=recipient)
    from_picture = report.picture or form.cleaned_data["from_picture"]
    return {
        "report": report,
        "recipient": form["recipient"],
        "again": _again(report, places, from_picture=from_picture),
        "from_picture": from_picture and not places,
        "picture_left_out": form.cleaned_data["from_picture"] and not report.picture,
        # Its fields need other ids: the person's address is on the page twice.
        "blank": VerifyForm(auto_id="other_%s"),
    }


def _again(report: Report, places: list[str], *, from_picture: bool) -> dict[str, str]:
    """What a form must send for the same check: the URL, otherwise the signed text; empty if none was found."""
    if places:
        return {"url": places[0]}
    if addresses.listed(report.text):  # Open Badges 1.0: a picture holds a URL
        return {"url": report.text}
    if not report.text or len(report.text) > verifier.LONGEST_TEXT:
        return {}
    return {"text": report.text} | ({"from_picture": "on"} if from_picture else {})
