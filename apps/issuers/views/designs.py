"""The design wizard: begin, four steps that save separately, approval by a second person, publishing and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.hours import hour_of
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.views import did, edition_seen
from apps.issuers import comparing, exchange, linter, policies, verbs
from apps.issuers.forms.designs import (
    BeginForm,
    CommentForm,
    DraftForm,
    FactsForm,
    FocusForm,
    NoteForm,
    RubricForm,
    rearranged,
)
from apps.issuers.models import Achievement, AchievementVersion, DesignComment, Issuer
from apps.issuers.models.achievements import DESIGNING
from apps.issuers.starters import STARTERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest

State = AchievementVersion.State
STEPS = ("focus", "outcomes", "graphic", "metadata", "ready")


# --- drafts -----------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def designs(request: SignedInRequest) -> HttpResponse:
    """Everything that a designer works on: the newest version of each achievement."""
    asked = asked_of(request)
    mine = AchievementVersion.objects.newest().filter(achievement__in=Achievement.objects.designed_by(request.user))
    mine = mine.matching(asked).select_related("achievement__issuer")
    live_first = F("achievement__archived_at").asc(nulls_first=True)
    page = Paginator(mine.order_by(live_first, "name", "pk"), 30).get_page(request.GET.get("page"))
    houses = Issuer.objects.manned_by(request.user, *DESIGNING)
    context = {"page": page, "asked": asked, "may_begin": houses.exists()}
    return render(request, "issuers/designs/designs.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
def begin(request: SignedInRequest) -> HttpResponse:
    """Choose a name, and what to begin with: a starter, a file, or an empty page."""
    houses = Issuer.objects.manned_by(request.user, *DESIGNING).order_by("name", "pk")
    if not houses:
        raise Http404
    form = BeginForm(
        request.POST or None,
        request.FILES or None,
        issuers=houses,
        starters=[(one.code, str(one.label)) for one in STARTERS.values()],
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            brought = exchange.read(asked["file"].read(exchange.MOST_BYTES + 1)) if asked["file"] else None
            design = brought if brought is not None else STARTERS[asked["start"]].design
            version = verbs.begin(asked["issuer"], by=request.user, name=asked["name"], design=design)
        except exchange.BadDesignError as bad:
            for sentence in bad.sentences:
                form.add_error("file", sentence)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("issuers:focus", version.achievement.public_id)
    context = {"form": form, "starters": STARTERS.values(), "several": len(houses) > 1}
    return render(request, "issuers/designs/begin.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def design(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One achievement as its designers see it: versions, comments, the log, and what can be done."""
    return _design_page(request, _newest(request, public_id))


# --- the steps --------------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def focus(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Step 1: what it is, for whom, and how it is described."""
    return step_of_wizard(request, public_id, "focus", FocusForm)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def metadata(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Step 4: what catalogues and authorities ask, and how work is judged."""
    return step_of_wizard(request, public_id, "metadata", FactsForm)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outcomes(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Step 2: learning outcomes, criteria, levels, evidence."""
    version = in_the_making(request, public_id)
    if version.state != State.DRAFT:
        return closed(request, version)
    form = RubricForm(version, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        do = request.POST.get("do", "")
        rows, at = rearranged(form.criteria(), do) if do else (form.criteria(), "")
        head = form.head.cleaned_data
        try:
            saved = verbs.write_rubric(version, by=request.user, criteria=rows, **head)
        except Refused as refusal:
            form.head.add_error(None, str(refusal))
        else:
            if do:
                return redirect(f"{reverse('issuers:outcomes', args=[public_id])}#{at}")
            return onward(request, saved, "outcomes")
    return _step_page(request, version, "outcomes", form, form.errors() if form.data is not None else [])


@login_required
@never_cache
@require_safe
def ready(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The final check: what has to be mended, how complete it is, and publishing or asking for approval."""
    return _ready_page(request, in_the_making(request, public_id), NoteForm())


@login_required
@never_cache
@require_safe
def preview(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What a visitor will read, beside the form."""
    return render(request, "issuers/designs/_preview.html", {"version": _newest(request, public_id)})


@login_required
@require_safe
def draft_picture(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The picture of a version that nobody else sees yet."""
    version = _newest(request, public_id)
    if not version.picture:
        raise Http404
    with version.picture.open() as file:
        response = HttpResponse(file.read(), content_type="image/png")
    response["Cache-Control"] = "private, no-cache"
    return response


# --- actions ----------------------------------------------------------------------------------------------------------
@login_required
@require_POST
def send_in(request: SignedInRequest, public_id: str) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _ready_page(request, in_the_making(request, public_id), form)
    version, note = _newest(request, public_id), form.cleaned_data["note"]
    return _act(
        request, public_id, verbs.send_in, _("Sent in. Whoever may publish sees it now."), of=version, note=note
    )


@login_required
@require_POST
def approve(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _judge(request, public_id, verbs.approve, _("Approved. It can be published."))


@login_required
@require_POST
def ask_changes(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _judge(request, public_id, verbs.ask_changes, _("Given back, with what to change."))


@login_required
@require_POST
def publish(request: SignedInRequest, public_id: str) -> HttpResponse:
    version = _newest(request, public_id)
    done = _("Published. It is in the catalogue now, and anyone can begin.")
    if did(request, lambda: verbs.publish(version, by=request.user, edition=edition_seen(request)), done):
        return redirect(version.achievement)
    is_open = _newest(request, public_id).state in AchievementVersion.UNSEEN
    return redirect("issuers:ready" if is_open else "issuers:design", public_id)


@login_required
@require_POST
def retire(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Retire the version that is open, even if there is a newer draft."""
    version = _newest(request, public_id)
    subject = version.achievement.versions.public().first() or version
    return _act(request, public_id, verbs.retire, _("Closed for new work. Work that has begun goes on."), of=subject)


@login_required
@require_POST
def archive(request: SignedInRequest, public_id: str) -> HttpResponse:
    version = _newest(request, public_id)
    return _act(request, public_id, verbs.archive, _("Archived. What was earned stays."), of=version.achievement)


@login_required
@require_POST
def discard(request: SignedInRequest, public_id: str) -> HttpResponse:
    version = _newest(request, public_id)
    only = version.number == 1
    done = _("Thrown away: %(name)s") % {"name": version.name}
    if did(request, lambda: verbs.discard(version, by=request.user), done) and only:
        return redirect("issuers:designs")
    return redirect("issuers:design", public_id)


@login_required
@require_POST
def draft_next(request: SignedInRequest, public_id: str) -> HttpResponse:
    version = _newest(request, public_id)
    done = did(request, lambda: verbs.draft_next(version.achievement, by=request.user))
    return redirect("issuers:focus" if done else "issuers:design", public_id)


@login_required
@require_POST
def clone(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Begin another from one of one's own, or from any that is published."""
    seen = AchievementVersion.objects.visible_to(request.user).filter(achievement__public_id=public_id)
    version = seen.order_by("-number").first()
    houses = {one.slug: one for one in Issuer.objects.manned_by(request.user, *DESIGNING).order_by("name", "pk")}
    if version is None or not houses:
        raise Http404
    issuer = houses.get(request.POST.get("issuer", "")) or next(iter(houses.values()))
    name = _("Copy of %(name)s") % {"name": version.name}
    try:
        copy = verbs.clone(version, by=request.user, issuer=issuer, name=name[:200])
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("issuers:designs")
    messages.success(request, _("Copied. It is yours to change."))
    return redirect("issuers:focus", copy.achievement.public_id)


@login_required
@require_POST
def comment(request: SignedInRequest, public_id: str) -> HttpResponse:
    version = _newest(request, public_id)
    form = CommentForm(request.POST, version=version)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            verbs.comment(version, by=request.user, text=asked["text"], criterion=asked["about"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Comment added."))
            return redirect(f"{reverse('issuers:design', args=[public_id])}#comments")
    return _design_page(request, version, comment_form=form)


@login_required
@require_POST
def resolve_comment(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Resolve a comment, whose public id is `public_id`."""
    mine = DesignComment.objects.filter(version__achievement__in=Achievement.objects.designed_by(request.user))
    said = get_object_or_404(mine.select_related("version__achievement"), public_id=public_id)
    if not did(request, lambda: verbs.resolve_comment(said, by=request.user)):
        return redirect("issuers:designs")
    return redirect(f"{reverse('issuers:design', args=[said.version.achievement.public_id])}#comments")


@login_required
@require_safe
def export(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The design as a file, to be kept or imported elsewhere."""
    version = _newest(request, public_id)
    body = json.dumps(exchange.to_json(version), ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{version.achievement.slug}-v{version.number}.json"'
    return response


@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """The changes between two versions: `?from=1&to=2`, by default the newest two that one may see."""
    reader = request.user if request.user.is_authenticated else None
    seen = AchievementVersion.objects.visible_to(reader).with_rubric().filter(achievement__slug=slug)
    versions = {one.number: one for one in seen.order_by("-number")}
    if not versions:
        raise Http404
    numbers = list(versions)
    to = _number(request.GET.get("to")) or numbers[0]
    before = _number(request.GET.get("from")) or next((one for one in numbers if one < to), to)
    if to not in versions or before not in versions:
        raise Http404
    old, new = versions[before], versions[to]
    context = {"old": old, "new": new, "versions": list(versions.values()), "parts": comparing.compare(old, new)}
    return render(request, "issuers/designs/changes.html", context)


# --- shared helpers ---------------------------------------------------------------------------------------------------
def _newest(request: SignedInRequest, public_id: str) -> AchievementVersion:
    """The newest version of an achievement that this person designs."""
    mine = AchievementVersion.objects.with_rubric().filter(
        achievement__public_id=public_id, achievement__in=Achievement.objects.designed_by(request.user)
    )
    version = mine.order_by("-number").first()
    if version is None:
        raise Http404
    return version


def in_the_making(request: SignedInRequest, public_id: str) -> AchievementVersion:
    """The newest version, if it is unpublished and not archived; else 404."""
    version = _newest(request, public_id)
    if version.state not in AchievementVersion.UNSEEN or version.achievement.archived_at:
        raise Http404
    return version


def _design_page(
    request: SignedInRequest,
    version: AchievementVersion,
    *,
    note_form: NoteForm | None = None,
    comment_form: CommentForm | None = None,
) -> HttpResponse:
    achievement = version.achievement
    versions = list(achievement.versions.order_by("-number").select_related("achievement"))
    published = next((one for one in versions if one.state == State.PUBLISHED), None)
    log = list(version.approval_steps.select_related("by"))
    may_publish = policies.can_publish(request.user, achievement.issuer)
    is_over = version.state == State.RETIRED or (version.state == State.DRAFT and log and not published)
    context = {
        "version": version,
        "achievement": achievement,
        "versions": versions,
        "log": log,
        "comments": version.design_comments.select_related("by", "criterion"),
        "note_form": note_form or NoteForm(),
        "comment_form": comment_form or CommentForm(version=version),
        "published": published,
        "may_publish": may_publish,
        "may_archive": may_publish and is_over and not achievement.archived_at,
        "in_the_making": version.state in AchievementVersion.UNSEEN and not achievement.archived_at,
    }
    status = 422 if note_form or comment_form else 200
    return render(request, "issuers/designs/design.html", context, status=status)


def _ready_page(request: SignedInRequest, version: AchievementVersion, form: NoteForm) -> HttpResponse:
    issuer = version.achievement.issuer
    remarks = linter.lint(version)
    context = wizard(version, "ready", remarks) | {
        "errors": [one for one in remarks if one.severity == linter.Severity.ERROR],
        "warnings": [one for one in remarks if one.severity == linter.Severity.WARNING],
        "meters": linter.meters(version),
        "asks_approval": policies.asks_approval(issuer),
        "may_publish": policies.can_publish(request.user, issuer),
        "form": form,
    }
    return render(request, "issuers/designs/ready.html", context, status=422 if form.errors else 200)


def closed(request: SignedInRequest, version: AchievementVersion) -> HttpResponse:
    """The answer for a version that is in approval or approved, and so can't be changed."""
    here = version.get_state_display().lower()
    words = _("This version is %(here)s, so it stays as it is.") % {"here": here}
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"errors": [words]}, status=422)
    if request.method == "POST":
        messages.error(request, words)
    return redirect("issuers:design", version.achievement.public_id)


def step_of_wizard(request: SignedInRequest, public_id: str, step: str, asked: type[DraftForm]) -> HttpResponse:
    """A step that is one form over a draft's fields: show it, save it, and go on to the next."""
    version = in_the_making(request, public_id)
    if version.state != State.DRAFT:
        return closed(request, version)
    # The form fills its own row, so that what is shown beside it is what is saved.
    row = AchievementVersion.objects.select_related("achievement").get(pk=version.pk)
    form = asked(request.POST or None, instance=row, initial={"edition": row.edition})
    if request.method == "POST" and form.is_valid():
        try:
            saved = verbs.word(version, by=request.user, edition=form.cleaned_data["edition"], **form.words())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return onward(request, saved, step)
    wrong = [str(error) for errors in form.errors.values() for error in errors]
    return _step_page(request, version, step, form, wrong)


def _step_page(
    request: SignedInRequest, version: AchievementVersion, step: str, form: Any, wrong: list[str]
) -> HttpResponse:
    if wrong and request.headers.get("Accept") == "application/json":
        return JsonResponse({"errors": wrong}, status=422)
    context = wizard(version, step) | {"form": form}
    return render(request, f"issuers/designs/{step}.html", context, status=422 if wrong else 200)


def wizard(version: AchievementVersion, step: str, remarks: list[linter.Remark] | None = None) -> dict[str, Any]:
    """What every page of the wizard shows besides its form; `remarks` are the version's, if they are known."""
    remarks = linter.lint(version) if remarks is None else remarks
    open_steps = {one.step for one in remarks if one.severity == linter.Severity.ERROR}
    labels = dict(linter.Step.choices) | {"ready": _("Publish")}
    steps = [
        {
            "name": name,
            "label": labels[name],
            "is_now": name == step,
            "is_done": name not in open_steps and name != "ready",
        }
        for name in STEPS
    ]
    comments = version.design_comments.filter(resolved_at=None).select_related("by", "criterion")
    own = [one for one in remarks if one.step == step]
    return {"version": version, "steps": steps, "comments": list(comments), "remarks": own}


def onward(request: SignedInRequest, saved: AchievementVersion, step: str) -> HttpResponse:
    """The answer to a save: figures for a script, the next step, or the same page."""
    if request.headers.get("Accept") == "application/json":
        fresh = AchievementVersion.objects.with_rubric().get(pk=saved.pk)
        missing = [one.text for one in linter.lint(fresh) if one.step == step]
        return JsonResponse({"edition": saved.edition, "saved": hour_of(clock.now()), "missing": missing})
    if request.POST.get("next") == "stay":
        messages.success(request, _("Saved."))
        return redirect(f"issuers:{step}", saved.achievement.public_id)
    return redirect(f"issuers:{STEPS[STEPS.index(step) + 1]}", saved.achievement.public_id)


def _act(
    request: SignedInRequest, public_id: str, verb: Callable[..., Any], done: str, *, of: Any, **more: Any
) -> HttpResponse:
    """Perform an action, then return to the design's page."""
    did(request, lambda: verb(of, by=request.user, **more), done)
    return redirect("issuers:design", public_id)


def _judge(request: SignedInRequest, public_id: str, verb: Callable[..., Any], done: str) -> HttpResponse:
    """Perform an action that takes a note. If it is refused, the page shows the note again."""
    form = NoteForm(request.POST)
    version = _newest(request, public_id)
    if form.is_valid():
        try:
            verb(version, by=request.user, note=form.cleaned_data["note"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("issuers:design", public_id)
    return _design_page(request, _newest(request, public_id), note_form=form)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < len("100000") else 0
