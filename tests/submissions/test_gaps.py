"""What keeps an attempt from being handed in, each with the place where to mend it."""

import pytest

from apps.submissions import verbs
from apps.submissions.models import Attempt
from tests.factories import RUBRIC, browser, changed, decided, nobody_in, open_attempt, png_upload, published_version

pytestmark = pytest.mark.django_db


def asked(**requirement):
    """An attempt with one text, whose first criterion asks for something."""
    return open_attempt(published_version(rubric=[{**RUBRIC[0], "requirements": [requirement]}, *RUBRIC[1:]]))


def missing(attempt):
    return [gap.words for gap in verbs.what_is_missing(Attempt.objects.get(pk=attempt.pk))]


def add_picture(attempt, title="After", about=None):
    edge = attempt.submission.version.criteria.get(position=1)
    return verbs.add_evidence(
        attempt,
        by=attempt.submission.learner,
        kind="image",
        upload=png_upload(),
        about=about or nobody_in(title),
        criteria=[edge],
    )


def test_nothing_is_missing_from_what_is_complete():
    assert missing(open_attempt()) == []


def test_too_few_pieces_of_the_kind_that_is_asked_for():
    attempt = asked(kind="image", at_least=2)
    add_picture(attempt, "One")

    assert missing(attempt) == ["“Edge” asks for more: A picture, at least 2; there are 1."]

    add_picture(attempt, "Two")
    assert missing(attempt) == []


def test_too_many_pieces_of_the_kind():
    attempt = asked(kind="image", at_least=0, at_most=1)
    add_picture(attempt, "One")
    add_picture(attempt, "Two")

    assert missing(attempt) == ["“Edge” asks for fewer: A picture, at most 1; there are 2."]


def test_a_text_of_too_many_words_is_counted():
    attempt = asked(kind="text", most_words=3)
    text = attempt.evidence.get()

    (gap,) = verbs.what_is_missing(attempt)

    assert gap == ("“Log” has 4 words; the most is 3.", f"#piece-{text.public_id}")


def test_a_file_of_too_many_megabytes_is_measured(monkeypatch):
    attempt = asked(kind="image", at_least=0, most_megabytes=1)
    add_picture(attempt, "Film")

    assert missing(attempt) == []
    attempt.evidence.filter(kind="image").update(size=2 * 1024 * 1024)
    assert missing(attempt) == ["“Film” is 2.0\xa0MB; the most is 1 MB."]


def test_of_a_picture_it_is_said_who_can_be_recognised():
    attempt = open_attempt()
    piece = add_picture(attempt, about=verbs.About(title="After"))

    (gap,) = verbs.what_is_missing(attempt)

    assert gap == (
        "Say whether people can be recognised in “After”, and whether they agreed.",
        f"/evidence/{piece.public_id}/edit/#people",
    )
    client = browser(attempt.submission.learner)
    assert 'id="people"' in client.get(gap.href).content.decode()
    assert f'<a href="{gap.href}">' in client.get(f"{attempt.submission.get_absolute_url()}submit/").content.decode()


def test_where_the_issuer_asks_consent_a_text_says_so_too():
    attempt = asked(kind="text", asks_consent=True)

    assert missing(attempt) == ["Say whether people can be recognised in “Log”, and whether they agreed."]


def test_what_nothing_supports_is_missing_only_where_it_is_required():
    attempt = open_attempt()
    criteria = attempt.submission.version.criteria.all()
    assert [one.required for one in criteria] == [True, True, False]
    attempt.evidence.get().supports.filter(criterion__position__gte=2).delete()

    assert missing(attempt) == ["Say which evidence supports “Safety”."]


def test_a_second_attempt_says_what_changed_and_declares_anew():
    submission = decided(short=True).attempt.submission
    second = verbs.try_again(submission, by=submission.learner)

    assert missing(second) == ["Say what you changed since the last attempt.", "Declare that it is your own work."]

    changed(second)
    assert missing(second) == []


def test_the_page_leads_to_each_gap_and_a_script_hears_them(client):
    attempt = open_attempt()
    learner = attempt.submission.learner
    client.force_login(learner)
    there = attempt.submission.get_absolute_url()
    sent = {"overview": "", "boxes": "declared_own", "edition": attempt.edition}

    answer = client.post(f"{there}save/", sent, headers={"accept": "application/json"}).json()

    gaps = [
        {"words": "Write the overview: what you did, and how.", "href": "#id_overview"},
        {"words": "Declare that it is your own work.", "href": "#id_declared_own"},
    ]
    assert answer["missing"] == gaps
    page = client.get(there).content.decode()
    assert [gap for gap in gaps if f'<a href="{gap["href"]}">{gap["words"]}</a>' not in page] == []
    assert [gap for gap in gaps if f'id="{gap["href"][1:]}"' not in page] == []
