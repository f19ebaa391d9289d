"""A designer sends a picture for a draft."""

import hashlib
import io

import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image

from apps.core import outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.credentials import baking, queries
from apps.credentials.models import Bake
from apps.issuers import verbs
from apps.issuers.models import AchievementVersion, Seat
from tests.factories import awarded_credential, drafted_version, issuer_with_owner, owner_of, published_version, seated

pytestmark = pytest.mark.django_db

ALT = "A teal square."
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect width='9' height='9' fill='#14564e'/></svg>"


def png(colour="teal", size=(500, 500)):
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


def kept(file):
    with file.open("rb") as opened:
        return opened.read()


def test_upload_keeps_the_picture_and_leaves_its_trail():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)

    verbs.upload_picture(draft, by=owner, data=png(), alt=ALT, edition=draft.edition)

    version = AchievementVersion.objects.get()
    data = kept(version.picture)
    assert Image.open(io.BytesIO(data)).size == (500, 500)
    assert version.picture.name == f"badges/{version.picture_sha256}.png"
    assert version.picture_sha256 == hashlib.sha256(data).hexdigest()
    assert (version.picture_source, version.picture_alt, version.picture_svg.name) == ("uploaded", ALT, "")
    assert version.picture_words == draft.picture_words, "so that drawing can be taken up again"
    assert version.edition == draft.edition + 1
    event = Event.objects.get(kind="picture.uploaded")
    assert (event.subject_id, event.actor_id) == (version.achievement.public_id, owner.public_id)
    assert event.data == {
        "number": 1,
        "sha256": version.picture_sha256,
        "alt": hashlib.sha256(ALT.encode()).hexdigest(),
    }


def test_upload_of_a_drawing_keeps_the_cleaned_drawing_too():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)

    version = verbs.upload_picture(draft, by=owner, data=DRAWING, alt=ALT, edition=draft.edition)

    assert kept(version.picture_svg) == (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#14564e"/></svg>'
    )
    assert Image.open(io.BytesIO(kept(version.picture))).size == (640, 640)


def test_drawing_again_after_an_upload_brings_the_drawn_one_back():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    version = verbs.upload_picture(draft, by=owner, data=png(), alt=ALT, edition=draft.edition)

    verbs.draw_picture(version, by=owner, words=version.picture_words, alt="", edition=version.edition)

    again = AchievementVersion.objects.get()
    assert (again.picture_source, again.picture_sha256) == ("drawn", draft.picture_sha256)


def test_upload_twice_is_done_once():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    verbs.upload_picture(draft, by=owner, data=png(), alt=ALT, edition=draft.edition)

    again = verbs.upload_picture(draft, by=owner, data=png(), alt=ALT, edition=draft.edition)

    assert again.edition == draft.edition + 1
    assert Event.objects.filter(kind="picture.uploaded").count() == 1


def test_upload_from_a_tab_that_is_behind_is_refused_and_changes_nothing():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    first = verbs.upload_picture(draft, by=owner, data=png(), alt=ALT, edition=draft.edition)

    with pytest.raises(Refused, match="since been changed in another window"):
        verbs.upload_picture(draft, by=owner, data=png("wheat"), alt=ALT, edition=draft.edition)

    assert AchievementVersion.objects.get().picture_sha256 == first.picture_sha256


@pytest.mark.parametrize("role", [Seat.Role.ASSESSOR, Seat.Role.MODERATOR, Seat.Role.VIEWER])
def test_others_at_the_issuer_do_not_upload(role):
    draft = drafted_version()
    somebody = seated(role, draft.achievement.issuer)

    with pytest.raises(PermissionDenied):
        verbs.upload_picture(draft, by=somebody, data=png(), alt=ALT, edition=draft.edition)

    assert AchievementVersion.objects.get().picture_sha256 == draft.picture_sha256


def test_a_stranger_is_sent_away_before_the_file_is_looked_at():
    draft = drafted_version()
    _elsewhere, theirs = issuer_with_owner()

    with pytest.raises(PermissionDenied):
        verbs.upload_picture(draft, by=theirs, data=b"<svg >", alt=ALT, edition=draft.edition)


@pytest.mark.parametrize("state", ["in_approval", "approved"])
def test_what_is_being_approved_keeps_its_picture(state):
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    AchievementVersion.objects.update(state=state)

    with pytest.raises(Refused, match=r"so it stays as it is\."):
        verbs.upload_picture(draft, by=owner, data=png(), alt=ALT, edition=draft.edition)

    assert AchievementVersion.objects.get().picture_sha256 == draft.picture_sha256


def test_what_is_published_keeps_its_picture():
    version = published_version()
    owner = owner_of(version.achievement.issuer)

    with pytest.raises(Refused, match="This version is published, so it stays"):
        verbs.upload_picture(version, by=owner, data=png(), alt=ALT, edition=version.edition)

    assert AchievementVersion.objects.get().picture_sha256 == version.picture_sha256


@pytest.mark.parametrize(
    ("data", "alt", "sentence"),
    [
        (b"hello", ALT, "A badge picture is a PNG, a JPEG or an SVG."),
        (b"<svg onload='x'/>", ALT, "does not say how large it is"),
        (DRAWING.replace(b"<rect", b"<script/><rect"), ALT, "holds a script"),
        (png(), "  ", "Say what the picture shows"),
        (png(), "a\x01b", "control character"),
    ],
)
def test_what_can_be_no_badge_is_refused_and_changes_nothing(data, alt, sentence):
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)

    with pytest.raises(Refused, match=sentence):
        verbs.upload_picture(draft, by=owner, data=data, alt=alt, edition=draft.edition)

    version = AchievementVersion.objects.get()
    assert (version.picture_sha256, version.edition) == (draft.picture_sha256, draft.edition)


def test_a_credential_is_baked_into_an_uploaded_picture():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    draft = verbs.upload_picture(draft, by=owner, data=png(), alt=ALT, edition=draft.edition)

    credential = awarded_credential(version=verbs.publish(draft, by=owner))

    outbox.drain()
    baked = queries.baked_png(credential.pk)
    assert (
        hashlib.sha256(baked).hexdigest() == Bake.objects.get(form__format="ob3-eddsa-rdfc-2022", picture="png").sha256
    )
    text = baking.read(baked).text
    assert f'"caption": "{ALT}"' in text or f'"caption":"{ALT}"' in text
