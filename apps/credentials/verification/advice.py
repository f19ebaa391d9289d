"""What to do about a check that failed or couldn't be made: a sentence or two for each, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_LATER = _("Try again later. If the problem continues, ask the issuer.")

# (name, result, why) -> what to do. An empty `why` covers every way in which that check can fail.
_ADVICE: dict[tuple[str, str, str], StrOrPromise] = {
    ("format", "fail", ""): _("Ask the earner for the original file, as it was sent to them."),
    ("signature", "fail", ""): _("Ask the earner for the original file. If that fails too, ask the issuer."),
    ("hosted", "fail", ""): _("Ask the issuer whether they awarded it."),
    ("record", "fail", ""): _("Ask the earner for the original file, or for the address of the badge’s page."),
    # Someone who forges a badge also writes a telephone number into it.
    ("issuer", "fail", ""): _(
        "Ask the issuer whether they awarded it. Look up yourself how to reach them; don’t use the details in the file."
    ),
    ("status", "fail", ""): _("Ask the issuer what became of it."),
    ("status", "fail", "revoked"): _("It no longer counts. Only the issuer can say more."),
    ("status", "fail", "suspended"): _("This is not a no. Check it again later, or ask the issuer how long it takes."),
    ("status", "fail", "superseded"): _("Ask the earner for the newer one."),
    ("in_time", "fail", ""): _("Ask the issuer for a file with dates that can be read."),
    ("in_time", "fail", "expired"): _("Ask the earner whether they have renewed it."),
    ("in_time", "fail", "early"): _("Check it again then."),
    ("recipient", "fail", ""): _(
        "Look for a slip in the address. People have several: ask the earner which one the badge was awarded to."
    ),
    ("evidence", "fail", ""): _("Ask the earner for the work as it was when the badge was awarded."),
    ("endorsements", "fail", ""): _("Don’t count that endorsement. Ask the organisation that it names."),
    ("inside", "fail", ""): _("Ask the earner for each badge separately, and check those."),
    ("checking", "could_not_check", ""): _("Try it alone, or again later."),
    ("address", "could_not_check", "gone"): _(
        "Ask the earner for the file itself, or ask whoever published it what happened to it."
    ),
    ("address", "could_not_check", ""): _("Look for a slip in the address, or try again later."),
    ("format", "could_not_check", ""): _("Ask the earner for it in another form, such as Open Badges 3.0."),
    ("signature", "could_not_check", ""): _LATER,
    ("hosted", "could_not_check", ""): _("Try again later: the issuer’s server did not give an answer."),
    ("record", "could_not_check", ""): _LATER,
    ("issuer", "could_not_check", ""): _(
        "Try again later. If nothing changes, ask the issuer whether they awarded it."
    ),
    ("issuer", "could_not_check", "nameless"): _("Ask the organisation itself whether they awarded it."),
    ("status", "could_not_check", ""): _(
        "Try again later. If nothing changes, ask the issuer whether it is still valid."
    ),
    ("in_time", "could_not_check", ""): _("Ask the issuer how long it is valid."),
    ("recipient", "could_not_check", ""): _("Ask the issuer to whom they awarded it."),
    ("evidence", "could_not_check", ""): _("Ask the earner to show you the work."),
    ("endorsements", "could_not_check", ""): _("Try again later, or ask the organisations that it names."),
    ("inside", "could_not_check", ""): _("Ask the earner for each badge separately, and check those."),
}


def of(name: str, result: str, why: str = "") -> StrOrPromise:
    """The advice for a check's result; empty if it passed."""
    return _ADVICE.get((name, result, why)) or _ADVICE.get((name, result, ""), "")
