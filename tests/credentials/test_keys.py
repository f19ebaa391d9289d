"""Signing keys in their envelope, and Multikeys."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.credentials import keys, multikey

ONE = base64.urlsafe_b64encode(bytes(range(32))).decode()
OTHER = base64.urlsafe_b64encode(bytes(range(1, 33))).decode().rstrip("=")


@pytest.fixture(autouse=True)
def _two_wrapping_keys(settings):
    settings.KEY_ENCRYPTION_KEYS = f"k2:{OTHER}, k1:{ONE}"


def seal(private=b"s" * 32, *, issuer_id="issuer", key_id="key"):
    return keys.encrypt(private, issuer_id=issuer_id, key_id=key_id)


def open_(sealed, *, issuer_id="issuer", key_id="key"):
    return keys.decrypt(sealed, issuer_id=issuer_id, key_id=key_id).private_bytes_raw()


def test_a_new_key_opens_again_and_is_the_one_its_multikey_names():
    pair = keys.generate()

    opened = keys.decrypt(seal(pair.private), issuer_id="issuer", key_id="key")

    assert opened.private_bytes_raw() == pair.private
    assert multikey.decode(pair.name) == opened.public_key().public_bytes_raw()


def test_the_first_wrapping_key_seals_and_every_one_opens(settings):
    settings.KEY_ENCRYPTION_KEYS = f"k1:{ONE}"
    before = seal()
    settings.KEY_ENCRYPTION_KEYS = f"k2:{OTHER},k1:{ONE}"
    after = seal()

    assert (before[:3], after[:3]) == ("k1.", "k2.")
    assert (open_(before), open_(after)) == (b"s" * 32, b"s" * 32)


def test_sealing_twice_gives_two_texts_and_neither_holds_the_key():
    one, other = seal(), seal()

    assert one != other
    assert b"s" * 8 not in base64.urlsafe_b64decode(one.partition(".")[2])


@pytest.mark.parametrize("moved", [{"issuer_id": "other"}, {"key_id": "other"}])
def test_a_key_moved_to_another_row_does_not_open(moved):
    with pytest.raises(keys.KeyTroubleError, match="for another issuer"):
        open_(seal(), **moved)


def test_any_sign_of_the_sealed_text_counts():
    sealed = seal()

    for place in range(len("k2."), len(sealed)):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(keys.KeyTroubleError):
            open_(changed)
    for changed in ("", "k2", "k2.", "k2.AAAA", sealed[:-4], sealed + "AAAA", sealed + "!", "k2.é"):
        with pytest.raises(keys.KeyTroubleError):
            open_(changed)


def test_without_its_wrapping_key_the_sentence_names_the_one_that_is_missing(settings):
    sealed = seal()
    settings.KEY_ENCRYPTION_KEYS = f"k1:{ONE}"

    with pytest.raises(keys.KeyTroubleError, match="no key named “k2”"):
        open_(sealed)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("", "is not set"),
        (" , ", "is not set"),
        (ONE, "must hold"),
        (f":{ONE}", "must hold"),
        ("k1:", "must hold"),
        ("k1:short", "must hold"),
        (f"k1:{ONE}{ONE}", "must hold"),
        (f"k.1:{ONE}", "must hold"),
        ("k1:" + "*" * 43, "must hold"),
        (f"k1:{ONE},k1:{OTHER}", "names “k1” twice"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_words(settings, setting, words):
    settings.KEY_ENCRYPTION_KEYS = setting

    with pytest.raises(keys.KeyTroubleError, match=words):
        seal()


def test_a_multikey_is_what_the_did_key_method_prints():
    # The did:key Method v0.9, test vectors of Ed25519, seed of zeros
    key = keys.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()

    assert multikey.encode(key) == "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
    assert multikey.decode(multikey.encode(key)) == key


@given(st.binary(max_size=70))
def test_base58_gives_back_what_went_in(data):
    assert multikey.base58_decode(multikey.base58_encode(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "z6Mk",
        "u7QGw",
        "z" + "1" * 200_000,
        "z" + "z" * 200_000,
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ22",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ0",
        "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        # a P-256 key
        "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
    ],
)
def test_what_is_no_ed25519_multikey_is_refused(text):
    with pytest.raises(ValueError, match=r"base58|too long|Multikey"):
        multikey.decode(text)
