"""Codes for whoever was there: made, used, approved, ended; and never more than their limit."""

import io
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from PIL import Image

from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import queries, verbs, verifier
from apps.credentials.models import ClaimCode, ClaimRequest, Credential, code_as_typed, new_code
from apps.issuers import verbs as issuers
from apps.notices.models import Notice
from tests.credentials.letters import sent_to
from tests.factories import (
    browser,
    drafted_version,
    events_of,
    newest_letter,
    owner_of,
    person,
    published_version,
    seated,
)
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return published_version()


@pytest.fixture
def owner(version):
    return owner_of(version.achievement.issuer)


def made(version, by=None, **changes):
    now = clock.now()
    facts = {
        "why": "Open day, 3 December.",
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(hours=5),
        "most": 3,
    } | changes
    return verbs.make_claim_code(version, by=by or owner_of(version.achievement.issuer), **facts)


def used(code, by):
    found = verbs.use_claim_code(code, by=by)
    outbox.drain()
    return ClaimRequest.objects.select_related("credential").get(pk=found.pk)


# --- the code itself --------------------------------------------------------------------------------------------------
def test_a_code_has_no_sign_that_looks_like_another_and_is_found_however_it_is_typed():
    codes = {new_code() for _number in range(200)}

    assert len(codes) == 200
    assert all(re.fullmatch(r"[B-DF-HJ-KMNPR-TV-XZ2-9]{3}-[B-DF-HJ-KMNPR-TV-XZ2-9]{4}", code) for code in codes)
    for typed in ("KTR-7F4W", "ktr7f4w", " k t r – 7f4w ", "KTR_7F4W"):
        assert code_as_typed(typed) == "KTR-7F4W"
    for typed in ("", "KTR-7F4", "KTR-7F40", "AEI-OU11", "KTR-7F4WW", "\x00"):
        assert code_as_typed(typed) == ""


def test_make_leaves_its_trail_and_no_words_in_it(version, owner):
    code = made(version, owner, asks_approval=True)

    assert (code.issuer, code.version, code.made_by, code.taken, code.standing) == (
        version.achievement.issuer,
        version,
        owner,
        0,
        "open",
    )
    assert events_of(code) == [("claim_code.made", owner.public_id)]


def test_only_who_may_award_makes_and_ends_one(version, owner):
    issuer = version.achievement.issuer
    code = made(version, owner)
    for somebody in (
        person(),
        seated("designer", issuer),
        seated("assessor", issuer),
        owner_of(published_version().achievement.issuer),
    ):
        with pytest.raises(PermissionDenied):
            made(version, somebody)
        with pytest.raises(PermissionDenied):
            verbs.end_claim_code(code, by=somebody)
    made(version, seated("manager", issuer))


def test_a_draft_a_window_that_is_over_and_one_that_ends_before_it_begins_are_refused(version, owner):
    now = clock.now()
    with pytest.raises(Refused, match="published"):
        made(drafted_version(version.achievement.issuer, name="Draft"), owner)
    with pytest.raises(Refused, match="already passed"):
        made(version, owner, closes_at=now - timedelta(minutes=1))
    with pytest.raises(Refused, match="before the beginning"):
        made(version, owner, opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=1))


# --- using one --------------------------------------------------------------------------------------------------------
def test_used_it_awards_directly_and_is_kept_at_once(version, owner):
    code, earner = made(version, owner), person("Ani")

    request = used(code, earner)

    credential = Credential.objects.get()
    code.refresh_from_db()
    assert (request.state, request.credential, code.taken) == ("awarded", credential, 1)
    assert (credential.earner, credential.basis, credential.why, credential.state) == (
        earner,
        "direct",
        "Open day, 3 December.",
        "claimed",
    )
    assert (credential.sent_to, credential.sent_name) == (earner.email, "Ani")
    assert events_of(code) == [("claim_code.made", owner.public_id), ("claim_code.used", earner.public_id)]
    assert events_of(credential)[0] == ("credential.awarded", owner.public_id)
    assert ("credential.claimed", earner.public_id) in events_of(credential)
    assert (
        "Open your backpack" in sent_to(earner.email)[0].alternatives[0].content,
        newest_letter(earner.email).subject,
    ) == (
        True,
        "Awarded to you: Sharpen a knife",
    )


def test_used_twice_it_gives_the_same_also_when_it_has_ended(version, owner):
    code, earner = made(version, owner), person()
    first = used(code, earner)
    verbs.end_claim_code(code, by=owner)

    assert used(code, earner) == first
    code.refresh_from_db()
    assert (Credential.objects.count(), code.taken) == (1, 1)


def test_outside_its_window_full_ended_or_retired_it_says_so(version, owner):
    now = clock.now()
    early = made(version, owner, opens_at=now + timedelta(hours=1))
    over, full, ended, retired = (
        made(version, owner),
        made(version, owner, most=1),
        made(version, owner),
        made(version, owner),
    )
    used(full, person())
    verbs.end_claim_code(ended, by=owner)
    tried = {early: "opens on", full: "are taken", ended: "has ended this code"}

    for code, words in tried.items():
        with pytest.raises(Refused, match=words):
            verbs.use_claim_code(code, by=person())
    with clock.at(now + timedelta(hours=6)), pytest.raises(Refused, match="ran out on"):
        verbs.use_claim_code(over, by=person())
    issuers.retire(version, by=owner)
    with pytest.raises(Refused, match="new code"):
        verbs.use_claim_code(retired, by=person())
    assert Credential.objects.count() == 1


def test_nobody_gets_their_own_and_who_holds_it_gets_no_other(version, owner):
    code, earner = made(version, owner), person()
    used(code, earner)

    with pytest.raises(Refused, match="to yourself"):
        verbs.use_claim_code(code, by=owner)
    with pytest.raises(Refused, match="hold this badge already"):
        verbs.use_claim_code(made(version, owner), by=earner)
    code.refresh_from_db()
    assert code.taken == 1


def test_without_a_proved_address_there_is_none(version, owner):
    somebody = User.objects.create_user("new@people.example", None, name="New")

    with pytest.raises(Refused, match="Confirm your e-mail address"):
        verbs.use_claim_code(made(version, owner), by=somebody)


def test_the_limit_is_kept_by_the_table_too(version, owner):
    code = made(version, owner)

    for wrong in ({"taken": 4}, {"most": 0}, {"most": 10_001}, {"closes_at": code.opens_at}, {"why": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClaimCode.objects.filter(pk=code.pk).update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_of_six_at_once_three_get_one_and_no_more():
    version = published_version()
    code = made(version, most=3)
    people = [person() for _number in range(6)]

    came = at_once(*[lambda one=one: verbs.use_claim_code(code, by=one) for one in people])

    code.refresh_from_db()
    assert sorted(type(one).__name__ for one in came) == ["ClaimRequest"] * 3 + ["Refused"] * 3
    assert (code.taken, Credential.objects.count(), ClaimRequest.objects.count()) == (3, 3, 3)


@pytest.mark.django_db(transaction=True)
def test_one_person_twice_at_once_gets_one():
    code, earner = made(published_version()), person()

    came = at_once(*[lambda: verbs.use_claim_code(code, by=earner)] * 3)

    code.refresh_from_db()
    assert (len({one.pk for one in came}), code.taken, Credential.objects.count()) == (1, 1, 1)


# --- with approval ----------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(version, owner):
    """Somebody has asked with a code that wants a yes."""
    return used(made(version, owner, asks_approval=True, most=1), person("Ani"))


def test_with_approval_who_may_award_is_told_and_nothing_is_awarded_yet(asked, owner):
    manager = seated("manager", asked.code.issuer)
    other = used(made(asked.code.version, owner, asks_approval=True), person("Bo"))

    assert (asked.state, Credential.objects.count()) == ("waiting", 0)
    told = Notice.objects.filter(kind="badge_asked", key__endswith=Notice.objects.latest("pk").key[-26:])
    assert set(told.values_list("person", flat=True)) == {owner.pk, manager.pk}
    assert newest_letter(manager.email).subject == "Bo asks for a badge: Sharpen a knife"
    assert told.first().address == f"/organisations/{other.code.issuer.slug}/codes/{other.code.public_id}/"


def test_approved_it_is_awarded_by_who_said_yes_and_once(asked, owner):
    manager = seated("manager", asked.code.issuer)

    approved = verbs.approve_request(asked, by=manager)
    outbox.drain()

    credential = Credential.objects.get()
    assert (approved.state, approved.decided_by, approved.credential, credential.state) == (
        "awarded",
        manager,
        credential,
        "claimed",
    )
    assert events_of(asked) == [("claim_request.awarded", manager.public_id)]
    for act in (verbs.approve_request, verbs.decline_request):
        with pytest.raises(Refused, match="can no longer be done"):
            act(asked, by=owner)


@pytest.mark.parametrize("taken_by", ["nobody", "a stranger"])
def test_approved_it_goes_to_who_asked_whatever_became_of_the_address(asked, owner, taken_by):
    learner, old = asked.person, asked.address
    EmailAddress.objects.filter(user=learner).delete()
    if taken_by == "a stranger":
        EmailAddress.objects.create(user=person(), email=old, verified=True)
    EmailAddress.objects.create(user=learner, email="home@people.example", verified=True, primary=True)
    User.objects.filter(pk=learner.pk).update(email="home@people.example")
    before = User.objects.count()

    approved = verbs.approve_request(asked, by=owner)
    outbox.drain()

    credential = Credential.objects.get()
    assert (approved.credential.earner, credential.state, credential.sent_to) == (learner, "claimed", old)
    assert ("credential.claimed", learner.public_id) in events_of(credential)
    text = queries.signed_form(credential).text
    belongs = [verifier.check(text, recipient=one).whose.result for one in ("home@people.example", old)]
    assert (belongs, User.objects.count()) == (["pass", "fail"], before)


def test_who_asked_and_has_no_proved_address_any_more_is_awarded_nothing(asked, owner):
    EmailAddress.objects.filter(user=asked.person).update(verified=False)

    with pytest.raises(Refused, match="no longer has a confirmed e-mail address"):
        verbs.approve_request(asked, by=owner)

    asked.refresh_from_db()
    assert (asked.state, Credential.objects.count()) == ("waiting", 0)


def test_declined_its_place_is_free_and_they_are_told_and_may_not_ask_again(asked, owner):
    verbs.decline_request(asked, by=owner)
    outbox.drain()

    asked.refresh_from_db()
    asked.code.refresh_from_db()
    assert (asked.state, asked.code.taken, asked.code.standing) == ("declined", 0, "open")
    assert newest_letter(asked.person.email).subject == "Not awarded: Sharpen a knife"
    assert used(asked.code, asked.person).state == "declined"
    assert Credential.objects.count() == 0


def test_only_who_may_award_answers_and_nobody_their_own(asked, owner):
    for somebody in (person(), asked.person, seated("assessor", asked.code.issuer)):
        for act in (verbs.approve_request, verbs.decline_request):
            with pytest.raises(PermissionDenied):
                act(asked, by=somebody)
    own = used(made(asked.code.version, owner, asks_approval=True), owner)
    with pytest.raises(Refused, match="to yourself"):
        verbs.approve_request(own, by=owner)
    assert verbs.approve_request(own, by=seated("manager", asked.code.issuer)).state == "awarded"


def test_who_waits_still_gets_an_answer_when_the_code_has_ended_and_not_a_badge_they_hold(asked, owner):
    verbs.end_claim_code(asked.code, by=owner)
    verbs.end_claim_code(asked.code, by=owner)
    assert [kind for kind, _by in events_of(asked.code)].count("claim_code.ended") == 1
    used(made(asked.code.version, owner), asked.person)

    with pytest.raises(Refused, match="holds this already"):
        verbs.approve_request(asked, by=owner)
    asked.refresh_from_db()
    assert asked.state == "waiting"
    assert verbs.decline_request(asked, by=owner).state == "declined"


# --- the pages --------------------------------------------------------------------------------------------------------
def test_a_code_is_made_shown_printed_and_ended_at_the_desk(version, owner):
    desk, base = browser(owner), f"/organisations/{version.achievement.issuer.slug}/codes/"
    day = clock.now().date()
    typed = {
        "version": version.achievement.slug,
        "opens_at": f"{day}T00:00",
        "closes_at": f"{day + timedelta(days=3)}T17:30",
        "most": "25",
        "why": "Open day.",
    }

    refused = desk.post(base, typed | {"most": "0", "why": "Kept words."})
    answer = desk.post(base, typed, follow=True)

    code = ClaimCode.objects.get()
    page = answer.content.decode()
    assert (refused.status_code, "Kept words." in refused.content.decode()) == (422, True)
    assert (code.code in page, f"/claim/code/{code.code}/" in page, "<svg" in page) == (True, True, True)
    assert (code.closes_at - code.opens_at, code.most) == (timedelta(days=3, hours=17, minutes=30), 25)
    one = f"{base}{code.public_id}/"
    poster = desk.get(f"{one}poster/").content.decode()
    typed_at = "open http://localhost:8000/claim/code/ and type the code:"
    assert (code.code in poster, version.name in poster, typed_at in poster) == (True, True, True)
    svg, png = desk.get(f"{one}qr.svg"), desk.get(f"{one}qr.png")
    assert (svg["Content-Type"], png["Content-Type"]) == ("image/svg+xml", "image/png")
    assert Image.open(io.BytesIO(png.content)).width > 600
    ended = desk.post(f"{one}end/", follow=True).content.decode()
    assert "Nobody gets a badge with it any more." in ended


def test_requests_are_answered_at_the_desk(asked, owner):
    desk = browser(owner)
    one = f"/organisations/{asked.code.issuer.slug}/codes/{asked.code.public_id}/"
    page = desk.get(one).content.decode()
    assert ("Ani" in page, asked.person.email in page, "approve/" in page) == (True, True, True)

    done = desk.post(f"{one}requests/{asked.public_id}/approve/", follow=True).content.decode()
    twice = desk.post(f"{one}requests/{asked.public_id}/decline/", follow=True).content.decode()

    assert ("Awarded. The badge is on its way." in done, "can no longer be done" in twice) == (True, True)


def test_another_issuers_code_is_not_there(asked, version):
    other = published_version().achievement.issuer
    for somebody, slug in (
        (owner_of(other), other.slug),
        (owner_of(other), asked.code.issuer.slug),
        (asked.person, asked.code.issuer.slug),
    ):
        one = f"/organisations/{slug}/codes/{asked.code.public_id}/"
        client = browser(somebody)
        assert [client.get(one + path).status_code for path in ("", "poster/", "qr.svg", "qr.png")] == [404] * 4
        assert client.post(f"{one}end/").status_code == 404
        assert client.post(f"{one}requests/{asked.public_id}/approve/").status_code == 404


def test_a_learner_points_a_phone_at_it_signs_in_and_gets_the_badge(version, owner):
    code = made(version, owner)
    path = f"/claim/code/{code.code}/"
    assert browser().get(path).url == f"/accounts/login/?next={path}"
    client = browser(person("Ani"))

    before = Credential.objects.count()
    page = client.get(path).content.decode()
    assert ("Get the badge" in page, "learns your name (Ani)" in page, Credential.objects.count()) == (
        True,
        True,
        before,
    )
    answer = client.post(path, follow=True)
    outbox.drain()

    assert (answer.redirect_chain[-1][0], "It is yours." in answer.content.decode()) == ("/backpack/", True)
    assert "You have used this code" in client.get(path).content.decode()


def test_a_learner_asks_and_is_told_how_it_stands(asked, owner):
    client, path = browser(asked.person), f"/claim/code/{asked.code.code}/"

    waiting = client.get(path).content.decode()
    verbs.decline_request(asked, by=owner)
    declined = client.get(path).content.decode()

    assert ("You have asked for it." in waiting, "did not award it" in declined) == (True, True)


def test_who_has_not_signed_in_learns_of_no_code_and_who_has_hears_why(version, owner):
    code = made(version, owner)
    verbs.end_claim_code(code, by=owner)
    ended, unknown = f"/claim/code/{code.code}/", "/claim/code/KTR-7F4W/"

    answers = [browser().get(path) for path in (ended, unknown, "/claim/code/")]
    client = browser(person())

    assert [(one.status_code, one.url.partition("?")[0]) for one in answers] == [(302, "/accounts/login/")] * 3
    assert "The organisation has ended this code." in client.get(ended).content.decode()
    refused = client.post(ended)
    assert (refused.status_code, "has ended this code" in refused.content.decode()) == (409, True)
    assert (client.get(unknown).status_code, client.post(unknown).status_code) == (404, 404)


def test_a_code_on_paper_is_typed(version, owner):
    code = made(version, owner)
    client = browser(person())

    found = client.get("/claim/code/", {"code": code.code.lower().replace("-", " ")})
    wrong = client.get("/claim/code/", {"code": "KTR-7F4W"})

    assert (found.status_code, found.url) == (302, f"/claim/code/{code.code}/")
    assert (wrong.status_code, "There is no such code." in wrong.content.decode()) == (422, True)
    assert client.get("/claim/code/").status_code == 200


def test_tries_are_counted_by_person(settings):
    settings.RATE_LIMITS_FACTOR, settings.RATE_LIMITS = 1, settings.RATE_LIMITS | {"claim_code": "3/h"}
    client = browser(person())

    assert [client.get(f"/claim/code/KTR-7F4{n}/").status_code for n in range(2, 7)] == [404, 404, 404, 429, 429]
    assert browser(person()).get("/claim/code/KTR-7F42/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_ask_as_often_for_one_row_as_for_three(django_assert_num_queries, version, owner, rows):
    codes = [made(version, owner, asks_approval=True) for _number in range(rows)]
    for _number in range(rows):
        used(codes[0], person())
    desk, base = browser(owner), f"/organisations/{version.achievement.issuer.slug}/codes/"
    desk.get(base)

    with django_assert_num_queries(8):
        assert desk.get(base).content.decode().count("claim_code") >= 0
    with django_assert_num_queries(7):
        assert desk.get(f"{base}{codes[0].public_id}/").content.decode().count("/approve/") == rows
