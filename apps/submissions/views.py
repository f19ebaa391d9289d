"""A learner's work: the list, the form of an attempt, what came back, and the files on their own host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts.http import reader_of
from apps.core import clock, ranges
from apps.core.ids import clean_id
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import did
from apps.issuers import comparing
from apps.issuers.models import AchievementVersion
from apps.submissions import export as exports
from apps.submissions import links, queries, verbs
from apps.submissions.forms import DraftForm, EvidenceForm, MapForm
from apps.submissions.models import Attempt, EvidenceItem, Finding, Submission

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest


@login_required
@require_safe
def submissions(request: SignedInRequest) -> HttpResponse:
    mine = (
        Submission.objects.filter(learner=request.user)
        .select_related("version__achievement__issuer")
        .order_by("-started_at", "-pk")
    )
    page = Paginator(mine, 25).get_page(request.GET.get("page"))
    return render(request, "submissions/submissions.html", {"page": page})


@login_required
@require_POST
def start(request: SignedInRequest, slug: str) -> HttpResponse:
    version = get_object_or_404(AchievementVersion.objects.public(), achievement__slug=slug)
    try:
        submission = verbs.start(version, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(version)
    return redirect(submission)


@login_required
@never_cache
@require_safe
def submission(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The form while the attempt is open, and its story from then on."""
    found = _own(request, public_id)
    attempt = _newest_attempt(found)
    if attempt.state == Attempt.State.OPEN:
        return _form_page(request, attempt)
    attempts = found.attempts.select_related("answer").prefetch_related(
        Prefetch("findings", Finding.objects.select_related("criterion").prefetch_related("criterion__levels")),
        "evidence__criteria",
    )
    told = list(attempts.order_by("-number"))
    context = {
        "submission": found,
        "version": found.version,
        "attempts": told,
        "newest": attempt,
        "story": queries.story_of(found, told),
    }
    return render(request, "submissions/submission.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_version(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What a newer version asks, and going on with it."""
    found = _own(request, public_id)
    newest = found.achievement.versions.public().with_rubric().first()
    if newest is None:
        raise Http404
    if request.method == "POST":
        done = _("You are on version %(n)d now. Look what each piece supports.") % {"n": newest.number}
        did(request, lambda: verbs.change_version(found, by=request.user), done)
        return redirect(found)
    old = AchievementVersion.objects.with_rubric().get(pk=found.version_id)
    context = {"submission": found, "version": old, "newest": newest, "parts": comparing.compare(old, newest)}
    return render(request, "submissions/change_version.html", context)


@login_required
@require_POST
def save(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Keep the draft. A script saves by itself and reads JSON; without one, the button does."""
    attempt = _newest_attempt(_own(request, public_id))
    form = DraftForm(request.POST)
    wants_json = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        try:
            saved = verbs.save_draft(attempt, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if wants_json:
                at = timezone.localtime(saved.saved_at)
                missing = verbs.what_is_missing(saved)
                return JsonResponse({"edition": saved.edition, "saved": f"{at:%H:%M}", "missing": missing})
            return _onward(request, attempt.submission)
    if wants_json:
        return JsonResponse({"errors": [str(error) for errors in form.errors.values() for error in errors]}, status=422)
    return _form_page(request, attempt, draft=form, status=422 if attempt.state == Attempt.State.OPEN else 409)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
def add_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A page of its own, so that what was typed on the form page is saved before and lost never."""
    attempt = _newest_attempt(_own(request, public_id))
    if request.method == "POST":
        form = EvidenceForm(request.POST, request.FILES, attempt=attempt)
        if form.is_valid():
            try:
                piece = verbs.add_evidence(attempt, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error("upload" if "upload" in form.fields else None, str(refusal))
            else:
                messages.success(request, _("Added: %(title)s") % {"title": piece.title})
                back = f"{attempt.submission.get_absolute_url()}#evidence"
                # A script that sends with a progress bar would follow a redirect by itself and stay on this page.
                return HttpResponseClientRedirect(back) if "HX-Request" in request.headers else redirect(back)
    else:
        form = EvidenceForm(attempt=attempt, kind=request.GET.get("kind"))
    context = {
        "submission": attempt.submission,
        "version": attempt.submission.version,
        "attempt": attempt,
        "form": form,
    }
    return render(request, "submissions/add_evidence.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def map_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say which criteria a piece supports."""
    piece = _own_piece(request, public_id)
    form = MapForm(request.POST or None, attempt=piece.attempt, initial={"criteria": piece.criteria.all()})
    if request.method == "POST" and form.is_valid():
        try:
            verbs.map_evidence(piece, by=request.user, criteria=form.cleaned_data["criteria"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{piece.attempt.submission.get_absolute_url()}#evidence")
    submission = piece.attempt.submission
    context = {"piece": piece, "form": form, "submission": submission, "version": submission.version}
    return render(request, "submissions/map_evidence.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove_evidence(request: SignedInRequest, public_id: str) -> HttpResponse:
    piece = _own_piece(request, public_id)
    did(
        request, lambda: verbs.remove_evidence(piece, by=request.user), _("Removed: %(title)s") % {"title": piece.title}
    )
    return redirect(f"{piece.attempt.submission.get_absolute_url()}#evidence")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Look it over once more, then hand it in: from there on nothing can be changed."""
    found = _own(request, public_id)
    attempt = _newest_attempt(found)
    refused = ""
    if request.method == "POST":
        try:
            handed_in = verbs.submit(attempt, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            day = handed_in.answer_by
            messages.success(
                request, _("Handed in. You hear by %(day)s.") % {"day": f"{day.day} {day:%B}" if day else ""}
            )
            return redirect(found)
    elif attempt.state != Attempt.State.OPEN:
        return redirect(found)
    context = {
        "submission": found,
        "version": found.version,
        "attempt": attempt,
        "pieces": attempt.evidence.prefetch_related("criteria"),
        "missing": verbs.what_is_missing(attempt) if attempt.state == Attempt.State.OPEN else [],
        "refused": refused,
    }
    return render(request, "submissions/submit.html", context, status=409 if refused else 200)


@login_required
@require_POST
def try_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    try:
        attempt = verbs.try_again(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Attempt %(number)d is open. Everything is carried over.") % {"number": attempt.number}
        )
    return redirect(found)


@login_required
@require_safe
def manifest(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The frozen manifest as it was summed, byte for byte."""
    attempt = get_object_or_404(Attempt.objects.visible_to(request.user).exclude(manifest=""), public_id=public_id)
    response = HttpResponse(attempt.manifest, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="manifest-{attempt.public_id[:8]}.json"'
    return response


@login_required
@never_cache
@require_safe
@limited("export", reading=True)
def export(request: SignedInRequest, public_id: str, number: int) -> Any:
    """A frozen attempt as one ZIP, written while it is sent."""
    attempts = Attempt.objects.visible_to(request.user).select_related(
        "submission__version__achievement__issuer", "answer"
    )
    attempt = get_object_or_404(attempts, submission__public_id=public_id, number=number)
    if not attempt.manifest:
        return HttpResponse(_not_frozen(attempt), status=409, content_type="text/plain; charset=utf-8")
    chunks = exports.archive(attempt, reader=request.user) if request.method == "GET" else ()
    response = StreamingHttpResponse(chunks, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(attempt)}"'
    return response


@never_cache
@require_safe
def evidence(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/e/<id>`, the address that stands in a credential. It opens for those who may read the submission; and for
    strangers while its earner shows the piece, without its title and the name of its file.
    """
    user = reader_of(request)
    piece = EvidenceItem.objects.visible_to(user).filter(public_id=public_id).first() if user else None
    for_stranger = piece is None
    if piece is None:
        piece = EvidenceItem.objects.shown_to_strangers().filter(public_id=public_id).first()
    if piece is None and user is None:
        return redirect_to_login(request.path)
    if piece is None:
        raise Http404
    if piece.has_file:
        return redirect(links.to_file(piece, for_stranger=for_stranger))
    response = render(request, "submissions/evidence.html", {"piece": piece, "for_stranger": for_stranger})
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
def evidence_file(request: HttpRequest, token: str, name: str) -> Any:
    """On the evidence host: the bytes behind a signed link that lasts some minutes. Knows no person and no cookie."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    try:
        link = links.read(token)
    except signing.BadSignature:
        return HttpResponse(
            _("This link has run out. Go back and open the piece again."),
            status=404,
            content_type="text/plain; charset=utf-8",
        )
    # Who was given a link of the other sort could read the submission: its signature says so.
    pieces = EvidenceItem.objects.shown_to_strangers() if link.for_stranger else EvidenceItem.objects.all()
    piece = pieces.filter(public_id=link.public_id).exclude(file="").first()
    try:
        file = piece.file.open("rb") if piece else None
    except OSError:
        file = None
    if piece is None or file is None:
        return HttpResponse(status=404)
    media_type = piece.media_type if piece.is_shown_inline else "application/octet-stream"
    response = ranges.serve(request, file, size=piece.size, media_type=media_type, etag=f'"{piece.sha256}"')
    links.dress(response, piece, for_stranger=link.for_stranger)
    return response


def _own(request: SignedInRequest, public_id: str) -> Submission:
    mine = Submission.objects.filter(learner=request.user).select_related("version__achievement__issuer", "learner")
    return get_object_or_404(mine, public_id=public_id)


def _own_piece(request: SignedInRequest, public_id: str) -> EvidenceItem:
    mine = EvidenceItem.objects.filter(attempt__submission__learner=request.user)
    return get_object_or_404(mine.select_related("attempt__submission__version"), public_id=public_id)


def _newest_attempt(found: Submission) -> Attempt:
    attempt = found.attempts.order_by("-number").first()
    if attempt is None:
        raise Http404
    attempt.submission = found
    return attempt


def _not_frozen(attempt: Attempt) -> str:
    if attempt.state == Attempt.State.OPEN:
        return _("This attempt can be downloaded once it is handed in.")
    return _("The files of this attempt are being checked. It can be downloaded in a moment.")


def _onward(request: SignedInRequest, found: Submission) -> HttpResponse:
    """Each way off the form page goes through its save button: on to handing in, to adding, to one piece."""
    step, _colon, what = request.POST.get("next", "").partition(":")
    if step == "submit":
        return redirect("submissions:submit", found.public_id)
    if step == "add" and what in EvidenceItem.Kind.values:
        return redirect(f"{reverse('submissions:add_evidence', args=[found.public_id])}?kind={what}")
    if step == "map" and (piece := _newest_attempt(found).evidence.filter(public_id=clean_id(what)).first()):
        return redirect("submissions:map_evidence", piece.public_id)
    messages.success(request, _("Saved."))
    return redirect(found)


def _form_page(
    request: SignedInRequest, attempt: Attempt, *, draft: DraftForm | None = None, status: int = 200
) -> HttpResponse:
    found = attempt.submission
    version = AchievementVersion.objects.with_rubric().get(pk=found.version_id)
    pieces = list(attempt.evidence.prefetch_related("criteria"))
    served = {criterion.pk for piece in pieces for criterion in piece.criteria.all()}
    before = found.attempts.filter(number=attempt.number - 1).select_related("answer").first()
    newest = AchievementVersion.objects.public().filter(achievement=found.achievement_id).first()
    initial = {"overview": attempt.overview, "reflection": attempt.reflection, "edition": attempt.edition}
    context = {
        "submission": found,
        "version": version,
        "attempt": attempt,
        "newer": newest if newest and newest.number > version.number and attempt.number == 1 else None,
        "form": draft or DraftForm(initial=initial),
        # Handed in meanwhile, in another tab: the words come back once more, to be copied.
        "closed": attempt.state != Attempt.State.OPEN,
        "kinds": EvidenceItem.Kind.choices,
        "pieces": pieces,
        "coverage": [(criterion, criterion.pk in served) for criterion in version.criteria.all()],
        "missing": verbs.what_is_missing(attempt),
        "before": before,
        "findings": before.findings.select_related("criterion").prefetch_related("criterion__levels") if before else [],
        "answer_by": verbs.promised_date(version, clock.now()),
    }
    return render(request, "submissions/attempt.html", context, status=status)
