"""Two accounts of one person become one: both proved, everything of the one in the other, and nothing of the rules lost."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from apps.accounts import merging, policies, queries, tokens, verbs
from apps.accounts.models import Merge, User
from apps.backpacks import counting
from apps.backpacks import verbs as backpacks
from apps.backpacks.models import Block, Profile, ViewCount
from apps.core import clock, outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.models import ClaimRequest, Credential, ForeignCredential, SignedForm
from apps.issuers import verbs as issuers
from apps.issuers.models import Issuer, Seat
from apps.notices import verbs as notices
from apps.notices.models import Letter
from apps.pathways import verbs as pathways
from apps.pathways.models import Enrolment, Stack
from apps.reviews import queries as desk
from apps.reviews import verbs as reviews
from apps.reviews.models import SavedView
from apps.submissions import verbs as submissions
from tests.accounts import leaver as past
from tests.backpacks import theirs
from tests.backpacks.test_items import given
from tests.factories import (
    ALL_GOOD,
    PASSWORD,
    assessable_attempt,
    assessor_of,
    browser,
    code_sent_to,
    decided,
    drafted_version,
    events_of,
    issuer_with_owner,
    marked_apart,
    marks_for,
    newest_letter,
    operator,
    owner_of,
    person,
    published_version,
)
from tests.factories.pathways import badge, plan_of, published

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
MERGE = "/accounts/merge/"

# Every row of the database that names a person, by what becomes of it. A column more has to say which it is.
MOVES, STAYS, ENDS = "moves", "stays", "ends"
WHO_DID_IT = "it says who did something, which stays as it was"
COLUMNS = {
    "account.EmailAddress.user": MOVES,
    "backpacks.BackpackItem.person": MOVES,
    "backpacks.Collection.person": MOVES,
    "backpacks.DeclaredCredential.person": MOVES,
    "backpacks.FormerHandle.person": MOVES,
    "backpacks.Import.person": MOVES,
    "backpacks.Profile.person": MOVES,
    "credentials.ClaimRequest.person": MOVES,  # but for a code that both used
    "credentials.Credential.earner": MOVES,
    "credentials.Endorsement.asked_by": MOVES,
    "credentials.ForeignCredential.holder": MOVES,
    "issuers.Seat.person": MOVES,
    "notices.Letter.person": MOVES,
    "notices.Notice.person": MOVES,
    "notices.Preference.person": MOVES,
    "pathways.CreditRequest.learner": MOVES,
    "pathways.Enrolment.learner": MOVES,  # but a second walk of one pathway, on which nothing was reached
    "pathways.Group.mentor": MOVES,
    "pathways.Pathway.owner": MOVES,
    "reviews.SavedView.person": MOVES,
    "submissions.Message.author": MOVES,  # what they wrote as a learner
    "submissions.Submission.learner": MOVES,
    "submissions.ThreadSeen.person": MOVES,
    "submissions.Upload.learner": MOVES,
    "accounts.User.merged_into": MOVES,
    "mfa.Authenticator.user": ENDS,
    "usersessions.UserSession.user": ENDS,
    "accounts.ApiToken.person": (STAYS, "revoked: it opened the other account"),
    "accounts.KeptAnswer.person": (STAYS, "what a program of that account was told, for a day"),
    "accounts.Consent.person": (STAYS, "it says what was agreed to in that account"),
    "accounts.GuardianConsent.person": (STAYS, "only what is over: a minor's accounts stay apart"),
    "accounts.LegalHold.person": (STAYS, "only what was lifted: what is held stays apart"),
    "accounts.LegalHold.placed_by": (STAYS, WHO_DID_IT),
    "accounts.LegalHold.lifted_by": (STAYS, WHO_DID_IT),
    "accounts.Merge.taker": (STAYS, "it says what was put together, and when"),
    "accounts.Merge.giver": (STAYS, "it says what was put together, and when"),
    "accounts.User_groups.user": (STAYS, "only staff have any, who are not taken in"),
    "accounts.User_user_permissions.user": (STAYS, "only staff have any, who are not taken in"),
    "admin.LogEntry.user": (STAYS, WHO_DID_IT),
    "credentials.BulkAward.by": (STAYS, WHO_DID_IT),
    "credentials.ClaimCode.made_by": (STAYS, WHO_DID_IT),
    "credentials.ClaimRequest.decided_by": (STAYS, WHO_DID_IT),
    "credentials.Endorsement.answered_by": (STAYS, WHO_DID_IT),
    "frameworks.FrameworkImport.by": (STAYS, WHO_DID_IT),
    "issuers.AchievementVersion.sent_in_by": (STAYS, WHO_DID_IT + ", but while it waits for an approval"),
    "issuers.ApprovalStep.by": (STAYS, WHO_DID_IT),
    "issuers.DesignComment.by": (STAYS, WHO_DID_IT),
    "issuers.Invitation.invited_by": (STAYS, WHO_DID_IT),
    "pathways.Agreement.answered_by": (STAYS, WHO_DID_IT),
    "pathways.Agreement.proposed_by": (STAYS, WHO_DID_IT),
    "pathways.CreditRequest.answered_by": (STAYS, WHO_DID_IT),
    "pathways.Equivalence.answered_by": (STAYS, WHO_DID_IT),
    "pathways.Equivalence.proposed_by": (STAYS, WHO_DID_IT),
    "pathways.Group.made_by": (STAYS, WHO_DID_IT),
    "pathways.StackDecision.by": (STAYS, WHO_DID_IT),
    "reviews.Annotation.by": (STAYS, WHO_DID_IT),
    "reviews.Annotation.resolved_by": (STAYS, WHO_DID_IT),
    "reviews.Assignment.assessor": (STAYS, WHO_DID_IT),
    "reviews.Assignment.offered_by": (STAYS, WHO_DID_IT),
    "reviews.BankComment.made_by": (STAYS, WHO_DID_IT),
    "reviews.Conflict.assessor": (STAYS, "the rules look through to it"),
    "reviews.Consequence.by": (STAYS, WHO_DID_IT),
    "reviews.Decision.by": (STAYS, WHO_DID_IT),
    "reviews.Moderation.by": (STAYS, WHO_DID_IT),
    "reviews.Turn.holder": (STAYS, "who holds work is not taken in"),
    "submissions.CoachTalk.by": (STAYS, WHO_DID_IT),
}


def columns():
    """Every foreign key to a person, of any app."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if not field.auto_created and field.is_relation and field.related_model is User and not field.many_to_many:
                yield f"{model._meta.label}.{field.name}", model, field.name


def named(someone):
    """How many rows name them, by column."""
    found = {name: model.objects.filter(**{field: someone}).count() for name, model, field in columns()}
    return {name: n for name, n in found.items() if n}


@pytest.fixture
def mere():
    return person("Mere Ropata", email="mere@home.example")


@pytest.fixture
def work():
    """The same person's account at work."""
    return person("M. Ropata", email="mere@work.example")


def asked(taker, giver):
    """A letter is on its way to the giver."""
    return verbs.ask_merge(taker, by=taker, address=giver.email)


def merged(taker, giver):
    verbs.merge(asked(taker, giver), by=taker)
    taker.refresh_from_db()
    giver.refresh_from_db()
    return taker


def refused(taker, giver):
    """In which words, asked on the page and in the verb."""
    giver.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        merged(taker, giver)
    assert str(refusal.value) == " ".join(merging.why_not(taker, giver, by_letter=True))
    giver.refresh_from_db()
    assert giver.is_active
    return str(refusal.value)


# --- merge ------------------------------------------------------------------------------------------------------------
def test_merge_brings_the_addresses_closes_the_other_account_and_tells_both(mere, work):
    EmailAddress.objects.create(user=work, email="m.ropata@work.example", verified=True)
    verbs.create_token(work, by=work, name="Script", scopes=["profile:read"])
    window = browser(work)
    outbox.drain()
    mail.outbox.clear()
    with clock.at(NOW):
        merged(mere, work)
    outbox.drain()

    rows = EmailAddress.objects.filter(user=mere).order_by("email").values_list("email", "verified", "primary")
    assert list(rows) == [
        ("m.ropata@work.example", True, False),
        ("mere@home.example", True, True),
        ("mere@work.example", True, False),
    ]
    assert (work.is_active, work.has_usable_password(), work.email, work.merged_into, work.merged_at) == (
        *(False, False, f"erased-{work.public_id}@invalid"),
        *(mere, NOW),
    )
    assert (mere.name, mere.former_names) == ("Mere Ropata", ["M. Ropata"])
    assert window.get("/backpack/").status_code == 302
    assert not work.api_tokens.filter(revoked_at=None).exists()
    assert events_of(mere)[-1] == ("person.merged", mere.public_id)
    told = Letter.objects.filter(kind="merged").order_by("to")
    assert [(one.to, one.subject) for one in told] == [
        ("mere@home.example", "Your two accounts are now one"),
        ("mere@work.example", "Your two accounts are now one"),
    ]
    bodies = [one.body for one in mail.outbox]
    assert [("mere@work.example" in body, "mere@home.example" in body) for body in bodies] == [(True, True)] * len(told)


def test_merge_is_done_once(mere, work):
    ask = asked(mere, work)
    verbs.merge(ask, by=mere)

    with pytest.raises(Refused, match="has already been done"):
        verbs.merge(ask, by=mere)
    assert Event.objects.filter(kind="person.merged").count() == 1


def test_only_who_asked_takes_in_what_a_letter_proves(mere, work):
    ask = asked(mere, work)

    for other in (work, person()):
        with pytest.raises(PermissionDenied):
            verbs.merge(ask, by=other)
    verbs.merge(ask, by=mere)


def test_a_letter_opens_for_an_hour_and_a_sign_in_for_half(mere, work):
    with clock.at(NOW):
        by_letter = asked(mere, work)
    with clock.at(NOW + timedelta(minutes=60)), pytest.raises(Refused, match="took too long"):
        verbs.merge(by_letter, by=mere)
    with clock.at(NOW):
        by_sign_in = verbs.begin_merge(mere, by=mere)
    with clock.at(NOW + timedelta(minutes=30)), pytest.raises(Refused, match="took too long"):
        verbs.merge(by_sign_in, by=work)
    with clock.at(NOW + timedelta(minutes=29)):
        assert verbs.merge(by_sign_in, by=work) == mere


def test_what_was_asked_before_opens_nothing_once_it_is_asked_anew(mere, work):
    first = asked(mere, work)
    second = asked(mere, work)

    assert list(Merge.objects.all()) == [second]
    assert queries.merge_by(tokens.merge_token(first.public_id)) is None
    assert queries.merge_by(tokens.merge_token(second.public_id)) == second
    assert second.token_hash == tokens.hash_of(tokens.merge_token(second.public_id))


def test_nobody_asks_for_another_nor_for_their_own_address(mere, work):
    with pytest.raises(PermissionDenied):
        verbs.ask_merge(mere, by=work, address=work.email)
    with pytest.raises(PermissionDenied):
        verbs.begin_merge(mere, by=work)
    with pytest.raises(Refused, match="an address of this account"):
        verbs.ask_merge(mere, by=mere, address=" Mere@home.example ")
    assert verbs.ask_merge(mere, by=mere, address="nobody@home.example") is None
    with pytest.raises(Refused, match="the account that you came from"):
        verbs.merge(verbs.begin_merge(mere, by=mere), by=mere)


def test_a_second_step_is_asked_for_by_signing_in(mere, work):
    work.authenticator_set.create(type="totp", data={})

    assert "asks for a second step" in refused(mere, work)
    verbs.merge(verbs.begin_merge(mere, by=mere), by=work)


# --- what stands in the way -------------------------------------------------------------------------------------------
def test_accounts_with_a_charge_a_hold_or_a_leave_stay_apart(mere, work):
    chief = operator()
    assert "runs this installation" in refused(mere, chief)
    held = verbs.hold(work, by=chief, reason="A case.")
    assert "The law requires" in refused(mere, work)
    verbs.lift_hold(held, by=chief)
    verbs.leave(work, by=work, address=work.email)
    assert "is being erased" in refused(mere, work)
    verbs.stay(work, by=work)
    verbs.say_minor(work, by=work)
    assert "Accounts cannot be merged while a guardian" in refused(mere, work)
    verbs.come_of_age(work, by=chief)
    for n in range(9):
        EmailAddress.objects.create(user=work, email=f"m{n}@work.example", verified=True)
    assert refused(mere, work) == "Together they have more than 10 addresses. Remove some first."
    EmailAddress.objects.filter(email="m1@work.example").delete()
    merged(mere, work)


def test_a_badge_that_one_holds_once_is_named_and_the_issuer_settles_it(mere, work):
    issuer, owner = issuer_with_owner()
    version = published_version(issuer, name="Blades")
    held = [
        credentials.award_directly(version, by=owner, address=one.email, name="", why="Course.") for one in (mere, work)
    ]

    assert refused(mere, work) == (
        f"Both accounts hold “Blades”, which a person holds once. Ask {issuer} to take one back or to replace it."
    )
    outbox.drain()
    credentials.revoke(held[1], by=owner, reason=Credential.Reason.REQUEST, note="")
    merged(mere, work)

    assert set(Credential.objects.filter(earner=mere).values_list("status", flat=True)) == {"valid", "revoked"}


def test_work_under_way_for_one_badge_is_withdrawn_in_one_of_them_first(mere, work):
    version = published_version(name="Blades")
    for one in (mere, work):
        submissions.start(version, by=one)

    assert refused(mere, work) == "Both accounts have work under way for “Blades”. Withdraw one of them."
    submissions.withdraw(work.submissions.get(), by=work)
    merged(mere, work)

    assert sorted(mere.submissions.values_list("state", flat=True)) == ["draft", "withdrawn"]


def answered(version, learner):
    """Their work for this badge, which was not yet met."""
    attempt = assessable_attempt(version, learner=learner)
    assessor = assessor_of(version.achievement)
    reviews.take(attempt, by=assessor)
    marks = marks_for(attempt, short=True)
    return reviews.decide(attempt, by=assessor, marks=marks, answers=ALL_GOOD, note="Nearly.").attempt.submission


def test_of_two_who_were_told_not_yet_one_is_laid_aside_and_opened_again_it_is_not_yet(mere, work):
    version = published_version(name="Blades", attempts_allowed=1)
    hers, other = answered(version, mere), answered(version, work)

    merged(mere, work)

    states = dict(mere.submissions.values_list("pk", "state"))
    assert states == {hers.pk: "not_yet", other.pk: "withdrawn"}
    assert events_of(other)[-1] == ("submission.withdrawn", mere.public_id)
    with pytest.raises(Refused, match="You have since begun this badge again"):
        submissions.reopen(other, by=mere)
    type(hers).objects.filter(pk=hers.pk).update(state="declined")
    assert "If you open it again, it is as you were told: not yet met." in (
        browser(mere).get(other.get_absolute_url()).content.decode()
    )
    submissions.reopen(other, by=mere)
    other.refresh_from_db()
    assert (other.state, other.attempts.count()) == ("not_yet", 1)
    with pytest.raises(Refused, match="This badge allows one attempt"):
        submissions.try_again(other, by=mere)


@pytest.mark.parametrize("taker_was_told", [True, False])
def test_what_was_told_not_yet_makes_way_for_what_is_under_way(mere, work, taker_was_told):
    version = published_version()
    told, begins = (mere, work) if taker_was_told else (work, mere)
    before, draft = answered(version, told), submissions.start(version, by=begins)

    merged(mere, work)

    states = dict(mere.submissions.values_list("pk", "state"))
    assert states == {before.pk: "withdrawn", draft.pk: "draft"}


def test_who_judged_or_awarded_the_work_of_the_other_is_not_the_other(mere):
    decision = decided()
    submission, assessor = decision.attempt.submission, decision.by
    badge = submission.version.name
    words = f"One of the accounts judged work of the other for “{badge}”: nobody decides on their own work."
    assert words in refused(submission.learner, assessor)
    assert words in refused(assessor, submission.learner)

    issuer, owner = issuer_with_owner()
    given(mere, issuer, "Wool")
    assert "awarded or endorsed a badge of the other" in refused(owner, mere)
    merged(mere, person())


def test_two_who_judged_one_work_are_two(mere):
    attempt = marked_apart()
    first, second = [one.assessor for one in attempt.assignments.order_by("pk")]

    assert refused(first, second) == (
        f"Both accounts judged the same work for “{attempt.submission.version.name}”, which needs two different people."
    )
    merged(mere, first)


def test_work_in_hand_is_given_back_first(mere):
    attempt = assessable_attempt()
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)

    assert "holds work to judge" in refused(mere, assessor)
    reviews.give_back(attempt, by=assessor)
    merged(mere, assessor)


# --- what it means afterwards -----------------------------------------------------------------------------------------
def test_nobody_judges_their_own_work_by_way_of_an_account_that_was_taken_in(mere, work):
    """What was endorsed, told of as a conflict, or judged under the other account still counts."""
    attempt = assessable_attempt(learner=work)
    conflicted = assessable_attempt(attempt.submission.version)
    Seat.objects.create(
        person=mere, issuer=attempt.submission.achievement.issuer, role=Seat.Role.ASSESSOR, given_at=clock.now()
    )
    Seat.objects.create(
        person=work, issuer=attempt.submission.achievement.issuer, role=Seat.Role.ASSESSOR, given_at=clock.now()
    )
    reviews.take(conflicted, by=work)
    reviews.recuse(conflicted, by=work, kind="knows", reason="")

    merged(mere, work)

    assert desk.conflict_of(mere, conflicted.submission) == "You cannot judge this one: you declared a conflict."
    attempt.submission.refresh_from_db()
    with pytest.raises(Refused, match="the work is yours"):
        reviews.take(attempt, by=mere)
    with pytest.raises(Refused):
        reviews.take(conflicted, by=mere)
    assert policies.same_person(mere, work)
    assert policies.same_person(work, mere)
    assert set(queries.same_people(mere)) == {mere, work}
    other = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=other)
    reviews.decide(attempt, by=other, marks=marks_for(attempt), answers=ALL_GOOD, note="Good.")
    assert Credential.objects.get().earner == mere


def test_an_account_that_took_one_in_is_taken_in_with_it(mere, work):
    third = person("Mere R.", email="mere@club.example")
    merged(work, third)
    merged(mere, work)

    third.refresh_from_db()
    assert (third.merged_into, mere.former_names) == (mere, ["M. Ropata", "Mere R."])
    assert queries.verified_addresses_of(mere) == ["mere@home.example", "mere@work.example", "mere@club.example"]
    assert set(queries.same_people(mere)) == {mere, work, third}


def test_a_part_that_both_have_is_one_and_a_paused_one_stays_paused(mere, work):
    issuer, _owner = issuer_with_owner()
    below, _its_owner = issuer_with_owner()
    Seat.objects.bulk_create(
        [
            Seat(issuer=issuer, person=mere, role="viewer", given_at=NOW, until=NOW + timedelta(days=900)),
            Seat(issuer=issuer, person=work, role="viewer", given_at=NOW),
            Seat(issuer=below, person=mere, role="viewer", given_at=NOW, suspended_at=NOW),
            Seat(issuer=below, person=work, role="viewer", given_at=NOW),
            Seat(issuer=below, person=work, role="designer", given_at=NOW),
        ]
    )

    merged(mere, work)

    kept = Seat.objects.kept().filter(person=mere).order_by("issuer", "role")
    assert list(kept.values_list("issuer", "role", "until", "suspended_at")) == [
        (issuer.pk, "viewer", None, None),
        (below.pk, "designer", None, None),
        (below.pk, "viewer", None, NOW),
    ]
    assert (Seat.objects.filter(person=mere).count(), Seat.objects.filter(person=work).count()) == (5, 0)


def test_a_design_that_waits_is_approved_by_somebody_else_still(mere, work):
    draft = drafted_version()
    issuer = draft.achievement.issuer
    Issuer.objects.filter(pk=issuer.pk).update(asks_approval=True)
    for one in (mere, work):
        Seat.objects.create(person=one, issuer=issuer, role=Seat.Role.MANAGER, given_at=NOW)
    issuers.send_in(draft, by=work)

    merged(mere, work)

    with pytest.raises(Refused, match="You sent this in yourself"):
        issuers.approve(draft, by=mere)
    issuers.approve(draft, by=owner_of(issuer))


def test_what_both_have_is_kept_once_and_nothing_of_it_is_lost(mere, work):
    kept = {one: backpacks.file_foreign(credentials.keep_foreign(theirs.proof(), by=one)) for one in (mere, work)}
    backpacks.note_item(kept[mere], by=mere, tags=["home"], note="Mine.")
    backpacks.note_item(kept[work], by=work, tags=["work"], note="Theirs.")
    shelf = backpacks.make_collection(by=work, title="Weaving")
    backpacks.collect(shelf, kept[work], by=work)
    owner = issuer_with_owner()[1]
    code = credentials.make_claim_code(
        published_version(owner.seats.get().issuer),
        by=owner,
        why="Was there.",
        most=9,
        asks_approval=True,
        opens_at=clock.now() - timedelta(hours=1),
        closes_at=clock.now() + timedelta(days=1),
    )
    for one in (mere, work):
        credentials.use_claim_code(code, by=one)
        notices.write("message", key="one", to=one, address="/", facts={})
        notices.choose(one, by=one, ways={"message": "here" if one == mere else "digest"})
        SavedView.objects.create(person=one, name="Mine", asked="", saved_at=NOW)
        ViewCount.objects.create(of="profile", subject_id=one.public_id, on=NOW.date(), number=2)
    ViewCount.objects.create(of="profile", subject_id=work.public_id, on=NOW.date() - timedelta(days=1), number=5)

    merged(mere, work)

    item = mere.backpack_items.get()
    assert (item, item.tags, item.note) == (kept[mere], ["home", "work"], "Mine.\n\nTheirs.")
    assert [(one.collection.title, one.item) for one in Block.objects.all()] == [("Weaving", item)]
    foreign = ForeignCredential.objects.filter(holder=mere).order_by("pk").values_list("state", flat=True)
    assert list(foreign) == ["kept", "given_up"]
    assert list(ClaimRequest.objects.order_by("pk").values_list("person", "state")) == [
        (mere.pk, "waiting"),
        (work.pk, "declined"),
    ]
    assert mere.notices.filter(key="one").count() == 1
    assert mere.notice_preferences.get().way == "here"
    assert sorted(mere.saved_views.values_list("name", flat=True)) == ["Mine", "Mine 2"]
    assert counting.totals("profile", [mere.public_id, work.public_id]) == {mere.public_id: 9}


def test_a_pathway_is_walked_once_and_both_halves_of_it_count(mere, work):
    issuer, _owner = issuer_with_owner()
    first, second = badge(issuer, "First"), badge(issuer, "Second")
    version = published(issuer, [first, second])
    walks = {one: pathways.enrol(version.pathway, by=one) for one in (mere, work)}
    mine = plan_of(work, [first])
    for one, step in ((mere, first), (work, second)):
        held = given_of(one, step)
        assert held.earner == one
    pathways.leave(walks[mere], by=mere)

    assert merging.what_moves(work)[-3:-1] == ["1 pathway", "1 plan of your own"]
    merged(mere, work)
    outbox.drain()

    walk = Enrolment.objects.get(learner=mere)
    assert (walk, walk.steps_done, Enrolment.objects.count()) == (walks[work], 2, 1)
    mine.pathway.refresh_from_db()
    assert mine.pathway.owner == mere
    assert Stack.objects.get().enrolment == walk


def test_of_two_walks_the_one_under_way_goes_on_with_what_was_reached_on_the_other(mere, work):
    issuer, owner = issuer_with_owner()
    first, second = badge(issuer, "First"), badge(issuer, "Second")
    way = published(issuer, [{"milestone": [first], "name": "Half"}, second]).pathway
    pathways.enrol(way, by=mere)
    given_of(mere, first)
    pathways.leave(Enrolment.objects.get(), by=mere)
    group = pathways.make_group(way, by=owner, name="Spring", mentor=owner)
    day = clock.now().date() + timedelta(days=90)
    pathways.enrol(way, by=work, target_on=day)
    membership = pathways.join_group(group, by=work, mentor=group.mentor.public_id)

    merged(mere, work)
    outbox.drain()

    walk = Enrolment.objects.get()
    assert (walk.learner, walk.state, walk.target_on, walk.steps_done) == (mere, "active", day, 1)
    assert (Stack.objects.get().enrolment, walk.memberships.get(ended_at=None)) == (walk, membership)


def both_at_the_end(mere, work):
    """One pathway that both reached; its step and its award are held more than once."""
    issuer, _owner = issuer_with_owner()
    step, award = (badge(issuer, name, single=False) for name in ("First", "The end"))
    version = published(issuer, [step], award=award)
    for one in (mere, work):
        pathways.enrol(version.pathway, by=one)
        given_of(one, step)
    return version


def test_what_both_were_awarded_on_a_pathway_is_settled_first(mere, work):
    version = both_at_the_end(mere, work)
    issuer = version.pathway.issuer

    assert refused(mere, work) == (
        f"Both accounts reached something on “{version.name}”. Ask {issuer} to take one of them back."
    )
    given = Stack.objects.get(enrolment__learner=mere).credential
    credentials.revoke(given, by=owner_of(issuer), reason="mistake", note="")
    merged(mere, work)
    outbox.drain()

    kept = Stack.objects.live().get()
    assert (kept.enrolment.learner, kept.enrolment.state, kept.credential.status) == (mere, "complete", "valid")


def test_what_both_reached_without_an_award_is_reached_once(mere, work):
    issuer, _owner = issuer_with_owner()
    step = badge(issuer, "First", single=False)
    plan = plan_of(mere, [step]).pathway
    pathways.share(plan, by=mere)
    for one in (mere, work):
        pathways.enrol(plan, by=one)
        given_of(one, step)

    merged(mere, work)
    outbox.drain()

    walk = Enrolment.objects.get(pathway=plan)
    assert (walk.learner, walk.state) == (mere, "complete")
    assert sorted(walk.stacks.values_list("state", flat=True)) == ["standing", "taken_back"]


def given_of(earner, achievement):
    version = achievement.versions.get()
    held = credentials.award_directly(
        version, by=owner_of(achievement.issuer), address=earner.email, name="", why="Course."
    )
    outbox.drain()
    return credentials.claim(Credential.objects.get(pk=held.pk), by=earner)


def test_both_public_addresses_lead_to_the_page_that_stays(mere, work):
    for one, handle in ((mere, "mere"), (work, "m-ropata")):
        backpacks.edit_profile(one, by=one, handle=handle, headline="Shearer", about="")
        backpacks.turn_on_profile(one, by=one)
    merged(mere, work)

    visitor = browser()
    assert visitor.get("/p/mere").status_code == 200
    assert visitor.get("/p/m-ropata").headers["Location"] == "/p/mere"
    assert visitor.get("/p/m-ropata/card.png").status_code == 200
    with pytest.raises(Refused, match="That address is taken"):
        backpacks.edit_profile(someone := person(), by=someone, handle="M-Ropata", headline="", about="")
    backpacks.edit_profile(mere, by=mere, handle="m-ropata", headline="", about="")
    assert visitor.get("/p/m-ropata").status_code == 200
    backpacks.turn_off_profile(mere, by=mere)
    assert visitor.get("/p/m-ropata").status_code == 404
    assert Profile.objects.get().person == mere


def test_what_is_frozen_changes_hands_in_a_merge_and_in_nothing_else(mere, work):
    held = given(work, issuer_with_owner()[0], "Blades")
    update = "UPDATE credentials_credential SET earner_id = %s, why = why || %s WHERE id = %s"

    def change(said, words):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('satchel.merging', %s, true)", [said])
            cursor.execute(update, [mere.pk, words, held.pk])

    both = f"{work.pk},{mere.pk}"
    for said, words in (("", ""), (f"{work.pk},{work.pk}", ""), (f"{mere.pk},{work.pk}", ""), (both, " And more.")):
        with pytest.raises(DatabaseError, match="never changed"):
            change(said, words)
    merged(mere, work)
    held.refresh_from_db()
    assert held.earner == mere


# --- accounts that were only made for an address ----------------------------------------------------------------------
def test_who_proves_an_address_has_what_was_awarded_to_it(mere, browser_of, sure):
    issuer, owner = issuer_with_owner()
    version = published_version(issuer)
    address = "mere@marae.example"
    held = credentials.award_directly(version, by=owner, address=address, name="Mere", why="Course.")
    outbox.drain()
    made = held.earner
    client = sure(browser_of(mere))

    client.post("/accounts/email/", {"action_add": "", "email": address})
    client.post("/accounts/confirm-email/", {"code": code_sent_to(address)})

    held.refresh_from_db()
    made.refresh_from_db()
    assert (held.earner, made.merged_into, made.is_active) == (mere, mere, False)
    assert queries.verified_addresses_of(mere) == ["mere@home.example", address]
    assert events_of(mere)[-2][0] == "person.merged"
    assert not Letter.objects.filter(kind="merged").exists()
    assert client.post("/accounts/email/", {"action_primary": "", "email": address}).status_code == 302
    mere.refresh_from_db()
    assert mere.email == address


def test_an_account_that_somebody_was_in_is_not_taken_in_by_proving_its_address(mere):
    made = verbs.welcome("mere@marae.example", name="Mere", by=mere)
    User.objects.filter(pk=made.pk).update(last_login=NOW)

    assert not verbs.take_in_welcomed(mere, address="mere@marae.example")
    User.objects.filter(pk=made.pk).update(last_login=None)
    assert verbs.take_in_welcomed(mere, address="Mere@marae.example")
    assert not verbs.take_in_welcomed(mere, address="mere@marae.example")


# --- the pages --------------------------------------------------------------------------------------------------------
def test_by_letter_from_the_question_to_one_account(mere, work, browser_of, sure):
    given(work, issuer_with_owner()[0], "Blades")
    client = sure(browser_of(mere))
    answers = [client.post(MERGE, {"address": one}, follow=True) for one in ("nobody@home.example", work.email)]
    outbox.drain()
    letter = newest_letter(work.email)
    link = urlsplit(re.search(r"\S+/accounts/merge/\S+", mail.outbox[-1].body)[0]).path

    assert [one.redirect_chain for one in answers] == [[(MERGE, 302)]] * 2
    assert letter.subject == "Another account asks to merge yours into it"
    assert {browser_of(one).get(link).status_code for one in (work, person())} == {404}
    assert browser().get(link).status_code == 302
    page = client.get(link)
    assert [line in page.text for line in ("Addresses: mere@work.example", "1 badge earned here", "Merge them")] == [
        *(True, True, True)
    ]
    assert not Merge.objects.exclude(merged_at=None).exists()
    done = client.post(link)
    assert (done.status_code, done.headers["Location"]) == (302, "/accounts/email/")
    assert client.get(link).status_code == 404
    assert mere.backpack_items.count() == 1


def test_by_signing_in_to_the_other_account_in_one_browser(mere, work, browser_of, sure):
    client = sure(browser_of(mere))
    begun = client.post("/accounts/merge/sign-in/")
    assert begun.headers["Location"] == "/accounts/login/?next=/accounts/merge/here/"
    assert client.get("/backpack/").status_code == 302

    client.post("/accounts/login/", {"login": work.email, "password": PASSWORD})
    page = client.get("/accounts/merge/here/")
    elsewhere = browser_of(work).get("/accounts/merge/here/")
    done = client.post("/accounts/merge/here/")

    assert "Merge them" in page.text
    assert elsewhere.headers["Location"] == MERGE
    assert done.headers["Location"] == "/accounts/login/"
    assert client.get("/backpack/").status_code == 302
    work.refresh_from_db()
    assert work.merged_into == mere
    answer = browser().post("/accounts/login/", {"login": "mere@work.example", "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_a_window_that_was_open_before_a_merge_began_gives_nothing_away(mere, work, browser_of, sure):
    left_open = browser_of(work)
    thief = sure(browser_of(mere))
    thief.post("/accounts/merge/sign-in/")
    left_open.cookies["satchel_merge"] = thief.cookies["satchel_merge"].value

    answers = [left_open.get("/accounts/merge/here/"), left_open.post("/accounts/merge/here/")]

    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(302, MERGE)] * 2
    assert not Merge.objects.exclude(merged_at=None).exists()
    sure(left_open)
    assert "Merge them" in left_open.get("/accounts/merge/here/").text


def test_the_page_says_what_stands_in_the_way_and_offers_nothing(mere, work):
    version = published_version(name="Blades")
    for one in (mere, work):
        submissions.start(version, by=one)
    ask = asked(mere, work)

    page = browser(mere).get(f"{MERGE}{tokens.merge_token(ask.public_id)}/")

    assert "Both accounts have work under way for “Blades”." in page.text
    assert "Merge them" not in page.text


# --- everything at once -----------------------------------------------------------------------------------------------
def test_every_column_that_names_a_person_has_said_what_becomes_of_it():
    assert {name for name, *_rest in columns()} == set(COLUMNS)


def test_all_of_somebody_who_did_everything_moves_and_goes_with_who_took_it_in(
    settings, tmp_path, client, django_capture_on_commit_callbacks
):
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": place}
    one = past.leaver(settings)
    taker = person("Ada Plain", email="ada@plain.example")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an award and a merge are never one transaction
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    signed = list(SignedForm.objects.order_by("pk").values_list("pk", "text"))
    before, told = named(one.person), merging.what_moves(one.person)
    public = [f"/c/{one.judged.public_id}", f"/c/{one.judged.public_id}.json", f"/p/{one.handle}"]

    merged(taker, one.person)
    outbox.drain()

    after = named(one.person)
    assert {name for name in after if COLUMNS[name] in {MOVES, ENDS}} == set()
    assert {name: n for name, n in before.items() if COLUMNS[name] == MOVES}.keys() <= named(taker).keys()
    assert len([name for name in before if COLUMNS[name] == MOVES]) > 12  # it was worth walking
    assert told[1:3] == ["4 badges earned here", "1 badge from elsewhere"]
    assert list(SignedForm.objects.order_by("pk").values_list("pk", "text")) == signed
    assert {path: client.get(path).status_code for path in public} == dict.fromkeys(public, 200)

    verbs.leave(taker, by=taker, address=past.ADDRESS)
    with (
        clock.at(clock.now() + verbs.COOLING_OFF + timedelta(minutes=1)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert verbs.erase(taker.pk)
        outbox.drain()
    found = (past.tables_that_name_them(), past.files_that_name_them(), past.cached_that_names_them())
    assert found == (set(), set(), set())
    assert client.get(f"/p/{one.handle}").status_code == 410
