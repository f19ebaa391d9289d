"""Keys of an issuer: changed, compromised, sealed anew; and what the public record says of them."""

import json
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from apps.core import outbox
from apps.core.models import Job
from apps.core.refused import Refused
from apps.credentials import documents, jose, keys, queries, verbs, verifier
from apps.credentials.models import Credential, SigningKey
from apps.credentials.verbs import keys as turning
from apps.issuers import verbs as issuers
from tests.credentials.test_keys import ONE, OTHER
from tests.factories import awarded_credential, events_of, forgotten, owner_of, person, published_version
from tests.together import in_a_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return awarded_credential()


@pytest.fixture
def owner(credential):
    return owner_of(credential.issuer)


def test_after_a_change_both_halves_of_a_batch_verify(credential, owner):
    retired = verbs.rotate_keys(credential.issuer, by=owner)
    after = awarded_credential(version=published_version(credential.issuer, name="Another"))

    assert sorted((one.algorithm, one.state) for one in SigningKey.objects.all()) == sorted(
        (algorithm, state) for algorithm in ("ed25519", "p256", "rsa") for state in ("active", "retired")
    )
    assert {queries.signed_form(one).key.state for one in (credential, after)} == {"retired", "active"}
    assert (verifier.check_own(credential).valid, verifier.check_own(after).valid) == (True, True)
    assert events_of(retired[0])[-1] == ("key.retired", owner.public_id)
    document = documents.issuer_document(credential.issuer.slug)
    assert len(document["assertionMethod"]) == len(document["verificationMethod"]) == 10


def test_what_signs_now_stands_first_in_the_issuers_document_then_the_latest_before(credential, owner):
    issuer = credential.issuer
    for _change in range(2):
        verbs.rotate_keys(issuer, by=owner)
        for algorithm in ("ed25519", "p256"):
            verbs.make_key(issuer, algorithm)

    document = documents.issuer_document(issuer.slug)

    oldest_first = [one.name for one in issuer.signing_keys.order_by("pk")]
    named = [one["publicKeyMultibase"] for one in document["verificationMethod"] if "publicKeyMultibase" in one]
    first, p256, _rsa, second, second_p256, third, third_p256 = oldest_first
    assert named == [third, third_p256, second_p256, second, p256, first]


def test_a_compromised_key_vouches_for_nothing_and_what_it_signed_is_signed_anew(credential, owner):
    key = queries.signed_form(credential).key
    other = awarded_credential(version=published_version(credential.issuer, name="Another"))

    verbs.compromise_key(key, by=owner, why="A laptop was stolen.")

    outbox.drain()
    key.refresh_from_db()
    assert (key.state, key.why, set(queries.touched_by(key))) == (
        "compromised",
        "A laptop was stolen.",
        {credential, other},
    )
    named = documents.issuer_document(credential.issuer.slug)
    method = queries.verification_method(key)
    assert method not in named["assertionMethod"]
    (kept,) = (one for one in named["verificationMethod"] if one["id"] == method)
    assert kept["revoked"]
    results = {check.name: check.result for check in verifier.check_own(credential).checks}
    assert (results["signature"], results["issuer"]) == ("pass", "fail")

    assert verbs.reissue_touched(key, by=owner) == 2
    outbox.drain()

    assert not queries.touched_by(key).exists()
    new = Credential.objects.filter(supersedes__in=(credential, other))
    assert [verifier.check_own(one).valid for one in new] == [True, True]


def test_the_askers_own_badge_is_signed_anew_with_all_others_and_not_by_itself(credential, owner):
    other = awarded_credential(version=published_version(credential.issuer, name="Another"))
    key, asker = queries.signed_form(credential).key, credential.earner
    issuers.seat(asker, credential.issuer, "owner", by=owner)
    verbs.compromise_key(key, by=owner, why="")
    with pytest.raises(Refused, match="This badge is yours"):
        verbs.reissue(credential, by=asker)

    verbs.reissue_touched(key, by=asker)
    outbox.drain()

    assert {one.supersedes for one in Credential.objects.exclude(supersedes=None)} == {credential, other}


def test_signing_anew_goes_on_past_what_no_longer_stands_and_does_nothing_twice(credential, owner):
    other = awarded_credential(version=published_version(credential.issuer, name="Another"))
    key = queries.signed_form(credential).key
    verbs.compromise_key(key, by=owner, why="")
    for _twice in range(2):
        verbs.reissue_touched(key, by=owner)
    verbs.revoke(credential, by=owner, reason="other", note="")

    outbox.drain()

    assert list(Credential.objects.exclude(supersedes=None).values_list("supersedes", flat=True)) == [other.pk]
    assert not Job.objects.exclude(state="done").exists()
    assert set(queries.signed_by(key)) == {credential, other}


def test_what_who_has_left_had_earned_is_not_signed_anew_nor_counted(credential, owner):
    other = awarded_credential(version=published_version(credential.issuer, name="Another"))
    key = queries.signed_form(credential).key
    forgotten(credential.earner)
    verbs.compromise_key(key, by=owner, why="")

    planned = verbs.reissue_touched(key, by=owner)
    outbox.drain()

    assert planned == 1
    assert list(Credential.objects.exclude(supersedes=None).values_list("supersedes", flat=True)) == [other.pk]
    assert not Job.objects.exclude(state="done").exists()
    assert (queries.touched_by(key).count(), set(queries.signed_by(key))) == (0, {credential, other})


def test_what_failed_to_be_signed_anew_is_tried_again_by_who_asks_again(credential, owner):
    key = queries.signed_form(credential).key
    verbs.compromise_key(key, by=owner, why="")
    verbs.reissue_touched(key, by=owner)
    spread = Job.objects.get(function="apps.credentials.tasks.reissue_touched")
    outbox.run(spread.pk)
    (failed,) = Job.objects.filter(function="apps.credentials.tasks.reissue_one")
    Job.objects.filter(pk=failed.pk).update(state="dead")

    verbs.reissue_touched(key, by=owner)
    outbox.drain()

    assert not queries.touched_by(key).exists()
    assert Credential.objects.filter(supersedes=credential).count() == 1


def test_a_key_that_is_just_retired_signs_nothing_more(credential, owner):
    before = queries.signed_form(credential).key
    verbs.rotate_keys(credential.issuer, by=owner)

    with transaction.atomic():
        assert not turning._stays(before)
        assert turning.active_key(credential.issuer) != before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["rotated", "compromised"])
def test_who_changes_a_key_comes_before_those_who_begin_to_sign_later(how):
    credential = awarded_credential()
    owner, key = owner_of(credential.issuer), queries.signed_form(credential).key

    def signs():
        with transaction.atomic():
            return turning.active_key(credential.issuer)

    def change():
        if how == "rotated":
            return verbs.rotate_keys(credential.issuer, by=owner)
        return verbs.compromise_key(key, by=owner, why="A laptop was stolen.")

    first, changed, later = in_a_row(signs, change, signs)

    assert first == key
    assert key in (changed if how == "rotated" else [changed])
    assert (later.state, later == key) == ("active", False)


def test_who_may_not_is_refused(credential):
    key = queries.signed_form(credential).key
    for somebody in (person("Stranger"), credential.earner):
        with pytest.raises(PermissionDenied):
            verbs.rotate_keys(credential.issuer, by=somebody)
        with pytest.raises(PermissionDenied):
            verbs.compromise_key(key, by=somebody, why="")
        with pytest.raises(PermissionDenied):
            verbs.reissue_touched(key, by=somebody)


def test_at_the_wrong_time_is_refused(credential, owner):
    key = queries.signed_form(credential).key
    fresh = published_version().achievement.issuer
    with pytest.raises(Refused, match="not marked"):
        verbs.reissue_touched(key, by=owner)
    with pytest.raises(Refused, match="no key to change yet"):
        verbs.rotate_keys(fresh, by=owner_of(fresh))
    verbs.compromise_key(key, by=owner, why="")
    with pytest.raises(Refused, match="compromised"):
        verbs.compromise_key(key, by=owner, why="")


def test_keys_move_under_a_new_wrapping_key_and_the_old_one_can_go(settings):
    settings.KEY_ENCRYPTION_KEYS = f"k1:{ONE}"
    credential = awarded_credential()
    settings.KEY_ENCRYPTION_KEYS = f"k2:{OTHER},k1:{ONE}"

    moved, again = StringIO(), StringIO()
    call_command("seal_keys", stdout=moved)
    call_command("seal_keys", stdout=again)

    settings.KEY_ENCRYPTION_KEYS = f"k2:{OTHER}"
    assert (moved.getvalue(), again.getvalue()) == ("3 sealed anew.\n", "0 sealed anew.\n")
    for key in credential.issuer.signing_keys.all():
        assert jose.public_jwk(keys.signer(key).public_key()) == jose.public_jwk(keys.public_key(key))


def test_keys_that_do_not_open_are_left_as_they_are_and_told(credential, settings):
    before = list(SigningKey.objects.values_list("encrypted", flat=True))
    settings.KEY_ENCRYPTION_KEYS = f"other:{OTHER}"

    with pytest.raises(CommandError, match="has no key named"):
        call_command("seal_keys")

    assert list(SigningKey.objects.values_list("encrypted", flat=True)) == before


def test_with_the_database_and_what_a_web_server_knows_nothing_can_be_signed(credential, settings):
    settings.KEY_ENCRYPTION_KEYS = ""
    stolen = list(SigningKey.objects.select_related("issuer"))
    # Whatever else a web server's environment holds is tried too.
    others = (settings.SECRET_KEY, settings.SHARE_LINK_KEY)

    for key in stolen:
        with pytest.raises(keys.KeyTroubleError, match="is not set"):
            keys.signer(key)
        for other in others:
            settings.KEY_ENCRYPTION_KEYS = f"{key.encrypted.partition('.')[0]}:{other}"
            with pytest.raises(keys.KeyTroubleError):
                keys.signer(key)
        settings.KEY_ENCRYPTION_KEYS = ""
        assert "PRIVATE" not in json.dumps([key.public_pem, key.encrypted])


def module(key):
    """A signer of another make, as SIGNER names it: it knows the key's name, and asks elsewhere for the secret."""
    return ELSEWHERE[key.algorithm]


ELSEWHERE = {
    "ed25519": Ed25519PrivateKey.from_private_bytes(bytes(32)),
    "p256": ec.derive_private_key(7, ec.SECP256R1()),
}


def test_another_signer_takes_the_place_of_the_sealed_keys(settings):
    credential = awarded_credential()
    settings.SIGNER = f"{__name__}.module"
    key = credential.issuer.signing_keys.get(algorithm="ed25519")

    assert keys.ed25519_signer(key) is ELSEWHERE["ed25519"]
    with pytest.raises(keys.KeyTroubleError, match="is no RSA key"):
        keys.rsa_signer(credential.issuer.signing_keys.get(algorithm="p256"))


def test_a_key_stays_the_key(credential):
    key = SigningKey.objects.filter(algorithm="ed25519").get()
    for act in (
        lambda: SigningKey.objects.filter(pk=key.pk).update(name="z6Mkother"),
        lambda: SigningKey.objects.filter(pk=key.pk).delete(),
        lambda: SigningKey.objects.filter(pk=key.pk).update(state="retired"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
