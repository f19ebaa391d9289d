"""What strangers open without signing in: shared collections, what is in them, and people's public pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.http import reader_of
from apps.backpacks import counting, embedding, pictures, queries, showing, skills, tokens
from apps.core.briefly import after_each, briefly
from apps.core.views import gone, or_gone
from apps.submissions.views import serving

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from apps.backpacks.queries import Opened


# A public collection whose owner has left.
_or_gone = or_gone(queries.was_public)


@briefly
@never_cache
@require_safe
@_or_gone
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """`/b/<token>/`: a collection as a stranger sees it. An unknown link and a revoked one look the same."""
    opened = _opened(token)
    _count(request, opened)
    begins = _begins(request)
    page = showing.page_of(opened.collection, at=token, begins=begins, most=queries.A_STRETCH)
    frame = embedding.of_collection(token, title=opened.collection.title, owner=opened.collection.owner_name)
    context = queries.page_of(opened.collection, page, begins=begins) | {"at": token, "frame": frame}
    return _dressed(render(request, "backpacks/shared.html", context), opened)


@never_cache
@require_safe
@_or_gone
def shared_cv(request: HttpRequest, token: str) -> HttpResponse:
    """The collection as a curriculum vitae that prints well."""
    opened = _opened(token)
    page = showing.page_of(opened.collection, at=token)
    context = queries.page_of(opened.collection, page) | {"at": token}
    return _dressed(render(request, "backpacks/shared_cv.html", context), opened)


@never_cache
@require_safe
@_or_gone
def shared_skills(request: HttpRequest, token: str) -> HttpResponse:
    """`/b/<token>/skills/`: the skills that the badges of a collection show, each with its evidence."""
    opened = _opened(token)
    found = skills.of_collection(opened.collection, at=token)
    context = {"collection": opened.collection, "skills": found, "at": token}
    return _dressed(render(request, "backpacks/shared_skills.html", context), opened)


@never_cache
@require_safe
@_or_gone
def shared_block(request: HttpRequest, token: str, block_id: str) -> HttpResponse:
    """A badge of a collection that has no page of its own: it is from elsewhere, or part of it is hidden here."""
    opened = _opened(token)
    block = showing.block_of(opened.collection, block_id, at=token)
    if block is None:
        raise Http404
    report = queries.report_of(block.foreign) if block.foreign else None
    context = {"collection": opened.collection, "part": block, "at": token, "report": report}
    return _dressed(render(request, "backpacks/shared_block.html", context), opened)


@never_cache
@require_safe
@_or_gone
def shared_evidence(request: HttpRequest, token: str, block_id: str, piece: str) -> HttpResponse:
    """A piece of work that a badge shows here. Its signed address opens only while the badge has its own page."""
    opened = _opened(token)
    found = showing.piece_of(opened.collection, block_id, piece)
    if found is None:
        raise Http404
    return _dressed(serving.to_stranger(request, found, opened.way), opened)


@require_safe
def shared_picture(request: HttpRequest, token: str, block_id: str) -> HttpResponse:
    block = showing.block_of(_opened(token).collection, block_id, at=token)
    if block is None or not block.kept_picture:
        raise Http404
    return pictures.answer(request, block.kept_picture)


@require_safe
def shared_cover(request: HttpRequest, token: str) -> HttpResponse:
    name = _opened(token).collection.cover
    if not name:
        raise Http404
    return pictures.answer(request, name)


@briefly
@never_cache
@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """`/p/<handle>`: a person's public page, if it is on."""
    found = queries.shown_profile(handle)
    if found is not None and found.handle != handle.lower():
        return redirect(found)
    if found is None:
        if queries.has_left(handle):
            return gone(request)
        raise Http404
    if not _is_theirs(request, found.person_id):
        after_each(request, partial(counting.saw, "profile", found.person.public_id))
    context = {
        "profile": found,
        "collections": queries.public_collections_of(found.person),
        "skills": skills.of_profile(found.person) if found.shows_skills else [],
        "address": tokens.profile_address_of(found),
    }
    response = render(request, "backpacks/profile.html", context)
    if not found.may_be_found:
        response["X-Robots-Tag"] = "noindex"
    return response


def _begins(request: HttpRequest) -> int:
    """`?from=48`: how many parts of the page to skip."""
    asked = request.GET.get("from", "")
    return int(asked) if asked.isdecimal() and len(asked) <= len("999") else 0


def _opened(token: str) -> Opened:
    opened = queries.opened_by(token)
    if opened is None:
        raise Http404
    return opened


def _count(request: HttpRequest, opened: Opened) -> None:
    """Count a view, unless it is the owner's own."""
    if request.method == "HEAD" or _is_theirs(request, opened.collection.person_id):
        return
    after_each(request, partial(counting.saw, "collection", opened.collection.public_id))
    if opened.link is not None:
        after_each(request, partial(counting.saw, "link", opened.link.public_id))


def _is_theirs(request: HttpRequest, person_id: int) -> bool:
    reader = reader_of(request)
    return reader is not None and reader.pk == person_id


def _dressed(response: HttpResponse, opened: Opened) -> HttpResponse:
    if opened.link is not None or not opened.collection.may_be_found:
        response["X-Robots-Tag"] = "noindex"
    return response
