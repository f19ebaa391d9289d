"""Short codes: made once, typed sloppily, and good for as long as the thing is shown."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from apps.backpacks import codes, queries, tokens, verbs
from apps.backpacks.models import ShortCode
from apps.core import clock
from apps.core.refused import Refused
from apps.credentials.verbs import make_claim_code
from tests.answers import headers_of
from tests.factories import awarded_credential, browser, events_of, owner_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(around_the_file):
    found = awarded_credential()
    verbs.show_credential(found, by=found.earner, visibility="link")
    found.refresh_from_db()
    return found


@pytest.fixture
def credential(made):
    return deepcopy(made)


@pytest.fixture
def collection(credential):
    found = verbs.make_collection(by=credential.earner, title="Blades")
    verbs.collect(found, credential.backpack_item, by=credential.earner)
    return found


def led_to(typed, reader=None):
    answer = browser(reader).get(f"/v/{typed}")
    return answer.status_code, answer.headers.get("Location")


def test_a_code_is_made_once_and_leaves_its_trail(credential):
    first = verbs.make_code(credential, by=credential.earner)
    again = verbs.make_code(credential, by=credential.earner)

    assert (first, ShortCode.objects.count()) == (again, 1)
    assert re.fullmatch("[23456789CDFHJKMNPRTVWXY]{3}-[23456789CDFHJKMNPRTVWXY]{4}", codes.code_of(first.public_id))
    assert events_of(credential)[-1] == ("credential.code_made", credential.earner.public_id)
    assert led_to(codes.code_of(first.public_id)) == (303, f"/c/{credential.public_id}")


def test_what_is_stored_opens_nothing(credential):
    code = verbs.make_code(credential, by=credential.earner)

    kept = str(ShortCode.objects.values().get())
    assert codes.code_of(code.public_id) not in kept
    assert codes.read(codes.code_of(code.public_id)) not in kept


def test_a_code_is_read_as_meant_however_it_is_typed(monkeypatch, credential):
    monkeypatch.setattr(codes, "code_of", lambda _public_id: "D85-62VK")
    verbs.make_code(credential, by=credential.earner)

    sloppy = ["D85-62VK", "d85-62vk", "D8562VK", "d85 62vk", " d85--62 vk ", "0B5-6ZUK", "obs-gzuk", "Q85-62VK"]
    sloppy += ["D85\N{EN DASH}62VK", "\uff2485-62VK", "D85-62VK/"]
    assert [led_to(typed) for typed in sloppy] == [(303, f"/c/{credential.public_id}")] * len(sloppy)
    assert [led_to(typed)[0] for typed in ("D85-62VX", "D85-62V", "D85-62VKK", "A85-62VK", "-------")] == [404] * 5


def test_a_code_is_good_while_the_badge_is_shown_and_always_for_its_earner(credential):
    code = codes.code_of(verbs.make_code(credential, by=credential.earner).public_id)
    verbs.show_credential(credential, by=credential.earner, visibility="private")

    assert led_to(code) == (404, None)
    assert led_to(code, person()) == (404, None)
    assert led_to(code, credential.earner) == (303, f"/c/{credential.public_id}")
    verbs.show_credential(credential, by=credential.earner, visibility="public")
    assert led_to(code) == (303, f"/c/{credential.public_id}")


def test_a_code_that_names_a_hidden_thing_answers_as_one_that_nobody_made(credential):
    code = codes.code_of(verbs.make_code(credential, by=credential.earner).public_id)
    verbs.show_credential(credential, by=credential.earner, visibility="private")
    unknown = "CCC-CCCC" if code != "CCC-CCCC" else "DDD-DDDD"

    hidden, never = (browser(None).get(f"/v/{one}") for one in (code, unknown))

    def plain(answer, typed):
        return answer.content.decode().replace(typed, "")

    assert (hidden.status_code, headers_of(hidden)) == (never.status_code, headers_of(never))
    assert plain(hidden, code) == plain(never, unknown)


def test_a_links_code_dies_with_the_link_and_a_collections_with_its_being_public(collection):
    owner = collection.person
    link = verbs.share(collection, by=owner, name="Fern")
    verbs.publish_collection(collection, by=owner)
    of_link, of_all = (codes.code_of(verbs.make_code(one, by=owner).public_id) for one in (link, collection))

    assert led_to(of_link) == (303, f"/b/{tokens.token_of(link.public_id)}/")
    assert led_to(of_all) == (303, f"/b/{collection.public_id}/")
    assert [kind for kind, _by in events_of(collection)][-2:] == ["collection.code_made"] * 2

    verbs.unpublish_collection(collection, by=owner)
    assert (led_to(of_link)[0], led_to(of_all)) == (303, (404, None))
    verbs.revoke_link(link, by=owner)
    assert led_to(of_link) == (404, None)
    verbs.remove_collection(collection, by=owner)
    assert ShortCode.objects.count() == 0


def test_a_code_is_asked_for_by_its_earner_alone_and_only_of_what_is_shown(credential, collection):
    owner, stranger = credential.earner, person()
    link = verbs.share(collection, by=owner)
    for thing in (credential, link, collection):
        with pytest.raises(PermissionDenied):
            verbs.make_code(thing, by=stranger)
    with pytest.raises(Refused, match="Nobody but you"):
        verbs.make_code(collection, by=owner)  # it is shown by a link, and not to everybody
    verbs.revoke_link(link, by=owner)
    with pytest.raises(Refused, match="Nobody but you"):
        verbs.make_code(link, by=owner)
    verbs.show_credential(credential, by=owner, visibility="private")
    with pytest.raises(Refused, match="Nobody but you"):
        verbs.make_code(credential, by=owner)

    assert ShortCode.objects.count() == 0


def test_a_code_is_made_by_a_press_and_never_by_a_look(credential):
    client = browser(credential.earner)
    address = f"/c/{credential.public_id}/share/"
    assert "Make a short address" in client.get(address).content.decode()
    assert ShortCode.objects.count() == 0

    answer = client.post(f"{address}code/")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address}#paper")
    short = queries.short_address_of(credential)
    page = client.get(address).content.decode()
    assert (short in page, "Make a short address" in page) == (True, False)
    assert browser(person()).post(f"{address}code/").status_code == 404


def test_codes_are_not_tried_in_turn(credential, settings):
    settings.RATE_LIMITS_FACTOR = 1
    client = browser(None)

    answers = [client.get(f"/v/CCC-{number:04}").status_code for number in range(62)]

    assert (answers[:60], answers[60:]) == ([404] * 60, [429] * 2)


def test_a_code_that_an_issuer_gave_out_leads_who_is_signed_in_to_where_it_is_used(credential):
    issuer = credential.issuer
    claim = make_claim_code(
        credential.version,
        by=owner_of(issuer),
        why="Open day.",
        opens_at=clock.now(),
        closes_at=clock.now() + timedelta(hours=1),
        most=3,
    )

    assert led_to(claim.code.lower(), person()) == (303, f"/claim/code/{claim.code}/")
    assert led_to(claim.code) == (404, None)


def test_a_printed_curriculum_vitae_has_the_short_address_of_what_has_a_code(credential, collection):
    link = verbs.share(collection, by=credential.earner)
    path = f"/b/{tokens.token_of(link.public_id)}/cv/"
    whole = f"http://localhost:8000/c/{credential.public_id}"
    before = browser().get(path).content.decode()

    code = verbs.make_code(credential, by=credential.earner)
    after = browser().get(path).content.decode()
    verbs.edit_block(collection.blocks.get(), by=credential.earner, shows_result=False)
    kept_back = browser().get(path).content.decode()

    short = f"http://localhost:8000/v/{codes.code_of(code.public_id)}"
    assert [(whole in page, short in page) for page in (before, after, kept_back)] == [
        (True, False),
        (False, True),
        (False, False),
    ]
