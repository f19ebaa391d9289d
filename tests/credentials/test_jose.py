"""Compact signatures: each kind of key, read by PyJWT, and the vectors of the RFCs."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.credentials import jose

ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
P256 = ec.derive_private_key(7**60, ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
KEYS = [("EdDSA", ED25519), ("ES256", P256), ("RS256", RSA)]
PAYLOAD = '{"iss":"https://satchel.example","n":"Kōwhai 羊毛 😀"}'.encode()


@pytest.mark.parametrize(("algorithm", "key"), KEYS)
def test_what_is_signed_is_read_by_another_library_and_is_the_same_when_signed_again(algorithm, key):
    token = jose.sign(PAYLOAD, header={"kid": "https://a.example#1", "typ": "JWT"}, private_key=key)

    read = jwt.api_jws.decode_complete(token, key.public_key(), algorithms=[algorithm])
    assert read["payload"] == PAYLOAD
    assert read["header"] == {"alg": algorithm, "kid": "https://a.example#1", "typ": "JWT"}
    assert jose.sign(PAYLOAD, header={"kid": "https://a.example#1", "typ": "JWT"}, private_key=key) == token


@pytest.mark.parametrize(("algorithm", "key"), KEYS)
def test_one_sign_changed_anywhere_is_noticed(algorithm, key):
    token = jose.sign(b"{}", header={}, private_key=key)

    for place in range(0, len(token), 7):
        # The highest of a sign's six bits: the lowest may be padding, which some readers pass over.
        other = "A" if token[place] not in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef" else "_"
        with pytest.raises(jwt.PyJWTError):
            jwt.api_jws.decode(token[:place] + other + token[place + 1 :], key.public_key(), algorithms=[algorithm])


@pytest.mark.parametrize(("algorithm", "key"), KEYS)
def test_a_public_key_is_told_without_anything_private(algorithm, key):
    told = jose.public_jwk(key.public_key())

    theirs = jwt.PyJWK({**told, "alg": algorithm}).key
    assert theirs == key.public_key()
    assert list(told) == sorted(told)
    assert told.keys() <= {"crv", "e", "kty", "n", "x", "y"}


def test_the_signature_is_that_of_rfc_8037():
    key = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )

    assert jose.sign(b"Example of Ed25519 signing", header={}, private_key=key) == (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4"
        "ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
    assert jose.thumbprint(jose.public_jwk(key.public_key())) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_thumbprint_is_that_of_rfc_7638_whatever_else_the_key_says():
    jwk = {
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n"
        "3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHz"
        "u6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8aw"
        "apJzKnqDKgw",
        "e": "AQAB",
        "alg": "RS256",
        "kid": "2011-04-29",
    }

    assert jose.thumbprint(jwk) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_the_algorithm_is_never_taken_from_the_header():
    with pytest.raises(ValueError, match="alg"):
        jose.sign(b"{}", header={"alg": "none"}, private_key=ED25519)


SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 - what is to be refused


@pytest.mark.parametrize("key", [ec.derive_private_key(5, ec.SECP384R1()), SHORT])
def test_other_keys_are_refused(key):
    with pytest.raises(ValueError, match="not a key of"):
        jose.sign(json.dumps({}).encode(), header={}, private_key=key)
    with pytest.raises(ValueError, match="not a key of"):
        jose.public_jwk(key.public_key())
