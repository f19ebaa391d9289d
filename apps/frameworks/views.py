"""Pages to read frameworks, for everyone, and to import them, for operators."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts.models import User
from apps.core.context import shell_of
from apps.core.ids import clean_id
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.shown import Choice
from apps.core.views import csv_answer, did
from apps.frameworks import policies, queries, verbs
from apps.frameworks.forms import UploadForm
from apps.frameworks.importers import Row, table
from apps.frameworks.models import Framework, FrameworkImport, FrameworkVersion, Item

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest

A_PAGE = 50
# How many rows can be taken in at a glance; a larger tree opens at its upper levels.
AT_A_GLANCE = 100


# --- for everyone -----------------------------------------------------------------------------------------------------
@require_safe
def frameworks(request: HttpRequest) -> HttpResponse:
    versions = list(queries.shown_versions())
    context = {
        "active": [one for one in versions if one.framework.state == Framework.State.ACTIVE],
        "retired": [one for one in versions if one.framework.state == Framework.State.RETIRED],
        "may_import": _may_import(request),
    }
    return render(request, "frameworks/frameworks.html", context)


@require_safe
def framework(request: HttpRequest, slug: str) -> HttpResponse:
    """The tree of one version, row by row in order; or, with `?q=`, the rows that match."""
    versions = list(
        FrameworkVersion.objects.readable().filter(framework__slug=slug).select_related("framework").order_by("-number")
    )
    shown = _shown(versions, request.GET.get("version", ""))
    asked = asked_of(request)
    items = Item.objects.filter(version=shown)
    depths = _depths(shown)
    depth = _depth(shown, request.GET.get("depth", ""), depths)
    if asked:
        items = queries.ranked(items.matching(asked), asked).select_related("parent")
    else:
        items = (items.filter(depth__lt=int(depth)) if depth.isdecimal() else items).order_by("position")
    context = {
        "framework": shown.framework,
        "version": shown,
        "versions": versions,
        "page": Paginator(items, A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "depths": depths,
        "depth": depth,
        "may_import": _may_import(request),
    }
    return render(request, "frameworks/framework.html", context)


@require_safe
def item(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    found = get_object_or_404(
        Item.objects.readable().select_related("version__framework"),
        version__framework__slug=slug,
        public_id=public_id,
    )
    is_old = found.version.state != FrameworkVersion.State.CURRENT
    context = {
        "item": found,
        "version": found.version,
        "framework": found.version.framework,
        "above": queries.above(found) if found.depth else [],
        "page": Paginator(found.children.order_by("position"), A_PAGE).get_page(request.GET.get("page")),
        "copy": found.copy(),
        "is_old": is_old,
        "newer": queries.now_of(found) if is_old else None,
    }
    return render(request, "frameworks/item.html", context)


# --- for operators ----------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def imports(request: SignedInRequest) -> HttpResponse:
    _let_in(request)
    rows = FrameworkImport.objects.select_related("by", "framework", "version").defer("findings", "examples")
    page = Paginator(rows.order_by("-made_at", "-pk"), 25).get_page(request.GET.get("page"))
    return render(request, "frameworks/imports.html", {"page": page})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
def upload(request: SignedInRequest) -> HttpResponse:
    """Choose a file. It is checked at once, and nothing changes until someone confirms."""
    _let_in(request)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            about = dict(form.cleaned_data)
            file = about.pop("upload")
            try:
                checked = verbs.upload(
                    file.read(), by=request.user, file_name=file.name or "", into=about.pop("into"), **about
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                there = checked.get_absolute_url()
                # A script that sends with a progress bar would follow a redirect by itself and stay on this page.
                return HttpResponseClientRedirect(there) if "HX-Request" in request.headers else redirect(there)
    else:
        form = UploadForm(initial=_begun_with(request))
    return render(request, "frameworks/upload.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def import_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What was found in a file; then the progress of its import; then the result."""
    found = _found(request, public_id)
    context = {
        "import": found,
        "findings": Paginator(found.findings, 100).get_page(request.GET.get("page")),
        "about": _about(found),
        "examples": [
            (label, found.counts.get(name, 0), found.examples.get(name, []))
            for name, label in (("new", _("New")), ("changed", _("Changed")), ("removed", _("Not in it any more")))
        ],
    }
    return render(request, "frameworks/import.html", context)


@login_required
@never_cache
@require_safe
def report(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _found(request, public_id)
    response = csv_answer(f"report-{found.public_id[:8]}.csv")
    writer = csv.writer(response)
    writer.writerow(("row", "column", "severity", "sentence"))
    writer.writerows(found.findings)
    return response


@login_required
@require_safe
def example(request: SignedInRequest) -> HttpResponse:
    """A table to start from."""
    response = csv_answer("frameworks-example.csv")
    response.write(table.EXAMPLE)
    return response


@login_required
@require_POST
def confirm(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _found(request, public_id)
    did(request, lambda: verbs.confirm(found, by=request.user))
    return redirect(found)


@login_required
@require_POST
def drop(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _found(request, public_id)
    done = did(request, lambda: verbs.drop(found, by=request.user), _("Left unused. Nothing was changed."))
    return redirect("frameworks:imports") if done else redirect(found)


@login_required
@require_POST
def stop(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _found(request, public_id)
    did(request, lambda: verbs.stop(found, by=request.user))
    return redirect(found)


@login_required
@never_cache
@require_safe
def items_csv(request: SignedInRequest, slug: str) -> HttpResponse:
    """A version as a table, to be changed and imported as the next one."""
    shown = queries.version_of(slug, request.GET.get("version", ""))
    if shown is None:
        raise Http404
    _let_in(request)
    response = csv_answer(f"{slug}-{shown.number}.csv")
    response.write(
        table.write(
            Row(
                identifier=identifier,
                **dict(
                    zip(
                        ("code", "statement", "full_statement", "kind", "parent", "url", "levels", "retired"),
                        facts,
                        strict=True,
                    )
                ),
            )
            for identifier, facts in queries.facts_of(shown)
        )
    )
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: SignedInRequest, slug: str) -> HttpResponse:
    """Say what retiring means, then do it."""
    found = _framework(request, slug)
    refused = ""
    if request.method == "POST":
        try:
            verbs.retire(found, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Retired. Its pages stay."))
            return redirect(found)
    return render(
        request,
        "frameworks/retire.html",
        {"framework": found, "refused": refused},
        status=409 if refused else 200,
    )


@login_required
@require_POST
def reopen(request: SignedInRequest, slug: str) -> HttpResponse:
    found = _framework(request, slug)
    did(request, lambda: verbs.reopen(found, by=request.user), _("In use again."))
    return redirect(found)


# --- shared helpers ---------------------------------------------------------------------------------------------------
def _may_import(request: HttpRequest) -> bool:
    return shell_of(request).signed_in and isinstance(request.user, User) and policies.can_import(request.user)


def _let_in(request: SignedInRequest) -> None:
    if not policies.can_import(request.user):
        raise PermissionDenied


def _found(request: SignedInRequest, public_id: str) -> FrameworkImport:
    if not policies.can_import(request.user):
        raise Http404
    rows = FrameworkImport.objects.select_related("by", "framework", "version__framework", "against")
    return get_object_or_404(rows, public_id=public_id)


def _framework(request: SignedInRequest, slug: str) -> Framework:
    found = get_object_or_404(Framework.objects.visible_to(request.user), slug=slug)
    _let_in(request)
    return found


def _shown(versions: list[FrameworkVersion], number: str) -> FrameworkVersion:
    """The version that was asked for, else the current one."""
    fits = [
        one
        for one in versions
        if (str(one.number) == number if number else one.state == FrameworkVersion.State.CURRENT)
    ]
    if not fits:
        raise Http404
    return fits[0]


def _depths(version: FrameworkVersion) -> list[Choice]:
    """How much of a tree to show at once, if there is a choice; the values count levels."""
    sums = [sum(version.depths[:many]) for many in range(1, len(version.depths) + 1)]
    words = (_("Top level"), _("Two levels"), _("Three levels"))
    choices = [Choice(str(n), word, number=sums[n - 1]) for n, word in enumerate(words, start=1) if n < len(sums)]
    return [*choices, Choice("all", pgettext("levels", "All"), number=version.items_count)] if choices else []


def _depth(version: FrameworkVersion, asked: str, depths: list[Choice]) -> str:
    """The depth asked for, else the deepest that can be taken in at a glance. Empty: there is no choice."""
    values = [one.value for one in depths]
    if asked in values:
        return asked
    fitting = [one.value for one in depths if (one.number or 0) <= AT_A_GLANCE]
    return fitting[-1] if fitting else values[0] if values else ""


def _begun_with(request: HttpRequest) -> dict[str, Any]:
    """The form's initial data: a framework to renew, or what was entered with a file that was refused."""
    before = FrameworkImport.objects.filter(public_id=clean_id(request.GET.get("after", ""))).first()
    if before is not None:
        return {**before.about, "into": before.framework.slug if before.framework else None}
    return {"into": request.GET.get("into")}


def _about(found: FrameworkImport) -> list[tuple[str, Any]]:
    said = found.about
    pairs = (
        (_("Framework"), said.get("title")),
        (_("Version"), found.version.label if found.version else said.get("label") or _("numbered")),
        (_("It lists"), found.kind_label),
        (_("Publisher"), said.get("publisher")),
        (_("Where it comes from"), said.get("source_url")),
        (_("Licence"), said.get("licence")),
        (_("File"), found.file_name),
        (_("Chosen by"), str(found.by)),
    )
    return [(name, value) for name, value in pairs if value]
