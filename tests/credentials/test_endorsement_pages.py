"""The inbox, the page of one endorsement, the forms, and where a signed one is shown."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.core import clock, outbox
from apps.credentials import verbs
from apps.credentials.models import Credential, Endorsement
from tests.factories import (
    awarded_credential,
    browser,
    endorsed,
    issuer_with_owner,
    owner_of,
    person,
    published_version,
    requested,
)

pytestmark = pytest.mark.django_db

ACCEPT = {"Accept": "application/vc"}


def page_of(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_one_asks_and_the_other_answers_through_the_pages():
    subject, owner = issuer_with_owner("Kōwhai Ridge")
    endorser, chief = issuer_with_owner("Longwater")
    asker, answerer = browser(owner), browser(chief)
    path = f"/endorsements/request/issuer/{subject.slug}/"

    assert f'value="{subject.slug}"' not in page_of(asker, path)
    answer = asker.post(path, {"endorser": endorser.slug, "note": "You know us."}, follow=True)
    asked = Endorsement.objects.get()
    assert answer.redirect_chain == [(f"/endorsements/{asked.public_id}", 302)]
    assert "Asked. Longwater has ninety days to answer." in answer.content.decode()

    inbox = page_of(answerer, "/endorsements/")
    assert ("Kōwhai Ridge" in inbox, f"/endorsements/{asked.public_id}" in inbox) == (True, True)
    page = page_of(answerer, f"/endorsements/{asked.public_id}")
    assert ("You know us." in page, "Endorse it" in page, "Withdraw the request" in page) == (True, True, False)
    empty = answerer.post(f"/endorsements/{asked.public_id}/accept/", {"comment": " "})
    assert empty.status_code == 422
    answerer.post(f"/endorsements/{asked.public_id}/accept/", {"comment": "They can shear."})
    asked.refresh_from_db()
    assert (asked.state, asked.comment) == ("accepted", "They can shear.")
    again = answerer.post(f"/endorsements/{asked.public_id}/decline/", {"reason": ""})
    assert (again.status_code, "can no longer be done" in again.content.decode()) == (422, True)


def test_the_pages_decline_withdraw_and_take_back():
    first, second, third = requested(), requested(), endorsed()

    browser(owner_of(first.endorser)).post(f"/endorsements/{first.public_id}/decline/", {"reason": "No."})
    browser(second.asked_by).post(f"/endorsements/{second.public_id}/withdraw/")
    browser(owner_of(third.endorser)).post(f"/endorsements/{third.public_id}/take-back/")

    states = {one.pk: one.state for one in Endorsement.objects.all()}
    assert states == {first.pk: "declined", second.pk: "withdrawn", third.pk: "revoked"}


def test_a_signed_one_is_read_by_everybody_as_page_and_as_json():
    found = endorsed(comment="They *can*. <script>alert(1)</script>")
    path = found.get_absolute_url()

    page = page_of(Client(), path)
    assert ("<em>can</em>" in page, "<script>alert" in page, found.asked_by.name in page) == (True, False, False)
    answer = Client().get(path, headers=ACCEPT)
    assert (answer.status_code, answer.headers["Content-Type"], answer.content.decode()) == (
        200,
        "application/vc",
        found.text,
    )
    again = Client().get(path, headers=ACCEPT | {"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_until_it_is_signed_only_the_two_sides_see_it():
    asked = requested()
    path = asked.get_absolute_url()

    for somebody in (None, person()):
        assert browser(somebody).get(path).status_code == 404
    assert browser(asked.asked_by).get(path, headers=ACCEPT).status_code == 404
    verbs.accept_endorsement(asked, by=owner_of(asked.endorser), comment="Yes.")
    assert Client().get(path).status_code == 404
    assert browser(asked.asked_by).get(path, headers=ACCEPT).status_code == 503


def test_once_taken_back_its_page_says_so_without_its_words():
    found = endorsed(comment="Remarkable words.")
    verbs.take_back_endorsement(found, by=owner_of(found.endorser))

    page = page_of(Client(), found.get_absolute_url())

    assert ("no longer endorses" in page, "Remarkable" in page) == (True, False)
    assert Client().get(found.get_absolute_url(), headers=ACCEPT).status_code == 410
    assert "Remarkable" not in page_of(Client(), found.issuer.get_absolute_url())


def test_once_its_key_is_in_other_hands_its_page_says_so_without_its_words_until_it_is_signed_anew():
    found = endorsed(comment="Remarkable words.")
    owner, path = owner_of(found.endorser), found.get_absolute_url()
    before = page_of(Client(), path)

    verbs.compromise_key(found.key, by=owner, why="Leaked.")
    after = page_of(Client(), path)
    verbs.reissue_touched(found.key, by=owner)
    outbox.drain()
    found.refresh_from_db()
    anew = page_of(Client(), found.superseded_by.get_absolute_url())

    said = [
        (" endorses <strong>" in one, "is no longer valid." in one, "Remarkable" in one)
        for one in (before, after, anew)
    ]
    assert said == [(True, False, True), (False, True, False), (True, False, True)]


def test_what_is_said_for_a_private_badge_is_hidden_with_it():
    credential = awarded_credential()
    found = endorsed(credential)

    for headers in ({}, ACCEPT):
        assert Client().get(found.get_absolute_url(), headers=headers).status_code == 404
        assert browser(person()).get(found.get_absolute_url(), headers=headers).status_code == 404
        assert browser(credential.earner).get(found.get_absolute_url(), headers=headers).status_code == 200
        assert browser(owner_of(found.endorser)).get(found.get_absolute_url(), headers=headers).status_code == 200
    link = f'href="{credential.get_absolute_url()}"'
    assert link in page_of(browser(credential.earner), found.get_absolute_url())
    assert link not in page_of(browser(owner_of(found.endorser)), found.get_absolute_url())
    Credential.objects.filter(pk=credential.pk).update(visibility="link")
    assert credential.earner.name in page_of(Client(), found.get_absolute_url())


def test_signed_words_stand_beside_what_they_are_about():
    credential = awarded_credential()
    Credential.objects.filter(pk=credential.pk).update(visibility="link")
    of_issuer = endorsed(credential.issuer, comment="About the issuer.")
    endorsed(credential.version, comment="About the badge.")
    endorsed(credential, comment="About this one.")
    endorsed(published_version(), comment="About another.")
    requested(credential.version)

    def said(path):
        page = page_of(Client(), path)
        return [word for word in ("the issuer", "the badge", "this one", "another") if f"About {word}." in page]

    assert said(credential.issuer.get_absolute_url()) == ["the issuer"]
    assert said(credential.achievement.get_absolute_url()) == ["the badge"]
    assert said(credential.get_absolute_url()) == ["the issuer", "the badge", "this one"]
    assert of_issuer.endorser.name in page_of(Client(), credential.issuer.get_absolute_url())


def test_the_lists_hold_what_is_each_ones():
    subject, owner = issuer_with_owner()
    endorser, chief = issuer_with_owner()
    version = published_version(subject)
    waiting, done = requested(subject, endorser=endorser), endorsed(version, endorser=endorser)
    requested()  # of others

    def shown(somebody, view):
        context = browser(somebody).get(f"/endorsements/?view={view}").context
        return [one.pk for one in context["page"]], [choice.number for choice in context["views"]]

    assert shown(chief, "waiting") == ([waiting.pk], [1, 1, 0])
    assert shown(chief, "answered") == ([done.pk], [1, 1, 0])
    assert shown(owner, "asked") == ([done.pk, waiting.pk], [0, 0, 2])
    assert shown(person(), "nonsense") == ([], [0, 0, 0])
    with clock.at(waiting.expires_at + timedelta(days=1)):
        assert shown(chief, "waiting") == ([], [0, 2, 0])
