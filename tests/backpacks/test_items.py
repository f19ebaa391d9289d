from datetime import date, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from apps.backpacks import listing, verbs
from apps.backpacks.listing import Asked
from apps.backpacks.models import BackpackItem, DeclaredCredential
from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from tests.factories import issuer_with_owner, owner_of, person, published_version
from tests.shelf import shelved

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return given(person(), issuer_with_owner()[0], "Blades").backpack_item


@shelved
def given(earner, issuer, name, **words):
    """A direct award, filed and not yet signed."""
    version = published_version(issuer, name=name, **words)
    held = credentials.award_directly(version, by=owner_of(issuer), address=earner.email, name="", why="Course.")
    return verbs.file_credential(held).credential


def picture():
    data = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(data, "PNG")
    return SimpleUploadedFile("paper.png", data.getvalue(), content_type="image/png")


def declared(by, name="First aid", **facts):
    return verbs.declare(by=by, **{"name": name, "issuer_name": "Brightwater", "earned_on": date(2025, 3, 2)} | facts)


def names(user, **asked):
    return [one.name for one in listing.items(user, Asked(**asked))]


def test_an_award_files_itself_with_what_it_was_called_when_and_for_which_skills(item):
    credential = item.credential

    assert (item.kind, item.person, item.name, item.issuer_name) == (
        "earned",
        credential.earner,
        credential.version.name,
        credential.issuer.name,
    )
    assert item.earned_on == credential.valid_from.astimezone(ZoneInfo(credential.issuer.time_zone)).date()
    assert item.skills == sorted({one.target_name for one in credential.version.alignments.all()})
    assert verbs.file_credential(credential) == item
    assert BackpackItem.objects.count() == 1


def test_tags_and_a_note_are_kept_each_tag_once_however_it_is_written(item):
    verbs.note_item(item, by=item.person, tags=["work", " Work ", "Shed  two", ""], note="For the interview.")

    item.refresh_from_db()
    assert (item.tags, item.note) == (["Shed two", "work"], "For the interview.")


def test_a_tag_that_is_too_long_or_one_too_many_is_refused(item):
    with pytest.raises(Refused, match="up to 40 letters"):
        verbs.note_item(item, by=item.person, tags=["x" * 41], note="")
    with pytest.raises(Refused, match="more than 20 tags"):
        verbs.note_item(item, by=item.person, tags=[f"tag {n}" for n in range(21)], note="")
    verbs.note_item(item, by=item.person, tags=[f"tag {n}" for n in range(20)], note="")


def test_the_archive_takes_it_out_of_sight_and_gives_it_back(item):
    owner = item.person
    verbs.archive_item(item, by=owner)
    verbs.archive_item(item, by=owner)
    assert (names(owner), names(owner, view="archive")) == ([], [item.name])

    verbs.unarchive_item(item, by=owner)
    verbs.unarchive_item(item, by=owner)

    assert (names(owner), names(owner, view="archive")) == ([item.name], [])
    assert list(
        Event.objects.filter(kind__startswith="backpack_item.").order_by("pk").values_list("kind", flat=True)
    ) == [
        "backpack_item.filed",
        "backpack_item.archived",
        "backpack_item.unarchived",
    ]


def test_what_is_told_lies_there_as_told_with_a_picture_that_has_only_its_dots():
    owner = person()
    told = declared(owner, ends_on=date(2028, 3, 2), words="Two days.", picture=picture())

    assert (told.kind, told.name, told.declared.ends_on) == ("declared", "First aid", date(2028, 3, 2))
    assert told.picture.startswith(f"items/{told.public_id}/")
    page = Client()
    page.force_login(owner)
    assert page.get(f"/backpack/items/{told.public_id}/picture")["Content-Type"] == "image/png"
    assert "Told, not checked" in page.get("/backpack/").content.decode()


def test_what_ends_before_it_begins_is_refused_in_words_and_by_the_database():
    owner = person()
    with pytest.raises(Refused, match="before it begins"):
        declared(owner, ends_on=date(2025, 3, 1))
    told = declared(owner, ends_on=date(2025, 3, 2)).declared
    with pytest.raises(IntegrityError, match="declared_ends_after_it_began"), transaction.atomic():
        DeclaredCredential.objects.filter(pk=told.pk).update(ends_on=date(2025, 1, 1))


def test_what_was_told_is_removed_with_its_picture_and_what_was_awarded_is_not(
    item, django_capture_on_commit_callbacks
):
    owner = item.person
    told = declared(owner, picture=picture())
    collection = verbs.make_collection(by=owner, title="Paper")
    verbs.collect(collection, told, by=owner)

    with django_capture_on_commit_callbacks(execute=True):
        verbs.remove_declared(told, by=owner)
    with pytest.raises(Refused, match="An awarded badge cannot be removed"):
        verbs.remove_declared(item, by=owner)

    from django.core.files.storage import default_storage

    assert not default_storage.exists(told.picture)
    assert (collection.blocks.count(), DeclaredCredential.objects.count(), item in owner.backpack_items.all()) == (
        0,
        0,
        True,
    )


def test_only_whose_it_is_does_anything_with_it(item):
    stranger, told = person(), declared(item.person)
    for act in (
        lambda by: verbs.note_item(item, by=by, tags=[], note=""),
        lambda by: verbs.archive_item(item, by=by),
        lambda by: verbs.unarchive_item(item, by=by),
        lambda by: verbs.remove_declared(told, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(stranger)
        act(item.person)


def test_an_item_holds_one_thing_and_of_its_kind(item):
    told = declared(item.person)
    with pytest.raises(IntegrityError, match="backpack_item_holds_one_thing"), transaction.atomic():
        BackpackItem.objects.filter(pk=told.pk).update(kind="earned")


@pytest.fixture(scope="module")
def full(around_the_file):
    """A backpack with one of each standing."""
    owner = person()
    fine = given(owner, issuer_with_owner()[0], "Fine").backpack_item
    issuer, _owner = issuer_with_owner(name="Ōtaki School")
    given(owner, issuer, "Runs out", valid_for_days=60)
    given(owner, issuer, "Ran out", valid_for_days=1)
    credentials.revoke(given(owner, issuer, "Taken back"), by=owner_of(issuer), reason="mistake", note="")
    declared(owner)
    return owner, fine.name


@pytest.mark.parametrize(
    ("view", "found"),
    [
        ("", ["First aid", "Ran out", "Runs out", "Taken back", "{fine}"]),
        ("valid", ["Runs out", "{fine}"]),
        ("soon", ["Runs out"]),
        ("over", ["Ran out", "Taken back"]),
        ("unchecked", ["First aid"]),
        ("archive", []),
    ],
)
def test_each_view_shows_what_it_says_and_counts_it(full, view, found):
    owner, fine = full
    with clock.at(clock.now() + timedelta(days=2)):
        expected = sorted(one.format(fine=fine) for one in found)
        assert sorted(names(owner, view=view)) == expected
        counts = {one.value: one.number for one in listing.pills_of(owner, Asked()).views}
        assert counts.get(view, 0) == len(expected)


@pytest.mark.parametrize(
    ("asked", "found", "views", "kinds"),
    [
        (
            {"kind": "earned"},
            ["Ran out", "Runs out", "Taken back", "{fine}"],
            {"": 4, "valid": 2, "soon": 1, "over": 2},
            {"": 5, "earned": 4, "declared": 1},
        ),
        ({"kind": "earned", "view": "valid"}, ["Runs out", "{fine}"], None, {"": 2, "earned": 2}),
        ({"kind": "declared"}, ["First aid"], {"": 1, "unchecked": 1}, {"": 5, "earned": 4, "declared": 1}),
        ({"kind": "declared", "view": "valid"}, [], {"": 1, "valid": 0, "unchecked": 1}, None),
        ({"kind": "elsewhere"}, [], {"": 0}, {"": 5, "earned": 4, "elsewhere": 0, "declared": 1}),
        ({"view": "over"}, ["Ran out", "Taken back"], None, {"": 2, "earned": 2}),
    ],
)
def test_where_from_and_how_it_stands_are_asked_together_and_each_counts_by_the_other(full, asked, found, views, kinds):
    owner, fine = full
    with clock.at(clock.now() + timedelta(days=2)):
        expected = sorted(one.format(fine=fine) for one in found)
        assert sorted(names(owner, **asked)) == expected
        pills = listing.pills_of(owner, Asked(**asked))
    for shown, wanted in ((pills.views, views), (pills.kinds, kinds)):
        counts = {one.value: one.number for one in shown}
        assert wanted is None or {name: n for name, n in counts.items() if n is not None} == wanted
    assert pills.total == 5


def test_the_page_keeps_the_one_when_the_other_is_chosen_and_old_addresses_open_what_they_did(full):
    owner, fine = full
    client = Client()
    client.force_login(owner)

    def page(asked):
        return client.get(f"/backpack/?{asked}").content.decode()

    both = page("kind=earned&view=valid")
    assert 'href="?view=over&amp;kind=earned"' in both
    assert 'href="?kind=&amp;view=valid"' in both
    assert all(f'name="{name}" value="{value}"' in both for name, value in {"view": "valid", "kind": "earned"}.items())
    assert (fine in both, "First aid" in both, "Taken back" in both) == (True, False, False)
    old = page("view=declared")
    assert ("First aid" in old, fine in old) == (True, False)
    assert 'href="?kind=declared&amp;view=" aria-current="page"' in old
    assert fine in page("kind=nonsense")


def test_the_numbers_beside_issuers_skills_tags_and_years_are_what_each_opens():
    owner = person()
    kept, archived, other = (declared(owner, name) for name in ("Kept", "Archived", "Other"))
    unwanted = given(owner, issuer_with_owner(name="Brightwater")[0], "Unwanted")
    type(unwanted).objects.filter(pk=unwanted.pk).update(state="offered")
    credentials.decline(unwanted, by=owner)
    for one, tags in (
        (kept, ["wool", "shed"]),
        (archived, ["wool"]),
        (other, ["shed"]),
        (unwanted.backpack_item, ["wool"]),
    ):
        verbs.note_item(one, by=owner, tags=tags, note="")
    verbs.archive_item(archived, by=owner)

    def facets(**asked):
        return listing.facets_of(owner, Asked(**asked))

    assert (facets().issuers, facets().tags, facets().years) == (
        [("Brightwater", 2)],
        [("shed", 2), ("wool", 1)],
        [(2025, 2)],
    )
    assert facets(view="archive").tags == [("wool", 1)]
    assert facets(view="declined").tags == [("wool", 1)]
    assert facets(kind="earned").issuers == []
    assert (facets(words="kept").tags, facets(tag="wool").issuers) == ([("shed", 1), ("wool", 1)], [("Brightwater", 1)])
    assert facets(tag="wool").tags == [("shed", 2), ("wool", 1)]
    assert facets(words="kept", year=2020, issuer="Gone", tag="old", skill="none") == listing.Facets(
        issuers=[("Gone", 0)], skills=[("none", 0)], tags=[("old", 0)], years=[(2020, 0)]
    )


def test_words_find_by_name_issuer_tag_and_note_without_macrons_and_nothing_of_others(full):
    owner, _fine = full
    told = owner.backpack_items.get(kind="declared")
    verbs.note_item(told, by=owner, tags=["Pāpā"], note="ask Brita")

    assert sorted(names(owner, words="otaki")) == ["Ran out", "Runs out", "Taken back"]
    assert names(owner, words="papa") == names(owner, words="BRITA") == names(owner, words="first aid") == ["First aid"]
    assert names(person(), words="otaki") == []
    assert names(owner, tag="Pāpā", year=2025, issuer="Brightwater") == ["First aid"]
    assert names(owner, year=1999) == []


def test_it_is_put_in_the_order_asked_for_without_regard_to_capitals_and_macrons():
    owner = person()
    for day, name in enumerate(["ōtaki", "Zeal", "oak"], start=1):
        declared(owner, name, earned_on=date(2025, 1, day))

    assert names(owner, sort="name") == ["oak", "ōtaki", "Zeal"]
    assert names(owner, sort="earned") == ["oak", "Zeal", "ōtaki"]
    assert names(owner) == names(owner, sort="nonsense") == ["oak", "Zeal", "ōtaki"]


def test_what_somebody_does_not_want_is_put_aside_and_may_be_kept_later():
    from tests.factories import awarded_credential

    held = awarded_credential()
    owner, item = held.earner, held.backpack_item
    client = Client()
    client.force_login(owner)

    client.post(f"/backpack/items/{item.public_id}/decline/")
    assert (names(owner), names(owner, view="declined")) == ([], [item.name])
    assert "Not wanted" in client.get(f"/backpack/items/{item.public_id}/").content.decode()

    client.post(f"/backpack/items/{item.public_id}/claim/")
    assert (names(owner), names(owner, view="declined")) == ([item.name], [])
