"""The issuer's side of its credentials: who holds what, its standing, and what the staff may do."""

from __future__ import annotations

import csv
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.limits import limited
from apps.core.pills import pill_of
from apps.core.views import csv_answer, csv_stream, did, did_with
from apps.credentials import queries, verbs
from apps.credentials.forms import AwardForm, AwardsForm, CompromiseForm, CorrectForm, NoteForm, RevokeForm
from apps.credentials.models import Credential, SigningKey
from apps.credentials.tables import defused
from apps.issuers.http import run_by_reader
from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest

A_PAGE = 50
FOLDER = "credentials/desk"
# Lists in which an action can be done, and to which it returns.
LISTS = {"issued": "credentials:issued", "unclaimed": "credentials:unclaimed"}


# --- what was awarded -------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def issued(request: SignedInRequest, slug: str) -> HttpResponse:
    """`/organisations/<slug>/credentials/`: everything awarded here, the newest first; `?` the fields of AwardsForm."""
    issuer = run_by_reader(request, slug)
    form = AwardsForm(request.GET, issuer=issuer)
    sought = form.sought()
    found = queries.issued_at(issuer, sought)
    context = {
        "sieve": form,
        "narrows": any(sought),
        "choices": queries.standings_at(issuer, sought),
        "but_standing": _asked(request, but="standing"),
        "letters": queries.letter_choices(),
        "but_letter": _asked(request, but="letter"),
        "asked": _asked(request),
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
    }
    return desk_page(request, "issued", issuer, context)


@login_required
@never_cache
@limited("export", reading=True)
@require_safe
def issued_csv(request: SignedInRequest, slug: str) -> Any:
    """The same list as a table."""
    issuer = run_by_reader(request, slug)
    zone = clock.zone(issuer.time_zone)
    found = queries.issued_at(issuer, AwardsForm(request.GET, issuer=issuer).sought())
    headings = (
        *(_("Earner"), _("Address"), _("Badge"), _("How it was awarded"), _("Awarded"), _("Valid until")),
        *(_("Standing"), _("Letter"), _("Address of the credential")),
    )
    rows = (
        [
            *map(defused, (one.recipient_name, one.recipient_address, one.version.name)),
            one.get_basis_display(),
            one.awarded_at.astimezone(zone).date().isoformat(),
            one.valid_until.astimezone(zone).date().isoformat() if one.valid_until else "",
            # To its earner an open offer says that it waits for them.
            _("Not claimed yet") if one.standing == "offered" else pill_of(one.standing, "credential").word,
            pill_of(one.letter, "delivery").word if one.letter else "",  # type: ignore[attr-defined] # `with_letters`
            f"{settings.PUBLIC_URL}{one.get_absolute_url()}",
        ]
        for one in found.iterator(chunk_size=1_000)
    )
    return csv_stream(f"awards-{issuer.slug}.csv", headings, rows)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def award_directly(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    versions = offered_at(issuer)
    form = AwardForm(request.POST or None, versions=versions)
    if awarded := did_with(request, form, partial(verbs.award_directly, by=request.user)):
        messages.success(request, _("Awarded. The badge is on its way to %(address)s.") % form.cleaned_data)
        return redirect("credentials:issued_one", issuer.slug, awarded.public_id)
    return desk_page(request, "award_directly", issuer, {"form": form, "offered": bool(versions)})


@login_required
@never_cache
@require_safe
def issued_one(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """One credential: what it says, its standing and history, and possible actions."""
    return _one(request, _issued(request, slug, public_id), NoteForm())


@login_required
@require_POST
def suspend(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    return _with_note(request, slug, public_id, verbs.suspend, _("Paused. The earner is told."))


@login_required
@require_POST
def reinstate(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    return _with_note(request, slug, public_id, verbs.reinstate, _("Valid again. The earner is told."))


@login_required
@require_POST
def reissue(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    return _with_note(request, slug, public_id, verbs.reissue, _("Signed again. This is the valid one now."))


@login_required
@require_POST
def renew(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    found = _issued(request, slug, public_id)
    did(request, lambda: verbs.renew(found, by=request.user), _("Renewed from today."))
    return redirect("credentials:issued_one", slug, public_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Revoke it for good: on a page of its own, since this can't be reversed."""
    found = _issued(request, slug, public_id)
    form = RevokeForm(request.POST or None)
    if did_with(request, form, partial(verbs.revoke, found, by=request.user)):
        messages.success(request, _("Taken back. The earner is told."))
        return redirect("credentials:issued_one", slug, public_id)
    return desk_page(request, "revoke", found.issuer, {"form": form, "credential": found})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def correct(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Move a direct award, or its renewal, to the address that was meant: on its own page, or in the list of bounced
    letters.
    """
    found = _issued(request, slug, public_id)
    form = CorrectForm(request.POST or None, initial={"name": found.recipient_name})
    if awarded := did_with(request, form, partial(verbs.correct, found, by=request.user)):
        messages.success(request, _("Replaced. The badge is on its way to %(address)s.") % form.cleaned_data)
        if request.POST.get("from") in LISTS:
            return redirect(LISTS[request.POST["from"]], slug)
        return redirect("credentials:issued_one", slug, awarded.public_id)
    return desk_page(request, "correct", found.issuer, {"form": form, "credential": found})


@login_required
@require_POST
@limited("invite")
def resend(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Send the letter about an award again, from its page or from the list of unclaimed ones."""
    found = _issued(request, slug, public_id)
    done = _("Sent again to %(address)s.") % {"address": found.recipient_address}
    did(request, lambda: verbs.resend(found, by=request.user), done)
    if request.POST.get("from") in LISTS:
        return redirect(LISTS[request.POST["from"]], slug)
    return redirect("credentials:issued_one", slug, public_id)


# --- what waits for its earner ----------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def unclaimed(request: SignedInRequest, slug: str) -> HttpResponse:
    """`/organisations/<slug>/credentials/unclaimed/`: unclaimed awards, the oldest first; `?letter=`."""
    issuer = run_by_reader(request, slug)
    letter = request.GET.get("letter", "")
    context = {
        "letter": letter,
        "letters": queries.letter_choices(),
        "page": Paginator(queries.unclaimed_at(issuer, letter=letter), A_PAGE).get_page(request.GET.get("page")),
    }
    return desk_page(request, "unclaimed", issuer, context)


@login_required
@never_cache
@require_safe
def unclaimed_csv(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    response = csv_answer(f"unclaimed-{issuer.slug}.csv")
    out = csv.writer(response)
    out.writerow([_("Earner"), _("Address"), _("Badge"), _("Awarded"), _("Days"), _("Letter"), _("Last letter")])
    zone, now = clock.zone(issuer.time_zone), clock.now()
    for one in queries.unclaimed_at(issuer, letter=request.GET.get("letter", "")).iterator():
        told = one.letter, one.written_at  # type: ignore[attr-defined] # `with_letters`
        out.writerow(
            [
                *map(defused, (one.recipient_name, one.recipient_address, one.version.name)),
                one.awarded_at.astimezone(zone).date().isoformat(),
                (now - one.awarded_at).days,
                pill_of(told[0], "delivery").word if told[0] else "",
                told[1].astimezone(zone).date().isoformat() if told[1] else "",
            ]
        )
    return response


# --- keys -------------------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def keys(request: SignedInRequest, slug: str) -> HttpResponse:
    """`/organisations/<slug>/keys/`: the issuer's current and former keys."""
    issuer = run_by_reader(request, slug)
    return desk_page(request, "keys", issuer, {"keys": queries.keys_of(issuer)})


@login_required
@require_POST
def rotate_keys(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    done = _("Changed: from now on, everything is signed with new keys.")
    did(request, lambda: verbs.rotate_keys(issuer, by=request.user), done)
    return redirect("credentials:keys", slug)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def compromise_key(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """One key: what it signed, and what to do if it may be compromised."""
    issuer = run_by_reader(request, slug)
    key = get_object_or_404(queries.keys_of(issuer), public_id=public_id)
    form = CompromiseForm(request.POST or None)
    if did_with(request, form, partial(verbs.compromise_key, key, by=request.user)):
        messages.warning(request, _("Marked. Nothing that this key signed verifies any more: see what to do next."))
        return redirect("credentials:compromise_key", slug, public_id)
    signed = queries.signed_by(key).select_related("version", "earner").order_by("awarded_at", "pk")
    context = {
        "form": form,
        "key": key,
        "page": Paginator(signed, A_PAGE).get_page(request.GET.get("page")),
        "standing": queries.touched_by(key).count(),
        "said": queries.said_by(key),
        "embedding": queries.embedding_words_of(key).count() if key.state == SigningKey.State.COMPROMISED else 0,
    }
    return desk_page(request, "compromise_key", issuer, context)


@login_required
@never_cache
@require_safe
def embedding(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Other issuers' badges that embed endorsements signed by a key: once it is compromised, they fail at strict
    verifiers.
    """
    issuer = run_by_reader(request, slug)
    key = get_object_or_404(queries.keys_of(issuer), public_id=public_id)
    found = queries.badges_embedding_words_of(key)
    context = {"key": key, "page": Paginator(found, A_PAGE).get_page(request.GET.get("page"))}
    return desk_page(request, "embedding", issuer, context)


@login_required
@require_POST
def reissue_touched(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    key = get_object_or_404(queries.keys_of(run_by_reader(request, slug)), public_id=public_id)
    done = _("Under way: each is replaced by one that is signed with a new key, and its earner is told.")
    did(request, lambda: verbs.reissue_touched(key, by=request.user), done)
    return redirect("credentials:compromise_key", slug, public_id)


def offered_at(issuer: Issuer) -> list[AchievementVersion]:
    """The versions that can be awarded directly by an issuer."""
    offered = AchievementVersion.objects.public().filter(achievement__issuer=issuer)
    return list(offered.select_related("achievement").order_by("name", "pk"))


def _asked(request: SignedInRequest, *, but: str = "") -> str:
    """What narrows the list of awards, as in its address, from its first page on; `but` leaves one part out."""
    asked = {name: request.GET[name] for name in AwardsForm.base_fields if name != but and request.GET.get(name)}
    return urlencode(asked)


def _issued(request: SignedInRequest, slug: str, public_id: str) -> Credential:
    found = Credential.objects.issued_by(request.user).select_related(
        "issuer", "earner", "version__achievement", "supersedes", "superseded_by", "renews", "claim_link"
    )
    return get_object_or_404(found, issuer__slug=slug, public_id=public_id)


def _with_note(request: SignedInRequest, slug: str, public_id: str, verb: Any, done: str) -> HttpResponse:
    """An action with one button and a note; a note that isn't accepted is shown again."""
    found = _issued(request, slug, public_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _one(request, found, form)
    came: list[Credential] = []
    did(request, lambda: came.append(verb(found, by=request.user, note=form.cleaned_data["note"])), done)
    there = came[0] if came else found
    return redirect("credentials:issued_one", slug, there.public_id)


def _one(request: SignedInRequest, found: Credential, form: NoteForm) -> HttpResponse:
    context = {
        "credential": found,
        "history": queries.history_of(found),
        "deliveries": queries.deliveries_of(found),
        "may_renew": found.earner.erased_at is None and queries.may_be_renewed(found, clock.now()),
        "form": form,
    }
    return desk_page(request, "issued_one", found.issuer, context)


def desk_page(request: SignedInRequest, name: str, issuer: Issuer, context: dict[str, Any]) -> HttpResponse:
    """A page within the organisation's frame; input that isn't accepted is shown again with the reason."""
    form: Form | None = context.get("form")
    status = 422 if form is not None and form.errors else 200
    return render(request, f"{FOLDER}/{name}.html", context | {"issuer": issuer, "runs": True}, status=status)
