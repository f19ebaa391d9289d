"""What counts as what: an issuer's word, and the other side's."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.issuers.models import Seat
from apps.notices.models import Notice
from apps.pathways import queries, verbs
from apps.pathways.models import Equivalence
from tests.factories import (
    browser,
    drafted_version,
    events_of,
    issuer_with_owner,
    operator,
    owner_of,
    person,
    published_version,
    seated,
)
from tests.factories.pathways import badge, published

pytestmark = pytest.mark.django_db

ELSEWHERE = {
    "foreign_name": "Wool handling",
    "foreign_issuer_name": "Wool Board",
    "foreign_issuer_id": "https://wool.example/issuer",
    "foreign_achievement_id": "https://wool.example/badges/7",
}


@pytest.fixture
def ours():
    return issuer_with_owner("Southern School")[0]


@pytest.fixture
def theirs():
    return published_version(name="First aid").achievement


def proposed(ours, theirs, **facts):
    return verbs.propose_equivalence(ours, by=owner_of(ours), theirs=theirs, **{"why": "It asks for the same."} | facts)


def told(someone):
    return [(one.kind, one.facts.get("outcome", "")) for one in Notice.objects.filter(person=someone).order_by("pk")]


def test_a_badge_of_another_house_waits_for_its_word_and_counts_once_it_is_given(ours, theirs):
    rule = proposed(ours, theirs, counts_as=badge(ours, "Help"))
    assert (rule.state, list(Equivalence.objects.in_force())) == ("proposed", [])
    manager = seated(Seat.Role.MANAGER, theirs.issuer)

    verbs.accept_equivalence(rule, by=manager, answer="Gladly.")

    rule.refresh_from_db()
    assert (rule.state, rule.answered_by, rule.answer) == ("accepted", manager, "Gladly.")
    assert events_of(rule) == [
        ("equivalence.proposed", owner_of(ours).public_id),
        ("equivalence.accepted", manager.public_id),
    ]
    assert ("equivalence_asked", "") in told(owner_of(theirs.issuer))
    assert ("equivalence_answered", "accepted") in told(owner_of(ours))
    with pytest.raises(Refused):
        verbs.accept_equivalence(rule, by=manager)
    with pytest.raises(Refused):
        verbs.decline_equivalence(rule, by=manager, answer="No.")


def test_a_declined_one_says_why_and_counts_nothing(ours, theirs):
    rule = proposed(ours, theirs)
    owner = owner_of(theirs.issuer)
    with pytest.raises(Refused, match="Say why not"):
        verbs.decline_equivalence(rule, by=owner, answer=" ")

    verbs.decline_equivalence(rule, by=owner, answer="Ours is shorter.")

    assert not Equivalence.objects.in_force().exists()
    assert ("equivalence_answered", "declined") in told(owner_of(ours))
    with pytest.raises(Refused):
        verbs.withdraw_equivalence(rule, by=owner_of(ours))
    assert proposed(ours, theirs).state == "proposed"


def test_what_is_withdrawn_can_not_be_answered(ours, theirs):
    rule = verbs.withdraw_equivalence(proposed(ours, theirs), by=owner_of(ours))

    assert rule.state == "withdrawn"
    with pytest.raises(Refused):
        verbs.accept_equivalence(rule, by=owner_of(theirs.issuer))
    assert events_of(rule)[-1][0] == "equivalence.withdrawn"


def test_within_one_house_and_from_elsewhere_it_counts_at_once(ours):
    chief = operator()
    school = issuers.found(by=chief, slug="a-school", name="A school", parent=ours)
    sister = published_version(ours, name="Sister").achievement

    within = verbs.propose_equivalence(school, by=owner_of(ours), theirs=sister, why="The same house.")
    away = verbs.propose_equivalence(ours, by=owner_of(ours), why="We looked at it.", **ELSEWHERE)

    assert {one.state for one in (within, away)} == {"accepted"}
    assert [kind for kind, _who in events_of(away)] == ["equivalence.proposed", "equivalence.accepted"]
    assert str(away) == "Wool handling"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"why": " "}, "Say why it counts"),
        ({"foreign_name": "Both"}, "not both"),
        ({"credits": 3}, "whose"),
        ({"theirs": None}, "Say which badge"),
        ({"theirs": None, **ELSEWHERE, "foreign_issuer_id": ""}, "Say which badge"),
        ({"colour": "red"}, "has no “colour”"),
    ],
)
def test_a_rule_says_which_badge_and_why(ours, theirs, facts, words):
    with pytest.raises(Refused, match=words):
        proposed(ours, **{"theirs": theirs, **facts})

    assert not Equivalence.objects.exists()


def test_it_stands_for_a_badge_of_ones_own_that_is_published_and_is_said_once(ours, theirs):
    foreign = published_version().achievement

    for facts, words in (
        ({"counts_as": foreign}, "your own institution"),
        ({"counts_as": drafted_version(ours).achievement}, "isn't published"),
    ):
        with pytest.raises(Refused, match=words):
            proposed(ours, theirs, **facts)
    with pytest.raises(Refused, match="the same badge"):
        proposed(ours, badge(ours, "Help"), counts_as=badge(ours, "Help"))
    proposed(ours, theirs)
    with pytest.raises(Refused, match="already"):
        proposed(ours, theirs)


def test_only_who_runs_a_side_speaks_for_it(ours, theirs):
    for stranger in (person(), seated(Seat.Role.DESIGNER, ours), owner_of(theirs.issuer)):
        with pytest.raises(PermissionDenied):
            verbs.propose_equivalence(ours, by=stranger, theirs=theirs, why="Mine.")
    rule = proposed(ours, theirs)
    for stranger in (person(), seated(Seat.Role.DESIGNER, theirs.issuer), owner_of(ours)):
        for act in (verbs.accept_equivalence, verbs.decline_equivalence):
            with pytest.raises(PermissionDenied):
                act(rule, by=stranger, answer="Yes.")
    with pytest.raises(PermissionDenied):
        verbs.withdraw_equivalence(rule, by=owner_of(theirs.issuer))
    verbs.accept_equivalence(rule, by=owner_of(theirs.issuer))
    with pytest.raises(PermissionDenied):
        verbs.end_equivalence(rule, by=person())


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_either_side_ends_it_and_the_other_hears(ours, theirs, side):
    rule = verbs.accept_equivalence(proposed(ours, theirs), by=owner_of(theirs.issuer))
    before = told(owner_of(ours))

    verbs.end_equivalence(rule, by=owner_of(ours if side == "ours" else theirs.issuer))

    rule.refresh_from_db()
    assert rule.state == "ended"
    assert events_of(rule)[-1][0] == "equivalence.ended"
    heard = [("equivalence_answered", "ended")] if side == "theirs" else []
    assert told(owner_of(ours)) == [*before, *heard]
    with pytest.raises(Refused):
        verbs.end_equivalence(rule, by=owner_of(ours))
    with pytest.raises(Refused):
        verbs.end_equivalence(proposed(ours, theirs), by=owner_of(ours))


def test_how_many_it_touches_are_those_on_pathways_where_it_may_count(ours, theirs):
    stands_for = proposed(ours, badge(ours, "Sister"), counts_as=badge(ours, "Help"))
    step = verbs.propose_equivalence(ours, by=owner_of(ours), why="Seen.", **ELSEWHERE)
    with_both = published(ours, ["Help", step])
    published(ours, ["Other"], name="Other way")
    for _one in range(2):
        verbs.enrol(with_both.pathway, by=person())
    verbs.leave(verbs.enrol(with_both.pathway, by=(gone := person())), by=gone)

    assert (queries.touched_by(stands_for).count(), queries.touched_by(step).count()) == (2, 2)
    assert not queries.touched_by(proposed(ours, theirs)).exists()


# --- its pages ----------------------------------------------------------------------------------------------------------
def pages(issuer, part=""):
    return f"/organisations/{issuer.slug}/equivalences/{part}"


def test_a_rule_is_proposed_read_and_accepted_on_its_pages(ours, theirs):
    asker, answerer = browser(owner_of(ours)), browser(owner_of(theirs.issuer))
    assert "Nothing of others counts here yet" in asker.get(pages(ours)).content.decode()
    assert "First aid" in asker.get(pages(ours, "new/"), {"q": "first aid"}).content.decode()
    help_ = badge(ours, "Help")

    made = asker.post(
        pages(ours, f"new/?badge={theirs.slug}"),
        {"why": "It asks for the same.", "counts_as": help_.slug, "credits": "4", "credit_framework": "nzqa"},
    )
    rule = Equivalence.objects.get()
    assert made.url == pages(ours, f"{rule.public_id}/")
    assert (rule.theirs, rule.counts_as, rule.credits, rule.state) == (theirs, help_, 4, "proposed")
    assert "Read it, and answer" in answerer.get(pages(theirs.issuer)).content.decode()
    silent = answerer.post(pages(theirs.issuer, f"{rule.public_id}/decline/"), {"answer": ""})
    assert (silent.status_code, "Say why not" in silent.content.decode()) == (422, True)
    answerer.post(pages(theirs.issuer, f"{rule.public_id}/accept/"), {"answer": "Yes."})

    rule.refresh_from_db()
    assert rule.state == "accepted"
    shown = asker.get(made.url).content.decode()
    assert "<strong>First aid</strong> counts as <strong>Help</strong> at Southern School." in shown
    assert "Stop counting it" in shown
    asker.post(pages(ours, f"{rule.public_id}/end/"))
    rule.refresh_from_db()
    assert rule.state == "ended"


def test_one_from_elsewhere_is_named_by_ids_or_read_out_of_a_credential(ours):
    asker, address = browser(owner_of(ours)), pages(ours, "new/?elsewhere=1")
    credential = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://wool.example/issuer", "name": "Wool Board"},
        "credentialSubject": {"achievement": {"id": "https://wool.example/badges/7", "name": "Wool handling"}},
    }

    read = asker.post(address, {"text": json.dumps(credential)}).content.decode()
    as_file = asker.post(address, {"file": SimpleUploadedFile("badge.json", json.dumps(credential).encode())})
    none = asker.post(address, {"text": "nothing"}).content.decode()
    assert not Equivalence.objects.exists()
    asker.post(address, {"why": "We looked at it.", **ELSEWHERE})

    for value in ELSEWHERE.values():
        assert f'value="{escape(value)}"' in read
        assert f'value="{escape(value)}"' in as_file.content.decode()
    assert "That is not a credential" in none
    rule = Equivalence.objects.get()
    assert (rule.state, rule.foreign_issuer_id) == ("accepted", ELSEWHERE["foreign_issuer_id"])
    assert asker.post(address, {"why": "We looked at it.", **ELSEWHERE}).status_code == 422


def test_who_does_not_run_a_side_finds_no_rule(ours, theirs):
    rule = proposed(ours, theirs)
    third = issuer_with_owner()[0]

    for reader in (person(), seated(Seat.Role.DESIGNER, ours), owner_of(third)):
        for part in ("", "new/", f"{rule.public_id}/"):
            assert browser(reader).get(pages(ours, part)).status_code == 404
    assert browser(owner_of(third)).get(pages(third, f"{rule.public_id}/")).status_code == 404
    for act in ("accept", "decline", "withdraw", "end"):
        assert browser(owner_of(third)).post(pages(third, f"{rule.public_id}/{act}/")).status_code == 404
    assert browser(owner_of(ours)).post(pages(ours, f"{rule.public_id}/accept/"), {"answer": ""}).status_code == 403
    assert browser(owner_of(ours)).post(pages(ours, f"{rule.public_id}/withdraw/")).status_code == 302
    rule.refresh_from_db()
    assert rule.state == "withdrawn"


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_much_for_one_as_for_three(ours, number, django_assert_num_queries):
    for _one in range(number):
        proposed(ours, published_version().achievement)
    client = browser(owner_of(ours))
    client.get("/organisations/")

    with django_assert_num_queries(8):
        client.get(pages(ours))
