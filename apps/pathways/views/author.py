"""Pages to write an issuer's pathway or a learner's own plan: the tree, trying it out, versions, publishing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.http import reader_of
from apps.core import clock
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.text import is_plain
from apps.core.views import did, did_with, edition_seen
from apps.issuers import policies as issuers
from apps.issuers.models import Achievement, AchievementVersion, Issuer
from apps.issuers.models.achievements import DESIGNING
from apps.pathways import comparing, editing, policies, queries, verbs
from apps.pathways.forms.writing import NODE_FORMS, BeginForm, MoveForm, NodeForm, WordsForm, rules_for
from apps.pathways.models import Node, Pathway, PathwayVersion
from apps.pathways.rules import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest

A_PAGE = 30
FOUND = 12
# No version number has more.
DIGITS = 5
FOLDER = "pathways/author"
State = PathwayVersion.State
BADGES = (Node.Kind.BADGE, Node.Kind.CAPSTONE)
# The kinds of node in a learner's own plan.
IN_PLANS = (Node.Kind.BADGE, Node.Kind.ALL, Node.Kind.ANY, Node.Kind.SOME, Node.Kind.CREDITS, Node.Kind.MILESTONE)


# --- lists ------------------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def at_organisation(request: SignedInRequest, slug: str) -> HttpResponse:
    """An organisation's pathways, and a form to begin one."""
    issuer = get_object_or_404(Issuer.objects.manned_by(request.user, *DESIGNING).select_related("parent"), slug=slug)
    form = BeginForm(request.POST or None)
    if draft := did_with(request, form, partial(verbs.begin, issuer, by=request.user)):
        return redirect("pathways:edit", draft.pathway.slug)
    context = {
        "issuer": issuer,
        "runs": issuers.can_edit(request.user, issuer),
        "form": form,
        "page": _newest(request, Pathway.objects.filter(issuer=issuer)),
    }
    return render(request, f"{FOLDER}/pathways.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def plans(request: SignedInRequest) -> HttpResponse:
    """A learner's own pathways."""
    page = _newest(request, Pathway.objects.filter(owner=request.user, archived_at=None))
    return render(request, "pathways/plans/plans.html", {"page": page})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedInRequest) -> HttpResponse:
    """Begin a plan of one's own, with a name."""
    form = BeginForm(request.POST or None)
    if draft := did_with(request, form, partial(verbs.plan, by=request.user)):
        return redirect("pathways:edit", draft.pathway.slug)
    return render(request, "pathways/plans/plan.html", {"form": form}, status=422 if form.errors else 200)


def _newest(request: SignedInRequest, pathways: Any) -> Any:
    """A page of the newest version of each; those that can be begun or changed before archived ones."""
    later = PathwayVersion.objects.filter(pathway__in=pathways).order_by("pathway", "-number").distinct("pathway")
    found = (
        PathwayVersion.objects.filter(pk__in=later.values("pk"))
        .select_related("pathway", "award")
        .order_by(F("pathway__archived_at").asc(nulls_first=True), "name", "pk")
    )
    return Paginator(found, A_PAGE).get_page(request.GET.get("page"))


# --- one pathway and its versions -------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def versions(request: SignedInRequest, slug: str) -> HttpResponse:
    """One pathway as its authors see it: its versions, who walks it, and what can be done."""
    pathway = _written(request, slug)
    every = list(pathway.versions.order_by("-number"))
    context = _frame(request, pathway) | {
        "versions": every,
        "newest": every[0],
        "draft": next((one for one in every if one.state == State.DRAFT), None),
        "published": next((one for one in every if one.state == State.PUBLISHED), None),
        "walkers": queries.walkers_of(pathway),
        "may_publish": policies.can_publish(request.user, pathway),
    }
    return render(request, f"{FOLDER}/versions.html", context)


@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """The changes between two versions: `?from=1&to=2`, by default the newest two that one may see."""
    reader = reader_of(request)
    pathway = get_object_or_404(Pathway.objects.visible_to(reader), slug=slug)
    writes = reader is not None and policies.can_write(reader, pathway)
    seen = pathway.versions.all() if writes else pathway.versions.readable()
    numbers = list(seen.order_by("-number").values_list("number", flat=True))
    to = _number(request.GET.get("to")) or numbers[0]
    before = _number(request.GET.get("from")) or next((one for one in numbers if one < to), to)
    if to not in numbers or before not in numbers:
        raise Http404
    whole = {one.number: one for one in pathway.versions.whole().filter(number__in=(to, before))}
    old, new = queries.asked(whole[before]), queries.asked(whole[to])
    context = {"pathway": pathway, "old": old, "new": new, "numbers": numbers, "parts": comparing.compare(old, new)}
    return render(request, f"{FOLDER}/changes.html", context)


@login_required
@require_POST
def draft_next(request: SignedInRequest, slug: str) -> HttpResponse:
    pathway = _written(request, slug)
    done = did(request, lambda: verbs.draft_next(pathway, by=request.user))
    return redirect("pathways:edit" if done else "pathways:versions", slug)


@login_required
@require_POST
def discard(request: SignedInRequest, slug: str) -> HttpResponse:
    draft = _draft(request, slug)
    only = draft.pathway.versions.count() == 1
    done = _("Thrown away: %(name)s") % {"name": draft.name}
    if did(request, lambda: verbs.discard(draft, by=request.user), done) and only:
        return _home(draft.pathway)
    return redirect("pathways:versions", slug)


@login_required
@require_POST
def archive(request: SignedInRequest, slug: str) -> HttpResponse:
    pathway = _written(request, slug)
    done = (
        _("Archived. Nobody else sees it any more.")
        if pathway.is_plan
        else _("Archived. Anyone already on it can go on.")
    )
    if did(request, lambda: verbs.archive(pathway, by=request.user), done):
        return _home(pathway)
    return redirect("pathways:versions", slug)


# --- the editor -------------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def edit(request: SignedInRequest, slug: str) -> HttpResponse:
    """The tree, with what it asks for in one sentence and what has to be mended."""
    pathway = _written(request, slug)
    draft = pathway.versions.filter(state=State.DRAFT).first()
    if draft is None or pathway.archived_at is not None:
        return redirect("pathways:versions", slug)
    return render(request, f"{FOLDER}/edit.html", _editor(request, draft))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def word(request: SignedInRequest, slug: str) -> HttpResponse:
    """Edit name, description and award."""
    draft = _draft(request, slug)
    root = draft.nodes.get(parent=None)
    initial = {
        "edition": draft.edition,
        "name": draft.name,
        "description": draft.description,
        "in_order": root.in_order,
        "award": draft.award.slug if draft.award else None,
        "grace_days": draft.grace_days,
    }
    form = WordsForm(request.POST or None, pathway=draft.pathway, initial=initial)
    if did_with(request, form, partial(verbs.edit, draft, by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("pathways:edit", slug)
    context = _frame(request, draft.pathway) | {"version": draft, "form": form}
    return render(request, f"{FOLDER}/word.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_node(request: SignedInRequest, slug: str) -> HttpResponse:
    """Choose the node (`?into=`), the kind (`?kind=`), and then the badge or the number."""
    draft = _draft(request, slug)
    into = request.GET.get("into") or "n1"
    group = next((one for one in draft.nodes.all() if one.code == into and one.is_group), None)
    kinds = _kinds(draft.pathway)
    kind = request.GET.get("kind") or Node.Kind.BADGE
    if group is None or kind not in kinds:
        raise Http404
    act = partial(verbs.add_node, draft, by=request.user, into=into, kind=kind)
    about = queries.asked(PathwayVersion.objects.whole().get(pk=draft.pk))
    context = _frame(request, draft.pathway) | {
        "version": draft,
        "into": into,
        "into_name": draft.name if group.parent_id is None else about.names.of(about.tree.by_code[into]),
        "kind": kind,
        "kinds": [(one, Node.Kind(one).label, editing.ICONS[one]) for one in kinds],
        "rules": kind == Node.Kind.EXTERNAL and rules_for(draft.pathway).exists(),
    }
    if kind in BADGES:
        return _pick(request, draft, act, context)
    form = NODE_FORMS[kind](request.POST or None, pathway=draft.pathway, initial={"edition": draft.edition})
    if request.method == "POST" and form.is_valid() and (node := _taken(form, act)):
        return redirect(f"{reverse('pathways:edit', args=[slug])}#{node.code}")
    return render(request, f"{FOLDER}/add_node.html", context | {"form": form}, status=422 if form.errors else 200)


def _pick(
    request: SignedInRequest, draft: PathwayVersion, act: Callable[..., Node], context: dict[str, Any]
) -> HttpResponse:
    """Find badges in the catalogue and add them, each with one click."""
    offered = AchievementVersion.objects.public().filter(achievement__archived_at=None)
    if context["kind"] == Node.Kind.CAPSTONE and draft.pathway.issuer is not None:
        house = Achievement.objects.of_house(draft.pathway.issuer)
        offered = offered.filter(achievement__in=house)
    if request.method == "POST":
        slug = request.POST.get("badge", "")
        wanted = offered.filter(achievement__slug=slug) if is_plain(slug) else offered.none()
        chosen = wanted.select_related("achievement").first()
        if chosen is None:
            messages.error(request, _("That badge isn't published any more. Choose another."))
        else:
            done = _("Added: %(name)s.") % {"name": chosen.name}
            did(request, lambda: act(achievement=chosen.achievement), done)
        back = (
            f"{reverse('pathways:add_node', args=[draft.pathway.slug])}?into={context['into']}&kind={context['kind']}"
        )
        return redirect(reverse("pathways:edit", args=[draft.pathway.slug]) if "done" in request.POST else back)
    asked = asked_of(request)
    there = set(draft.nodes.exclude(achievement=None).values_list("achievement", flat=True))
    found = offered.matching(asked).select_related("achievement__issuer").order_by("name", "pk")
    page = Paginator(found, FOUND).get_page(request.GET.get("page"))
    context |= {"page": page, "asked": asked, "there": there}
    return render(request, f"{FOLDER}/pick.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_node(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Edit one node; `?kind=` changes the kind of a group."""
    draft = _draft(request, slug)
    node = get_object_or_404(Node.objects.whole(), version=draft, code=code)
    kind = request.GET.get("kind") or node.kind
    if kind not in NODE_FORMS or kind not in _kinds(draft.pathway) or (node.parent_id is None and kind != node.kind):
        raise Http404
    if node.parent_id is None:
        return redirect("pathways:word", slug)
    form_class = NODE_FORMS[kind]
    initial = {"edition": draft.edition, **form_class.said_of(node)}
    form = form_class(request.POST or None, pathway=draft.pathway, initial=initial)
    act = partial(verbs.change_node, draft, by=request.user, code=code, kind=kind)
    if request.method == "POST" and form.is_valid() and _taken(form, act):
        return redirect(f"{reverse('pathways:edit', args=[slug])}#{code}")
    others = [one for one in _kinds(draft.pathway) if one in Node.GROUPS and node.is_group]
    context = _frame(request, draft.pathway) | {
        "version": draft,
        "node": node,
        "kind": kind,
        "kinds": [(one, Node.Kind(one).label, editing.ICONS[one]) for one in others],
        "form": form,
    }
    return render(request, f"{FOLDER}/change_node.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def move_node(request: SignedInRequest, slug: str) -> HttpResponse:
    """Move a node: a step with a button (`do`), or into a group at a position by dragging."""
    draft, code = _draft(request, slug), request.POST.get("code", "")
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Http404
    asked = form.cleaned_data
    place: tuple[str, int] | None = (asked["into"], asked["position"] or 0) if asked["into"] else None
    if asked["do"]:
        tree = queries.tree_of(PathwayVersion.objects.whole().get(pk=draft.pk))
        place = editing.place_after(tree, code, asked["do"]) if code in tree.by_code else None
    if place is None:
        return _edited(request, draft, lambda: None, at=code)
    act = partial(verbs.move_node, draft, by=request.user, code=code, into=place[0], position=place[1])
    return _edited(request, draft, partial(act, edition=asked["edition"]), at=code)


@login_required
@require_POST
def remove_node(request: SignedInRequest, slug: str) -> HttpResponse:
    draft, code = _draft(request, slug), request.POST.get("code", "")
    done = _("Taken out. You can put it back.")
    return _edited(request, draft, lambda: verbs.remove_node(draft, by=request.user, code=code), done)


@login_required
@require_POST
def put_back(request: SignedInRequest, slug: str) -> HttpResponse:
    draft = _draft(request, slug)
    return _edited(request, draft, lambda: verbs.put_back(draft, by=request.user), _("It is back."))


@login_required
@never_cache
@require_safe
def try_out(request: SignedInRequest, slug: str) -> HttpResponse:
    """The pathway as a learner finds it, holding nothing or what is ticked. Nothing is saved."""
    pathway = _written(request, slug)
    version = pathway.versions.whole().order_by("-number")[0]
    about = queries.asked(version)
    tried = editing.try_out(about, set(request.GET.getlist("hold")), clock.now())
    award = about.offers.get(about.tree.award) if about.tree.award is not None else None
    context = _frame(request, pathway) | {"version": version, "tried": tried, "award": award}
    return render(request, f"{FOLDER}/try_out.html", context | {"sentence": sentence(about.tree, about.names)})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedInRequest, slug: str) -> HttpResponse:
    """The final check: what has to be mended, and what is new compared with the previous version."""
    draft = _draft(request, slug)
    pathway = draft.pathway
    if request.method == "POST":
        done = _("In use. What you hold counts at once.") if pathway.is_plan else _("Published. Anybody can begin.")
        if did(request, lambda: verbs.publish(draft, by=request.user, edition=edition_seen(request)), done):
            return redirect(pathway)
        return redirect("pathways:publish", slug)
    about = queries.whole_draft(draft.pk)
    findings = queries.findings_of(about)
    before = pathway.versions.whole().filter(number__lt=draft.number).order_by("-number").first()
    context = _frame(request, pathway) | {
        "version": draft,
        "sentence": sentence(about.tree, about.names),
        "errors": [one for one in findings if one.stops],
        "remarks": [one for one in findings if not one.stops],
        "before": before,
        "parts": comparing.compare(queries.asked(before), about) if before else [],
        "walkers": queries.walkers_of(pathway),
        "may_publish": policies.can_publish(request.user, pathway),
    }
    return render(request, f"{FOLDER}/publish.html", context)


# --- plans ------------------------------------------------------------------------------------------------------------
@login_required
@require_POST
def copy_plan(request: SignedInRequest, slug: str) -> HttpResponse:
    """Make a plan of one's own from any pathway that one may read."""
    pathway = get_object_or_404(Pathway.objects.visible_to(request.user), slug=slug)
    try:
        draft = verbs.copy_plan(pathway, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("pathways:plans")
    messages.success(request, _("Copied. It is yours to change."))
    return redirect("pathways:edit", draft.pathway.slug)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_to_plan(request: SignedInRequest, slug: str) -> HttpResponse:
    """From a badge's page, choose the plan to add it to. `slug` is the badge's."""
    version = get_object_or_404(
        AchievementVersion.objects.public().select_related("achievement__issuer"), achievement__slug=slug
    )
    mine = Pathway.objects.filter(owner=request.user, archived_at=None)
    if request.method == "POST":
        slug = request.POST.get("plan", "")
        chosen = get_object_or_404(mine, slug=slug if is_plain(slug) else "")
        done = _("Added: %(name)s.") % {"name": version.name}
        did(request, lambda: verbs.add_to_plan(chosen, by=request.user, badge=version.achievement), done)
        return redirect("pathways:edit", chosen.slug)
    context = {"version": version, "page": _newest(request, mine)}
    return render(request, "pathways/plans/add_to_plan.html", context)


@login_required
@require_POST
def share(request: SignedInRequest, slug: str) -> HttpResponse:
    mine = get_object_or_404(Pathway, owner=request.user, slug=slug)
    did(request, lambda: verbs.share(mine, by=request.user), _("Shared. Anyone with its address can read it."))
    return redirect("pathways:versions", slug)


@login_required
@require_POST
def unshare(request: SignedInRequest, slug: str) -> HttpResponse:
    mine = get_object_or_404(Pathway, owner=request.user, slug=slug)
    did(request, lambda: verbs.unshare(mine, by=request.user), _("Hidden. Its address shows nothing to others now."))
    return redirect("pathways:versions", slug)


# --- helpers ----------------------------------------------------------------------------------------------------------
def _written(request: SignedInRequest, slug: str) -> Pathway:
    """A pathway that this person writes."""
    mine = Pathway.objects.designed_by(request.user).select_related("issuer__parent", "owner")
    return get_object_or_404(mine, slug=slug)


def _draft(request: SignedInRequest, slug: str) -> PathwayVersion:
    """The draft of a pathway that this person writes."""
    pathway = _written(request, slug)
    draft = pathway.versions.filter(state=State.DRAFT).select_related("award").first()
    if draft is None or pathway.archived_at is not None:
        raise Http404
    draft.pathway = pathway
    return draft


def _kinds(pathway: Pathway) -> tuple[str, ...]:
    return IN_PLANS if pathway.is_plan else (*IN_PLANS, Node.Kind.EXTERNAL, Node.Kind.CAPSTONE)


def _frame(request: SignedInRequest, pathway: Pathway) -> dict[str, Any]:
    """The context for the frame around each of these pages."""
    issuer = pathway.issuer
    runs = issuer is not None and issuers.can_edit(request.user, issuer)
    return {"pathway": pathway, "issuer": issuer, "runs": runs}


def _editor(request: SignedInRequest, draft: PathwayVersion) -> dict[str, Any]:
    about = queries.whole_draft(draft.pk)
    findings = queries.findings_of(about)
    award = about.offers.get(about.tree.award) if about.tree.award is not None else None
    return _frame(request, draft.pathway) | {
        "version": about.version,
        "sentence": sentence(about.tree, about.names),
        "root": editing.rows(about, findings),
        "errors": [one for one in findings if one.stops],
        "remarks": [one for one in findings if not one.stops],
        "award": award,
    }


def _edited(
    request: SignedInRequest, draft: PathwayVersion, act: Callable[[], object], done: str = "", *, at: str = ""
) -> HttpResponse:
    """Do it. Scripts get the present editor; without a script, the page is shown again."""
    if request.headers.get("HX-Request"):
        refused = ""
        try:
            act()
        except Refused as refusal:
            refused, done = str(refusal), ""
        context = _editor(request, draft) | {"refused": refused, "done": done}
        return render(request, f"{FOLDER}/_editor.html", context)
    did(request, act, done)
    return redirect(reverse("pathways:edit", args=[draft.pathway.slug]) + (f"#{at}" if at else ""))


def _taken(form: NodeForm, act: Callable[..., Node]) -> Node | None:
    try:
        return act(edition=form.cleaned_data["edition"], **form.facts())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _home(pathway: Pathway) -> HttpResponse:
    if pathway.issuer is None:
        return redirect("pathways:plans")
    return redirect("pathways:at_organisation", pathway.issuer.slug)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= DIGITS else None
