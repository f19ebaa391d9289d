"""Signs and numbers on which canonicalisers have been seen to differ: what we let through, others read alike."""

from dataclasses import replace

from openbadgeslib.ob3.ldp import OB3LdpVerifier

from apps.credentials import proofs
from tests.conformance.conftest import PEM, RICH, signed

SIGNS = [
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\x85",
    "\xa0",
    "\xad",
    "\u200b",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ufffd",
    "\U0010fffd",
]
SIGNS += ["😀", "ｆ", "ā", "a\u0304", "👩\u200d🌾", '"', "\\", "\\u0041", "<", ">", "&", "^^", "@en"]
NUMBERS = ["1", "4.0", "2.5", "0.1", "9999.9"]


def test_signs_and_numbers_that_we_sign_are_read_alike_by_others(digitalbazaar):
    documents = [
        signed(
            replace(
                RICH,
                issuer=replace(RICH.issuer, name=f"{sign}a{sign}"),
                achievement=replace(
                    RICH.achievement, name=sign, criteria_narrative=f"a{sign}", tags=(sign, "a", f"b{sign}")
                ),
            )
        )
        for sign in SIGNS
    ]
    documents += [signed(replace(RICH, achievement=replace(RICH.achievement, credits=number))) for number in NUMBERS]

    verdicts = digitalbazaar(*documents)

    assert verdicts == [(True, "")] * len(documents)
    for document in documents:
        assert OB3LdpVerifier(PEM).verify(proofs.dump(document)).id == document["id"]
