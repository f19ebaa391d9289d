from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.text import Truncator

from apps.accounts.models import GuardianConsent, Merge, User
from apps.accounts.tokens import guardian_token, merge_token
from apps.core import clock, outbox
from apps.core.models import Event
from apps.core.outbox import OVER_DAYS, Bell, job
from apps.notices import queries, verbs

# For a name in a letter that its writer could send to anyone.
LONGEST_NAME = 40


# The `mail` queue holds only these three, so that only letters wait while the mail server is away.
@job(queue="mail", tries=OVER_DAYS)
def deliver(*, letter_id: int) -> None:
    verbs.deliver(letter_id)


@job(queue="mail", bell=Bell.SOON, tries=OVER_DAYS)
def deliver_awaited(*, letter_id: int) -> None:
    """Deliver a letter that someone is waiting for, such as a code to sign in with."""
    verbs.deliver(letter_id)


@job(queue="mail", bell=Bell.LAST, tries=OVER_DAYS)
def deliver_many(*, letter_ids: list[int]) -> None:
    verbs.deliver_many(letter_ids)


@job(queue="bulk")
def write_digests() -> None:
    """Enqueue a job for each person whose digest is due."""
    for due in queries.digests_due(clock.now()):
        with transaction.atomic():
            outbox.enqueue(
                "apps.notices.tasks.write_digest",
                key=f"digest:{due.person.public_id}:{due.before.date()}",
                person_id=due.person.pk,
                before=due.before.isoformat(),
            )


@job(queue="bulk")
def write_digest(*, person_id: int, before: str) -> None:
    verbs.write_digest(User.objects.get(pk=person_id), before=datetime.fromisoformat(before))


@job(queue="now")
def tell_leaving(*, event_id: int) -> None:
    """Tell a person that their account will be erased, in case it wasn't they who asked."""
    event = Event.objects.get(pk=event_id)
    person = User.objects.get(public_id=event.subject_id)
    if person.leaving_at is None:
        return
    verbs.write(
        "leaving",
        key=f"leaving:{event.public_id}",
        to=person,
        address="/accounts/leave/",
        facts={"day": person.leaving_at.astimezone(clock.zone(person.time_zone)).date().isoformat()},
    )


@job(queue="now", bell=Bell.SOON)
def ask_guardian(*, event_id: int) -> None:
    """Send the letter with the link by which a guardian consents and can withdraw."""
    event = Event.objects.get(pk=event_id)
    asked = GuardianConsent.objects.select_related("person").get(public_id=event.subject_id)
    if asked.ended_at is not None:
        return
    path = reverse("accounts:guardian_consent", args=[guardian_token(asked)])
    verbs.write_to_address(
        "guardian",
        key=f"guardian:{event.public_id}",
        to=asked.address,
        person=asked.person,
        language=asked.person.language,
        time_zone=asked.person.time_zone,
        facts={"name": Truncator(asked.person.name).chars(LONGEST_NAME), "age": settings.GUARDIAN_AGE},
        address=f"{settings.PUBLIC_URL}{path}",
    )


@job(queue="now", bell=Bell.SOON)
def ask_other_account(*, event_id: int) -> None:
    """Send the letter with the link that proves the other account, to that account's address."""
    public_id = Event.objects.get(pk=event_id).subject_id
    asked = Merge.objects.live().select_related("giver", "taker").filter(public_id=public_id).first()
    if asked is None or asked.giver is None:
        return
    verbs.write_to_address(
        "merge_asked",
        key=f"merge_asked:{asked.public_id}",
        to=asked.address,
        person=asked.giver,
        language=asked.giver.language,
        time_zone=asked.giver.time_zone,
        facts={"address": asked.taker.email},
        address=f"{settings.PUBLIC_URL}{reverse('accounts:merge_by_letter', args=[merge_token(asked.public_id)])}",
    )


@job(queue="now")
def tell_merged(*, event_id: int) -> None:
    """Tell the account that remains, and the address of the other, in case it wasn't they who merged them."""
    event = Event.objects.get(pk=event_id)
    merge = Merge.objects.select_related("taker").filter(public_id=event.data.get("merge", "")).first()
    if merge is None:
        return  # nobody ever signed in to the other one
    told = {"from": merge.address, "into": merge.taker.email}
    path = reverse("account_email")
    verbs.write("merged", key=f"merged:{merge.public_id}", to=merge.taker, address=path, facts=told)
    verbs.write_to_address(
        "merged",
        key=f"merged:{merge.public_id}",
        to=merge.address,
        person=merge.taker,
        language=merge.taker.language,
        time_zone=merge.taker.time_zone,
        facts=told,
        address=f"{settings.PUBLIC_URL}{path}",
    )
