"""What programs read of an issuer: its DID, its keys one by one, its documents of Open Badges 2.0, its status lists."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from apps.core import clock, outbox
from apps.credentials import jose, keys, queries, verbs
from apps.credentials.formats import ob2
from tests.answers import headers_of
from tests.factories import awarded_credential, issuer_with_owner, owner_of

pytestmark = pytest.mark.django_db


def read(path, **headers):
    answer = Client().get(path, headers=headers)
    assert answer.status_code == 200, path
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer


@pytest.fixture
def issuer():
    return awarded_credential().issuer


ASKING = {
    "application/did+json": "application/ld+json",
    "application/jwk+json, */*": "application/ld+json",
    "application/json, text/plain, */*": "application/ld+json",
    "text/html, application/did+json": "text/html; charset=utf-8",
    "*/*": "text/html; charset=utf-8",
    "": "text/html; charset=utf-8",
}


@pytest.mark.parametrize("accept", ASKING)
def test_whoever_takes_json_of_some_kind_and_names_no_page_gets_the_document(issuer, accept):
    answer = Client().get(f"/issuers/{issuer.slug}", headers={"accept": accept} if accept else {})

    assert answer.headers["Content-Type"] == ASKING[accept]


def test_under_https_an_issuer_has_a_did_with_the_same_keys(issuer, settings):
    assert Client().get(f"/issuers/{issuer.slug}/did.json").status_code == 404
    settings.PUBLIC_URL = "https://satchel.example:8443"

    body = json.loads(read(f"/issuers/{issuer.slug}/did.json").content)

    did = f"did:web:satchel.example%3A8443:issuers:{issuer.slug}"
    named = {one.algorithm: one.name for one in issuer.signing_keys.all()}
    assert (body["id"], body["alsoKnownAs"]) == (did, [f"https://satchel.example:8443/issuers/{issuer.slug}"])
    assert {one["controller"] for one in body["verificationMethod"]} == {did}
    assert body["assertionMethod"] == [
        f"{did}#{named['ed25519']}",
        f"{did}#{named['ed25519']}-jwk",
        *(f"{did}#{named[algorithm]}{ending}" for algorithm, ending in _after_the_first(issuer)),
    ]


def _after_the_first(issuer):
    for key in list(issuer.signing_keys.all())[1:]:
        if key.algorithm != "rsa":
            yield key.algorithm, ""
        yield key.algorithm, "-jwk"


def test_a_kid_answers_with_the_bare_key_which_is_a_method_of_the_issuer_too(issuer):
    published = json.loads(read(f"/issuers/{issuer.slug}", accept="application/ld+json").content)
    for key in issuer.signing_keys.all():
        kid = queries.key_url(key)

        body = json.loads(read(kid.removeprefix("http://localhost:8000")).content)

        public = keys.public_key(key)
        jwk = jose.public_jwk(public) | {"alg": jose.algorithm_of(public)}
        assert {name: body[name] for name in jwk} == jwk
        assert "d" not in body
        (method,) = (one for one in published["verificationMethod"] if one["id"] == kid)
        assert method == {
            "id": kid,
            "type": "JsonWebKey",
            "controller": queries.issuer_url(issuer.slug),
            "publicKeyJwk": jwk,
        }
        assert kid in published["assertionMethod"]
    for name in ("nothing", "%00", "..", "a%2Fb"):
        assert Client().get(f"/issuers/{issuer.slug}/keys/{name}").status_code == 404, name
    assert Client().get(f"/issuers/{issuer_with_owner()[0].slug}/keys/{key.name}").status_code == 404


def test_a_key_in_other_hands_answers_nobody_who_follows_a_kid(issuer):
    for key in issuer.signing_keys.all():
        verbs.compromise_key(key, by=owner_of(issuer), why="")
        for ending in ("", "/ob2.json"):
            path = f"/issuers/{issuer.slug}/keys/{key.name}{ending}"
            assert Client().get(path).status_code == (410 if ending == "" or key.algorithm == "rsa" else 404), path


def test_open_badges_2_finds_its_profile_its_key_its_badge_and_what_was_revoked(issuer):
    credential = issuer.credentials.get()
    rsa = issuer.signing_keys.get(algorithm="rsa")
    page = f"http://localhost:8000/issuers/{issuer.slug}"

    profile = json.loads(read(f"/issuers/{issuer.slug}/ob2.json").content)
    key = json.loads(read(f"/issuers/{issuer.slug}/keys/{rsa.name}/ob2.json").content)
    badge = json.loads(read(f"/achievements/{credential.achievement.slug}/v1/ob2.json").content)
    before = json.loads(read(f"/issuers/{issuer.slug}/ob2-revocations.json").content)
    verbs.revoke(credential, by=owner_of(issuer), reason="conduct", note="Between us.")
    after = json.loads(read(f"/issuers/{issuer.slug}/ob2-revocations.json").content)
    issuer.email = "office@kowhai.example"
    issuer.save(update_fields=["email"])
    with_address = json.loads(read(f"/issuers/{issuer.slug}/ob2.json").content)

    assert (profile["id"], profile["publicKey"], profile["revocationList"]) == (
        f"{page}/ob2.json",
        [f"{page}/keys/{rsa.name}/ob2.json"],
        f"{page}/ob2-revocations.json",
    )
    assert (key["id"], key["owner"], key["publicKeyPem"]) == (profile["publicKey"][0], profile["id"], rsa.public_pem)
    assert (badge["type"], badge["issuer"]) == ("BadgeClass", profile["id"])
    assert (before["revokedAssertions"], after["issuer"]) == ([], profile["id"])
    assert with_address == profile | {"email": "office@kowhai.example"}
    other = issuer.signing_keys.get(algorithm="p256")
    assert Client().get(f"/issuers/{issuer.slug}/keys/{other.name}/ob2.json").status_code == 404


def test_the_list_of_what_was_revoked_tells_of_each_what_its_visibility_allows_and_comes_once(issuer):
    credential = issuer.credentials.get()
    verbs.revoke(credential, by=owner_of(issuer), reason="conduct", note="Between us.")
    path = f"/issuers/{issuer.slug}/ob2-revocations.json"
    address = queries.credential_url(credential.public_id)
    signed, hosted, nobody = (
        ob2.signed_id(address),
        ob2.hosted_id(address),
        ob2.signed_id(f"http://localhost:8000{path}"),
    )
    why = {"revocationReason": "The terms of the award were broken"}

    for visibility, told in {
        "private": [{"id": signed}, {"id": nobody}],
        "link": [{"id": signed} | why, {"id": nobody}],
        "public": [{"id": signed} | why, {"id": hosted} | why],
    }.items():
        verbs.show(credential, visibility, by=credential.earner)
        answer = read(path)
        assert json.loads(answer.content)["revokedAssertions"] == told
        again = Client().get(path, headers={"if-none-match": answer.headers["ETag"]})
        assert (again.status_code, again.content, again.headers["Access-Control-Allow-Origin"]) == (304, b"", "*")


def test_what_was_taken_back_is_looked_up_once_for_all_who_ask_within_a_second(
    issuer, settings, django_assert_num_queries
):
    settings.KEPT_BRIEFLY = 60.0
    path = f"/issuers/{issuer.slug}/ob2-revocations.json"
    first = read(path)

    with django_assert_num_queries(0):
        second = read(path)

    assert (second.content, headers_of(second)) == (first.content, headers_of(first))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_what_was_revoked_asks_3_and_of_who_has_it_or_the_same_was_asked_2(
    issuer, rows, django_assert_num_queries
):
    (version,) = {one.version for one in issuer.credentials.all()}
    for _number in range(rows - 1):
        awarded_credential(version=version)
    for credential in issuer.credentials.all():
        verbs.revoke(credential, by=owner_of(issuer), reason="mistake", note="")
    path = f"/issuers/{issuer.slug}/ob2-revocations.json"
    with django_assert_num_queries(3):
        first = read(path)
    with django_assert_num_queries(2):
        second = read(path)
    with django_assert_num_queries(2):
        known = Client().get(path, headers={"if-none-match": first.headers["ETag"]})

    assert [one["id"] for one in first.json()["revokedAssertions"]][:rows] == [
        ob2.signed_id(queries.credential_url(one.public_id)) for one in issuer.credentials.order_by("pk")
    ]
    assert (second.content, second.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert (known.status_code, known.content) == (304, b"")


def test_the_list_of_what_was_revoked_has_another_tag_once_something_in_it_may_be_seen_no_more(issuer):
    credential = issuer.credentials.get()
    verbs.revoke(credential, by=owner_of(issuer), reason="mistake", note="")
    day = clock.now() + timedelta(days=1)
    verbs.show(credential, "link", by=credential.earner, until=day)
    path = f"/issuers/{issuer.slug}/ob2-revocations.json"
    before = read(path)

    with clock.at(day):
        after = Client().get(path, headers={"if-none-match": before.headers["ETag"]})

    assert (after.status_code, before.content.count(b"revocationReason")) == (200, 1)
    assert after.content.count(b"revocationReason") == 0


def test_a_status_list_comes_as_it_was_asked_for_and_once(issuer, django_assert_num_queries):
    path = f"/status/{issuer.slug}/1"
    with django_assert_num_queries(1):
        plain = read(path)
    token = read(path, accept="application/vc+jwt")

    assert (plain.headers["Content-Type"], plain.headers["Vary"]) == ("application/vc", "Accept")
    assert json.loads(plain.content)["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"
    assert (token.headers["Content-Type"], token.content.count(b".")) == ("application/vc+jwt", 2)
    for answer, asked in ((plain, "application/vc"), (token, "application/vc+jwt")):
        again = Client().get(path, headers={"accept": asked, "if-none-match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    verbs.suspend(issuer.credentials.get(), by=owner_of(issuer), note="")
    outbox.drain()
    changed = read(path, if_none_match=plain.headers["ETag"])
    assert changed.content != plain.content


def test_a_list_that_nobody_has_signed_yet_asks_to_come_back(issuer):
    from apps.credentials.models import StatusList

    StatusList.objects.update(published=None)
    answer = Client().get(f"/status/{issuer.slug}/1")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
