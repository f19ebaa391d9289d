"""A badge from elsewhere is given up: it leaves the backpack and every collection, and can be brought again."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage

from apps.backpacks import listing, verbs
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import baking
from apps.credentials import verbs as credentials
from tests.backpacks import theirs
from tests.factories import awarded_credential, browser, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    made = verbs.file_foreign(
        credentials.keep_foreign(baking.bake_png(theirs.PNG, theirs.proof().decode()), by=person())
    )
    verbs.draw_foreign(made.pk)
    made.refresh_from_db()
    return made


def test_give_up_takes_it_from_the_backpack_and_the_collections(item, django_capture_on_commit_callbacks):
    someone = item.person
    collection = verbs.make_collection(by=someone, title="Wool")
    verbs.collect(collection, item, by=someone)

    with django_capture_on_commit_callbacks(execute=True):
        verbs.give_up(item, by=someone)

    assert list(listing.items(someone, listing.Asked())) == []
    assert (collection.blocks.count(), default_storage.exists(item.picture)) == (0, False)
    kinds = list(Event.objects.filter(actor_id=someone.public_id).order_by("pk").values_list("kind", flat=True))[-2:]
    assert kinds == ["foreign_credential.given_up", "backpack_item.given_up"]
    anew = verbs.file_foreign(credentials.keep_foreign(theirs.proof(), by=someone))
    assert list(listing.items(someone, listing.Asked())) == [anew]


def test_twice_or_by_another_it_is_refused(item):
    with pytest.raises(PermissionDenied):
        verbs.give_up(item, by=person())
    verbs.give_up(item, by=item.person)
    with pytest.raises(Refused):
        verbs.give_up(item, by=item.person)


def test_what_was_awarded_here_is_not_given_up():
    credential = awarded_credential()

    with pytest.raises(Refused, match="Archive"):
        verbs.give_up(credential.backpack_item, by=credential.earner)


def test_its_page_asks_once_more_and_says_afterwards_that_it_is_gone(item):
    path = f"/backpack/items/{item.public_id}/"
    client = browser(item.person)

    assert "Give this badge up?" in client.get(path).content.decode()
    assert browser(person()).post(f"{path}give-up/").status_code == 404
    assert client.post(f"{path}give-up/").url == "/backpack/"
    page = client.get(path).content.decode()
    assert ("You gave it up." in page, "Give this badge up?" in page, "Check again now" in page) == (True, False, False)
