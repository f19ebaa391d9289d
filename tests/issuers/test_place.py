import pytest
from django.core.exceptions import PermissionDenied

from apps.core.refused import Refused
from apps.issuers import policies, verbs
from apps.issuers.models import Descent, Issuer
from tests.factories import at_once, browser, events_of, issuer_with_owner, operator

pytestmark = pytest.mark.django_db


def above(issuer):
    found = Descent.objects.filter(descendant=issuer, steps__gt=0).order_by("steps")
    return list(found.values_list("ancestor__name", flat=True))


def test_place_moves_it_with_all_below_it_and_seats_above_hold_there():
    chief, (group, boss), (school, _owner) = operator(), issuer_with_owner("Group"), issuer_with_owner("School")
    branch = verbs.found(by=chief, name="Branch", parent=school)

    verbs.place(school, under=group, by=chief)

    assert (above(school), above(branch)) == (["Group"], ["School", "Group"])
    assert policies.can_edit(boss, branch)
    assert events_of(school)[-1] == ("issuer.placed", chief.public_id)


def test_placed_at_the_top_again_it_is_on_its_own():
    chief, (group, boss) = operator(), issuer_with_owner("Group")
    school = verbs.found(by=chief, name="School", parent=group)

    verbs.place(school, under=None, by=chief)

    school.refresh_from_db()
    assert (school.parent, above(school), policies.can_edit(boss, school)) == (None, [], False)


def test_placed_where_it_stands_nothing_happens():
    chief, (group, _boss) = operator(), issuer_with_owner("Group")
    school = verbs.found(by=chief, name="School", parent=group)

    verbs.place(school, under=group, by=chief)

    assert [kind for kind, _by in events_of(school)] == ["issuer.founded"]


def test_a_circle_is_refused_in_words():
    chief, (top, _boss) = operator(), issuer_with_owner("Top")
    low = verbs.found(by=chief, name="Low", parent=verbs.found(by=chief, name="Middle", parent=top))

    with pytest.raises(Refused, match="Top can't be a part of itself"):
        verbs.place(top, under=top, by=chief)
    with pytest.raises(Refused, match="Low is a part of Top: it can't stand above it too"):
        verbs.place(top, under=low, by=chief)

    top.refresh_from_db()
    assert top.parent is None


def test_a_tree_has_an_end():
    chief, (top, _boss) = operator(), issuer_with_owner("Top")
    lowest = top
    for number in range(11):
        lowest = verbs.found(by=chief, name=f"Low {number}", parent=lowest)

    with pytest.raises(Refused, match="more than 12 deep"):
        verbs.found(by=chief, name="Lower", parent=lowest)
    other = verbs.found(by=chief, name="Other")
    with pytest.raises(Refused, match="more than 12 deep"):
        verbs.place(top, under=other, by=chief)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_close_no_circle():
    chief, (one, _a), (other, _b) = operator(), issuer_with_owner("One"), issuer_with_owner("Other")

    ended = at_once(lambda: verbs.place(one, under=other, by=chief), lambda: verbs.place(other, under=one, by=chief))

    assert sorted(type(one) for one in ended if isinstance(one, Exception)) == [Refused]
    assert Issuer.objects.exclude(parent=None).count() == 1


def test_only_the_operator_places():
    (group, boss), (school, owner) = issuer_with_owner("Group"), issuer_with_owner("School")

    for someone in (boss, owner):
        with pytest.raises(PermissionDenied):
            verbs.place(school, under=group, by=someone)
        assert browser(someone).get(f"/organisations/{school.slug}/place/").status_code == 404


def test_the_page_places_and_brings_a_refusal_back():
    chief, (group, _boss) = operator(), issuer_with_owner("Group")
    school = verbs.found(by=chief, name="School")
    page = f"/organisations/{school.slug}/place/"

    refused = browser(chief).post(page, {"under": school.slug})
    unknown = browser(chief).post(page, {"under": "nobody"})
    done = browser(chief).post(page, {"under": group.slug})

    assert (refused.status_code, unknown.status_code) == (422, 422)
    assert "School can&#x27;t be a part of itself." in refused.content.decode()
    assert done.headers["Location"] == f"/organisations/{school.slug}/"
    assert above(school) == ["Group"]
