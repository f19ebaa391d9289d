"""What a person wants mailed, and how."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from apps.core.models import Event
from apps.core.refused import Refused
from apps.notices import queries, verbs
from apps.notices.kinds import KINDS, Area
from apps.notices.models import Preference
from tests.factories import notice_for, person

pytestmark = pytest.mark.django_db

USUAL = {kind.name: kind.usual for kind in KINDS.values()}


def test_choose_is_kept_and_leaves_its_trail():
    reader = person()

    verbs.choose(reader, by=reader, ways={"handed_in": "here", "award": "digest", "not_yet": "at_once"})

    assert queries.ways_of(reader) == USUAL | {"handed_in": "here", "award": "digest"}
    event = Event.objects.get(kind="notices.chosen")
    assert (event.subject_id, event.actor_id, event.data) == (
        reader.public_id,
        reader.public_id,
        {"handed_in": "here", "award": "digest"},
    )
    assert queries.ways_of(person()) == USUAL


def test_choosing_the_same_again_changes_nothing_and_back_again_does():
    reader = person()
    for _time in range(2):
        verbs.choose(reader, by=reader, ways={"handed_in": "digest"})

    assert Event.objects.filter(kind="notices.chosen").count() == 1

    verbs.choose(reader, by=reader, ways={"handed_in": "at_once"})

    assert queries.ways_of(reader) == USUAL
    assert Event.objects.filter(kind="notices.chosen").count() == 2


def test_nobody_chooses_for_another():
    reader = person()

    with pytest.raises(PermissionDenied):
        verbs.choose(reader, by=person(), ways={"handed_in": "here"})

    assert queries.ways_of(reader) == USUAL


@pytest.mark.parametrize("kind", ["award", "not_yet", "file_broken"])
def test_what_is_always_mailed_may_wait_for_the_digest_and_not_be_stopped(kind):
    reader = person()

    with pytest.raises(Refused, match="always mailed"):
        verbs.choose(reader, by=reader, ways={"handed_in": "here", kind: "here"})

    assert queries.ways_of(reader) == USUAL, "all of it or nothing"
    verbs.choose(reader, by=reader, ways={kind: "digest"})
    assert queries.ways_of(reader)[kind] == "digest"


def test_a_choice_that_may_no_longer_be_made_counts_for_nothing():
    reader = person()
    Preference.objects.create(person=reader, kind="award", way="here")

    assert queries.ways_of(reader) == USUAL


def test_what_waits_for_the_digest_leaves_it_when_such_letters_are_stopped():
    reader = person()
    verbs.choose(reader, by=reader, ways={"handed_in": "digest"})
    notice = notice_for(reader)

    verbs.choose(reader, by=reader, ways={"handed_in": "here"})

    notice.refresh_from_db()
    assert notice.way == "here"


@pytest.mark.parametrize("row", [{"kind": "handed_in", "way": "here"}, {"kind": "award", "way": "pigeon"}])
def test_the_database_keeps_the_rules_by_itself(row):
    reader = person()
    verbs.choose(reader, by=reader, ways={"handed_in": "digest"})

    with pytest.raises(IntegrityError, match=r"one_way_a_kind_and_person|preference_way_known"), transaction.atomic():
        Preference.objects.create(person=reader, **row)


def test_the_page_shows_what_is_chosen_says_why_some_is_always_mailed_and_saves():
    reader = person()
    verbs.choose(reader, by=reader, ways={"handed_in": "digest"})
    client = Client()
    client.force_login(reader)

    page = client.get("/notices/preferences/").content.decode()
    assert page.count("checked") == len(KINDS)
    stoppable = [kind for kind in KINDS.values() if kind.may_be_stopped]
    assert page.count('value="here"') == len(stoppable)
    assert page.count("Always mailed:") == len(KINDS) - len(stoppable)

    answer = client.post("/notices/preferences/", {"handed_in": "here", "award": "digest"}, follow=True)

    assert "Saved." in answer.content.decode()
    assert queries.ways_of(reader) == USUAL | {"handed_in": "here", "award": "digest"}


def test_a_choice_that_the_page_does_not_offer_is_refused_in_a_sentence():
    reader = person()
    client = Client()
    client.force_login(reader)

    answer = client.post("/notices/preferences/", {"handed_in": "digest", "award": "here"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Select a valid choice" in page
    # What has to be mended is not folded away.
    assert (page.count("<details open>"), page.count("<details>")) == (1, len(Area) - 1)
    assert queries.ways_of(reader) == USUAL
