"""The doctor for badges that could not be kept: what failed, what that means, and what their holder can do about it.

The verifier's own advice is for strangers; this is for the person who earned the badge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from apps.credentials import reports
from apps.credentials.verification import FAIL

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from apps.backpacks.models import ImportedItem
    from apps.credentials.verification import Check


class Finding(NamedTuple):
    """One thing that is wrong. `technical` is in English, for the person who fixes it; may be empty."""

    failed: StrOrPromise
    meaning: StrOrPromise
    cure: StrOrPromise
    technical: str = ""


_CHANGED = (
    _("Its contents are not what its issuer signed. One changed letter is enough."),
    _(
        "Find the file that was first sent to you, or download it again from the issuer’s page. A copy that another program has opened and saved often loses its signature. If the new one fails too, ask the issuer for another."
    ),
)
_DAMAGED = (
    _("Parts that every badge must have are missing or can’t be read, so nobody can check it."),
    _("Download it again. If that one fails too, send the issuer the technical line below: it tells them what to fix."),
)
_AGAIN = _("Try again later. If the problem continues, ask the issuer.")

# (name of the check, why) -> what it means, and the cure. An empty `why` covers every way in which the check can
# fail.
_CHECKS: dict[tuple[str, str], tuple[StrOrPromise, StrOrPromise]] = {
    ("format", ""): _DAMAGED,
    ("signature", ""): _CHANGED,
    ("hosted", ""): (
        _("Badges of this kind count as long as the issuer’s website says the same, and it says something else now."),
        _("Ask the issuer whether the badge has moved or was renewed, and for its new address or file."),
    ),
    ("record", ""): _CHANGED,
    ("issuer", ""): (
        _("The issuer that it names does not vouch for the key that signed it."),
        _("Ask the issuer to publish the key, or to award the badge again. Show them the technical line below."),
    ),
    ("status", ""): (
        _("Its issuer says that it no longer counts."),
        _("Only the issuer can change that: ask them what became of it."),
    ),
    ("status", "revoked"): (
        _("Its issuer took it back, and tells everyone who checks it."),
        _("Only the issuer can change that: ask them why, and whether they will award it again."),
    ),
    ("status", "suspended"): (
        _("Its issuer has paused it, and may let it count again."),
        _("Ask the issuer how long it takes, and try again then."),
    ),
    ("status", "superseded"): (
        _("Its issuer gave you a newer one in its place."),
        _("Look for the newer one in your letters, and bring that."),
    ),
    ("in_time", ""): (
        _("Its dates can’t be read, so nobody knows whether it counts today."),
        _("Ask the issuer for a file with dates that can be read."),
    ),
    ("in_time", "expired"): (
        _(
            "It counted only until that day. We keep one that has run out only if it is shown to be genuine, and this one could not be."
        ),
        _("Try again later, or ask the issuer to renew it. If you just want to remember it, keep it as told by you."),
    ),
    ("in_time", "early"): (
        _("It begins to count on a later day."),
        _("Try again on that day."),
    ),
    ("inside", ""): (
        _("It is a record that holds several badges, and one of them is not valid."),
        _("Bring each badge separately: the valid ones are kept."),
    ),
    ("address", ""): (
        _("The address may be mistyped, or the server there may be down. Nothing is known about the badge itself."),
        _("Check the address for typing errors, or try again later. A file of the badge works without any address."),
    ),
    ("checking", ""): (
        _("The badge may be fine. What you gave is still here."),
        _("Try again. If the problem continues, tell whoever runs this installation."),
    ),
}

# For badges that are kept anyway, by the ways of `keeping.ENDED`: what happens to them, and what their holder can do.
_KEPT: dict[tuple[str, str], StrOrPromise] = {
    ("in_time", "expired"): _(
        "It stays in your backpack, marked as run out. If its issuer renews it, bring the new one: it takes its place."
    ),
    ("status", "revoked"): _(
        "It stays in your backpack, marked as taken back. Only the issuer can change that: ask them why."
    ),
    ("status", "suspended"): _(
        "It stays in your backpack, marked as paused. When the issuer lets it count again, choose “Check again now”."
    ),
    ("status", "superseded"): _(
        "It stays in your backpack, marked as not valid. Look for the newer one in your letters, and bring that too."
    ),
}

_LOST_IN_PICTURES = _("Screenshots, photographs and messaging apps keep the picture but lose the signature.")
_ORIGINAL = _(
    "Save the original: open the badge’s page or the letter that it came with, and choose “Download”. Don’t take a"
    " screenshot, and send the file to yourself as a document, not as a picture."
)
# For things that aren't badges, by what they are -> what it means, and the cure.
_NO_BADGES: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "large": (
        _("A badge is a small file. This is something else, or has something else inside."),
        _("Save the original from the badge’s page."),
    ),
    "paper": (
        _("A document can show a badge, but can’t be checked like one."),
        _(
            "Ask the issuer for the badge as a PNG, SVG or JSON file, or for the address of its page. A certificate that"
            " was never more than paper you can keep as told by you."
        ),
    ),
    "photo": (_LOST_IN_PICTURES, _ORIGINAL),
    "picture": (_LOST_IN_PICTURES, _ORIGINAL),
    "empty": (
        _("Nothing arrived: a download may have been cut off."),
        _("Download it again, and check that the file is not empty."),
    ),
    "bytes": (
        _("It is a file of another kind."),
        _("Bring a PNG, SVG, JSON or JWT file, as the badge’s page offers it."),
    ),
    "page": (
        _("A page shows a badge to people. The part that can be checked is behind it."),
        _(
            "Open that page and look for “Download” or “Share”: bring the file, or the address that ends in .json or"
            " .png."
        ),
    ),
    "text": (
        _("Nothing in it says that it is a badge."),
        _("Copy all of it, from the first brace to the last, or bring the file itself."),
    ),
    "inside": (
        _("The address can’t be reached from outside, so nothing could be checked."),
        _("Give the address that others use too, or bring the badge’s file."),
    ),
    "absent": (
        _("It is kept private by whoever earned it, or the address is mistyped."),
        _("If you earned it here, it is already in your backpack."),
    ),
    "others": (
        _("A badge awarded here belongs only to the account that earned it."),
        _("If that is you with another address, sign in with that account, or ask the issuer to correct the address."),
    ),
    "full": (
        _("There is a limit to what one person can keep."),
        _("Give up what you no longer need, then try again."),
    ),
    "locked": (
        _("Nobody here knows the password."),
        _("Unpack the archive yourself, and bring the files."),
    ),
    "nested": (
        _("An archive is opened, but not the archives inside it."),
        _("Unpack it yourself, and bring the inner archive or its files."),
    ),
    "broken": (
        _("It was cut off on its way, or written by an unusual program."),
        _("Download or pack it again, or bring the files one by one."),
    ),
    "many": (
        _("We did not start on it: none of it is in your backpack."),
        _("Ask whoever runs this installation: they can import a backpack of up to 10,000 badges from its file."),
    ),
    "left": (
        _("The rest of that backpack was imported."),
        _("Put that right, and bring the backpack again: nothing in it is added twice."),
    ),
    "other": (_("It is something else."), _("Bring a PNG, SVG, JSON or JWT file, as the badge’s page offers it.")),
}


def findings_of(item: ImportedItem) -> list[Finding]:
    """What is wrong with an item not kept, or kept but no longer valid, gravest first; empty for any other."""
    if item.outcome == item.Outcome.OVER:
        return _findings_of_kept(item)
    if not item.is_sick:
        return []
    if not item.report:
        return [Finding(item.words, *_NO_BADGES.get(item.why, _NO_BADGES["other"]))]
    report = reports.read(item.report)
    first = [report.decider] if report.decider else []
    return [_finding(check) for check in (*first, *(one for one in report.besides if one.result == FAIL))]


def _findings_of_kept(item: ImportedItem) -> list[Finding]:
    """What the latest check found: meanwhile the badge may be valid again, or have been given up."""
    foreign = item.item.foreign if item.item else None
    report = reports.read(foreign.report) if foreign else None
    if report is None or report.decider is None:
        return []
    check = report.decider
    kept = _KEPT.get((check.name, check.why))
    return [_finding(check)._replace(cure=kept) if kept else _finding(check)]


def _finding(check: Check) -> Finding:
    meaning, cure = (
        _CHECKS.get((check.name, check.why)) or _CHECKS.get((check.name, "")) or (_("It can’t be relied on."), _AGAIN)
    )
    return Finding(check.plain, meaning, cure, check.technical)
