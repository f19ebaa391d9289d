"""URLs as people give them: incomplete, several at once, or the URL of a page that is no badge."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from apps.credentials.published import own_path

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 2_000
# The longest text or file that is searched for URLs: 200 of the longest.
MOST_OF_A_LIST = 500_000
# With a scheme anything is accepted; without one, a host with a dot or a port and then a path: `example.org/badge/1`.
_ADDRESS = re.compile(r"https?://\S+|(?:[\w-]+(?:\.[\w-]+)+(?::\d+)?|[\w-]+:\d+)/\S*", re.IGNORECASE)

# Other forms of one of our badges, next to its page.
_BESIDE = re.compile(r"(/c/[a-z2-7]{26})(?:/record(?:\.json)?|/card\.png|\.pdf)")

# The short address printed on paper with a badge.
_SHORT = re.compile(r"/v/([^/]{1,40})/?")

# Our pages that someone may take for a badge: URL name -> what it is, and what to give instead.
_NO_BADGE: dict[str, StrOrPromise] = {
    "backpacks:shared": _(
        "That is a collection: a page that may hold several badges. Open it, choose a badge, and give the address of"
        " that one."
    ),
    "reviews:achievement": _(
        "That page describes a badge; it is not one that somebody earned. Ask the earner for the address of theirs."
    ),
    "reviews:version": _(
        "That page describes a badge; it is not one that somebody earned. Ask the earner for the address of theirs."
    ),
    "credentials:issuer": _("That is the page of an issuer. Ask the earner for the address of their badge."),
}


def whole(text: str) -> str:
    """Complete a typed URL: for one of our hosts with its scheme, otherwise with https."""
    text = text.strip()
    if not text or "://" in text:
        return text
    host = text.partition("/")[0].lower()
    ours = {urlsplit(one).netloc.lower(): one for one in (settings.PUBLIC_URL, *settings.FORMER_PUBLIC_URLS)}
    scheme = urlsplit(ours[host]).scheme if host in ours else "https"
    return f"{scheme}://{text}"


def listed(text: str) -> list[str]:
    """The URLs in a text that contains nothing else, one per line; empty for any other text."""
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if not all(len(line) <= LONGEST and _ADDRESS.fullmatch(line) for line in lines):
        return []
    return [whole(line) for line in lines]


def of_badge(address: str) -> str:
    """The badge's URL: for one of our records or preview cards, that of its badge; for a short address, that of the
    page it leads to for visitors; otherwise unchanged.
    """
    path = own_path(address) or ""
    page = beside[1] if (beside := _BESIDE.fullmatch(path)) else None
    if short := _SHORT.fullmatch(path):
        page = import_string(settings.SHORT_ADDRESS)(unquote(short[1]), None)
    return address.split(path, 1)[0] + page if page else address


def no_badge(address: str) -> StrOrPromise:
    """A sentence that says what one of our pages is, if it is no badge; empty for any other URL."""
    with suppress(Resolver404):
        return _NO_BADGE.get(resolve(own_path(address) or "-").view_name, "")
    return ""
