"""How many questions a page asks the database: the same for one row and for three."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.files.storage import FileSystemStorage
from django.test import Client

from apps.backpacks import verbs as backpacks
from apps.core import outbox
from apps.credentials import verbs as credentials
from apps.credentials.queries import evidence_of
from apps.reviews import verbs as reviews
from apps.submissions import verbs as submissions
from tests.factories import (
    ALL_GOOD,
    PASSWORD,
    assessable_attempt,
    awarded_credential,
    decided,
    endorsed,
    issuer_with_owner,
    marks_for,
    nobody_in,
    notice_for,
    open_attempt,
    person,
    png_upload,
    published_version,
    requested,
    seated,
)

pytestmark = pytest.mark.django_db


def signed_in(someone):
    client = Client()
    client.force_login(someone)
    return client


@pytest.mark.parametrize("rows", [1, 3])
def test_the_catalogue_asks_3(django_assert_num_queries, rows):
    issuer, _owner = issuer_with_owner()
    for _number in range(rows):
        published_version(issuer)

    with django_assert_num_queries(3):
        page = Client().get("/catalogue/").content.decode()
    assert page.count("pocket-card") == rows


@pytest.mark.parametrize("levels", [1, 3])
def test_an_achievement_asks_12(django_assert_num_queries, levels):
    from tests.factories import RUBRIC

    version = published_version(rubric=RUBRIC[:2] * levels)
    for _number in range(levels):
        endorsed(version)

    with django_assert_num_queries(12):
        page = Client().get(f"/achievements/{version.achievement.slug}/").content.decode()
    assert page.count('scope="row"') == 2 * levels
    assert page.count("The signed record") == levels


def test_an_achievement_asks_17_or_18_of_who_is_signed_in_and_leads_its_holder_to_the_badge(django_assert_num_queries):
    held = awarded_credential()
    path = f"/achievements/{held.achievement.slug}/"
    client, other = signed_in(held.earner), signed_in(person())

    with django_assert_num_queries(17):
        page = client.get(path).content.decode()
    assert ("You hold this" in page, held.get_absolute_url() in page, "Start your evidence" in page) == (1, 1, 0)
    with django_assert_num_queries(18):  # and whether it is a capstone
        page = other.get(path).content.decode()
    assert ("You hold this" in page, "Start your evidence" in page) == (0, 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_endorsements_ask_9_and_one_of_them_7_or_for_a_visitor_1(django_assert_num_queries, rows):
    endorser, owner = issuer_with_owner()
    for _number in range(rows):
        waiting = requested(endorser=endorser)
    signed = endorsed()
    client = signed_in(owner)

    with django_assert_num_queries(9):
        page = client.get("/endorsements/").content.decode()
    assert page.count("ev-row") == rows
    with django_assert_num_queries(7):
        client.get(waiting.get_absolute_url())
    with django_assert_num_queries(1):
        Client().get(signed.get_absolute_url())


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_asks_8(django_assert_num_queries, rows):
    issuer, _owner = issuer_with_owner()
    version, assessor = published_version(issuer), seated("assessor", issuer)
    for _number in range(rows):
        assessable_attempt(version)
    client = signed_in(assessor)

    with django_assert_num_queries(8):
        page = client.get("/reviews/").content.decode()
    assert page.count("S-") == rows * 2 + 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_asks_15_and_its_evidence_alone_6_whatever_the_number_of_pieces_and_of_markings(
    django_assert_num_queries, rows
):
    """With the session, the person, their parts and the bell, which every page asks for: four of them."""
    attempt = open_attempt()
    learner = attempt.submission.learner
    for number in range(rows):
        submissions.add_evidence(attempt, by=learner, kind="image", upload=png_upload(), about=nobody_in(f"P{number}"))
    submissions.submit(attempt, by=learner)
    outbox.drain()
    for left in reversed(range(rows)):
        assessor = seated("assessor", attempt.submission.achievement.issuer)
        reviews.take(attempt, by=assessor)
        reviews.save_marks(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")
        if left:
            reviews.give_back(attempt, by=assessor)
    client = signed_in(assessor)

    with django_assert_num_queries(15):
        page = client.get(f"/reviews/{attempt.public_id}/").content.decode()
    assert page.count("<img") == rows
    with django_assert_num_queries(6):
        page = client.get(f"/reviews/{attempt.public_id}/evidence/").content.decode()
    assert page.count("<img") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_my_work_asks_6(django_assert_num_queries, rows):
    learner = person()
    for _number in range(rows):
        open_attempt(learner=learner)
    client = signed_in(learner)

    with django_assert_num_queries(6):
        page = client.get("/submissions/").content.decode()
    assert page.count("ev-row") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_backpack_and_a_shared_collection_ask_the_same_whatever_is_in_them(
    django_assert_num_queries, django_assert_max_num_queries, rows
):
    earner = _earner_of(rows)
    collection = backpacks.make_collection(by=earner, title="All")
    for item in earner.backpack_items.all():
        backpacks.collect(collection, item, by=earner)
    link = backpacks.share(collection, by=earner)
    from apps.backpacks.tokens import token_of

    client = signed_in(earner)
    with django_assert_num_queries(12):
        page = client.get("/backpack/").content.decode()
    assert page.count("pocket-card") == rows
    with django_assert_max_num_queries(8):
        page = Client().get(f"/b/{token_of(link.public_id)}/").content.decode()
    assert page.count("pocket-card") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_notices_ask_6_their_api_3_and_the_preferences_5(django_assert_num_queries, rows):
    reader = person()
    for _number in range(rows):
        notice_for(reader)
    client = signed_in(reader)

    with django_assert_num_queries(6):
        page = client.get("/notices/").content.decode()
    assert page.count("is-new") == rows
    with django_assert_num_queries(3):
        assert len(client.get("/api/v1/notices/").json()["results"]) == rows
    with django_assert_num_queries(5):
        client.get("/notices/preferences/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_of_an_account_ask_the_same_whatever_stands_on_them(django_assert_num_queries, rows):
    someone = person()
    clients = [Client() for _number in range(rows)]
    for one in clients:
        one.post("/accounts/login/", {"login": someone.email, "password": PASSWORD})
    for number in range(rows - 1):
        EmailAddress.objects.create(user=someone, email=f"{number}@people.example", verified=True)
    for number in range(rows):
        Authenticator.objects.create(user=someone, type="webauthn", data={"name": f"K{number}", "credential": {}})

    for path, queries in {"sessions/": 5, "email/": 9, "security/": 8, "consent/": 5, "profile/": 4}.items():
        with django_assert_num_queries(queries):
            page = clients[0].get(f"/accounts/{path}").content.decode()
        if path in {"sessions/", "email/", "security/"}:
            assert page.count('class="ev ev-row') == rows, path


@pytest.mark.parametrize("rows", [1, 3])
def test_a_credential_asks_at_most_6_its_signed_files_1_and_a_304_reads_no_picture(
    django_assert_max_num_queries, monkeypatch, rows
):
    version = published_version()
    for _number in range(rows):
        endorsed(version)
    credential = awarded_credential(version=version)
    credentials.show(credential, "link", by=credential.earner)
    credentials.disclose(credential, by=credential.earner, name=True, words=True, evidence=evidence_of(credential))
    path = f"/c/{credential.public_id}"

    with django_assert_max_num_queries(6):
        page = Client().get(path)
    assert (page.status_code, page.cookies.output()) == (200, "")
    for end, queries in {".json": 1, ".png": 1, "/card.png": 2, ".pdf": 4, "/record.json": 3, "/record": 3}.items():
        with django_assert_max_num_queries(queries):
            answer = Client().get(f"{path}{end}")
        assert (answer.status_code, answer.cookies.output()) == (200, ""), end
        if end != "/record":
            with monkeypatch.context() as patched, django_assert_max_num_queries(queries):
                patched.setattr(FileSystemStorage, "_open", None)
                again = Client().get(f"{path}{end}", headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304, end


@pytest.mark.parametrize("rows", [1, 3])
def test_the_search_asks_2_for_a_visitor_9_for_a_person_and_10_for_a_reference(django_assert_num_queries, rows):
    earner = _earner_of(rows)
    for number in range(rows):
        backpacks.make_collection(by=earner, title=f"Sharpen {number}")
    client = signed_in(earner)

    with django_assert_num_queries(2):
        page = Client().get("/search/?q=sharpen").content.decode()
    assert page.count("found") >= rows
    with django_assert_num_queries(9):
        page = client.get("/search/?q=sharpen").content.decode()
    assert page.count('class="name"') == 4 * rows
    with django_assert_num_queries(10):
        client.get("/search/?q=S-7K2M")


@pytest.mark.parametrize("rows", [1, 3])
def test_every_home_asks_the_same_whatever_waits(django_assert_num_queries, rows):
    issuer, owner = issuer_with_owner()
    assessor, learner = seated("assessor", issuer), _earner_of(rows)
    for _number in range(rows):
        assessable_attempt(published_version(issuer), learner=learner)
        open_attempt(published_version(issuer), learner=learner)
    clients = [signed_in(someone) for someone in (learner, assessor, owner)]

    with django_assert_num_queries(1):
        Client().get("/")
    with django_assert_num_queries(8):
        page = clients[0].get("/").content.decode()
    assert page.count("ev-row") == rows * 2
    with django_assert_num_queries(9):
        page = clients[1].get("/").content.decode()
    assert page.count("S-") == rows * 2
    with django_assert_num_queries(9):
        page = clients[2].get("/").content.decode()
    assert page.count('scope="row"') == rows * 2


def _earner_of(rows):
    earner = person("Earner")
    for _number in range(rows):
        attempt = assessable_attempt(learner=earner)
        assessor = seated("assessor", attempt.submission.achievement.issuer)
        reviews.take(attempt, by=assessor)
        reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    outbox.drain()
    return earner


@pytest.mark.parametrize("rows", [1, 3])
def test_a_frame_of_a_badge_asks_1_one_of_a_collection_3_and_oembed_at_most_2(django_assert_num_queries, rows):
    held = awarded_credential()
    owner = held.earner
    collection = backpacks.make_collection(by=owner, title="Blades")
    backpacks.collect(collection, held.backpack_item, by=owner)
    for number in range(rows - 1):
        told = backpacks.declare(by=owner, name=f"Course {number}", issuer_name="B", earned_on=date(2025, 3, 2))
        backpacks.collect(collection, told, by=owner)
    backpacks.publish_collection(collection, by=owner)
    host = "http://localhost:8000"
    asked = {
        f"/embed/c/{held.public_id}": 1,
        f"/embed/b/{collection.public_id}": 3,
        f"/oembed?url={host}/c/{held.public_id}": 1,
        f"/oembed?url={host}/b/{collection.public_id}/": 2,
        f"/c/{held.public_id}/qr.svg": 1,
    }

    for path, number in asked.items():
        with django_assert_num_queries(number):
            assert Client().get(path).status_code == 200, path


def test_the_share_sheet_asks_9(django_assert_num_queries):
    held = awarded_credential()
    backpacks.show_credential(held, by=held.earner, visibility="link")
    client = signed_in(held.earner)

    with django_assert_num_queries(9):
        assert client.get(f"/c/{held.public_id}/share/").status_code == 200


@pytest.mark.parametrize("waiting", [1, 3])
def test_taking_the_next_piece_asks_13(django_assert_num_queries, waiting):
    version = published_version()
    attempts = [assessable_attempt(version) for _number in range(waiting)]
    assessor = seated("assessor", version.achievement.issuer)

    with django_assert_num_queries(13):
        assert reviews.take_next(by=assessor).attempt == attempts[0]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_audit_trail_of_an_issuer_asks_6(django_assert_num_queries, rows):
    issuer, owner = issuer_with_owner()
    for _number in range(rows):
        decided(version=published_version(issuer))
    client = signed_in(owner)
    client.get("/help/")

    with django_assert_num_queries(6):
        page = client.get(f"/organisations/{issuer.slug}/audit-trail/").content.decode()
    assert f"{rows} decision" in page
