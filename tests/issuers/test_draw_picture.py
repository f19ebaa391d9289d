"""A designer draws a draft's picture from words."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import art, linter, verbs
from apps.issuers.art import drawing
from apps.issuers.models import AchievementVersion, Seat
from apps.issuers.queries.pictures import others_of_the_house, suggested_words
from tests.factories import (
    OUTCOMES,
    RUBRIC,
    WORDS,
    drafted_version,
    issuer_with_owner,
    owner_of,
    published_version,
    seated,
)

pytestmark = pytest.mark.django_db

CHOSEN = {
    "kind": "single",
    "shape": "hexagon",
    "ring": "rope",
    "cloth": "harbour",
    "ground": "waves",
    "icon": "water",
    "ribbon": "KŌRERO",
    "studs": 2,
    "cut": "full",
}


def kept(file):
    with file.open("rb") as opened:
        return opened.read()


def test_draw_keeps_the_picture_twice_and_leaves_its_trail():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    svg = art.badge(art.BadgeWords(**CHOSEN))

    verbs.draw_picture(draft, by=owner, words=CHOSEN, alt="A blue hexagon.", edition=draft.edition)

    version = AchievementVersion.objects.get()
    assert version.picture_words == CHOSEN
    assert version.picture_source == "drawn"
    assert version.picture_alt == "A blue hexagon."
    assert kept(version.picture) == art.png(svg)
    assert kept(version.picture_svg) == svg.encode()
    assert version.picture_sha256 == hashlib.sha256(art.png(svg)).hexdigest()
    assert version.picture.name == f"badges/{version.picture_sha256}.png"
    assert version.picture_svg.name == f"badges/{hashlib.sha256(svg.encode()).hexdigest()}.svg"
    assert version.edition == draft.edition + 1
    event = Event.objects.get(kind="picture.drawn")
    assert (event.subject_id, event.actor_id) == (version.achievement.public_id, owner.public_id)
    assert event.data == {
        "number": 1,
        "sha256": version.picture_sha256,
        "alt": hashlib.sha256(b"A blue hexagon.").hexdigest(),
    }


def test_draw_without_a_text_tells_the_picture_in_the_language_of_the_version():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)

    version = verbs.draw_picture(draft, by=owner, words=CHOSEN, alt="  ", edition=draft.edition)

    assert version.picture_alt == "A harbour-blue hexagon with a drop of water, ribbon “KŌRERO”, 2 studs."


def test_equal_words_are_one_file():
    drafts = [drafted_version(), drafted_version()]

    names = {
        verbs.draw_picture(
            draft, by=owner_of(draft.achievement.issuer), words=CHOSEN, alt="", edition=draft.edition
        ).picture.name
        for draft in drafts
    }

    assert len(names) == 1


def test_draw_twice_is_done_once():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    verbs.draw_picture(draft, by=owner, words=CHOSEN, alt="", edition=draft.edition)

    again = verbs.draw_picture(draft, by=owner, words=CHOSEN, alt="", edition=draft.edition)

    assert again.edition == draft.edition + 1
    assert Event.objects.filter(kind="picture.drawn").count() == 1


def test_draw_from_a_tab_that_is_behind_is_refused_and_changes_nothing():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    verbs.draw_picture(draft, by=owner, words=CHOSEN, alt="", edition=draft.edition)

    with pytest.raises(Refused, match="since been changed in another window"):
        verbs.draw_picture(draft, by=owner, words=CHOSEN | {"cloth": "wine"}, alt="", edition=draft.edition)

    assert AchievementVersion.objects.get().picture_words == CHOSEN


@pytest.mark.parametrize("role", [Seat.Role.MANAGER, Seat.Role.DESIGNER])
def test_those_who_design_draw(role):
    draft = drafted_version()
    somebody = seated(role, draft.achievement.issuer)

    version = verbs.draw_picture(draft, by=somebody, words=CHOSEN, alt="", edition=draft.edition)

    assert version.picture_words == CHOSEN


@pytest.mark.parametrize("role", [Seat.Role.ASSESSOR, Seat.Role.MODERATOR, Seat.Role.VIEWER])
def test_others_at_the_issuer_do_not_draw(role):
    draft = drafted_version()
    somebody = seated(role, draft.achievement.issuer)

    with pytest.raises(PermissionDenied):
        verbs.draw_picture(draft, by=somebody, words=CHOSEN, alt="", edition=draft.edition)

    assert AchievementVersion.objects.get().picture_words == draft.picture_words


def test_the_owner_of_another_issuer_does_not_draw():
    draft = drafted_version()
    _elsewhere, theirs = issuer_with_owner()

    with pytest.raises(PermissionDenied):
        verbs.draw_picture(draft, by=theirs, words=CHOSEN, alt="", edition=draft.edition)

    assert not Event.objects.filter(kind="picture.drawn").exists()


@pytest.mark.parametrize("state", ["in_approval", "approved"])
def test_what_is_being_approved_keeps_its_picture(state):
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    AchievementVersion.objects.update(state=state)

    with pytest.raises(Refused, match=r"so it stays as it is\."):
        verbs.draw_picture(draft, by=owner, words=CHOSEN, alt="", edition=draft.edition)

    assert AchievementVersion.objects.get().picture_words == draft.picture_words


def test_what_is_published_keeps_its_picture():
    version = published_version()
    owner = owner_of(version.achievement.issuer)

    with pytest.raises(Refused, match="This version is published, so it stays"):
        verbs.draw_picture(version, by=owner, words=CHOSEN, alt="", edition=version.edition)

    assert AchievementVersion.objects.get().picture_sha256 == version.picture_sha256


@pytest.mark.parametrize("column", ["picture", "picture_svg", "picture_alt", "picture_sha256"])
def test_sql_does_not_change_it_either(column):
    published_version()

    with pytest.raises(IntegrityError, match="never changed"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE issuers_achievementversion SET {column} = 'x'")  # noqa: S608 - a name of ours


@pytest.mark.parametrize(
    ("words", "alt", "sentence"),
    [
        ({"icon": "unicorn"}, "", "There is no icon “unicorn” for badges"),
        ({"ribbon": "THIRTEEN LONG"}, "", "A ribbon holds up to 12 letters."),
        ({}, "a\x01b", "control character"),
        ({}, "a" * 301, "takes up to 300 characters"),
    ],
)
def test_words_that_no_badge_can_have_are_refused(words, alt, sentence):
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)

    with pytest.raises(Refused, match=sentence):
        verbs.draw_picture(draft, by=owner, words=CHOSEN | words, alt=alt, edition=draft.edition)

    assert AchievementVersion.objects.get().edition == draft.edition


# --- the first picture, and the house ---------------------------------------------------------------------------------
def test_a_draft_has_a_picture_from_its_title_at_once():
    draft = drafted_version(picture=None, name="Shear a full-wool ewe", level_framework="nzqf", level_number=3)

    assert (draft.picture_words["icon"], draft.picture_words["ribbon"], draft.picture_words["studs"]) == (
        "shears",
        "SHEAR",
        3,
    )
    assert draft.picture_alt.endswith("with shears, ribbon “SHEAR”, 3 studs.")
    assert kept(draft.picture_svg) == art.badge(art.read(draft.picture_words)).encode()


def test_the_next_badge_of_a_house_has_its_shape_and_ring():
    issuer, owner = issuer_with_owner()
    for slug in ("a", "b"):
        verbs.draft(issuer, by=owner, slug=slug, words=WORDS, rubric=RUBRIC, picture_words=CHOSEN)
    elsewhere, _theirs = issuer_with_owner()
    published_version(elsewhere)

    third = verbs.draft(issuer, by=owner, slug="c", words=WORDS, rubric=RUBRIC)

    assert (third.picture_words["shape"], third.picture_words["ring"]) == ("hexagon", "rope")


def test_the_house_is_its_newest_drawn_badges_and_nobody_elses():
    issuer, owner = issuer_with_owner()
    mine, other = (
        verbs.draft(
            issuer,
            by=owner,
            slug=slug,
            words=WORDS | {"name": slug.title()},
            rubric=RUBRIC,
            outcomes=OUTCOMES,
            picture_words=CHOSEN,
        )
        for slug in ("mine", "other")
    )
    elsewhere, _theirs = issuer_with_owner()
    published_version(elsewhere)
    verbs.publish(other, by=owner)
    verbs.draft_next(
        other.achievement,
        by=owner,
        words=WORDS | {"name": "Other, next"},
        rubric=RUBRIC,
        picture_words=CHOSEN | {"cloth": "wine"},
    )

    assert others_of_the_house(mine.achievement) == [("Other, next", art.read(CHOSEN | {"cloth": "wine"}))]


def test_the_house_is_read_at_once(django_assert_num_queries):
    issuer, owner = issuer_with_owner()
    draft = verbs.draft(issuer, by=owner, slug="mine", words=WORDS, rubric=RUBRIC)
    for count in (1, 2):
        verbs.draft(issuer, by=owner, slug=f"other-{count}", words=WORDS, rubric=RUBRIC)

        with django_assert_num_queries(1):
            suggested_words(draft, 3)


def test_the_next_version_shows_the_same_picture_and_drawing():
    issuer, owner = issuer_with_owner()
    draft = drafted_version(issuer)
    version = verbs.publish(
        verbs.draw_picture(draft, by=owner, words=CHOSEN, alt="A blue hexagon.", edition=draft.edition), by=owner
    )

    following = verbs.draft_next(version.achievement, by=owner)

    for name in ("picture", "picture_svg", "picture_source", "picture_words", "picture_sha256", "picture_alt"):
        assert getattr(following, name) == getattr(version, name)


def test_a_copy_at_another_house_is_drawn_and_told_anew():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    drawn = verbs.draw_picture(draft, by=owner, words=CHOSEN, alt="A blue hexagon.", edition=draft.edition)
    verbs.publish(drawn, by=owner)
    elsewhere, theirs = issuer_with_owner()

    copy = verbs.clone(drawn, by=theirs, issuer=elsewhere, name="Copy")

    assert copy.picture_alt == art.describe(art.read(copy.picture_words))
    assert copy.picture_alt != "A blue hexagon."


def test_a_picture_that_hardly_stands_out_is_warned_of_in_the_wizard(monkeypatch):
    draft = drafted_version()
    cloth = draft.picture_words["cloth"]
    pale = drawing.COLOURS[cloth]._replace(field="#e0e0d0", mark="#f7f1dc")
    assert "low_contrast" not in [remark.code for remark in linter.lint(draft)]

    monkeypatch.setitem(drawing.COLOURS, cloth, pale)

    found = [remark for remark in linter.lint(draft) if remark.code == "low_contrast"]
    assert [(remark.step, remark.severity, remark.at) for remark in found] == [("graphic", "warning", "div_id_cloth")]
