"""Our own badges in the forms of Open Badges 2.0, at home: as a stranger sees them, and as our record has them."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from apps.core import clock
from apps.credentials import baking, jose, keys, proofs, queries, verbs, verifier
from apps.credentials.formats import ob2
from apps.credentials.formats.snapshot import AwardSnapshot
from apps.credentials.models import Credential, SignedForm, SigningKey
from apps.credentials.verification import CannotResolve, NotABadge
from apps.credentials.verification.outside import DOCUMENTS
from tests.core.test_client import Server, ok
from tests.credentials.test_baking import picture
from tests.factories import awarded_credential, owner_of, person, published_version

pytestmark = pytest.mark.django_db
HELD = dict.fromkeys(("issuer", "in_time", "record", "status"), "pass")
SIGNED_WELL = {"format": "pass", "signature": "pass"} | HELD
HOSTED_WELL = {"format": "pass", "hosted": "pass"} | HELD


@pytest.fixture
def credential():
    found = awarded_credential()
    verbs.show(found, Credential.Visibility.LINK, by=found.earner)
    found.refresh_from_db()
    return found


def verdict(report):
    return report.valid, {one.name: one.result for one in report.checks}


def form_of(credential):
    return queries.signed_form(credential, SignedForm.Format.OB2_JWS)


def hosted(credential):
    return ob2.assertion(AwardSnapshot.from_json(credential.snapshot))


def test_what_we_signed_passes_as_text_and_as_each_picture(credential):
    form = form_of(credential)
    files = [form.text, *(queries.baked(kind, form, credential.version) for kind in ("png", "svg"))]

    for data in files:
        report = verifier.check(data, recipient=credential.earner.email)

        assert verdict(report) == (True, SIGNED_WELL | {"recipient": "pass"})
        assert (report.kind, report.own_id) == ("Open Badges 2.0, signed", credential.public_id)
        assert report.key == queries.ob2_key_url(form.key)
        assert (report.said.issuer_name, report.said.achievement_name) == (
            credential.issuer.name,
            credential.version.name,
        )


def test_what_we_publish_passes_as_text_and_at_its_addresses(credential):
    address = queries.credential_url(credential.public_id)
    document = hosted(credential)

    for report in (
        verifier.check(json.dumps(document, indent=1)),
        verifier.check_url(f"{address}/ob2.json"),
        verifier.check(
            baking.bake_svg(b"<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>", f"{address}/ob2.json", version=2)
        ),
    ):
        picture = {"record": "fail"} if report.picture else {}
        assert verdict(report) == (not picture, HOSTED_WELL | picture)
        assert (report.kind, report.said.credential_id) == ("Open Badges 2.0, hosted", f"{address}/ob2.json")
    for ending in ("png", "svg"):
        assert verdict(verifier.check_url(f"{address}/ob2.{ending}")) == (True, SIGNED_WELL)


def test_each_document_is_as_our_views_serve_it_to_a_stranger(credential):
    key = credential.issuer.signing_keys.get(algorithm=SigningKey.Algorithm.RSA)
    other = credential.issuer.signing_keys.get(algorithm=SigningKey.Algorithm.P256)
    slug, version = credential.issuer.slug, credential.version
    served = [
        f"/issuers/{slug}/ob2.json",
        f"/issuers/{slug}/ob2-revocations.json",
        f"/issuers/{slug}/keys/{key.name}/ob2.json",
        f"/achievements/{version.achievement.slug}/v{version.number}/ob2.json",
        f"/c/{credential.public_id}/ob2.json",
    ]
    missing = [
        "/issuers/nobody/ob2.json",
        "/issuers/nobody/ob2-revocations.json",
        f"/issuers/{slug}/keys/{other.name}/ob2.json",
        f"/issuers/{slug}/keys/nothing/ob2.json",
        f"/achievements/{version.achievement.slug}/v99/ob2.json",
        f"/c/{'a' * 26}/ob2.json",
        "/",
    ]

    for path in served:
        found, view = _asked(path), Client().get(path)
        assert (json.loads(found.body), found.status) == (view.json(), view.status_code) == (view.json(), 200)
    for path in missing:
        with pytest.raises(CannotResolve, match="nothing of ours"):
            _asked(path)
        assert path == "/" or Client().get(path).status_code == 404


def _asked(path):
    return verifier.Asking({})(f"{settings.PUBLIC_URL}{path}", accept=DOCUMENTS, seconds=1)


def test_what_is_gone_at_home_is_gone_for_the_verifier_too(credential):
    owner = owner_of(credential.issuer)
    key = credential.issuer.signing_keys.get(algorithm=SigningKey.Algorithm.RSA)
    verbs.revoke(credential, by=owner, reason=Credential.Reason.MISTAKE, note="")
    verbs.compromise_key(key, by=owner, why="A laptop was stolen.")

    for path in (f"/c/{credential.public_id}/ob2.json", f"/issuers/{credential.issuer.slug}/keys/{key.name}/ob2.json"):
        assert (_asked(path).status, Client().get(path).status_code) == (410, 410)
    assert json.loads(_asked(f"/c/{credential.public_id}/ob2.json").body)["revoked"] is True


def test_what_was_taken_back_or_paused_says_so_from_our_record_in_each_form(credential):
    owner = owner_of(credential.issuer)
    form = form_of(credential)
    baked = queries.baked("png", form, credential.version)
    text = json.dumps(hosted(credential))

    def pause():
        verbs.suspend(credential, by=owner, note="We are looking into it.")

    def take_back():
        verbs.revoke(credential, by=owner, reason=Credential.Reason.MISTAKE, note="")

    for act, why in ((pause, "suspended"), (take_back, "revoked")):
        act()
        for data, well in ((form.text, SIGNED_WELL), (baked, SIGNED_WELL), (text, HOSTED_WELL)):
            report = verifier.check(data)
            taken_down = {"hosted": "could_not_check"} if well is HOSTED_WELL else {}
            assert verdict(report) == (False, well | {"status": "fail"} | taken_down)
            assert [one.why for one in report.checks if one.name == "status"] == [why]
        report = verifier.check_url(f"{queries.credential_url(credential.public_id)}/ob2.json")
        assert verdict(report) == (False, HOSTED_WELL | {"hosted": "could_not_check", "status": "fail"})


def test_what_has_run_out_says_so_and_nothing_else_against_it():
    credential = awarded_credential(version=published_version(valid_for_days=30))
    verbs.show(credential, Credential.Visibility.LINK, by=credential.earner)
    text = form_of(credential).text

    with clock.at(clock.now() + timedelta(days=31)):
        signed, published = verifier.check(text), verifier.check(json.dumps(hosted(credential)))

    assert verdict(signed) == (False, SIGNED_WELL | {"in_time": "fail"})
    assert verdict(published) == (False, HOSTED_WELL | {"in_time": "fail"})


def test_our_words_changed_are_not_our_badge_in_any_form(credential):
    form = form_of(credential)
    other = baking.bake_png(picture("red"), form.text, version=2)
    changed = hosted(credential) | {"issuedOn": "2020-01-01T00:00:00Z"}
    another = baking.bake_png(picture("red"), json.dumps(hosted(credential)), version=2)

    assert verdict(verifier.check(other)) == (False, SIGNED_WELL | {"record": "fail"})
    assert verdict(verifier.check(json.dumps(changed))) == (False, {"format": "pass", "hosted": "fail"})
    assert verdict(verifier.check(another)) == (False, HOSTED_WELL | {"record": "fail"})
    for place in range(0, len(form.text), 97):
        bent = form.text[:place] + ("A" if form.text[place] != "A" else "B") + form.text[place + 1 :]
        assert _valid(bent) is False, place


def _valid(text):
    try:
        return verifier.check(text).valid
    except NotABadge:
        return False


def test_a_badge_that_names_ours_and_that_we_never_signed_is_not_in_our_record(credential):
    key = credential.issuer.signing_keys.get(algorithm=SigningKey.Algorithm.RSA)
    snapshot = AwardSnapshot.from_json(credential.snapshot | {"id": f"{settings.PUBLIC_URL}/c/{'a' * 26}"})
    forged = ob2.sign(snapshot, creator=queries.ob2_key_url(key), private_key=keys.rsa_signer(key))
    elsewhere = ob2.assertion(snapshot) | {"id": f"{settings.PUBLIC_URL}/c/{'a' * 26}/ob2.json"}

    report = verifier.check(forged)

    assert (report.valid, {one.name: one.result for one in report.checks}["record"]) == (False, "fail")
    assert verdict(verifier.check(proofs.dump(elsewhere))) == (
        False,
        {"format": "pass", "hosted": "could_not_check", "record": "fail"},
    )


def test_a_badge_in_the_name_of_an_issuer_of_ours_that_we_never_signed_is_not_in_our_record(credential):
    key = credential.issuer.signing_keys.get(algorithm=SigningKey.Algorithm.RSA)
    issuer = f"{queries.issuer_url(credential.issuer.slug)}/ob2.json"
    badge = {"type": "BadgeClass", "id": "urn:uuid:1", "name": "Never designed here", "issuer": issuer}
    body = json.loads(jose.parse(form_of(credential).text).payload) | {"badge": badge}

    report = verifier.check(jose.sign(json.dumps(body).encode(), header={}, private_key=keys.rsa_signer(key)))

    assert verdict(report) == (False, SIGNED_WELL | {"record": "fail"})


def test_a_private_credential_is_not_published_and_its_earner_still_holds_a_signed_one():
    credential = awarded_credential()

    assert verdict(verifier.check(form_of(credential).text)) == (True, SIGNED_WELL)
    held = verifier.check(json.dumps(hosted(credential)))
    assert verdict(held) == (
        None,
        {"format": "pass", "hosted": "could_not_check", "record": "pass", "status": "pass"},
    )
    for ending in ("json", "png", "svg"):
        with pytest.raises(NotABadge, match="No badge can be seen at that address"):
            verifier.check_url(f"{queries.credential_url(credential.public_id)}/ob2.{ending}")


def test_a_key_in_other_hands_vouches_for_nothing(credential):
    form = form_of(credential)
    text = form.text
    verbs.compromise_key(form.key, by=owner_of(credential.issuer), why="A laptop was stolen.")

    assert verdict(verifier.check(text)) == (False, {"format": "pass", "issuer": "fail"})


def test_it_belongs_to_its_earner_and_to_nobody_else(credential):
    report = verifier.check(form_of(credential).text, recipient=person().email)

    assert verdict(report) == (False, SIGNED_WELL | {"recipient": "fail"})


def test_a_foreign_badge_that_was_taken_down_is_told_from_one_that_is_not_there(settings):
    gone = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with Server(gone, missing, ok(b"{}")) as server:
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]
        address = f"http://localhost:{server.port}/a/1"
        drawing = baking.bake_svg(b"<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>", address, version=2)

        assert verdict(verifier.check(drawing)) == (False, {"status": "fail"})
        assert verdict(verifier.check(drawing)) == (None, {"hosted": "could_not_check"})
        assert verdict(verifier.check(drawing)) == (False, {"format": "fail"})
