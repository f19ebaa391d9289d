"""Addresses as people give them: half of one, several, or that of a page which is no badge."""

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
# Of a text or file that is looked into for addresses: 200 of the longest.
MOST_OF_A_LIST = 500_000
# With a scheme anything goes; without one, a host with a dot or a port and then a path: `example.org/badge/1`.
_ADDRESS = re.compile(r"https?://\S+|(?:[\w-]+(?:\.[\w-]+)+(?::\d+)?|[\w-]+:\d+)/\S*", re.IGNORECASE)

# Other forms of a badge of ours, which lie beside its page.
_BESIDE = re.compile(r"(/c/[a-z2-7]{26})(?:/record(?:\.json)?|/card\.png|\.pdf)")

# What stands on paper beside a badge.
_SHORT = re.compile(r"/v/([^/]{1,40})/?")

# Pages of ours that somebody may take for a badge: the name of the address -> what it is, and what to give instead.
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
    """An address as it was typed, with what is missing at its front: of a host of ours its scheme, else https."""
    text = text.strip()
    if not text or "://" in text:
        return text
    host = text.partition("/")[0].lower()
    ours = {urlsplit(one).netloc.lower(): one for one in (settings.PUBLIC_URL, *settings.FORMER_PUBLIC_URLS)}
    scheme = urlsplit(ours[host]).scheme if host in ours else "https"
    return f"{scheme}://{text}"


def listed(text: str) -> list[str]:
    """The addresses in a text that holds nothing else, one a line; empty for any other text."""
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if not all(len(line) <= LONGEST and _ADDRESS.fullmatch(line) for line in lines):
        return []
    return [whole(line) for line in lines]


def of_badge(address: str) -> str:
    """The address itself; for a record or a preview card of ours, that of the badge which it is about; for a short one, that
    of the page to which it leads strangers.
    """
    path = own_path(address) or ""
    page = beside[1] if (beside := _BESIDE.fullmatch(path)) else None
    if short := _SHORT.fullmatch(path):
        page = import_string(settings.SHORT_ADDRESS)(unquote(short[1]), None)
    return address.split(path, 1)[0] + page if page else address


def no_badge(address: str) -> StrOrPromise:
    """What a page of ours is that is no badge, in a sentence; empty for any other address."""
    with suppress(Resolver404):
        return _NO_BADGE.get(resolve(own_path(address) or "-").view_name, "")
    return ""
