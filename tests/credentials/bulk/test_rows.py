"""What the cells of a row say, and what keeps somebody from being awarded."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.accounts import verbs as accounts
from apps.core import clock, outbox
from apps.credentials import verbs
from apps.credentials.models import BulkRow
from apps.credentials.rows import PROBLEMS, Judging, Reading, judge, sentences
from tests.factories import owner_of, person, published_version
from tests.factories.bulk import many

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
NAMES = ("E-mail", "Name", "Narrative", "Evidence", "Valid until", "Language", "Evidence 2")
MAPPING = {"address": 0, "name": 1, "narrative": 2, "evidence": [3, 6], "valid_until": 4, "language": 5}


def read(**cells):
    """A row of an issuer in Auckland, with what is told put in the place of what is well."""
    fields = ("address", "name", "narrative", "evidence", "valid_until", "language", "evidence_2")
    known = {"address": "a@people.example", "name": "Ani Ruru"} | cells
    reading = Reading(NAMES, MAPPING, ZoneInfo("Pacific/Auckland"), NOW)
    return reading.row(2, [known.get(field, "") for field in fields])


def told(**cells):
    return sentences(read(**cells))


def test_a_whole_row_is_read():
    row = read(
        address=" mailto:Ani@People.example\u200e",
        name="Ani \n Ruru",
        narrative="She **threw** it.\nTwice.",
        evidence="https://work.example/1, HTTPS://work.example/ā",
        evidence_2="http://work.example/3?a=b,c",
        valid_until="2027-03-31",
        language="te reo Māori",
    )

    assert (row.state, row.problem, row.address, row.name, row.language) == (
        "ready",
        "",
        "ani@people.example",
        "Ani Ruru",
        "mi",
    )
    assert row.narrative == "She **threw** it.\nTwice."
    assert row.evidence == ["https://work.example/1", "https://work.example/%C4%81", "http://work.example/3?a=b,c"]
    assert row.valid_until == datetime(2027, 3, 31, 10, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2027-03-31", datetime(2027, 3, 31, 10, 59, 59, tzinfo=UTC)),
        ("31/3/2027", datetime(2027, 3, 31, 10, 59, 59, tzinfo=UTC)),
        ("3/31/2027", datetime(2027, 3, 31, 10, 59, 59, tzinfo=UTC)),
        ("3/3/2027", datetime(2027, 3, 3, 10, 59, 59, tzinfo=UTC)),
        ("4.3.2027", datetime(2027, 3, 4, 10, 59, 59, tzinfo=UTC)),
        ("٣١/٠٣/٢٠٢٧", datetime(2027, 3, 31, 10, 59, 59, tzinfo=UTC)),
        ("2027-03-31 00:00:00", datetime(2027, 3, 31, 10, 59, 59, tzinfo=UTC)),
        ("2027-03-31 14:05", datetime(2027, 3, 31, 1, 5, tzinfo=UTC)),
        ("2027-03-31T14:05:00+01:00", datetime(2027, 3, 31, 13, 5, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_day_ends_in_the_issuers_zone_and_a_moment_is_kept(typed, expected):
    row = read(valid_until=typed)

    assert (row.problem, row.valid_until) == ("", expected)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"address": ""}, ["There is no e-mail address here."]),
        ({"address": "Ani"}, ["“Ani” is not an e-mail address."]),
        (
            {"address": "a@people.example, b@people.example"},
            ["“a@people.example, b@people.example” is not an e-mail address."],
        ),
        ({"address": f"{'x' * 250}@people.example"}, [f"“{'x' * 59}…” is not an e-mail address."]),
        ({"name": ""}, ["There is no name here. Anyone new here needs one."]),
        ({"name": "x" * 301}, ["The name has 301 characters; the most is 300."]),
        ({"name": "A\ufffd"}, ["A character in “Name” can’t be kept: it is shown as �. Type the text again."]),
        ({"narrative": "x" * 2_001}, ["The narrative has 2001 characters; the most is 2000."]),
        (
            {"evidence": "work.example/1"},
            ["“work.example/1” is not a full web address: it must begin with https:// or http://."],
        ),
        (
            {"evidence": "https://ani:secret@work.example/ javascript:alert(1)"},
            [
                "“https://ani:secret@work.example/” is not a full web address: it must begin with https:// or http://.",
                "“javascript:alert(1)” is not a full web address: it must begin with https:// or http://.",
            ],
        ),
        (
            {"evidence": "https://[work"},
            ["“https://[work” is not a full web address: it must begin with https:// or http://."],
        ),
        (
            {"evidence": f"https://work.example/{'x' * 2_000}"},
            ["An address of evidence has 2021 characters; the most is 2000."],
        ),
        (
            {"evidence": "https://work.example/1", "evidence_2": "https://work.example/1"},
            ["“https://work.example/1” appears here twice."],
        ),
        (
            {"evidence": " ".join(f"https://work.example/{n}" for n in range(11))},
            ["There are 11 pieces of evidence here; the most is 10."],
        ),
        ({"valid_until": "soon"}, ["“soon” is not a date. Write it as 2027-12-01."]),
        ({"valid_until": "31/2/2027"}, ["“31/2/2027” is not a date. Write it as 2027-12-01."]),
        ({"valid_until": "31/3/27"}, ["“31/3/27” is not a date. Write it as 2027-12-01."]),
        ({"valid_until": "9999-12-31"}, ["“9999-12-31” is not a date. Write it as 2027-12-01."]),
        (
            {"valid_until": "9999-12-31T23:00:00-09:00"},
            ["“9999-12-31T23:00:00-09:00” is not a date. Write it as 2027-12-01."],
        ),
        (
            {"valid_until": "3/4/2027"},
            ["“3/4/2027” may be 3 April 2027 or 4 March 2027. Write 2027-04-03 or 2027-03-04."],
        ),
        ({"valid_until": "2026-11-30"}, ["30 November 2026 is over already."]),
        ({"valid_until": "2207-03-31"}, ["31 March 2207 is more than 100 years away."]),
        ({"language": "Klingon"}, ["“Klingon” is not a language that is used here. Write one of: en, mi, ar."]),
        (
            {"address": "", "name": "", "language": "Klingon"},
            [
                "There is no e-mail address here.",
                "There is no name here. Anyone new here needs one.",
                "“Klingon” is not a language that is used here. Write one of: en, mi, ar.",
            ],
        ),
    ],
    ids=lambda one: "" if isinstance(one, list) else "+".join(one),
)
def test_what_is_wrong_is_said_at_its_row(cells, expected):
    assert told() == []
    assert told(**cells) == expected


def test_names_of_one_person_in_two_columns_are_one_name():
    reading = Reading(("a", "f", "l"), {"address": 0, "last_name": 2, "first_name": 1}, ZoneInfo("UTC"), NOW)

    assert reading.row(2, ["a@people.example", "Ani", "Ruru"]).name == "Ani Ruru"


def test_every_sentence_can_be_made_in_every_language():
    facts = dict.fromkeys(("text", "length", "most", "column", "count", "line", "address", "codes", "example"), "1")
    facts |= {f"{name}_iso": "2027-01-31" for name in ("day", "one", "other")}
    for language in ("en", "mi", "ar"):
        with translation.override(language):
            for key in PROBLEMS:
                [sentence] = sentences(BulkRow(problem=key, told=facts))
                assert sentence, key


# --- against the database ---------------------------------------------------------------------------------------------
def rows_of(*addresses):
    return [BulkRow(number=n, address=one, name="N", state="ready") for n, one in enumerate(addresses, start=2)]


def judged(version, *addresses, by=None, at=None):
    found = rows_of(*addresses)
    judge(version, by or owner_of(version.achievement.issuer), found, at=at or clock.now())
    return [(row.problem, row.told, row.is_new) for row in found]


def award(version, address):
    issued = verbs.award_directly(version, by=owner_of(version.achievement.issuer), address=address, name="N", why="W")
    outbox.drain()
    return issued


NEW = ("", {}, True)
KNOWN = ("", {}, False)


@pytest.mark.django_db
class TestJudging:
    def test_new_and_known_people_are_ready(self):
        ani = person("Ani")

        assert judged(published_version(), "new@people.example", ani.email) == [NEW, KNOWN]

    def test_the_same_address_twice_names_the_first_line(self):
        found = judged(published_version(), "a@people.example", "b@people.example", "a@people.example")

        assert found == [NEW, NEW, ("twice", {"line": 2}, True)]

    def test_the_same_person_by_another_address_is_named_as_it_was_typed(self):
        ani = person("Ani")
        EmailAddress.objects.create(user=ani, email="other@people.example", verified=True)

        found = judged(published_version(), "other@people.example", ani.email)

        assert found == [KNOWN, ("twice_person", {"line": 2, "address": "other@people.example"}, False)]

    def test_whose_two_addresses_are_is_not_told_of_a_badge_that_may_be_held_twice(self):
        ani = person("Ani")
        EmailAddress.objects.create(user=ani, email="other@people.example", verified=True)

        assert judged(published_version(single=False), "other@people.example", ani.email) == [KNOWN, KNOWN]

    def test_an_address_that_somebody_only_claims_is_nobodys(self):
        ani = person("Ani")
        EmailAddress.objects.create(user=ani, email="claimed@people.example", verified=False)

        assert judged(published_version(), ani.email, "claimed@people.example") == [KNOWN, NEW]

    def test_who_holds_it_already_is_told_unless_it_may_be_held_twice_or_be_renewed(self):
        once, often = published_version(), published_version(single=False)
        ending = published_version(valid_for_days=30)
        for version in (once, often, ending):
            award(version, "ani@people.example")

        found = [judged(version, "ani@people.example") for version in (once, often, ending)]

        assert found == [[("held", {}, False)], [KNOWN], [KNOWN]]

    def test_what_was_taken_back_is_not_held(self):
        version = published_version()
        issued = award(version, "ani@people.example")
        verbs.revoke(issued, by=owner_of(version.achievement.issuer), reason="mistake", note="")

        assert judged(version, "ani@people.example") == [KNOWN]

    def test_oneself_is_told_over_every_address(self):
        version = published_version()
        owner = owner_of(version.achievement.issuer)
        EmailAddress.objects.create(user=owner, email="proved@people.example", verified=True)
        EmailAddress.objects.create(user=owner, email="claimed@people.example", verified=False)

        found = judged(version, owner.email, "proved@people.example", "claimed@people.example")

        assert [problem for problem, _told, _new in found] == ["yourself"] * 3

    def test_who_left_can_not_be_awarded(self):
        ani = person("Ani")
        before = judged(published_version(), ani.email)
        accounts.leave(ani, by=ani, address=ani.email)
        with clock.at(clock.now() + accounts.COOLING_OFF + timedelta(minutes=1)):
            assert accounts.erase(ani.pk)
        ani.refresh_from_db()

        assert (before, judged(published_version(), ani.email)) == ([KNOWN], [("taken_in", {}, False)])

    def test_a_thousand_rows_cost_as_many_questions_as_one(self):
        version = published_version()
        award(version, "learner-7@people.example")
        for number in (3, 5):
            person("Known", email=f"learner-{number}@people.example")
        counts = []
        for number in (1, 10, 1_000, 2_000):
            judging = Judging(version, owner_of(version.achievement.issuer), clock.now())
            found = rows_of(*(address for address, _name in many(number)))
            with CaptureQueriesContext(connection) as asked:
                judging.look(found)
            counts.append(len(asked))

        # Two for whose the addresses are, one for what those hold who are known.
        assert counts == [2, 3, 3, 5]
        assert [row.number for row in found if row.problem] == [8]
        assert sum(row.is_new for row in found) == 1_997
