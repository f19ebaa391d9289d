"""`manage.py verify_events`: the sealed trail of the desk is recomputed, and the first break in it is named."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from apps.core import events
from apps.core.models import Event
from apps.reviews import verbs
from tests.factories import ALL_GOOD, decided, marks_for, seated

pytestmark = pytest.mark.django_db
# What a decision and an appeal against it leave behind, and what of it somebody might like to have been otherwise.
TRAIL = (
    *("turn.opened", "assignment.taken", "marking.sent", "decision.made", "decision.released"),
    *("appeal.lodged", "appeal.answered"),
)


def verified():
    """What the command prints, and its exit status."""
    said, status = StringIO(), 0
    try:
        call_command("verify_events", stdout=said)
    except SystemExit as stopped:
        status = stopped.code
    return said.getvalue().strip(), status


def rewrite(kind):
    """As somebody could who has the database, and goes past its triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute('UPDATE core_event SET data = data || \'{"by": "nobody"}\' WHERE kind = %s', [kind])
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture
def sealed():
    """One block up to the decision, and one for the appeal and its answer."""
    submission = decided(short=True).attempt.submission
    first = events.seal()
    attempt, lead = submission.attempts.get(), seated("moderator", submission.achievement.issuer)
    verbs.lodge_appeal(submission, by=submission.learner, ground="evidence", grounds="The picture shows it.")
    verbs.take(attempt, by=lead)
    verbs.answer_appeal(attempt, by=lead, marks=marks_for(attempt), answers=ALL_GOOD, note="", reason="It does.")
    second = events.seal()
    return first.number, second.number


def test_the_trail_of_a_decision_and_its_appeal_is_sealed_and_holds(sealed):
    assert set(TRAIL) <= set(Event.objects.exclude(block=None).values_list("kind", flat=True))
    assert verified() == (f"{sealed[1]} blocks hold; 0 events wait to be sealed.", 0)


@pytest.mark.parametrize("kind", TRAIL)
def test_an_event_of_the_desk_that_was_rewritten_breaks_the_chain_at_its_block(sealed, kind):
    block = Event.objects.filter(kind=kind).earliest("pk").block.number

    rewrite(kind)

    assert verified() == (f"The chain is broken: an event in block {block} was changed.", 1)


def test_of_two_breaks_the_first_is_named(sealed):
    rewrite("appeal.answered")
    rewrite("decision.made")

    assert verified() == (f"The chain is broken: an event in block {sealed[0]} was changed.", 1)
