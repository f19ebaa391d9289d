import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Issuer
from tests.factories import browser, issuer_with_owner, operator, person, seated

pytestmark = pytest.mark.django_db
PROFILE = {
    "name": "Te Kura o Ngā Awa",
    "kind": "individual",
    "description": "We teach by the river.",
    "url": "https://kura.example/",
    "email": "kiaora@kura.example",
    "place": "Quay Road",
    "country": "NZ",
    "time_zone": "Pacific/Chatham",
    "terminology": "micro_credential",
    "brand_colour": "#1f4d3a",
    "linkedin_number": "12345",
    "quality_provider": "Since 1968.",
    "quality_process": "Two read everything.",
    "quality_review": "Each March.",
    "asks_approval": True,
    "bars_colleagues": True,
    "appeal_days": 30,
}
TYPED = PROFILE | {"has_colour": "on", "country": "nz", "asks_approval": "on", "bars_colleagues": "on"}


def told(issuer):
    return Issuer.objects.filter(pk=issuer.pk).values(*PROFILE).get()


def test_edit_issuer_takes_every_field_and_leaves_a_trail_without_the_words():
    issuer, owner = issuer_with_owner()

    verbs.edit_issuer(issuer, by=owner, **PROFILE)

    assert told(issuer) == PROFILE
    event = Event.objects.get(kind="issuer.edited")
    assert (event.actor_id, event.data) == (owner.public_id, {"fields": sorted(PROFILE)})


def test_the_short_name_never_changes_nor_does_anything_else_that_is_not_the_owners_to_say():
    issuer, owner = issuer_with_owner()

    for field in ("slug", "verified_at", "parent", "logo_sha256", "public_id"):
        with pytest.raises(TypeError):
            verbs.edit_issuer(issuer, by=owner, **{field: None})


def test_saved_twice_it_is_told_once():
    issuer, owner = issuer_with_owner()

    verbs.edit_issuer(issuer, by=owner, **PROFILE)
    verbs.edit_issuer(issuer, by=owner, **PROFILE)

    assert Event.objects.filter(kind="issuer.edited").count() == 1


@pytest.mark.parametrize("field", ["name", "kind", "url"])
def test_another_name_kind_or_address_is_verified_anew_and_the_rest_is_not(field):
    issuer, owner = issuer_with_owner()
    verbs.verify(issuer, by=operator())

    verbs.edit_issuer(issuer, by=owner, description="Other words.")
    kept = Issuer.objects.get().verified_at
    verbs.edit_issuer(issuer, by=owner, **{field: PROFILE[field]})

    assert kept is not None
    assert Issuer.objects.get().verified_at is None
    assert Event.objects.filter(kind="issuer.unverified", actor_id=owner.public_id).count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"time_zone": "Pacific/Atlantis"}, "no time zone “Pacific/Atlantis”"),
        ({"time_zone": ""}, "no time zone"),
        ({"name": ""}, "Name: "),
        ({"name": "a" * 201}, "Name: "),
        ({"description": "a\x00b"}, "control character"),
        ({"url": "https://kōwhai.example/"}, "can't be signed"),
        ({"url": "javascript:alert(1)"}, "Web address: "),
        ({"email": "nobody"}, "E-mail address: "),
        ({"country": "N2"}, "Two capital letters"),
        ({"brand_colour": "red"}, "A colour as in"),
        ({"brand_colour": '#fff"/><script>'}, "Colour: "),
        ({"linkedin_number": "12a"}, "Digits only"),
        ({"kind": "bank"}, "Kind: "),
        ({"terminology": "diploma"}, "call an achievement: "),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(changes, refusal):
    issuer, owner = issuer_with_owner()
    before = told(issuer)

    with pytest.raises(Refused, match=refusal):
        verbs.edit_issuer(issuer, by=owner, **({"place": "Elsewhere"} | changes))

    assert told(issuer) == before


def test_owners_and_managers_here_or_further_up_edit_and_nobody_else():
    chief, (group, boss) = operator(), issuer_with_owner("Group")
    issuer = verbs.found(by=chief, name="School", parent=group)
    verbs.seat(owner := person(), issuer, "owner", by=boss)
    verbs.seat(manager := person(), issuer, "manager", by=owner)
    for number, someone in enumerate((boss, owner, manager)):
        verbs.edit_issuer(issuer, by=someone, place=f"Place {number}")

    others = [seated(role, issuer) for role in ("designer", "assessor", "moderator", "recogniser", "viewer")]
    for someone in (*others, issuer_with_owner()[1], chief, person()):
        with pytest.raises(PermissionDenied):
            verbs.edit_issuer(issuer, by=someone, place="Theirs")
        assert browser(someone).get(f"/organisations/{issuer.slug}/profile/").status_code == 404

    assert Issuer.objects.get(pk=issuer.pk).place == "Place 2"


def test_the_page_saves_every_field_and_says_so():
    issuer, owner = issuer_with_owner()

    done = browser(owner).post(f"/organisations/{issuer.slug}/profile/", TYPED, follow=True)

    assert told(issuer) == PROFILE
    assert (done.redirect_chain, "Saved." in done.content.decode()) == (
        [(f"/organisations/{issuer.slug}/profile/", 302)],
        True,
    )


def test_what_a_colleague_changed_meanwhile_is_not_put_back():
    issuer, owner = issuer_with_owner()
    verbs.edit_issuer(issuer, by=owner, **PROFILE, evidence_types=["documents", "pictures"])
    address = f"/organisations/{issuer.slug}/profile/"
    form = browser(owner).get(address).context["form"]
    stood = {form[name].html_initial_name: form[name].value() for name in form.fields}
    assert str(form.before) in browser(owner).get(address).content.decode()
    verbs.edit_issuer(
        issuer,
        by=owner,
        email="office@kura.example",
        asks_approval=False,
        brand_colour="",
        evidence_types=["documents"],
    )

    typed = TYPED | {"evidence_types": ["documents", "pictures"], "description": "We teach in the hills."}
    browser(owner).post(address, typed | stood)

    assert told(issuer) == PROFILE | {
        "description": "We teach in the hills.",
        "email": "office@kura.example",
        "asks_approval": False,
        "brand_colour": "",
    }
    assert Issuer.objects.get(pk=issuer.pk).evidence_types == ["documents"]


def test_without_the_box_there_is_no_colour_whatever_the_browser_sends():
    issuer, owner = issuer_with_owner()
    typed = {name: value for name, value in TYPED.items() if name not in {"has_colour", "asks_approval"}}

    browser(owner).post(f"/organisations/{issuer.slug}/profile/", typed)

    assert (told(issuer)["brand_colour"], told(issuer)["asks_approval"]) == ("", False)


def test_who_loses_the_mark_by_it_is_told():
    issuer, owner = issuer_with_owner()
    verbs.verify(issuer, by=operator())

    page = browser(owner).post(f"/organisations/{issuer.slug}/profile/", TYPED, follow=True).content.decode()

    assert "the operator has to verify you again" in page


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Nowhere"}, {"name": ""}, {"url": "https://kōwhai.example/"}, {"country": "N2"}]
)
def test_what_was_typed_and_not_taken_comes_back(wrong):
    issuer, owner = issuer_with_owner("Before")

    answer = browser(owner).post(f"/organisations/{issuer.slug}/profile/", TYPED | wrong)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "We teach by the river." in page
    assert 'href="/organisations/' in page
    assert ">Before<" in page, "the head keeps the name that is true"
    assert told(issuer)["name"] == "Before"
