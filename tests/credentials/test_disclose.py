import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import queries, verbs
from tests.factories import awarded_credential, person

pytestmark = pytest.mark.django_db


def shown(credential):
    credential.refresh_from_db()
    pieces = set(credential.shown_evidence.values_list("evidence_id", flat=True))
    return credential.shows_name, credential.shows_words, pieces


def test_at_first_the_name_is_shown_and_neither_words_nor_evidence():
    assert shown(awarded_credential()) == (True, False, set())


def test_disclose_sets_all_three_and_leaves_its_trail_once():
    credential = awarded_credential()
    pieces = queries.evidence_of(credential)

    assert verbs.disclose(credential, by=credential.earner, name=False, words=True, evidence=pieces)
    assert not verbs.disclose(credential, by=credential.earner, name=False, words=True, evidence=pieces)

    assert shown(credential) == (False, True, set(pieces))
    event = Event.objects.get(kind="credential.disclosed")
    assert (event.actor_id, event.data) == (
        credential.earner.public_id,
        {"name": False, "words": True, "evidence": pieces},
    )


def test_what_is_taken_back_is_shown_no_more():
    credential = awarded_credential()
    verbs.disclose(credential, by=credential.earner, name=True, words=True, evidence=queries.evidence_of(credential))

    verbs.disclose(credential, by=credential.earner, name=True, words=False, evidence=[])

    assert shown(credential) == (True, False, set())


def test_only_the_earner_says_what_others_see():
    credential = awarded_credential()

    with pytest.raises(PermissionDenied):
        verbs.disclose(credential, by=person(), name=False, words=True, evidence=[])

    assert shown(credential) == (True, False, set())


def test_evidence_of_something_else_is_refused_and_nothing_changes():
    credential, other = awarded_credential(), awarded_credential()

    with pytest.raises(Refused, match="not part of this badge"):
        verbs.disclose(credential, by=credential.earner, name=False, words=True, evidence=queries.evidence_of(other))

    assert shown(credential) == (True, False, set())
