"""An issuer's public page, and what programs read at the same address."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from apps.core import clock
from apps.credentials import documents, verifier
from apps.credentials import queries as credentials
from apps.issuers import verbs
from tests.factories import (
    RUBRIC,
    WORDS,
    awarded_credential,
    endorsed,
    invited,
    issuer_with_owner,
    operator,
    published_version,
    seated,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 0, tzinfo=UTC)
PROFILE = {
    "description": "We teach by the **river**.",
    "url": "https://kura.example/",
    "place": "Quay Road",
    "country": "NZ",
    "brand_colour": "#1f4d3a",
    "quality_provider": "Since 1968.",
    "quality_process": "Two read everything.",
    "quality_review": "Each March.",
}


def shown(issuer, query=""):
    answer = Client().get(f"{issuer.get_absolute_url()}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def logo():
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    data = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(data, "PNG")
    return SimpleUploadedFile("logo.png", data.getvalue())


def test_the_page_says_who_they_are_how_they_work_and_what_was_granted():
    issuer, owner = issuer_with_owner("Ngā Awa")
    verbs.edit_issuer(issuer, by=owner, **PROFILE)
    verbs.set_logo(issuer, by=owner, upload=logo())
    verbs.add_approval(issuer, by=owner, authority="Kounga", url="https://kounga.example/1", until=date(2027, 3, 1))
    with clock.at(NOON):
        verbs.verify(issuer, by=operator())

    page = shown(issuer)

    for words in (
        *("Verified", "24 November 2026", "<strong>river</strong>", "Quay Road", ">NZ<", "https://kura.example/"),
        *("Since 1968.", "Two read everything.", "Each March.", 'href="https://kounga.example/1"', "1 March 2027"),
        *('fill="#1f4d3a"', f'src="/issuers/{issuer.slug}/logo.png?', "is an organisation that offers 0 badges here."),
    ):
        assert words in page, words
    assert "style=" not in page.split("<main")[1], "the policy of content lets no style stand in a page"


def test_without_a_word_said_nothing_empty_is_shown():
    issuer, _owner = issuer_with_owner("Ngā Awa")

    page = shown(issuer)

    assert "Who stands behind it has not been checked." in page
    for words in ("Who they are", "How they assure quality", "What authorities granted", "brand-line", "logo.png"):
        assert words not in page, words


def test_an_approval_that_ran_out_says_so():
    issuer, owner = issuer_with_owner()
    verbs.add_approval(issuer, by=owner, authority="Kounga", until=date(2020, 1, 1))

    assert "Ran out" in shown(issuer)


def test_what_is_offered_below_is_listed_after_ones_own_and_drafts_are_not():
    chief, (group, boss) = operator(), issuer_with_owner("Group")
    school = verbs.found(by=chief, name="School", parent=group)
    verbs.seat(boss, school, "owner", by=boss)
    published_version(school, name="A from below")
    published_version(group, name="B of its own")
    verbs.draft(school, by=boss, slug="secret", words=WORDS | {"name": "Secret plans"}, rubric=RUBRIC)

    page, below = shown(group), shown(school)

    assert page.index("B of its own") < page.index("A from below")
    assert "offers 2 badges here" in page
    assert ("A from below" in below, "B of its own" in below) == (True, False)
    assert f'<a href="/issuers/{group.slug}">Group</a>' in below
    assert "Secret plans" not in page + below


def test_no_name_and_no_invited_address_stands_there():
    issuer, owner = issuer_with_owner()
    assessor = seated("assessor", issuer)
    invited(issuer, "guest@people.example")

    page = shown(issuer)

    for word in (owner.name, owner.email, assessor.name, assessor.email, "guest@people.example"):
        assert word not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_5_whatever_is_on_it(rows, django_assert_num_queries):
    issuer, owner = issuer_with_owner()
    for number in range(rows):
        published_version(issuer)
        verbs.add_approval(issuer, by=owner, authority=f"Authority {number}", until=date(2027, 3, 1))
        endorsed(issuer)

    with django_assert_num_queries(5):
        page = shown(issuer)
    assert (page.count("pocket-card"), page.count("Authority "), page.count("The signed record")) == (rows, rows, rows)


def test_programs_read_the_logo_in_the_profile_and_without_one_there_is_none():
    issuer, owner = issuer_with_owner()
    before = documents.issuer_document(issuer)
    verbs.set_logo(issuer, by=owner, upload=logo())
    issuer.refresh_from_db()

    after = documents.issuer_document(issuer)

    assert "image" not in before
    assert after["image"] == {"id": f"http://localhost:8000/issuers/{issuer.slug}/logo.png", "type": "Image"}
    assert {**after, "image": None} == {**before, "image": None}


def test_a_badge_signed_with_the_logo_in_it_verifies_and_one_signed_before_still_does():
    issuer, owner = issuer_with_owner()
    before = awarded_credential(version=published_version(issuer))
    verbs.edit_issuer(issuer, by=owner, **PROFILE)
    verbs.set_logo(issuer, by=owner, upload=logo())
    after = awarded_credential(version=published_version(issuer))

    signed = [credentials.signed_form(one).text for one in (before, after)]

    assert ["logo.png" in text for text in signed] == [False, True]
    for credential in (before, after):
        assert verifier.check(credentials.baked_png(credential.pk)).valid is True


@pytest.mark.parametrize(
    ("terminology", "said"),
    [
        ("badge", "The Ridge is an organisation that offers 1 badge here."),
        ("micro_credential", "The Ridge is an organisation that offers 1 micro-credential here."),
    ],
)
def test_the_page_calls_an_achievement_what_its_issuer_calls_it(terminology, said):
    issuer, owner = issuer_with_owner("The Ridge")
    published_version(issuer)
    verbs.edit_issuer(issuer, by=owner, terminology=terminology)

    assert said in shown(issuer)
