import zoneinfo
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from apps.accounts.models import GuardianConsent, User
from apps.accounts.tokens import guardian_token
from apps.core import clock, outbox
from apps.core.models import Event
from apps.core.outbox import job
from apps.notices import queries, verbs


@job(queue="mail")
def deliver(*, letter_id: int) -> None:
    verbs.deliver(letter_id)


@job(queue="mail")
def write_digests() -> None:
    """A job for each person whose morning has come."""
    for due in queries.digests_due(clock.now()):
        with transaction.atomic():
            outbox.enqueue(
                "apps.notices.tasks.write_digest",
                key=f"digest:{due.person.public_id}:{due.before.date()}",
                person_id=due.person.pk,
                before=due.before.isoformat(),
            )


@job(queue="mail")
def write_digest(*, person_id: int, before: str) -> None:
    verbs.write_digest(User.objects.get(pk=person_id), before=datetime.fromisoformat(before))


@job(queue="mail")
def tell_leaving(*, event_id: int) -> None:
    """Somebody asked to leave. Were it not they who asked, they learn of it in time."""
    event = Event.objects.get(pk=event_id)
    person = User.objects.get(public_id=event.subject_id)
    if person.leaving_at is None:
        return
    verbs.write(
        "leaving",
        key=f"leaving:{event.public_id}",
        to=person,
        address="/accounts/leave/",
        facts={"day": person.leaving_at.astimezone(zoneinfo.ZoneInfo(person.time_zone)).date().isoformat()},
    )


@job(queue="mail")
def ask_guardian(*, event_id: int) -> None:
    """The letter with the link by which a guardian says yes, and takes it back."""
    asked = GuardianConsent.objects.select_related("person").get(public_id=Event.objects.get(pk=event_id).subject_id)
    if asked.ended_at is not None:
        return
    path = reverse("accounts:guardian_consent", args=[guardian_token(asked)])
    verbs.write_to_address(
        "guardian",
        key=f"guardian:{asked.public_id}",
        to=asked.address,
        person=asked.person,
        language=asked.person.language,
        time_zone=asked.person.time_zone,
        facts={"name": asked.person.name, "age": settings.GUARDIAN_AGE},
        address=f"{settings.PUBLIC_URL}{path}",
    )
