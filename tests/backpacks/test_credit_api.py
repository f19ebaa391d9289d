"""Credit for programs."""

import pytest
from django.test import Client

from apps.accounts.verbs import create_token
from apps.credentials.queries import evidence_of
from tests.factories import (
    agreed,
    asked_for_credit,
    awarded_credential,
    browser,
    held,
    issuer_with_owner,
    owner_of,
    person,
)

pytestmark = pytest.mark.django_db
REQUESTS = "/api/v1/credit-requests/"


def test_anybody_reads_where_things_count():
    badge = held()
    agreement = agreed(badge.achievement, level_framework="nzqf", level_number=4)

    (one,) = Client().get(f"/api/v1/agreements/?achievement={badge.achievement.slug}").json()["results"]
    told = Client().get(f"/api/v1/achievements/{badge.achievement.slug}/").json()["recognition"]

    assert told == [one]
    assert {name: one[name] for name in ("id", "name", "partner", "credits", "hours", "level_number", "ends_on")} == {
        "id": agreement.public_id,
        "name": "Blades",
        "partner": agreement.partner.slug,
        "credits": "5.0",
        "hours": "50 hours",
        "level_number": 4,
        "ends_on": None,
    }
    for nowhere in ("pathway=none", "pathway=%00", "achievement=none", "achievement=%00"):
        answer = Client().get(f"/api/v1/agreements/?{nowhere}")
        assert (answer.status_code, answer.json()["results"]) == (200, []), nowhere


def test_a_learner_asks_and_a_recogniser_answers_with_tokens_of_their_own():
    badge = awarded_credential()
    agreement = agreed(badge.achievement)
    text = evidence_of(badge)[0]
    mine = {
        "Authorization": f"Bearer {create_token(badge.earner, by=badge.earner, name='x', scopes=['credit:write'])[1]}"
    }
    chief = owner_of(agreement.partner)
    body = {
        "agreement": agreement.public_id,
        "credits_asked": "5",
        "chosen": [{"credential": badge.public_id, "shows_result": False, "evidence": [text]}],
    }

    asked = Client().post(REQUESTS, body, content_type="application/json", headers=mine)
    assert asked.status_code == 201, asked.json()
    (one,) = asked.json()["credentials"]
    assert (asked.json()["state"], [piece["name"] for piece in one["evidence"]], "results" in one) == (
        "asked",
        ["Evidence 1"],
        False,
    )
    there = f"{REQUESTS}{asked.json()['id']}/"
    assert Client().get(there, headers=mine).status_code == 403  # writes, and does not read
    again = Client().post(REQUESTS, body, content_type="application/json", headers=mine)
    assert (again.status_code, "already" in again.json()["detail"]) == (409, True)
    inbox = browser(chief)
    assert [row["id"] for row in inbox.get(f"{REQUESTS}?view=waiting").json()["results"]] == [asked.json()["id"]]
    slip = inbox.post(f"{there}answer/", {"credits": "3"}, content_type="application/json")
    assert (slip.status_code, "Say why" in slip.json()["detail"]) == (409, True)
    answer = inbox.post(f"{there}answer/", {"credits": "3", "reason": "Two we teach."}, content_type="application/json")
    assert (answer.json()["state"], answer.json()["credits_granted"]) == ("partly", "3.0")
    late = Client().post(f"{there}withdraw/", headers=mine)
    assert late.status_code == 409


def test_others_find_nothing_and_what_is_not_part_of_it_is_named_at_its_place():
    badge, agreement = (found := held()), agreed(found.achievement)
    client = browser(badge.earner)
    wrong = {"agreement": agreement.public_id, "credits_asked": "5", "chosen": [{"credential": "a" * 26}]}
    refused = client.post(REQUESTS, wrong, content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/chosen/0/credential")
    made = client.post(REQUESTS, wrong | {"chosen": []}, content_type="application/json").json()
    there = f"{REQUESTS}{made['id']}/"
    for stranger in (person(), owner_of(agreement.issuer), issuer_with_owner()[1]):
        other = browser(stranger)
        assert other.get(there).status_code == 404
        assert other.post(f"{there}answer/", {"credits": "5"}, content_type="application/json").status_code == 404
        assert other.post(f"{there}withdraw/").status_code == 404
        assert other.get(f"{REQUESTS}?view=waiting").json()["results"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_as_much_for_3_as_for_1(django_assert_num_queries, rows):
    partner, chief = issuer_with_owner()
    for _each in range(rows):
        badge = held()
        asked_for_credit(badge, agreed(badge.achievement, partner=partner))
    client = browser(chief)

    with django_assert_num_queries(3):
        assert len(client.get(f"{REQUESTS}?view=waiting").json()["results"]) == rows
    with django_assert_num_queries(1):
        assert len(Client().get("/api/v1/agreements/").json()["results"]) == rows
