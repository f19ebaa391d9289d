"""The pages behind the demo's links: a local stand-in for the internet, so that building contacts nobody."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import httpcore

from apps.core.client import Network
from apps.submissions import verbs
from apps.submissions.models import EvidenceItem

if TYPE_CHECKING:
    from apps.submissions.models import Attempt

# No connection is made: the answer is here already.
_SOMEWHERE = "93.184.215.14"


def keep_links(attempt: Attempt) -> None:
    """Keep the page behind each link of an attempt."""
    for piece in attempt.evidence.filter(kind=EvidenceItem.Kind.LINK):
        answer = _page(piece.title).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(answer)}\r\n\r\n"
        network = Network(lambda _host, _port: [_SOMEWHERE], httpcore.MockBackend([head.encode(), answer]))
        verbs.capture_link(attempt.submission_id, piece.url, network=network)


def _page(title: str) -> str:
    words = escape(title)
    return (
        f"<!doctype html><title>{words}</title><h1>{words}</h1>"
        "<p>Seen by whoever has the address.</p><p>An invented page of the Satchel demo.</p>"
    )
