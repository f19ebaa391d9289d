"""Erase a leaver's work from submissions: everything they handed in, wrote and were told."""

from __future__ import annotations

import contextlib

from django.db.models import Case, F, Q, Value, When

from apps.accounts.models import User
from apps.core import outbox
from apps.core.erasing import NOTHING, NOWHERE
from apps.core.ids import new_public_id
from apps.core.models import Job
from apps.core.refused import Refused
from apps.submissions import parts, verbs
from apps.submissions.models import (
    Answer,
    Attempt,
    Capture,
    CoachTalk,
    EvidenceItem,
    EvidenceQuerySet,
    Finding,
    FormerAnswer,
    Message,
    Returned,
    Revision,
    Submission,
    Support,
    ThreadSeen,
    Upload,
)
from apps.submissions.models.evidence import NO_FILE
from apps.submissions.verbs.arrived import end_upload

UNDER_WAY = (
    *(Submission.State.DRAFT, Submission.State.SUBMITTED, Submission.State.UNDER_ASSESSMENT),
    Submission.State.AWAITING_DECISION,
)
PAPERS = ("overview", "reflection", "what_changed", "manifest")
CONTEXT = ("context_place", "context_period", "context_role", "context_confirmer")


def forget(person_id: int) -> None:
    person = User.objects.get(pk=person_id)
    for submission in person.submissions.filter(state__in=UNDER_WAY):
        # Work judged again after an answer can't be withdrawn; either way, nobody judges it any more.
        with contextlib.suppress(Refused):
            verbs.withdraw(submission, by=person)
    for upload in person.uploads.all():
        parts.place().drop(upload)  # of finished ones too, in case a worker died before it got there
        if upload.state in {Upload.State.RECEIVING, Upload.State.COMPLETE}:
            end_upload(upload, Upload.State.CANCELLED)
    forget_words(Q(submission__learner=person))
    person.submissions.exclude(sample_since=None).update(sample_since=None)
    ThreadSeen.objects.filter(person=person).delete()


def forget_words(which: Q) -> None:
    """Erase files, texts and answers of the attempts that `which` finds. That they existed, and how they ended,
    stays.
    """
    forget_pieces(which)
    attempts = Attempt.objects.filter(which)
    of_attempts = {"attempt__in": list(attempts.values_list("pk", flat=True))}
    Finding.objects.filter(**of_attempts).exclude(comment="").update(comment="")
    Answer.objects.filter(**of_attempts).exclude(note="", reason="").update(note="", reason="")
    Returned.objects.filter(**of_attempts).exclude(reason=NOTHING).update(reason=NOTHING)
    for told in FormerAnswer.objects.filter(**of_attempts):
        findings = [one | {"comment": ""} for one in told.findings]
        FormerAnswer.objects.filter(pk=told.pk).update(note="", reason="", findings=findings)
    talks = CoachTalk.objects.filter(submission__in=attempts.values("submission"))
    talks.exclude(note=NOTHING).update(note=NOTHING)


def forget_pieces(which: Q) -> None:
    """Erase what was handed in and written in the attempts that `which` finds, but not what the learner was told."""
    attempts = Attempt.objects.filter(which)
    ids = list(attempts.values_list("pk", flat=True))
    pieces = EvidenceItem.objects.filter(attempt__in=ids)
    forget_files(pieces)
    uploads = Upload.objects.filter(attempt__in=ids)
    for upload in uploads.filter(state__in=(Upload.State.RECEIVING, Upload.State.COMPLETE)):
        end_upload(upload, Upload.State.CANCELLED)
    uploads.exclude(file_name=NOTHING).update(file_name=NOTHING, title="", multipart="")
    Support.objects.filter(evidence__in=pieces.values("pk")).exclude(quote="").update(quote="")
    Revision.objects.filter(attempt__in=ids).delete()
    attempts.update(**dict.fromkeys(PAPERS + CONTEXT, ""))
    submissions = list(attempts.values_list("submission_id", flat=True).distinct())
    of_submissions = {"submission__in": submissions}
    Message.objects.filter(**of_submissions).exclude(text=NOTHING).update(text=NOTHING)
    captures = Capture.objects.filter(**of_submissions)
    # Later captures refer to earlier ones with the same content.
    captures.exclude(same_as=None).delete()
    captures.delete()
    Job.objects.filter(
        function="apps.submissions.tasks.capture_link", arguments__submission_id__in=submissions
    ).delete()


def forget_files(pieces: EvidenceQuerySet) -> None:
    """Erase the content of these pieces. A job deletes files that no other piece holds, and their copies."""
    names = set(pieces.exclude(file__in=("", NO_FILE)).values_list("file", flat=True))
    pieces.update(
        title=NOTHING,
        text=_where_there_was("text", NOTHING),
        url=_where_there_was("url", NOWHERE),
        file=_where_there_was("file", NO_FILE),
        file_name=_where_there_was("file_name", NOTHING),
        file_state=Case(When(file="", then=F("file_state")), default=Value(EvidenceItem.FileState.BLOCKED)),
        blocked_because="",
        transcript="",
        people_note="",
        key=None,
    )
    for name in sorted(names):
        # Someone else with the same file may have left before, and a key works for one job only.
        outbox.enqueue("apps.submissions.tasks.forget_file", key=f"erase_file:{name}:{new_public_id()}", name=name)


def _where_there_was(field: str, instead: str) -> Case:
    return Case(When(**{field: ""}, then=Value("")), default=Value(instead))
