"""The issuer's desk in the browser: lists, filters, each act by its form, keys, and what is typed comes back."""

from copy import deepcopy

import pytest

from apps.core import outbox
from apps.credentials.models import Credential, SigningKey
from tests.factories import awarded_credential, browser, owner_of, published_version

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def awarded(around_the_file):
    return awarded_credential()


@pytest.fixture
def credential(awarded):
    return deepcopy(awarded)


@pytest.fixture
def desk(credential):
    """The owner's browser, with `get` and `post` below the organisation's address."""
    client = browser(owner_of(credential.issuer))
    base = f"/organisations/{credential.issuer.slug}/"

    class Desk:
        def get(self, path=""):
            answer = client.get(base + path)
            assert answer.status_code == 200
            return answer.content.decode()

        def post(self, path, status=200, **typed):
            answer = client.post(base + path, typed, follow=True)
            assert answer.status_code == status
            return answer.content.decode()

    return Desk()


def test_the_list_is_searched_and_filtered(desk, credential):
    mine = f"/credentials/{credential.public_id}/"
    for query, found in {
        "": True,
        "?q=sharpen": True,
        f"?q={credential.earner.email}": True,
        "?q=nobody": False,
        "?standing=valid": True,
        "?standing=unclaimed": True,
        "?standing=revoked": False,
        "?standing=nonsense": True,
    }.items():
        assert (mine in desk.get(f"credentials/{query}")) is found, query


def test_another_issuers_credentials_are_not_there(desk, credential):
    other = awarded_credential()

    assert other.public_id not in desk.get("credentials/")
    client = browser(owner_of(credential.issuer))
    for slug in (credential.issuer.slug, other.issuer.slug):
        assert client.get(f"/organisations/{slug}/credentials/{other.public_id}/").status_code == 404


def test_pausing_and_letting_hold_again(desk, credential):
    one = f"credentials/{credential.public_id}/"

    paused = desk.post(f"{one}suspend/", note="We look **into** it.")
    again = desk.post(f"{one}reinstate/", note="")

    assert "Paused. The earner is told." in paused
    assert "<strong>into</strong>" in paused
    assert "Resume it" in paused
    assert "Valid again. The earner is told." in again
    assert [again.count(word) for word in ('<p class="word">Paused</p>', '<p class="word">Valid again</p>')] == [1, 1]


def test_a_note_that_can_not_be_kept_comes_back(desk, credential):
    page = desk.post(f"credentials/{credential.public_id}/suspend/", 422, note="Line\x07break")

    assert "Line\x07break" in page
    credential.refresh_from_db()
    assert credential.status == "valid"


def test_taking_back_asks_for_a_reason_and_happens_once(desk, credential):
    one = f"credentials/{credential.public_id}/"

    without = desk.post(f"{one}revoke/", 422, note="Kept.")
    done = desk.post(f"{one}revoke/", reason="mistake", note="Kept.")
    twice = desk.post(f"{one}revoke/", 422, reason="mistake", note="Again.")

    assert "Kept." in without
    assert "Taken back. The earner is told." in done
    assert "It was awarded by mistake" in done
    assert f"{one}revoke/" not in done
    assert "so that can no longer be done" in twice
    assert "Again." in twice


def test_awarding_directly_and_correcting_the_address(desk, credential):
    version = published_version(credential.issuer, name="Tie a fly")
    typed = {"version": version.achievement.slug, "address": "typo@people.example", "name": "Ani", "why": "Course."}

    refused = desk.post("credentials/award/", 422, **typed | {"version": "nothing"})
    awarded = desk.post("credentials/award/", **typed)
    outbox.drain()
    wrong = Credential.objects.get(earner__email="typo@people.example")
    right = desk.post(f"credentials/{wrong.public_id}/correct/", address="ani@people.example", name="Ani", note="")
    twice = desk.post(f"credentials/{wrong.public_id}/correct/", 422, address="x@people.example", name="X", note="")

    assert "Course." in refused
    assert "Awarded. The badge is on its way to typo@people.example." in awarded
    assert "Awarded directly: Course." in awarded
    assert "Replaced. The badge is on its way to ani@people.example." in right
    assert "This credential is replaced" in twice


def test_signing_anew_leads_to_the_new_one(desk, credential):
    page = desk.post(f"credentials/{credential.public_id}/reissue/", note="")

    new = Credential.objects.get(supersedes=credential)
    assert "Signed again." in page
    assert f"/c/{new.public_id}" in page
    assert "See the one that replaced it" in desk.get(f"credentials/{credential.public_id}/")


def test_what_can_not_be_undone_is_asked_once_more_in_a_dialog_that_stands_there_without_scripts(desk, credential):
    short = awarded_credential(version=published_version(credential.issuer, name="Tie a fly", valid_for_days=30))
    one = f"credentials/{short.public_id}/"
    key = SigningKey.objects.get(algorithm="ed25519")
    base = f"/organisations/{credential.issuer.slug}/"

    def asked(page, dialog, act):
        """Whether a link opens it, and it alone holds what does the act."""
        _before, _mark, inside = page.partition(f'<dialog id="{dialog}"')
        opens = f'href="#{dialog}" data-dialog="{dialog}"' in page
        return opens, act in inside.partition("</dialog>")[0], page.count(act)

    page = desk.get(one)
    assert asked(page, "renew-it", f'action="{base}{one}renew/"') == (True, True, 1)
    assert asked(page, "sign-anew", f'action="{base}{one}reissue/"') == (True, True, 1)
    assert asked(desk.get("keys/"), "change", f'action="{base}keys/rotate/"') == (True, True, 1)
    marking = desk.get(f"keys/{key.public_id}/")
    assert asked(marking, "mark", 'type="submit" form="what-happened"') == (True, True, 1)
    marked = desk.post(f"keys/{key.public_id}/", why="A laptop was stolen.")
    assert asked(marked, "sign-anew", f'action="{base}keys/{key.public_id}/reissue/"') == (True, True, 1)


def test_who_corrects_an_address_is_told_where_the_note_goes(desk, credential):
    version = published_version(credential.issuer, name="Tie a fly")
    desk.post("credentials/award/", version=version.achievement.slug, address="a@b.example", name="Ani", why="Course.")
    wrong = Credential.objects.get(basis="direct")

    page = desk.get(f"credentials/{wrong.public_id}/correct/")

    assert "It is sent to the person who got the badge by mistake, and shown on its old page." in page


def test_what_is_in_its_prime_is_not_renewed(desk, credential):
    page = desk.post(f"credentials/{credential.public_id}/renew/")

    assert "A badge can be renewed once: in the last 60 days" in page


def test_keys_are_changed_marked_and_what_they_signed_is_signed_anew(desk, credential):
    changed = desk.post("keys/rotate/")
    old = SigningKey.objects.get(algorithm="ed25519", state="retired")
    asked = desk.post(f"keys/{old.public_id}/", 422, why="")
    marked = desk.post(f"keys/{old.public_id}/", why="A laptop was stolen.")
    planned = desk.post(f"keys/{old.public_id}/reissue/")
    outbox.drain()

    assert "signed with new keys" in changed
    assert "Mark it as compromised" in asked
    assert "1 badge was signed with it and is still in force." in marked
    assert "Under way" in planned
    assert "there is nothing left to do" in desk.get(f"keys/{old.public_id}/")
    assert "Compromised" in desk.get("keys/")
