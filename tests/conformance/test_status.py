"""Our status lists, read by implementations that are not ours."""

import pytest
from openbadgeslib.ob3 import status as theirs
from openbadgeslib.ob3.status_list import encode_bitstring
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from apps.credentials.formats import bitstring, vcjwt
from tests.conformance.conftest import KID, REVOCABLE, SIGNERS, STATUS_LIST, pem, signed, status_list

INDEX = REVOCABLE.status.index


def test_digitalbazaar_finds_who_is_revoked_and_only_that_one(digitalbazaar):
    document = signed(REVOCABLE)

    assert digitalbazaar(document, documents={STATUS_LIST: status_list(INDEX - 1, INDEX + 1)}) == [(True, "")]
    assert digitalbazaar(document, documents={STATUS_LIST: status_list(INDEX)}) == [(False, "revoked")]


def test_digitalbazaar_refuses_a_list_with_one_bit_changed(digitalbazaar):
    changed = status_list(INDEX)
    changed["credentialSubject"]["encodedList"] = bitstring.encode([])

    ((whole, error),) = digitalbazaar(signed(REVOCABLE), documents={STATUS_LIST: changed})

    assert whole is False
    assert "not verified" in error


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_openbadgeslib_finds_who_is_revoked_in_a_list_that_is_a_token(algorithm):
    key = SIGNERS[algorithm]
    badge = vcjwt.build(REVOCABLE, kid=KID, private_key=key)

    def verify(*revoked):
        unsigned = {name: one for name, one in status_list(*revoked).items() if name != "proof"}
        served = {STATUS_LIST: vcjwt.sign(unsigned, kid=KID, private_key=key).encode()}
        return OB3Verifier(pem(key)).verify(badge, check_status=True, download=served.__getitem__)

    assert verify(INDEX - 1, INDEX + 1).id == REVOCABLE.id
    with pytest.raises(OB3VerificationError, match="revocation"):
        verify(INDEX)


def test_openbadgeslib_reads_the_bits_as_we_do():
    indexes = {0, 7, 8, INDEX, bitstring.FEWEST_BITS - 1}

    assert theirs.set_indices(theirs.decode_encoded_list(bitstring.encode(indexes))) == indexes
    assert bitstring.decode(
        encode_bitstring(indexes), most_bytes=bitstring.FEWEST_BITS // 8
    ) == theirs.decode_encoded_list(bitstring.encode(indexes))
