"""Checking: the signature alone beside another library, and the whole report.

`verify …` is parsing, canonicalising and signature only, of the same text by the same key, with nothing asked of anybody.
openbadgeslib has no smaller door for a token than its verifier, which reads the badge out of it as well. The whole report
is what a visitor of /verify/ gets, the issuer's document and the status list at hand, so that no network is measured; how
it grows is told by a badge of many criteria and pieces of evidence.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime

import django

django.setup()

from openbadgeslib.ob3.ldp import verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3Verifier

from apps.credentials import baking, jose, proofs, strict
from apps.credentials.formats import vcjwt
from apps.credentials.formats.snapshot import EvidenceFacts, ResultFacts
from apps.credentials.verification import Answer, verify
from tests.conformance.conftest import (
    KEY,
    KID,
    METHOD,
    ORIGIN,
    PAGE,
    PEM,
    PUBLIC,
    REVOCABLE,
    RICH,
    SIGNERS,
    STATUS_LIST,
    _criterion,
    controller,
    pem,
    signed,
    status_list,
)
from tests.factories import png_upload
from tests.load.harness import Bench, side_by_side

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SIZES = (1, 10, 60)


def main():
    bench = Bench("verify")
    signatures(bench)
    reports(bench)
    bench.finish()


def signatures(bench):
    text = proofs.dump(signed(RICH))

    def we_hold_the_proof():
        document = strict.parse(text)
        (proof,) = document["proof"]
        proofs.verify(document, proof, PUBLIC)

    def they_hold_the_proof():
        verify_data_integrity_proof(json.loads(text), PEM)

    race(bench, "verify eddsa-rdfc-2022", we_hold_the_proof, they_hold_the_proof)
    for algorithm, private_key in SIGNERS.items():
        token = vcjwt.build(RICH, kid=KID, private_key=private_key)
        public_key, theirs = private_key.public_key(), OB3Verifier(pem(private_key))

        def we_hold_the_token(token=token, public_key=public_key):
            read = jose.parse(token)
            jose.verify(read, public_key)
            strict.parse(read.payload.decode())

        race(
            bench,
            f"verify VC-JWT {algorithm}",
            we_hold_the_token,
            lambda theirs=theirs, token=token: theirs.verify(token),
        )


def race(bench, case, ours, theirs):
    our_rate, their_rate, calls = side_by_side(ours, theirs)
    bench.add(case, "a second", our_rate, peer="openbadgeslib", theirs=their_rate, n=calls)


def reports(bench):
    world = {
        METHOD.partition("#")[0]: json.dumps(controller()).encode(),
        STATUS_LIST: proofs.dump(status_list()).encode(),
    }

    def ask(address, **_how):
        return Answer(world[address])

    text = proofs.dump(signed(REVOCABLE))
    picture = baking.bake_png(png_upload().read(), text)
    given = {"JSON": text, "PNG": picture, "VC-JWT": vcjwt.build(REVOCABLE, kid=METHOD, private_key=KEY)}
    for form, data in given.items():

        def whole(data=data):
            return verify(data, ask=ask, now=NOW)

        assert whole().valid is True, whole().to_json()
        rate, _same, calls = side_by_side(whole, whole)
        bench.add(f"whole report, {form}", "a second", rate, n=calls)
    cost = {}
    for size in SIZES:
        large = proofs.dump(signed(_with(size)))
        rate, _same, calls = side_by_side(*[lambda large=large: verify(large, ask=ask, now=NOW)] * 2)
        cost[size] = 1 / rate / len(large)
        bench.add(f"whole report, {size} criteria, {len(large)} bytes", "a second", rate, n=calls)
    bench.add(
        f"growth of the cost of a byte, {SIZES[0]} to {SIZES[-1]} criteria", "×", cost[SIZES[-1]] / cost[SIZES[0]], n=1
    )


def _with(size):
    return replace(
        REVOCABLE,
        achievement=replace(RICH.achievement, criteria=tuple(_criterion(n, f"Criterion {n}", 2) for n in range(size))),
        results=tuple(ResultFacts(f"{PAGE}#c{n}", f"{PAGE}#c{n}-l3") for n in range(size)),
        evidence=tuple(
            EvidenceFacts(f"{ORIGIN}/e/{n:026d}", f"Evidence {n}", "Video", ("Criterion 0",), f"{n:064x}")
            for n in range(size)
        ),
    )


if __name__ == "__main__":
    main()
