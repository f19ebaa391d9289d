"""The search in the shell finds what a person may open, and nothing that would tell them more."""

import re

import pytest
from django.test import Client

from apps.backpacks import finding
from apps.backpacks import verbs as backpacks
from apps.issuers import verbs as issuers
from tests.factories import (
    RUBRIC,
    WORDS,
    assessable_attempt,
    awarded_credential,
    issuer_with_owner,
    open_attempt,
    person,
    published_version,
    seated,
)

pytestmark = pytest.mark.django_db


def found(asked, someone=None):
    """group -> addresses of what was found, as the page shows it."""
    client = Client()
    if someone is not None:
        client.force_login(someone)
    page = client.get("/search/", {"q": asked}).content.decode()
    sections = re.findall(r'aria-labelledby="g-(\w+)">(.*?)</section>', page, re.DOTALL)
    return {name: re.findall(r'class="name"><a href="([^"]+)"', body) for name, body in sections}


@pytest.mark.parametrize("asked", ["kōrero", "korero", "KORERO host", "lantern", "  kōrero   host "])
def test_capitals_macrons_and_order_do_not_matter(asked):
    issuer, _owner = issuer_with_owner("Lantern Street")
    version = published_version(issuer, name="Host a kōrero")
    published_version(name="Another")

    assert found(asked) == {"achievements": [version.achievement.get_absolute_url()]}


def test_every_word_must_stand_there():
    published_version(name="Host a kōrero")

    assert found("host zebra") == {}


def test_drafts_and_older_wordings_are_not_found():
    issuer, owner = issuer_with_owner()
    issuers.draft(issuer, by=owner, slug="a-draft", words=WORDS | {"name": "Secret plans"}, rubric=RUBRIC)

    assert found("secret plans") == found("secret plans", owner) == {}


def test_a_person_finds_their_own_work_badges_and_collections():
    credential = awarded_credential(version=published_version(name="Grind and set handpiece gear"))
    earner = credential.earner
    draft = open_attempt(published_version(name="Grind a chisel"), learner=earner)
    collection = backpacks.make_collection(by=earner, title="Grinding")

    hers = found("grind", earner)

    assert sorted(hers) == ["achievements", "collections", "credentials", "work"]
    assert hers["collections"] == [collection.get_absolute_url()]
    assert hers["credentials"] == [credential.get_absolute_url()]
    assert hers["work"][0] == draft.submission.get_absolute_url()
    assert len(hers["work"]) == len(hers["achievements"]) == 2


def test_others_things_are_there_and_are_not_found():
    credential = awarded_credential(version=published_version(name="Grind and set handpiece gear"))
    earner = credential.earner
    backpacks.make_collection(by=earner, title="Grinding")
    reference = f"S-{credential.earner.submissions.get().public_id[:4].upper()}"

    for stranger in (None, person(), credential.issuer.seats.get(role="owner").person):
        assert sorted(found("grind", stranger)) == ["achievements"]
        assert found(reference, stranger) == {}
        assert found(earner.name, stranger) == {}
        assert found(earner.email, stranger) == {}


@pytest.mark.parametrize("shape", ["S-{}", "s-{}", "s {}", "{}"])
def test_an_assessor_finds_by_reference_what_they_may_judge(shape):
    issuer, _owner = issuer_with_owner()
    attempt = assessable_attempt(published_version(issuer))
    reference = shape.format(attempt.submission.public_id[:4])

    assert found(reference, seated("assessor", issuer)) == {"judging": [f"/reviews/{attempt.public_id}/"]}
    assert found(reference, seated("assessor", issuer_with_owner()[0])) == {}
    assert found(reference, seated("viewer", issuer)) == {}


def test_an_assessor_finds_nobody_by_name_and_the_page_names_nobody():
    issuer, _owner = issuer_with_owner()
    attempt = assessable_attempt(published_version(issuer), learner=person("Mārama Tīpene-Hoult"))
    assessor = seated("assessor", issuer)
    client = Client()
    client.force_login(assessor)

    page = client.get("/search/", {"q": attempt.submission.reference}).content.decode()

    assert attempt.public_id in page
    assert "Mārama" not in page
    assert found("Mārama", assessor) == found("Tipene", assessor) == {}


def test_what_was_not_handed_in_is_its_learners_alone():
    issuer, _owner = issuer_with_owner()
    attempt = open_attempt(published_version(issuer))
    reference = attempt.submission.reference

    assert found(reference, seated("assessor", issuer)) == {}
    assert found(reference, attempt.submission.learner) == {"work": [attempt.submission.get_absolute_url()]}


def test_ones_own_work_is_work_and_never_to_judge():
    issuer, _owner = issuer_with_owner()
    assessor = seated("assessor", issuer)
    attempt = assessable_attempt(published_version(issuer), learner=assessor)

    assert found(attempt.submission.reference, assessor) == {"work": [attempt.submission.get_absolute_url()]}


def test_more_than_fit_are_counted():
    issuer, _owner = issuer_with_owner()
    for _number in range(finding.MOST + 2):
        published_version(issuer, name="Many")

    page = Client().get("/search/", {"q": "many"}).content.decode()

    assert f"Showing {finding.MOST} of {finding.MOST + 2}." in page
    assert len(found("many")["achievements"]) == finding.MOST


@pytest.mark.parametrize("asked", ["", "   ", "\x00", "%", "_", "a" * 5000, "'; DROP TABLE", "S-____", "\ud800"])
def test_odd_words_find_nothing_and_break_nothing(asked):
    published_version(name="Sharpen a knife")

    assert found(asked.encode("utf-8", "surrogatepass").decode("utf-8", "replace"), person()) == {}


@pytest.mark.parametrize(
    ("asked", "reference"),
    [("S-7K2M", "7k2m"), ("s7k2m", "7k2m"), ("7K2M", "7k2m"), ("S-7K2", ""), ("S-7K2M5", ""), ("S-0189", ""), ("", "")],
)
def test_a_reference_is_four_characters_of_an_id(asked, reference):
    assert finding.reference_in(asked) == reference


def test_the_catalogue_minds_no_macrons_either():
    published_version(name="Host a kōrero")

    assert "Host a kōrero" in Client().get("/catalogue/", {"q": "korero"}).content.decode()
