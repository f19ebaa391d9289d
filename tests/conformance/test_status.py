"""Our status lists, read by implementations that are not ours."""

from dataclasses import replace

import pytest
from openbadgeslib.ob3 import status as theirs
from openbadgeslib.ob3.status_list import encode_bitstring
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from apps.credentials.formats import bitstring, vcjwt
from tests.conformance.conftest import KID, REVOCABLE, SIGNERS, STATUS_LIST, pem, signed, status_list

INDEX = REVOCABLE.status.index


# In the least that there is, and behind its end in a large one.
PLACES = pytest.mark.parametrize(
    ("index", "size"), [(INDEX, bitstring.FEWEST_BITS), (bitstring.MORE_BITS - 2, bitstring.MORE_BITS)]
)


def at(index):
    return replace(REVOCABLE, status=replace(REVOCABLE.status, index=index))


@PLACES
def test_digitalbazaar_finds_who_is_revoked_and_only_that_one(digitalbazaar, index, size):
    document = signed(at(index))

    beside, held = status_list(index - 1, index + 1, size=size), status_list(index, size=size)
    assert digitalbazaar(document, documents={STATUS_LIST: beside}) == [(True, "")]
    assert digitalbazaar(document, documents={STATUS_LIST: held}) == [(False, "revoked")]


def test_digitalbazaar_refuses_a_list_with_one_bit_changed(digitalbazaar):
    changed = status_list(INDEX)
    changed["credentialSubject"]["encodedList"] = bitstring.encode([])

    ((whole, error),) = digitalbazaar(signed(REVOCABLE), documents={STATUS_LIST: changed})

    assert whole is False
    assert "not verified" in error


@PLACES
@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_openbadgeslib_finds_who_is_revoked_in_a_list_that_is_a_token(algorithm, index, size):
    key = SIGNERS[algorithm]
    badge = vcjwt.build(at(index), kid=KID, private_key=key)

    def verify(*revoked):
        unsigned = {name: one for name, one in status_list(*revoked, size=size).items() if name != "proof"}
        served = {STATUS_LIST: vcjwt.sign(unsigned, kid=KID, private_key=key).encode()}
        return OB3Verifier(pem(key)).verify(badge, check_status=True, download=served.__getitem__)

    assert verify(index - 1, index + 1).id == REVOCABLE.id
    with pytest.raises(OB3VerificationError, match="revocation"):
        verify(index)


def test_openbadgeslib_reads_the_bits_as_we_do():
    indexes = {0, 7, 8, INDEX, bitstring.FEWEST_BITS - 1}
    far = indexes | {bitstring.MORE_BITS - 1}

    assert theirs.set_indices(theirs.decode_encoded_list(bitstring.encode(indexes))) == indexes
    assert theirs.set_indices(theirs.decode_encoded_list(bitstring.encode(far, bitstring.MORE_BITS))) == far
    assert bitstring.decode(
        encode_bitstring(indexes), most_bytes=bitstring.FEWEST_BITS // 8
    ) == theirs.decode_encoded_list(bitstring.encode(indexes))
