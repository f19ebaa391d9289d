"""This app's jobs. Each step commits separately and is skipped if already done."""

from apps.core.models import Event
from apps.core.outbox import Arguments, Bell, job
from apps.credentials import verbs
from apps.notices.models import Letter


def _bake_several(told: list[Arguments]) -> None:
    ids = [one["credential_id"] for one in told]
    verbs.bake(ids)
    verbs.offer(ids)


# Until this has run nobody can verify the award, so it goes before letters and whatever else follows.
@job(queue="now", bell=Bell.SOON, several=_bake_several)
def bake(*, credential_id: int) -> None:
    """Sign, bake and offer a credential; nothing if its earner has been erased."""
    _bake_several([{"credential_id": credential_id}])


@job(queue="now")
def offer(*, credential_id: int) -> None:
    verbs.offer([credential_id])


def _sign_others_of_several(told: list[Arguments]) -> None:
    verbs.sign_others_of([one["credential_id"] for one in told])


# Until this has run, anyone who asks for one of these forms is told to come back.
@job(queue="bulk", bell=Bell.SOON, several=_sign_others_of_several)
def sign_others(*, credential_id: int) -> None:
    verbs.sign_others_of([credential_id])


@job(queue="bulk", bell=Bell.LAST)
def sign_others_of(*, credential_ids: list[int]) -> None:
    """Sign the further forms of many credentials awarded at once."""
    verbs.sign_others_of(credential_ids)


# The person who began it waits, but so does everyone else: single awards go before it, follow-up work after it.
@job(queue="bulk")
def award_rows(*, bulk_id: int, first: int, last: int) -> None:
    verbs.award_rows(bulk_id, first=first, last=last)


@job(queue="bulk")
def undo_rows(*, bulk_id: int, first: int, last: int | None, by_id: int) -> None:
    verbs.undo_rows(bulk_id, first=first, last=last, by_id=by_id)


@job(queue="bulk")
def sign_missing() -> None:
    verbs.sign_missing()


# Everyone who checks a badge reads it; letters and follow-up work for its earner can wait.
@job(queue="now", bell=Bell.FIRST)
def publish(*, list_id: int) -> None:
    verbs.publish(list_id)


@job(queue="now")
def publish_waiting() -> None:
    verbs.publish_waiting()


@job(queue="bulk")
def warn_of_end() -> None:
    verbs.warn_of_end()


@job(queue="bulk")
def remind_unclaimed() -> None:
    verbs.remind_unclaimed()


@job(queue="now")
def ask_for_address(*, event_id: int) -> None:
    event = Event.objects.get(pk=event_id)
    verbs.ask_for_address(Letter.objects.get(public_id=event.subject_id))


@job(queue="bulk")
def reissue_touched(*, key_id: int, by_id: int, asked: str = "") -> None:
    # Jobs enqueued before `asked` existed are identified by the key.
    verbs.spread_reissues(key_id, by_id=by_id, asked=asked or f"key-{key_id}")


@job(queue="bulk", bell=Bell.LAST)
def reissue_one(*, credential_id: int, key_id: int, by_id: int) -> None:
    verbs.reissue_one(credential_id, key_id=key_id, by_id=by_id)


@job(queue="bulk")
def tell_embedding(*, key_id: int) -> None:
    verbs.tell_embedding(key_id)


@job(queue="bulk")
def reissue_embedding(*, endorsement_id: int, by_id: int, asked: str) -> None:
    verbs.spread_embedding(endorsement_id, by_id=by_id, asked=asked)


@job(queue="bulk", bell=Bell.LAST)
def reissue_embedding_one(*, credential_id: int, endorsement_id: int, by_id: int) -> None:
    verbs.reissue_embedding_one(credential_id, endorsement_id=endorsement_id, by_id=by_id)


@job(queue="now", bell=Bell.SOON)
def sign_endorsement(*, endorsement_id: int) -> None:
    verbs.sign_endorsement(endorsement_id)


@job(queue="bulk", bell=Bell.LAST)
def sign_endorsement_anew(*, endorsement_id: int, by_id: int) -> None:
    verbs.sign_endorsement_anew(endorsement_id, by_id=by_id)


@job(queue="bulk")
def lapse_endorsements() -> None:
    verbs.lapse_endorsements()


# People who wait for these watch a progress bar.
@job(queue="bulk", bell=Bell.SOON)
def check_item(*, item_id: int) -> None:
    verbs.check_item(item_id)


@job(queue="bulk")
def drop_batches() -> None:
    verbs.drop_batches()


# The person who uploaded a table waits for the result.
@job(queue="bulk", bell=Bell.SOON)
def read_rows(*, bulk_id: int) -> None:
    verbs.read_rows(bulk_id)


@job(queue="bulk")
def check_foreign() -> None:
    verbs.check_foreign()


@job(queue="bulk", bell=Bell.LAST)
def check_foreign_again(*, foreign_id: int) -> None:
    verbs.check_foreign_again(foreign_id)


@job(queue="bulk")
def forget_foreign_file(*, name: str) -> None:
    verbs.forget_foreign_file(name)
