"""What a key in other hands signed is called valid nowhere, until it is signed anew."""

import pytest
from django.test import Client

from apps.backpacks import verbs
from apps.core import outbox
from apps.credentials import queries
from apps.credentials import verbs as credentials
from tests.factories import awarded_credential, owner_of

pytestmark = pytest.mark.django_db
SAID = "To be signed again"


def read(credential, collection):
    """What strangers read of it on its own page, on the collection's, the curriculum vitae and in two frames."""
    whole = f"/b/{collection.public_id}/"
    pages = (f"/c/{credential.public_id}", f"/embed/c/{credential.public_id}", whole, f"{whole}cv/")
    own, frame, page, cv, frames = (
        Client().get(path).content.decode() for path in (*pages, f"/embed/b/{collection.public_id}")
    )
    return {
        "confirmed": " confirms that " in own,
        "all valid": "It is valid." in page,
        "said": [SAID in one for one in (own, frame, page, cv, frames)],
    }


def test_nobody_reads_valid_between_the_loss_of_a_key_and_the_new_signature():
    credential = awarded_credential()
    earner, owner = credential.earner, owner_of(credential.issuer)
    credentials.show(credential, "public", by=earner)
    collection = verbs.make_collection(by=earner, title="Blades")
    verbs.collect(collection, credential.backpack_item, by=earner)
    verbs.publish_collection(collection, by=earner)
    key = queries.signed_form(credential).key

    before = read(credential, collection)
    credentials.compromise_key(key, by=owner, why="A laptop was stolen.")
    lost = read(credential, collection)
    credentials.reissue_touched(key, by=owner)
    outbox.drain()
    credential.refresh_from_db()
    anew = read(credential.superseded_by, collection)

    assert before == anew == {"confirmed": True, "all valid": True, "said": [False] * 5}
    assert lost == {"confirmed": False, "all valid": False, "said": [True] * 5}
