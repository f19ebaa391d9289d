"""Notes on evidence and criteria. Each view answers a script with the changed parts of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.ids import clean_id
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import keeping_words
from apps.reviews import verbs
from apps.reviews.forms.notes import LEARNER, NoteForm, ReplyForm
from apps.reviews.models import Annotation
from apps.reviews.queries.notes import desk_notes
from apps.reviews.views.common import criteria_of, errors_of, handed_in, telling_why_it_went, to_desk
from apps.reviews.views.marks_form import not_kept
from apps.submissions import places, showing
from apps.submissions import queries as work

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form

    from apps.accounts.http import SignedInRequest
    from apps.submissions.models import Attempt, EvidenceItem


@keeping_words
@require_POST
@limited("note")
@telling_why_it_went
def annotate(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Write a note from its own form; or, from the marks form, cite a piece for a criterion (`cite` is its code)."""
    attempt = handed_in(request, public_id)
    if "cite" in request.POST:
        return _cite(request, attempt)
    piece = _piece(attempt, request.POST.get("evidence", ""))
    form = NoteForm(request.POST, criteria=criteria_of(attempt), evidence=piece)
    return _acted(
        request,
        attempt,
        form,
        lambda: verbs.annotate(attempt, by=request.user, evidence=piece, **form.words()),
        piece=piece,
        done=_("Noted."),
    )


@keeping_words
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("note")
def edit_annotation(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Edit one's own note or answer; without scripts, on a page of its own."""
    note, attempt = _note(request, public_id, Annotation.objects.filter(by=request.user))
    sent = request.POST if request.method == "POST" else None
    if note.parent_id is not None:
        reply_form = ReplyForm(sent, initial={"text": note.text})
        return _acted(
            request,
            attempt,
            reply_form,
            lambda: verbs.edit_annotation(note, by=request.user, **reply_form.cleaned_data),
            note=note,
        )
    form = NoteForm(sent, criteria=criteria_of(attempt), note=note)
    return _acted(
        request,
        attempt,
        form,
        lambda: verbs.edit_annotation(note, by=request.user, **form.words()),
        note=note,
        piece=note.evidence,
    )


@login_required
@require_POST
def remove_annotation(request: SignedInRequest, public_id: str) -> HttpResponse:
    mine = Q(by=request.user) | Q(parent=None, review__assignment__assessor=request.user)
    note, attempt = _note(request, public_id, Annotation.objects.filter(mine))
    return _done(request, attempt, lambda: verbs.remove_annotation(note, by=request.user), note, gone=True)


@keeping_words
@require_POST
@limited("note")
def reply(request: SignedInRequest, public_id: str) -> HttpResponse:
    note, attempt = _note(request, public_id)
    form = ReplyForm(request.POST)
    return _acted(
        request,
        attempt,
        form,
        lambda: verbs.reply(note, by=request.user, **form.cleaned_data),
        note=note,
        done=_("Answered."),
    )


@login_required
@require_POST
def resolve(request: SignedInRequest, public_id: str) -> HttpResponse:
    note, attempt = _note(request, public_id)
    return _done(request, attempt, lambda: verbs.resolve(note, by=request.user), note)


@login_required
@require_POST
def unresolve(request: SignedInRequest, public_id: str) -> HttpResponse:
    note, attempt = _note(request, public_id)
    return _done(request, attempt, lambda: verbs.unresolve(note, by=request.user), note)


def _note(request: SignedInRequest, public_id: str, among: Any = None) -> tuple[Annotation, Attempt]:
    """A note that this person may read now, and its attempt with what the desk needs."""
    notes = (Annotation.objects.all() if among is None else among).visible_to(request.user)
    note = get_object_or_404(
        notes.select_related("review__assignment__attempt", "evidence", "criterion", "parent"), public_id=public_id
    )
    attempt = handed_in(request, note.review.assignment.attempt.public_id)
    note.review.assignment.attempt = attempt
    return note, attempt


def _piece(attempt: Attempt, public_id: str) -> EvidenceItem | None:
    return get_object_or_404(attempt.evidence, public_id=clean_id(public_id)) if public_id else None


def _cite(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    """Cite a piece. Its fields are part of the marks form: without a script the marks come along and are saved."""
    code = request.POST["cite"]
    criterion = next((one for one in criteria_of(attempt) if one.code == code), None)
    scripted = _is_scripted(request)
    if not scripted and (refused := not_kept(request, attempt)):
        return refused
    try:
        if criterion is None:
            raise Refused(_("That criterion is not in this rubric."))  # noqa: TRY301 - answered like the verb's refusals
        verbs.annotate(
            attempt,
            by=request.user,
            evidence=_piece(attempt, request.POST.get(f"{code}-cite-evidence", "")),
            criterion=criterion,
            place=places.parse(request.POST.get(f"{code}-cite-place", "")),
            for_learner=request.POST.get(f"{code}-cite-readers") == LEARNER,
        )
    except Refused as refusal:
        if scripted:
            return _parts(request, attempt, problem=str(refusal), status=422)
        messages.error(request, str(refusal))
    return _parts(request, attempt) if scripted else to_desk(request, attempt.public_id, code)


def _acted(
    request: SignedInRequest,
    attempt: Attempt,
    form: Form,
    act: Callable[[], Annotation],
    *,
    note: Annotation | None = None,
    piece: EvidenceItem | None = None,
    done: str = "",
) -> HttpResponse:
    """Do what a form asks. If it is refused, show it on a page of its own with everything that was typed."""
    if form.is_valid():
        try:
            kept = act()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if _is_scripted(request):
                return _parts(request, attempt, new=kept)
            if done:
                messages.success(request, done)
            return to_desk(request, attempt.public_id, f"note-{kept.public_id}")
    if _is_scripted(request):
        return _parts(request, attempt, problem=" ".join(errors_of(form)), status=422)
    if piece is not None:
        work.cover_piece(piece, work.mask_for(request.user, attempt.submission))
    context = {"attempt": attempt, "submission": attempt.submission, "form": form, "note": note, "piece": piece}
    return render(request, "reviews/annotation.html", context, status=422 if form.errors else 200)


def _done(
    request: SignedInRequest, attempt: Attempt, act: Callable[[], object], note: Annotation, *, gone: bool = False
) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        if _is_scripted(request):
            return _parts(request, attempt, problem=str(refusal), status=422)
        messages.error(request, str(refusal))
    if _is_scripted(request):
        return _parts(request, attempt, new=None if gone else note)
    return to_desk(request, attempt.public_id, _anchor(note, gone=gone))


def _anchor(note: Annotation, *, gone: bool) -> str:
    if not gone:
        return f"note-{note.public_id}"
    return f"piece-{note.evidence.public_id}" if note.evidence else "notes-rubric"


def _is_scripted(request: SignedInRequest) -> bool:
    return "HX-Request" in request.headers


def _parts(
    request: SignedInRequest, attempt: Attempt, *, new: Annotation | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    """Render all notes of the attempt, and what is cited at each criterion; for a refusal, only its sentence."""
    if problem:
        return HttpResponse(problem, status=status, content_type="text/plain; charset=utf-8")
    held = attempt.assignments.live().filter(assessor=request.user).exists()
    criteria = criteria_of(attempt)
    prefetch_related_objects([attempt], "evidence__foreign", "evidence__supports__criterion")
    for piece in attempt.evidence.all():
        piece.attempt = attempt
    pieces = showing.show(attempt.evidence.all(), reader=request.user)
    notes = desk_notes(attempt, reader=request.user, can_write=held, criteria=criteria, pieces=pieces)
    return render(request, "reviews/_all_notes.html", {"notes": notes, "new": new}, status=status)
