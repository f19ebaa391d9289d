"""Everybody does anything at any time: no state outside the tables, and what must always be true is true.

Each walk lives in a savepoint of its own. Jobs that follow an event are run where a worker would.
"""

import os
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import Now
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.issuers import verbs as issuers
from apps.issuers.models import Seat
from apps.reviews import queries, verbs
from apps.reviews.models import (
    Appeal,
    Assignment,
    Conflict,
    Consequence,
    Decision,
    Moderation,
    Outcome,
    Part,
    Review,
    Tally,
    Turn,
)
from apps.submissions import verbs as submissions
from apps.submissions.models import Answer, Attempt, Submission
from tests.factories import ALL_GOOD, changed, drafted_version, issuer_with_owner, marks_for, open_attempt, person
from tests.factories.rubrics import colleague

pytestmark = pytest.mark.django_db

# Of a submission and its newest attempt, the states that go together.
TOGETHER = {
    "draft": {"open"},
    "submitted": {"submitted", "checking", "assessable"},
    "under_assessment": {"assessable"},
    "awaiting_decision": {"assessed"},
    "not_yet": {"closed"},
    "declined": {"closed"},
    "awarded": {"closed"},
    "under_appeal": {"assessable"},
    "withdrawn": {"withdrawn", "open"},
    "lapsed": {"open"},
}
PLAYED_ON = {
    Part.FIRST: {"assessable"},
    Part.SECOND: {"assessable"},
    Part.GRANT: {"assessed"},
    Part.ADJUDICATE: {"assessed"},
    Part.MODERATE: {"assessed", "closed"},
    Part.APPEAL: {"assessable"},
}
# Few in the suite; WALKS=100 goes further.
WALKS = int(os.environ.get("WALKS", "2"))
POLICIES = [
    *({"policy": policy, "moderation_percent": 0} for policy in ("single", "four_eyes", "double_blind")),
    {"policy": "single", "moderation_percent": 100, "moderation_before": True},
    {"policy": "four_eyes", "moderation_percent": 100},
    {"policy": "double_blind", "moderation_percent": 100, "moderation_before": True, "blind": True},
]


class Cast:
    """Who walks, and over what: made once, and left as it was by each walk."""

    def __init__(self, facts):
        self.issuer, self.owner = issuer_with_owner()
        draft = drafted_version(self.issuer, **{key: facts[key] for key in facts if key != "moderation_before"})
        draft.moderation_before = facts.get("moderation_before", False)
        draft.save(update_fields=["moderation_before"])
        self.version = issuers.publish(draft, by=self.owner)
        self.learner = person("Learner")
        self.assessors = [colleague(f"Assessor {n}") for n in range(3)]
        self.leads = [colleague(f"Lead {n}") for n in range(2)]
        for someone in self.assessors:
            issuers.seat(someone, self.issuer, Seat.Role.ASSESSOR, by=self.owner)
        for someone in self.leads:
            issuers.seat(someone, self.issuer, Seat.Role.MODERATOR, by=self.owner)

    @property
    def judges(self):
        return [*self.assessors, *self.leads]


WHO = st.integers(0, 4)
# Mostly those who may, and sometimes one who may not.
LEAD = st.sampled_from([3, 4, 3, 4, 0])


def walk_of(cast):  # noqa: C901 - a machine is one class, and hypothesis wants its rules in it
    class Walk(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.savepoint = transaction.atomic()
            self.savepoint.__enter__()
            self.now = clock.now()

        def teardown(self):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

        # --- how an act is done
        def act(self, verb, *args, **words):
            """Done, or refused in a sentence; anything else is a fault."""
            try:
                with clock.at(self.now):
                    return verb(*args, **words)
            except (Refused, PermissionDenied):
                return None

        @property
        def submission(self):
            return Submission.objects.filter(learner=cast.learner).order_by("-pk").first()

        @property
        def attempt(self):
            return Attempt.objects.filter(submission__learner=cast.learner).order_by("-pk").first()

        def work(self):
            """The newest attempt, or an empty walk goes on to hand one in."""
            if self.attempt is None:
                self.hand_in()
            return self.attempt

        # --- the learner
        @rule()
        def hand_in(self):
            attempt = self.attempt
            with clock.at(self.now):
                if attempt is None or self.submission.state == "declined":
                    attempt = self.act(open_attempt, cast.version, learner=cast.learner)
                elif attempt.state == "open" and attempt.number > 1:
                    self.act(changed, attempt)
            if attempt is None:
                return
            self.act(submissions.submit, attempt, by=cast.learner)
            submissions.freeze(attempt.pk)
            verbs.open_turns(attempt)

        @rule()
        def withdraw(self):
            attempt = self.work()
            self.act(submissions.withdraw, self.submission, by=cast.learner)
            verbs.free_withdrawn(attempt)

        @rule()
        def reopen(self):
            self.work()
            self.act(submissions.reopen, self.submission, by=cast.learner)

        @rule()
        def try_again(self):
            self.work()
            self.act(submissions.try_again, self.submission, by=cast.learner)

        @rule(ground=st.sampled_from(Appeal.Ground.values))
        def lodge_appeal(self, ground):
            self.work()
            self.act(verbs.lodge_appeal, self.submission, by=cast.learner, ground=ground, grounds="You overlooked it.")

        @rule()
        def withdraw_appeal(self):
            for appeal in Appeal.objects.filter(decision__attempt__submission__learner=cast.learner):
                self.act(verbs.withdraw_appeal, appeal, by=cast.learner)

        # --- the judges
        @rule(who=WHO)
        def take(self, who):
            self.act(verbs.take, self.work(), by=cast.judges[who])

        @rule(who=WHO)
        def take_next(self, who):
            self.work()
            self.act(verbs.take_next, by=cast.judges[who])

        @rule(who=WHO)
        def give_back(self, who):
            for held in Assignment.objects.open().filter(assessor=cast.judges[who]):
                self.act(verbs.give_back, held.attempt, by=cast.judges[who])

        @rule(who=WHO, short=st.booleans())
        def save(self, who, short):
            attempt = self.work()
            words = {"marks": marks_for(attempt, short=short), "answers": ALL_GOOD, "note": "So far."}
            self.act(verbs.save_marks, attempt, by=cast.judges[who], **words)

        @rule(who=WHO, short=st.booleans(), declines=st.booleans())
        def decide(self, who, short, declines):
            attempt = self.work()
            words = {"marks": marks_for(attempt, short=short), "answers": ALL_GOOD, "note": "Thank you."}
            self.act(verbs.decide, attempt, by=cast.judges[who], declines=declines, **words)

        @rule(who=WHO, short=st.booleans(), declines=st.booleans())
        def take_and_decide(self, who, short, declines):
            self.take(who)
            self.decide(who, short, declines)

        @rule(short=st.booleans())
        def everybody_does_their_part(self, short):
            """As far as a decision: so that walks come to what follows one."""
            self.work()
            for who in range(len(cast.judges)):
                self.take_and_decide(who, short, declines=False)
                self.grant(who)

        @rule(who=WHO)
        def return_unscored(self, who):
            self.act(verbs.return_unscored, self.work(), by=cast.judges[who], reason="The film stops.")

        @rule(who=WHO)
        def grant(self, who):
            self.take(who)
            self.act(verbs.grant, self.work(), by=cast.judges[who])

        @rule(who=WHO)
        def pass_back(self, who):
            self.act(verbs.pass_back, self.work(), by=cast.judges[who], reason="Look at the edge again.")

        @rule(who=WHO, kind=st.sampled_from([*Conflict.DECLARED]))
        def recuse(self, who, kind):
            self.act(verbs.recuse, self.work(), by=cast.judges[who], kind=kind, reason="We are cousins.")

        @rule(who=LEAD)
        def agree(self, who):
            self.take(who)
            self.act(verbs.agree, self.work(), by=cast.judges[who])

        @rule(who=LEAD, short=st.booleans(), outcome=st.sampled_from([None, *Outcome.values]))
        def change_decision(self, who, short, outcome):
            attempt = self.work()
            self.take(who)
            words = {"marks": marks_for(attempt, short=short), "answers": ALL_GOOD, "note": "Anew."}
            reason = "The level was misread."
            self.act(verbs.change_decision, attempt, by=cast.judges[who], reason=reason, outcome=outcome, **words)

        @rule(who=LEAD)
        def ask_again(self, who):
            self.act(verbs.ask_again, self.work(), by=cast.judges[who], reason="Fresh eyes, please.")

        @rule(who=LEAD, short=st.booleans(), outcome=st.sampled_from([None, *Outcome.values]))
        def answer_appeal(self, who, short, outcome):
            attempt = self.work()
            self.take(who)
            words = {"marks": marks_for(attempt, short=short), "answers": ALL_GOOD, "note": "Heard."}
            reason = "We looked at all of it."
            self.act(verbs.answer_appeal, attempt, by=cast.judges[who], reason=reason, outcome=outcome, **words)

        @rule(short=st.booleans(), who=LEAD, outcome=st.sampled_from([None, *Outcome.values]))
        def what_was_decided_is_changed(self, short, who, outcome):
            self.everybody_does_their_part(short)
            self.change_decision(who, not short, outcome)

        @rule(short=st.booleans(), who=LEAD, outcome=st.sampled_from([None, *Outcome.values]))
        def what_was_decided_is_appealed(self, short, who, outcome):
            self.everybody_does_their_part(short)
            self.lodge_appeal("process")
            self.answer_appeal(who, not short, outcome)

        @rule(who=WHO, to=WHO)
        def assign(self, who, to):
            attempt = self.work()
            for turn in attempt.turns.open():
                self.act(verbs.assign, turn, to=cast.judges[to], by=cast.judges[who])

        @rule(who=WHO)
        def take_over(self, who):
            self.act(verbs.take_over, self.work(), by=cast.judges[who])

        # --- who runs the issuer
        @rule(done=st.sampled_from(Consequence.Done.values))
        def see_to(self, done):
            for consequence in Consequence.objects.filter(credential__earner=cast.learner):
                self.act(verbs.see_to, consequence, by=cast.owner, done=done, note="We looked at it.")

        @rule()
        def revoke(self):
            for credential in Credential.objects.filter(earner=cast.learner):
                words = {"reason": Credential.Reason.CONDUCT, "note": "The terms were broken."}
                self.act(credentials.revoke, credential, by=cast.owner, **words)

        @rule(who=WHO)
        def end_seat(self, who):
            for seat in Seat.objects.live().filter(person=cast.judges[who]):
                self.act(issuers.end_seat, seat, by=cast.owner)

        # --- the world
        @rule(days=st.sampled_from([-2, 1, 30]))
        def time_passes(self, days):
            self.now += timedelta(days=days)

        @rule()
        def leases_run_out(self):
            Assignment.objects.filter(state="taken").update(
                taken_at=Now() - timedelta(hours=9), until=Now() - timedelta(seconds=1)
            )
            verbs.expire_leases()

        @rule()
        def tallies_are_added_up(self):
            verbs.add_up_tallies()

        # --- what must always be true
        @invariant()
        def deferred_constraints_hold(self):
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")

        @invariant()
        def work_and_its_newest_attempt_agree(self):
            for submission in Submission.objects.filter(learner=cast.learner):
                newest = submission.attempts.latest("number")
                assert newest.state in TOGETHER[submission.state], (submission.state, newest.state)

        @invariant()
        def what_waits_can_be_judged(self):
            for turn in Turn.objects.open().select_related("attempt__submission"):
                assert turn.attempt.state in PLAYED_ON[turn.part]
                holders = list(turn.assignments.open().values_list("assessor", flat=True))
                assert holders == ([turn.holder_id] if turn.holder_id else [])
            assert not Assignment.objects.open().exclude(turn__state="open").exists()
            for submission in Submission.objects.filter(learner=cast.learner):
                waits = submission.state in ("under_assessment", "awaiting_decision", "under_appeal")
                assert not waits or Turn.objects.open().filter(attempt__submission=submission).exists()

        @invariant()
        def nobody_judges_twice_nor_against_a_conflict(self):
            for attempt in Attempt.objects.all():
                played = attempt.assignments.filter(state__in=("offered", "taken", "done"))
                parts = set(played.values_list("assessor", "turn__part"))
                assert max(Counter(who for who, _part in parts).values(), default=1) == 1
            live = Assignment.objects.open().select_related("attempt")
            assert not [
                one
                for one in live
                if Conflict.objects.filter(submission=one.attempt.submission_id, assessor=one.assessor_id).exists()
            ]
            assert not Assignment.objects.filter(assessor=cast.learner).exists()

        @invariant()
        def what_is_released_is_told_and_awarded(self):
            for attempt in Attempt.objects.filter(submission__learner=cast.learner).select_related("submission"):
                released = attempt.decisions.filter(released_at__isnull=False).order_by("-pk").first()
                answer = Answer.objects.filter(attempt=attempt).first()
                assert (released is None) == (answer is None)
                if released is None:
                    continue
                assert answer.met == (released.outcome == "meets")
                assert answer.declined == (released.outcome == "declined")
                ids = [one.public_id for one in queries.line_of(released)]
                awarded = Credential.objects.filter(decision_id__in=ids)
                assert awarded.exists() or released.outcome != "meets"
                state = attempt.submission.state
                if state in ("awarded", "declined", "not_yet") and not attempt.submission.attempts.filter(
                    number__gt=attempt.number
                ):
                    assert state == {"meets": "awarded"}.get(released.outcome, released.outcome)

        @invariant()
        def outcomes_are_computed_unless_a_lead_differs(self):
            for decision in Decision.objects.select_related("review", "attempt__submission"):
                assert decision.differs or decision.outcome == decision.review.outcome
                assert decision.review.state == Review.State.ACCEPTED
                assert Event.objects.filter(kind="decision.made", data__decision=decision.public_id).count() == 1

        @invariant()
        def a_changed_award_waits_for_a_human(self):
            for decision in Decision.objects.exclude(replaces=None).filter(released_at__isnull=False):
                stands = Credential.objects.filter(
                    decision_id__in=[one.public_id for one in queries.line_of(decision)], status="valid"
                )
                if decision.outcome != "meets" and not hasattr(decision, "replaced_by") and stands.exists():
                    assert Consequence.objects.filter(decision=decision).exists() or _told_before(decision)

        @invariant()
        def tallies_are_the_count(self):
            counted = defaultdict(lambda: [0, 0, 0])
            for turn in Turn.objects.open():
                for day in (turn.due_on, None):
                    figures = counted[(turn.achievement_id, turn.part, day)]
                    for at, more in enumerate((1, turn.holder_id is None, turn.again)):
                        figures[at] += more
            kept = (
                Tally.objects.order_by()
                .values_list("achievement", "part", "due_on")
                .annotate(Sum("n"), Sum("free"), Sum("again"))
            )
            assert {tuple(row[:3]): [*row[3:]] for row in kept if any(row[3:])} == dict(counted)

        @invariant()
        def a_second_look_is_taken_by_another(self):
            for look in Moderation.objects.select_related("decision"):
                assert look.by_id != look.decision.by_id

    return Walk


def _told_before(decision):
    """A decision that said the same before it led somebody to the credential then."""
    return any(Consequence.objects.filter(decision=one).exists() for one in queries.line_of(decision)[1:])


@pytest.mark.parametrize("facts", POLICIES, ids=lambda facts: "-".join(str(value) for value in facts.values()))
def test_whatever_everybody_does_no_rule_is_broken(facts):
    run_state_machine_as_test(
        walk_of(Cast(facts)),
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=30,
            deadline=None,
            database=None,
            # The same walks every time; a failure is shown as it was walked, since shrinking takes minutes.
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
