"""The page behind the bell, the mail preferences, and unsubscribing without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.ids import clean_id
from apps.core.refused import Refused
from apps.notices import queries, tokens, verbs, words
from apps.notices.forms import WaysForm
from apps.notices.kinds import KINDS
from apps.notices.models import Notice

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_safe
def notices(request: SignedInRequest) -> HttpResponse:
    mine = Notice.objects.visible_to(request.user)
    page = Paginator(mine, 25).get_page(request.GET.get("page"))
    told = list(words.told(page))
    newest = mine.first() if page.has_previous() else next((one.notice for one in told), None)
    return render(request, "notices/notices.html", {"page": page, "told": told, "newest": newest})


@login_required
@never_cache
@require_safe
def read(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Mark a notice as read and redirect to its subject, so that a link in the digest does both, too."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), public_id=public_id)
    verbs.read(notice, by=request.user)
    return redirect(notice.address)


@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    mine = Notice.objects.visible_to(request.user)
    verbs.read_all(by=request.user, newest=get_object_or_404(mine, public_id=clean_id(request.POST.get("newest", ""))))
    return redirect("notices:notices")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    form = WaysForm(request.POST or None, chosen=queries.ways_of(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            verbs.choose(request.user, by=request.user, ways=form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("notices:preferences")
    status = 422 if form.errors else 200
    return render(request, "notices/preferences.html", {"form": form}, status=status)


# Mail programs post here by themselves, without cookies (RFC 8058). The token is the only proof, and this is all it
# allows.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, since programs follow links to look at them; do it on POST."""
    try:
        asked = tokens.read_unsubscribe_token(token)
        done = request.method == "POST" and bool(verbs.unsubscribe(token))
    except BadSignature as error:
        raise Http404 from error
    kinds = [KINDS[name] for name in asked.kinds if name in KINDS]
    return render(request, "notices/unsubscribe.html", {"kinds": kinds, "done": done})
