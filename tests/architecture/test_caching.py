"""What every public address says of keeping its answer: for how long, what it differs by, and how it is told apart."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.backpacks import codes, tokens
from apps.backpacks import verbs as backpacks
from apps.core import outbox
from apps.credentials import verbs as credentials
from apps.credentials.models import SigningKey
from apps.credentials.queries import evidence_of
from apps.issuers import verbs as issuers
from tests.factories import browser, credential_with_picture, owner_of

pytestmark = pytest.mark.django_db

PUBLIC = "https://satchel.example"
# Kept by nobody; by a browser, which asks each time whether it still holds; by everybody, who do the same; by everybody
# for a time.
CACHE_CONTROL = {
    "nobody": "max-age=0, no-cache, no-store, must-revalidate, private",
    "reader": "private, no-cache",
    "all": "public, no-cache",
    "minute": "public, max-age=60",
    "hour": "public, max-age=3600",
    "ever": "public, max-age=31536000, immutable",
}
# Each row: address, the type that is asked for, who may keep the answer, whether it has a tag by which a second visit is
# told that nothing changed, and what it differs by, to a visitor.
ADDRESSES = """
/                                     text/html             nobody  -    Accept-Language, Cookie
/catalogue/                           text/html             reader  -    Accept-Language, Cookie
/verify/                              text/html             reader  -    Accept-Language, Cookie
/achievements/{badge}/                text/html             reader  -    Accept, Cookie, Accept-Language
/achievements/{badge}/v1              text/html             reader  -    Accept, Cookie, Accept-Language
/achievements/{badge}/v1              application/ld+json   minute  tag  Accept
/achievements/{badge}/v1/ob2.json     */*                   minute  tag
/achievements/{badge}/v1/badge.png    */*                   ever    tag
/achievements/{badge}/v1/badge.svg    */*                   ever    tag
/issuers/{issuer}                     text/html             reader  -    Accept, Cookie, Accept-Language
/issuers/{issuer}                     application/ld+json   minute  tag  Accept
/issuers/{issuer}/logo.png            */*                   hour    tag
/issuers/{issuer}/did.json            */*                   minute  tag
/issuers/{issuer}/ob2.json            */*                   minute  tag
/issuers/{issuer}/ob2-revocations.json */*                  all     tag
/issuers/{issuer}/keys/{key}          */*                   minute  tag
/issuers/{issuer}/keys/{rsa}/ob2.json */*                   minute  tag
/status/{issuer}/1                    application/vc        all     tag  Accept
/status/{issuer}/1                    application/vc+jwt    all     tag  Accept
/c/{id}                               text/html             reader  -    Accept, Accept-Language, Cookie
/c/{id}                               application/vc        reader  tag  Accept
/c/{id}.json                          application/json      reader  tag  Accept
/c/{id}.jwt                           */*                   reader  tag
/c/{id}.png                           */*                   reader  tag
/c/{id}.svg                           */*                   reader  tag
/c/{id}.pdf                           */*                   reader  tag  Cookie, Accept-Language
/c/{id}/ob2.json                      */*                   reader  tag
/c/{id}/ob2.png                       */*                   reader  tag
/c/{id}/ob2.svg                       */*                   reader  tag
/c/{id}/record                        text/html             reader  -    Accept-Language, Cookie
/c/{id}/record.json                   */*                   reader  tag  Cookie, Accept-Language
/c/{id}/card.png                      */*                   reader  tag  Cookie, Accept-Language
/c/{id}/qr.svg                        */*                   reader  tag
/c/{id}/qr.png                        */*                   reader  tag
/e/{piece}                            text/html             nobody  -    Accept-Language, Cookie
/b/{link}/                            text/html             nobody  -    Accept-Language, Cookie
/b/{link}/{block}/{piece}/            text/html             nobody  -    Accept-Language, Cookie
/b/{link}/card.png                    */*                   reader  tag  Cookie, Accept-Language
/b/{link}/qr.svg                      */*                   reader  tag
/p/ana-rangi                          text/html             nobody  -    Accept-Language, Cookie
/p/ana-rangi/card.png                 */*                   reader  tag  Cookie, Accept-Language
/v/{code}                             */*                   nobody  -    Accept-Language, Cookie
/embed/c/{id}                         text/html             nobody  -    Accept-Language, Cookie
/embed/b/{link}                       text/html             nobody  -    Accept-Language, Cookie
/oembed?url={public}/c/{id}           */*                   nobody  -
/c/{nothing}.json                     application/vc        reader  -    Accept-Language, Cookie
/c/{nothing}                          text/html             reader  -    Accept-Language, Cookie
/issuers/{nothing}                    application/ld+json   reader  -    Accept-Language, Cookie
/status/{issuer}/9                    application/vc        reader  -    Accept-Language, Cookie
"""
FILES = [row.split()[0] for row in ADDRESSES.splitlines() if row.startswith(("/c/{id}.", "/c/{id}/")) and " tag" in row]


@pytest.fixture(scope="module")
def credential(around_the_file):
    found = credential_with_picture()
    earner = found.earner
    credentials.disclose(found, by=earner, name=True, words=True, evidence=evidence_of(found))
    issuers.set_logo(found.issuer, by=owner_of(found.issuer), upload=_logo())
    backpacks.edit_profile(earner, by=earner, handle="ana-rangi")
    backpacks.turn_on_profile(earner, by=earner, may_be_found=True)
    outbox.drain()
    return found


@pytest.fixture
def names(credential, settings):
    settings.PUBLIC_URL = PUBLIC
    return {
        "public": PUBLIC,
        "nothing": "a" * 26,
        "id": credential.public_id,
        "issuer": credential.issuer.slug,
        "badge": credential.version.achievement.slug,
        "key": SigningKey.objects.get(algorithm="ed25519").name,
        "rsa": SigningKey.objects.get(algorithm="rsa").name,
        "piece": evidence_of(credential)[0],
    }


@pytest.fixture
def shared(credential, names):
    """What leads to it: a collection's link, and a code on paper."""
    earner = credential.earner
    credentials.show(credential, "public", by=earner)
    collection = backpacks.make_collection(by=earner, title="Blades")
    block = backpacks.collect(collection, credential.backpack_item, by=earner)
    link = backpacks.share(collection, by=earner)
    code = codes.code_of(backpacks.make_code(credential, by=earner).public_id)
    return names | {"link": tokens.token_of(link.public_id), "block": block.public_id, "code": code}


def _logo():
    png = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(png, "PNG")
    return SimpleUploadedFile("logo.png", png.getvalue())


def rows(names):
    for row in ADDRESSES.strip().splitlines():
        address, accept, keeps, tag, *vary = row.split(maxsplit=4)
        yield address.format(**names), accept, (CACHE_CONTROL[keeps], tag == "tag", "".join(vary))


def said(who, address, accept):
    answer = who.get(address, headers={"accept": accept})
    return answer.headers.get("Cache-Control"), "ETag" in answer.headers, answer.headers.get("Vary", "")


def test_a_visitor_may_keep_what_each_address_says(shared):
    found = {(address, accept): said(Client(), address, accept) for address, accept, _says in rows(shared)}

    assert found == {(address, accept): says for address, accept, says in rows(shared)}


def test_to_who_is_signed_in_answers_differ_by_it_but_for_those_that_all_may_keep(credential, shared):
    mine = browser(credential.earner)
    found = {}
    for address, accept, _says in rows(shared):
        keeps, tag, vary = said(mine, address, accept)
        found[address, accept] = keeps, tag, set(vary.split(", ")) - {""}

    assert found == {
        (address, accept): (
            keeps,
            tag,
            set(filter(None, vary.split(", "))) | (set() if keeps.startswith("public") else {"Cookie"}),
        )
        for address, accept, (keeps, tag, vary) in rows(shared)
    }


def test_who_has_it_is_told_so_in_the_same_words_and_sent_nothing(shared):
    for address, accept, (keeps, tag, vary) in rows(shared):
        if not tag:
            continue
        first = Client().get(address, headers={"accept": accept})
        etag = first.headers["ETag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = Client().get(address, headers={"accept": accept, "if-none-match": known})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag), (address, known)
            assert (again.headers["Cache-Control"], again.headers.get("Vary", "")) == (keeps, vary), address
        other = Client().get(address, headers={"accept": accept, "if-none-match": '"other"'})
        assert (other.status_code, other.content) == (200, first.content), address


def test_what_only_its_earner_sees_differs_by_who_asks_and_has_no_cache_but_theirs(credential, names):
    mine = browser(credential.earner)

    for path in FILES:
        address = path.format(**names)
        answer, to_others = mine.get(address), Client().get(address)
        assert answer.headers["Cache-Control"] == "private, no-cache", path
        assert "Cookie" in answer.headers["Vary"], path
        assert answer.status_code == 200, path
        assert to_others.status_code == 404, path
        known = Client().get(address, headers={"if-none-match": answer.headers["ETag"]})
        assert (known.status_code, "ETag" in known.headers) == (404, False), path


def test_a_key_in_other_hands_is_gone_in_the_readers_language(credential, names):
    credentials.compromise_key(SigningKey.objects.get(algorithm="ed25519"), by=owner_of(credential.issuer), why="Lost.")

    gone = Client().get("/issuers/{issuer}/keys/{key}".format(**names), headers={"accept-language": "mi"})

    assert (gone.status_code, gone.headers["Cache-Control"], gone.headers["Vary"]) == (
        410,
        "private, no-cache",
        "Accept-Language, Cookie",
    )
