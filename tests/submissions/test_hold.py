"""A submission is put under a legal hold in the browser, by those who answer for it, and the hold is lifted there."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.accounts import verbs as accounts
from apps.accounts.models import LegalHold, User
from apps.core import clock
from apps.issuers import verbs as issuers
from apps.submissions import verbs
from apps.submissions.models import Submission
from tests.factories import (
    browser,
    decided,
    events_of,
    issuer_with_owner,
    open_attempt,
    operator,
    owner_of,
    person,
    published_version,
    seat_of,
    seated,
    taken_attempt,
)

pytestmark = pytest.mark.django_db


class Work:
    """Some that was handed in, its organisation's owner, and the pages of its holds."""

    def __init__(self, *, blind=False):
        self.attempt, self.assessor = taken_attempt(published_version(blind=blind))
        self.submission = self.attempt.submission
        self.issuer = self.submission.achievement.issuer
        self.owner = owner_of(self.issuer)
        self.page = f"/organisations/{self.issuer.slug}/holds/"
        self.story = f"/reviews/{self.attempt.public_id}/story/"

    def place(self, by, *, submission="", reason="Case 12"):
        asked = {"submission": submission or self.submission.reference, "reason": reason}
        return browser(by).post(self.page, asked)

    def lift(self, by):
        return browser(by).post(f"{self.page}{LegalHold.objects.get().public_id}/lift/")


@pytest.fixture
def work():
    return Work()


def standing():
    return [(one.submission_id, one.reason, one.placed_by.name) for one in LegalHold.objects.standing()]


@pytest.mark.parametrize("called", ["reference", "public_id"])
def test_an_owner_places_a_hold_and_reads_who_placed_it_when_and_why(work, called):
    answer = work.place(work.owner, submission=getattr(work.submission, called))

    page = browser(work.owner).get(work.page).content.decode()
    told = work.submission.reference, "Case 12", f"Placed by {work.owner.name}", "Lift the hold"
    assert (answer.status_code, answer.url) == (302, work.page)
    assert standing() == [(work.submission.public_id, "Case 12", work.owner.name)]
    assert [words in page for words in told] == [True] * 4
    assert events_of(LegalHold.objects.get()) == [("hold.placed", work.owner.public_id)]


@pytest.mark.parametrize("again", ["the same owner", "an operator"])
def test_placed_twice_the_first_hold_stands_and_the_second_is_told_of_it(work, again):
    with clock.at(datetime(2026, 3, 3, 12, tzinfo=UTC)):
        work.place(work.owner)

    answer = work.place(work.owner if again == "the same owner" else operator(), reason="Another case")

    why = f"It is on hold already: {work.owner.name} placed a hold on 4 March 2026."
    assert (answer.status_code, why in answer.content.decode()) == (422, True)
    assert standing() == [(work.submission.public_id, "Case 12", work.owner.name)]


def test_work_that_was_erased_in_its_time_is_not_held(work):
    Submission.objects.filter(pk=work.submission.pk).update(forgotten_at=clock.now())

    answer = work.place(work.owner)

    why = "There is nothing left to hold: this work was erased when the time to keep it was over."
    assert (answer.status_code, why in answer.content.decode(), standing()) == (422, True, [])


def test_an_operator_places_one_too_and_lifts_that_of_an_owner(work):
    boss = operator()
    work.place(work.owner)

    asked = browser(boss).get(f"{work.page}{LegalHold.objects.get().public_id}/lift/").content.decode()
    work.lift(boss)

    assert ("Lift the hold?" in asked, "Case 12" in asked) == (True, True)
    assert standing() == []
    assert [kind for kind, _by in events_of(LegalHold.objects.get())] == ["hold.placed", "hold.lifted"]
    assert "No submission is on hold." in browser(work.owner).get(work.page).content.decode()


@pytest.mark.parametrize("placer", ["an owner", "an owner who has left since"])
def test_another_owner_lifts_what_an_owner_placed_and_is_recorded(work, placer):
    other = seated("owner", work.issuer)
    work.place(work.owner)
    if placer == "an owner who has left since":
        issuers.end_seat(seat_of(work.owner), by=other)

    asked = browser(other).get(work.page).content.decode()
    answer = work.lift(other)

    hold = LegalHold.objects.get()
    assert ("Lift the hold" in asked, answer.status_code, hold.lifted_by) == (True, 302, other)
    assert events_of(hold) == [("hold.placed", work.owner.public_id), ("hold.lifted", other.public_id)]


@pytest.mark.parametrize("placer", ["an operator", "somebody who became an owner later"])
def test_an_owner_reads_what_was_not_placed_by_an_owner_and_cannot_lift_it(work, placer):
    boss = operator()
    work.place(boss)
    if placer == "somebody who became an owner later":
        User.objects.filter(pk=boss.pk).update(is_operator=False)
        issuers.seat(boss, work.issuer, "owner", by=work.owner)

    read = browser(work.owner).get(work.page).content.decode()
    answer = work.lift(work.owner)

    assert ("Case 12" in read, "Lift the hold" in read, answer.status_code) == (True, False, 403)
    assert len(standing()) == 1


def test_only_an_operator_lifts_a_hold_on_a_whole_account(work):
    hold = accounts.hold(work.submission.learner, by=operator(), reason="Case 12")

    with pytest.raises(PermissionDenied):
        accounts.lift_hold(hold, by=work.owner)
    assert len(standing()) == 1


def test_no_owner_of_another_organisation_lifts_it(work):
    work.place(work.owner)

    for somebody in (issuer_with_owner()[1], work.submission.learner, person()):
        with pytest.raises(PermissionDenied):
            verbs.lift_hold(LegalHold.objects.get(), by=somebody)
    assert len(standing()) == 1


def test_lifted_twice_is_answered_the_same_and_lifts_once(work):
    work.place(work.owner)
    inside, page = browser(work.owner), f"{work.page}{LegalHold.objects.get().public_id}/lift/"

    answers = [inside.post(page, follow=True) for _each in range(2)]
    asked = inside.get(page)

    told = "Lifted. What is due to be erased is erased from now on."
    assert [(one.redirect_chain, told in one.content.decode()) for one in answers] == [([(work.page, 302)], True)] * 2
    assert (asked.status_code, asked.url) == (302, work.page)
    assert [kind for kind, _by in events_of(LegalHold.objects.get())] == ["hold.placed", "hold.lifted"]


@pytest.mark.parametrize("same", ["the account", "an address in common"])
def test_an_owner_neither_reads_nor_places_nor_lifts_a_hold_on_their_own_work(work, same):
    learner = work.submission.learner
    if same == "an address in common":
        other = seated("owner", work.issuer)
        EmailAddress.objects.create(user=other, email=learner.email, verified=False)
        learner = other
    else:
        issuers.seat(learner, work.issuer, "owner", by=work.owner)
    other_work = decided(version=published_version(work.issuer)).attempt.submission

    placed = work.place(learner)
    elsewhere = work.place(learner, submission=other_work.public_id, reason="Case 9")
    work.place(work.owner)
    read = browser(learner).get(work.page).content.decode()
    hold = LegalHold.objects.get(submission_id=work.submission.public_id)
    lifted = [
        getattr(browser(learner), how)(f"{work.page}{hold.public_id}/lift/").status_code for how in ("get", "post")
    ]

    why = "This work is yours. Ask another owner, or an operator, to place the hold."
    assert (placed.status_code, why in placed.content.decode(), elsewhere.status_code) == (422, True, 302)
    assert (lifted, "Case 12" in read, "Case 9" in read) == ([404, 404], False, True)
    assert [reason for _submission, reason, _by in standing()] == ["Case 12", "Case 9"]


def test_nobody_else_finds_the_pages(work):
    work.place(work.owner)
    strangers = [
        *(work.assessor, work.submission.learner, person(), seated("manager", work.issuer)),
        *(seated("moderator", work.issuer), issuer_with_owner()[1]),
    ]

    assert [work.place(one).status_code for one in strangers] == [404] * 6
    assert [work.lift(one).status_code for one in strangers] == [404] * 6
    assert Client().get(work.page).status_code == 302
    assert len(standing()) == 1


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"submission": "S-ZZZZ"}, "No submission to this organisation has that reference."),
        ({"submission": "S-"}, "No submission to this organisation has that reference."),
        ({"reason": " "}, "This field is required."),
    ],
)
def test_what_cannot_be_placed_says_why_and_keeps_what_was_typed(work, asked, why):
    answer = work.place(work.owner, **asked)

    page = answer.content.decode()
    assert (answer.status_code, why in page, standing()) == (422, True, [])
    assert asked.get("reason", "Case 12") in page


def test_a_draft_and_work_elsewhere_are_not_found(work):
    draft = open_attempt(published_version(work.issuer)).submission
    elsewhere = decided().attempt.submission

    answers = [work.place(work.owner, submission=one.public_id).status_code for one in (draft, elsewhere)]

    assert (answers, standing()) == ([422, 422], [])


def test_a_reference_that_two_have_asks_for_the_whole_id(work):
    other = decided(version=published_version(work.issuer)).attempt.submission
    twin = work.submission.public_id[:4] + other.public_id[4:]
    Submission.objects.filter(pk=other.pk).update(public_id=twin)

    refused = work.place(work.owner).content.decode()
    work.place(work.owner, submission=twin)

    assert "Several submissions have that reference." in refused
    assert [one for one, _reason, _by in standing()] == [twin]


def test_the_story_offers_it_to_an_owner_who_may_assess_and_to_no_other_assessor(work):
    issuers.seat(work.owner, work.issuer, "assessor", by=work.owner)

    before = [browser(one).get(work.story).content.decode() for one in (work.owner, work.assessor)]
    work.place(work.owner, submission=work.submission.public_id)
    after = [browser(one).get(work.story).content.decode() for one in (work.owner, work.assessor)]

    assert ["Place a hold" in page for page in before] == [True, False]
    assert [("Place a hold" in page, "Case 12" in page) for page in after] == [(False, True), (False, False)]


def test_of_blind_work_no_page_says_whose_it_is():
    work = Work(blind=True)
    User.objects.filter(pk=work.submission.learner_id).update(name="Aroha Pickering")
    issuers.seat(work.owner, work.issuer, "assessor", by=work.owner)
    work.place(work.owner, reason="Aroha Pickering, case 12")

    hold = LegalHold.objects.get()
    for page in (work.page, f"{work.page}{hold.public_id}/lift/", work.story):
        read = browser(work.owner).get(page).content.decode()
        assert ("Aroha" in read, "case 12" in read) == (False, True)
    assert hold.reason == "Aroha Pickering, case 12"


@pytest.mark.parametrize(("blind", "queries"), [(False, 11), (True, 12)], ids=["open", "blind"])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_for_one_and_for_three(django_assert_num_queries, work, rows, blind, queries):
    client = browser(work.owner)
    for _number in range(rows):
        version = published_version(work.issuer, blind=blind)
        verbs.hold(decided(version=version).attempt.submission, by=work.owner, reason="Case 12")
    client.get(work.page)

    with django_assert_num_queries(queries):
        page = client.get(work.page).content.decode()
    assert page.count("Case 12") == rows
