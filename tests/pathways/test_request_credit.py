"""A learner asks a partner to count what they hold, and the partner answers: here, or by the link in its letter."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.accounts import verbs as accounts
from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.issuers import verbs as issuers
from apps.issuers.models import Seat
from apps.notices.models import Notice
from apps.pathways import queries, tokens, verbs
from apps.pathways.models import CreditRequest, DossierItem, DossierPiece
from tests.factories import (
    agreed,
    asked_for_credit,
    browser,
    events_of,
    held,
    issuer_with_owner,
    letters_to,
    newest_letter,
    outsider,
    owner_of,
    person,
    seated,
)
from tests.factories.pathways import badge as badge_of
from tests.factories.pathways import published
from tests.pathways.walkers import bring, counting, follow, give

pytestmark = pytest.mark.django_db
OUTSIDE = "credit@longwater.example"


@pytest.fixture
def badge():
    return held()


def answered(request, counted, reason="We ask for more.", **facts):
    by = facts.get("by") or owner_of(request.agreement.partner)
    return verbs.answer_credit(request, by=by, counted=Decimal(counted), reason=reason)


def test_asking_freezes_a_dossier_and_tells_everybody_who_answers(badge):
    agreement = agreed(badge.achievement)
    recogniser = seated(Seat.Role.RECOGNISER, agreement.partner)

    request = asked_for_credit(badge, agreement, asked=4, note=" From March. ")

    assert (request.state, request.credits_asked, request.note, request.link_sha256) == ("asked", 4, "From March.", "")
    assert list(request.dossier.values_list("credential", "foreign", "shows_result")) == [(badge.pk, None, True)]
    assert {one.person for one in Notice.objects.filter(kind="credit_asked")} == {
        recogniser,
        owner_of(agreement.partner),
    }
    assert events_of(request) == [("credit.requested", badge.earner.public_id)]
    assert [moment.word for moment in queries.story_of(badge)] == [
        f"You asked {agreement.partner_called} for 4 NZQA credits",
        "Its answer",
    ]
    for row in (DossierItem.objects.filter(request=request),):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            row.update(shows_result=False)


def test_three_of_five_count_and_the_learner_reads_why(badge):
    request = asked_for_credit(badge)

    answered(request, 3, "Two of five we teach ourselves.")

    request = CreditRequest.objects.with_names().get()
    assert (request.state, request.credits_granted, request.reason) == ("partly", 3, "Two of five we teach ourselves.")
    assert queries.answer_in_words(request) == f"{request.agreement.partner_called} counted 3 of 5 NZQA credits"
    last = queries.story_of(badge)[-1]
    assert (last.word, last.line) == (queries.answer_in_words(request), "Two of five we teach ourselves.")
    assert events_of(request)[-1] == ("credit.answered", owner_of(request.agreement.partner).public_id)
    letter = newest_letter(badge.earner.email)
    assert letter.kind == "credit_answered"
    with pytest.raises(IntegrityError, match="An answer never changes"), transaction.atomic():
        CreditRequest.objects.filter(pk=request.pk).update(reason="Something else.")
    with pytest.raises(Refused, match="can no longer be done"):
        answered(request, 5)
    with pytest.raises(Refused, match="can no longer be done"):
        verbs.withdraw_credit_request(request, by=badge.earner)


@pytest.mark.parametrize(("counted", "reason", "state"), [(5, "", "accepted"), (0, "Too old.", "declined")])
def test_all_or_none_of_it_counts(badge, counted, reason, state):
    request = answered(asked_for_credit(badge), counted, reason)

    assert (request.state, request.credits_granted) == (state, counted or None)


@pytest.mark.parametrize(
    ("counted", "reason", "why"),
    [(6, "", "between 0 and 5"), (-1, "x", "between 0 and 5"), (3, " ", "Say why"), (0, "", "Say why")],
)
def test_an_answer_is_a_part_of_what_was_asked_and_says_why(badge, counted, reason, why):
    request = asked_for_credit(badge)
    with pytest.raises(Refused, match=why):
        answered(request, counted, reason)


def test_nobody_else_answers_and_nobody_their_own_by_whichever_address(badge):
    request = asked_for_credit(badge)
    partner = request.agreement.partner
    for stranger in (person(), owner_of(request.agreement.issuer), seated(Seat.Role.DESIGNER, partner)):
        with pytest.raises(PermissionDenied):
            answered(request, 5, by=stranger)
    other_self = seated(Seat.Role.RECOGNISER, partner)
    EmailAddress.objects.create(user=other_self, email=badge.earner.email, verified=False)
    issuers.seat(badge.earner, partner, Seat.Role.RECOGNISER, by=owner_of(partner))
    for oneself in (other_self, badge.earner):
        with pytest.raises(Refused, match="You can't answer your own"):
            answered(request, 5, by=oneself)


def test_it_is_taken_back_by_who_asked_and_can_be_asked_again(badge):
    request = asked_for_credit(badge)
    with pytest.raises(PermissionDenied):
        verbs.withdraw_credit_request(request, by=person())
    with pytest.raises(Refused, match="for this already"):
        asked_for_credit(badge, request.agreement)

    verbs.withdraw_credit_request(request, by=badge.earner)

    assert not CreditRequest.objects.put_to(owner_of(request.agreement.partner)).exists()
    with pytest.raises(Refused, match="can no longer be done"):
        answered(request, 5)
    assert asked_for_credit(badge, request.agreement).state == "asked"


def test_after_a_no_one_may_ask_again_and_after_a_yes_not(badge):
    request = asked_for_credit(badge)
    answered(request, 0)
    again = asked_for_credit(badge, request.agreement)
    answered(again, 1)
    with pytest.raises(Refused, match="already"):
        asked_for_credit(badge, request.agreement)


def test_only_what_one_holds_today_can_be_asked_for_and_only_under_what_holds(badge):
    agreement = agreed(badge.achievement)
    (basis,) = queries.bases_for(badge.earner, badge.achievement)
    ask = {"credits_asked": Decimal(5), "chosen": [verbs.Chosen(basis)]}
    with pytest.raises(Refused, match="once you hold it"):
        verbs.request_credit(agreement, by=person(), **ask)
    with pytest.raises(Refused, match="Ask for 5 credits, or fewer"):
        verbs.request_credit(agreement, by=badge.earner, **ask | {"credits_asked": Decimal(6)})
    stolen = verbs.Chosen(basis, evidence=("a" * 26,))
    with pytest.raises(Refused, match="not part of this badge"):
        verbs.request_credit(agreement, by=badge.earner, **ask | {"chosen": [stolen]})
    (other,) = queries.bases_for((theirs := held()).earner, theirs.achievement)
    with pytest.raises(Refused, match="badges that this request rests on have changed"):
        verbs.request_credit(agreement, by=badge.earner, **ask | {"chosen": [verbs.Chosen(other)]})
    credentials.suspend(badge, by=owner_of(badge.issuer), note="")
    with pytest.raises(Refused, match="once you hold it"):
        verbs.request_credit(agreement, by=badge.earner, **ask)
    credentials.reinstate(badge, by=owner_of(badge.issuer), note="")
    verbs.end_agreement(agreement, by=owner_of(badge.issuer))
    with pytest.raises(Refused, match="is not in force now"):
        verbs.request_credit(agreement, by=badge.earner, **ask)
    assert (CreditRequest.objects.count(), DossierPiece.objects.count()) == (0, 0)


def test_a_minor_asks_once_a_guardian_agrees_and_what_waits_is_taken_back_when_that_ends(badge):
    agreement = agreed(badge.achievement)
    request = asked_for_credit(badge, agreement)
    accounts.say_minor(badge.earner, by=badge.earner)
    badge.earner.refresh_from_db()

    verbs.withdraw_waiting_requests(badge.earner)

    request.refresh_from_db()
    assert request.state == "withdrawn"
    with pytest.raises(Refused, match="your guardian agrees"):
        asked_for_credit(badge, agreement)


# --- a partner without an account -------------------------------------------------------------------------------------
@pytest.fixture
def outside(badge):
    return asked_for_credit(badge, agreed(badge.achievement, partner=outsider()))


def link_of(request):
    return tokens.token_of(request.public_id)


def by_link(request, counted=5, *, name="Moana Reid", reason="Well shown.", by=None):
    return verbs.answer_credit_by_link(link_of(request), by=by, name=name, counted=Decimal(counted), reason=reason)


def test_a_letter_carries_the_only_copy_of_the_link(outside):
    letter = newest_letter(OUTSIDE)

    assert (letters_to(OUTSIDE), letter.kind) == (1, "credit_by_link")
    assert re.findall(r"/credit/link/(\w{26})/", letter.text) == [link_of(outside)]
    assert "Aroha Lee asks Longwater Polytechnic to count Blades" in letter.text
    assert outside.link_until == outside.asked_at + timedelta(days=60)
    assert link_of(outside) not in (outside.link_sha256, outside.public_id)


def test_who_holds_the_letter_answers_once_and_is_named(outside):
    by_link(outside, 3)

    outside.refresh_from_db()
    assert (outside.state, outside.credits_granted, outside.answered_name, outside.answered_by) == (
        "partly",
        3,
        "Moana Reid",
        None,
    )
    assert Event.objects.filter(kind="credit.answered").get().actor_id == ""
    with pytest.raises(Refused, match="can no longer be done"):
        by_link(outside, 5)


def test_a_link_that_is_guessed_over_or_taken_back_opens_nothing(outside):
    assert queries.request_behind(link_of(outside)) == outside
    assert [queries.request_behind(one) for one in ("a" * 26, outside.public_id, "", "x" * 200)] == [None] * 4
    with clock.at(clock.now() + timedelta(days=60, minutes=1)):
        assert (queries.request_behind(link_of(outside)), by_link(outside)) == (None, None)

    verbs.withdraw_credit_request(outside, by=outside.learner)

    assert (queries.request_behind(link_of(outside)), by_link(outside)) == (None, None)


def test_by_link_too_nobody_answers_their_own(badge, outside):
    with pytest.raises(Refused, match="Say who answers"):
        by_link(outside, name=" ")
    with pytest.raises(Refused, match="You can't answer your own"):
        by_link(outside, by=badge.earner)
    EmailAddress.objects.create(user=badge.earner, email=OUTSIDE, verified=False)
    with pytest.raises(Refused, match="You can't answer your own"):
        by_link(outside)
    with pytest.raises(Refused, match="would come to you"):
        asked_for_credit(badge, agreed(badge.achievement, partner=outsider()))


# --- a whole pathway --------------------------------------------------------------------------------------------------
def test_a_whole_pathway_is_asked_for_with_what_counted_on_it_and_from_elsewhere():
    issuer, _owner = issuer_with_owner()
    learner = person("Aroha Lee")
    way = published(issuer, [first := badge_of(issuer, "First aid"), counting(issuer)])
    agreement = agreed(way.pathway)
    enrolment = verbs.enrol(way.pathway, by=learner)
    assert queries.bases_for(learner, way.pathway) == []
    given, foreign = give(learner, first), bring(learner)
    follow()
    credentials.bake([given.pk])
    assert queries.stack_of(learner, way.pathway).enrolment == enrolment

    bases = queries.bases_for(learner, way.pathway)
    request = verbs.request_credit(
        agreement,
        by=learner,
        credits_asked=Decimal(5),
        chosen=[verbs.Chosen(one, shows_result=one.credential is None) for one in bases],
    )

    assert (request.named, {(one.credential, one.foreign, one.shows_result) for one in request.dossier.all()}) == (
        "The whole trade",
        {(given, None, False), (None, foreign, True)},
    )
    assert next(moment.word for moment in queries.story_on(way.pathway, learner)).startswith("You asked")
    page = browser(owner_of(agreement.partner)).get(f"/credit/{request.public_id}/").text
    assert ("First aid" in page, "A badge from elsewhere" in page) == (True, True)
    assert "You have asked wherever it counts" in browser(learner).get(f"/pathways/{way.pathway.slug}/credit/").text


def test_a_component_that_was_signed_anew_or_renewed_goes_along_as_it_is_now():
    issuer, owner = issuer_with_owner()
    steps = [badge_of(issuer, "Gear"), badge_of(issuer, "First aid", valid_for_days=10)]
    learner = person()
    way = published(issuer, steps)
    verbs.enrol(way.pathway, by=learner)
    gear, aid = (give(learner, one) for one in steps)
    newer = credentials.reissue(gear, by=owner)
    follow()

    with clock.at(aid.valid_until - timedelta(days=1)):
        renewed = give(learner, steps[1])
    with clock.at(aid.valid_until + timedelta(days=1)):
        for one in (newer, renewed):
            credentials.bake([one.pk])
        bases = queries.bases_for(learner, way.pathway)

    assert [one.credential for one in bases] == [newer, renewed]


def test_what_was_mended_is_asked_for_with_what_counts_now():
    issuer, owner = issuer_with_owner()
    learner = person("Aroha Lee")
    first, second = badge_of(issuer, "First aid"), badge_of(issuer, "Shear")
    way = published(issuer, [first, second]).pathway
    verbs.enrol(way, by=learner)
    kept, fallen = give(learner, first), give(learner, second)
    credentials.revoke(fallen, by=owner, reason="mistake", note="")
    follow()
    anew = give(learner, second)
    credentials.bake([kept.pk, fallen.pk, anew.pk])

    assert [one.credential for one in queries.bases_for(learner, way)] == [kept, anew]


def test_what_was_let_stand_is_asked_for_with_what_it_rested_on():
    issuer, owner = issuer_with_owner()
    learner = person("Aroha Lee")
    badges = [badge_of(issuer, name) for name in ("First aid", "Shear")]
    way = published(issuer, badges).pathway
    verbs.enrol(way, by=learner)
    kept, fallen = (give(learner, one) for one in badges)
    credentials.bake([kept.pk, fallen.pk])
    credentials.revoke(fallen, by=owner, reason="mistake", note="")
    follow()
    verbs.decide(learner.enrolments.get().stacks.get(), by=owner, outcome="keep", reason="So be it.")

    assert [one.credential for one in queries.bases_for(learner, way)] == [kept, fallen]
