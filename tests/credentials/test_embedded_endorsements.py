"""What others had said of an issuer and a badge when it was awarded stands in the credential."""

import json

import pytest
from django.db import connection

from apps.core import outbox
from apps.credentials import queries, verbs, verifier
from apps.credentials.models import Endorsement, SignedForm
from tests.credentials.hostile import attacker
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


def test_a_badge_with_the_words_of_as_many_endorsers_here_as_go_along_is_checked_in_full():
    version = published_version()
    for _number in range(queries.MOST_EMBEDDED):
        endorsed(version.achievement.issuer)
        endorsed(version)

    credential = awarded_credential(version=version)

    assert [len(one) for one in held_in(credential)] == [queries.MOST_EMBEDDED] * 2
    for given in (credential.forms.get(format=EDDSA).text, queries.baked_png(credential.pk)):
        report = verifier.check(given)
        found = [(one.result, one.technical) for one in report.checks if one.name == "endorsements"]
        assert (report.verdict, found) == ("good", [("pass", "10 checked")])


def endorsements_check(credential):
    (check,) = [one for one in verifier.check_own(credential).checks if one.name == "endorsements"]
    return check.result, str(check.plain)


def test_one_that_was_taken_back_is_not_embedded_and_fails_where_it_stands_until_that_is_signed_anew():
    version = published_version()
    found, kept = endorsed(version), endorsed(version)
    before = awarded_credential(version=version)
    assert endorsements_check(before)[0] == "pass"
    verbs.take_back_endorsement(found, by=owner_of(found.endorser))

    after = awarded_credential(version=version)
    said, holds = endorsements_check(before), verifier.check_own(before).valid
    anew = verbs.reissue(before, by=owner_of(version.achievement.issuer))
    outbox.drain()

    assert said == ("fail", f"It contains an endorsement that {found.endorser.name} has withdrawn.")
    assert holds, "the earner keeps the badge"
    assert [held_in(one) for one in (before, after, anew)] == [
        [[], [kept.public_id, found.public_id]],
        [[], [kept.public_id]],
        [[], [kept.public_id]],
    ]
    assert endorsements_check(anew)[0] == "pass"


def test_an_endorsement_that_names_us_and_is_not_in_our_record_fails():
    found = endorsed(published_version())
    credential = awarded_credential(version=found.version)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE credentials_endorsement DISABLE TRIGGER endorsement_signed_is_kept")
    Endorsement.objects.update(public_id="a" * 26)

    assert endorsements_check(credential) == ("fail", "It contains an endorsement that we have no record of.")
    assert verifier.check_own(credential).valid is False


# --- in a badge of somebody else ----------------------------------------------------------------------------------
def badge_of_others(embedded):
    """A badge of an issuer elsewhere, truly signed by it, that holds an endorsement of its achievement."""
    about = attacker.ACHIEVEMENT | {"id": embedded["credentialSubject"]["id"], "endorsement": [embedded]}
    document = attacker.signed(attacker.BODY | {"credentialSubject": attacker.SUBJECT | {"achievement": about}})
    return verifier.check(json.dumps(document))


def said_of(report):
    (check,) = [one for one in report.checks if one.name == "endorsements"]
    return report.valid, check.result, str(check.plain)


def test_what_was_taken_back_costs_a_badge_of_others_nothing_and_what_was_forged_fails_it():
    found = endorsed(published_version())
    genuine = json.loads(found.text)
    other = genuine | {"name": "Anything at all"}
    made_up = other | {"id": genuine["id"][:-26] + "a" * 26}
    unsigned = {name: one for name, one in made_up.items() if name != "proof"}
    told = "It contains an endorsement that we have no record of."

    before = said_of(badge_of_others(genuine))
    changed = said_of(badge_of_others(other))
    verbs.take_back_endorsement(found, by=owner_of(found.endorser))

    assert before[:2] == (True, "pass")
    assert changed == (False, "fail", "An endorsement inside it is not genuine.")
    assert said_of(badge_of_others(genuine)) == (
        True,
        "fail",
        f"It contains an endorsement that {found.endorser.name} has withdrawn.",
    )
    for forged in (other, made_up, unsigned):
        assert said_of(badge_of_others(forged)) == (False, "fail", told)


def test_an_endorsement_that_was_taken_back_is_not_moved_to_something_else():
    found = endorsed(published_version())
    genuine = json.loads(found.text)
    verbs.take_back_endorsement(found, by=owner_of(found.endorser))
    elsewhere = attacker.of_achievement(endorsement=[genuine])

    report = verifier.check(json.dumps(attacker.signed(elsewhere)))

    assert said_of(report) == (False, "fail", "An endorsement inside it is not genuine.")


def test_what_a_key_in_other_hands_signed_is_neither_shown_nor_embedded():
    version = published_version()
    found = endorsed(version)
    verbs.compromise_key(found.key, by=owner_of(found.endorser), why="A laptop was stolen.")

    assert held_in(awarded_credential(version=version)) == [[], []]
    assert not queries.endorsements_shown(version=version).exists()


def test_no_more_than_five_of_each_go_along_the_newest():
    version = published_version()
    said = [endorsed(version).public_id for _number in range(6)]

    assert held_in(awarded_credential(version=version)) == [[], said[:0:-1]]
