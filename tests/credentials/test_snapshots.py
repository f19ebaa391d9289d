"""From rows to facts."""

import pytest

from apps.credentials import snapshots
from apps.credentials.formats.snapshot import RelatedFacts
from apps.issuers import verbs as issuers
from tests.factories import owner_of, published_version

pytestmark = pytest.mark.django_db


def test_a_later_version_names_the_one_before_it_and_the_first_names_none():
    first = published_version()
    owner = owner_of(first.achievement.issuer)
    second = issuers.publish(issuers.draft_next(first.achievement, by=owner), by=owner)
    page = snapshots.achievement_facts(first).id

    assert page.endswith("/v1")
    assert snapshots.achievement_facts(first).related == ()
    assert snapshots.achievement_facts(second).related == (RelatedFacts(id=page, version="1"),)
