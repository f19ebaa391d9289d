from apps.accounts.models import User
from apps.core import outbox
from apps.credentials import queries, verbs
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
def endorsed(
    subject: Issuer | AchievementVersion | Credential | None = None, *, comment: str = WORDS, **facts
) -> Endorsement:
    """Accepted by the owner of the endorser, and signed."""
    asked = requested(subject, **facts)
    verbs.accept_endorsement(asked, by=owner_of(asked.endorser), comment=comment)
    outbox.drain()
    return Endorsement.objects.with_names().get(pk=asked.pk)
