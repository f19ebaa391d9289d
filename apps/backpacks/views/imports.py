"""Import badges from elsewhere into the backpack, and see the result for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.backpacks import queries, verbs
from apps.backpacks.forms import ImportForm, KeepAsToldForm
from apps.backpacks.models import Import, ImportedItem
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.views import did, did_with
from apps.credentials import reports

if TYPE_CHECKING:
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
@limited("import")
def import_badges(request: SignedInRequest) -> HttpResponse:
    """Take files, a ZIP, addresses and text in one form; workers check each one, and its page shows the progress."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        try:
            files, places = form.given()
            text = form.cleaned_data["text"]
            return redirect(verbs.import_badges(by=request.user, files=files, addresses=places, text=text))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "imports": queries.latest_imports_of(request.user)}
    return render(request, "backpacks/import_badges.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def imported(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The progress of an import and the result for each badge; the page refreshes itself until it is done."""
    found = _own(request, public_id)
    rows = queries.rows_of(found)
    context = {
        "import": found,
        "rows": rows,
        "total": len(rows),
        "done": sum(row.item.outcome != "" for row in rows),
        "sick": sum(row.item.is_sick for row in rows),
    }
    return render(request, "backpacks/imported.html", context)


@login_required
@require_POST
@limited("verify")
def try_import_again(request: SignedInRequest, public_id: str, item_id: str) -> HttpResponse:
    found = _own_item(request, public_id, item_id)
    did(request, lambda: verbs.try_import_again(found, by=request.user))
    return redirect("backpacks:imported", public_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keep_as_told(request: SignedInRequest, public_id: str, item_id: str) -> HttpResponse:
    """Declare a badge that can't be checked: the form is filled in from it, and nobody vouches for it."""
    found = _own_item(request, public_id, item_id)
    if not found.is_sick:
        messages.error(request, _("That one no longer needs the doctor."))
        return redirect("backpacks:imported", public_id)
    form = KeepAsToldForm(
        request.POST or None,
        request.FILES or None,
        initial=_said(found),
        has_picture=verbs.is_picture(found),
    )
    told = did_with(request, form, lambda **facts: verbs.keep_as_told(found, by=request.user, **facts))
    if told is not None:
        messages.success(request, _("Added: %(name)s.") % {"name": told.name})
        return redirect("backpacks:item", told.public_id)
    context = {"form": form, "item": found}
    return render(request, "backpacks/keep_as_told.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def forget_imported(request: SignedInRequest, public_id: str, item_id: str) -> HttpResponse:
    found = _own_item(request, public_id, item_id)
    did(request, lambda: verbs.forget_imported(found, by=request.user), _("Forgotten."))
    return _to(request, public_id)


@login_required
@require_POST
def forget_import(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    did(
        request,
        lambda: verbs.forget_import(found, by=request.user),
        _("Forgotten. What was kept stays in your backpack."),
    )
    return redirect("backpacks:import_badges")


def _said(item: ImportedItem) -> dict[str, Any]:
    """What a badge says about itself, as far as it could be read."""
    if not item.report:
        return {}
    report = reports.read(item.report)
    return {
        "name": report.said.achievement_name[:200],
        "issuer_name": report.said.issuer_name[:200],
        "earned_on": report.begins.date() if report.begins else None,
        "ends_on": report.ends.date() if report.ends else None,
    }


def _to(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Redirect to the import, or to the form for a new one: deleting the last item deletes the import too."""
    left = Import.objects.visible_to(request.user).filter(public_id=public_id).exists()
    return redirect("backpacks:imported", public_id) if left else redirect("backpacks:import_badges")


def _own(request: SignedInRequest, public_id: str) -> Import:
    return get_object_or_404(Import.objects.visible_to(request.user), public_id=public_id)


def _own_item(request: SignedInRequest, public_id: str, item_id: str) -> ImportedItem:
    mine = ImportedItem.objects.visible_to(request.user).select_related("within")
    return get_object_or_404(mine, within__public_id=public_id, public_id=item_id)
