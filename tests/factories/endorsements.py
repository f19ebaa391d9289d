from apps.accounts.models import User
from apps.core import outbox
from apps.credentials import queries, tokens, verbs
from apps.credentials.models import Credential, Endorsement
from apps.issuers.models import AchievementVersion, Issuer
from tests.factories.rubrics import issuer_with_owner, owner_of
from tests.shelf import shelved

WORDS = "We taught beside them for *three* seasons."


@shelved
def requested(
    subject: Issuer | AchievementVersion | Credential | None = None, *, endorser: Issuer | None = None, **facts
) -> Endorsement:
    """Asked for by the owner of the subject's issuer, or by the earner."""
    subject = subject or issuer_with_owner()[0]
    endorser = endorser or issuer_with_owner()[0]
    return verbs.request_endorsement(subject, endorser=endorser, by=asker_of(subject), **facts)


def asker_of(subject: Issuer | AchievementVersion | Credential) -> User:
    return subject.earner if isinstance(subject, Credential) else owner_of(queries.issuer_of(subject))


@shelved
def asked_outside(credential: Credential, *, address: str = "", **facts) -> Endorsement:
    """Someone outside, asked by the earner: by a letter, or without an address by a link."""
    return verbs.ask_outside(credential, by=credential.earner, address=address, **facts)


@shelved
def endorsed_outside(credential: Credential, *, address: str = "mere@kea.example", **said) -> Endorsement:
    """Asked by a letter, answered by its link, and signed."""
    asked = asked_outside(credential, address=address)
    said = {"name": "Mere Tuhua", "role": "Head shepherd, Kea Station", "comment": WORDS} | said
    verbs.endorse_outside(tokens.answer_token(asked.outside.public_id, address), **said)
    outbox.drain()
    return Endorsement.objects.with_names().get(pk=asked.pk)


@shelved
def endorsed(
    subject: Issuer | AchievementVersion | Credential | None = None, *, comment: str = WORDS, **facts
) -> Endorsement:
    """Accepted by the owner of the endorser, and signed."""
    asked = requested(subject, **facts)
    verbs.accept_endorsement(asked, by=owner_of(asked.endorser), comment=comment)
    outbox.drain()
    return Endorsement.objects.with_names().get(pk=asked.pk)
