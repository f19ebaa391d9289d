"""The pages of credit: asked with a preview, read and answered at a partner, and by the link in a letter."""

import io
import json
import zipfile
from decimal import Decimal

import pytest
from django.test import Client

from apps.core import clock
from apps.issuers.models import Seat
from apps.pathways import tokens, verbs
from apps.pathways.models import CreditRequest
from tests.factories import (
    agreed,
    asked_for_credit,
    browser,
    held,
    issuer_with_owner,
    newest_letter,
    outsider,
    owner_of,
    person,
    seated,
)

pytestmark = pytest.mark.django_db


def test_a_learner_sees_what_the_partner_would_asks_and_takes_it_back():
    badge = held()
    agreement = agreed(badge.achievement, conditions="A talk first.")
    me, path = browser(badge.earner), f"/c/{badge.public_id}/credit/"
    assert path in me.get(badge.get_absolute_url()).text
    assert path in me.get(badge.achievement.get_absolute_url()).text
    typed = {"agreement": agreement.public_id, "credits_asked": "4", "note": "From March.", "result_1": "on"}

    preview = me.post(path, typed | {"act": "preview"})
    assert ("What the partner will see" in preview.text, CreditRequest.objects.exists()) == (True, False)
    assert "This badge is genuine and valid today" in preview.text
    too_many = me.post(path, typed | {"act": "ask", "credits_asked": "6"})
    assert (too_many.status_code, "counts 5 credits at most" in too_many.text) == (422, True)
    answer = me.post(path, typed | {"act": "ask"})
    asked = CreditRequest.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/credit/{asked.public_id}/")
    page = me.get(answer.url).text
    assert ("From March." in page, "4 NZQA credits, 40 hours" in page, "A talk first." in page) == (True, True, True)
    assert ("You have asked wherever it counts" in me.get(path).text) is True
    assert f"/credit/{asked.public_id}/" in me.get(badge.get_absolute_url()).text
    assert "Blades" in me.get("/credit/").text

    me.post(f"/credit/{asked.public_id}/withdraw/")
    assert "Withdrawn" in me.get(answer.url).text


def test_a_recogniser_reads_the_dossier_and_counts_three_of_five():
    badge = held()
    agreement = agreed(badge.achievement)
    recogniser = seated(Seat.Role.RECOGNISER, agreement.partner)
    asked = asked_for_credit(badge, agreement, note="From March.")
    inbox, path = browser(recogniser), f"/credit/{asked.public_id}/"
    assert "Aroha Lee: Blades" in inbox.get("/credit/").text
    assert "1 learner waits for your answer" in inbox.get("/").text

    page = inbox.get(path).text
    assert ("Aroha Lee" in page, "This badge is genuine and valid today" in page, "From March." in page) == (True,) * 3
    for typed, why in (
        ({"outcome": "part", "credits": "5", "reason": "x"}, "fewer than 5"),
        ({"outcome": "part", "credits": "3"}, "Say why not all of it counts"),
        ({}, "This field is required"),
    ):
        refused = inbox.post(f"{path}answer/", typed)
        assert (refused.status_code, why in refused.text) == (422, True)
    answer = inbox.post(f"{path}answer/", {"outcome": "part", "credits": "3", "reason": "Two we teach."})
    assert (answer.status_code, answer.url) == (302, path)

    mine = browser(badge.earner)
    said = f"{agreement.partner_called} counted 3 of 5 NZQA credits"
    assert (said in mine.get(path).text, "Two we teach." in mine.get(path).text) == (True, True)
    assert (said in mine.get(badge.get_absolute_url()).text) is True
    assert ("Blades" in inbox.get("/credit/?view=answered").text, "Answer for" in inbox.get(path).text) == (True, False)


def test_who_answered_late_hears_that_it_is_over():
    badge = held()
    asked = asked_for_credit(badge)
    chief = owner_of(asked.agreement.partner)
    verbs.answer_credit(asked, by=chief, counted=Decimal(5))

    answer = browser(chief).post(f"/credit/{asked.public_id}/answer/", {"outcome": "all"})

    assert answer.status_code in {200, 422}
    assert "Answer for" not in answer.text
    assert CreditRequest.objects.get().state == "accepted"


def test_a_partner_without_an_account_answers_by_its_letter_and_then_reads_the_answer_alone():
    badge = held()
    asked = asked_for_credit(badge, agreed(badge.achievement, partner=outsider()))
    path = f"/credit/link/{tokens.token_of(asked.public_id)}/"
    assert f"http://localhost:8000{path}" in newest_letter("credit@longwater.example").text
    somebody = Client()

    page = somebody.get(path)
    assert ("Aroha Lee" in page.text, page["Referrer-Policy"], page["X-Robots-Tag"]) == (True, "same-origin", "noindex")
    assert "no-store" in page["Cache-Control"]
    nameless = somebody.post(f"{path}answer/", {"outcome": "all"})
    assert (nameless.status_code, list(nameless.context["form"].errors)) == (422, ["name"])
    done = somebody.post(
        f"{path}answer/", {"outcome": "part", "credits": "3", "reason": "Two we teach.", "name": "Moana"}
    )
    assert (done.status_code, done.url) == (302, path)

    after = somebody.get(path).text
    assert ("counted 3 of 5" in after, "Moana" in after, badge.version.name in after) == (True, True, False)
    again = somebody.post(f"{path}answer/", {"outcome": "all", "name": "Moana"})
    closed = [somebody.get(f"{path}{one}").status_code for one in ("dossier.zip", f"evidence/{'a' * 26}/")]
    assert (again.status_code, closed, CreditRequest.objects.get().state) == (409, [404, 404], "partly")


def test_a_link_that_opens_nothing_answers_as_one_that_never_was():
    badge = held()
    asked = asked_for_credit(badge, agreed(badge.achievement, partner=outsider()))
    path = f"/credit/link/{tokens.token_of(asked.public_id)}/"
    paths = [f"{path}{one}" for one in ("", "dossier.zip", f"evidence/{'a' * 26}/")]
    never = [one.replace(path, f"/credit/link/{'b' * 26}/") for one in paths]

    with clock.at(asked.link_until):
        over = [Client().get(one).status_code for one in paths]
        posted = Client().post(f"{path}answer/", {"outcome": "all", "name": "x"}).status_code
    verbs.withdraw_credit_request(asked, by=badge.earner)

    assert over + [posted] + [Client().get(one).status_code for one in (*paths, *never)] == [404] * 10


def test_an_empty_inbox_says_so_and_a_learner_has_no_inbox():
    issuer, _owner = issuer_with_owner()
    assert "Nobody is waiting for your answer" in browser(seated(Seat.Role.RECOGNISER, issuer)).get("/credit/").text
    learner = browser(person()).get("/credit/?view=waiting").text
    assert ("You have not asked for any" in learner, "Waiting for your answer" in learner) == (True, False)


def test_what_one_does_not_hold_cannot_be_asked_for():
    badge = held()
    agreed(badge.achievement)
    assert browser(person()).get(f"/c/{badge.public_id}/credit/").status_code == 404
    other = held()
    assert "No partner counts it at present" in browser(other.earner).get(f"/c/{other.public_id}/credit/").text


def test_the_zip_holds_the_signed_record_and_says_what_the_page_says():
    badge = held()
    asked = asked_for_credit(badge, note="From March.")
    chief = browser(owner_of(asked.agreement.partner))

    answer = chief.get(f"/credit/{asked.public_id}/dossier.zip")

    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    signed = badge.forms.get(format="ob3-eddsa-rdfc-2022").text
    assert archive.namelist() == ["dossier.json", "01-blades/credential.json"]
    assert archive.read("01-blades/credential.json").decode() == signed
    told = json.loads(archive.read("dossier.json"))
    (one,) = told["credentials"]
    assert (told["learner"], told["credits_asked"], one["name"], one["verdict"]) == (
        "Aroha Lee",
        "5.0",
        "Blades",
        "good",
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_asks_as_much_for_3_as_for_1(django_assert_num_queries, rows):
    partner, chief = issuer_with_owner()
    for _each in range(rows):
        badge = held()
        asked_for_credit(badge, agreed(badge.achievement, partner=partner))
    client = browser(chief)

    with django_assert_num_queries(10):
        page = client.get("/credit/").text
    assert page.count('class="ev ev-row') == rows
