"""How fast credentials are signed and baked, beside other programs on the same documents, pictures and key.

The shapes are those of a page of paper and of a book: A has one criterion and one piece of evidence, F thirty criteria and
twenty pieces. Ours is the whole way from what was decided to the finished text, JSON included, with the comparisons that
production makes too (one in a thousand goes through PyLD as well); theirs starts from the finished JSON. Each of ours is
another credential, so that nothing of it is known beforehand but its version.

Before anything is measured: a thousand random ones are signed, and have to hold for both peers; and EXAMPLES random ones
have to be what PyLD makes of them (0 leaves that out).
"""

import io
import json
import os
import random
import shutil
import subprocess
import sys
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, cycle
from struct import pack
from xml.sax.saxutils import quoteattr

import django

django.setup()

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openbadges_bakery import png_bakery, svg_bakery
from openbadgeslib import baking as their_baking
from openbadgeslib.ob3.ldp import OB3LdpVerifier, add_data_integrity_proof, verify_data_integrity_proof
from openbadgeslib.ob3.signer import OB3Signer

from apps.credentials import baking, compiled, contexts, proofs
from apps.credentials.compiled import forms
from apps.credentials.formats import ob3, vcjwt
from apps.credentials.formats.snapshot import (
    AlignmentFacts,
    CriterionFacts,
    EvidenceFacts,
    Identity,
    IssuerFacts,
    LevelFacts,
    ResultFacts,
    StatusFacts,
)
from apps.issuers import art
from tests import judges
from tests.conformance.conftest import (
    ISSUER,
    KEY,
    KID,
    METHOD,
    MINIMAL,
    ORIGIN,
    PAGE,
    PEM,
    PUBLIC,
    STATUS_LIST,
    ask_digitalbazaar,
)
from tests.load.harness import Bench, by_turns, rate, side_by_side

ROUNDS = int(os.environ.get("ROUNDS", "7"))
SECONDS = float(os.environ.get("SECONDS", "0.6"))
EXAMPLES = int(os.environ.get("EXAMPLES", "600"))
VERIFIED = int(os.environ.get("VERIFIED", "1000"))
CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
# One of the strokes of a drawing of 24 KB.
PATH = (
    '<path id="stroke{0}" fill="#1c5d4{0:03}" d="M{0} 12.5c3.1-2.2 7.4-1.9 9.8 1.1l.6 24.3-{0}.4 8.8z" opacity=".9"/>\n'
)
# criteria, levels of each, alignments, results, pieces of evidence
SHAPES = {
    "A": (1, 2, 0, 1, 1),
    "B": (4, 4, 2, 4, 3),
    "D": (30, 4, 2, 30, 3),
    "E": (4, 4, 2, 4, 20),
    "F": (30, 4, 2, 30, 20),
}


class Version:
    """An achievement of one shape, and credentials of it without end."""

    def __init__(self, criteria, levels, alignments, results, evidence):
        self.results, self.evidence = results, evidence
        self.names = [f"Criterion {number}: what is looked at" for number in range(1, criteria + 1)]
        facts = tuple(
            CriterionFacts(
                f"{PAGE}#c{number}",
                name,
                tuple(
                    LevelFacts(
                        f"{PAGE}#c{number}-l{step}",
                        step,
                        f"Level {step}",
                        f"What work at level {step} looks like: it is done, and it is done with care.",
                    )
                    for step in range(1, levels + 1)
                ),
                f"{PAGE}#c{number}-l2",
            )
            for number, name in enumerate(self.names, start=1)
        )
        self.issuer = IssuerFacts(
            id=ISSUER,
            name="Kōwhai Ridge “Shearing” School",
            url="https://kowhai.example",
            description="Two of us.\nA woolshed.",
            image=f"{ISSUER}/logo.png",
        )
        self.achievement = replace(
            MINIMAL.achievement,
            type="MicroCredential",
            name="Shear a full-wool ewe",
            criteria_narrative="# What to do\n\n* Shear one.\n* Show how.",
            criteria=facts,
            tags=("shearing", "wool"),
            credits="4",
            alignments=tuple(
                AlignmentFacts(f"Node {n}", f"https://frame.example/{n}", code=f"N{n}", framework="Frame")
                for n in range(alignments)
            ),
        )
        self.numbers = count(1)

    def award(self):
        """Another one: other ids, sums, salts, levels and kinds of evidence."""
        number = next(self.numbers)
        name = f"{number:026x}"
        return replace(
            MINIMAL,
            id=f"{ORIGIN}/c/{name}",
            subject_id=f"{ORIGIN}/c/{name}#earner",
            issuer=self.issuer,
            achievement=self.achievement,
            valid_from=CREATED,
            valid_until=CREATED.replace(year=2099),
            status=StatusFacts(STATUS_LIST, number % 131_072, f"{ORIGIN}/status/kowhai/2"),
            identities=(Identity(f"sha256${number:064x}", f"{number * 7919:032x}"),),
            results=tuple(
                ResultFacts(one.id, one.levels[1 + (number + place) % (len(one.levels) - 1)].id)
                for place, one in enumerate(self.achievement.criteria[: self.results])
            ),
            evidence=tuple(
                EvidenceFacts(
                    f"{ORIGIN}/e/{number * 100 + place:026x}",
                    f"Evidence {place}",
                    ("Video", "Image", "Text")[(number + place) % 3],
                    tuple(self.names[(number * place + more) % len(self.names)] for more in range(1 + place % 2)),
                    f"{number * 100 + place:064x}",
                )
                for place in range(1, self.evidence + 1)
            ),
        )

    def awards(self, number=2_000):
        return [self.award() for _ in range(number)]


def main():
    bench = Bench("credentials")
    versions = {name: Version(*shape) for name, shape in SHAPES.items()}
    equal_to_pyld()
    verified_by_both(bench, versions)
    with Digitalbazaar() as digitalbazaar:
        signing(bench, versions, digitalbazaar)
    holding(bench, versions)
    tokens(bench, versions)
    pictures(bench, versions)
    costs(bench, versions)
    bench.finish()


# --- what has to hold before it may be fast ---------------------------------------------------------------------------
def equal_to_pyld():
    if not EXAMPLES:
        return
    told = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-s",
        "-n",
        "0",
        "tests/credentials/test_compiled.py",
        "-k",
        "any_credential",
    ]
    # Tests have parts of their own, and what opens these would be written down as what opens those.
    kept = {name: value for name, value in os.environ.items() if name != "POSTGRES_PASSWORD"}
    subprocess.run(told, env=kept | {"EXAMPLES": str(EXAMPLES)}, check=True)


def verified_by_both(bench, versions):
    chance = random.Random(20261124)  # noqa: S311 - the same ones each time
    awards = [
        replace(
            versions[chance.choices("ABDEF", weights=(6, 6, 1, 1, 1))[0]].award(),
            narrative=chance.choice(["", "“à” \\ \t\n😀 ｆ", "Awarded directly."]),
        )
        for _ in range(VERIFIED)
    ]
    signed = [json.loads(sign(one)) for one in awards]
    for document in signed:
        verify_data_integrity_proof(document, PEM)
    verdicts = ask_digitalbazaar(*signed)
    assert verdicts == [(True, "")] * VERIFIED, [one for one in verdicts if not one[0]][:1]
    bench.add("signed at random, verified by both peers", "credentials", VERIFIED, n=VERIFIED)


# --- races ------------------------------------------------------------------------------------------------------------
def sign(award):
    return compiled.sign(award, private_key=KEY, verification_method=METHOD, created=CREATED)


def signer(*versions):
    """Signs another credential at each call, one of each version by turns."""
    made = [
        (compiled.template_for(one.issuer, one.achievement).sign, award)
        for awards in zip(*(one.awards() for one in versions), strict=True)
        for one, award in zip(versions, awards, strict=True)
    ]
    turns = cycle(made)

    def call():
        by_template, award = next(turns)
        return by_template(award, private_key=KEY, verification_method=METHOD, created=CREATED)

    for _ in range(10 * len(versions)):
        call()
    return call


def documents_of(*versions):
    return [ob3.build(one.award()) for _ in range(10) for one in versions]


class Digitalbazaar:
    """@digitalbazaar/vc on node, one process for all races; warm before any."""

    def __enter__(self):
        judges.fetched()
        self.process = subprocess.Popen(
            [shutil.which("node"), "race.mjs"],
            cwd=judges.HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(
            {
                "documents": {url: contexts.document(url) for url in contexts.PINNED},
                "seed": KEY.private_bytes_raw().hex(),
                "issuer": ISSUER,
                "method": METHOD,
                "now": "2026-01-02T03:04:05Z",
            }
        )
        return self

    def __exit__(self, *_failure):
        self.process.stdin.close()
        self.process.wait()

    def sign(self, documents, seconds):
        """(calls a second, calls)."""
        self._say({"credentials": documents, "seconds": seconds})
        told = json.loads(self.process.stdout.readline())
        return told["rate"], told["calls"]

    def _say(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()


def signing(bench, versions, digitalbazaar):
    a, b = versions["A"], versions["B"]
    for which, those in (("", (a, b)), (", A", (a,)), (", B", (b,))):
        ours, documents = signer(*those), documents_of(*those)
        digitalbazaar.sign(documents, 2)
        measured = by_turns(
            lambda ours=ours: rate(ours, SECONDS),
            lambda documents=documents: digitalbazaar.sign(documents, SECONDS),
            rounds=ROUNDS,
        )
        add(bench, "sign eddsa-rdfc-2022", "@digitalbazaar/vc", measured, which)
        turns = cycle(documents)

        def they_sign(turns=turns):
            return add_data_integrity_proof(next(turns), SECRET, METHOD, created=CREATED)

        add(bench, "sign eddsa-rdfc-2022", "openbadgeslib", race(ours, they_sign), which)
        add(bench, "sign eddsa-rdfc-2022", "bare Ed25519", race(ours, lambda: KEY.sign(bytes(64))), which)
    for name in "DEF":
        ours, documents = signer(versions[name]), documents_of(versions[name])
        digitalbazaar.sign(documents, 2)
        measured = by_turns(
            lambda ours=ours: rate(ours, SECONDS),
            lambda documents=documents: digitalbazaar.sign(documents, SECONDS),
            rounds=ROUNDS,
        )
        add(bench, f"large sign {name}", "@digitalbazaar/vc", measured)


def holding(bench, versions):
    """Theirs judges the document's shape too, as our whole verifier does; ours here is the proof alone."""
    texts = [sign(one) for one in versions["B"].awards(16)]
    parsed = [json.loads(text) for text in texts]
    bare = cycle(
        [
            ({name: one for name, one in document.items() if name != "proof"}, document["proof"][0])
            for document in parsed
        ]
    )
    turns, verifier = cycle(texts), OB3LdpVerifier(PEM)
    ours = race(lambda: proofs.verify(*next(bare), PUBLIC), lambda: verifier.verify(next(turns)))
    add(bench, "hold the proof against the document", "openbadgeslib", ours)


def tokens(bench, versions):
    those = versions["A"], versions["B"]
    templates = [compiled.template_for(one.issuer, one.achievement) for one in those]
    made = [
        pair
        for awards in zip(*(one.awards() for one in those), strict=True)
        for pair in zip(templates, awards, strict=True)
    ]
    payloads = cycle([vcjwt.claims(document) | document for document in documents_of(*those)])
    turns, their_signer = cycle(made), OB3Signer(SECRET, algorithm="EdDSA")

    def we_sign():
        template, award = next(turns)
        return vcjwt.build_by(template, award, kid=KID, private_key=KEY)

    add(bench, "sign VC-JWT", "openbadgeslib", race(we_sign, lambda: their_signer.sign_payload(next(payloads))))


def pictures(bench, versions):
    """The portal's own badge as picture and drawing, and a drawing as people bring it; a new text at each call."""
    own = art.badge(art.complete({}, issuer_id="a", achievement_id="b"))
    png = art.png(own)
    drawing = own.replace("</svg>", f"{''.join(map(PATH.format, range(200)))}</svg>").encode()
    texts = [sign(one) for one in versions["B"].awards(64)]
    hosted = cycle(texts)
    baked = baking.bake_png(png, texts[0])
    place = baked.index(baking.KEYWORD) - 8
    head, tail = png[:place], png[place:]
    begins = b"iTXt" + baking.KEYWORD + bytes(5)

    def raw_png():
        body = begins + next(hosted).encode()
        return b"".join((head, pack(">I", len(body) - 4), body, pack(">I", zlib.crc32(body)), tail))

    assert raw_png() == baking.bake_png(png, texts[0])
    start = baking.bake_svg(drawing, "{}").index(b"<openbadges:")
    before, after = (
        baking.bake_svg(drawing, "{}")[:start],
        baking.bake_svg(drawing, "{}").partition(b"</openbadges:credential>")[2],
    )

    def raw_svg():
        inside = next(hosted).replace("]]>", "]]]]><![CDATA[>")
        return b"".join(
            (before, f"<openbadges:credential><![CDATA[{inside}]]></openbadges:credential>".encode(), after)
        )

    assert raw_svg() == baking.bake_svg(drawing, texts[1])
    tokens_ = cycle([vcjwt.build(one, kid=KID, private_key=KEY) for one in versions["B"].awards(64)])

    def raw_token():
        return b"".join((before, f"<openbadges:credential verify={quoteattr(next(tokens_))}/>".encode(), after))

    def we_bake_png():
        return baking.bake_png(png, next(hosted))

    def we_bake_svg():
        return baking.bake_svg(drawing, next(hosted))

    def they_bake_png():
        return png_bakery.bake(io.BytesIO(png), next(hosted), io.BytesIO())

    def they_bake_svg():
        return svg_bakery.bake(io.BytesIO(drawing), next(hosted), io.BytesIO())

    add(bench, "bake PNG", "openbadges-bakery", race(we_bake_png, they_bake_png))
    add(bench, "bake PNG", "openbadgeslib", race(we_bake_png, lambda: their_baking.bake_png(png, next(hosted))))
    add(bench, "bake PNG", "raw splice", race(we_bake_png, raw_png))
    add(bench, "bake SVG", "openbadges-bakery", race(we_bake_svg, they_bake_svg))
    add(bench, "bake SVG", "raw splice", race(we_bake_svg, raw_svg))
    ours = race(
        lambda: baking.bake_svg(own.encode(), next(hosted)),
        lambda: svg_bakery.bake(io.BytesIO(own.encode()), next(hosted), io.BytesIO()),
    )
    add(bench, "bake SVG", "openbadges-bakery", ours, ", 18 parts")
    add(bench, "bake SVG", "raw splice", race(lambda: baking.bake_svg(drawing, next(tokens_)), raw_token), ", a token")


def race(ours, theirs):
    """In seconds of processor time: both are in this process."""
    return side_by_side(ours, theirs, rounds=ROUNDS, seconds=SECONDS, clock=time.process_time)


def add(bench, what, peer, measured, which=""):
    ours, theirs, calls = measured
    bench.add(f"{what} / {peer}{which}", "a second", ours, peer=peer, theirs=theirs, n=calls)


# --- what it costs ----------------------------------------------------------------------------------------------------
def costs(bench, versions):
    """Of more results and more evidence, the same version otherwise; and of a version that is new."""
    for what, more, fewer in (
        ("a result", SHAPES["D"], (30, 4, 2, 4, 3)),
        ("a piece of evidence", SHAPES["E"], SHAPES["B"]),
    ):
        of_more, of_fewer, calls = race(signer(Version(*more)), signer(Version(*fewer)))
        number = (more[3] - fewer[3]) + (more[4] - fewer[4])
        bench.add(f"cost of {what}", "µs", 1e6 * (1 / of_more - 1 / of_fewer) / number, n=calls)
    for name, version in versions.items():
        award = version.award()
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            forms.Form(version.issuer, version.achievement, forms.parts_of(award))
            times.append(time.perf_counter() - began)
        bench.add(f"compile {name}", "ms", 1000 * sorted(times)[ROUNDS // 2], n=ROUNDS)
        bench.add(f"size of {name}", "bytes of JSON", len(proofs.dump(ob3.build(award)).encode()), n=1)


if __name__ == "__main__":
    main()
