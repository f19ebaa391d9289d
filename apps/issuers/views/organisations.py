"""An organisation from inside: its profile, its people, and their invitations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.core import pictures, tags
from apps.core.context import shell_of
from apps.core.limits import limited
from apps.core.refused import Refused
from apps.core.searching import asked_of
from apps.core.views import did
from apps.issuers import parts, policies, tokens, verbs
from apps.issuers.forms.organisations import (
    ApprovalForm,
    FoundForm,
    InviteForm,
    LogoForm,
    OwnerForm,
    ProfileForm,
    UnderForm,
)
from apps.issuers.http import run_by_reader
from apps.issuers.models import Invitation, Issuer, Seat
from apps.issuers.queries import organisations as queries
from apps.issuers.views.pictures import read_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import BaseForm
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest

A_PAGE = 50
FOLDER = "issuers/organisations"


# --- one's organisations
# ----------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def organisations(request: SignedInRequest) -> HttpResponse:
    """The reader's organisations, and all below them; for the operator, all there are."""
    asked = asked_of(request)
    twigs = queries.twigs(request.user, asked)
    page = Paginator(twigs, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "rows": queries.rows_of(page.object_list, request.user),
        "offered": [(one, tokens.invitation_token(one)) for one in queries.offered_to(request.user)],
    }
    return render(request, f"{FOLDER}/organisations.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: SignedInRequest) -> HttpResponse:
    if not request.user.is_operator:
        raise Http404
    initial = {"kind": Issuer.Kind.ORGANISATION, "owner_email": request.user.email, "under": request.GET.get("under")}
    form = FoundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        profile = form.cleaned_data | {"parent": form.cleaned_data["under"]}
        del profile["under"]
        try:
            issuer = verbs.found(by=request.user, **profile)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Founded: %(issuer)s.") % {"issuer": issuer})
            return redirect("issuers:organisation", issuer.slug)
    return _page(request, "found", form=form)


# --- one organisation -------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def organisation(request: SignedInRequest, slug: str) -> HttpResponse:
    """What is here, what is missing, and links to more."""
    issuer = _inside(request, slug)
    context = _context(request, issuer)
    seats = list(
        queries.seats_with_badges().kept().filter(issuer=issuer, person=request.user).order_by("given_at", "pk")
    )
    children = issuer.children.order_by("name", "pk").values_list("pk", flat=True)
    twigs = [queries.Twig(pk, 0) for pk in children]
    page = Paginator(queries.versions_at(issuer, request.user), A_PAGE).get_page(request.GET.get("page"))
    context |= {
        "seats": seats,
        "below": queries.rows_of(twigs[:A_PAGE], request.user),
        "more_below": len(twigs[A_PAGE:]),
        "page": page,
        "gaps": queries.gaps(issuer) if context["runs"] else [],
        "has_owner": policies.has_owner(issuer),
        "designs": policies.can_design(request.user, issuer),
        "may_hold": request.user.is_operator or policies.owns(request.user, issuer),
    }
    if context["runs"]:
        people = Seat.objects.kept().filter(issuer=issuer)
        context["people"] = people.values("person").distinct().count()
        context["invited"] = issuer.invitations.open().count()
    elif request.user.is_operator and not context["has_owner"]:
        context["asked_to_own"] = issuer.invitations.open().filter(role=Seat.Role.OWNER)
    return render(request, f"{FOLDER}/organisation.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: SignedInRequest, slug: str) -> HttpResponse:
    if not request.user.is_operator:
        raise Http404
    issuer = _inside(request, slug)
    form = UnderForm(request.POST or None, initial={"under": issuer.parent.slug if issuer.parent else None})
    if request.method == "POST" and form.is_valid():
        try:
            verbs.place(issuer, under=form.cleaned_data["under"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Placed."))
            return redirect("issuers:organisation", issuer.slug)
    return _page(request, "place", form=form, **_context(request, issuer))


@login_required
@require_POST
def verify(request: SignedInRequest, slug: str) -> HttpResponse:
    if not request.user.is_operator:
        raise Http404
    issuer = _inside(request, slug)
    seen = request.POST.get("seen", "")
    return _act(
        request, lambda: verbs.verify(issuer, by=request.user, seen=seen), _("Verified."), "organisation", issuer
    )


@login_required
@require_POST
def unverify(request: SignedInRequest, slug: str) -> HttpResponse:
    if not request.user.is_operator:
        raise Http404
    issuer = _inside(request, slug)
    said = _("No longer verified.")
    return _act(request, lambda: verbs.unverify(issuer, by=request.user), said, "organisation", issuer)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def invite_owner(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let the operator invite someone to own an issuer that has no owner."""
    issuer = _inside(request, slug)
    if not policies.can_give_owner(request.user, issuer):
        raise Http404
    form = OwnerForm(request.POST or None, initial={"email": request.user.email})
    if request.method == "POST" and form.is_valid():
        try:
            sent = verbs.invite(issuer, by=request.user, role=Seat.Role.OWNER, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said_of(sent))
            return redirect("issuers:organisation", issuer.slug)
    return _page(request, "invite_owner", form=form, **_context(request, issuer))


# --- its profile
# ------------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_issuer(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    # A form fills in its row even if it is invalid: the page keeps its own.
    form = ProfileForm(request.POST or None, instance=Issuer.objects.get(pk=issuer.pk))
    if request.method == "POST" and form.is_valid():
        try:
            edited = verbs.edit_issuer(issuer, by=request.user, **form.changes)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            if issuer.verified_at and not edited.verified_at:
                messages.warning(request, _("Your details have changed, so the operator has to verify you again."))
            return redirect("issuers:edit_issuer", issuer.slug)
    return _page(request, "edit_issuer", form=form, **_context(request, issuer))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
def set_logo(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    sent = request.method == "POST"
    form = LogoForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid():
        try:
            verbs.set_logo(issuer, by=request.user, upload=form.cleaned_data["picture"])
        except Refused as refusal:
            form.add_error("picture", str(refusal))
        else:
            messages.success(request, _("Saved. It is shown beside your name now."))
            return redirect("issuers:set_logo", issuer.slug)
    return _page(request, "set_logo", form=form, limit=pictures.MOST_BYTES, **_context(request, issuer))


@login_required
@require_POST
def remove_logo(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    return _act(request, lambda: verbs.remove_logo(issuer, by=request.user), _("Logo removed."), "set_logo", issuer)


@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    """`/issuers/<slug>/logo.png`: for everyone, other sites too."""
    issuer = get_object_or_404(Issuer.objects.exclude(logo_sha256=""), slug=slug)
    etag = f'"{issuer.logo_sha256}"'
    response = tags.answer(request, etag, partial(read_whole, issuer.logo), media_type="image/png")
    response["Cache-Control"] = "public, max-age=3600"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_approval(request: SignedInRequest, slug: str) -> HttpResponse:
    """`/organisations/<slug>/approvals/`: the present ones, and a form to add one."""
    issuer = run_by_reader(request, slug)
    form = ApprovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.add_approval(issuer, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Added."))
            return redirect("issuers:approvals", issuer.slug)
    context = {"approvals": _approvals(issuer), **_context(request, issuer)}
    return _page(request, "approvals", form=form, **context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_approval(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    approval = get_object_or_404(_approvals(issuer), public_id=public_id)
    initial = {name: getattr(approval, name) for name in ("authority", "reference", "url", "until")}
    form = ApprovalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.change_approval(approval, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("issuers:approvals", issuer.slug)
    return _page(request, "change_approval", form=form, approval=approval, **_context(request, issuer))


@login_required
@require_POST
def remove_approval(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    approval = get_object_or_404(_approvals(issuer), public_id=public_id)
    done = _("Removed: %(authority)s.") % {"authority": approval}
    return _act(request, lambda: verbs.remove_approval(approval, by=request.user), done, "approvals", issuer)


# --- its people
# -------------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_safe
def people(request: SignedInRequest, slug: str) -> HttpResponse:
    """The people and invitations here, and the form to invite: `?email=` fills in a person for another role."""
    issuer = run_by_reader(request, slug)
    form = _invite_form(request, issuer, initial={"email": request.GET.get("email", "")[:254]})
    return _people_page(request, issuer, form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def invite(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = run_by_reader(request, slug)
    if request.method != "POST":
        return redirect(f"{reverse('issuers:people', args=[issuer.slug])}#invite")
    form = _invite_form(request, issuer, data=request.POST)
    if form.is_valid():
        try:
            sent = verbs.invite(issuer, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said_of(sent))
            return redirect("issuers:people", issuer.slug)
    return _people_page(request, issuer, form)


@login_required
@never_cache
@require_safe
def seat(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """One person's role, and what can be done with it."""
    found = _seat(request, slug, public_id)
    context = _context(request, found.issuer) | {
        "seat": found,
        "is_mine": found.person_id == request.user.pk,
        "may": policies.can_seat(request.user, found.issuer, found.role),
        "what": parts.WHAT[found.role],
    }
    return render(request, f"{FOLDER}/seat.html", context)


@login_required
@require_POST
def end_seat(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    found = _seat(request, slug, public_id)
    done = _("Ended: %(seat)s.") % {"seat": found}
    return _act(request, lambda: verbs.end_seat(found, by=request.user), done, "people", found.issuer)


@login_required
@require_POST
def suspend(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    found = _seat(request, slug, public_id)
    done = _("Suspended: %(seat)s.") % {"seat": found}
    return _act(request, lambda: verbs.suspend(found, by=request.user), done, "people", found.issuer)


@login_required
@require_POST
def resume(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    found = _seat(request, slug, public_id)
    done = _("Active again: %(seat)s.") % {"seat": found}
    return _act(request, lambda: verbs.resume(found, by=request.user), done, "people", found.issuer)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, slug: str) -> HttpResponse:
    """All of the reader's roles there, including suspended ones, and the button to leave them."""
    issuer = get_object_or_404(
        Issuer, slug=slug, pk__in=Seat.objects.kept().filter(person=request.user).values("issuer")
    )
    refused = ""
    if request.method == "POST":
        try:
            verbs.leave(issuer, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("You have left %(issuer)s.") % {"issuer": issuer})
            return redirect("issuers:organisations")
    seats = queries.seats_with_badges().kept().filter(issuer=issuer, person=request.user).order_by("given_at", "pk")
    context = {"issuer": issuer, "seats": seats, "refused": refused}
    return render(request, f"{FOLDER}/leave.html", context, status=409 if refused else 200)


@login_required
@require_POST
@limited("invite")
def resend(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    sent = _invitation(request, slug, public_id)
    done = _("Sent again: %(email)s.") % {"email": sent.email}
    return _act(request, lambda: verbs.resend(sent, by=request.user), done, "people", sent.issuer)


@login_required
@require_POST
def withdraw_invitation(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    sent = _invitation(request, slug, public_id)
    done = _("Withdrawn: %(email)s.") % {"email": sent.email}
    return _act(request, lambda: verbs.withdraw_invitation(sent, by=request.user), done, "people", sent.issuer)


# --- the letter's link ------------------------------------------------------------------------------------------------
@never_cache
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The offer, for anyone with the letter. Accepting it requires the address that the letter went to.

    The link alone adds no address to an account: it could have been passed on to make someone add another person's
    address to their account, and so let that person in.
    """
    found = _by_token(token)
    user = request.user if shell_of(request).signed_in and isinstance(request.user, User) else None
    mine = accounts.verified_addresses_of(user) if user else []
    context = {
        "invitation": found,
        "token": token,
        "what": parts.WHAT[found.role],
        "is_mine": found.email in mine,
        "taken": bool(user) and found.email not in mine and accounts.owner_of(found.email) is not None,
        "here": reverse("issuers:invitation", args=[token]),
    }
    response = render(request, f"{FOLDER}/invitation.html", context, status=200 if found.standing == "open" else 410)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_POST
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = _by_token(token)
    if not isinstance(request.user, User):
        return redirect_to_login(reverse("issuers:invitation", args=[token]))
    by = request.user
    done = _("Welcome to %(issuer)s.") % {"issuer": found.issuer}
    if did(request, lambda: verbs.accept_invitation(found, by=by), done):
        return redirect("issuers:organisation", found.issuer.slug)
    return redirect("issuers:invitation", token)


@require_POST
def decline_invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = _by_token(token)
    by = request.user if isinstance(request.user, User) else None
    did(request, lambda: verbs.decline_invitation(found, by=by))
    return redirect("issuers:invitation", token)


# --- helpers ----------------------------------------------------------------------------------------------------------
def _inside(request: SignedInRequest, slug: str) -> Issuer:
    return get_object_or_404(Issuer.objects.visible_to(request.user).select_related("parent"), slug=slug)


def _seat(request: SignedInRequest, slug: str, public_id: str) -> Seat:
    seats = queries.seats_with_badges().kept().visible_to(request.user)
    return get_object_or_404(seats, issuer__slug=slug, public_id=public_id)


def _invitation(request: SignedInRequest, slug: str, public_id: str) -> Invitation:
    sent = Invitation.objects.visible_to(request.user).select_related("issuer")
    return get_object_or_404(sent, issuer__slug=slug, public_id=public_id)


def _by_token(token: str) -> Invitation:
    try:
        public_id = tokens.read_invitation_token(token)
    except BadSignature as error:
        raise Http404 from error
    return get_object_or_404(queries.invitations_with_badges(), public_id=public_id)


def _approvals(issuer: Issuer) -> Any:
    return issuer.approvals.select_related("issuer")


def _context(request: SignedInRequest, issuer: Issuer) -> dict[str, Any]:
    """The context for the frame around each page of an organisation."""
    return {"issuer": issuer, "runs": policies.can_edit(request.user, issuer)}


def _invite_form(request: SignedInRequest, issuer: Issuer, **kwargs: Any) -> InviteForm:
    with_owner = policies.can_seat(request.user, issuer, Seat.Role.OWNER)
    kwargs.setdefault("data", None)
    return InviteForm(issuer=issuer, achievements=queries.assessable(issuer), with_owner=with_owner, **kwargs)


def _people_page(request: SignedInRequest, issuer: Issuer, form: InviteForm) -> HttpResponse:
    invited = queries.invitations_with_badges().open().filter(issuer=issuer)
    context = {"colleagues": queries.colleagues(issuer), "invited": invited, **_context(request, issuer)}
    return _page(request, "people", form=form, **context)


def _page(request: SignedInRequest, name: str, *, form: BaseForm, **context: Any) -> HttpResponse:
    """A page with a form: invalid input is shown again with its errors."""
    return render(request, f"{FOLDER}/{name}.html", {"form": form, **context}, status=422 if form.errors else 200)


def _act(request: SignedInRequest, act: Callable[[], object], done: str, there: str, issuer: Issuer) -> HttpResponse:
    """Do it, say so, and return to the page with the button, or to one that is still accessible."""
    did(request, act, done)
    if there == "people" and not policies.can_see_people(request.user, issuer):
        there = "organisation"
    if not Issuer.objects.visible_to(request.user).filter(pk=issuer.pk).exists():
        return redirect("issuers:organisations")
    return redirect(f"issuers:{there}", issuer.slug)


def _said_of(sent: Invitation) -> str:
    if sent.seat is not None:
        return _("Done: %(seat)s.") % {"seat": sent.seat}
    return _("Invited: %(email)s. The letter is on its way.") % {"email": sent.email}
