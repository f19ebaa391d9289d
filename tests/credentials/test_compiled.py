"""What is compiled comes to the very text and signature of the general way, and what isn't goes that way and is counted."""

import json
import logging
import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from apps.core import clock
from apps.core.health import FAIL, OK, Check
from apps.core.text import is_plain, sorts_alike
from apps.credentials import compiled, health, multikey, proofs
from apps.credentials.compiled import forms, judge, tally, templates
from apps.credentials.formats import ob3, vcjwt
from apps.credentials.formats.snapshot import (
    AchievementFacts,
    AlignmentFacts,
    AwardSnapshot,
    ComponentFacts,
    CriterionFacts,
    EvidenceFacts,
    IdentifierFacts,
    Identity,
    IssuerFacts,
    LevelFacts,
    RelatedFacts,
    ResultFacts,
    StatusFacts,
)
from tests.conformance.conftest import ISSUER, KEY, KID, METHOD, MINIMAL, ORIGIN, PAGE, REVOCABLE, RICH, SIGNERS
from tests.conformance.test_endorsement import signed_endorsement
from tests.factories import awarded_credential

# Credentials that are tried, so many of each version. The whole trial takes minutes: EXAMPLES=12000.
EXAMPLES, AWARDS = int(os.environ.get("EXAMPLES", "300")), 6
SEEN = Counter()
ALIGNED = tuple(AlignmentFacts(f"Node {number} 😀", f"https://frame.example/{number}", code="N") for number in range(3))
PAUSABLE = replace(REVOCABLE, status=replace(REVOCABLE.status, suspension_url=f"{ORIGIN}/status/kowhai/2"))
SNAPSHOTS = {
    "a small one": MINIMAL,
    "a rich one": RICH,
    "one that can be taken back": REVOCABLE,
    "one that can be paused": PAUSABLE,
    "one awarded directly": replace(MINIMAL, narrative="Awarded directly: “à” \\ \t\n😀"),
    "one that says how many credits": replace(RICH, credits_earned="2.5"),
    "a whole": replace(
        RICH,
        components=tuple(
            ComponentFacts(f"{ORIGIN}/c/{letter * 26}", f"{PAGE}-{letter}", f"Part “{letter}”", "Kōwhai", credits="2")
            for letter in "cd"
        ),
    ),
    "one that is aligned": replace(
        PAUSABLE,
        achievement=replace(
            RICH.achievement,
            alignments=ALIGNED,
            criteria=tuple(replace(one, alignments=ALIGNED[:2]) for one in RICH.achievement.criteria),
        ),
    ),
    "an endorsed one": replace(
        PAUSABLE,
        issuer=replace(RICH.issuer, endorsements=(signed_endorsement(ISSUER),)),
        achievement=replace(RICH.achievement, alignments=ALIGNED, endorsements=(signed_endorsement(),)),
    ),
    "one with a result twice": replace(RICH, results=RICH.results * 2),
    "one with an identity twice": replace(RICH, identities=RICH.identities[:1] * 2),
    "one with an alignment twice": replace(RICH, achievement=replace(RICH.achievement, alignments=ALIGNED[:1] * 2)),
    "one of older addresses": replace(RICH, id="urn:uuid:00000000-0000-4000-8000-000000000000"),
}
LEFT_ALONE = {
    "two parts bear one id": replace(RICH, evidence=RICH.evidence[:1] * 2),
    "an id is that of the issuer or of the achievement": replace(RICH, subject_id=ISSUER),
    "many parts look alike": replace(RICH, results=RICH.results[:1] * 40),
    "an address is not one that is signed": replace(RICH, subject_id=""),
}
REFUSED = {
    "a control character": replace(RICH, narrative="a\x01b"),
    "a deleted one": replace(RICH, identities=(replace(RICH.identities[0], salt="a\x7fb"),)),
    "no character": replace(RICH, evidence=(replace(RICH.evidence[0], name="a\uffffb"),)),
    "one in a result": replace(RICH, results=(ResultFacts("https://a.example/\x02", "https://a.example/"),)),
    "one in the achievement": replace(RICH, achievement=replace(RICH.achievement, name="a\x01b")),
    "a relative address": replace(RICH, id="/c/1"),
    "an odd address": replace(RICH, evidence=(replace(RICH.evidence[0], id="https://a.example/[1]"),)),
    "an address of a list that is none": replace(REVOCABLE, status=StatusFacts("list", 1)),
    "words that are sorted differently": replace(RICH, achievement=replace(RICH.achievement, tags=("😀", "ｆ"))),
    "a fraction too small": replace(RICH, credits_earned="0.0000000001"),
    "no text": replace(RICH, identities=(replace(RICH.identities[0], salt=None),)),
    "too many that look alike": replace(RICH, results=RICH.results[:1] * 300),
}


@pytest.fixture(autouse=True)
def _nothing_kept_and_nothing_counted(monkeypatch):
    monkeypatch.setattr(templates, "_templates", type(templates._templates)())
    monkeypatch.setattr(tally, "_sums", type(tally._sums)())
    monkeypatch.setattr(templates, "_ticks", count(1))


def sign(snapshot, created=RICH.valid_from):
    return compiled.sign(snapshot, private_key=KEY, verification_method=METHOD, created=created)


def generally(snapshot, created=RICH.valid_from):
    signed = proofs.sign(ob3.build(snapshot), private_key=KEY, verification_method=METHOD, created=created)
    return proofs.dump(signed)


def filled(snapshot):
    """The JSON and the sum, with no general way to fall back on."""
    template = compiled.template_for(snapshot.issuer, snapshot.achievement)
    form = forms.Form(template.issuer, template.achievement, forms.parts_of(snapshot))
    values, sum_ = form.fill(snapshot)
    return form.json(values), sum_


def outcome(function, *given):
    """What it gives, or how it refuses."""
    try:
        return function(*given)
    except proofs.ProofError as error:
        return type(error), str(error)


@pytest.mark.parametrize("snapshot", SNAPSHOTS.values(), ids=SNAPSHOTS)
def test_it_is_the_text_and_the_signature_of_the_general_way(snapshot):
    document = ob3.build(snapshot)

    assert filled(snapshot) == (proofs.dump(document), judge.sum_of(document))
    assert sign(snapshot) == generally(snapshot)
    assert tally._sums == {"compiled": 1, "judged": 1}


@pytest.mark.parametrize(("reason", "snapshot"), LEFT_ALONE.items(), ids=LEFT_ALONE)
def test_what_it_does_not_cover_goes_the_general_way_and_is_counted(reason, snapshot):
    assert sign(snapshot) == generally(snapshot)
    assert tally._sums == {f"general: {reason}": 1}


@pytest.mark.parametrize("snapshot", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_refused_in_the_same_words(snapshot):
    told = outcome(generally, snapshot)

    assert told[0] in {proofs.ProofError, proofs.AmbiguousError, proofs.TooHardError}
    assert outcome(sign, snapshot) == told


@pytest.mark.parametrize("algorithm", SIGNERS)
@pytest.mark.parametrize("snapshot", [*SNAPSHOTS.values(), LEFT_ALONE["two parts bear one id"]])
def test_a_token_is_what_the_general_way_makes(snapshot, algorithm):
    private_key = SIGNERS[algorithm]

    token = vcjwt.build(snapshot, kid=KID, private_key=private_key)

    assert token == vcjwt.sign(ob3.build(snapshot), kid=KID, private_key=private_key)


# --- judged, counted, told --------------------------------------------------------------------------------------------
def test_the_first_three_of_a_form_are_compared_with_pyld_and_then_one_in_a_thousand(monkeypatch):
    for number in range(5):
        sign(replace(RICH, id=f"{ORIGIN}/c/{number}"))
    assert tally._sums == {"compiled": 5, "judged": 3}

    monkeypatch.setattr(templates, "_ticks", count(999))
    for number in range(5):
        sign(replace(RICH, id=f"{ORIGIN}/c/{number}"))

    assert tally._sums == {"compiled": 10, "judged": 4}


@pytest.mark.parametrize("part", ["sum", "text"])
def test_a_template_that_is_wrong_is_noticed_before_anything_is_signed_by_it(monkeypatch, caplog, part):
    right = forms.Form.fill

    def wrong(form, award):
        values, sum_ = right(form, award)
        if part == "sum":
            return forms.Filled(values, bytes(32))
        values[forms.FROM] = "2026-01-02T03:04:06Z"
        return forms.Filled(values, sum_)

    monkeypatch.setattr(forms.Form, "fill", wrong)
    with caplog.at_level(logging.ERROR):
        assert (sign(RICH), sign(RICH)) == (generally(RICH), generally(RICH))

    (told,) = caplog.messages
    assert RICH.id in told
    assert tally._sums == {"differs": 1, "general: it differs from PyLD": 2}
    assert vcjwt.build(RICH, kid=KID, private_key=KEY) == vcjwt.sign(ob3.build(RICH), kid=KID, private_key=KEY)


def test_what_pyld_can_not_read_goes_the_general_way(monkeypatch):
    def breaks(*_given):
        raise jsonld.JsonLdError("no", "type")

    monkeypatch.setattr(judge.jsonld, "normalize", breaks)

    assert sign(RICH) == generally(RICH)
    assert tally._sums == {"differs": 1, "general: it differs from PyLD": 1}


def test_the_text_of_a_token_is_compared_too(monkeypatch, caplog):
    monkeypatch.setattr(forms.Form, "text", lambda _form, _award: "{}")

    with caplog.at_level(logging.ERROR):
        assert vcjwt.build(RICH, kid=KID, private_key=KEY) == vcjwt.sign(ob3.build(RICH), kid=KID, private_key=KEY)

    assert len(caplog.messages) == 1


def test_many_of_one_version_are_signed_by_what_varies_alone():
    template = compiled.template_for(RICH.issuer, RICH.achievement)
    varying = compiled.Varying(**{name: getattr(RICH, name) for name in compiled.Varying._fields})
    odd = varying._replace(evidence=RICH.evidence[:1] * 2)

    def signed(award):
        return template.sign(award, private_key=KEY, verification_method=METHOD, created=RICH.valid_from)

    assert signed(varying) == generally(RICH)
    assert signed(odd) == generally(replace(RICH, evidence=odd.evidence))
    assert vcjwt.build_by(template, odd, kid=KID, private_key=KEY) == vcjwt.build(
        replace(RICH, evidence=odd.evidence), kid=KID, private_key=KEY
    )


def test_a_template_is_known_again_by_what_it_says_and_the_oldest_is_forgotten(monkeypatch):
    monkeypatch.setattr(templates, "MOST_TEMPLATES", 2)
    again = AwardSnapshot.from_json(json.loads(json.dumps(RICH.to_json())))
    first = compiled.template_for(RICH.issuer, RICH.achievement)

    assert compiled.template_for(again.issuer, again.achievement) is first
    for name in ("two", "three"):
        compiled.template_for(RICH.issuer, replace(RICH.achievement, name=name))
    assert compiled.template_for(RICH.issuer, RICH.achievement) is not first


def test_of_one_version_few_forms_are_kept(monkeypatch):
    monkeypatch.setattr(templates, "MOST_FORMS", 2)
    template = compiled.template_for(RICH.issuer, RICH.achievement)

    for credits_ in ("1", "2", "3"):
        assert template.text(replace(RICH, credits_earned=credits_)) is not None

    assert [parts.credits_earned for parts in template._forms] == ["3"]


def test_operators_see_which_way_credentials_were_signed():
    assert health.signed_forms() == Check(
        "signed forms", OK, "in 7 days 0 by a template (0 of them compared), 0 without"
    )
    for snapshot in (RICH, MINIMAL, *LEFT_ALONE.values()):
        sign(snapshot)
    compiled.hand_on()
    compiled.hand_on()

    assert health.signed_forms() == Check(
        "signed forms",
        OK,
        "in 7 days 2 by a template (2 of them compared), 4 without (an address is not one that is signed: 1, "
        "an id is that of the issuer or of the achievement: 1, many parts look alike: 1, two parts bear one id: 1)",
    )
    with clock.at(clock.now() + timedelta(days=tally.DAYS)):
        assert "0 by a template" in health.signed_forms().saw


def test_a_template_that_was_wrong_is_what_doctor_fails_on():
    tally.count(tally.DIFFERS)
    compiled.hand_on()

    found = health.signed_forms()

    assert (found.result, found.saw) == (
        FAIL,
        "1 times a template was wrong: in 7 days 0 by a template (0 of them compared), 0 without",
    )


def test_sums_wait_while_the_cache_is_away(settings):
    there = settings.CACHES
    sign(RICH)
    settings.CACHES = {"default": there["default"] | {"LOCATION": "unix:///nowhere/valkey.sock?db=1"}}
    compiled.hand_on()
    assert tally._sums == {"compiled": 1, "judged": 1}
    assert health.signed_forms() == Check("signed forms", OK, "not known, since the cache is away")
    settings.CACHES = there

    compiled.hand_on()

    assert tally._sums == {}
    assert "1 by a template" in health.signed_forms().saw


@pytest.mark.django_db
def test_an_award_is_signed_by_a_template_and_counted():
    credential = awarded_credential()

    form = credential.forms.get(format="ob3-eddsa-rdfc-2022")
    snapshot = AwardSnapshot.from_json(credential.snapshot)
    (proof,) = json.loads(form.text)["proof"]
    assert form.text == proofs.dump(ob3.build(snapshot) | {"proof": [proof]})
    proofs.verify(ob3.build(snapshot), proof, multikey.decode(form.key.name))
    assert "1 by a template (1 of them compared), 0 without" in health.signed_forms().saw


# --- any credential ---------------------------------------------------------------------------------------------------
ODD = [
    "😀",
    "ｆ",
    "ｆ😀",
    '"',
    "\\",
    "\\u0041",
    "\n",
    "\r\n",
    "\t",
    "\x85",
    "\u2028",
    "\u00a0",
    "à",
    "a\u0300",
    "羊",
    "كامل",
]
ODD += [
    "%s",
    "{0}",
    "_:c14n0",
    "_:a",
    "<urn:x>",
    " .\n",
    "^^",
    "@en",
    "[[",
    "]]>",
    "&amp;",
    "\u202e",
    "\U0010fffd",
    "x",
    " ",
]
# Addresses that stand before, between and after those of what never varies, so that blocks are sorted in every way.
BEFORE = [ORIGIN, f"{ORIGIN}/c", f"{ORIGIN}/e", f"{PAGE}/x", "https://a.example", "https://zz.example", "urn:x:y"]
TAILS = [*"aAzZ09-._~/", "%2F", "#x"]
USUAL = {reason: reason for reason in (*LEFT_ALONE, "a sign is not one that is signed")}


class Making:
    """Facts by chance: what may be missing is, half of the time."""

    def __init__(self, chance):
        self.chance = chance

    def words(self, *, some=False):
        if not some and self.chance.random() < 0.3:
            return ""
        if self.chance.random() < 0.5:
            return "".join(self.chance.choices(ODD, k=self.chance.randint(1, 6)))
        points = [self.chance.choice([0x7F, 0x2FF, 0xD7FF, 0x10FFFF]) for _ in range(self.chance.randint(1, 12))]
        text = "".join(chr(self.chance.randint(0x20, most)) for most in points)
        return text if is_plain(text) else "x"

    def maybe(self, one, other=""):
        return one if self.chance.random() < 0.5 else other

    def many(self, make, most, least=0):
        return tuple(make() for _ in range(self.chance.randint(least, most)))

    def address(self):
        tail = "".join(self.chance.choices(TAILS, k=self.chance.randint(0, 4)))
        return f"{self.chance.choice(BEFORE)}/{tail}{self.chance.randint(0, 60)}"

    def moment(self):
        return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.chance.randrange(10**15))

    def alignment(self):
        more = [self.maybe(self.words()) for _ in range(4)]
        return AlignmentFacts(self.words(some=True), self.address(), *more)

    def identifier(self):
        return IdentifierFacts(self.chance.choice(["34567", "9999", self.words(some=True)]))

    def criterion(self, number):
        levels = tuple(
            LevelFacts(
                f"{PAGE}#c{number}-l{step}",
                step,
                self.words(some=True),
                self.words(),
                self.maybe("2.5"),
                self.maybe(self.many(self.alignment, 1), ()),
            )
            for step in range(1, self.chance.randint(2, 5))
        )
        aligned = self.maybe(self.many(self.alignment, 2), ())
        return CriterionFacts(f"{PAGE}#c{number}", self.words(some=True), levels, levels[0].id, aligned)

    def version(self):
        """Issuer and achievement."""
        issuer = IssuerFacts(
            id=ISSUER,
            name=self.words(some=True),
            url=self.maybe("https://kowhai.example"),
            description=self.words(),
            image=self.maybe(f"{ISSUER}/logo.png"),
            other_identifiers=self.maybe(self.many(self.identifier, 2), ()),
            endorsements=self.maybe((signed_endorsement(ISSUER),), ()),
        )
        tags = list(dict.fromkeys(self.many(self.words, 3)))
        number = self.chance.choice([0, 1, 3, 3, 4, 4, 8, 30])
        achievement = AchievementFacts(
            id=PAGE,
            type="MicroCredential",
            name=self.words(some=True),
            description=self.words(),
            criteria_narrative=self.words(),
            image=f"{PAGE}/badge.png",
            image_caption=self.words(),
            criteria=tuple(self.criterion(one) for one in range(1, number + 1)),
            version="1",
            language="en",
            tags=tuple(tags) if sorts_alike(tags) else (),
            credits=self.maybe("4", self.maybe("2.5")),
            field_of_study=self.words(),
            alignments=self.many(self.alignment, 3),
            related=self.maybe((RelatedFacts(f"{ORIGIN}/achievements/shear/v1", "1"),), ()),
            other_identifiers=self.maybe(self.many(self.identifier, 2), ()),
            endorsements=self.maybe((signed_endorsement(),), ()),
        )
        return issuer, achievement

    def award(self, issuer, achievement):
        start = self.moment()
        identities = self.many(lambda: Identity(self.words(), self.words()), 3)
        return AwardSnapshot(
            id=self.address(),
            subject_id=self.address() if self.chance.random() < 0.95 else ISSUER,
            issuer=issuer,
            achievement=achievement,
            results=self.results(achievement),
            evidence=self.many(self.evidence, self.chance.choice([0, 1, 3, 3, 20])),
            identities=identities * self.chance.choice([1, 1, 1, 2]),
            valid_from=start,
            valid_until=self.maybe(start + timedelta(days=400), None),
            awarded_at=self.maybe(self.moment(), None),
            status=self.maybe(
                StatusFacts(self.address(), self.chance.randrange(131072), self.maybe(self.address())), None
            ),
            narrative=self.maybe(self.words()),
            components=self.many(self.component, self.chance.choice([0, 0, 3])),
            credits_earned=self.chance.choice(["", "", "7", "0.5"]),
        )

    def like(self, pattern, award):
        """The award with the same parts as another one: what is compiled is tried more than once."""
        return replace(
            award,
            valid_until=award.valid_from + timedelta(days=400) if pattern.valid_until else None,
            status=pattern.status and replace(pattern.status, index=self.chance.randrange(131072)),
            narrative=pattern.narrative and self.words(some=True),
            credits_earned=pattern.credits_earned,
        )

    def results(self, achievement):
        """One a criterion, as it is usual, or any, some of them twice."""
        if self.chance.random() < 0.6:
            return tuple(ResultFacts(one.id, self.chance.choice(one.levels).id) for one in achievement.criteria)
        levels = [(one.id, level.id) for one in achievement.criteria for level in one.levels] or [("urn:x", "urn:y")]
        return tuple(ResultFacts(*one) for one in self.chance.choices(levels, k=self.chance.randint(0, 30)))

    def evidence(self):
        sha256 = self.maybe(self.chance.randbytes(32).hex())
        name = self.words() if self.chance.random() < 0.99 else "a\x01b"
        return EvidenceFacts(self.address(), name, self.words(), self.many(self.words, 2), sha256)

    def component(self):
        return ComponentFacts(
            self.address(), self.address(), self.words(some=True), self.words(), credits=self.maybe("3")
        )


@settings(max_examples=max(EXAMPLES // AWARDS, 1), deadline=None)
@given(st.randoms(use_true_random=True))
def test_any_credential_is_what_pyld_makes_of_it_or_goes_the_general_way(chance):
    making = Making(chance)
    issuer, achievement = making.version()
    template, pattern = compiled.template_for(issuer, achievement), making.award(issuer, achievement)
    for _ in range(AWARDS):
        award = making.like(pattern, making.award(issuer, achievement))
        document = ob3.build(award)
        text, form = proofs.dump(document), template._kept(award).form
        try:
            values, sum_ = form.fill(award)
        except forms.UncoveredError as error:
            SEEN[USUAL[str(error)]] += 1
        else:
            SEEN["compiled"] += 1
            assert (form.json(values), form.text(award), sum_) == (text, text, judge.sum_of(document))
            template._kept(award).judged = templates.JUDGED_FIRST  # it was, just now
        assert outcome(sign, award) == outcome(generally, award)


@pytest.fixture(scope="module", autouse=True)
def _told_what_was_tried():
    """Of a long trial: how many credentials of which kind there were."""
    yield
    if "EXAMPLES" in os.environ:
        print(dict(SEEN))
