"""What a credential's page and record tell whom, in every form: the earner's switches hold everywhere."""

import json
import re
from copy import deepcopy
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from apps.credentials import queries, verbs
from apps.credentials.models import Credential, SignedForm
from tests.factories import browser, credential_with_picture, endorsed, owner_of, person

pytestmark = pytest.mark.django_db
NAME = "Tāne Hēnare"
WORDS = ("Thank you.", "Well shown.")


@pytest.fixture(scope="module")
def shown(around_the_file):
    found = credential_with_picture(learner=person(NAME))
    verbs.show(found, "link", by=found.earner)
    return found


@pytest.fixture
def credential(shown):
    return deepcopy(shown)


def disclose(credential, *, name=True, words=False, evidence=()):
    verbs.disclose(credential, by=credential.earner, name=name, words=words, evidence=evidence)


def told(credential, reader=None, *, query=""):
    """Every form as text: page, record, JSON and PDF."""
    client = browser(reader) if reader else Client()
    address = f"/c/{credential.public_id}"
    pages = [client.get(f"{address}{one}{query}") for one in ("", "/record", "/record.json", ".pdf")]
    assert [page.status_code for page in pages] == [200] * 4
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pages[3].content)).pages)
    return [*(page.content.decode() for page in pages[:3]), re.sub(r"\s+", " ", text)]


def test_the_page_says_one_sentence_first_and_programs_read_the_same(credential):
    page = Client().get(f"/c/{credential.public_id}").content.decode()

    sentence = re.sub(r"<[^>]+>", "", re.search(r'<h1 class="sentence">(.*?)</h1>', page, re.DOTALL)[1]).strip()
    assert sentence.startswith(
        f"{credential.issuer.name} confirms that {NAME} can sharpen a knife to shaving sharpness, shown on "
    )
    assert sentence.endswith(" and judged by an assessor against a published rubric.")
    structured = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert (structured["@type"], structured["description"]) == ("EducationalOccupationalCredential", sentence)
    assert structured["about"] == {"@type": "Person", "name": NAME}
    assert f'<meta property="og:description" content="{sentence}">' in page
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert headings == [
        *("What it represents", "How it was earned", "Who issued it", "What it took", "How the work was judged"),
        *("The work itself", "Checks", "Take it with you", "Details"),
    ]


def test_a_name_that_is_kept_back_stands_nowhere(credential):
    assert all(NAME in one for one in told(credential))

    disclose(credential, name=False)

    assert not any(NAME in one for one in told(credential, person()))
    assert "the holder of this badge" in told(credential)[0]
    assert all(NAME in one for one in told(credential, credential.earner))
    assert not any(
        "can <strong>" in one and "Learner</strong>" in one
        for one in told(credential, credential.earner, query="?as=others")
    )


def test_a_name_that_is_kept_back_is_told_by_no_endorsement_but_to_its_two_sides(credential):
    endorsement = endorsed(credential)
    disclose(credential, name=False)
    pages = (
        endorsement.get_absolute_url(),
        credential.get_absolute_url(),
        f"{credential.get_absolute_url()}?as=others",
    )

    def named(reader, path):
        return f"earned by {NAME} at" in browser(reader).get(path).content.decode()

    assert [[named(reader, path) for path in pages] for reader in (None, person())] == [[False] * 3] * 2
    assert [named(credential.earner, path) for path in pages] == [True, True, False]
    assert [named(owner_of(endorsement.endorser), path) for path in (*pages, "/endorsements/")] == [
        *(True, False, False),
        True,
    ]
    assert "earned by the holder of this badge at" in browser(None).get(pages[0]).content.decode()


def test_what_others_say_of_it_stands_there_once_and_asking_for_more_is_for_the_earner(credential):
    endorsed(credential.version)
    page, others = (told(credential, credential.earner, query=query)[0] for query in ("", "?as=others"))

    ask = "Ask somebody to endorse it"
    assert [(one.count("Endorsed by"), one.count(ask)) for one in (page, others)] == [(1, 1), (1, 0)]


def test_words_of_the_assessor_are_read_by_others_only_where_shown(credential):
    assert not any(word in one for word in WORDS for one in told(credential))
    assert all(word in one for word in WORDS for one in told(credential, credential.earner))

    disclose(credential, words=True)

    assert all(word in one for word in WORDS for one in told(credential))


def test_pieces_of_evidence_open_for_others_only_where_shown(credential):
    first, second = queries.evidence_of(credential)
    disclose(credential, evidence=[second])

    for one in told(credential):
        assert (first in one, second in one) == (False, True)
    for one in told(credential, credential.earner):
        assert (first in one, second in one) == (True, True)


def test_the_record_holds_criteria_levels_and_artefacts_with_their_sums(credential):
    body = json.loads(told(credential)[2])

    assert [(one["name"], one["level_name"], one["met"]) for one in body["criteria"]] == [
        ("Edge", "With support", True),
        ("Safety", "On your own", True),
        ("Care", "With support", True),
    ]
    assert [(one["genre"], one["address"]) for one in body["evidence"]] == [("Text", None), ("Image", None)]
    assert [one["sha256"] for one in body["evidence"]] == [one["sha256"] for one in credential.snapshot["evidence"]]


def test_the_pdf_is_archival_accessible_and_holds_the_credential_as_it_was_signed(credential):
    first, again = (Client().get(f"/c/{credential.public_id}.pdf") for _twice in range(2))

    assert first.content == again.content
    reader = PdfReader(BytesIO(first.content))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.findall(r"<(pdfaid:part|pdfaid:conformance|pdfuaid:part)>(\w+)<", metadata) == [
        ("pdfaid:part", "3"),
        ("pdfaid:conformance", "A"),
        ("pdfuaid:part", "1"),
    ]
    signed = credential.forms.get(format=SignedForm.Format.OB3_EDDSA)
    assert reader.attachments == {"credential.json": [signed.text.encode()]}
    assert reader.metadata.creation_date == signed.signed_at.replace(microsecond=0)
    assert first.headers["Content-Disposition"] == f'inline; filename="record-{credential.public_id[:8]}.pdf"'


def test_a_record_that_is_known_is_not_sent_again_until_something_changes(credential):
    for path in (f"/c/{credential.public_id}{end}" for end in (".pdf", "/record.json", "/card.png")):
        etag = Client().get(path).headers["ETag"]
        assert Client().get(path, headers={"If-None-Match": etag}).status_code == 304
        disclose(credential, name=False)
        changed = Client().get(path, headers={"If-None-Match": etag})
        disclose(credential, name=True)
        assert (changed.status_code, etag.startswith('"')) == (200, True)
        assert Client().get(path, headers={"If-None-Match": etag, "Accept-Language": "mi"}).status_code == 200


def test_the_card_is_drawn_for_whoever_may_see_the_credential_and_never_tells_more(credential):
    path = f"/c/{credential.public_id}/card.png"
    with_name = Client().get(path)
    disclose(credential, name=False)
    without = Client().get(path)
    earners = browser(credential.earner).get(path)

    assert Image.open(BytesIO(with_name.content)).size == (1200, 630)
    assert without.content == earners.content != with_name.content
    verbs.show(credential, "private", by=credential.earner)
    assert Client().get(path).status_code == 404


def test_search_engines_may_keep_what_is_public_alone(credential):
    page = Client().get(f"/c/{credential.public_id}")
    assert (page.headers["X-Robots-Tag"], '<meta name="robots" content="noindex">' in page.content.decode()) == (
        "noindex",
        True,
    )

    verbs.show(credential, "public", by=credential.earner)

    page = Client().get(f"/c/{credential.public_id}")
    assert ("X-Robots-Tag" in page.headers, "noindex" in page.content.decode()) == (False, False)


def test_what_is_not_signed_yet_says_when_to_ask_again_and_a_read_signs_nothing(credential):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM credentials_bake")
        cursor.execute("DELETE FROM credentials_signedform WHERE credential_id = %s", [credential.pk])

    for end in (".json", ".png", ".pdf", "/record", "/record.json", "/card.png"):
        answer = Client().get(f"/c/{credential.public_id}{end}")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), end
    assert Client().get(f"/c/{credential.public_id}").status_code == 200
    assert not SignedForm.objects.filter(credential=credential).exists()


def test_the_earner_chooses_what_others_see_and_looks_at_it(credential):
    client, path = browser(credential.earner), f"/c/{credential.public_id}/disclose/"
    first, _second = queries.evidence_of(credential)

    answer = client.post(path, {"words": "on", "evidence": [first]}, follow=True)

    assert answer.redirect_chain == [(path, 302)]
    found = Credential.objects.get(pk=credential.pk)
    assert (found.shows_name, found.shows_words) == (False, True)
    page = answer.content.decode()
    preview = page[page.index('id="preview"') :]
    assert (NAME in preview, "Thank you." in preview, first in preview) == (False, True, True)
    assert client.post(path, {"evidence": ["a" * 26]}).status_code == 422
    assert browser(person()).post(path, {"name": "on"}).status_code == 404


def test_what_was_taken_back_is_no_longer_confirmed_in_any_form(credential):
    owner = owner_of(credential.issuer)
    verbs.revoke(credential, by=owner, reason="mistake", note="Another **person** was meant.")

    page, record, body, paper = told(credential)

    for one in (page, record, paper):
        assert "confirms that" not in one
        assert "It was awarded by mistake" in one
    assert json.loads(body)["statement"].startswith(
        f"{credential.issuer.name} has taken back Sharpen a knife, awarded to {NAME} on "
    )
    assert "Another <strong>person</strong> was meant." in page
