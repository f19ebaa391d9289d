"""Jobs of the pathways app, which follow up events elsewhere and the passing of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.models import User
from apps.core import clock
from apps.core.models import Event
from apps.core.outbox import Arguments, Bell, job
from apps.core.questions import Question, each_of
from apps.credentials.models import Credential, ForeignCredential
from apps.issuers.models import Achievement
from apps.pathways import verbs
from apps.pathways.models import Equivalence, Pathway, PathwayVersion

if TYPE_CHECKING:
    from django.db.models import QuerySet, Value


def _follow_several(told: list[Arguments]) -> None:
    found = _SUBJECTS.all([one["event_id"] for one in told])
    for credential in found:
        verbs.follow_successor(credential)
    verbs.look_at({credential.earner_id for credential in found})


def _subjects(events: Value) -> QuerySet[Credential]:
    subjects = Event.objects.filter(pk__in=each_of(events)).values("subject_id")
    return Credential.objects.filter(public_id__in=subjects).order_by("pk")


_SUBJECTS = Question(_subjects)


@job(queue="now", together="apps.pathways.tasks.follow_credentials", several=_follow_several)
def follow_credential(*, event_id: int) -> None:
    """A credential was awarded, kept, declined, suspended, reinstated, revoked or superseded."""
    _follow_several([{"event_id": event_id}])


@job(queue="bulk")
def follow_credentials(*, event_ids: list[int]) -> None:
    """Many credentials were awarded or revoked at once; none of them takes the place of another."""
    subjects = Event.objects.filter(pk__in=event_ids).values("subject_id")
    people = Credential.objects.filter(public_id__in=subjects).values_list("earner_id", flat=True)
    verbs.look_at_people(set(people), key=f"event:{event_ids[0]}")


@job(queue="now")
def follow_foreign(*, event_id: int) -> None:
    """A badge from elsewhere was imported, checked again, or given up."""
    verbs.look_at({ForeignCredential.objects.get(public_id=_subject(event_id)).holder_id})


@job(queue="now")
def follow_merge(*, event_id: int) -> None:
    """Two accounts were merged: what counts for whom has changed."""
    verbs.look_at({User.objects.get(public_id=_subject(event_id)).pk})


@job(queue="bulk")
def follow_equivalence(*, event_id: int) -> None:
    """An equivalence came into force or ended."""
    equivalence = Equivalence.objects.get(public_id=_subject(event_id))
    verbs.look_at_equivalence(equivalence, key=f"event:{event_id}")


@job(queue="bulk")
def follow_published_badge(*, event_id: int) -> None:
    """A badge can be awarded again, or for the first time."""
    verbs.look_at_award(Achievement.objects.get(public_id=_subject(event_id)), key=f"event:{event_id}")


@job(queue="bulk")
def tell_of_version(*, event_id: int) -> None:
    pathway = Pathway.objects.get(public_id=_subject(event_id))
    newest = pathway.versions.filter(state=PathwayVersion.State.PUBLISHED).first()
    if newest is not None:
        verbs.tell_of_version(newest)


@job(queue="bulk", bell=Bell.LAST)
def look_again(*, enrolments: list[int]) -> None:
    verbs.look_again(enrolments)


@job(queue="bulk")
def look_at_due() -> None:
    verbs.look_at_due(key=clock.now().isoformat())


@job(queue="bulk")
def remind() -> None:
    now = clock.now()
    verbs.remind_of_days(now)
    verbs.remind_deciders(now)


def _subject(event_id: int) -> str:
    return Event.objects.values_list("subject_id", flat=True).get(pk=event_id)
