"""The kinds of notices. An app that needs a new kind adds its row here and four templates: `mail/<kind>.subject.txt`
(also the title on the page), `.line.txt` (one sentence, for the page and the digest), `.txt` and `.html`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Way(models.TextChoices):
    """How a notice reaches a person; it is always listed under the bell too."""

    AT_ONCE = "at_once", _("By mail, at once")
    DIGEST = "digest", _("By mail, in the daily digest")
    HERE = "here", _("Only here")


class Area(models.TextChoices):
    """What a kind of notice is about, as its reader sees it."""

    WORK = "work", _("Your work")
    BADGES = "badges", _("Your badges")
    PATHWAYS = "pathways", _("Pathways and groups")
    JUDGING = "judging", _("Work that you judge")
    ORGANISATION = "organisation", _("What you run for an organisation")
    ACCOUNT = "account", _("Your account")


@dataclass(frozen=True)
class Kind:
    """A kind of notice. `always` says why it is always mailed, at once or in the digest; empty: it can be stopped."""

    name: str
    area: Area
    icon: str
    label: StrOrPromise
    about: StrOrPromise
    always: StrOrPromise = ""
    usual: Way = Way.AT_ONCE

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways that a person may choose from."""
        return (Way.AT_ONCE, Way.DIGEST) if self.always else tuple(Way)

    @property
    def may_be_stopped(self) -> bool:
        return not self.always


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "leaving",
            Area.ACCOUNT,
            "door-open",
            _("That you leave"),
            _("That your account will be erased, and until when you can stay."),
            always=_("Always mailed: if somebody else asked for it, you need to know in time."),
        ),
        Kind(
            "merged",
            Area.ACCOUNT,
            "people-fill",
            _("Accounts merged"),
            _("That another account of yours was taken into this one."),
            always=_("Always mailed: if somebody else did it, you need to know at once."),
        ),
        Kind(
            "handed_in",
            Area.WORK,
            "inbox-fill",
            _("Work handed in"),
            _("That your work has arrived, and the day by which you hear."),
        ),
        Kind(
            "file_broken",
            Area.WORK,
            "exclamation-triangle-fill",
            _("A file that did not arrive whole"),
            _("Which piece to add again, so that your work can be judged."),
            always=_("Always mailed: nobody can judge the work until you add the piece again."),
        ),
        Kind(
            "being_read",
            Area.WORK,
            "eye",
            _("Work being read"),
            _("That an assessor has begun with your work."),
            usual=Way.HERE,
        ),
        Kind(
            "marked",
            Area.WORK,
            "hourglass-split",
            _("Work that is marked"),
            _("That the marks are in, and that it is looked at once more before it is decided."),
            usual=Way.HERE,
        ),
        Kind(
            "returned",
            Area.WORK,
            "arrow-return-left",
            _("Work that comes back unjudged"),
            _("Why it could not be judged as it is. It costs you no attempt."),
            always=_("Always mailed: it is the answer to your work."),
        ),
        Kind(
            "message",
            Area.WORK,
            "chat-left-text-fill",
            _("Messages about work"),
            _("That the other side has written in the thread of a piece of work."),
        ),
        Kind(
            "talk_held",
            Area.WORK,
            "check-circle-fill",
            _("A talk that was held"),
            _("What you agreed, and that the next attempt can begin."),
        ),
        Kind(
            "draft_lapses",
            Area.WORK,
            "hourglass-split",
            _("A draft left alone"),
            _("Two weeks before a draft of yours is laid aside, and on the day. Nothing is deleted."),
        ),
        Kind(
            "draft_forgotten",
            Area.WORK,
            "trash",
            _("Work laid aside that is erased"),
            _("A month before the words and files of work that you laid aside are erased."),
        ),
        Kind(
            "work_withdrawn",
            Area.JUDGING,
            "arrow-counterclockwise",
            _("Work withdrawn"),
            _("That a learner took work back while you held it."),
        ),
        Kind(
            "file_blocked",
            Area.WORK,
            "slash-circle-fill",
            _("A file that can't be used"),
            _("Which piece it is, and why, so that you can put another in its place."),
            always=_("Always mailed: nobody can judge the work until you put another in its place."),
        ),
        Kind(
            "not_yet",
            Area.WORK,
            "arrow-repeat",
            _("Not yet"),
            _("What to change before the next attempt."),
            always=_("Always mailed: it is the answer to your work."),
        ),
        Kind(
            "declined",
            Area.WORK,
            "dash-circle-fill",
            _("Declined"),
            _("That your work was declined, and why."),
            always=_("Always mailed: it is the answer to your work."),
        ),
        Kind(
            "decided_anew",
            Area.WORK,
            "arrow-repeat",
            _("Decided again"),
            _("That a moderator changed a decision on your work, or what came of your appeal."),
            always=_("Always mailed: it is the answer to your work."),
        ),
        Kind(
            "judged_again",
            Area.WORK,
            "arrow-repeat",
            _("Work judged again"),
            _("That a moderator has a decision on your work judged again, and by when you hear."),
        ),
        Kind(
            "appeal_lodged",
            Area.WORK,
            "chat-left-text-fill",
            _("An appeal of yours"),
            _("That your appeal has arrived, and by when you hear."),
        ),
        Kind(
            "work_offered",
            Area.JUDGING,
            "inbox-fill",
            _("Work handed to you"),
            _("That a lead asks you to judge a piece of work."),
        ),
        Kind(
            "offer_lapsed",
            Area.JUDGING,
            "hourglass-split",
            _("Work handed out that nobody took"),
            _("That a lead's request to judge a piece of work was not answered in time, and that it is free again."),
            usual=Way.DIGEST,
        ),
        Kind(
            "work_waits",
            Area.JUDGING,
            "inbox-fill",
            _("Work that waits to be judged"),
            _("Once a day at most: that there is more work which you may take, and when the first of it is due."),
            usual=Way.DIGEST,
        ),
        Kind(
            "work_late",
            Area.JUDGING,
            "hourglass-split",
            _("Work past its promised date"),
            _("Once a day at most: that more work of badges you look after is late."),
            usual=Way.DIGEST,
        ),
        Kind(
            "passed_back",
            Area.JUDGING,
            "arrow-return-left",
            _("A recommendation passed back"),
            _("That the person who was to grant it asks you to look again, and why."),
        ),
        Kind(
            "taken_over",
            Area.JUDGING,
            "people-fill",
            _("Work taken over"),
            _("That someone else now has work that you held."),
        ),
        Kind(
            "decision_changed",
            Area.ORGANISATION,
            "shield-exclamation",
            _("A badge whose decision changed"),
            _("That a badge of yours was awarded on a decision that has since changed, so that you can deal with it."),
            always=_("Always mailed: the badge stays valid until somebody deals with it."),
        ),
        Kind(
            "award",
            Area.BADGES,
            "award",
            _("Badges earned"),
            _(
                "A letter sent at once has the badge attached as a file. The digest only names it: the badge waits in your backpack."
            ),
            always=_("Always mailed: it is the answer to your work."),
        ),
        Kind(
            "unclaimed",
            Area.BADGES,
            "envelope-fill",
            _("A badge that waits for you"),
            _("A week and a month after an award that you have not kept. Never more often."),
        ),
        Kind(
            "badge_not_given",
            Area.BADGES,
            "dash-circle-fill",
            _("A badge asked for with a code"),
            _("That the organisation did not award what you asked for with its code."),
        ),
        Kind(
            "address_needed",
            Area.ORGANISATION,
            "envelope-fill",
            _("An award that came back"),
            _("That a letter about an award of yours can't be delivered, so that you can correct the address."),
        ),
        Kind(
            "badge_asked",
            Area.ORGANISATION,
            "inbox-fill",
            _("A badge is asked for with a code"),
            _("That someone used a code of yours and is waiting for your approval."),
        ),
        Kind(
            "bulk_done",
            Area.ORGANISATION,
            "check2-square",
            _("A table that you awarded"),
            _("That everyone in it has their badge, or who could not get one."),
        ),
        Kind(
            "standing",
            Area.BADGES,
            "shield-exclamation",
            _("The status of a badge of yours"),
            _("That its issuer paused it, took it back, replaced it or made it valid again."),
            always=_("Always mailed: from then on others see it too."),
        ),
        Kind(
            "runs_out",
            Area.BADGES,
            "hourglass-split",
            _("A badge that runs out"),
            _("Thirty days before its end, a week before, and on the day; and how to renew it."),
        ),
        Kind(
            "seat_given",
            Area.ACCOUNT,
            "people-fill",
            _("A part given to you"),
            _("That you may do something more at an organisation, and what."),
        ),
        Kind(
            "seat_ended",
            Area.ACCOUNT,
            "door-open",
            _("A part that ends"),
            _("That a part of yours at an organisation was ended or suspended."),
            always=_("Always mailed: from then on you can no longer act there."),
        ),
        Kind(
            "invitation_accepted",
            Area.ORGANISATION,
            "check-circle-fill",
            _("Invitations accepted"),
            _("That someone you invited has accepted."),
            usual=Way.HERE,
        ),
        Kind(
            "design_waits",
            Area.ORGANISATION,
            "clipboard-check-fill",
            _("A design waits for you"),
            _("That a colleague asks for your approval before a badge is published."),
        ),
        Kind(
            "design_answered",
            Area.ORGANISATION,
            "chat-left-text-fill",
            _("Your design was looked at"),
            _("That it was approved, or what to change."),
        ),
        Kind(
            "endorsement_asked",
            Area.ORGANISATION,
            "patch-check-fill",
            _("An endorsement is asked of you"),
            _("That somebody wants an endorsement from an organisation that you run, and for what."),
        ),
        Kind(
            "endorsement_answered",
            Area.BADGES,
            "patch-check-fill",
            _("Endorsements that you asked for"),
            _("That one was signed, declined, not answered in time, or taken back."),
        ),
        Kind(
            "endorsement_lost",
            Area.ORGANISATION,
            "exclamation-triangle-fill",
            _("An endorsement inside your badges is no longer valid"),
            _("That the key which signed it may be compromised, and how to sign your badges again."),
            always=_("Always mailed: other verifiers reject your badges until you sign them again."),
        ),
        Kind(
            "agreement_asked",
            Area.ORGANISATION,
            "arrow-left-right",
            _("Credit: an agreement is proposed to you"),
            _("That an issuer asks an organisation for which you recognise credit to count a badge or a pathway."),
        ),
        Kind(
            "agreement_answered",
            Area.ORGANISATION,
            "arrow-left-right",
            _("Credit: your proposal was answered"),
            _("That a partner agreed to count a badge or a pathway of yours, or why not."),
        ),
        Kind(
            "credit_asked",
            Area.ORGANISATION,
            "inbox-fill",
            _("Credit is asked of you"),
            _("That a learner asks an organisation for which you recognise credit to count what they hold."),
        ),
        Kind(
            "credit_answered",
            Area.BADGES,
            "check2-square",
            _("Your request for credit was answered"),
            _("How much of it counts and, if not all, why."),
            always=_("Always mailed: it is the answer to your request."),
        ),
        Kind(
            "equivalence_asked",
            Area.ORGANISATION,
            "arrow-left-right",
            _("A badge of yours is to count elsewhere"),
            _("That another organisation wants one of your badges to count in its pathways, and why."),
        ),
        Kind(
            "equivalence_answered",
            Area.ORGANISATION,
            "arrow-left-right",
            _("What you wanted to count"),
            _("That the other side accepted or declined, or that its badge no longer counts."),
        ),
        Kind(
            "review_due",
            Area.ORGANISATION,
            "calendar-event",
            _("A badge is due for review"),
            _("A month before the day that was set, and on the day."),
            usual=Way.DIGEST,
        ),
        Kind(
            "pathway_reached",
            Area.PATHWAYS,
            "flag-fill",
            _("What you reach on a pathway"),
            _("That you are at a milestone, or at the end."),
        ),
        Kind(
            "capstone_open",
            Area.PATHWAYS,
            "unlock-fill",
            _("A capstone that opens"),
            _("That you hold what comes before it, and can hand in your work."),
        ),
        Kind(
            "stack_at_risk",
            Area.PATHWAYS,
            "exclamation-triangle-fill",
            _("Something you reached is at risk"),
            _("That a badge it depends on is no longer valid, and how long you have to put that right."),
            always=_("Always mailed: you need to know while you can still put it right."),
        ),
        Kind(
            "stack_stands",
            Area.PATHWAYS,
            "check-circle-fill",
            _("Something you reached is no longer at risk"),
            _("That what was at risk has been put right."),
        ),
        Kind(
            "stack_decided",
            Area.PATHWAYS,
            "shield-exclamation",
            _("What was decided about something at risk"),
            _("That it is left as it is, that you have more time, or that it was revoked; and why."),
            always=_("Always mailed: it is the answer to what was at risk."),
        ),
        Kind(
            "stack_waits",
            Area.ORGANISATION,
            "hourglass-split",
            _("Something at risk is yours to decide"),
            _("That something reached on a pathway of yours depends on a badge that is no longer valid."),
        ),
        Kind(
            "pathway_near",
            Area.PATHWAYS,
            "calendar-event",
            _("A day you set yourself"),
            _("Two weeks before the day by which you wanted to be done with a pathway, and on the day before."),
        ),
        Kind(
            "pathway_newer",
            Area.PATHWAYS,
            "signpost-split-fill",
            _("A pathway that changes"),
            _("That there is a new version of a pathway you are on. You choose whether to move."),
            usual=Way.DIGEST,
        ),
        Kind(
            "group_given",
            Area.PATHWAYS,
            "people-fill",
            _("A group to mentor"),
            _("That you are the mentor of a group on a pathway."),
        ),
        Kind(
            "group_handed_on",
            Area.PATHWAYS,
            "people-fill",
            _("Another mentor"),
            _("That a group you are in has another mentor, who sees how far you are if you agree."),
        ),
    )
}
