"""The verifier at home: ours are held against our record, byte for byte; others are asked through the guarded client."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from apps.core import clock, outbox
from apps.credentials import baking, contexts, documents, keys, proofs, queries, verbs, verifier
from apps.credentials.formats import ob3, vcjwt
from apps.credentials.models import Bake, Credential, SignedForm
from apps.credentials.verbs import signing
from apps.credentials.verification import CannotResolve, NotABadge, Outside
from tests.conformance.conftest import METHOD, RICH, controller
from tests.core.test_client import Server, ok
from tests.credentials.hostile import attacker
from tests.credentials.test_baking import picture
from tests.credentials.test_verification import changed, sign
from tests.factories import (
    awarded_credential,
    decided,
    endorsed,
    forgotten,
    owner_of,
    person,
    published_version,
    requested,
)

pytestmark = pytest.mark.django_db
ALL_WELL = dict.fromkeys(("format", "signature", "issuer", "in_time", "record", "status", "evidence"), "pass")


# Its issuer is one that no address has to be looked up for.
ELSEWHERE = "did:example:elsewhere"
FOREIGN = ob3.build(replace(RICH, issuer=replace(RICH.issuer, id=ELSEWHERE)))


def foreign(**change):
    method = f"{ELSEWHERE}#{METHOD.partition('#')[2]}"
    return proofs.dump(sign(FOREIGN | change, method=method))


def signed_elsewhere(document):
    """What is there to be signed, by an issuer elsewhere."""
    method = f"{ELSEWHERE}#{METHOD.partition('#')[2]}"
    return sign(document | {"issuer": document["issuer"] | {"id": ELSEWHERE}}, method=method)


def with_its_key(found, document):
    """As who has got hold of the key of an endorsement would sign."""
    return signing.prove(document, found.key, created=clock.now())


def document_at(address):
    return Outside(verifier.Asking({})).document(address)


def results(report):
    return {one.name: one.result for one in report.checks}


def test_our_words_in_another_picture_are_not_our_badge():
    credential = awarded_credential()
    other = baking.bake_png(picture("red"), queries.signed_form(credential).text)

    report = verifier.check(other)

    assert (report.valid, results(report)) == (False, ALL_WELL | {"record": "fail"})
    assert "picture around it" in {one.name: str(one.plain) for one in report.checks}["record"]


def test_a_picture_is_ours_before_its_further_forms_are_signed():
    credential = Credential.objects.select_related("version").get(decision_id=decided().public_id)
    verbs.bake([credential.pk])
    form, art = queries.signed_form(credential), queries.artwork(credential.version, Bake.Picture.SVG)
    other = art.replace(b"<svg", b"<svg data-other='1'", 1)

    ours, theirs = (verifier.check(queries.spliced(Bake.Picture.SVG, form, one)) for one in (art, other))

    assert list(Bake.objects.values_list("form__format", "picture")) == [(SignedForm.Format.OB3_EDDSA, "png")]
    assert (ours.valid, results(ours)) == (True, ALL_WELL)
    assert (theirs.valid, results(theirs)) == (False, ALL_WELL | {"record": "fail"})


def test_a_program_or_an_editor_may_lay_it_out_anew_and_nothing_more():
    text = queries.signed_form(awarded_credential()).text

    for whole in (json.dumps(json.loads(text), indent=1), f"{text}\n", text.replace("\n", "\r\n")):
        report = verifier.check(whole)
        assert (report.valid, results(report)) == (True, ALL_WELL)
    other = verifier.check(json.dumps(json.loads(text) | {"name": "Mine"}, indent=1))
    assert (other.valid, results(other)) == (False, {"format": "pass", "signature": "fail"})


def test_who_signs_something_under_an_id_of_ours_learns_nothing_of_it(settings):
    credential = awarded_credential()
    piece = queries.evidence_url(queries.evidence_of(credential)[0])
    evidence = [{"id": piece, "type": ["Evidence"], "digestSRI": "sha256-" + "A" * 43 + "="}]

    real, made_up = (
        verifier.check(foreign(id=f"{settings.PUBLIC_URL}/c/{public_id}", evidence=evidence))
        for public_id in (credential.public_id, "a" * 26)
    )

    assert [(one.name, one.result, str(one.plain), one.technical) for one in real.checks] == [
        (one.name, one.result, str(one.plain), one.technical) for one in made_up.checks
    ]
    assert (results(real)["record"], results(real)["evidence"]) == ("fail", "could_not_check")


def test_any_byte_of_our_text_counts_even_where_it_names_a_vocabulary():
    text = queries.signed_form(awarded_credential()).text.encode()

    for place in range(0, len(text), 61):
        other = bytearray(text)
        other[place] ^= 1
        assert _verdict(bytes(other)) is False, other[place - 30 : place + 30]


def test_any_byte_of_our_picture_counts():
    whole = queries.baked_png(awarded_credential().pk)

    assert verifier.check(whole).valid is True
    for place in range(0, len(whole), 97):
        other = bytearray(whole)
        other[place] ^= 1
        assert _verdict(bytes(other)) is False, place


def test_it_belongs_to_its_earner_by_any_of_their_addresses_and_to_nobody_else():
    credential = awarded_credential()
    text = queries.signed_form(credential).text

    theirs = verifier.check(text, recipient=credential.earner.email.upper())
    somebodys = verifier.check(text, recipient=person().email)

    assert results(theirs) == ALL_WELL | {"recipient": "pass"}
    assert results(somebodys) == ALL_WELL | {"recipient": "fail"}
    assert credential.earner.email not in text


def test_an_id_of_ours_that_we_never_gave_is_not_in_our_record(settings):
    credential = awarded_credential()
    for made_up in ("a" * 26, "nothing", "", f"{credential.public_id}/more", "%00"):
        report = verifier.check(foreign(id=f"{settings.PUBLIC_URL}/c/{made_up}"))

        assert results(report)["record"] == "fail"
        assert report.valid is False


@pytest.mark.parametrize("name", ["urn:uuid:1", "https://elsewhere.example/c/1"])
def test_what_a_key_of_ours_signed_beside_us_is_not_in_our_record_whatever_its_id(name, settings):
    settings.PUBLIC_URL = "https://satchel.example"
    credential = awarded_credential()
    key = queries.signed_form(credential).key
    address, did = queries.issuer_url(credential.issuer.slug), documents.did_of(credential.issuer)
    signer, body = keys.ed25519_signer(key), FOREIGN | {"id": name}

    def by(issuer):
        return body | {"issuer": body["issuer"] | {"id": issuer}}

    reports = [
        verifier.check(one)
        for one in (
            json.dumps(sign(by(address), key=signer, method=f"{address}#{key.name}")),
            json.dumps(sign(by(did), key=signer, method=f"{did}#{key.name}")),
            vcjwt.sign(by(address), kid=queries.key_url(key), private_key=signer),
        )
    ]

    held = dict.fromkeys(("format", "signature", "issuer", "in_time"), "pass")
    told = held | {"record": "fail", "evidence": "could_not_check"}
    assert [(one.verdict, results(one)) for one in reports] == [("changed", told)] * 3


def test_what_names_an_issuer_of_a_former_address_of_ours_is_held_against_our_record(settings):
    settings.FORMER_PUBLIC_URLS = ["https://former.example"]
    issuer = FOREIGN["issuer"] | {"id": "https://former.example/issuers/kowhai"}
    method = f"{issuer['id']}#{METHOD.partition('#')[2]}"

    report = verifier.check(json.dumps(sign(FOREIGN | {"id": "urn:uuid:1", "issuer": issuer}, method=method)))

    assert (report.verdict, results(report)["record"]) == ("changed", "fail")


ENDORSEMENT_HOLDS = dict.fromkeys(("format", "signature", "issuer", "in_time", "record", "status"), "pass")


def test_an_endorsement_of_ours_is_held_against_our_record_by_itself():
    found = endorsed(published_version())

    laid_out_anew = verifier.check(json.dumps(json.loads(found.text), indent=1))
    as_signed = verifier.check(found.text)
    verbs.take_back_endorsement(found, by=owner_of(found.endorser))
    taken_back = verifier.check(found.text)

    for report in (as_signed, laid_out_anew):
        assert (report.verdict, results(report), report.zone) == ("good", ENDORSEMENT_HOLDS, found.endorser.time_zone)
    assert (taken_back.verdict, results(taken_back)) == ("taken_back", ENDORSEMENT_HOLDS | {"status": "fail"})


def test_an_endorsement_under_an_id_of_ours_that_we_never_signed_is_no_word_of_anybody_here():
    found = endorsed(published_version())
    asked = requested(published_version())
    words = {name: one for name, one in json.loads(found.text).items() if name != "proof"}
    ids = [words["id"][:-26] + one for one in (found.public_id, asked.public_id, "a" * 26)]

    by_others = [verifier.check(json.dumps(signed_elsewhere(words | {"id": one}))) for one in ids]
    with_our_key = verifier.check(with_its_key(found, words | {"name": "Anything at all"}))

    assert [(one.verdict, results(one)["record"], "status" in results(one)) for one in by_others] == [
        ("changed", "fail", False)
    ] * 3
    assert (with_our_key.verdict, results(with_our_key)) == (
        "changed",
        dict.fromkeys(("format", "signature", "issuer", "in_time"), "pass") | {"record": "fail"},
    )


def test_an_endorsement_by_a_key_in_other_hands_is_in_our_record_and_vouches_for_nothing():
    found = endorsed(published_version())
    owner = owner_of(found.endorser)
    verbs.compromise_key(found.key, by=owner, why="A laptop was stolen.")
    compromised = verifier.check(found.text)
    verbs.sign_endorsement_anew(found.pk, by_id=owner.pk)
    outbox.drain()

    replaced = verifier.check(found.text)

    assert (compromised.verdict, results(compromised)) == ("not_who_it_says", ENDORSEMENT_HOLDS | {"issuer": "fail"})
    assert (replaced.verdict, results(replaced)) == (
        "not_who_it_says",
        ENDORSEMENT_HOLDS | {"issuer": "fail", "status": "fail"},
    )
    assert [one.why for one in replaced.checks if one.name == "status"] == ["superseded"]


@pytest.mark.parametrize(
    "address", ["http://[::1/c/1", "http://localhost:x/c/1", "urn:uuid:1", "https://elsewhere.example/c/1"]
)
def test_an_id_that_is_not_ours_is_not_looked_for(address):
    report = verifier.check(foreign(id=address))

    assert (report.valid, results(report)) == (
        None,
        {
            **dict.fromkeys(("format", "signature", "in_time"), "pass"),
            **dict.fromkeys(("issuer", "evidence"), "could_not_check"),
        },
    )


def test_what_can_not_be_read_and_names_us_is_still_held_against_our_record():
    text = queries.signed_form(awarded_credential()).text
    other = changed(json.loads(text), ("@context",), [*ob3.CONTEXTS, "https://inside.example/context"])

    report = verifier.check(json.dumps(other))

    assert (report.valid, results(report)) == (False, {"format": "could_not_check", "record": "fail"})


def test_an_issuer_of_ours_is_read_from_the_database(settings):
    credential = awarded_credential()
    slug = credential.issuer.slug
    ours = documents.issuer_document(credential.issuer.slug)

    settings.FORMER_PUBLIC_URLS = ["https://former.example"]
    settings.FETCH_ALLOW = []

    assert document_at(f"{settings.PUBLIC_URL}/issuers/{slug}") == ours
    assert document_at(f"https://FORMER.example:443/issuers/{slug}") == ours
    for path in ("/issuers/nobody", "/issuers/", f"/c/{slug}", "/issuers/a\x00b", ""):
        with pytest.raises(CannotResolve, match="nothing of ours"):
            document_at(f"{settings.PUBLIC_URL}{path}")


def test_an_issuer_elsewhere_is_asked_at_its_address(settings):
    with Server(ok(json.dumps(controller()).encode())) as server:
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]

        assert document_at(f"http://localhost:{server.port}/issuers/1") == controller()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"<html>", b"\xff", b'{"id":1,"id":2}', b'{"a":' * 5000, b'{"a":NaN}', b'{"a":"' + b"x" * 2**21],
)
def test_an_issuers_document_that_can_not_be_read_is_none(settings, body):
    with Server(ok(body)) as server:
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]

        with pytest.raises(CannotResolve):
            document_at(f"http://localhost:{server.port}/issuers/1")


@pytest.mark.parametrize(
    "address", ["did:web:a.example", "http://127.0.0.1:1/", "http://[::1/", "", "https://a.example/\x00"]
)
def test_what_is_not_fetched_for_anybody_can_not_be_resolved(address):
    with pytest.raises(CannotResolve):
        document_at(address)


def test_an_address_of_ours_is_checked_as_a_stranger_would_see_it(settings):
    credential = awarded_credential()
    address = queries.credential_url(credential.public_id)

    with pytest.raises(NotABadge, match="No badge can be seen at that address"):
        verifier.check_url(address)
    Credential.objects.filter(pk=credential.pk).update(visibility=Credential.Visibility.LINK)

    for ending in ("", "/", ".json", ".png"):
        report = verifier.check_url(address + ending)
        assert (report.valid, results(report), report.own_id) == (True, ALL_WELL, credential.public_id)
    for other in (f"{settings.PUBLIC_URL}/", f"{settings.PUBLIC_URL}/c/x\x00", f"{address}.exe"):
        with pytest.raises(NotABadge):
            verifier.check_url(other)


def test_an_address_elsewhere_is_fetched_and_checked(settings):
    with Server(ok(foreign().encode()), ok(b"<html>")) as server:
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]

        report = verifier.check_url(f"http://localhost:{server.port}/c/1")
        with pytest.raises(NotABadge):
            verifier.check_url(f"http://localhost:{server.port}/page")

    assert results(report)["signature"] == "pass"


def gone(body):
    return b"HTTP/1.1 410 Gone\r\nContent-Type: application/json\r\n\r\n" + body


TAKEN_AWAY = {
    "with a notice": (
        gone(b'{"revoked": true, "revocationReason": "Cheated"}'),
        ("taken_back", {"status": "fail"}, "The issuer has taken it back: Cheated."),
        "It no longer counts. Only the issuer can say more.",
    ),
    "without a word": (
        gone(b""),
        (
            "undecided",
            {"address": "could_not_check"},
            "It was taken away from that address: there is nothing left to check.",
        ),
        "Ask the earner for the file itself, or ask whoever published it what happened to it.",
    ),
    "with a notice that takes nothing back": (
        gone(b'{"revoked": "no"}'),
        (
            "undecided",
            {"address": "could_not_check"},
            "It was taken away from that address: there is nothing left to check.",
        ),
        "Ask the earner for the file itself, or ask whoever published it what happened to it.",
    ),
}


@pytest.mark.parametrize("how", TAKEN_AWAY)
def test_an_address_from_which_it_was_taken_away_says_so(how, settings):
    answer, said, remedy = TAKEN_AWAY[how]
    with Server(answer) as server:
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]

        report = verifier.check_url(f"http://localhost:{server.port}/a/1")

    (check,) = report.checks
    assert (report.verdict, results(report), str(check.plain)) == said
    assert str(check.remedy) == remedy


def test_a_notice_at_another_host_takes_nothing_back(settings):
    with Server(gone(b'{"revoked": true}')) as elsewhere:
        leading = f"HTTP/1.1 302 Found\r\nLocation: http://localhost:{elsewhere.port}/a\r\n\r\n"
        with Server(leading.encode()) as server:
            settings.FETCH_ALLOW = [f"localhost:{one.port}" for one in (server, elsewhere)]

            report = verifier.check_url(f"http://localhost:{server.port}/a/1")

    assert (report.verdict, results(report)) == ("undecided", {"address": "could_not_check"})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://[::1/", "file:///etc/passwd", "http://localhost:x/", ""]
)
def test_an_address_that_is_not_fetched_is_refused_in_a_sentence(url):
    with pytest.raises(NotABadge, match=r"^Nothing could be read there: "):
        verifier.check_url(url)


def test_the_command_says_the_same_and_exits_by_the_verdict(tmp_path):
    credential = awarded_credential()
    whole = queries.baked_png(credential.pk)

    codes = {}
    for name, data in {"whole": whole, "changed": whole[:-1], "none": b"x", "foreign": foreign().encode()}.items():
        (tmp_path / name).write_bytes(data)
        codes[name], out = _command(str(tmp_path / name), "--format", "json")
        if name == "whole":
            assert json.loads(out) == verifier.check(whole).to_json() | {"checked_at": json.loads(out)["checked_at"]}
    codes["missing"], _out = _command(str(tmp_path / "missing"))
    code, table = _command(str(tmp_path / "whole"))

    assert codes == {"whole": 0, "changed": 1, "none": 1, "foreign": 2, "missing": 64}
    assert code == 0
    assert table.splitlines()[-1] == "Valid."


def _command(*arguments):
    out = StringIO()
    with pytest.raises(SystemExit) as done:
        call_command("verify_credential", *arguments, stdout=out, stderr=StringIO())
    return done.value.code, out.getvalue()


def _verdict(data):
    try:
        return verifier.check(data).valid
    except NotABadge:
        return False


# --- in a learner record ----------------------------------------------------------------------------------------------
def record_of_others(*held):
    """A learner record by somebody elsewhere, truly signed, that holds these."""
    held = [json.loads(one) if isinstance(one, str) else one for one in held]
    return attacker.signed(
        {
            "@context": [contexts.CREDENTIALS_V2, *contexts.CLR_2, ob3.CONTEXTS[1]],
            "id": f"{attacker.HOST}/clr/1",
            "type": ["VerifiableCredential", "ClrCredential"],
            "issuer": attacker.BODY["issuer"],
            "name": "All of it",
            "validFrom": "2026-01-02T03:04:05Z",
            "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": held},
        }
    )


def held_in(document):
    return [(one.verdict, results(one)) for one in verifier.check(json.dumps(document)).inside]


INSIDE = dict.fromkeys(("format", "signature", "issuer", "in_time", "record", "status"), "pass")


def test_one_of_ours_in_a_learner_record_is_judged_by_our_record_of_it():
    credential = awarded_credential()
    owner = owner_of(credential.issuer)
    document = record_of_others(queries.signed_form(credential).text)

    before = held_in(document)
    verbs.reissue(credential, by=owner)  # no list tells it yet
    replaced = held_in(document)

    assert before == [("good", INSIDE)]
    assert replaced == [("replaced", INSIDE | {"status": "fail"})]
    assert verifier.check(json.dumps(document)).valid is False


def test_one_of_ours_in_a_learner_record_whose_earner_has_left_is_known_by_its_sum():
    credential = awarded_credential()
    document = record_of_others(queries.signed_form(credential).text)
    verbs.revoke(credential, by=owner_of(credential.issuer), reason="other", note="")
    forgotten(credential.earner)

    assert held_in(document) == [("taken_back", INSIDE | {"status": "fail"})]


def test_what_a_key_of_ours_signed_beside_us_is_not_in_our_record_within_a_learner_record_either(settings):
    credential = awarded_credential()
    form = queries.signed_form(credential)
    body = {name: one for name, one in json.loads(form.text).items() if name != "proof"}
    made_up = body | {"id": f"{settings.PUBLIC_URL}/c/{'a' * 26}", "name": "Anything at all"}
    beside = signing.prove(made_up, form.key, created=clock.now())

    ((verdict, found),) = held_in(record_of_others(beside))

    assert (verdict, found["signature"], found["record"]) == ("changed", "pass", "fail")


def test_one_of_others_in_a_learner_record_is_judged_by_itself():
    told = dict.fromkeys(("format", "signature", "in_time"), "pass") | {"issuer": "could_not_check"}

    assert held_in(record_of_others(attacker.signed(attacker.BODY))) == [("nameless", told)]
