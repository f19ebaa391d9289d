import pytest
from django.core.exceptions import PermissionDenied

from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Descent, Issuer
from tests.factories import browser, events_of, issuer_with_owner, letters_to, operator, person, seat_of

pytestmark = pytest.mark.django_db


def test_found_makes_an_issuer_and_its_owner_and_leaves_a_trail():
    chief = operator()

    issuer = verbs.found(by=chief, name="Te Kura o Ngā Awa", owner_email=chief.email)

    assert (issuer.slug, issuer.parent, issuer.verified_at) == ("te-kura-o-nga-awa", None, None)
    assert events_of(issuer) == [("issuer.founded", chief.public_id)]
    assert (seat_of(chief).issuer, seat_of(chief).role) == (issuer, "owner")
    assert letters_to(chief.email) == 0


def test_somebody_else_is_asked_by_letter_to_own_it():
    chief = operator()

    issuer = verbs.found(by=chief, name="Ngā Awa", owner_email="hana@people.example")

    assert list(issuer.invitations.values_list("email", "role", "seat")) == [("hana@people.example", "owner", None)]
    assert (letters_to("hana@people.example"), issuer.seats.count()) == (1, 0)


def test_founded_under_another_it_stands_below_all_above_that():
    chief = operator()
    top = verbs.found(by=chief, name="Top")
    middle = verbs.found(by=chief, name="Middle", parent=top)

    low = verbs.found(by=chief, name="Low", parent=middle)

    above = Descent.objects.filter(descendant=low).order_by("steps").values_list("ancestor__name", "steps")
    assert list(above) == [("Low", 0), ("Middle", 1), ("Top", 2)]


def test_a_second_of_the_same_name_gets_a_number_and_a_name_in_another_script_a_mark():
    chief = operator()

    slugs = [verbs.found(by=chief, name=name).slug for name in ("Ngā Awa", "Nga Awa", "Found", "Ліхтарна вулиця")]

    assert slugs[:3] == ["nga-awa", "nga-awa-2", "found-2"]
    assert slugs[3].startswith("issuer-")


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"slug": "taken"}, "“taken” is taken"),
        ({"slug": "found"}, "“found” is taken"),
        ({"slug": "a b"}, "letters, digits and hyphens"),
        ({"time_zone": "Pacific/Atlantis"}, "no time zone “Pacific/Atlantis”"),
        ({"name": ""}, "Name: "),
        ({"name": "a\x0bb"}, "control character"),
        ({"country": "nz"}, "Country: Two capital letters"),
    ],
)
def test_what_cannot_stand_there_is_refused_and_nothing_is_founded(asked, refusal):
    chief = operator()
    verbs.found(by=chief, slug="taken", name="Taken")

    with pytest.raises(Refused, match=refusal):
        verbs.found(by=chief, **({"name": "Ngā Awa", "owner_email": "x@people.example"} | asked))

    assert Issuer.objects.count() == 1
    assert letters_to("x@people.example") == 0


def test_only_the_operator_founds():
    _issuer, owner = issuer_with_owner()

    for someone in (owner, person()):
        with pytest.raises(PermissionDenied):
            verbs.found(by=someone, name="Mine")
        assert browser(someone).get("/organisations/found/").status_code == 404

    assert Issuer.objects.count() == 1


def test_the_page_founds_and_leads_to_the_new_one():
    chief = operator()
    top = verbs.found(by=chief, name="Top")
    typed = {"name": "Ngā Awa", "kind": "individual", "owner_email": chief.email, "under": top.slug, "slug": ""}

    page = browser(chief).get(f"/organisations/found/?under={top.slug}").content.decode()
    done = browser(chief).post("/organisations/found/", typed)

    assert f'<option value="{top.slug}" selected>' in page
    assert f'value="{chief.email}"' in page
    assert done.headers["Location"] == "/organisations/nga-awa/"
    issuer = Issuer.objects.get(slug="nga-awa")
    assert (issuer.kind, issuer.parent, seat_of(chief).role) == ("individual", top, "owner")


def test_what_was_typed_comes_back_with_why():
    chief = operator()
    verbs.found(by=chief, slug="taken", name="Taken")
    typed = {"name": "Ngā Awa", "kind": "organisation", "owner_email": "nobody", "slug": "taken"}

    wrong = browser(chief).post("/organisations/found/", typed)
    refused = browser(chief).post("/organisations/found/", typed | {"owner_email": "hana@people.example"})

    assert (wrong.status_code, refused.status_code) == (422, 422)
    assert 'value="Ngā Awa"' in wrong.content.decode()
    assert "“taken” is taken" in refused.content.decode()
    assert 'value="hana@people.example"' in refused.content.decode()
