"""A learner of many years: 500 submissions with ten artefacts each cost the pages no more questions than one."""

import pytest

from apps.core import clock
from apps.submissions import queries
from apps.submissions.models import Attempt, EvidenceItem, Submission
from tests.factories import browser, open_attempt, person, published_version

pytestmark = pytest.mark.django_db


def long_history(attempt, submissions, each):
    """Rows as the verbs leave them after a withdrawal, written in four questions: the verbs would take minutes."""
    first, now = attempt.submission, clock.now()
    made = Submission.objects.bulk_create(
        Submission(
            learner=first.learner,
            version=first.version,
            achievement=first.achievement,
            state="withdrawn",
            started_at=now,
        )
        for _number in range(submissions)
    )
    attempts = Attempt.objects.bulk_create(Attempt(submission=one, number=1, saved_at=now) for one in made)
    EvidenceItem.objects.bulk_create(
        EvidenceItem(
            attempt=one,
            position=position,
            kind="document",
            title=f"Sheet {position}",
            file=f"evidence/aa/{one.pk}-{position}",
            media_type="application/pdf",
            size=1000,
            sha256=f"{one.pk * 100 + position:064x}",
            added_at=now,
        )
        for one in attempts
        for position in range(1, each + 1)
    )
    Attempt.objects.filter(pk__in=[one.pk for one in attempts]).update(state="withdrawn")


def questions(client, *addresses, django_assert_max_num_queries):
    counts = []
    for address in addresses:
        with django_assert_max_num_queries(40) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    return counts


def test_pages_of_a_learner_with_500_submissions_and_5000_artefacts_ask_as_much_as_with_one(
    django_assert_max_num_queries,
):
    attempt = open_attempt(published_version(), learner=person())
    client = browser(attempt.submission.learner)
    here = f"/submissions/{attempt.submission.public_id}/"
    pages = ("/submissions/", "/submissions/?page=9", here, f"{here}evidence/?kind=video")
    long_history(attempt, 26, 1)  # two pages of the list
    few = questions(client, *pages, django_assert_max_num_queries=django_assert_max_num_queries)

    long_history(attempt, 500, 10)
    many = questions(client, *pages, django_assert_max_num_queries=django_assert_max_num_queries)

    assert EvidenceItem.objects.filter(attempt__submission__learner=attempt.submission.learner).count() == 5027
    assert many == few


def test_the_quota_of_such_a_learner_is_one_question(django_assert_num_queries):
    attempt = open_attempt()
    long_history(attempt, 500, 10)

    with django_assert_num_queries(1):
        assert queries.bytes_of(attempt.submission.learner) == 5_000_000
