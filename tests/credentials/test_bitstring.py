"""Status lists: bits in, bits out, and nothing that unpacks without end."""

import base64
import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.credentials.formats import bitstring

MOST = 16 * 1024


def packed(data, *, behind=b""):
    raw = gzip.compress(data, mtime=0) + behind
    return "u" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@given(st.sets(st.integers(0, bitstring.FEWEST_BITS - 1), max_size=50))
def test_exactly_the_bits_that_were_set_are_set(indexes):
    text = bitstring.encode(indexes)

    bits = bitstring.decode(text, most_bytes=MOST)

    assert len(bits) * 8 == bitstring.FEWEST_BITS
    assert {one for one in range(len(bits) * 8) if bits[one // 8] and bitstring.is_set(bits, one)} == indexes
    assert bitstring.encode(sorted(indexes, reverse=True)) == text


def test_the_leftmost_bit_is_the_first():
    assert bitstring.decode(bitstring.encode([0, 15]), most_bytes=MOST)[:2] == b"\x80\x01"


@pytest.mark.parametrize("indexes", [[-1], [bitstring.FEWEST_BITS]])
def test_an_index_outside_of_the_list_is_refused(indexes):
    with pytest.raises(ValueError, match="outside"):
        bitstring.encode(indexes)
    with pytest.raises(bitstring.BitstringError, match="outside"):
        bitstring.is_set(bytes(MOST), indexes[0])


@pytest.mark.parametrize("size", [8, bitstring.FEWEST_BITS + 1])
def test_a_list_in_which_somebody_would_stand_out_is_refused(size):
    with pytest.raises(ValueError, match="at least"):
        bitstring.encode([], size)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "multibase"),
        ("zabc", "multibase"),
        ("u", "multibase"),
        ("u+/", "multibase"),
        ("uabcde", "gzip"),
        ("uYWJj", "gzip"),
        ("u" + "A" * 30_000, "too long"),
        (packed(bytes(10**7)), "more than 16384 bytes"),
        (bitstring.encode([])[:-8], "cut off"),
        (packed(b"\x00", behind=b"more"), "behind"),
    ],
)
def test_a_list_that_can_not_be_read_is_refused_in_words(text, words):
    with pytest.raises(bitstring.BitstringError, match=words):
        bitstring.decode(text, most_bytes=MOST)


def test_the_credential_of_a_list():
    encoded = bitstring.encode([3])

    assert bitstring.list_credential(
        address="https://a.example/status/1",
        issuer_id="https://a.example/issuer",
        purpose="revocation",
        encoded=encoded,
        valid_from=datetime(2026, 1, 2, tzinfo=UTC),
    ) == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "https://a.example/status/1",
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "https://a.example/issuer",
        "validFrom": "2026-01-02T00:00:00Z",
        "credentialSubject": {
            "id": "https://a.example/status/1#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    }
