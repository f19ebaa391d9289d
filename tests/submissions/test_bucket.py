"""Files in a bucket: parts that go to it past us, parts that we pass on, and everything else that reads and writes."""

import hashlib
import io
import re
import zipfile
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore import auth
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.core import clock, keeping, outbox
from apps.core.refused import Refused
from apps.submissions import files, links, parts, verbs
from apps.submissions.health import parts_of_files
from apps.submissions.models import Attempt, EvidenceItem, Upload, UploadPart
from tests.bucket import NAME, put
from tests.factories import browser, nobody_in, open_attempt, person, png_upload
from tests.factories.uploads import begun, send
from tests.submissions.test_serving import fetch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bucket")]
PART = 5 * 1024**2
SIZE = 2 * PART + 1000
FILM = (24).to_bytes(4, "big") + b"ftypisom\0\0\2\0isommp41" + (SIZE - 24).to_bytes(4, "big") + b"mdat"
FILM = (FILM + bytes(range(251)) * (SIZE // 251 + 1))[: SIZE - 9] + b"unlike it"


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What follows a commit follows at once."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def part_of(number):
    return FILM[(number - 1) * PART : number * PART]


def sum_of(content):
    return hashlib.sha256(content).hexdigest()


def signed(upload, number, content=None):
    content = part_of(number) if content is None else content
    return verbs.sign_part(upload, by=upload.learner, number=number, sha256=sum_of(content))


def found(upload, number):
    return verbs.find_part(upload, by=upload.learner, number=number, sha256=sum_of(part_of(number)))


def send_past_us(upload, *numbers):
    for number in numbers or range(1, upload.count + 1):
        address = signed(upload, number)
        assert put(address.url, part_of(number), address.headers) == (200, "")
        found(upload, number)


def completed(upload):
    return verbs.complete_upload(upload, by=upload.learner, about=nobody_in(upload.title))


def checked(upload):
    piece = completed(upload)
    outbox.drain()
    return EvidenceItem.objects.get(pk=piece.pk)


def lying_about(bucket, upload):
    return bucket.names(upload.folder), bucket.under_way(upload.folder)


def test_parts_that_go_past_us_become_a_piece_with_the_sum_of_the_whole(bucket, committed):
    upload = begun(open_attempt(), FILM)
    send_past_us(upload, 3, 1, 2)
    noted = [(one.number, one.size, one.sha256) for one in upload.parts.all()]

    with committed():
        piece = checked(upload)

    upload.refresh_from_db()
    assert noted == [(number, len(part_of(number)), sum_of(part_of(number))) for number in (1, 2, 3)]
    assert (piece.file_state, piece.media_type, piece.sha256) == ("ready", "video/mp4", sum_of(FILM))
    assert piece.file.name == files.name_of(sum_of(FILM))
    with piece.file.open("rb") as kept:
        assert kept.read() == FILM
    assert (upload.state, lying_about(bucket, upload)) == ("kept", ([], []))


def test_parts_that_come_through_us_are_passed_on(bucket, committed):
    upload = begun(open_attempt(), FILM)
    send(upload, FILM, 1, 3)
    send_past_us(upload, 2)
    listed = lying_about(bucket, upload)

    with committed():
        piece = checked(upload)

    assert listed == ([], [f"{upload.folder}/whole"])
    assert (piece.file_state, piece.sha256) == ("ready", sum_of(FILM))


def test_a_part_through_us_that_is_not_what_was_announced_is_refused():
    upload = begun(open_attempt(), FILM)

    for content, sha256, sentence in (
        (FILM[:100], "", "not as long as it should be"),
        (FILM[:PART], "0" * 64, "changed on its way"),
    ):
        with pytest.raises(parts.BadPart, match=sentence):
            verbs.receive_part(upload, by=upload.learner, number=1, stream=BytesIO(content), sha256=sha256)

    assert not upload.parts.exists()


def test_an_address_is_for_one_part_of_one_file_with_one_sum_and_for_some_minutes(monkeypatch):
    attempt = open_attempt()
    upload, other = begun(attempt, FILM), begun(attempt, FILM)
    url, headers = signed(upload, 1)
    signed(other, 1)
    other_content = part_of(2)
    attempts = {
        "another part": (url.replace("partNumber=1", "partNumber=2"), part_of(1), headers),
        "another file": (url.replace(upload.public_id, other.public_id), part_of(1), headers),
        "another upload of it": (url.replace(upload.multipart, other.multipart), part_of(1), headers),
        "kept evidence": (re.sub(r"uploads/[a-z2-7]{26}/whole", "evidence/aa/aa", url), part_of(1), headers),
        "without its sum": (url, part_of(1), {}),
        "with another sum": (url, other_content, signed(upload, 1, other_content).headers),
        "other bytes": (url, other_content, headers),
        "fewer bytes": (url, part_of(1)[:100], headers),
    }
    with monkeypatch.context() as patched:
        now = auth.get_current_datetime()
        patched.setattr(auth, "get_current_datetime", lambda **_how: now - timedelta(minutes=11))
        attempts["too late"] = (signed(upload, 1).url, part_of(1), headers)

    answers = {name: put(*how)[0] for name, how in attempts.items()}

    assert answers == dict.fromkeys(attempts, 403) | {"other bytes": 400}
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["600"]
    with pytest.raises(parts.BadPart, match="has not arrived"):
        found(upload, 1)
    assert not upload.parts.exists()


def test_only_the_learner_is_given_addresses_and_only_while_the_file_is_on_its_way():
    upload = begun(open_attempt(), FILM)
    stranger = person()

    for verb in (verbs.sign_part, verbs.find_part):
        with pytest.raises(PermissionDenied):
            verb(upload, by=stranger, number=1, sha256=sum_of(part_of(1)))
        with pytest.raises(parts.BadPart, match="has parts 1 to 3"):
            verb(upload, by=upload.learner, number=4, sha256=sum_of(part_of(1)))
    send_past_us(upload)
    completed(upload)
    upload.refresh_from_db()
    for verb in (verbs.sign_part, verbs.find_part):
        with pytest.raises(Refused, match="no more of it is taken"):
            verb(upload, by=upload.learner, number=1, sha256=sum_of(part_of(1)))


def test_a_part_of_another_sum_or_length_is_not_the_one_that_was_asked_for():
    upload = begun(open_attempt(), FILM)
    address = signed(upload, 2)
    put(address.url, part_of(2), address.headers)

    with pytest.raises(parts.BadPart, match="has not arrived"):
        verbs.find_part(upload, by=upload.learner, number=3, sha256=sum_of(part_of(2)))

    assert found(upload, 2).sha256 == sum_of(part_of(2))


@pytest.mark.parametrize(("wrong", "seen"), [("a part is gone", parts.Spoilt), ("another bucket is named", OSError)])
def test_a_part_that_is_gone_spoils_the_file_and_a_bucket_that_is_gone_does_not(settings, wrong, seen):
    upload = begun(open_attempt(), FILM)
    send_past_us(upload, 1, 2)
    if wrong == "another bucket is named":
        default = settings.STORAGES["default"]
        options = default["OPTIONS"] | {"bucket_name": "nowhere"}
        settings.STORAGES = settings.STORAGES | {"default": default | {"OPTIONS": options}}
    noted = [*upload.parts.all(), UploadPart(upload=upload, number=3, size=1000, sha256=sum_of(part_of(3)))]

    with pytest.raises(seen) as refusal, parts.place().put_together(upload, noted):
        pass

    assert not isinstance(refusal.value, FileNotFoundError)


@pytest.mark.parametrize("how", ["cancelled", "lapsed"])
def test_what_is_given_up_is_forgotten_by_the_bucket_and_its_addresses_lead_nowhere(bucket, committed, how):
    upload = begun(open_attempt(), FILM)
    send_past_us(upload, 1)
    late = signed(upload, 2)

    with committed(), clock.at(clock.now() + timedelta(days=7, minutes=1)):
        if how == "cancelled":
            verbs.cancel_upload(upload, by=upload.learner)
        else:
            verbs.lapse_uploads()

    upload.refresh_from_db()
    assert (upload.state, lying_about(bucket, upload)) == (how, ([], []))
    assert put(late.url, part_of(2), late.headers)[0] == 404


def test_asking_for_an_address_counts_as_sending_and_begins_once(bucket):
    upload = begun(open_attempt(), FILM)
    again = Upload.objects.get(pk=upload.pk)
    with clock.at(later := clock.now() + timedelta(days=6)):
        signed(upload, 1)

    signed(again, 2)

    again.refresh_from_db()
    assert again.multipart == upload.multipart
    assert again.touched_at > later - timedelta(days=6)
    assert bucket.under_way(upload.folder) == [f"{upload.folder}/whole"]


def test_a_part_that_is_not_the_one_that_was_noted_blocks_the_piece(committed):
    upload = begun(open_attempt(), FILM)
    send_past_us(upload)
    upload.parts.filter(number=1).update(sha256=sum_of(b"another that was sent over it"))

    with committed():
        piece = checked(upload)

    assert (piece.file_state, piece.blocked_because) == ("blocked", "It did not arrive whole. Send it again.")


def test_a_whole_that_is_not_what_arrived_blocks_the_piece(bucket):
    upload = begun(open_attempt(), FILM)
    send_past_us(upload)
    with parts.place().put_together(upload, upload.parts.all()):
        pass
    bucket.client.put_object(Bucket=NAME, Key=f"{upload.folder}/whole", Body=FILM[:-1] + b"!")

    piece = checked(upload)

    assert piece.blocked_because == "It did not arrive whole. Send it again."


def test_a_file_that_cannot_be_assessed_leaves_nothing_in_the_bucket(bucket, committed):
    upload = begun(open_attempt(), FILM, kind="audio", name="clip.exe")
    upload.kind = "image"
    upload.save(update_fields=["kind"])
    send_past_us(upload)

    with committed():
        piece = checked(upload)

    assert (piece.file_state, bucket.names(files.name_of(sum_of(FILM)))) == ("blocked", [])
    assert lying_about(bucket, upload) == ([], [])


def test_the_job_cut_off_after_the_bucket_made_the_whole_goes_on_from_there(committed):
    upload = begun(open_attempt(), FILM)
    send_past_us(upload)
    for _ in range(2):
        with parts.place().put_together(upload, upload.parts.all()) as whole:
            assert (whole.sha256, whole.path.stat().st_size) == (sum_of(FILM), len(FILM))
        assert not whole.path.exists()

    with committed():
        assert checked(upload).file_state == "ready"


# --- over http ------------------------------------------------------------------------------------------------------------
def post(client, address, **body):
    return client.post(address, body, content_type="application/json")


def test_a_script_asks_where_to_send_each_part_and_says_when_it_is_there():
    attempt = open_attempt()
    client = browser(attempt.submission.learner)
    about = {"name": "clip.mp4", "size": len(FILM), "type": "video/mp4", "kind": "video"}
    told = post(client, f"/submissions/{attempt.submission.public_id}/uploads/", **about).json()
    address = f"/uploads/{told['id']}/parts/2"
    sha256 = sum_of(part_of(2))

    early = post(client, f"{address}/find/", sha256=sha256)
    where = post(client, f"{address}/sign/", sha256=sha256).json()
    sent = put(where["url"], part_of(2), where["headers"])
    there = post(client, f"{address}/find/", sha256=sha256)
    unread = post(client, f"{address}/sign/", sha256="?")
    stranger = post(browser(person()), f"{address}/sign/", sha256=sha256)
    signed_out = post(browser(None), f"{address}/sign/", sha256=sha256)

    assert (told["part_size"], told["past_us"]) == (PART, True)
    assert (early.status_code, early.json()) == (422, {"errors": ["That part has not arrived. Send it again."]})
    assert (sent, there.json()) == ((200, ""), {"number": 2, "sha256": sha256})
    assert client.get(f"/uploads/{told['id']}/").json()["parts"] == [2]
    assert [one.status_code for one in (unread, stranger, signed_out)] == [422, 404, 401]


def test_a_bucket_that_is_away_is_said_and_what_arrived_stays(bucket, settings):
    upload = begun(open_attempt(), FILM)
    send_past_us(upload, 1)
    client = browser(upload.learner)
    nowhere = {"endpoint_url": "http://127.0.0.1:1"}
    default = settings.STORAGES["default"]
    settings.STORAGES = settings.STORAGES | {"default": default | {"OPTIONS": default["OPTIONS"] | nowhere}}

    answers = [
        post(client, f"/uploads/{upload.public_id}/parts/1/find/", sha256=sum_of(part_of(1))),
        client.put(f"/uploads/{upload.public_id}/parts/2", part_of(2), content_type="application/octet-stream"),
    ]
    verbs.cancel_upload(begun(upload.attempt, FILM), by=upload.learner)

    sentence = "Our storage doesn't answer just now. What has arrived is kept: go on in a moment."
    assert [(one.status_code, one.json()) for one in answers] == [(503, {"errors": [sentence]})] * 2
    assert [one.number for one in upload.parts.all()] == [1]


def test_a_bucket_that_is_away_leaves_work_that_was_handed_in_until_it_is_back(bucket, settings):
    attempt = open_attempt()
    learner = attempt.submission.learner
    verbs.add_evidence(attempt, by=learner, kind="image", upload=png_upload(colour="plum"), about=nobody_in("After"))
    verbs.submit(attempt, by=learner)
    here, default = settings.STORAGES, settings.STORAGES["default"]
    nowhere = {"endpoint_url": "http://127.0.0.1:1"}
    settings.STORAGES = here | {"default": default | {"OPTIONS": default["OPTIONS"] | nowhere}}

    with pytest.raises(OSError, match="Could not connect"):
        verbs.freeze(attempt.pk)
    attempt.refresh_from_db()
    meanwhile = attempt.state
    settings.STORAGES = here
    verbs.freeze(attempt.pk)

    attempt.refresh_from_db()
    assert (meanwhile, attempt.state) == ("checking", "assessable")


# --- everything else that reads and writes --------------------------------------------------------------------------------
def test_a_form_without_scripts_and_all_that_follows_it(bucket):
    attempt = open_attempt()
    learner = attempt.submission.learner
    address = f"/submissions/{attempt.submission.public_id}/evidence/"
    picture = png_upload()
    content = picture.read()
    picture.seek(0)

    added = browser(learner).post(address, {"kind": "image", "title": "After", "people": "nobody", "upload": picture})
    verbs.submit(attempt, by=learner)
    outbox.drain()

    piece = EvidenceItem.objects.get(kind="image")
    copy = fetch(links.to_file(piece, reader=learner))
    own = fetch(links.to_file(piece, reader=learner, sort=links.Sort.ORIGINAL))
    ranged = fetch(links.to_file(piece, reader=learner, sort=links.Sort.ORIGINAL), range="bytes=5-9")
    export = browser(learner).get(f"/submissions/{attempt.submission.public_id}/attempts/1/export.zip").getvalue()
    with zipfile.ZipFile(BytesIO(export)) as archive:
        packed = [archive.read(name) for name in archive.namelist() if name.endswith(".png")]
    assert (added.status_code, Attempt.objects.get(pk=attempt.pk).state) == (302, "assessable")
    assert (copy.status_code, own.body, packed) == (200, content, [content])
    assert (ranged.status_code, ranged.body) == (206, content[5:10])
    assert bucket.names(piece.file.name) == [piece.file.name]


def test_a_range_of_a_long_file_is_asked_of_the_bucket_and_not_the_whole(bucket, committed):
    upload = begun(open_attempt(), FILM)
    send_past_us(upload)
    with committed():
        piece = checked(upload)
    asked = []
    default_storage.client.meta.events.register(
        "before-send.s3.GetObject", lambda request, **_more: asked.append(request.headers["Range"])
    )

    address = links.to_file(piece, reader=upload.learner, sort=links.Sort.ORIGINAL)

    end, middle = (fetch(address, range=f"bytes={asked}") for asked in ("-9", f"{PART - 2}-{PART + 600_000}"))

    assert (end.status_code, end.body, end.headers["Content-Range"]) == (
        *(206, b"unlike it"),
        f"bytes {SIZE - 9}-{SIZE - 1}/{SIZE}",
    )
    assert middle.body == FILM[PART - 2 : PART + 600_001]
    assert [one.decode() for one in asked] == [
        f"bytes={SIZE - 9}-{SIZE - 1}",
        f"bytes={PART - 2}-{PART - 2 + 256 * 1024 - 1}",
        f"bytes={PART - 2 + 256 * 1024}-{PART - 2 + 768 * 1024 - 1}",
    ]


def test_a_file_in_the_bucket_is_read_as_any_other_and_opened_again():
    name = keeping.keep("evidence/aa/read", ContentFile(FILM), sha256=sum_of(FILM))

    file = default_storage.open(name)
    file.seek(-5, io.SEEK_END)
    last = file.read(), file.read(1), file.tell()
    file.close()
    again = file.open().read(4)

    assert (last, again, file.size) == ((b"ke it", b"", SIZE), FILM[:4], SIZE)
    assert keeping.keep(name, ContentFile(b"never looked at"), sha256=sum_of(FILM)) == name
    keeping.keep(name, ContentFile(b"short"), sha256=sum_of(b"short"))
    assert default_storage.open(name).read() == b"short"
    default_storage.delete(name)
    with pytest.raises(FileNotFoundError):
        default_storage.open(name)


def test_doctor_asks_as_a_browser_would(bucket, settings):
    well = parts_of_files()
    bucket.client.delete_bucket_cors(Bucket=NAME)
    try:
        closed = parts_of_files()
    finally:
        bucket.let_browsers_send()

    settings.BUCKET_ORIGIN = ""
    on_disk = parts_of_files()

    assert (well.result, well.saw) == ("ok", f"browsers send them to {bucket.origin}")
    assert (closed.result, closed.saw) == (
        "fail",
        f"the bucket takes nothing from browsers on {settings.PUBLIC_URL}, so parts come through the web server",
    )
    assert (on_disk.result, on_disk.saw) == ("ok", "they come through the web server")
