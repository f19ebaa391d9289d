"""What page and record say of an award that ran out, was renewed or replaced, or rests on no work judged here."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from apps.core import clock, outbox
from apps.credentials import verbs
from apps.credentials.models import Credential
from tests.factories import awarded_credential, browser, owner_of, person, published_version

pytestmark = pytest.mark.django_db
ENDS = ("", "/record", "/record.json", ".pdf")


@pytest.fixture
def credential():
    found = awarded_credential(version=published_version(valid_for_days=365))
    verbs.show(found, "link", by=found.earner)
    found.refresh_from_db()
    return found


def told(credential):
    """Every form as text: page, record, JSON and PDF."""
    *pages, paper = (Client().get(f"/c/{credential.public_id}{end}").content for end in ENDS)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    return [*(page.decode() for page in pages), re.sub(r"\s+", " ", text)]


def page_of(credential, reader, query=""):
    return browser(reader).get(f"/c/{credential.public_id}{query}").content.decode()


def direct(version, **changes):
    facts = {"address": "hemi@people.example", "name": "Hēmi Ruru", "why": "Course list."} | changes
    found = verbs.award_directly(version, by=owner_of(version.achievement.issuer), **facts)
    outbox.drain()
    verbs.show(found, "link", by=found.earner)
    return Credential.objects.for_its_page().get(pk=found.pk)


def test_what_has_run_out_is_no_longer_confirmed_in_any_form_nor_kept_from_before(credential):
    files = [f"/c/{credential.public_id}{end}" for end in (".pdf", "/card.png", "/record.json")]
    etags = [Client().get(path).headers["ETag"] for path in files]

    with clock.at(credential.valid_until + timedelta(minutes=1)):
        forms = told(credential)
        changed = [
            Client().get(path, headers={"If-None-Match": etag}).status_code
            for path, etag in zip(files, etags, strict=True)
        ]

    body = json.loads(forms[2])
    assert body["standing"] == "expired"
    assert body["statement"].startswith(f"{credential.issuer.name} awarded Sharpen a knife to Learner on ")
    assert " It ran out on " in body["statement"]
    for form in forms:
        assert ("confirms that" in form, "It ran out on" in form) == (False, True)
    assert f'<meta property="og:description" content="{body["statement"]}">' in forms[0]
    structured = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', forms[0])[1])
    assert structured["description"] == body["statement"]
    assert "Standing Ran out, " in forms[3]
    assert changed == [200, 200, 200]


def test_every_form_says_what_an_award_rests_on(credential):
    assessed, awarded = told(credential), told(direct(credential.version))
    with clock.at(credential.valid_until - timedelta(days=20)):
        new = verbs.renew(credential, by=owner_of(credential.issuer))
        outbox.drain()
        verbs.show(new, "link", by=new.earner)
        renewed = told(new)

    words = (
        "Work judged against the rubric",
        "Awarded directly: no work was assessed here",
        "Renewed without new work",
    )
    assert [[word in one for word in words] for one in (*assessed, *awarded, *renewed)] == [
        *[[True, False, False]] * 4,
        *[[False, True, False]] * 4,
        *[[False, False, True]] * 4,
    ]


def test_a_renewal_keeps_the_words_of_the_assessor_and_an_award_without_a_decision_asks_for_none(
    credential, django_assert_max_num_queries
):
    with clock.at(credential.valid_until - timedelta(days=20)):
        new = verbs.renew(credential, by=owner_of(credential.issuer))
        outbox.drain()
        page = page_of(new, new.earner)
    awarded = direct(credential.version)

    assert ("Thank you." in page, "Well shown." in page) == (True, True)
    verbs.disclose(awarded, by=awarded.earner, name=True, words=True, evidence=[])
    # The credential, and what is shown of its evidence.
    with django_assert_max_num_queries(2):
        Client().get(f"/c/{awarded.public_id}/record.json")


def test_old_and_new_lead_to_each_other_for_whoever_may_see_both(credential, django_assert_max_num_queries):
    with clock.at(credential.valid_until - timedelta(days=20)):
        renewed = verbs.renew(credential, by=owner_of(credential.issuer))
    anew = verbs.reissue(direct(credential.version), by=owner_of(credential.issuer))
    old = anew.supersedes

    for before, after, words in (
        (credential, renewed, ("See the one that renewed it", "See the one that it renewed")),
        (old, anew, ("See the one that replaced it", "See the one that it replaced")),
    ):
        verbs.show(after, "link", by=after.earner)
        for reader in (before.earner, None, person()):
            forth = f'<a href="{after.get_absolute_url()}">{words[0]}</a>'
            back = f'<a href="{before.get_absolute_url()}">{words[1]}</a>'
            assert (forth in page_of(before, reader), back in page_of(after, reader)) == (True, True)
        verbs.show(after, "private", by=after.earner)
        others = page_of(before, before.earner, "?as=others"), page_of(before, None)
        assert [after.get_absolute_url() in page for page in others] == [False, False]
        assert after.get_absolute_url() in page_of(before, before.earner)
    with django_assert_max_num_queries(7):
        Client().get(credential.get_absolute_url())


def test_what_went_to_somebody_else_in_its_place_is_not_named():
    old = direct(published_version())
    new = verbs.correct(old, by=owner_of(old.issuer), address="mere@people.example", name="Mere Ruru")
    outbox.drain()
    verbs.show(new, "public", by=new.earner)

    for reader in (old.earner, new.earner, None):
        assert new.public_id not in page_of(old, reader)
        assert old.public_id not in page_of(new, reader)


def test_only_its_earner_finds_the_way_to_renew_it_while_new_work_is_taken(credential):
    way = f'href="{credential.achievement.get_absolute_url()}">Renew it</a>'

    def offered(reader, query=""):
        return way in page_of(credential, reader, query)

    assert not offered(credential.earner)
    for days in (20, -20):
        with clock.at(credential.valid_until - timedelta(days=days)):
            assert (offered(credential.earner), offered(credential.earner, "?as=others"), offered(None)) == (
                True,
                False,
                False,
            )
    Credential.objects.filter(pk=credential.pk).update(renewed_at=credential.awarded_at)
    with clock.at(credential.valid_until - timedelta(days=20)):
        assert not offered(credential.earner)
