"""A badge whose decision changed stands until a human has looked, who reads levels and no evidence."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import outbox
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials.models import Credential
from apps.reviews import verbs
from apps.reviews.models import Consequence
from tests.factories import ALL_GOOD, browser, decided, marks_for, owner_of, person, published_version, seated

pytestmark = pytest.mark.django_db
REASON = "The log is of another shed."


def changed(*, short):
    """Awarded, and then changed by a moderator: to not yet, or to a higher level."""
    version = published_version(moderation_percent=100)
    decision = decided(version=version)
    outbox.drain()
    attempt = decision.attempt
    lead = seated("moderator", version.achievement.issuer)
    verbs.take(attempt, by=lead)
    marks = marks_for(attempt, short=short)
    if not short:
        first = next(iter(marks))
        marks[first] = (3, "Better than was seen.")
    verbs.change_decision(attempt, by=lead, marks=marks, answers=ALL_GOOD, note="", reason=REASON)
    return Consequence.objects.select_related("credential__issuer", "credential__earner").get()


def status_of(consequence):
    return Credential.objects.get(pk=consequence.credential_id).status


def test_taken_back_with_a_note_that_its_earner_reads():
    consequence = changed(short=True)
    owner = owner_of(consequence.credential.issuer)
    assert status_of(consequence) == "valid"

    verbs.see_to(consequence, by=owner, done="revoked", note="It rested on another's log.")

    consequence.refresh_from_db()
    assert (status_of(consequence), consequence.done, consequence.note, consequence.by) == (
        *("revoked", "revoked", "It rested on another's log."),
        owner,
    )
    event = Event.objects.get(kind="consequence.seen_to")
    assert (event.actor_id, event.data) == (
        owner.public_id,
        {
            "consequence": consequence.public_id,
            "done": "revoked",
            "note": digest("It rested on another's log."),
        },
    )


def test_replaced_by_the_changed_result_where_that_still_meets():
    consequence = changed(short=False)

    verbs.see_to(
        consequence, by=owner_of(consequence.credential.issuer), done="superseded", note="A higher level was found."
    )

    assert status_of(consequence) == "superseded"
    successor = Credential.objects.exclude(pk=consequence.credential_id).get()
    assert (successor.status, successor.decision_id) == ("valid", consequence.decision.public_id)


def test_what_does_not_meet_any_more_is_not_replaced():
    consequence = changed(short=True)
    owner = owner_of(consequence.credential.issuer)

    with pytest.raises(Refused, match="nothing to replace it with"):
        verbs.see_to(consequence, by=owner, done="superseded", note="Why not.")
    verbs.see_to(consequence, by=owner, done="kept", note="It was ours to check earlier.")
    assert status_of(consequence) == "valid"


def test_seen_to_twice_is_refused():
    consequence = changed(short=True)
    owner = owner_of(consequence.credential.issuer)
    verbs.see_to(consequence, by=owner, done="kept", note="It stays.")

    with pytest.raises(Refused, match="seen to this already"):
        verbs.see_to(consequence, by=owner, done="revoked", note="Or not.")
    assert status_of(consequence) == "valid"


@pytest.mark.parametrize(("done", "note"), [("kept", " "), ("burnt", "Why.")])
def test_without_a_reason_or_a_known_act_it_is_refused(done, note):
    consequence = changed(short=True)
    owner = owner_of(consequence.credential.issuer)

    with pytest.raises(Refused):
        verbs.see_to(consequence, by=owner, done=done, note=note)
    verbs.see_to(consequence, by=owner, done="kept", note="Why.")


def test_who_does_not_run_the_issuer_neither_reads_nor_acts():
    consequence = changed(short=True)
    path = consequence.get_absolute_url()
    lead = consequence.decision.by
    nobodies = [lead, seated("designer", consequence.credential.issuer), consequence.credential.earner, person()]

    for nobody in nobodies:
        with pytest.raises(PermissionDenied):
            verbs.see_to(consequence, by=nobody, done="kept", note="Why.")
    assert [browser(one).get(path).status_code for one in nobodies] == [404, 404, 404, 404]
    assert browser(seated("manager", consequence.credential.issuer)).get(path).status_code == 200


def test_the_pages_tell_levels_and_no_word_of_evidence_and_ask_again_before_it_is_taken_back():
    consequence = changed(short=True)
    issuer = consequence.credential.issuer
    client = browser(owner_of(issuer))

    home = client.get(f"/organisations/{issuer.slug}/").content.decode()
    listed = client.get("/reviews/consequences/").content.decode()
    page = client.get(consequence.get_absolute_url()).content.decode()
    unsure = client.post(consequence.get_absolute_url(), {"done": "revoked", "note": "Another's log."})
    sure = client.post(consequence.get_absolute_url(), {"done": "revoked", "note": "Another's log.", "sure": "on"})
    after = client.get(consequence.get_absolute_url()).content.decode()

    assert "The decision behind 1 badge changed" in home
    assert consequence.get_absolute_url() in listed
    for words in ("Meets the rubric", "Not yet", "With support", "Starting", "Take it back", REASON):
        assert words in page, words
    for words in ("I sharpened ten knives", "Set the edge evenly", "Replace it"):
        assert words not in page, words
    assert (unsure.status_code, "Tick this" in unsure.content.decode()) == (422, True)
    assert (sure.status_code, status_of(consequence)) == (302, "revoked")
    assert ("Another&#x27;s log." in after, 'name="done"' in after) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_whatever_waits(django_assert_max_num_queries, rows):
    consequence = changed(short=True)
    owner = owner_of(consequence.credential.issuer)
    for _number in range(rows - 1):
        another = changed_at(consequence)
        assert another.pk != consequence.pk
    client = browser(owner)

    with django_assert_max_num_queries(8):
        page = client.get("/reviews/consequences/").content.decode()
    assert page.count("ev-row") == rows


def changed_at(consequence):
    version = consequence.credential.version
    decision = decided(version=version)
    outbox.drain()
    lead = consequence.decision.by
    verbs.take(decision.attempt, by=lead)
    verbs.change_decision(
        decision.attempt,
        by=lead,
        marks=marks_for(decision.attempt, short=True),
        answers=ALL_GOOD,
        note="",
        reason=REASON,
    )
    return Consequence.objects.latest("pk")
