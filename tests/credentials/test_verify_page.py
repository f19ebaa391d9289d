"""`/verify/`: one sentence first, by what happened; the same again without the file; several handed on; nothing kept."""

import html
import re
from copy import deepcopy
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from apps.backpacks import verbs as backpacks
from apps.backpacks.codes import code_of
from apps.backpacks.tokens import token_of
from apps.core import clock
from apps.credentials import queries, verbs, verifier
from apps.credentials.models import Batch, Credential
from tests.conformance.conftest import MINIMAL
from tests.core.test_client import Server, ok
from tests.credentials.test_baking import picture
from tests.credentials.test_verifier import foreign
from tests.factories import awarded_credential, issuer_with_owner, owner_of, person, published_version

pytestmark = pytest.mark.django_db
BOM = "\ufeff"


@pytest.fixture(scope="module")
def awarded(around_the_file):
    return awarded_credential()


@pytest.fixture
def credential(awarded):
    return deepcopy(awarded)


def upload(data, name="badge.png"):
    file = BytesIO(data)
    file.name = name
    return file


def asked(**given):
    return Client().post("/verify/", given)


def sentence(answer):
    found = re.search(r'<h1 id="verdict".*?>(.*?)</h1>', answer.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split()) if found else ""


def told(answer):
    """Every word of the page, in one line."""
    body = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def hidden(answer):
    """What the form "Check again" sends: name -> value."""
    form = re.search(r'<form[^>]*class="no-print".*?</form>', answer.content.decode(), re.DOTALL)
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]) if form else []
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def results(answer):
    rows = re.findall(r'data-check="(\w+)" data-result="(\w+)"', answer.content.decode())
    return dict(rows)


def text_of(credential):
    return queries.signed_form(credential).text


def test_a_genuine_badge_is_told_in_one_sentence_then_what_it_says_then_the_checks(credential):
    answer = asked(picture=upload(queries.baked_png(credential.pk)))

    assert answer.status_code == 200
    assert sentence(answer) == (
        f"This badge is genuine and valid today: {credential.issuer.name}, at localhost:8000, awarded "
        f"{credential.version.name}."
    )
    page = told(answer)
    order = [
        "What it says",
        "Whose is it?",
        "The checks",
        "Is it still good?",
        "Is it genuine?",
        "Who stands behind it?",
    ]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)
    assert "What is it worth?" not in page
    assert "<title>Genuine and valid · Check a badge" in answer.content.decode()


def test_what_was_checked_when_and_against_which_key_is_on_the_page(credential, settings):
    with clock.at(clock.now().replace(microsecond=0)):
        report = verifier.check(queries.baked_png(credential.pk))
        answer = asked(picture=upload(queries.baked_png(credential.pk)))

    page = told(answer)
    for fact in (report.kind, report.key, report.sha256, report.checked_at.isoformat(), report.said.issuer_id):
        assert fact in page, fact
    assert f"Checked at {settings.PUBLIC_URL}/verify/" in page
    times = re.findall(r"\d{1,2}:\d\d [ap]m\S*( \S+)?", page)
    assert times
    assert set(times) == {" UTC"}


@pytest.mark.parametrize(
    ("change", "words", "pill"),
    [
        ({"status": "suspended"}, "but {issuer} has paused it for now.", "Paused"),
        ({"status": "revoked", "status_reason": "withdrawn"}, "but {issuer} has taken it back.", "Taken back"),
        ({"status": "superseded"}, "but {issuer} has replaced it by a newer one.", "Replaced"),
    ],
)
def test_what_its_issuer_did_to_it_is_said_and_that_it_is_genuine_too(credential, change, words, pill):
    Credential.objects.filter(pk=credential.pk).update(status_at=clock.now(), **change)

    answer = asked(text=text_of(credential))

    assert sentence(answer) == f"This badge is genuine, {words.format(issuer=credential.issuer.name)}"
    assert pill in told(answer)
    assert "Do not" not in told(answer)


def test_a_paused_badge_is_not_called_bad(credential):
    Credential.objects.filter(pk=credential.pk).update(status="suspended", status_at=clock.now())

    page = told(asked(text=text_of(credential)))

    assert "This is not a no. Check it again later" in page
    assert "Not just now" in page


def test_a_changed_badge_says_so_and_what_to_do(credential):
    answer = asked(text=text_of(credential).replace("urn:uuid", "urn:uuie", 1).replace('"name":"', '"name":"x', 1))

    assert sentence(answer).startswith("Do not rely on this badge: ")
    assert "Ask the earner for the original file." in told(answer)
    assert "It is not shown, because it may not be what was signed." in told(answer)
    assert credential.version.name not in told(answer)
    assert "Whose is it?" not in told(answer)


def test_what_could_not_be_decided_says_nothing_against_it():
    answer = asked(text=foreign())

    assert sentence(answer) == "This badge is unchanged, but we could not check who made it."
    page = told(answer)
    assert "That says nothing against it. Try again later. If nothing changes, ask the issuer" in page
    assert MINIMAL.issuer.name in page


def test_it_is_checked_again_without_the_file_and_says_that_the_picture_is_not_looked_at(credential):
    first = asked(picture=upload(queries.baked_png(credential.pk)))

    again = hidden(first)
    second = asked(**again)

    assert again == {"text": text_of(credential), "from_picture": "on"}
    assert (sentence(second), results(second)) == (sentence(first), results(first))
    assert "without the picture that they came in" in told(second)
    assert hidden(second) == again


def test_an_address_is_asked_again_at_the_address(credential):
    verbs.show(credential, "link", by=credential.earner)
    address = queries.credential_url(credential.public_id)

    answer = asked(url=address)

    assert hidden(answer) == {"url": address}
    assert "signed words" not in told(answer)


def test_a_damaged_file_has_nothing_to_check_again_and_says_so(credential):
    whole = queries.baked_png(credential.pk)

    answer = asked(picture=upload(whole[:200] + whole[-200:]))

    assert answer.status_code == 200
    assert sentence(answer) == "This badge is damaged or incomplete, so nothing in it can be relied on."
    assert hidden(answer) == {}
    assert "To check it again, choose it again below." in told(answer)


def test_whose_it_is_is_answered_as_a_check_and_kept_nowhere(credential, caplog):
    theirs, others = credential.earner.email, person().email

    right, wrong = (asked(text=text_of(credential), recipient=one) for one in (theirs, others))

    assert results(right) == results(asked(text=text_of(credential))) | {"recipient": "pass"}
    assert sentence(right).startswith("This badge is genuine and valid today")
    assert results(wrong)["recipient"] == "fail"
    assert sentence(wrong) == ("This badge is genuine, but it was not awarded to the e-mail address you gave.")
    assert "Look for a slip in the address." in told(wrong)
    assert others not in caplog.text
    assert hidden(wrong)["recipient"] == others


def test_a_slip_in_the_persons_address_does_not_lose_the_file(credential):
    answer = asked(picture=upload(queries.baked_png(credential.pk)), recipient="not an address")

    assert answer.status_code == 422
    assert sentence(answer).startswith("This badge is genuine")
    assert 'value="not an address"' in answer.content.decode()
    assert "recipient" not in results(answer)
    assert "recipient" not in hidden(answer)


def test_the_form_may_begin_with_a_person_and_loses_nothing_when_the_rest_is_missing():
    answer = asked(recipient="ana@example.org", url="no address at all")

    assert answer.status_code == 422
    body = answer.content.decode()
    assert 'value="ana@example.org"' in body
    assert 'value="no address at all"' in body
    assert "It should look like example.org/badges/1." in body
    assert "Drop a badge picture" not in body


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Choose a badge picture, or give its address."),
        ({"recipient": "slip"}, "Choose a badge picture, or give its address."),
        ({"several": "a.example/1\nand more"}, "Line 2 is not an address"),
        ({"text": "{}", "url": "a.example/1"}, "Give only the text of a credential"),
        (
            {"text": "https://example.org:99999999999999999999/b"},
            "Nothing could be read there: that is not an address.",
        ),
        ({"text": "<html>"}, "That is a web page, not a badge."),
        ({"text": "hello"}, "That is not a credential"),
    ],
)
def test_what_can_not_be_checked_is_refused_in_a_sentence(given, words):
    answer = asked(**given)

    assert answer.status_code == 422
    assert words in told(answer)
    assert sentence(answer) == ""


def test_an_address_needs_no_scheme_and_may_be_that_of_the_record(credential, settings):
    verbs.show(credential, "link", by=credential.earner)
    half = queries.credential_url(credential.public_id).partition("://")[2]

    for typed in (half, f"{half}/record", f"  {half}.pdf"):
        assert sentence(asked(url=typed)).startswith("This badge is genuine and valid today"), typed


def test_the_short_address_that_stands_on_paper_leads_to_the_badge_as_long_as_a_stranger_may_see_it(
    credential, settings
):
    verbs.show(credential, "link", by=credential.earner)
    code = code_of(backpacks.make_code(credential, by=credential.earner).public_id)
    addresses = (
        f"{settings.PUBLIC_URL}/v/{code}",
        f"{settings.PUBLIC_URL}/v/{code.lower()}/",
        f"localhost:8000/v/{code}",
    )

    shown = [sentence(asked(url=one)) for one in addresses]
    verbs.show(credential, "private", by=credential.earner)
    hidden, unknown = (told(asked(url=f"{settings.PUBLIC_URL}/v/{one}")) for one in (code, "222-2222"))

    assert [one.partition(":")[0][:42] for one in shown] == ["This badge is genuine and valid today"[:42]] * 3
    assert hidden.replace(code, "222-2222") == unknown
    assert "No badge can be seen" in hidden


def test_an_address_may_be_pasted_where_the_text_belongs(credential):
    verbs.show(credential, "link", by=credential.earner)

    answer = asked(text=queries.credential_url(credential.public_id))

    assert sentence(answer).startswith("This badge is genuine and valid today")


def test_a_collection_and_a_page_about_a_badge_are_explained(credential, settings):
    shelf = backpacks.make_collection(by=credential.earner, title="Mine")
    backpacks.collect(shelf, credential.backpack_item, by=credential.earner)
    link = backpacks.share(shelf, by=credential.earner)
    version = published_version(issuer_with_owner()[0])
    addresses = [
        reverse("backpacks:shared", args=[token_of(link.public_id)]),
        reverse("backpacks:open_code", args=[code_of(backpacks.make_code(link, by=credential.earner).public_id)]),
        version.achievement.get_absolute_url(),
        credential.issuer.get_absolute_url(),
    ]

    answers = [asked(url=f"{settings.PUBLIC_URL}{one}") for one in addresses]

    assert [one.status_code for one in answers] == [422] * 4
    assert [re.search(r"That (is|page)[^.:]*[.:]", told(one))[0] for one in answers] == [
        "That is a collection:",
        "That is a collection:",
        "That page describes a badge; it is not one that somebody earned.",
        "That is the page of an issuer.",
    ]


def test_a_page_elsewhere_is_said_to_be_one(settings):
    with Server(ok(b"<!doctype html><p>A badge!")) as server:
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]
        answer = asked(url=f"http://localhost:{server.port}/badge/1")

    assert answer.status_code == 422
    assert "That is a web page, not a badge." in told(answer)


def handed_on(answer):
    """The kinds and names of what was handed on to the page that this answer leads to."""
    batch = Batch.objects.get(public_id=answer["Location"].strip("/").rpartition("/")[2])
    return [(item.kind, item.name) for item in batch.items.order_by("position")]


def test_more_than_one_is_handed_on(credential):
    one, other = queries.baked_png(credential.pk), picture("red")
    listed = f"{BOM}https://a.example/1\r\nb.example/2\n".encode()

    answers = [
        asked(picture=[upload(one, "one.png"), upload(other, "other.png")]),
        asked(picture=upload(listed, "list.txt")),
        asked(several="a.example/1\n\nhttps://b.example/2"),
        asked(url="a.example/1", several="b.example/2", picture=upload(one)),
        asked(text="https://a.example/1\nhttps://b.example/2"),
    ]

    assert [answer.status_code for answer in answers] == [302] * 5
    both = [("address", "https://a.example/1"), ("address", "https://b.example/2")]
    assert [handed_on(answer) for answer in answers] == [
        [("file", "one.png"), ("file", "other.png")],
        both,
        both,
        [("file", "badge.png"), *both],
        both,
    ]


def test_one_in_a_list_is_answered_at_once(credential):
    verbs.show(credential, "link", by=credential.earner)
    address = queries.credential_url(credential.public_id)

    answers = [asked(several=address), asked(picture=upload(address.encode(), "list.txt"))]

    assert {sentence(answer).partition(":")[0] for answer in answers} == {"This badge is genuine and valid today"}
    assert not Batch.objects.exists()


def test_what_others_say_in_a_badge_stays_words():
    answer = asked(text=foreign(name="<script>alert(1)</script>"))

    assert "<script>alert" not in answer.content.decode()
    assert "&lt;script&gt;alert" in answer.content.decode()


def test_whose_it_is_stands_by_itself_and_every_trouble_is_told(credential):
    verbs.suspend(credential, by=owner_of(credential.issuer), note="")
    text = text_of(credential)

    theirs = asked(text=text, recipient=credential.earner.email)
    somebodys = asked(text=text, recipient="somebody@example.org")

    assert results(theirs)["recipient"] == "pass"
    assert f"It was awarded to whoever has the address {credential.earner.email}" in told(theirs)
    assert sentence(theirs).endswith("has paused it for now.")
    assert "Not just now" in told(theirs)
    assert results(somebodys)["recipient"] == "fail"
    assert sentence(somebodys) == "This badge is genuine, but it was not awarded to the e-mail address you gave."
    assert "The issuer has paused it while something is looked into." in told(somebodys).partition("Checked")[0]


def test_an_address_of_a_person_is_compared_with_one_badge_and_never_dropped():
    several = asked(several="a.example/1\nb.example/2", recipient="somebody@example.org")
    mixed_up = asked(url="somebody@example.org")

    assert (several.status_code, Batch.objects.count()) == (422, 0)
    assert "An e-mail address can be compared with one badge at a time." in told(several)
    assert "That is an e-mail address. Give the badge first" in told(mixed_up)


def test_an_address_at_which_nobody_answers_is_no_word_against_a_badge(settings):
    settings.FETCH_ALLOW = ["localhost:1"]

    answer = asked(url="http://localhost:1/badge")

    assert (answer.status_code, sentence(answer)) == (
        200,
        "Nobody answers at that address, so nothing could be checked.",
    )
    assert "Look for a slip in the address" in told(answer)
