"""What hostile people hand in, each with the check that answers it. Most of it is truly signed, by them."""

import base64
import gzip
import itertools
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from apps.credentials import baking, jose, multikey, strict
from apps.credentials.formats import bitstring, ob3
from tests.credentials.hostile import attacker
from tests.credentials.hostile.attacker import (
    ACHIEVEMENT,
    BODY,
    DID,
    DID_METHOD,
    HOST,
    MULTIBASE,
    SUBJECT,
    WEB,
    WEB_METHOD,
    about,
    body,
    document,
    endorsement,
    of_achievement,
    pretended,
    proof,
    record,
    signed,
    token,
)
from tests.credentials.hostile.network import answer, endless, leading_to
from tests.credentials.test_baking import badge, chunk, picture, with_chunks
from tests.credentials.test_baking_svg import drawing

NO_BADGE = ("not a badge", "")
FORMAT, SIGNATURE, ISSUER = ("format", "fail"), ("signature", "fail"), ("issuer", "fail")
UNSURE_FORMAT, UNSURE_SIGNATURE = ("format", "could_not_check"), ("signature", "could_not_check")
UNSURE_ISSUER, UNSURE_STATUS = ("issuer", "could_not_check"), ("status", "could_not_check")
LIST = f"{HOST}/status/1"
# As many parts as fit into what is read of one document.
MANY = strict.MOST_VALUES


@dataclass(frozen=True)
class Row:
    """`make` gives what is handed in; `check` is the first that does not pass; `asked` every page that is asked for."""

    make: Callable[[], Any]
    check: tuple[str, str]
    pages: dict[str, Any] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    recipient: str = ""

    @property
    def data(self):
        made = self.make()
        return json.dumps(made) if isinstance(made, dict) else made

    @property
    def world(self):
        """Each page written out: what its owner takes to make it is not ours."""
        return {address: _written(page) for address, page in self.pages.items()}


def _written(page):
    made = page() if callable(page) and page is not endless else page
    return answer(made) if isinstance(made, dict) else made


ROWS: dict[str, Row] = {}


def rows(check, made, **more):
    """Add rows that end alike: by name, what is handed in, or what makes it."""
    for name, one in made.items():
        assert name not in ROWS, name
        ROWS[name] = Row(one if callable(one) else lambda one=one: one, check, **more)


# --- what is handed in, before any of it is read as a credential ------------------------------------------------------
MB = 1024 * 1024
rows(
    NO_BADGE,
    {
        "50 MB of JSON": lambda: b'{"a":"' + b"a" * 50 * MB,
        "a token of nothing": lambda: token(""),
        "20 MB of letters": lambda: b"e" * 20 * MB,
        "20 MB of blanks": lambda: b" " * 20 * MB,
        "20 MB that are no UTF-8": lambda: b"\xff" * 20 * MB,
        "UTF-16": json.dumps(BODY).encode("utf-16"),
        "a drawing with nothing but 60,000 parts": lambda: drawing(b'<g a=""/>' * 60_000),
        "a drawing of a million lines": lambda: drawing(b"\n" * 7 * MB),
        "a drawing of a million comments": lambda: drawing(b"<!---->" * MB),
        "a drawing with one word of 7 MB": lambda: drawing(b'<g a="' + b"x" * 7 * MB + b'"/>'),
        "a drawing with a million numbered letters": lambda: drawing(b"&#10;" * MB),
        "a picture of nine thousand pieces": lambda: with_chunks(*[chunk(b"tEXt", b"a\0b")] * 9_000),
    },
)
rows(
    FORMAT,
    {
        "20 MB of JSON": lambda: b'{"a":"' + b"a" * 19 * MB + b'"}',
        "20 MB of a token": lambda: b"ey" + b"a" * 19 * MB + b".e30.AA",
        "3 MB of a token": lambda: token(b'{"a":"' + b"a" * 2 * MB + b'"}'),
        "200,000 levels of lists": lambda: b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        "200,000 levels of objects": lambda: b'{"a":' * 200_000,
        "200,000 levels in a token": lambda: token(b'{"a":' * 200_000),
        "41 levels": lambda: json.dumps(BODY | {"x": _nested(40)}),
        "a million letters in escapes": lambda: json.dumps({"a": "\u0101" * 170_000, "b": "\ud800"}),
        "a hundred thousand pieces of a picture": lambda: with_chunks(*[chunk(b"tEXt", b"")] * 100_000, badge()),
        "1.7 million pieces of a picture": lambda: with_chunks(*[chunk(b"tEXt", b"")] * 1_700_000, badge()),
        "20 MB of iTXt": lambda: with_chunks(badge(b"{" + b" " * (20 * MB - 400))),
        "a compressed iTXt": lambda: with_chunks(badge(gzip.compress(bytes(20 * MB)), flags=b"\x01\x00")),
        "a zTXt": lambda: with_chunks(badge(kind=b"zTXt")),
        "two badge chunks": lambda: with_chunks(badge(), badge()),
        "two badge chunks of two kinds": lambda: with_chunks(badge(), badge(keyword=b"openbadges")),
        "a wrong sum": lambda: with_chunks(chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}", crc=1)),
        "a piece longer than the picture": lambda: with_chunks(struct.pack(">I4s", 2**32 - 1, b"iTXt")),
        "a picture cut off": lambda: baking.bake_png(picture(), json.dumps(BODY))[:-9],
        "something behind the picture": lambda: baking.bake_png(picture(), json.dumps(BODY)) + b"x",
        "a drawing with entities": lambda: drawing(
            b"&b;", before=b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        ),
        "a drawing with a file": lambda: drawing(
            b"&b;", before=b'<!DOCTYPE svg [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
        ),
        "a drawing with a file as its grammar": lambda: drawing(
            b"&b;", before=b'<!DOCTYPE svg [<!ENTITY % b SYSTEM "http://169.254.169.254/"> %b;]>'
        ),
        "a drawing with words from elsewhere": lambda: drawing(
            b"&b;", before=b'<!DOCTYPE svg PUBLIC "x" "http://127.0.0.1/x.dtd">'
        ),
        "a drawing of 200,000 parts": lambda: drawing(b"<g/>" * 200_000),
        "a drawing of 200,000 levels": lambda: drawing(b"<g>" * 200_000),
        "a drawing of 700,000 attributes": lambda: drawing(
            b"<g " + b" ".join(b'a%x=""' % number for number in range(700_000)) + b"/>"
        ),
        "a drawing in letters that hide its signs": lambda: (
            b'<?xml version="1.0" encoding="cp037"?>' + "<svg/>".encode("cp037") + b"<svg"
        ),
        "a drawing of 20 MB": lambda: drawing(b" " * 19 * MB),
        "a drawing with 7 MB of badge": lambda: drawing(
            b"<openbadges:credential>" + b"\n" * 7 * MB + b"</openbadges:credential>"
        ),
        "two badges in a drawing": lambda: drawing(b'<openbadges:credential verify="a.b.c"/>' * 2),
        "a badge in script and foreignObject": lambda: drawing(
            b'<script>fetch("http://127.0.0.1/")</script><foreignObject><openbadges:credential>'
            + json.dumps({"type": "OpenBadgeCredential"}).encode()
            + b"</openbadges:credential></foreignObject>"
        ),
    },
)
rows(
    SIGNATURE,
    {
        "four hundred proofs of something else": lambda: pretended(BODY, 400),
        "an animated picture around what nobody signed": lambda: baking.bake_png(
            with_chunks(chunk(b"acTL", bytes(8)), chunk(b"fcTL", bytes(26))), json.dumps(BODY)
        ),
        "a picture that runs scripts around what nobody signed": lambda: baking.bake_svg(
            drawing(b"<script>alert(1)</script><path/>"), json.dumps(BODY)
        ),
    },
)


def _nested(levels):
    value: Any = []
    for _level in range(levels):
        value = [value]
    return value


# --- tokens that are truly signed, over odd words ---------------------------------------------------------------------
WORDS = json.dumps(BODY)
ODD = {
    "NaN": WORDS.replace('"creditsAvailable": 4', '"creditsAvailable": NaN'),
    "minus infinity": WORDS.replace('"creditsAvailable": 4', '"creditsAvailable": -Infinity'),
    "a number beyond all": WORDS.replace('"creditsAvailable": 4', '"creditsAvailable": 1e999'),
    "a number of 100,000 digits": WORDS.replace('"creditsAvailable": 4', '"creditsAvailable": ' + "9" * 100_000),
    "a fraction of 100,000 digits": WORDS.replace('"creditsAvailable": 4', '"creditsAvailable": 0.' + "9" * 100_000),
    "a name twice": WORDS.replace('"name":', '"name": "x", "name":', 1),
    "a name twice, escaped": WORDS.replace('"name":', '"n\\u0061me": "x", "name":', 1),
    "a byte order mark": "\ufeff" + WORDS,
    "half a letter": WORDS.replace("Evil", "\\ud800"),
    "half a letter, raw": WORDS.replace("Evil", "\ud800"),
    "NUL": WORDS.replace("Evil", "\0"),
    "something behind it": WORDS + "{}",
    "two payloads": WORDS * 2,
    "a list": f"[{WORDS}]",
    "a text": '"x"',
}
rows(FORMAT, {f"signed, {name}": lambda one=one: token(one) for name, one in ODD.items()})
rows(FORMAT, {"signed, UTF-16": lambda: token(WORDS.encode("utf-16"))})
rows(
    FORMAT,
    {
        f"signed, with {name}": lambda header=header: token(BODY, **header)
        for name, header in {
            "crit": {"crit": ["exp"]},
            "crit of nothing": {"crit": []},
            "b64": {"b64": False},
            "zip": {"zip": "DEF"},
            "a header of 9 KB": {"x": "a" * 9_000},
        }.items()
    },
)
rows(
    ISSUER,
    {
        f"another issuer's name, signed by {name}": lambda header=header: token(body(f"{HOST}/other"), **header)
        for name, header in {
            "a key inside": {"jwk": jose.public_jwk(attacker.KEY.public_key()), "kid": DID_METHOD},
            "a did:key": {"kid": DID_METHOD},
            "a key on loopback": {"kid": "http://127.0.0.1:8000/key"},
            "a key that is a file": {"kid": "file:///etc/passwd"},
        }.items()
    },
)
rows(
    SIGNATURE,
    {
        "a jku, an x5u and no more": lambda: (
            token(body(WEB), kid="", jku="http://127.0.0.1/jwks", x5u="http://169.254.169.254/x")[:-4] + "AAAA"
        ),
    },
    pages={WEB: document()},
    asked=(WEB,),
)

# --- words that no context knows, and contexts that nobody asked for --------------------------------------------------
VOCABULARY = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
# Makes of a part a credential to the eye, whose words are read by themselves.
APART = {"@context": list(ob3.CONTEXTS), "id": BODY["id"]}
MOVED = {"validUntil": "2026-01-03T00:00:00Z"}
UNWORDED = {
    "a word that nobody knows": BODY | {"grade": "A+"},
    "a word written out": BODY | {f"{VOCABULARY}narrative": "x"},
    "another name for a word": of_achievement(**{"ob:name": "x"}),
    "a type written out": of_achievement(type=["Achievement", f"{VOCABULARY}Achievement"]),
    "a context inside": of_achievement(**{"@context": {"name": "https://evil.example/x"}}),
    "a context of its own": BODY | {"@context": [*ob3.CONTEXTS, {"name": "https://evil.example/x"}]},
    "contexts the other way round": BODY | {"@context": ob3.CONTEXTS[::-1]},
    "JSON-LD's own words": of_achievement(**{"@id": "urn:x"}),
    "JSON-LD's own reverse": of_achievement(**{"@reverse": {"name": "x"}}),
    "a part with the credential's id": about(achievement=ACHIEVEMENT | {"id": BODY["id"]}),
    "an end in a subject that is a credential with its id": BODY
    | {"credentialSubject": SUBJECT | APART | MOVED | {"type": [*BODY["type"], *SUBJECT["type"]]}},
    "an end in evidence that is a credential with its id": BODY
    | {"evidence": [APART | MOVED | {"type": [*BODY["type"], "Evidence"], "name": "x"}]},
    "an end deep in evidence that is a credential": BODY
    | {
        "evidence": [
            APART
            | {
                "id": f"{HOST}/e/1",
                "type": [*BODY["type"], "Evidence"],
                "credentialSubject": {"id": BODY["id"], "type": BODY["type"]} | MOVED,
            }
        ]
    },
    "an id without a scheme": of_achievement(id="x"),
    "an id of a blank": of_achievement(id="_:b0"),
    "an id that ends itself": of_achievement(id="https://a.example/> <urn:x"),
}
rows(FORMAT, {f"signed, {name}": lambda one=one: token(one) for name, one in UNWORDED.items()})
rows(FORMAT, {f"with a proof, {name}": lambda one=one: pretended(one) for name, one in UNWORDED.items()})
rows(
    UNSURE_FORMAT,
    {
        "a context that is not pinned": lambda: pretended(BODY | {"@context": [*ob3.CONTEXTS, "http://127.0.0.1/c"]}),
        "a context that redefines words": lambda: token(
            BODY | {"@context": [*ob3.CONTEXTS, "https://w3id.org/openbadges/v2"]}
        ),
    },
)

# --- the largest that is read, and shapes that cost -------------------------------------------------------------------
ALIGNMENT = {"type": ["Alignment"], "targetName": "x", "targetUrl": "https://a.example/"}
IDENTITY = {"type": "IdentityObject", "hashed": True, "identityHash": "x", "identityType": "emailAddress"}
EVIDENCE = {"type": ["Evidence"]}
NAMELESS = {name: one for name, one in SUBJECT.items() if name != "id"}


def _fitting(make, *, per_part):
    """As many parts as fit, of which each has so many values."""
    return make(int((MANY - 900) / per_part))


def _results(number, alignments):
    return [{"type": ["Result"], "value": "1", "alignment": [ALIGNMENT] * alignments}] * number


# So hard that we give up: nothing is known of who signed it.
rows(
    UNSURE_SIGNATURE,
    {
        "parts that look alike": lambda: pretended(_fitting(lambda n: about(identifier=[IDENTITY] * n), per_part=5)),
        "alignments that look alike": lambda: pretended(
            _fitting(lambda n: of_achievement(alignment=[ALIGNMENT] * n), per_part=5)
        ),
        "nine alike in each of many alike": lambda: pretended(
            _fitting(lambda n: about(result=_results(n, 9)), per_part=52)
        ),
        "two alike in each of many alike": lambda: pretended(
            _fitting(lambda n: about(result=_results(n, 2)), per_part=17)
        ),
        "a clique of alike": lambda: pretended(
            about(result=[{"type": ["Result"], "value": "1", "alignment": [ALIGNMENT] * 6}] * 6)
        ),
    },
)
rows(
    SIGNATURE,
    {
        "eleven alike in a part without a name": lambda: pretended(about(result=_results(1, 11))),
        "two alike among many in a part without a name": lambda: pretended(
            _fitting(
                lambda n: (
                    BODY
                    | {
                        "credentialSubject": NAMELESS
                        | {"identifier": [IDENTITY, IDENTITY, *(IDENTITY | {"salt": str(one)} for one in range(n))]}
                    }
                ),
                per_part=7,
            )
        ),
        "base58 of a megabyte": lambda: (
            BODY | {"proof": [pretended(BODY)["proof"][0] | {"proofValue": "z" + "z" * 900_000}]}
        ),
        "base58 of zeros": lambda: (
            BODY | {"proof": [pretended(BODY)["proof"][0] | {"proofValue": "z" + "1" * 900_000}]}
        ),
        "a largest one, changed": lambda: signed(_evidence()) | {"name": "Another"},
    },
)


def _evidence():
    return _fitting(
        lambda n: BODY | {"evidence": [EVIDENCE | {"id": f"urn:e:{one}", "name": f"E {one}"} for one in range(n)]},
        per_part=6,
    )


# Whole and truly signed, so large or odd that it has to cost; by somebody who may, so that one check at the end fails.
ENDED = {"validUntil": "2026-01-03T00:00:00Z"}
LARGE = {
    "pieces of evidence": _evidence,
    "pieces of evidence without names": lambda: _fitting(
        lambda n: BODY | {"evidence": [EVIDENCE | {"name": f"E {one}"} for one in range(n)]}, per_part=5
    ),
    "tags": lambda: _fitting(lambda n: of_achievement(tag=[f"t{one}" for one in range(n)]), per_part=1),
    "the same tag": lambda: _fitting(lambda n: of_achievement(tag=["t"] * n), per_part=1),
    "types": lambda: _fitting(
        lambda n: BODY | {"evidence": [{"id": "urn:e", "type": ["Evidence", *(f"urn:t:{one}" for one in range(n))]}]},
        per_part=1,
    ),
    "results": lambda: _fitting(
        lambda n: about(result=[{"type": ["Result"], "value": str(one)} for one in range(n)]), per_part=5
    ),
    "criteria": lambda: _fitting(
        lambda n: of_achievement(
            resultDescription=[
                {
                    "id": f"urn:c:{one}",
                    "type": ["ResultDescription"],
                    "name": "x",
                    "resultType": "RubricCriterionLevel",
                    "rubricCriterionLevel": [
                        {"id": f"urn:c:{one}:{step}", "type": ["RubricCriterionLevel"], "name": str(step)}
                        for step in range(4)
                    ],
                }
                for one in range(n)
            ]
        ),
        per_part=29,
    ),
    "a megabyte of words": lambda: of_achievement(criteria={"narrative": "x" * 900_000}),
    "a megabyte of signs to escape": lambda: of_achievement(criteria={"narrative": "\n" * 450_000}),
    "a nested creator": lambda: of_achievement(creator=_creators(12)),
}


def _signed_four_times(document):
    days = [f"2026-01-0{day}T00:00:00Z" for day in range(1, 5)]
    return document | {"proof": [attacker.proof(document, created=day) for day in days]}


def _creators(levels):
    profile: dict[str, Any] = {"id": "urn:p:0", "type": ["Profile"], "name": "x"}
    for level in range(1, levels):
        profile = {"id": f"urn:p:{level}", "type": ["Profile"], "name": "x", "parentOrg": profile}
    return profile


rows(
    ("in_time", "fail"),
    {f"a proof over {name}": lambda make=make: signed(make() | ENDED) for name, make in LARGE.items()},
)
rows(
    ("in_time", "fail"),
    {f"a token over {name}": lambda make=make: token(make() | ENDED) for name, make in LARGE.items()},
)


rows(
    ("in_time", "fail"),
    {
        "four proofs over a largest one": lambda: _signed_four_times(_evidence() | ENDED),
        "a date of a megabyte": lambda: token(BODY | {"validUntil": "2026-01-01T00:00:00." + "0" * 900_000 + "Z"}),
        "a date that is none": lambda: signed(BODY | {"validUntil": "2026-02-30T00:00:00Z"}),
        "a date of another kind of number": lambda: token(BODY | {"validUntil": "２０２６-01-01T00:00:00Z"}),
        "a date at the end of time": lambda: signed(BODY | {"validFrom": "9999-12-31T23:59:59-14:00"}),
    },
)
rows(
    UNSURE_SIGNATURE,
    {
        "four hundred proofs": lambda: BODY | {"proof": [proof(BODY)] * 400},
        "a control sign": lambda: pretended(of_achievement(humanCode="a\x01b")),
        "a fraction that programs write differently": lambda: pretended(of_achievement(creditsAvailable=1e-9)),
    },
)
rows(
    FORMAT,
    {
        "a megabyte of address": lambda: pretended(of_achievement(id="https://a.example/" + "a" * 900_000)),
        "one value too many": lambda: token(of_achievement(tag=["t"] * MANY)),
        "a language of a megabyte": lambda: token(of_achievement(inLanguage="a" * 900_000)),
        "a type of a megabyte": lambda: token(
            of_achievement(achievementType="ext:" + "a|" * 400_000 + "!\n" * 9, grade=1)
        ),
        "a token of a megabyte that is none": lambda: token(
            of_achievement(endorsementJwt=["a." + "b" * 900_000 + "!"])
        ),
        "a context with many versions": lambda: token(
            BODY | {"@context": [ob3.CONTEXTS[0], *ob3.CONTEXTS[1:], *ob3.CONTEXTS[1:]]}
        ),
        "criteria of no kind": lambda: token(
            _fitting(
                lambda n: of_achievement(
                    resultDescription=[{"id": f"urn:{one}", "type": ["x"], "resultType": "no"} for one in range(n)]
                ),
                per_part=6,
            )
        ),
        "subjects in lists": lambda: token(BODY | {"credentialSubject": [[["x" * 900] * 30] * 30]}),
        "types that are words": lambda: token(BODY | {"type": [*BODY["type"], *["x"] * 4_000]}),
    },
)

# --- what stands inside -----------------------------------------------------------------------------------------------
# Those that may stand beside the contexts of Open Badges 3.0, in any order.
OTHERS = [
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    "https://w3id.org/security/suites/ed25519-2020/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/vc/status-list/2021/v1",
    "https://w3id.org/security/data-integrity/v2",
]


def _many_orders(number):
    """Endorsements that name contexts, each in an order of its own."""
    orders = itertools.islice(
        itertools.chain.from_iterable(itertools.permutations(OTHERS, many) for many in range(1, 6)), number
    )
    return [pretended(endorsement(one, named=[*ob3.CONTEXTS[:2], *order])) for one, order in enumerate(orders)]


rows(
    UNSURE_FORMAT,
    {
        "endorsements with contexts in many orders": lambda: token(
            _fitting(lambda n: of_achievement(endorsement=_many_orders(n)), per_part=42)
        ),
    },
)
rows(
    FORMAT,
    {
        "an endorsement that names a context four thousand times": lambda: token(
            of_achievement(endorsement=[endorsement(named=[*ob3.CONTEXTS[:2], *OTHERS[:1] * 4_000])])
        ),
    },
)
rows(
    ("endorsements", "could_not_check"),
    {
        "as many endorsements as fit": lambda: signed(
            _fitting(lambda n: of_achievement(endorsement=[signed(endorsement(one)) for one in range(n)]), per_part=32)
        ),
    },
)
rows(
    ("endorsements", "fail"),
    {
        "an endorsement that nobody signed": lambda: token(of_achievement(endorsement=[endorsement()])),
        "an endorsement of something else": lambda: token(
            of_achievement(endorsement=[signed(endorsement(about="urn:x"))])
        ),
        "an endorsement that is changed": lambda: token(
            of_achievement(endorsement=[signed(endorsement()) | {"name": "x"}])
        ),
        "a token of an endorsement that is none": lambda: token(of_achievement(endorsementJwt=["e30.e30.AAAA"])),
        "endorsements that are hard": lambda: token(
            of_achievement(endorsement=[pretended(_hard_endorsement(number)) for number in range(10)])
        ),
    },
)


def _hard_endorsement(number):
    found = endorsement(number)
    poison = [IDENTITY | {"identityHash": str(number)}] * 40
    return found | {
        "issuer": found["issuer"]
        | {
            "otherIdentifier": [
                {"type": "IdentifierEntry", "identifier": one["identityHash"], "identifierType": "ext:x"}
                for one in poison
            ]
        }
    }


SMALL = {
    name: one
    for name, one in ACHIEVEMENT.items()
    if name in ("id", "type", "name", "description", "criteria", "achievementType")
}
SMALL_SUBJECT = {"id": SUBJECT["id"], "type": ["AchievementSubject"], "achievement": SMALL}


def _small(number, **change):
    return BODY | {"id": f"{HOST}/c/{number}", "credentialSubject": SMALL_SUBJECT} | change


rows(
    ("inside", "fail"),
    {
        "thirty credentials inside, all ended": lambda: signed(record([signed(_small(n) | ENDED) for n in range(30)])),
        "credentials inside that nobody signed": lambda: signed(record([_small(n) for n in range(30)])),
        "hard credentials inside": lambda: token(
            record(
                [
                    pretended(_small(n, credentialSubject=SMALL_SUBJECT | {"identifier": [IDENTITY] * 9}))
                    for n in range(30)
                ]
            )
        ),
    },
)
rows(
    ("inside", "could_not_check"),
    {
        "more credentials inside than are looked at": lambda: token(record([signed(_small(n)) for n in range(60)])),
        "a forged credential in a record in a record": lambda: signed(
            record([signed(record([_small(1)]) | {"id": f"{HOST}/clr/2"})])
        ),
    },
)
rows(FORMAT, {"a record in a record with its id": lambda: signed(record([signed(record([_small(1)]))]))})

# --- status lists -----------------------------------------------------------------------------------------------------
ENTRY = {
    "id": f"{LIST}#5",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "5",
    "statusListCredential": LIST,
}


def listed(*indexes, purpose="revocation", encoded=None, issuer=DID, address=LIST):
    found = bitstring.list_credential(
        address=address,
        issuer_id=issuer,
        purpose=purpose,
        encoded=encoded or bitstring.encode(indexes),
        valid_from=attacker.RICH.valid_from,
    )
    return signed(found)


LISTED = listed(5)


def packed(data):
    return "u" + base64.urlsafe_b64encode(gzip.compress(data, 9)).decode().rstrip("=")


def named(**change):
    return lambda: signed(BODY | {"credentialStatus": ENTRY | change})


BOMB = packed(bytes(50 * MB))
for _name, _page in {
    "a gzip bomb": lambda: answer(listed(encoded=BOMB)),
    "a bomb in the answer": lambda: answer(gzip.compress(bytes(50 * MB)), headers=["Content-Encoding: gzip"]),
    "another purpose": lambda: answer(listed(purpose="suspension")),
    "another issuer": lambda: answer(listed(issuer="did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")),
    "another address": lambda: answer(listed(address=f"{HOST}/status/2")),
    "a list changed": lambda: answer(listed(5) | {"validUntil": "2030-01-01T00:00:00Z"}),
    "a list that is not signed": lambda: answer({name: one for name, one in listed().items() if name != "proof"}),
    "a list that never ends": endless,
    "a list that leads inside": lambda: leading_to("http://169.254.169.254/latest"),
    "a list that leads to another host": lambda: leading_to("https://other.example/list"),
    "a list of quotes": lambda: answer(b'{"' + b'\\"' * 500_000),
    "a list of 200,000 levels": lambda: answer(b'{"a":' * 200_000),
}.items():
    ROWS[f"a status list: {_name}"] = Row(
        named(),
        UNSURE_STATUS,
        {LIST: _page, "https://other.example/list": lambda: answer(listed())},
        (LIST, "https://other.example/list") if "another host" in _name else (LIST,),
    )
rows(
    ("status", "fail"),
    {"a place outside of the list": named(statusListIndex="131072")},
    pages={LIST: lambda: answer(listed())},
    asked=(LIST,),
)
rows(("status", "fail"), {"a place of many digits": named(statusListIndex="9" * 5_000)})
rows(("status", "fail"), {"taken back": named()}, pages={LIST: lambda: answer(listed(5))}, asked=(LIST,))
rows(
    ("status", "fail"),
    {"paused": named(statusPurpose="suspension")},
    pages={LIST: lambda: answer(listed(5, purpose="suspension"))},
    asked=(LIST,),
)
MANY_LISTS = {
    f"{HOST}/lists/{number}": lambda number=number: answer(
        listed(address=f"{HOST}/lists/{number}", encoded=packed(bytes(2 * MB)))
    )
    for number in range(24)
}


def _with_lists(number):
    address = f"{HOST}/lists/{number % 24}"
    return _small(number, credentialStatus=ENTRY | {"id": f"{address}#5", "statusListCredential": address})


rows(
    ("inside", "could_not_check"),
    {"many lists of two megabytes, unpacked": lambda: token(record([signed(_with_lists(n)) for n in range(30)]))},
    pages=MANY_LISTS,
    asked=tuple(list(MANY_LISTS)[:8]),
)
NAMES = {
    f"{HOST}/names/{number}": {"revokedCredentials": [{"id": f"urn:{one}"} for one in range(24_000)]}
    for number in range(24)
}


def _with_names(number):
    entry = {"id": f"{HOST}/names/{number % 24}", "type": "1EdTechRevocationList"}
    return _small(number, credentialStatus=entry) | {"@context": list(dict.fromkeys([*ob3.CONTEXTS, OTHERS[0]]))}


rows(
    ("inside", "could_not_check"),
    {"many long lists of names": lambda: token(record([signed(_with_names(n)) for n in range(30)]))},
    pages=NAMES,
    asked=tuple(list(NAMES)[:8]),
)

# --- issuers ----------------------------------------------------------------------------------------------------------
OTHER_MULTIBASE = multikey.encode(bytes(range(32)))
RSA_16384 = {"kty": "RSA", "e": "AQAB", "n": jose.base64url(b"\xff" * 2048)}
RSA_EXPONENT = {"kty": "RSA", "e": jose.base64url(b"\xff" * 2048), "n": jose.base64url(b"\xff" * 256)}


def method(number=0, **change):
    return {
        "id": f"{WEB}#key-{number}",
        "type": "Multikey",
        "controller": WEB,
        "publicKeyMultibase": OTHER_MULTIBASE,
    } | change


def jwk(number=0, **key):
    return {"id": f"{WEB}#key-{number}", "type": "JsonWebKey", "controller": WEB, "publicKeyJwk": key}


P256 = multikey.encode_p256(bytes.fromhex("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"))
for _name, _page in {
    "another key": document(method()),
    "no keys": document(verificationMethod=[], assertionMethod=[]),
    "a key of another": document(method(controller=f"{HOST}/other", publicKeyMultibase=MULTIBASE)),
    "another id": document(issuer=f"{HOST}/other"),
    "a key that is not for assertions": document(assertionMethod=[], authentication=[WEB_METHOD]),
    "hundreds of keys": document(*(method(number) for number in range(500))),
    "six hundred keys to work out": document(
        *(method(number, publicKeyMultibase=P256) for number in range(600)),
    ),
    "six hundred keys by one name": document(
        *(method(id=f"urn:{number}{WEB_METHOD}", publicKeyMultibase=P256) for number in range(600)),
    ),
    "a key of 16,384 bits": document(*(jwk(number, **RSA_16384) for number in range(100))),
    "a key with an endless exponent": document(*(jwk(number, **RSA_EXPONENT) for number in range(100))),
    "a key in endless base58": document(method(publicKeyMultibase="z" + "z" * 900_000)),
    "a key in endless base58 of old": document(
        method(type="Ed25519VerificationKey2018", publicKeyBase58="z" * 900_000)
    ),
}.items():
    ROWS[f"an issuer: {_name}"] = Row(lambda: signed(body(WEB)), ISSUER, {WEB: _page}, (WEB,))
KEYS = [method(number, publicKeyMultibase=P256) for number in range(600)]
rows(
    ("inside", "fail"),
    {
        "an issuer: six hundred keys to work out for each in a record": lambda: token(
            record([signed(_small(number) | {"issuer": body(WEB)["issuer"]}) for number in range(30)])
        )
    },
    pages={WEB: lambda: document(*KEYS)},
    asked=(WEB,),
)
for _name, _page in {
    "a page": answer("<!doctype html><title>Hello</title>", media_type="text/html"),
    "a list": answer(b"[]"),
    "another encoding": answer(json.dumps(document()).encode("utf-16")),
    "a name twice": answer(b'{"id":1,"id":2}'),
    "a status that is none": answer(document(), status=299),
    "taken away": answer(document(), status=410),
    "three megabytes": answer(b'{"a":"' + b"a" * 3 * MB),
    "more than a megabyte": answer(b'{"a":"' + b"a" * (MB + 1) + b'"}'),
    "no end": endless,
    "a lie about its length": [b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{}"],
    "no HTTP": [b"SSH-2.0-OpenSSH\r\n"],
    "headers without end": [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000],
    "a way inside": leading_to("http://localhost:8000/admin/"),
    "a way to a number": leading_to("http://2130706433/"),
    "a way to a file": leading_to("file:///etc/passwd"),
}.items():
    ROWS[f"an issuer: {_name}"] = Row(lambda: signed(body(WEB)), UNSURE_ISSUER, {WEB: _page}, (WEB,))
ROUND = f"{HOST}/round"
ROWS["an issuer: round and round"] = Row(
    lambda: signed(body(WEB)), UNSURE_ISSUER, {WEB: leading_to(ROUND), ROUND: leading_to(WEB)}, (WEB, ROUND)
)
ROWS["an issuer: on another host"] = Row(
    lambda: signed(body(WEB)),
    UNSURE_ISSUER,
    {WEB: leading_to("https://other.example/issuer"), "https://other.example/issuer": document()},
    (WEB, "https://other.example/issuer"),
)
ROWS["an issuer: rebound between two looks"] = Row(
    lambda: token(body("http://rebound.example/issuer"), kid="x"),
    UNSURE_SIGNATURE,
    {"http://rebound.example/issuer": leading_to("http://rebound.example/again")},
    ("http://rebound.example/issuer",),
)
rows(ISSUER, {"an issuer: a did:key that is endless": lambda: token(body("did:key:z" + "z" * 400_000), kid="x")})
rows(
    UNSURE_SIGNATURE,
    {
        "an issuer: a did:jwk that is endless": lambda: token(body("did:jwk:" + "e" * 400_000), kid="x"),
        "an issuer: a did:web of many dashes": lambda: token(body("did:web:" + "a-" * 200_000 + "!"), kid="x"),
        "an issuer: a did:web of many dots": lambda: token(body("did:web:" + "a." * 200_000 + ":!"), kid="x"),
        "an issuer: a did:jwk of 16,384 bits": lambda: token(
            body("did:jwk:" + jose.base64url(json.dumps(RSA_16384).encode())), kid=""
        ),
    },
)

# --- addresses that lead inside ---------------------------------------------------------------------------------------
NOWHERE = [
    *("http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/"),
    *("http://localhost/", "http://localhost./", "http://[::1]/", "http://[::]/", "http://0.0.0.0/"),
    *("http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[64:ff9b::7f00:1]/", "http://[fe80::1]/"),
    *("http://[2002:7f00:1::]/", "http://[fd00::1]/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/"),
    *("http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://198.18.0.1/", "http://224.0.0.1/"),
    *("http://inside.example/", "http://loopback.example/", "http://metadata.example/", "http://six.example/"),
    *("http://mapped.example/", "http://nat.example/", "http://both.example/", "http://nobody.test/"),
    *("https://127.0.0.1:8000/", "http://localhost:5432/", "http://a@127.0.0.1/"),
    *("https://user:word@evil.example/", "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://evil.example/"),
]
for _address in NOWHERE:
    ROWS[f"an issuer at {_address}"] = Row(lambda _at=_address: token(body(_at), kid="x"), UNSURE_SIGNATURE)
    ROWS[f"a status list at {_address}"] = Row(named(statusListCredential=_address), UNSURE_STATUS)
    ROWS[f"evidence at {_address}"] = Row(
        lambda _at=_address: signed(
            BODY | ENDED | {"evidence": [EVIDENCE | {"id": _at, "digestSRI": "sha256-" + "A" * 43 + "="}]}
        ),
        ("in_time", "fail"),
    )
for _host in ("127.0.0.1", "localhost", "169.254.169.254", "inside.example", "10.0.0.1", "localhost%3A8000"):
    ROWS[f"an issuer at did:web:{_host}"] = Row(
        lambda _at=_host: token(body(f"did:web:{_at}"), kid="x"), UNSURE_SIGNATURE
    )
rows(("recipient", "fail"), {"somebody else's": lambda: signed(BODY)}, recipient="somebody@evil.example")
rows(("in_time", "fail"), {"run out": lambda: signed(BODY | ENDED)})
rows(("in_time", "fail"), {"not valid yet": lambda: signed(BODY | {"validFrom": "2098-01-01T00:00:00Z"})})

# --- Open Badges 2.1 and before ---------------------------------------------------------------------------------------
OLD_ID, OLD_BADGE, OLD_ISSUER, OLD_KEY = (f"{HOST}/{name}" for name in ("a/1", "b/1", "old", "key"))
V2 = "https://w3id.org/openbadges/v2"
PEM = attacker.KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

HOSTED = {
    "@context": V2,
    "type": "Assertion",
    "id": OLD_ID,
    "recipient": {"type": "email", "hashed": False, "identity": "a@evil.example"},
    "badge": OLD_BADGE,
    "issuedOn": "2026-01-02T03:04:05Z",
    "verification": {"type": "HostedBadge"},
}
SIGNED = HOSTED | {"id": "urn:uuid:1", "verification": {"type": "SignedBadge", "creator": OLD_KEY}}
BADGE_CLASS = {"@context": V2, "type": "BadgeClass", "id": OLD_BADGE, "name": "x", "issuer": OLD_ISSUER}
PROFILE = {"@context": V2, "type": "Profile", "id": OLD_ISSUER, "name": "Evil", "publicKey": OLD_KEY}
CRYPTOGRAPHIC_KEY = {
    "@context": V2,
    "type": "CryptographicKey",
    "id": OLD_KEY,
    "owner": OLD_ISSUER,
    "publicKeyPem": PEM,
}
OLD_WORLD = {OLD_ID: HOSTED, OLD_BADGE: BADGE_CLASS, OLD_ISSUER: PROFILE, OLD_KEY: CRYPTOGRAPHIC_KEY}
UNSURE_HOSTED = ("hosted", "could_not_check")


def old_token(payload, **header):
    return jose.sign(json.dumps(payload).encode(), header=header, private_key=attacker.KEY)


def forged(algorithm, payload, signature=b"x" * 64):
    parts = (json.dumps({"alg": algorithm}).encode(), json.dumps(payload).encode(), signature)
    return ".".join(jose.base64url(part) for part in parts)


rows(
    SIGNATURE,
    {
        f"2.0, alg {algorithm!r}": lambda algorithm=algorithm: forged(algorithm, SIGNED)
        for algorithm in ("none", "None", "NONE", "nOnE", " none", "", "HS256", "hs256", "HS512")
    },
    pages=OLD_WORLD,
)
rows(
    UNSURE_SIGNATURE,
    {f"2.0, alg {one}": lambda one=one: forged(one, SIGNED) for one in ("PS256", "ES384", "x" * 5_000)},
)
rows(SIGNATURE, {"2.0 without a signature": SIGNED}, pages=OLD_WORLD)
rows(SIGNATURE, {"2.0, zeros": forged("EdDSA", SIGNED, bytes(64))}, pages=OLD_WORLD, asked=(OLD_KEY,))
for _address in NOWHERE:
    if _address.startswith("http"):
        ROWS[f"2.0, published at {_address}"] = Row(lambda _at=_address: HOSTED | {"id": _at}, UNSURE_HOSTED)
        ROWS[f"2.0, signed by a key at {_address}"] = Row(
            lambda _at=_address: old_token(SIGNED | {"verification": {"type": "SignedBadge", "creator": _at}}),
            UNSURE_SIGNATURE,
        )
        ROWS[f"1.0 in a picture, at {_address}"] = Row(
            lambda _at=_address: with_chunks(chunk(b"tEXt", b"openbadges\0" + _at.encode())), UNSURE_HOSTED
        )
for _name, (_change, _check, _asked) in {
    "another publishes it": ({OLD_ID: HOSTED | {"issuedOn": "2025-01-01T00:00:00Z"}}, ("hosted", "fail"), (OLD_ID,)),
    "its address leads inside": ({OLD_ID: leading_to("http://127.0.0.1/")}, UNSURE_HOSTED, (OLD_ID,)),
    "its address never ends": ({OLD_ID: endless}, UNSURE_HOSTED, (OLD_ID,)),
    "its address gives a picture": ({OLD_ID: answer(b"\x89PNG", media_type="image/png")}, UNSURE_HOSTED, (OLD_ID,)),
    "its issuer is another": ({OLD_ISSUER: PROFILE | {"id": f"{HOST}/other"}}, ISSUER, (OLD_ID, OLD_BADGE, OLD_ISSUER)),
    "its badge is itself": ({OLD_BADGE: BADGE_CLASS | {"issuer": OLD_BADGE}}, UNSURE_ISSUER, (OLD_ID, OLD_BADGE)),
    "its issuer publishes elsewhere": (
        {OLD_ISSUER: PROFILE | {"verification": {"allowedOrigins": "other.example"}}},
        ISSUER,
        (OLD_ID, OLD_BADGE, OLD_ISSUER),
    ),
}.items():
    ROWS[f"2.0 hosted, {_name}"] = Row(lambda: HOSTED, _check, OLD_WORLD | _change, _asked)
for _name, (_change, _check, _asked) in {
    "a key of another owner": (
        {OLD_KEY: CRYPTOGRAPHIC_KEY | {"owner": f"{HOST}/other"}},
        ISSUER,
        (OLD_KEY, OLD_BADGE, OLD_ISSUER),
    ),
    "a key that is a megabyte": (
        {OLD_KEY: CRYPTOGRAPHIC_KEY | {"publicKeyPem": PEM + "A" * 900_000}},
        ("in_time", "fail"),
        (OLD_KEY, OLD_BADGE, OLD_ISSUER),
    ),
    "a key that is none": (
        {OLD_KEY: CRYPTOGRAPHIC_KEY | {"publicKeyPem": "-----BEGIN " * 80_000}},
        UNSURE_SIGNATURE,
        (OLD_KEY,),
    ),
    "a list of many": (
        {
            OLD_ISSUER: PROFILE | {"revocationList": f"{HOST}/revoked"},
            f"{HOST}/revoked": {"revokedAssertions": [f"urn:{number}" for number in range(49_000)] + ["urn:uuid:1"]},
        },
        ("in_time", "fail"),
        (OLD_KEY, OLD_BADGE, OLD_ISSUER, f"{HOST}/revoked"),
    ),
}.items():
    ROWS[f"2.0 signed, {_name}"] = Row(
        lambda: old_token(SIGNED | {"expires": "2026-01-03T00:00:00Z"}), _check, OLD_WORLD | _change, _asked
    )
rows(
    FORMAT,
    {
        "2.0, a member that nobody knows": HOSTED | {"grade": "A+"},
        "2.0, two contexts": HOSTED | {"@context": [V2, "https://w3id.org/openbadges/v1"]},
        "2.0, an address of a megabyte": HOSTED | {"id": "https://evil.example/" + "a" * 900_000 + "<"},
        "2.0, a scheme of a megabyte": HOSTED | {"badge": "a" * 900_000},
        "2.0, a date of a megabyte": HOSTED | {"issuedOn": "2026-01-02T03:04:05." + "1" * 900_000},
        "2.0, seconds without end": HOSTED | {"issuedOn": "9" * 900_000},
        "2.0, crit": lambda: old_token(SIGNED, crit=["x"]),
        "2.0, evidence of all that fits": HOSTED | {"evidence": [{"id": "urn:x", "a": 1}] * 1_500},
    },
)
# Somebody else's host, which leads on to wherever it is told.
LED = "https://badges.example/go?to=https://evil.example/key.pem"
FIRST = {
    "uid": "abc",
    "recipient": {"type": "email", "hashed": False, "identity": "a@evil.example"},
    "badge": "https://badges.example/b/1",
    "verify": {"type": "signed", "url": LED},
    "issuedOn": 1767323045,
}
rows(
    UNSURE_SIGNATURE,
    {"1.0, signed by a key that the issuer's host leads on to": lambda: old_token(FIRST)},
    pages={
        LED: leading_to(f"{HOST}/key.pem"),
        f"{HOST}/key.pem": answer(PEM, media_type="application/x-pem-file"),
        "https://badges.example/b/1": {"name": "x", "issuer": "https://badges.example/issuer"},
        "https://badges.example/issuer": {"name": "Kowhai", "url": "https://badges.example"},
    },
    asked=(LED, f"{HOST}/key.pem"),
)
