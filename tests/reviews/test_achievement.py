"""The page of an achievement: what a visitor asks, by four headings, and how long answers really take."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from apps.core import clock
from apps.issuers import verbs
from apps.issuers.models import AchievementVersion, Approval, Issuer
from apps.reviews import queries
from apps.reviews import verbs as reviews
from tests.factories import (
    ALL_GOOD,
    OUTCOMES,
    RUBRIC,
    WORDS,
    assessable_attempt,
    assessor_of,
    drafted_version,
    issuer_with_owner,
    marks_for,
    owner_of,
    published_version,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a Monday afternoon in Auckland
TOLD = {
    "name": "Mend a net",
    "kind": "MicroCredential",
    "description": "Nets are mended at sea.",
    "description_for_earners": "For deckhands in their second season.",
    "skill_sentence": "mend a net at sea",
    "how_earned": "Mend three nets.",
    "evidence_wanted": "A film of each.",
    "tags": ["Nets & ropes"],
    "field_of_study": "Fishing",
    "level_framework": "nzqf",
    "level_number": 3,
    "credit_framework": "nzqa",
    "credits": "5",
    "hours": 50,
    "valid_for_days": 730,
    "prerequisites": "A season at sea.",
    "participation": "workplace",
    "assessment_type": "film against a rubric",
    "supervision": "attested",
    "stackability": "Counts towards Deckhand.",
    "cost": "NZ$ 90",
    "rpl_allowed": False,
    "attempts_allowed": 3,
    "service_days": 7,
    "language": "mi",
    "picture_alt": "A net over a wave",
}


def told_version():
    """Everything that can be said is said."""
    issuer, owner = issuer_with_owner("Tūī Bay Fishing School")
    issuer.verified_at = clock.now()
    issuer.quality_process = "Two people look at every tenth decision."
    issuer.url = "https://tui.example/"
    issuer.save()
    Approval.objects.create(issuer=issuer, authority="NZQA", reference="R-77", url="https://nzqa.example/77")
    requirement = {
        "kind": "video",
        "at_least": 1,
        "at_most": 3,
        "most_megabytes": 80,
        "instructions": "Uncut.",
        "from_workplace": True,
        "asks_consent": True,
    }
    skill = {"target_framework": "Deck skills", "framework_version": "2.1"}
    draft = verbs.draft(
        issuer,
        by=owner,
        slug="mend-a-net",
        words=WORDS | TOLD,
        rubric=[RUBRIC[0] | {"requirements": [requirement]}, *RUBRIC[1:]],
        outcomes=["Find every tear.", "Mend it so that it holds."],
        alignments=[
            {"target_name": "Net work", "target_url": "https://skills.example/n", "target_code": "N-1", **skill},
            {"criterion": 2, "level": 3, "target_name": "Safety", "target_url": "https://skills.example/s", **skill},
        ],
    )
    return verbs.publish(draft, by=owner)


def words_of(path="/achievements/mend-a-net/"):
    """heading -> its section in plain words."""
    html = Client().get(path).content.decode()
    sections = re.findall(r"<section>\s*<h2>([^<]+)</h2>(.*?)</section>", html, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", body).split()) for name, body in sections}


def decided_after(version, *days, first=MONDAY, apart=7):
    """One decision for each number of days, handed in on a Monday each; or so many days `apart` from the `first` on."""
    assessor = assessor_of(version.achievement)
    for number, wait in enumerate(days):
        handed_in = first + timedelta(days=apart * number)
        with clock.at(handed_in):
            attempt = assessable_attempt(version)
        with clock.at(handed_in + timedelta(days=wait)):
            reviews.take(attempt, by=assessor)
            reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")


# --- what it tells ----------------------------------------------------------------------------------------------------
def test_it_answers_what_a_visitor_asks_under_four_headings():
    told_version()

    told = words_of()

    assert list(told) == ["What it represents", "How it is earned", "Who issues it", "What it takes"]
    wanted = {
        "What it represents": [
            *("Nets are mended at sea.", "For deckhands in their second season.", "Find every tear."),
            *(
                "Mend it so that it holds.",
                "Net work N-1 · Deck skills 2.1",
                "Counts towards Deckhand.",
                "Nets &amp; ropes",
            ),
        ],
        "How it is earned": [
            *("Mend three nets.", "A film of each.", "Needed to pass", "The edge is even after help."),
            "Edge A video · 1 to 3 pieces · 80 MB at most · from real work · with the consent of the people shown Uncut.",
            "Safety Safety · Deck skills 2.1 · reached at “On your own”",
            *("Assessed by film against a rubric", "Decision one assessor decides"),
            "Who may assess assessors of Tūī Bay Fishing School",
            "Appeal within 20 days of the decision; someone who had no part in it judges your work again, once",
            "Your name assessors see who you are",
            *("Your identity Attested by somebody at work", "Prior learning evidence has to be new"),
        ],
        "Who issues it": [
            *("Tūī Bay Fishing School", "has checked that Tūī Bay Fishing School is who they say"),
            *("Two people look at every tenth decision.", "Approved by NZQA R-77"),
        ],
        "What it takes": [
            *("Work about 50 hours", "Credits 5 · NZQA credits", "Level NZQF level 3", "Field Fishing"),
            *("Before you start A season at sea.", "Taking part At work", "Language Māori", "Cost NZ$ 90"),
            *("Answer within 7 working days of handing in", "Attempts 3; each starts with everything you handed in"),
            *("Valid for 2 years", "Versions Version 1"),
        ],
    }
    missing = [(name, words) for name, sentences in wanted.items() for words in sentences if words not in told[name]]
    assert missing == [], told


def test_it_says_who_decides_when_it_is_not_one_alone_who_sees_a_name():
    issuer, owner = issuer_with_owner()
    proof = published_version(issuer, name="Judge work")
    verbs.edit_issuer(issuer, by=owner, bars_colleagues=True, appeal_days=0)
    version = published_version(
        issuer, policy="double_blind", blind=True, moderation_percent=10, moderation_before=True
    )
    verbs.set_assessor_badge(version.achievement, badge=proof.achievement, by=owner)

    told = words_of(version.achievement.get_absolute_url())["How it is earned"]

    for words in (
        *("Decision two assessors mark apart, and neither sees the other's; where they differ, a lead decides",),
        *("Your name assessors don't see who you are",),
        *("Second look 10 % of decisions are looked at again , before you hear", "Appeal none"),
        f"Who may assess assessors of {issuer} who hold a valid Judge work ; nobody who works with you or coached you",
    ):
        assert words.replace(" ,", ",").replace(" ;", ";") in told.replace(" ,", ",").replace(" ;", ";"), words


def test_what_is_not_said_leaves_no_empty_heading():
    version = published_version()

    told = words_of(version.achievement.get_absolute_url())

    for heading in (
        "Why earn it",
        "Skills",
        "Evidence for each criterion",
        "counts towards",
        "quality is assured",
        "Approved by",
        "Cost",
    ):
        assert not any(heading.lower() in words.lower() for words in told.values()), heading


def test_skills_link_to_where_they_are_described_and_tags_to_the_catalogue():
    told_version()
    client = Client()

    html = client.get("/achievements/mend-a-net/").content.decode()

    assert '<a href="https://skills.example/n" rel="noopener noreferrer">Net work</a>' in html
    (tag,) = re.findall(r'<a class="tag" href="([^"]+)">', html)
    assert "Mend a net" in client.get(tag.replace("&amp;", "&")).content.decode()


def test_a_language_that_nobody_knows_is_told_by_its_code():
    for code, words in {"qaa-x": "Language qaa-x", "en-nz": "Language English", "MI": "Language Māori"}.items():
        version = published_version(language=code)
        assert words in words_of(version.achievement.get_absolute_url())["What it takes"]


# --- versions ---------------------------------------------------------------------------------------------------------
def test_versions_are_listed_but_never_a_draft_and_each_has_its_page():
    version = published_version(name="First")
    owner = owner_of(version.achievement.issuer)
    second = verbs.draft_next(
        version.achievement, by=owner, words=WORDS | {"name": "Second"}, rubric=RUBRIC, outcomes=OUTCOMES
    )
    at = version.achievement.get_absolute_url()
    client = Client()
    client.force_login(owner)
    before = client.get(at).content.decode()
    assert "Version 2" not in before
    assert client.get(f"{at}v2").status_code == 404

    verbs.publish(second, by=owner)

    newest, older = client.get(at).content.decode(), client.get(f"{at}v1").content.decode()
    assert "<strong>Version 2</strong>" in newest
    assert f'<a href="{at}v1">Version 1</a>' in newest
    assert "This is version 1, as some people earned it." in older
    assert f'href="{at}changes/?from=1&amp;to=2"' in newest
    assert 'rel="canonical" href="http://localhost:8000' + at + '"' in newest
    assert 'rel="canonical" href="http://localhost:8000' + at + 'v1"' in older


def test_a_draft_alone_has_no_page_even_for_its_designer():
    draft = drafted_version()
    client = Client()
    client.force_login(owner_of(draft.achievement.issuer))

    before = client.get(draft.achievement.get_absolute_url()).status_code
    verbs.publish(draft, by=owner_of(draft.achievement.issuer))
    after = client.get(draft.achievement.get_absolute_url()).status_code

    assert (before, after) == (404, 200)


# --- time to result ---------------------------------------------------------------------------------------------------
def test_the_page_tells_the_middle_of_the_newest_answers():
    version = published_version()
    decided_after(version, 1, 2, 3, 7, 30)

    assert queries.turnaround_of(version.achievement) == (3, 5)
    told = words_of(version.achievement.get_absolute_url())["What it takes"]
    assert "within 10 working days of handing in; usually 3 days, by the last 5 answers" in told


def test_public_holidays_of_the_issuer_are_no_working_days():
    version = published_version()
    Issuer.objects.update(country="NZ", time_zone="Pacific/Auckland")
    version = AchievementVersion.objects.get(pk=version.pk)
    # From the Thursday before Easter to the Tuesday after it.
    decided_after(version, 5, 5, 5, 5, 5, first=datetime(2026, 4, 2, 1, tzinfo=UTC), apart=0)

    assert queries.turnaround_of(version.achievement) == (1, 5)


def test_four_answers_are_too_few_to_tell():
    version = published_version()
    decided_after(version, 1, 2, 3, 4)

    assert queries.turnaround_of(version.achievement) is None
    assert "usually" not in words_of(version.achievement.get_absolute_url())["What it takes"]


def test_only_the_newest_twenty_count_and_none_of_another_achievement(monkeypatch):
    monkeypatch.setattr(queries.turnaround, "NEWEST_ANSWERS", 5)
    version, other = published_version(), published_version()
    decided_after(version, 30, 30, 1, 1, 1, 1, 1)
    decided_after(other, 4)

    assert queries.turnaround_of(version.achievement) == (1, 5)


def test_an_answer_on_the_same_day_is_called_that():
    version = published_version()
    decided_after(version, 0, 0, 0, 0, 0)

    assert (
        "usually the same day, by the last 5 answers"
        in words_of(version.achievement.get_absolute_url())["What it takes"]
    )


# --- for programs -----------------------------------------------------------------------------------------------------
def structured(path):
    html = Client().get(path).content.decode()
    (body,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return json.loads(body)


def test_search_engines_read_the_credential():
    # In Auckland, where its issuer is, the next day has begun.
    with clock.at(datetime(2026, 11, 30, 20, tzinfo=UTC)):
        version = told_version()

    told = structured("/achievements/mend-a-net/")

    at = "http://localhost:8000/achievements/mend-a-net/v1"
    skill = {"@type": "DefinedTerm", "inDefinedTermSet": "Deck skills", "url": "https://skills.example/n"}
    assert told == {
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "@id": at,
        "url": at,
        "name": "Mend a net",
        "description": "Nets are mended at sea.",
        "image": f"{at}/badge.png",
        "inLanguage": "mi",
        "version": 1,
        "datePublished": "2026-12-01",
        "credentialCategory": "MicroCredential",
        "educationalLevel": {"@type": "DefinedTerm", "name": "NZQF level 3", "inDefinedTermSet": "NZQF"},
        "competencyRequired": [
            *("Find every tear.", "Mend it so that it holds."),
            {"name": "Net work", "termCode": "N-1", **skill},
        ],
        "keywords": ["Nets & ropes"],
        "about": "Fishing",
        "timeRequired": "PT50H",
        "validFor": "P730D",
        "publisher": {
            "@type": "Organization",
            "@id": f"http://localhost:8000/issuers/{version.achievement.issuer.slug}",
            "name": "Tūī Bay Fishing School",
            "url": "https://tui.example/",
        },
        "recognizedBy": [{"@type": "Organization", "name": "NZQA", "url": "https://nzqa.example/77"}],
    }


def test_no_words_end_the_block_of_data():
    nasty = '</script><script>alert(1)</script><!-- & "'
    version = published_version(description=nasty, skill_sentence=nasty)

    html = Client().get(version.achievement.get_absolute_url()).content.decode()

    assert structured(version.achievement.get_absolute_url())["description"] == nasty
    assert "<script>alert" not in html
    assert html.count("<script") == html.count("</script>") == 2


def test_a_link_to_it_shows_a_card():
    told_version()

    html = Client().get("/achievements/mend-a-net/").content.decode()

    card = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', html))
    assert card == {
        "og:site_name": "Satchel",
        "og:type": "website",
        "og:title": "Mend a net",
        "og:description": "Nets are mended at sea.",
        "og:url": "http://localhost:8000/achievements/mend-a-net/v1",
        "og:image": "http://localhost:8000/achievements/mend-a-net/v1/badge.png",
        "og:image:alt": "A net over a wave",
        "twitter:card": "summary",
    }


def test_programs_are_answered_at_the_same_address():
    told_version()

    answer = Client(headers={"Accept": "application/ld+json"}).get("/achievements/mend-a-net/")

    assert answer.headers["Content-Type"] == "application/ld+json"
    assert answer.json()["type"] == ["Achievement"]
    assert answer.json()["id"].endswith("/achievements/mend-a-net/v1")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_visitors_page_asks_12_whatever_stands_on_it(django_assert_num_queries, rows):
    version = told_version()
    owner = owner_of(version.achievement.issuer)
    for number in range(rows - 1):
        Approval.objects.create(issuer=version.achievement.issuer, authority=f"A{number}")
        design = verbs.draft_next(version.achievement, by=owner)
        verbs.publish(design, by=owner)

    with django_assert_num_queries(12):
        Client().get("/achievements/mend-a-net/")
    assert AchievementVersion.objects.count() == rows
