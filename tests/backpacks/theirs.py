"""Badges of programs that are not ours, by an issuer that is known by its key alone: nobody has to be asked about them."""

import io
import json
from datetime import UTC, datetime

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openbadges_bakery import png_bakery
from openbadgeslib.ob2.signer import OB2Signer
from openbadgeslib.ob3.credential import Achievement, Issuer, OpenBadgeCredential
from openbadgeslib.ob3.did import did_key_from_pem
from openbadgeslib.ob3.ldp import OB3LdpSigner
from openbadgeslib.ob3.signer import OB3Signer

from tests.conformance.conftest import KEY, SIGNERS, pem
from tests.conformance.test_bakes import PNG, SVG
from tests.conformance.test_older_foreign import assertion
from tests.conformance.test_vectors import VECTORS

BORN = datetime(2026, 1, 2, tzinfo=UTC)


def badge(*, number=1, name="Weave a kete", address="earner@example.org", born=BORN, ends=None):
    """As openbadgeslib builds it."""
    return OpenBadgeCredential(
        issuer=Issuer(
            id=did_key_from_pem(pem(KEY)), name="Weavers", url="https://weavers.example", email="a@b.example"
        ),
        recipient_id=f"mailto:{address}",
        achievement=Achievement(
            id="https://weavers.example/achievements/1",
            name=name,
            description="Wove one.",
            criteria_narrative="Weave one.",
        ),
        id=f"https://weavers.example/c/{number}",
        issuance_date=born,
        expiration_date=ends,
    )


def proof(**facts):
    """Its JSON with a proof of openbadgeslib inside."""
    return json.dumps(OB3LdpSigner(_private(KEY)).sign(badge(**facts), created=facts.get("born", BORN))).encode()


def token(**facts):
    return OB3Signer(_private(KEY), algorithm="EdDSA").sign(badge(**facts)).encode()


def older_picture():
    """Of Open Badges 2.0, signed by openbadgeslib and baked by the bakery: its issuer's server answers nobody here."""
    text = OB2Signer(_private(SIGNERS["RS256"]), "RS256").sign(assertion())
    return png_bakery.bake(io.BytesIO(PNG), text).read()


def vector(name):
    """One of 1EdTech's."""
    return (VECTORS / name).read_bytes()


def _private(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


__all__ = ["BORN", "PNG", "SVG", "badge", "older_picture", "proof", "token", "vector"]
