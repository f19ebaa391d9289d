"""Step 3 of the design wizard: a badge's graphic, drawn from words with a live preview, or uploaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.core.limits import limited
from apps.core.refused import Refused
from apps.issuers import art, verbs
from apps.issuers.forms.composer import BadgeForm, DrawForm, UploadForm
from apps.issuers.models import AchievementVersion
from apps.issuers.queries.pictures import others_of_the_house, suggested_words
from apps.issuers.verbs.pictures import told
from apps.issuers.views.designs import closed, in_the_making, onward, wizard
from apps.issuers.views.pictures import SVG_POLICY

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest
    from apps.issuers.art import BadgeWords

HTTP_CONFLICT = 409
UPLOADED = AchievementVersion.PictureSource.UPLOADED
# A suggestion sets these; shape, ring and kind stay as they were chosen.
SUGGESTED = ("cloth", "ground", "icon", "ribbon", "studs")
MOST_SUGGESTIONS = 1000


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def graphic(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Choose a badge's words. Buttons that only preview leave the saved picture as it is."""
    version = in_the_making(request, public_id)
    if version.state != AchievementVersion.State.DRAFT:
        return closed(request, version)
    if request.method == "POST" and not {"another", "show"} & set(request.POST):
        return _drawn(request, version)
    if request.method != "POST" and version.picture_source == UPLOADED and not request.GET:
        return redirect("issuers:upload_picture", public_id)
    return _composer(request, version, _shown(request, version))


def _drawn(request: SignedInRequest, version: AchievementVersion) -> HttpResponse:
    form = DrawForm(request.POST, version=version)
    if not form.is_valid():
        return _composer(request, version, form, status=422)
    asked = form.cleaned_data
    words = form.words(_words_of(version)).to_json()
    try:
        saved = verbs.draw_picture(version, by=request.user, words=words, alt=asked["alt"], edition=asked["edition"])
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _composer(request, version, form, status=HTTP_CONFLICT)
    return onward(request, saved, "graphic")


@login_required
@require_safe
def graphic_preview(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The badge that these words make, in all sizes, and the remarks on it."""
    version = in_the_making(request, public_id)
    return render(request, "issuers/composer/_preview.html", _seen(version, BadgeForm(request.GET)))


@login_required
@require_safe
def graphic_svg(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The drawing of these words; with `cut=small`, as it is at 48 pixels and below."""
    version = in_the_making(request, public_id)
    words = BadgeForm(request.GET).words(_words_of(version))
    if request.GET.get("cut") == "small":
        words = art.cut_for(words, art.SMALL)
    response = HttpResponse(art.badge(words), content_type="image/svg+xml")
    response["Content-Security-Policy"] = SVG_POLICY
    response["Cache-Control"] = "private, max-age=3600"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
def upload_picture(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Upload a picture of one's own, or change its description."""
    version = in_the_making(request, public_id)
    if version.state != AchievementVersion.State.DRAFT:
        return closed(request, version)
    is_there = version.picture_source == UPLOADED
    initial = {"edition": version.edition, "alt": version.picture_alt if is_there else ""}
    form = UploadForm(request.POST or None, request.FILES or None, has_picture=is_there, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            try:
                saved = _sent(version, request, **asked)
            except Refused as refusal:
                form.add_error("upload" if asked["upload"] is not None else None, str(refusal))
                status = 409
            else:
                return _after_sending(request, saved)
    context = wizard(version, "graphic") | {"form": form, "is_there": is_there}
    return render(request, "issuers/composer/upload.html", context, status=status)


def _sent(
    version: AchievementVersion, request: SignedInRequest, *, upload: bytes | None, alt: str, edition: int
) -> AchievementVersion:
    if upload is None:
        return verbs.word(version, by=request.user, edition=edition, picture_alt=alt)
    return verbs.upload_picture(version, by=request.user, data=upload, alt=alt, edition=edition)


def _after_sending(request: SignedInRequest, saved: AchievementVersion) -> HttpResponse:
    answer = onward(request, saved, "graphic")
    # A script that sends with a progress bar would follow a redirect by itself and stay on this page.
    return HttpResponseClientRedirect(answer.headers["Location"]) if "HX-Request" in request.headers else answer


# --- what the pages show ----------------------------------------------------------------------------------------------
def _words_of(version: AchievementVersion) -> BadgeWords:
    """The words as last drawn; a suggestion if there are none, or they aren't known any more."""
    return art.read(version.picture_words) or suggested_words(version)


def _shown(request: SignedInRequest, version: AchievementVersion) -> DrawForm:
    """The form that a page starts with: the next suggestion, what was typed, or what is saved."""
    if "another" in request.POST:
        return _another(request, version)
    if request.method == "POST":
        return DrawForm(request.POST, version=version)
    return DrawForm(version=version, initial=_initial(request, version))


def _initial(request: SignedInRequest, version: AchievementVersion) -> dict[str, Any]:
    """The saved values, except for those in the address, so that a link carries over what a tab had chosen."""
    words = BadgeForm(request.GET).words(_words_of(version))
    drawn = "" if version.picture_source == UPLOADED else version.picture_alt
    return words.to_json() | {"alt": request.GET.get("alt", drawn)[:300], "edition": version.edition}


def _another(request: SignedInRequest, version: AchievementVersion) -> DrawForm:
    """The form as it was typed, with the next suggestion in it."""
    before = BadgeForm(request.POST).words(_words_of(version))
    words = suggested_words(version, _number(request))
    told_before = request.POST.get("alt", "").strip() in {"", told(version, before)}
    data = request.POST.copy()
    for name in SUGGESTED:
        data[name] = str(getattr(words, name))
    if told_before:
        data["alt"] = told(version, BadgeForm(data).words(before))
    return DrawForm(data, version=version)


def _number(request: SignedInRequest) -> int:
    """Which suggestion was asked for."""
    asked = request.POST.get("another", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < len(str(MOST_SUGGESTIONS))
    return int(asked) if known else 1


def _composer(
    request: SignedInRequest, version: AchievementVersion, form: DrawForm, *, status: int = 200
) -> HttpResponse:
    shown = BadgeForm(form.data) if form.is_bound else BadgeForm(form.initial)
    number = _number(request) + 1 if "another" in request.POST else 1
    context = wizard(version, "graphic") | _seen(version, shown) | {"form": form, "another": number}
    if status == HTTP_CONFLICT:
        chosen = {**context["words"].to_json(), "alt": form.cleaned_data.get("alt", "")}
        context["anew"] = f"{reverse('issuers:graphic', args=[version.achievement.public_id])}?{urlencode(chosen)}"
    return render(request, "issuers/composer/graphic.html", context, status=status)


def _seen(version: AchievementVersion, form: BadgeForm) -> dict[str, Any]:
    """A badge in all sizes, and the remarks on it."""
    words = form.words(_words_of(version))
    asked = {name: value for name, value in words.to_json().items() if name != "cut"}
    at = reverse("issuers:graphic_svg", args=[version.achievement.public_id])
    return {
        "words": words,
        "large": f"{at}?{urlencode(asked)}",
        "small": f"{at}?{urlencode(asked | {'cut': 'small'})}",
        "told": told(version, words),
        "wrong": [str(error) for name in form.errors if name in form.data for error in form.errors[name]],
        "said": art.remarks(words, others_of_the_house(version.achievement)),
    }
