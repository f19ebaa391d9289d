from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Approval
from tests.factories import browser, events_of, issuer_with_owner, person, seated

pytestmark = pytest.mark.django_db
GRANTED = {
    "authority": "Te Rōpū Kounga",
    "reference": "2024/17",
    "url": "https://kounga.example/17",
    "until": date(2027, 3, 1),
}


def listed():
    return list(Approval.objects.values(*GRANTED))


def test_an_approval_is_added_changed_and_removed_and_each_leaves_a_trail():
    issuer, owner = issuer_with_owner()

    approval = verbs.add_approval(issuer, by=owner, **GRANTED)
    first = listed()
    verbs.change_approval(approval, by=owner, authority="Te Rōpū Kounga", reference="2026/3")
    second = listed()
    verbs.remove_approval(approval, by=owner)

    assert first == [GRANTED]
    assert second == [{"authority": "Te Rōpū Kounga", "reference": "2026/3", "url": "", "until": None}]
    assert listed() == []
    assert events_of(approval) == [(f"approval.{act}", owner.public_id) for act in ("added", "changed", "removed")]


def test_the_same_one_twice_is_refused_in_words():
    issuer, owner = issuer_with_owner()
    verbs.add_approval(issuer, by=owner, **GRANTED)
    other = verbs.add_approval(issuer, by=owner, authority="Somebody")

    with pytest.raises(Refused, match="listed already"):
        verbs.add_approval(issuer, by=owner, **GRANTED)
    with pytest.raises(Refused, match="listed already"):
        verbs.change_approval(other, by=owner, **GRANTED)

    verbs.change_approval(other, by=owner, authority="Somebody", until=date(2030, 1, 1))
    assert len(listed()) == 2


def test_removed_twice_it_is_told_once():
    issuer, owner = issuer_with_owner()
    approval = verbs.add_approval(issuer, by=owner, **GRANTED)
    same = Approval.objects.get()

    verbs.remove_approval(approval, by=owner)
    verbs.remove_approval(same, by=owner)

    assert [kind for kind, _by in events_of(same)] == ["approval.added", "approval.removed"]


def test_there_is_an_end_to_them(monkeypatch):
    issuer, owner = issuer_with_owner()
    Approval.objects.bulk_create(Approval(issuer=issuer, authority=f"A {number}") for number in range(50))

    with pytest.raises(Refused, match="up to 50"):
        verbs.add_approval(issuer, by=owner, **GRANTED)


def test_who_does_not_run_it_changes_nothing():
    issuer, owner = issuer_with_owner()
    approval = verbs.add_approval(issuer, by=owner, **GRANTED)
    inside = f"/organisations/{issuer.slug}/approvals/"

    for someone in (seated("designer", issuer), issuer_with_owner()[1], person()):
        with pytest.raises(PermissionDenied):
            verbs.add_approval(issuer, by=someone, authority="Mine")
        with pytest.raises(PermissionDenied):
            verbs.change_approval(approval, by=someone, authority="Mine")
        with pytest.raises(PermissionDenied):
            verbs.remove_approval(approval, by=someone)
        client = browser(someone)
        answers = [client.get(inside), client.get(f"{inside}{approval.public_id}/")]
        answers.append(client.post(f"{inside}{approval.public_id}/remove/"))
        assert [answer.status_code for answer in answers] == [404, 404, 404]

    assert listed() == [GRANTED]


def test_anothers_approval_is_not_found_under_ones_own_address():
    issuer, owner = issuer_with_owner()
    theirs, other = issuer_with_owner()
    approval = verbs.add_approval(theirs, by=other, **GRANTED)

    answer = browser(owner).get(f"/organisations/{issuer.slug}/approvals/{approval.public_id}/")

    assert answer.status_code == 404


def test_the_pages_add_change_and_remove():
    issuer, owner = issuer_with_owner()
    client, inside = browser(owner), f"/organisations/{issuer.slug}/approvals/"

    added = client.post(inside, GRANTED | {"until": "2027-03-01"})
    first = listed()
    approval = Approval.objects.get()
    form = client.get(f"{inside}{approval.public_id}/").content.decode()
    changed = client.post(f"{inside}{approval.public_id}/", {"authority": "Kounga", "url": "kounga.example"})
    second = listed()
    removed = client.post(f"{inside}{approval.public_id}/remove/", follow=True).content.decode()

    assert (added.headers["Location"], first) == (inside, [GRANTED])
    assert 'value="2027-03-01"' in form
    assert changed.headers["Location"] == inside
    assert second == [{"authority": "Kounga", "reference": "", "url": "https://kounga.example", "until": None}]
    assert "Removed: Kounga." in removed


@pytest.mark.parametrize(
    "wrong", [{"until": "3000-01-01"}, {"until": "soon"}, {"authority": ""}, {"url": "javascript:alert(1)"}]
)
def test_what_was_typed_and_not_taken_comes_back(wrong):
    issuer, owner = issuer_with_owner()
    typed = GRANTED | {"until": "2027-03-01"} | wrong

    answer = browser(owner).post(f"/organisations/{issuer.slug}/approvals/", typed)

    assert (answer.status_code, listed()) == (422, [])
    assert 'value="2024/17"' in answer.content.decode()


def test_the_same_one_twice_is_told_on_both_pages():
    issuer, owner = issuer_with_owner()
    verbs.add_approval(issuer, by=owner, authority="One")
    other = verbs.add_approval(issuer, by=owner, authority="Other")
    inside = f"/organisations/{issuer.slug}/approvals/"

    for page in (inside, f"{inside}{other.public_id}/"):
        answer = browser(owner).post(page, {"authority": "One"})
        assert (answer.status_code, "listed already" in answer.content.decode()) == (422, True)


def test_the_last_day_still_counts_where_the_issuer_is():
    issuer, owner = issuer_with_owner()
    approval = verbs.add_approval(issuer, by=owner, authority="Kounga", until=date(2027, 3, 1))
    endless = verbs.add_approval(issuer, by=owner, authority="Forever")
    found = []
    # Midnight in Auckland, summer time, is 11:00 UTC the day before.
    for hour in (10, 11):
        with clock.at(datetime(2027, 3, 1, hour, tzinfo=UTC)):
            found.append((approval.has_run_out, endless.has_run_out))

    assert found == [(False, False), (True, False)]
