"""How a state is shown: always an icon and a word, and a colour that repeats them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Pill(NamedTuple):
    """`tone` is one of pass, fail, unsure, revoked, expired, draft, due, notyet."""

    icon: str
    tone: str
    word: StrOrPromise


_LOCK = "lock-fill"
_TICK = "check-circle-fill"
_CLOCK = "clock-fill"
_STOP = "slash-circle-fill"
_SAND = "hourglass-split"
_BACK = "arrow-return-left"
_DASH = "dash-circle-fill"

KINDS: dict[str, dict[str, Pill]] = {
    "submission": {
        "draft": Pill("pencil", "draft", _("Draft")),
        "submitted": Pill("inbox-fill", "due", _("Handed in")),
        "under_assessment": Pill(_CLOCK, "due", _("Being judged")),
        "awaiting_decision": Pill(_CLOCK, "due", _("Waiting for the decision")),
        "not_yet": Pill("arrow-repeat", "notyet", _("Not yet")),
        "awarded": Pill(_TICK, "pass", _("Awarded")),
        "declined": Pill(_DASH, "expired", pgettext_lazy("submission", "Declined")),
        "withdrawn": Pill(_BACK, "expired", _("Withdrawn")),
        "lapsed": Pill(_SAND, "expired", _("Lapsed")),
        "under_appeal": Pill("chat-left-text-fill", "due", _("Under appeal")),
    },
    "attempt": {
        "open": Pill("pencil", "draft", _("Open")),
        "submitted": Pill("inbox-fill", "due", _("Handed in")),
        "checking": Pill("shield-check", "due", _("Files being checked")),
        "assessable": Pill("inbox-fill", "due", _("Ready to judge")),
        "assessed": Pill("clipboard-check-fill", "due", _("Judged")),
        "closed": Pill(_LOCK, "expired", _("Closed")),
        "returned_unscored": Pill(_BACK, "notyet", _("Returned, not judged")),
        "withdrawn": Pill(_BACK, "expired", _("Withdrawn")),
    },
    "credential": {
        "awarded": Pill(_CLOCK, "due", _("Being signed")),
        "baked": Pill(_CLOCK, "due", _("Signed")),
        "offered": Pill("envelope-fill", "due", _("Waiting for your answer")),
        "claimed": Pill(_TICK, "pass", _("Claimed")),
        "declined": Pill(_DASH, "expired", _("Not wanted")),
        "unclaimed": Pill(_SAND, "expired", _("Not claimed")),
        "valid": Pill(_TICK, "pass", _("Valid")),
        "suspended": Pill("pause-circle-fill", "unsure", _("Paused")),
        "revoked": Pill(_STOP, "revoked", _("Taken back")),
        "superseded": Pill("arrow-left-right", "expired", _("Replaced")),
        "expired": Pill(_SAND, "expired", _("Ran out")),
        # For credentials that others issued, or that nobody signed.
        "unsure": Pill("question-square-fill", "unsure", _("Could not check")),
        "invalid": Pill("x-octagon-fill", "fail", _("Not valid")),
        "nameless": Pill("person-fill-x", "unsure", _("Issuer not proved")),
        "keyless": Pill("key", "unsure", _("To be signed again")),
        "unproved": Pill("person-fill-x", "unsure", _("Recipient not proved")),
        "declared": Pill("pencil", "draft", _("Told, not checked")),
    },
    "step": {
        "held": Pill(_TICK, "pass", _("Held")),
        "progress": Pill("pencil", "due", _("In progress")),
        "next": Pill(_CLOCK, "due", _("Next for you")),
        "open": Pill("unlock-fill", "draft", pgettext_lazy("step", "Open")),
        "locked": Pill(_LOCK, "expired", _("Not yet")),
        "spared": Pill(_DASH, "expired", _("Not needed any more")),
    },
    "enrolment": {
        "active": Pill("signpost-split-fill", "due", _("Under way")),
        "complete": Pill(_TICK, "pass", _("Complete")),
        "left": Pill(_BACK, "expired", _("Left")),
    },
    "stack": {
        "standing": Pill(_TICK, "pass", _("Stands")),
        "at_risk": Pill("exclamation-triangle-fill", "notyet", _("At risk")),
        "taken_back": Pill(_STOP, "revoked", _("Taken back")),
    },
    "imported": {
        "waiting": Pill(_CLOCK, "due", pgettext_lazy("verdict", "Waiting")),
        "kept": Pill(_TICK, "pass", pgettext_lazy("import", "In your backpack")),
        "unsure": Pill("question-square-fill", "unsure", pgettext_lazy("import", "Kept, not checked")),
        "over": Pill(_SAND, "expired", pgettext_lazy("import", "Kept, does not count")),
        "newer": Pill(_TICK, "pass", pgettext_lazy("import", "In the place of an older one")),
        "there": Pill(_DASH, "expired", pgettext_lazy("import", "There already")),
        "ours": Pill(_DASH, "expired", pgettext_lazy("import", "Awarded here")),
        "told": Pill("pencil", "draft", pgettext_lazy("import", "Kept as told by you")),
        "sick": Pill("exclamation-triangle-fill", "notyet", pgettext_lazy("import", "Needs the doctor")),
    },
    "endorsement": {
        "requested": Pill(_CLOCK, "due", _("Waiting")),
        "accepted": Pill(_CLOCK, "due", _("Being signed")),
        "signed": Pill(_TICK, "pass", _("Signed")),
        "declined": Pill(_DASH, "expired", pgettext_lazy("endorsement", "Declined")),
        "withdrawn": Pill(_BACK, "expired", _("Withdrawn")),
        "lapsed": Pill(_SAND, "expired", _("Lapsed")),
        "revoked": Pill(_STOP, "revoked", _("Taken back")),
    },
    "agreement": {
        "proposed": Pill(_CLOCK, "due", pgettext_lazy("agreement", "Waits for the partner")),
        "agreed": Pill(_TICK, "pass", pgettext_lazy("agreement", "Agreed")),
        "declined": Pill(_DASH, "expired", pgettext_lazy("agreement", "Declined")),
        "withdrawn": Pill(_BACK, "expired", pgettext_lazy("agreement", "Withdrawn")),
        "ended": Pill(_SAND, "expired", pgettext_lazy("agreement", "Ended")),
    },
    "credit": {
        "asked": Pill(_CLOCK, "due", pgettext_lazy("credit", "Waits for an answer")),
        "accepted": Pill(_TICK, "pass", pgettext_lazy("credit", "All counts")),
        "partly": Pill(_TICK, "pass", pgettext_lazy("credit", "A part counts")),
        "declined": Pill(_DASH, "expired", pgettext_lazy("credit", "Does not count")),
        "withdrawn": Pill(_BACK, "expired", pgettext_lazy("credit", "Withdrawn")),
    },
    "key": {
        "active": Pill("key", "pass", _("In use")),
        "retired": Pill(_LOCK, "expired", _("Retired")),
        "compromised": Pill("exclamation-triangle-fill", "fail", _("Compromised")),
    },
    "delivery": {
        "queued": Pill(_CLOCK, "due", _("Waiting to go")),
        "sent": Pill("send-fill", "due", _("Sent")),
        "bounced": Pill("x-octagon-fill", "fail", _("Came back")),
        "address_needed": Pill("envelope-fill", "notyet", _("Address needed")),
        "failed": Pill("x-octagon-fill", "fail", _("Not sent")),
        "cancelled": Pill(_DASH, "expired", _("Cancelled")),
        "here": Pill("bell", "due", _("Only under the bell")),
    },
    "claim_code": {
        "open": Pill(_TICK, "pass", pgettext_lazy("claim code", "Open")),
        "early": Pill(_CLOCK, "due", pgettext_lazy("claim code", "Not yet open")),
        "over": Pill(_SAND, "expired", pgettext_lazy("claim code", "Over")),
        "full": Pill(_LOCK, "expired", pgettext_lazy("claim code", "All taken")),
        "ended": Pill(_DASH, "expired", pgettext_lazy("claim code", "Ended")),
        "retired": Pill(_SAND, "expired", pgettext_lazy("claim code", "Badge retired")),
    },
    "claim_request": {
        "waiting": Pill(_CLOCK, "due", pgettext_lazy("claim request", "Waits for you")),
        "awarded": Pill(_TICK, "pass", _("Awarded")),
        "declined": Pill(_DASH, "expired", pgettext_lazy("claim request", "Declined")),
    },
    "assignment": {
        "offered": Pill("inbox-fill", "due", _("Waiting")),
        "taken": Pill(_LOCK, "due", _("Taken")),
        "done": Pill("clipboard-check-fill", "due", _("Done")),
        "released": Pill(_BACK, "expired", _("Given back")),
        "expired": Pill(_SAND, "expired", _("Ran out")),
        "refused": Pill(_DASH, "expired", _("Passed on")),
    },
    "review": {
        "draft": Pill("pencil", "draft", _("Draft")),
        "submitted": Pill("inbox-fill", "due", _("Handed in")),
        "accepted": Pill(_TICK, "pass", _("Accepted")),
        "passed_back": Pill(_BACK, "notyet", _("Passed back")),
        "void": Pill(_STOP, "expired", _("Void")),
    },
    "version": {
        "draft": Pill("pencil", "draft", _("Draft")),
        "in_approval": Pill(_CLOCK, "due", _("In approval")),
        "approved": Pill("clipboard-check-fill", "due", _("Approved")),
        "published": Pill(_TICK, "pass", _("Published")),
        "retired": Pill(_SAND, "expired", _("Retired")),
        "archived": Pill("inbox", "expired", _("Archived")),
    },
    "equivalence": {
        "proposed": Pill(_CLOCK, "due", pgettext_lazy("equivalence", "Waiting for an answer")),
        "accepted": Pill(_TICK, "pass", pgettext_lazy("equivalence", "Counts")),
        "declined": Pill(_DASH, "expired", pgettext_lazy("equivalence", "Declined")),
        "withdrawn": Pill(_BACK, "expired", _("Withdrawn")),
        "ended": Pill(_SAND, "expired", pgettext_lazy("equivalence", "Counts no more")),
    },
    "framework": {
        "active": Pill(_TICK, "pass", _("In use")),
        "retired": Pill(_SAND, "expired", _("Retired")),
    },
    "framework_version": {
        "draft": Pill(_CLOCK, "due", _("Being imported")),
        "current": Pill(_TICK, "pass", _("Current")),
        "retired": Pill(_SAND, "expired", _("Retired")),
    },
    "import": {
        "checked": Pill("clipboard-check-fill", "due", _("Checked")),
        "refused": Pill("x-octagon-fill", "fail", _("Refused")),
        "confirmed": Pill(_CLOCK, "due", _("Waiting its turn")),
        "importing": Pill(_CLOCK, "due", _("Being imported")),
        "done": Pill(_TICK, "pass", _("Imported")),
        "failed": Pill("x-octagon-fill", "fail", pgettext_lazy("import", "Stopped")),
        "dropped": Pill(_DASH, "expired", _("Not used")),
    },
    "bulk": {
        "draft": Pill("pencil", "draft", pgettext_lazy("bulk award", "Columns to name")),
        "checking": Pill(_CLOCK, "due", pgettext_lazy("bulk award", "Being checked")),
        "checked": Pill("clipboard-check-fill", "due", pgettext_lazy("bulk award", "Checked")),
        "awarding": Pill(_CLOCK, "due", pgettext_lazy("bulk award", "Being awarded")),
        "done": Pill(_TICK, "pass", pgettext_lazy("bulk award", "Awarded")),
        "undoing": Pill(_CLOCK, "due", pgettext_lazy("bulk award", "Being taken back")),
        "undone": Pill(_STOP, "revoked", _("Taken back")),
    },
    "bulk_row": {
        "ready": Pill("clipboard-check-fill", "due", pgettext_lazy("row", "Ready")),
        "problem": Pill("arrow-repeat", "notyet", pgettext_lazy("row", "To be corrected")),
        "awarded": Pill(_TICK, "pass", pgettext_lazy("row", "Awarded")),
        "failed": Pill(_DASH, "expired", pgettext_lazy("row", "Not awarded")),
        "undone": Pill(_STOP, "revoked", pgettext_lazy("row", "Taken back")),
    },
    "finding": {
        "error": Pill("x-octagon-fill", "fail", _("To fix")),
        "warning": Pill("exclamation-triangle-fill", "unsure", _("Look at it")),
        "note": Pill("info-circle-fill", "due", _("Good to know")),
    },
    "issuer": {
        "verified": Pill("patch-check-fill", "pass", pgettext_lazy("issuer", "Verified")),
        "unverified": Pill(_DASH, "expired", pgettext_lazy("issuer", "Not verified")),
    },
    "seat": {
        "live": Pill(_TICK, "pass", pgettext_lazy("seat", "Active")),
        "suspended": Pill("pause-circle-fill", "unsure", pgettext_lazy("seat", "Suspended")),
        "run_out": Pill(_SAND, "expired", _("Ran out")),
        "ended": Pill(_DASH, "expired", pgettext_lazy("seat", "Ended")),
    },
    "approval": {
        "run_out": Pill(_SAND, "expired", _("Ran out")),
    },
    "visibility": {
        "private": Pill(_LOCK, "draft", _("Only you")),
        "link": Pill("link-45deg", "due", _("With the link")),
        "public": Pill("globe2", "due", _("Anyone")),
    },
    "address": {
        "confirmed": Pill(_TICK, "pass", _("Confirmed")),
        "unconfirmed": Pill(_CLOCK, "due", _("Not confirmed")),
    },
    "second_step": {
        "on": Pill("shield-check", "pass", pgettext_lazy("second step", "On")),
        "off": Pill(_DASH, "expired", pgettext_lazy("second step", "Off")),
    },
    "health": {
        "ok": Pill(_TICK, "pass", _("Well")),
        "off": Pill(_DASH, "expired", pgettext_lazy("part of an installation", "Off")),
        "warn": Pill("exclamation-triangle-fill", "unsure", _("Look at it")),
        "fail": Pill("x-octagon-fill", "fail", _("Not well")),
    },
    "check": {
        "pass": Pill(_TICK, "pass", _("Passed")),
        "fail": Pill("x-octagon-fill", "fail", _("Failed")),
        "unsure": Pill("question-square-fill", "unsure", _("Could not check")),
        "could_not_check": Pill("question-square-fill", "unsure", _("Could not check")),
        "partly": Pill("question-square-fill", "unsure", _("Partly")),
        "paused": Pill("pause-circle-fill", "unsure", _("Paused")),
    },
    "report": {
        "good": Pill(_TICK, "pass", _("Genuine and valid")),
        "undecided": Pill("question-square-fill", "unsure", _("Could not check")),
        "paused": Pill("pause-circle-fill", "unsure", _("Paused")),
        "taken_back": Pill(_STOP, "revoked", _("Taken back")),
        "replaced": Pill("arrow-left-right", "expired", _("Replaced")),
        "run_out": Pill(_SAND, "expired", _("Ran out")),
        "early": Pill(_CLOCK, "due", _("Not valid yet")),
        "not_theirs": Pill("x-octagon-fill", "fail", _("Not that person’s")),
        "changed": Pill("x-octagon-fill", "fail", _("Not genuine")),
        "damaged": Pill("x-octagon-fill", "fail", _("Damaged")),
        "not_who_it_says": Pill("x-octagon-fill", "fail", _("Not who it says")),
        "unsound": Pill("x-octagon-fill", "fail", _("A check failed")),
        "nameless": Pill("person-fill-x", "unsure", _("Nobody says whose")),
        # For one among several; the first three for old records that say no more than that.
        "valid": Pill(_TICK, "pass", _("Genuine and valid")),
        "invalid": Pill("x-octagon-fill", "fail", _("A check failed")),
        "waiting": Pill(_CLOCK, "due", pgettext_lazy("verdict", "Waiting")),
        "no_badge": Pill(_DASH, "expired", pgettext_lazy("verdict", "Not a badge")),
    },
}


def pill_of(state: str, kind: str) -> Pill:
    """The pill for `state` in the table of states `kind`."""
    return KINDS[kind][state]
