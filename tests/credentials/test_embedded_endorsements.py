"""What others had said of an issuer and a badge when it was awarded stands in the credential."""

import json

import pytest

from apps.credentials import verifier
from apps.credentials.models import SignedForm
from apps.credentials.verbs import endorsing
from tests.factories import awarded_credential, endorsed, owner_of, published_version, requested

EDDSA = SignedForm.Format.OB3_EDDSA
pytestmark = pytest.mark.django_db


def held_in(credential):
    """The addresses of what is embedded for the issuer, and for the achievement."""
    body = json.loads(SignedForm.objects.get(credential=credential, format=EDDSA).text)
    places = body["issuer"], body["credentialSubject"]["achievement"]
    return [[one["id"].rpartition("/")[2] for one in place.get("endorsement", [])] for place in places]


def test_signed_ones_are_embedded_and_verify_and_later_ones_change_nothing():
    version = published_version()
    of_issuer, of_version = endorsed(version.achievement.issuer), endorsed(version)
    requested(version)
    endorsed(published_version())  # of another badge

    credential = awarded_credential(version=version)
    text = credential.forms.get(format=EDDSA).text
    endorsed(version)

    assert held_in(credential) == [[of_issuer.public_id], [of_version.public_id]]
    report = verifier.check(text)
    assert (report.valid, [one.result for one in report.checks if one.name == "endorsements"]) == (True, ["pass"])
    assert credential.forms.get(format=EDDSA).text == text


def test_one_that_was_taken_back_is_not_embedded_and_stays_where_it_is():
    version = published_version()
    found = endorsed(version)
    before = awarded_credential(version=version)
    endorsing.take_back(found, by=owner_of(found.endorser))

    after = awarded_credential(version=version)

    assert (held_in(before), held_in(after)) == ([[], [found.public_id]], [[], []])
    assert verifier.check(before.forms.get(format=EDDSA).text).valid is True


def test_no_more_than_five_of_each_go_along_the_newest():
    version = published_version()
    said = [endorsed(version).public_id for _number in range(6)]

    assert held_in(awarded_credential(version=version)) == [[], said[:0:-1]]
