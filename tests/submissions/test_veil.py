"""A piece of which its learner says that it shows them, and what each side may call the other."""

import pytest
from django.utils import translation

from apps.reviews import verbs as reviews
from apps.submissions import queries, verbs
from tests.factories import (
    assessable_attempt,
    assessor_of,
    browser,
    nobody_in,
    open_attempt,
    person,
    png_upload,
    published_version,
    taken_attempt,
)
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
VEIL = "Its learner says it shows who they are"


def marked(attempt):
    """A picture that shows its learner, and one that does not."""
    learner = attempt.submission.learner
    path = f"/submissions/{attempt.submission.public_id}/evidence/"
    sent = {"kind": "image", "title": "Me", "people": "nobody", "shows_me": "on", "upload": png_upload()}
    assert browser(learner).post(path, sent).status_code == 302
    verbs.add_evidence(
        attempt, by=learner, kind="image", upload=png_upload(colour="olive"), about=nobody_in("The blade")
    )
    return attempt.evidence.get(title="Me"), attempt.evidence.get(title="The blade")


@pytest.mark.parametrize("blind", [True, False])
def test_what_shows_its_learner_lies_under_a_veil_where_nobody_may_know_them(blind):
    attempt = open_attempt(published_version(blind=blind))
    me, _blade = marked(attempt)
    learner = attempt.submission.learner
    verbs.submit(attempt, by=learner)
    verbs.freeze(attempt.pk)
    assessor = assessor_of(attempt.submission.achievement)

    own = browser(learner).get(f"/e/{me.public_id}").content.decode()
    page, desk = (
        browser(assessor).get(path).content.decode()
        for path in (f"/e/{me.public_id}", f"/reviews/{attempt.public_id}/")
    )

    assert me.shows_me is blind  # where names are told, nobody is asked
    assert [text.count(VEIL) for text in (own, page, desk)] == ([0, 1, 1] if blind else [0, 0, 0])
    assert ("Names are covered" in desk, "Names are covered" in own) == (blind, False)
    if blind:
        veiled = page.partition('<details class="veil">')[2].partition("</details>")[0]
        assert "A copy to look at" in veiled


@pytest.mark.parametrize("blind", [True, False])
def test_the_form_asks_where_assessors_do_not_see_who_it_is(blind):
    attempt = open_attempt(published_version(blind=blind))
    piece = attempt.evidence.get()
    client = browser(attempt.submission.learner)
    there = attempt.submission.public_id

    pages = [
        client.get(path).content.decode()
        for path in (f"/submissions/{there}/", f"/submissions/{there}/evidence/", f"/evidence/{piece.public_id}/edit/")
    ]

    assert ["It shows who I am" in page for page in pages] == [blind] * 3


def test_it_goes_over_to_the_next_attempt_and_programs_say_it_too():
    attempt, assessor = taken_attempt(published_version(blind=True))
    submission, learner = attempt.submission, attempt.submission.learner
    following = reviews.return_unscored(attempt, by=assessor, reason="The picture is dark.")
    piece = following.evidence.get()
    api = program(learner, "submissions:read", "submissions:write")
    path = f"/api/v1/evidence/{piece.public_id}/"

    before = api.get(path).json()["shows_me"]
    after = api.patch(path, {"shows_me": True}, "application/json").json()["shows_me"]
    again = api.patch(path, {"title": "Log"}, "application/json").json()["shows_me"]
    verbs.save_draft(following, by=learner, edition=following.edition, what_changed="Light.", declared_own=True)
    verbs.submit(following, by=learner)
    verbs.withdraw(submission, by=learner)
    carried = verbs.reopen(submission, by=learner).evidence.get()

    assert (before, after, again, carried.shows_me) == (False, True, True, True)


@pytest.mark.parametrize(
    ("blind", "seen"),
    [
        (False, {"learner": ["Ana", "Ben", "Cleo"], "assessor": ["Ana", "Ben", "Cleo"], None: ["Ana", "Ben", "Cleo"]}),
        (
            True,
            {
                "learner": ["Ana", "An assessor", "An assessor"],
                "assessor": ["Learner {reference}", "Ben", "Cleo"],
                None: ["Learner {reference}", "An assessor", "An assessor"],
            },
        ),
    ],
)
def test_each_calls_the_others_what_the_badge_lets_them(blind, seen):
    submission = open_attempt(published_version(blind=blind), learner=person("Ana")).submission
    people = {"learner": submission.learner, "assessor": person("Ben"), "colleague": person("Cleo")}

    found = {
        viewer: [queries.public_identity(people.get(viewer), one, of=submission) for one in people.values()]
        for viewer in seen
    }

    assert found == {
        viewer: [name.format(reference=submission.reference) for name in names] for viewer, names in seen.items()
    }


def test_the_name_of_nobody_is_said_in_the_readers_language():
    submission = open_attempt(published_version(blind=True)).submission

    with translation.override("en"):
        assert queries.learner_unnamed(submission) == f"Learner {submission.reference}"


def test_what_was_covered_for_a_reader_is_never_kept():
    attempt = assessable_attempt(published_version(blind=True))

    queries.cover_attempt(attempt, reader=assessor_of(attempt.submission.achievement))

    for row in (attempt, attempt.evidence.all()[0]):
        with pytest.raises(RuntimeError, match="covered for a reader"):
            row.save()


def test_a_link_whose_address_tells_whose_it_is_leads_nowhere():
    attempt = open_attempt(published_version(blind=True), learner=person("Wairemana Planted"))
    learner = attempt.submission.learner
    for url in ("https://wairemana.example/planted", "https://ewes.example/log"):
        verbs.add_evidence(attempt, by=learner, kind="link", url=url)
    verbs.submit(attempt, by=learner)
    verbs.freeze(attempt.pk)

    page = browser(assessor_of(attempt.submission.achievement)).get(f"/reviews/{attempt.public_id}/").content.decode()

    assert ("ewes.example/log" in page, "wairemana.example" in page) == (True, False)
    assert page.count("Its web address shows whose it is, so it is covered here.") == 1
