"""An appeal, heard by fresh eyes and decided once for all."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core import outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials.models import Credential
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import Appeal, Decision
from tests.factories import ALL_GOOD, appealed, assessor_of, browser, hearing, marks_for, person, seated

pytestmark = pytest.mark.django_db
WHY = "Both films show it; the first assessor saw one."


def answer(attempt, by, **words):
    facts = {"marks": marks_for(attempt), "answers": ALL_GOOD, "note": "", "reason": WHY}
    return verbs.answer_appeal(attempt, by=by, **facts | words)


def test_an_appeal_that_is_upheld_changes_the_outcome_and_awards():
    attempt, lead = hearing()

    decision = answer(attempt, lead)
    outbox.drain()

    attempt.submission.refresh_from_db()
    appeal = Appeal.objects.get()
    assert (appeal.state, appeal.outcome, decision.how, decision.outcome, decision.reason) == (
        "upheld",
        decision,
        "appealed",
        "meets",
        WHY,
    )
    assert (attempt.submission.state, Credential.objects.get().decision_id) == ("awarded", decision.public_id)
    assert WHY in Letter.objects.get(kind="decided_anew").text
    event = Event.objects.get(kind="appeal.answered")
    assert (event.actor_id, event.data) == (lead.public_id, {"appeal": appeal.public_id, "state": "upheld"})


def test_an_appeal_that_is_dismissed_leaves_the_outcome_and_is_final_too():
    attempt, lead = hearing()

    decision = answer(attempt, lead, marks=marks_for(attempt, short=True))

    assert (Appeal.objects.get().state, decision.outcome) == ("dismissed", "not_yet")
    with pytest.raises(Refused, match="the answer to that is final"):
        verbs.lodge_appeal(attempt.submission, by=attempt.submission.learner, ground="bias", grounds="Again.")


def test_the_outcome_may_differ_from_the_levels_with_the_reason():
    attempt, lead = hearing()

    decision = answer(attempt, lead, marks=marks_for(attempt, short=True), outcome="meets")

    assert (decision.outcome, decision.differs, decision.review.outcome) == ("meets", True, "not_yet")
    assert Credential.objects.get().decision_id == decision.public_id


def test_answered_twice_it_is_decided_once():
    attempt, lead = hearing()
    answer(attempt, lead)

    with pytest.raises(Refused, match="don't hold this"):
        answer(attempt, lead)

    assert Decision.objects.count() == 2


def test_it_goes_to_fresh_eyes_and_to_nobody_without_the_part():
    appeal = appealed()
    attempt, issuer = appeal.decision.attempt, appeal.decision.attempt.submission.achievement.issuer
    from apps.issuers import verbs as issuers
    from tests.factories import owner_of

    issuers.seat(appeal.decision.by, issuer, "moderator", by=owner_of(issuer))

    with pytest.raises(PermissionDenied):
        answer(attempt, person())
    with pytest.raises(Refused, match="waits for a lead"):
        verbs.take(attempt, by=assessor_of(attempt.submission.achievement))
    with pytest.raises(Refused, match="another part"):
        verbs.take(attempt, by=appeal.decision.by)

    lead = seated("moderator", issuer)
    verbs.take(attempt, by=lead)
    assert answer(attempt, lead)


def test_what_was_taken_back_is_not_answered():
    attempt, lead = hearing()
    verbs.withdraw_appeal(Appeal.objects.get(), by=attempt.submission.learner)

    with pytest.raises(Refused, match="don't hold this"):
        answer(attempt, lead)

    assert Decision.objects.count() == 1


def test_without_reasons_it_is_not_answered():
    attempt, lead = hearing()

    with pytest.raises(Refused, match="Give the reasons"):
        answer(attempt, lead, reason=" ")

    assert answer(attempt, lead)


def test_the_database_lets_nobody_appeal_against_what_was_decided_on_appeal():
    attempt, lead = hearing()
    decision = answer(attempt, lead)
    appeal = Appeal.objects.get()

    with pytest.raises(IntegrityError, match="is final"), transaction.atomic():
        Appeal.objects.create(decision=decision, ground="bias", grounds="x", lodged_at=appeal.lodged_at)
    with pytest.raises(IntegrityError, match="an_answered_appeal_has_a_decision"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(outcome=None)


def test_the_desk_shows_the_grounds_and_what_was_decided_before_and_asks_afresh():
    attempt, lead = hearing()

    page = browser(lead).get(f"/reviews/{attempt.public_id}/").content.decode()

    said = (
        *("Nobody watched the second film.", "Evidence was overlooked or misread", "What you decide is final."),
        *("How it was decided", "Set the edge evenly", ">Decide the appeal</button>"),
    )
    assert [words for words in said if words not in page] == []
    assert ("0 of 3 marked." in page, page.count("btn btn-primary")) == (True, 1)


def test_on_the_page_it_is_answered_and_without_reasons_nothing_typed_is_lost():
    attempt, lead = hearing()
    client, there = browser(lead), f"/reviews/{attempt.public_id}/answer-appeal/"
    typed = {"c1-level": "2", "c2-level": "3", "c3-level": "2", "note": "Well done.", "decide": "yes"}
    typed |= dict.fromkeys(("valid", "sufficient", "authentic", "current"), "yes")

    empty = client.post(there, typed)
    done = client.post(there, typed | {"reason": WHY}, follow=True)

    assert (empty.status_code, "Well done." in empty.content.decode()) == (422, True)
    assert "The appeal is decided: it meets the rubric." in done.content.decode()
    assert Appeal.objects.get().state == "upheld"
    page = client.get(f"/reviews/{attempt.public_id}/").content.decode()
    said = ("Decided on appeal · Meets the rubric", "Replaced", "Appeal: Upheld", WHY)
    assert [words for words in said if words not in page] == []


def test_while_an_appeal_waits_programs_read_no_decision_either():
    appeal = appealed()
    attempt = appeal.decision.attempt
    readers = [assessor_of(attempt.submission.achievement), seated("moderator", attempt.submission.achievement.issuer)]

    def told(reader):
        return browser(reader).get(f"/api/v1/reviews/{attempt.public_id}/").json()["decision"]

    assert [told(reader) for reader in readers] == [None, None]
    verbs.withdraw_appeal(appeal, by=attempt.submission.learner)
    assert [told(reader)["id"] for reader in readers] == [appeal.decision.public_id] * 2


def test_while_an_appeal_waits_who_might_hear_it_is_not_shown_what_was_decided():
    appeal = appealed()
    attempt = appeal.decision.attempt

    page = browser(seated("moderator", attempt.submission.achievement.issuer)).get(f"/reviews/{attempt.public_id}/")

    assert ("Set the edge evenly" in page.content.decode(), "a lead is to hear that" in page.content.decode()) == (
        False,
        True,
    )
