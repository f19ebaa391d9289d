"""A partner sees what was chosen and nothing else: on the page, in the ZIP, in the letter, behind every address in them.

What is kept back is first found on the same walk when it is chosen, so that nothing is missed because it was never there.
"""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from apps.backpacks import verbs as backpacks
from apps.core import outbox
from apps.credentials import verbs as credentials
from apps.credentials.queries import evidence_of
from apps.notices.models import Letter
from apps.pathways import tokens, verbs
from apps.pathways.models import CreditRequest
from apps.reviews.models import Review
from tests.factories import (
    agreed,
    asked_for_credit,
    browser,
    credential_with_picture,
    outsider,
    owner_of,
    person,
    published_version,
)

pytestmark = pytest.mark.django_db
TITLE, FILE, NOTE, TAG = "Quokka gate", "numbat.png", "dingonote", "bilbytag"
WORDS = "I sharpened ten knives."
HOST = "evidence.localhost:8000"


@pytest.fixture(scope="module")
def house(around_the_file):
    """Two badges with a text and a picture each: of one only the picture is chosen, the other is not part of it."""
    mine = credential_with_picture(learner=person("Tāne Hēnare"), title=TITLE, name=FILE)
    other = credential_with_picture(learner=mine.earner, version=published_version(name="Wombat husbandry"))
    backpacks.note_item(mine.backpack_item, by=mine.earner, tags=[TAG], note=NOTE)
    backpacks.declare(by=mine.earner, name="Told", issuer_name="School", earned_on=date(2025, 1, 1), words="emuwords")
    text, picture = evidence_of(mine)
    return {"badge": mine, "other": other, "text": text, "picture": picture}


@pytest.fixture(params=["here", "outside"])
def ask(request, house):
    """Ask a partner of either sort; give the request, a browser at the partner, and where it reads."""
    outside = request.param == "outside"

    def asked(**chosen):
        badge = house["badge"]
        agreement = agreed(badge.achievement, **({"partner": outsider()} if outside else {}))
        found = asked_for_credit(badge, agreement, **chosen)
        outbox.drain()
        if outside:
            return found, Client(), f"/credit/link/{tokens.token_of(found.public_id)}/"
        return found, browser(owner_of(agreement.partner)), f"/credit/{found.public_id}/"

    return asked


def read(client, path, found, house):
    """Everything that a partner can get at: address -> what came of it, as bytes with its headers."""
    came = {}
    ends = ("", "dossier.zip", *(f"evidence/{one}/" for one in (house["text"], house["picture"])))
    for address in [f"{path}{end}" for end in ends]:
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.get("Location", "").startswith("http://evidence."):
            there = answer["Location"].partition(HOST)[2]
            served = client.get(there, HTTP_HOST=HOST)
            body += str(dict(served.headers)).encode() + b"".join(served.streaming_content if served.streaming else ())
        if answer.get("Content-Type") == "application/zip":
            archive = zipfile.ZipFile(io.BytesIO(body))
            body = b"".join(name.encode() + archive.read(name) for name in archive.namelist())
        came[address] = body + str(dict(answer.headers)).encode()
    came["letters"] = "".join(
        f"{one.subject}{one.text}{one.html}" for one in Letter.objects.filter(kind__startswith="credit")
    ).encode()
    came["kept"] = "".join(str(one.link_sha256) for one in CreditRequest.objects.filter(pk=found.pk)).encode()
    return came


def never(house):
    """What stands in no dossier, whatever is chosen."""
    badge = house["badge"]
    assessors = Review.objects.values_list("assignment__assessor__name", flat=True)
    return {
        *(TITLE, FILE, NOTE, TAG, "emuwords", "Wombat husbandry", house["other"].public_id),
        *(badge.earner.email, "Thank you.", "Well shown.", *assessors),
        *evidence_of(house["other"]),
    }


def told(secrets, came):
    """What stands there; the question itself said back is no secret."""
    return {one for one in secrets for address, body in came.items() if one.encode() in body and one not in address}


def test_what_was_chosen_is_there_and_what_never_is_is_not(ask, house):
    found, client, path = ask(evidence=(house["text"], house["picture"]), note="Please.")

    came = read(client, path, found, house)

    assert told({"Tāne Hēnare", WORDS, "With support", "credential.json", "image/png"}, came) == {
        *("Tāne Hēnare", WORDS, "With support", "credential.json", "image/png")
    }
    assert told(never(house), came) == set()


def test_what_was_not_chosen_is_nowhere(ask, house):
    found, client, path = ask(evidence=(house["picture"],), shows_result=False)

    came = read(client, path, found, house)

    # The text, the result, and the signed file that holds the result.
    assert told({WORDS, house["text"], "With support", "credential.json", "resultDescription"}, came) == set()
    assert client.get(f"{path}evidence/{house['text']}/").status_code == 404
    assert told(never(house), came) == set()


def test_to_everybody_else_it_is_not_there(ask, house):
    found, _client, _path = ask(evidence=(house["text"],))
    paths = [f"/credit/{found.public_id}/{end}" for end in ("", "dossier.zip", f"evidence/{house['text']}/")]

    seen = {
        who: [one.get(path).status_code for path in paths]
        for who, one in {
            "somebody": browser(person()),
            "the issuer": browser(owner_of(found.agreement.issuer)),
            "another partner": browser(owner_of(agreed(house["badge"].achievement).partner)),
        }.items()
    }

    assert seen == {who: [404, 404, 404] for who in seen}
    assert [Client().get(path).status_code for path in paths] == [302, 302, 302]


def test_a_file_link_of_a_dossier_ends_with_the_dossier(ask, house):
    found, client, path = ask(evidence=(house["picture"],))
    opened = client.get(f"{path}evidence/{house['picture']}/")["Location"].partition(HOST)[2]
    served = client.get(opened, HTTP_HOST=HOST)
    assert (served.status_code, len(b"".join(served.streaming_content)) > 0) == (200, True)
    forged = re.sub(r"^/copy-\w+", f"/copy-{evidence_of(house['other'])[1]}", opened)

    verbs.withdraw_credit_request(found, by=found.learner)

    assert [client.get(one, HTTP_HOST=HOST).status_code for one in (opened, forged)] == [404, 404]


def test_a_badge_taken_back_since_says_so_in_the_dossier(house, ask):
    found, client, path = ask()
    badge = house["badge"]
    credentials.revoke(badge, by=owner_of(badge.issuer), reason="mistake", note="wallabynote")

    page = client.get(path).text

    assert ("has taken it back" in page, "Valid today" in page) == (True, False)
    assert CreditRequest.objects.get(pk=found.pk).credits_asked == Decimal(5)
