"""Whether the evidence is still what was judged, by the signed hashes (Open Badges 3.0, Evidence; SRI, section 3.1)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

from apps.credentials.verification.outside import CannotResolve
from apps.credentials.verification.report import COULD_NOT_CHECK, FAIL, PASS, VALUE
from apps.credentials.verification.values import as_list

if TYPE_CHECKING:
    from apps.credentials.verification.outside import Outside
    from apps.credentials.verification.report import Report

# Each may be a request to someone else's server.
MOST_ASKED = 3
_SHA256 = "sha256-"
_PAGES = {"text/html", "application/xhtml+xml"}


class AsItIs(Protocol):
    def __call__(self, sums: dict[str, str]) -> dict[str, bool | None]:
        """For URLs with the signed SHA-256 (hex): True if the content still has it, False if it has another, None if
        unknown. Leaves out URLs that aren't ours.
        """


def check(report: Report, outside: Outside, as_it_is: AsItIs | None) -> None:
    """Add one check if the credential contains hashes. It never decides: the issuer's word stands without the work.

    `as_it_is` knows some URLs; without it all are someone else's.
    """
    sums = {address: found for address, digest in _told(report.document) if (found := _hex(digest)) is not None}
    if not sums:
        return
    known = as_it_is(sums) if as_it_is else {}
    others = [address for address in sums if address not in known]
    results = [*known.values(), *(_asked(outside, one, sums[one]) for one in others[:MOST_ASKED])]
    told = f"{len(sums)} with a sum, {results.count(True)} the same, {results.count(False)} changed"
    if False in results:
        plain = _("A piece of evidence is no longer the one that was judged.")
        report.add("evidence", VALUE, FAIL, plain, told, decides=False)
    elif results.count(True) < len(sums):
        plain = _("Could not look at every piece of evidence. That says nothing against it.")
        report.add("evidence", VALUE, COULD_NOT_CHECK, plain, told, decides=False)
    else:
        report.add("evidence", VALUE, PASS, _("The evidence is still the one that was judged."), told)


def _told(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (one["id"], one["digestSRI"])
        for one in as_list(document.get("evidence"))
        if isinstance(one, dict) and isinstance(one.get("id"), str) and isinstance(one.get("digestSRI"), str)
    ]


def _hex(digest: str) -> str | None:
    """The SHA-256 from `sha256-<base64>`; None for other algorithms, which aren't checked here."""
    if not digest.startswith(_SHA256):
        return None
    try:
        return base64.b64decode(digest.removeprefix(_SHA256), validate=True).hex()
    except ValueError:  # non-ASCII characters too
        return None


def _asked(outside: Outside, address: str, expected: str) -> bool | None:
    """Compare someone else's content. Many issuers link a page in front of the artefact, so a different hash there
    says nothing.
    """
    try:
        found = outside.get(address, accept="*/*")
    except CannotResolve:
        return None
    if hashlib.sha256(found.body).hexdigest() == expected:
        return True
    return None if found.gone or not found.media_type or found.media_type in _PAGES else False
