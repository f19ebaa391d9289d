"""A credential's page and its evidence record in every format. Only deciding what others see needs signing in."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.serializers.json import DjangoJSONEncoder
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.http import reader_of
from apps.backpacks import counting, paper, queries, records, sheet
from apps.backpacks import verbs as earners
from apps.backpacks.forms import DiscloseForm
from apps.backpacks.models import BackpackItem
from apps.backpacks.views.cards import answer, etag_of
from apps.core import clock, qr
from apps.core.briefly import after_each, briefly
from apps.core.limits import limited
from apps.core.pills import pill_of
from apps.core.shown import Choice
from apps.core.views import did
from apps.credentials import queries as credentials
from apps.credentials import verbs, verifier
from apps.credentials.models import Credential
from apps.credentials.views import files, wants_json
from apps.pathways import queries as pathways

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from apps.accounts.http import SignedInRequest
    from apps.credentials.models import SignedForm


class _Seen(NamedTuple):
    """A credential that this reader may see, with its signed form if there is one.

    Its earner reads all of it, unless they ask for what others see (`?as=others`).
    """

    credential: Credential
    form: SignedForm | None
    is_mine: bool
    full: bool

    def record(self, *, brief: bool = False) -> records.EvidenceRecord:
        return records.record_of(self.credential, form=self.form, full=self.full and not brief, brief=brief)


def _seen(request: HttpRequest, public_id: str) -> _Seen:
    reader = reader_of(request)
    among = Credential.objects.visible_to(reader)
    form = credentials.signed_form_at(public_id, among)
    found = form.credential if form else get_object_or_404(among.for_its_page(), public_id=public_id)
    is_mine = reader is not None and reader.pk == found.earner_id
    return _Seen(found, form, is_mine, is_mine and request.GET.get("as") != "others")


@require_safe
def credential(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/c/<id>`: a page for people, or the signed JSON for clients that ask for it."""
    return files.credential_json(request, public_id) if wants_json(request) else _credential(request, public_id)


@files.or_gone
@briefly
def _credential(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page: one sentence, four questions, the result, the checks."""
    seen = _seen(request, public_id)
    found = seen.credential
    if request.method != "HEAD" and not seen.is_mine:
        after_each(request, partial(counting.saw, "credential", found.public_id))
    endorsements = credentials.endorsements_shown(credential=found, version=found.version, issuer=found.issuer)
    among = Credential.objects.visible_to(found.earner if seen.full else None)
    response = _page(
        request,
        "backpacks/credential.html",
        seen,
        report=verifier.check_own(found, seen.form),
        endorsements=endorsements,
        chain=queries.chain_of(found, among),
        item=BackpackItem.objects.filter(credential=found).first() if seen.full else None,
        renew=_where_to_renew(found) if seen.full else "",
        credit_story=pathways.story_of(found) if seen.full else [],
        may_ask=seen.full and found.holds and bool(pathways.open_to(found.earner, found.version.achievement)),
    )
    patch_vary_headers(response, ("Accept",))
    return response


@files.or_gone
@require_safe
def record(request: HttpRequest, public_id: str) -> HttpResponse:
    """The evidence record as a page that prints well."""
    seen = _seen(request, public_id)
    return _page(request, "backpacks/record.html", seen) if seen.form else files.not_yet_signed()


@files.or_gone
@require_safe
def record_json(request: HttpRequest, public_id: str) -> HttpResponse:
    seen = _seen(request, public_id)
    if seen.form is None:
        return files.not_yet_signed()
    body = _json(seen.record())
    file = files.File(etag_of(body), "application/json", f"record-{public_id[:8]}.json")
    return answer(request, file, body.encode)


@files.or_gone
@require_safe
@limited("paper", reading=True)
def record_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    """The evidence record as a PDF, with the signed credential inside. Made for each request, never signed."""
    seen = _seen(request, public_id)
    if seen.form is None:
        return files.not_yet_signed()
    told, text, version = seen.record(), seen.form.text, seen.credential.version
    short = queries.short_address_of(seen.credential)
    etag = etag_of(_json(told), version.picture_sha256, short, paper.edition())
    file = files.File(etag, "application/pdf", f"record-{public_id[:8]}.pdf")
    return answer(
        request, file, lambda: paper.pdf(told, badge=credentials.artwork(version), signed_text=text, short=short)
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def disclose(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Choose what others see besides the award itself, and preview it as they would."""
    found = get_object_or_404(Credential.objects.filter(earner=request.user).for_its_page(), public_id=public_id)
    shown = list(found.shown_evidence.values_list("evidence_id", flat=True))
    pieces = queries.pieces_of(found)
    now = {"name": found.shows_name, "words": found.shows_words, "evidence": shown}
    form = DiscloseForm(request.POST or None, initial=now, pieces=pieces)
    if request.method == "POST" and form.is_valid():
        asked = {"evidence": []} | form.cleaned_data
        did(request, lambda: verbs.disclose(found, by=request.user, **asked), _("Saved. Below is what others see now."))
        return redirect("backpacks:disclose", public_id)
    context = {
        "credential": found,
        "form": form,
        "visibilities": [
            Choice(one.value, one.label, pill_of(one.value, "visibility").icon) for one in Credential.Visibility
        ],
        "record": records.record_of(found, form=credentials.signed_form(found), full=False),
    }
    return render(request, "backpacks/disclose.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def show_credential(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Set who sees it by itself: nobody, anyone with its address, or everyone. `visibility=private|link|public`;
    `then=share` leads on to the share sheet.
    """
    found = get_object_or_404(Credential.objects.filter(earner=request.user), public_id=public_id)
    wanted = request.POST.get("visibility", "")
    if wanted not in Credential.Visibility.values:
        raise BadRequest(f"No visibility {wanted[:20]!r} here")
    did(request, lambda: earners.show_credential(found, by=request.user, visibility=wanted), _("Saved."))
    there = "share_credential" if request.POST.get("then") == "share" else "disclose"
    return redirect(f"backpacks:{there}", public_id)


def _where_to_renew(found: Credential) -> str:
    """The page where its earner hands in new work for one that expires; empty if that isn't possible."""
    achievement = found.version.achievement
    may = credentials.may_be_renewed(found, clock.now()) and credentials.is_open(achievement)
    return achievement.get_absolute_url() if may else ""


def _page(request: HttpRequest, template: str, seen: _Seen, **more: Any) -> HttpResponse:
    told = seen.record()
    context = more | {
        "credential": seen.credential,
        "version": seen.credential.version,
        "record": told,
        "is_mine": seen.is_mine,
        "as_others": "" if seen.full or not seen.is_mine else "?as=others",
        "structured": records.structured(told),
        "public_url": settings.PUBLIC_URL,
        "frame": sheet.frame_of(told, seen.credential.public_id),
        "qr": qr.svg(told.address),
    }
    response = render(request, template, context)
    response["Cache-Control"] = "private, no-cache"
    if seen.credential.seen_by != Credential.Visibility.PUBLIC:
        response["X-Robots-Tag"] = "noindex"
    return response


def _json(told: records.EvidenceRecord) -> str:
    return json.dumps(told.to_json(), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
