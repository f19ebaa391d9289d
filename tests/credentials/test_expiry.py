"""The end of a credential: warnings, renewal by the issuer, renewal by new work."""

from copy import deepcopy
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from apps.backpacks import verbs as backpacks
from apps.core import clock, outbox
from apps.core.models import Job
from apps.core.refused import Refused
from apps.credentials import queries, verbs, verifier
from apps.credentials.models import Credential
from apps.credentials.verbs import standing
from apps.notices.models import Notice
from apps.submissions import verbs as submissions
from tests.credentials.test_award_many import awarded as in_bulk
from tests.factories import awarded_credential, browser, forgotten, newest_letter, owner_of, published_version

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def awarded(around_the_file):
    return awarded_credential(version=published_version(valid_for_days=365))


@pytest.fixture
def credential(awarded):
    return deepcopy(awarded)


def days_before_the_end(credential, days):
    return clock.at(credential.valid_until - timedelta(days=days))


def test_an_earner_is_told_at_thirty_days_at_seven_and_at_the_end_once_each(credential):
    told = []
    for days in (45, 31, 30, 29, 8, 7, 6, 1, 0, -0.5, -3):
        with days_before_the_end(credential, days):
            told.append((days, verbs.warn_of_end(), verbs.warn_of_end()))
    outbox.drain()

    assert [days for days, first, _again in told if first] == [30, 7, 0]
    assert {again for _days, _first, again in told} == {0}
    keys = Notice.objects.filter(kind="runs_out").order_by("pk").values_list("key", flat=True)
    assert list(keys) == [f"runs_out:{credential.public_id}:{days}" for days in (30, 7, 0)]
    letter = newest_letter(credential.earner.email)
    assert letter.subject == "Sharpen a knife has run out"
    assert credential.achievement.get_absolute_url() in letter.text


def test_who_has_renewed_is_told_no_more(credential):
    with days_before_the_end(credential, 20):
        verbs.renew(credential, by=owner_of(credential.issuer))

        assert verbs.warn_of_end() == 0


def test_who_said_no_to_it_is_not_told(credential):
    from apps.credentials.verbs import expiry

    verbs.decline(credential, by=credential.earner)

    with days_before_the_end(credential, 20):
        assert (verbs.warn_of_end(), expiry._tell_of_end(credential.pk, clock.now())) == (0, False)
        verbs.claim(credential, by=credential.earner)
        assert verbs.warn_of_end() == 1


def test_the_issuer_renews_and_both_stay_on_the_record(credential):
    with days_before_the_end(credential, 20):
        new = verbs.renew(credential, by=owner_of(credential.issuer))
        outbox.drain()
        new.refresh_from_db()
        credential.refresh_from_db()

        assert (new.basis, new.renews, new.valid_until - new.valid_from) == ("renewal", credential, timedelta(days=365))
        assert (credential.status, verifier.check_own(credential).valid, verifier.check_own(new).valid) == (
            "valid",
            True,
            True,
        )
        assert queries.held_by(credential.earner, credential.achievement) == new
        with pytest.raises(Refused, match="can be renewed once"):
            verbs.renew(credential, by=owner_of(credential.issuer))


@pytest.mark.parametrize(("lasts", "again"), [(None, 30), (365, 365)])
def test_an_award_with_an_end_of_its_own_is_renewed_for_as_long_unless_its_badge_says_how_long(lasts, again):
    at = clock.now().replace(microsecond=0)
    ends = {"address": "ani@people.example", "valid_until": at + timedelta(days=30)}
    with clock.at(at):
        in_bulk(ends, version=published_version(valid_for_days=lasts))
        one = Credential.objects.get(earner__email="ani@people.example")

        new = verbs.renew(one, by=owner_of(one.issuer))

    assert (new.valid_from, new.valid_until - new.valid_from) == (at, timedelta(days=again))


def test_nothing_is_renewed_for_who_has_left(credential):
    owner = owner_of(credential.issuer)
    desk, page = (
        browser(owner),
        f"/organisations/{credential.issuer.slug}/credentials/{credential.public_id}/",
    )
    with days_before_the_end(credential, 20):
        before = "Renew it" in desk.get(page).text
        forgotten(credential.earner)

        with pytest.raises(Refused, match="has left, and their account was erased"):
            verbs.renew(credential, by=owner)
        after = "Renew it" in desk.get(page).text

    credential.refresh_from_db()
    assert (before, after, credential.renewed_at, Credential.objects.count()) == (True, False, None, 1)


def test_too_early_is_refused_by_verb_and_by_submission(credential):
    with days_before_the_end(credential, 61):
        with pytest.raises(Refused, match="last 60 days"):
            verbs.renew(credential, by=owner_of(credential.issuer))
        with pytest.raises(Refused, match="hold this badge already"):
            submissions.start(credential.version, by=credential.earner)


@pytest.mark.parametrize("days", [20, -20])
def test_new_work_renews_what_runs_out_or_has(credential, days):
    with days_before_the_end(credential, days):
        submissions.start(credential.version, by=credential.earner)
        # The rest of the way is the first award's: only what the award does differs.
        owner = owner_of(credential.issuer)
        new = verbs.award_directly(
            credential.version, by=owner, address=credential.earner.email, name="", why="Shown once more."
        )
        credential.refresh_from_db()

    assert (new.renews, credential.renewed_at is not None, credential.status) == (credential, True, "valid")
    assert Credential.objects.filter(earner=credential.earner).count() == 2


def test_a_renewal_is_for_todays_addresses_and_keeps_what_was_hidden(credential):
    EmailAddress.objects.create(user=credential.earner, email="new@people.example", verified=True)
    verbs.disclose(credential, by=credential.earner, name=False, words=False, evidence=[])

    with days_before_the_end(credential, 20):
        new = verbs.renew(credential, by=owner_of(credential.issuer))
        outbox.drain()

        report = verifier.check(queries.signed_form(new).text, recipient="new@people.example")
    assert (report.valid, new.shows_name) == (True, False)


def test_what_was_renewed_and_what_renews_it_can_both_be_signed_anew(credential):
    owner = owner_of(credential.issuer)
    with days_before_the_end(credential, 20):
        renewal = verbs.renew(credential, by=owner)
        outbox.drain()

        again = [verbs.reissue(one, by=owner) for one in (credential, renewal)]
        outbox.drain()

        assert [(one.basis, verifier.check_own(one).valid) for one in again] == [("assessed", True), ("renewal", True)]
        assert queries.held_by(credential.earner, credential.achievement) == again[1]


def test_who_has_it_taken_back_meanwhile_is_not_warned(credential):
    from apps.credentials.verbs import expiry

    with days_before_the_end(credential, 20):
        verbs.revoke(credential, by=owner_of(credential.issuer), reason="other", note="")

        assert expiry._tell_of_end(credential.pk, clock.now()) is False


def test_an_award_that_went_astray_gives_back_what_it_had_renewed(credential):
    owner, earner = owner_of(credential.issuer), credential.earner
    collection = backpacks.make_collection(by=earner, title="Blades")
    backpacks.collect(collection, credential.backpack_item, by=earner)
    with days_before_the_end(credential, 20):
        wrong = verbs.award_directly(credential.version, by=owner, address=earner.email, name="", why="Course.")
        outbox.drain()
        credential.refresh_from_db()
        assert (wrong.renews, credential.renewed_at is not None) == (credential, True)

        right = verbs.correct(wrong, by=owner, address="ani@people.example", name="Ani")
        outbox.drain()

        credential.refresh_from_db()
        assert (credential.renewed_at, right.renewed_at) == (None, None)
        assert queries.live_credential(earner, credential.achievement) == credential
        assert [block.item.credential for block in collection.blocks.all()] == [credential]
        assert credential.renewed_by is None
        assert verbs.renew(credential, by=owner).renews == credential


def test_what_took_its_place_meanwhile_is_what_is_given_back(credential):
    owner, earner = owner_of(credential.issuer), credential.earner
    with days_before_the_end(credential, 20):
        wrong = verbs.award_directly(credential.version, by=owner, address=earner.email, name="", why="Course.")
        outbox.drain()
        anew = verbs.reissue(verbs.reissue(wrong, by=owner), by=owner)
        first = verbs.reissue(credential, by=owner)
        outbox.drain()

        verbs.correct(anew, by=owner, address="ani@people.example", name="Ani")
        outbox.drain()

        first.refresh_from_db()
        assert queries.live_credential(earner, credential.achievement) == first
        assert not Job.objects.exclude(state="done").exists()


@pytest.mark.parametrize(("reason", "again"), [("mistake", True), ("conduct", False)])
def test_a_renewal_that_was_a_mistake_gives_back_what_it_had_renewed(credential, reason, again):
    owner = owner_of(credential.issuer)
    with days_before_the_end(credential, 20):
        renewal = verbs.renew(credential, by=owner)
        outbox.drain()

        verbs.revoke(renewal, by=owner, reason=reason, note="")

        credential.refresh_from_db()
        assert (credential.renewed_at is None, verbs.warn_of_end()) == (again, int(again))
        assert (queries.held_by(credential.earner, credential.achievement), credential.status) == (None, "valid")
        if again:
            anew = verbs.renew(credential, by=owner)
            credential.refresh_from_db()
            assert (anew.renews, credential.renewed_by) == (credential, anew)
        else:
            with pytest.raises(Refused, match="can be renewed once"):
                verbs.renew(credential, by=owner)


def test_what_a_table_had_renewed_is_renewed_again_once_that_was_taken_back(credential):
    owner = owner_of(credential.issuer)
    with days_before_the_end(credential, 20):
        standing.revoke_many([verbs.renew(credential, by=owner).pk], by=owner, reason="mistake", note="")

        assert verbs.renew(credential, by=owner).renews == credential
