"""What goes wrong outside of the table: a store that is away, keys that are not there. Its rows wait, and none is lost."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from apps.core import outbox
from apps.core.models import Job
from apps.credentials import verbs
from apps.credentials.models import Credential
from tests.factories import browser
from tests.factories.bulk import checked, many

pytestmark = pytest.mark.django_db
PEOPLE = many(3)
# What the page of a table says.
UNDER_WAY, STOPPED = "Badges are being awarded", "Awarding has stopped"
FAILING = "Something on our side fails. It is tried again and again, for about an hour."
GIVEN_UP = "Something on our side kept failing, and we stopped trying with 3 rows left."
BY_ITSELF, EVERY_2S = "it continues by itself", "every 2s"


@pytest.fixture
def bulk():
    found = checked(*PEOPLE)
    return verbs.award_bulk(found, by=found.by)


def states(bulk):
    bulk.refresh_from_db()
    return bulk.state, list(bulk.rows.values_list("state", "problem"))


def try_again():
    """As if the wait after a failure were over."""
    Job.objects.filter(state="pending").update(next_at=Now())
    outbox.drain()


def test_a_store_that_is_away_for_a_minute_fails_no_row(bulk):
    name = bulk.version.picture.name
    with default_storage.open(name) as file:
        picture = file.read()
    default_storage.delete(name)
    outbox.drain()
    meanwhile = states(bulk)
    default_storage.save(name, ContentFile(picture))
    try_again()

    assert meanwhile == ("awarding", [("ready", "")] * 3)
    assert states(bulk) == ("done", [("awarded", "")] * 3)
    assert Credential.objects.count() == 3


def test_a_process_without_keys_fails_no_row(bulk, settings):
    held, settings.KEY_ENCRYPTION_KEYS = settings.KEY_ENCRYPTION_KEYS, ""
    outbox.drain()
    meanwhile = states(bulk)
    settings.KEY_ENCRYPTION_KEYS = held
    try_again()

    assert meanwhile == ("awarding", [("ready", "")] * 3)
    assert states(bulk) == ("done", [("awarded", "")] * 3)


def test_what_never_ends_is_told_on_the_page_with_what_is_left_and_goes_on_once_it_is_mended(bulk, settings):
    client = browser(bulk.by)
    page = bulk.get_absolute_url()
    under_way = client.get(page).content.decode()
    held, settings.KEY_ENCRYPTION_KEYS = settings.KEY_ENCRYPTION_KEYS, ""
    for _try in range(3):
        try_again()
    failing = client.get(page).content.decode()
    for _try in range(outbox.MOST_ATTEMPTS - 3):
        try_again()
    given_up = client.get(page).content.decode()
    settings.KEY_ENCRYPTION_KEYS = held
    outbox.revive(Job.objects.get(state="dead"))
    revived = client.get(page).content.decode()
    outbox.drain()

    def told(text):
        return [one for one in (UNDER_WAY, FAILING, STOPPED, GIVEN_UP, BY_ITSELF, EVERY_2S) if one in text]

    assert [told(one) for one in (under_way, failing, given_up, revived)] == [
        [UNDER_WAY, BY_ITSELF, EVERY_2S],
        [UNDER_WAY, FAILING, BY_ITSELF, EVERY_2S],
        [STOPPED, GIVEN_UP],
        [UNDER_WAY, BY_ITSELF, EVERY_2S],
    ]
    assert states(bulk) == ("done", [("awarded", "")] * 3)


def test_taking_back_that_is_given_up_is_told_too(bulk):
    outbox.drain()
    bulk.refresh_from_db()
    verbs.undo_bulk(bulk, by=bulk.by, reason="mistake", note="")
    Job.objects.filter(function__endswith="undo_rows").update(state="dead", last_error="KeyTroubleError: …")

    page = browser(bulk.by).get(bulk.get_absolute_url()).content.decode()

    assert ("Taking back has stopped" in page, GIVEN_UP in page, BY_ITSELF in page) == (True, True, False)
