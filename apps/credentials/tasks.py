from apps.core.outbox import job
from apps.credentials import endorsing, verbs


@job(queue="now")
def bake(*, credential_id: int) -> None:
    """Sign, bake, offer: each step commits by itself and is passed over when it is done already."""
    verbs.bake(credential_id)
    verbs.offer(credential_id)


@job(queue="now")
def sign_endorsement(*, endorsement_id: int) -> None:
    endorsing.sign(endorsement_id)


@job(queue="bulk")
def lapse_endorsements() -> None:
    endorsing.lapse()
