from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Subquery

from apps.accounts.models import GuardianConsent, User
from apps.backpacks import counting, verbs
from apps.core.models import Event
from apps.core.outbox import Arguments, Bell, job
from apps.core.questions import Question
from apps.credentials.models import Credential, ForeignCredential

if TYPE_CHECKING:
    from django.db.models import QuerySet, Value


def _file_several(told: list[Arguments]) -> None:
    file_credentials(event_ids=[one["event_id"] for one in told])


@job(queue="now", together="apps.backpacks.tasks.file_credentials", several=_file_several)
def file_credential(*, event_id: int) -> None:
    verbs.file_credential(_AWARDED.get(event_id))


def _awarded(event: Value) -> QuerySet[Credential]:
    subject = Event.objects.filter(pk=event).values("subject_id")
    return Credential.objects.filter(public_id=Subquery(subject)).select_related(
        "earner", "issuer", "supersedes", "renews"
    )


_AWARDED = Question(_awarded)


@job(queue="bulk")
def file_credentials(*, event_ids: list[int]) -> None:
    """File many credentials that were awarded at once."""
    subjects = Event.objects.filter(pk__in=event_ids).values("subject_id")
    verbs.file_credentials(Credential.objects.filter(public_id__in=subjects))


@job(queue="now")
def give_place_back(*, event_id: int) -> None:
    event = Event.objects.get(pk=event_id)
    found = Credential.objects.in_bulk([event.subject_id, event.data["instead_of"]], field_name="public_id")
    verbs.give_place_back(found[event.subject_id], instead_of=found[event.data["instead_of"]])


@job(queue="now", bell=Bell.SOON)
def file_foreign(*, event_id: int) -> None:
    event = Event.objects.get(pk=event_id)
    foreign = ForeignCredential.objects.select_related("holder").get(public_id=event.subject_id)
    verbs.file_foreign(foreign)


@job(queue="bulk")
def draw_foreign(*, item_id: int) -> None:
    verbs.draw_foreign(item_id)


@job(queue="bulk", bell=Bell.SOON)
def import_item(*, item_id: int, at: int = 0) -> None:
    verbs.import_item(item_id, at=at)


@job(queue="bulk")
def drop_imports() -> None:
    verbs.drop_imports()


@job(queue="now")
def end_links() -> None:
    verbs.end_links()


@job(queue="bulk")
def count_views() -> None:
    counting.take_in()


@job(queue="now", bell=Bell.FIRST)
def hide_everything(*, event_id: int) -> None:
    """Hide everything a minor shows without a guardian's consent."""
    event = Event.objects.get(pk=event_id)
    asked = GuardianConsent.objects.filter(public_id=event.subject_id).select_related("person").first()
    person = asked.person if asked else User.objects.filter(public_id=event.subject_id).first()
    if person is not None:
        verbs.hide_everything(person)
