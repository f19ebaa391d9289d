"""What the page of a whole says of its parts: each by its name, and a way to those that its reader may see."""

from dataclasses import replace

import pytest

from apps.backpacks import records
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.credentials.snapshots import AwardSnapshot
from apps.pathways import verbs
from tests.factories import issuer_with_owner, person
from tests.factories.pathways import badge, published
from tests.pathways.walkers import give

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts():
    """Two that somebody holds, the second shown to everybody, and what both came to."""
    school, learner = issuer_with_owner()[0], person("Hemi")
    steps = [badge(school, name) for name in ("Gear", "Shear")]
    verbs.enrol(published(school, steps, award=badge(school, "Both")).pathway, by=learner)
    held = [give(learner, one) for one in steps]
    for one in held:
        Credential.objects.filter(pk=one.pk).update(state="claimed")
    credentials.show(held[1], "public", by=learner)
    return Credential.objects.get(basis="pathway"), held


def opened(whole, *, full=False):
    return [
        (one.name, one.open, one.address)
        for one in records.record_of(whole, form=None, full=full, brief=True).components
    ]


def test_a_part_is_open_to_whom_its_earner_shows_it(parts):
    whole, (gear, shear) = parts
    address = "http://localhost:8000/c/{}".format

    assert opened(whole) == [
        ("Gear", False, address(gear.public_id)),
        ("Shear", True, address(shear.public_id)),
    ]
    assert [is_open for _name, is_open, _address in opened(whole, full=True)] == [True, True]


def test_an_id_from_elsewhere_that_ends_like_one_of_ours_leads_nowhere(parts):
    whole, (_gear, shear) = parts
    snapshot = AwardSnapshot.from_json(whole.snapshot)
    (first, second) = snapshot.components
    for theirs in (f"https://elsewhere.example/c/{shear.public_id}", f"javascript:alert(1)//c/{shear.public_id}"):
        whole.snapshot = replace(snapshot, components=(first, replace(second, id=theirs))).to_json()

        assert opened(whole)[1] == ("Shear", False, theirs)
