"""Erase a leaver's traces in reviews: the text about their work. Levels, outcomes and who decided stay."""

from __future__ import annotations

from django.db.models import Q

from apps.accounts.models import User
from apps.core.erasing import NOTHING
from apps.reviews import verbs
from apps.reviews.models import (
    Annotation,
    Appeal,
    Conflict,
    Consequence,
    Decision,
    Mark,
    Moderation,
    PieceCheck,
    Review,
    SavedView,
)
from apps.submissions.models import Attempt


def forget(person_id: int) -> None:
    """For a learner, stop all judging and erase the text about their work. For an assessor, what they wrote for
    others stays, without their name.
    """
    person = User.objects.get(pk=person_id)
    for appeal in Appeal.objects.filter(
        state=Appeal.State.LODGED, decision__attempt__submission__learner=person
    ).select_related("decision__attempt__submission"):
        verbs.withdraw_appeal(appeal, by=person)
    for attempt in Attempt.objects.filter(submission__learner=person, turns__state="open").distinct():
        verbs.stop_judging(attempt)
    forget_words(Q(submission__learner=person))
    SavedView.objects.filter(person=person).delete()


def forget_words(which: Q) -> None:
    """Erase all text about the attempts that `which` finds."""
    attempts = Attempt.objects.filter(which).values("pk")
    reviews = Review.objects.filter(assignment__attempt__in=attempts)
    reviews.exclude(note="", reason="").update(note="", reason="")
    reviews.exclude(passed_back_because="").update(passed_back_because=NOTHING)
    of_reviews = {"review__in": reviews.values("pk")}
    Mark.objects.filter(**of_reviews).exclude(comment="").update(comment="")
    PieceCheck.objects.filter(**of_reviews).exclude(comment="").update(comment="")
    Annotation.objects.filter(**of_reviews).exclude(text__in=("", NOTHING), quote="").update(text=NOTHING, quote="")
    decisions = Decision.objects.filter(attempt__in=attempts)
    decisions.exclude(reason__in=("", NOTHING)).update(reason=NOTHING)
    decisions.exclude(note="").update(note="")
    of_decisions = {"decision__in": decisions.values("pk")}
    Moderation.objects.filter(**of_decisions).exclude(reason__in=("", NOTHING)).update(reason=NOTHING)
    Consequence.objects.filter(**of_decisions).exclude(note__in=("", NOTHING)).update(note=NOTHING)
    Appeal.objects.filter(**of_decisions).exclude(grounds=NOTHING).update(grounds=NOTHING)
    conflicts = Conflict.objects.filter(submission__attempts__in=attempts)
    Conflict.objects.filter(pk__in=conflicts.values("pk")).exclude(reason__in=("", NOTHING)).update(reason=NOTHING)
