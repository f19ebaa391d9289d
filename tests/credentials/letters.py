"""An award that waits for somebody new, and what its letters say."""

import re

from django.core import mail

from apps.core import outbox
from apps.credentials import verbs
from apps.credentials.models import Credential
from apps.notices import verbs as notices
from apps.notices.models import Letter
from tests.factories import owner_of, published_version
from tests.shelf import shelved

NEW = "hemi@people.example"


@shelved
def awarded(version=None, address=NEW, name="Hēmi Ruru"):
    """A direct award to somebody who was never here, offered and written to."""
    version = version or published_version()
    by = owner_of(version.achievement.issuer)
    made = verbs.award_directly(version, by=by, address=address, name=name, why="Course list of 2019.")
    outbox.drain()
    return Credential.objects.get(pk=made.pk)


def sent_to(address):
    """What a mail program got, the oldest first."""
    return [one for one in mail.outbox if one.to == [address]]


def link_in(message):
    """The path of the claim link in a letter that left."""
    return re.search(r"/claim/[a-z2-7]{26}/", message.body)[0]


def came_back(letter, *, kind="bounced_for_good", event_id=""):
    """The mail service tells that a letter came back, or something else."""
    letter = Letter.objects.get(pk=letter.pk)
    told = notices.Heard("postmark", event_id or f"{kind}-{letter.pk}", kind, letter.public_id, "", letter.sent_at)
    heard = notices.hear_back(told)
    outbox.drain()
    return heard


def letters_of(credential):
    """(kind, number, state) of each delivery, the oldest first."""
    rows = credential.deliveries.select_related("notice__letter")
    return [(one.kind, one.number, one.state) for one in rows]


def newest_of(credential):
    return credential.deliveries.latest("pk").notice.letter
