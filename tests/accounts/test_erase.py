"""A person leaves: nothing that tells of them is left, and what others rely on is."""

import hashlib
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.template import Context, Template

from apps.accounts import queries as accounts
from apps.accounts import verbs
from apps.accounts.models import User
from apps.backpacks import tokens
from apps.backpacks import verbs as backpacks
from apps.backpacks.models import LeftCollection
from apps.core import clock, events, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials import verifier
from apps.credentials.models import Credential, StatusEntry
from apps.issuers import leaving
from apps.submissions import links
from tests.accounts.leaver import (
    ADDRESS,
    NAME,
    cached_that_names_them,
    evidence_of,
    files_that_name_them,
    leaver,
    tables_that_name_them,
)
from tests.factories import browser, owner_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_its_own(settings, tmp_path):
    """What other tests left lying is not looked through."""
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": place}


@pytest.fixture
def gone(settings, django_capture_on_commit_callbacks):
    """Somebody who asked to leave and did not come back."""
    one = leaver(settings)
    verbs.leave(one.person, by=one.person, address=ADDRESS)
    outbox.drain()
    return one


def erase(one, callbacks):
    with clock.at(clock.now() + verbs.COOLING_OFF + timedelta(minutes=1)), callbacks(execute=True):
        assert verbs.erase(one.person.pk)
        outbox.drain()


def test_no_byte_of_name_or_address_is_left_in_database_files_or_cache(gone, django_capture_on_commit_callbacks):
    before = tables_that_name_them()
    assert before >= {
        *("accounts_user", "account_emailaddress", "accounts_apitoken", "notices_letter", "notices_notice"),
        *("submissions_attempt", "submissions_evidenceitem", "submissions_message", "submissions_upload"),
        *("pathways_agreement", "pathways_creditrequest"),
        *("submissions_finding", "submissions_answer", "submissions_revision"),
        *("reviews_mark", "reviews_review", "reviews_annotation", "reviews_decision", "reviews_appeal"),
        *("credentials_credential", "credentials_foreigncredential", "credentials_endorsement"),
        *(
            "credentials_batchitem",
            "credentials_bulkaward",
            "credentials_bulkrow",
            "credentials_claimrequest",
            "credentials_claimlink",
            "backpacks_collection",
            "backpacks_block",
            "backpacks_takenout",
            "backpacks_profile",
        ),
        *("backpacks_declaredcredential", "backpacks_backpackitem", "backpacks_sharelink"),
        *("backpacks_importeditem", "issuers_invitation", "django_admin_log", "usersessions_usersession"),
    }
    assert len(files_that_name_them()) > 4

    mail.outbox.clear()
    erase(gone, django_capture_on_commit_callbacks)

    assert (tables_that_name_them(), files_that_name_them(), cached_that_names_them()) == (set(), set(), set())
    assert [(one.to, one.subject) for one in mail.outbox] == [([ADDRESS], "Your account is erased")]
    assert not Job.objects.filter(state="dead").exists()
    left = User.objects.get(pk=gone.person.pk)
    assert (left.name, left.email, str(left)) == ("", f"erased-{left.public_id}@invalid", "Somebody who left")
    assert (left.is_active, left.has_usable_password(), left.public_id) == (False, False, gone.person.public_id)


def test_the_last_letter_leads_to_a_certificate_that_names_nobody(gone, client, django_capture_on_commit_callbacks):
    mail.outbox.clear()

    erase(gone, django_capture_on_commit_callbacks)

    (letter,) = mail.outbox
    begun = Event.objects.get(kind="person.erasure_begun", subject_id=gone.person.public_id)
    page = f"/accounts/erased/{begun.public_id}/"
    assert f"{settings.PUBLIC_URL}{page}" in letter.body
    before = client.get(page)
    assert ("Certificate of erasure" in before.text, "which is sealed within minutes" in before.text) == (True, True)
    assert (NAME in before.text, ADDRESS in before.text, before["X-Robots-Tag"]) == (False, False, "noindex")

    block = events.seal()

    erasure = accounts.erasure(begun.public_id)
    done = Event.objects.get(kind="person.erased", subject_id=gone.person.public_id)
    asked = Event.objects.get(kind="person.leaving", subject_id=gone.person.public_id)
    assert erasure == (begun.public_id, asked.happened_at, done.happened_at, block)
    assert f"Block {block.number} of the sealed log <code" in " ".join(client.get(page).text.split())


def test_a_certificate_names_the_zone_of_its_times(gone, client, django_capture_on_commit_callbacks):
    erase(gone, django_capture_on_commit_callbacks)

    (done,) = Event.objects.filter(kind="person.erased", subject_id=gone.person.public_id)
    certificate = client.get(f"/accounts/erased/{accounts.erasure_of(gone.person).reference}/").text
    asked = accounts.erasure_of(gone.person).asked_at
    times = [
        Template('{% load satchel %}{% clock at "UTC" %}').render(Context({"at": at}))
        for at in (asked, done.happened_at)
    ]
    assert ([time in certificate for time in times], certificate.count(" UTC</time>")) == ([True, True], 2)


def test_no_id_that_others_are_given_opens_the_certificate(gone, client, django_capture_on_commit_callbacks):
    erase(gone, django_capture_on_commit_callbacks)

    begun = Event.objects.get(kind="person.erasure_begun", subject_id=gone.person.public_id)
    others = Event.objects.filter(subject_id=gone.person.public_id).exclude(pk=begun.pk)
    ids = [gone.person.public_id, *others.values_list("public_id", flat=True)]
    assert {client.get(f"/accounts/erased/{one}/").status_code for one in ids} == {404}


def test_while_the_erasure_goes_on_its_certificate_says_so(gone, client, monkeypatch):
    # As if a worker had died after the first app.
    monkeypatch.setattr("config.leaving.FORGET", ("apps.backpacks.leaving.forget",))
    with clock.at(clock.now() + verbs.COOLING_OFF + timedelta(minutes=1)):
        verbs.erase(gone.person.pk)

    begun = Event.objects.get(kind="person.erasure_begun", subject_id=gone.person.public_id)
    page = client.get(f"/accounts/erased/{begun.public_id}/")
    assert (page.status_code, "The account is being erased" in page.text) == (200, True)


def test_until_it_begins_and_of_somebody_who_stays_there_is_no_certificate(gone):
    before = accounts.erasure_of(gone.person)

    verbs.stay(gone.person, by=gone.person)

    assert (before, accounts.erasure_of(gone.person)) == (None, None)


def test_what_others_rely_on_is_as_it_was(gone, client, django_capture_on_commit_callbacks):
    issuer = gone.issuer.slug
    places = [entry.list for entry in StatusEntry.objects.filter(credential=gone.judged).select_related("list")]
    paths = [f"/issuers/{issuer}", f"/status/{issuer}/{places[0].number}", f"/issuers/{issuer}/ob2.json"]
    ask = {"HTTP_ACCEPT": "application/json"}
    documents = [client.get(path, **ask).content for path in paths]
    facts = ("public_id", "status", "state", "awarded_at", "version_id", "decision_id", "valid_until")
    awards = list(Credential.objects.order_by("pk").values(*facts))
    sums = list(gone.judged.forms.order_by("pk").values_list("format", "sha256"))

    erase(gone, django_capture_on_commit_callbacks)

    assert [client.get(path, **ask).content for path in paths] == documents
    assert list(Credential.objects.order_by("pk").values(*facts)) == awards
    assert list(gone.judged.forms.order_by("pk").values_list("format", "sha256")) == sums
    events.seal()
    said = StringIO()
    call_command("verify_events", stdout=said)
    assert Event.objects.filter(subject_id=gone.person.public_id, kind="person.erased").count() == 1


def test_public_addresses_answer_that_they_are_gone_and_name_nobody(gone, client, django_capture_on_commit_callbacks):
    piece = evidence_of(gone.attempt).filter(kind="image").get()
    held = links.to_file(piece, reader=None)
    c = f"/c/{gone.judged.public_id}"
    addresses = [
        *(c, f"{c}.json", f"{c}.jwt", f"{c}.png", f"{c}.svg", f"{c}.pdf", f"{c}/record", f"{c}/record.json"),
        *(f"{c}/card.png", f"{c}/ob2.json", f"{c}/ob2.png", f"{c}/ob2.svg", f"/c/{gone.direct.public_id}"),
        *(f"/p/{gone.handle}", f"/p/{gone.handle}/card.png", f"{c}/qr.svg", f"{c}/qr.png", f"/e/{piece.public_id}"),
    ]
    assert {client.get(f"/p/{gone.handle}").status_code, client.get(c).status_code} == {200}

    erase(gone, django_capture_on_commit_callbacks)

    assert {path: client.get(path).status_code for path in addresses} == dict.fromkeys(addresses, 410)
    page = client.get(c, HTTP_ACCEPT="text/html")
    assert (page.status_code, "gone for good" in page.text, gone.judged.version.name in page.text) == (410, True, False)
    assert client.get(held, HTTP_HOST="evidence.localhost:8000").status_code == 410
    # A token says nothing of whose it was: it answers as one that never was.
    assert client.get(f"/b/{tokens.token_of(gone.link)}/").status_code == 404
    assert client.get(f"/c/{'a' * 26}").status_code == 404


def test_of_collections_only_those_that_everybody_could_open_are_gone(gone, client, django_capture_on_commit_callbacks):
    owner = gone.person
    public = owner.collections.get()
    linked, withdrawn = (backpacks.make_collection(by=owner, title=f"{NAME} {n}") for n in range(2))
    for one in (linked, withdrawn):
        backpacks.write_block(one, by=owner, kind="text", words="x")
        backpacks.collect(one, owner.backpack_items.filter(kind="declared").first(), by=owner)
    link = backpacks.share(linked, by=owner)
    backpacks.publish_collection(withdrawn, by=owner)
    backpacks.unpublish_collection(withdrawn, by=owner)
    ends = ("", "cv/", "skills/", "card.png")
    addresses = [f"/b/{public.public_id}/{end}" for end in ends]
    others = [f"/b/{one}/" for one in (linked.public_id, withdrawn.public_id, tokens.token_of(link.public_id))]
    assert {client.get(path).status_code for path in addresses} == {200}

    erase(gone, django_capture_on_commit_callbacks)

    assert {path: client.get(path).status_code for path in addresses} == dict.fromkeys(addresses, 410)
    assert {path: client.get(path).status_code for path in others} == dict.fromkeys(others, 404)
    page = client.get(addresses[0], HTTP_ACCEPT="text/html")
    assert ("gone for good" in page.text, NAME in page.text, page.headers["X-Robots-Tag"]) == (True, False, "noindex")
    (kept,) = LeftCollection.objects.all()
    assert kept.id_hash != hashlib.sha256(public.public_id.encode()).hexdigest()


def test_nobody_takes_over_the_address_of_who_left(gone, django_capture_on_commit_callbacks):
    erase(gone, django_capture_on_commit_callbacks)

    with pytest.raises(Refused, match="That address is taken"):
        backpacks.edit_profile(someone := person(), by=someone, handle="ZyxQuill", headline="", about="")


def test_a_file_carried_away_can_still_be_checked(gone, django_capture_on_commit_callbacks):
    laid_out_anew = json.dumps(json.loads(gone.signed), indent=4)
    forged = gone.signed.replace(gone.judged.version.name, "Brain surgery")
    asked = (gone.png, gone.signed, laid_out_anew, forged)
    before = [verifier.check(one).valid for one in asked]

    erase(gone, django_capture_on_commit_callbacks)
    after = [verifier.check(one).valid for one in asked]
    credentials.revoke(gone.judged, by=owner_of(gone.issuer), reason="mistake", note="")
    outbox.drain()
    taken_back = [verifier.check(one).valid for one in asked]

    assert before == after == [True, True, True, False]
    assert taken_back == [False] * 4


def test_it_may_run_three_times_and_goes_on_where_it_stopped(gone, monkeypatch, django_capture_on_commit_callbacks):
    def stop(person_id):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(leaving, "forget", stop)
        with clock.at(clock.now() + verbs.COOLING_OFF + timedelta(minutes=1)), pytest.raises(RuntimeError):
            verbs.erase(gone.person.pk)
    half = User.objects.get(pk=gone.person.pk)

    for _each in range(3):
        erase(gone, django_capture_on_commit_callbacks)

    assert (half.name, half.is_active, half.erased_at) == (NAME, False, None)
    assert tables_that_name_them() == set()
    assert Event.objects.filter(kind="person.erased").count() == 1


def test_a_tombstone_is_seen_by_those_who_worked_with_them(gone, django_capture_on_commit_callbacks):
    erase(gone, django_capture_on_commit_callbacks)

    submission = gone.attempt.submission
    desk = browser(gone.assessor).get(f"/reviews/submissions/{submission.public_id}/")
    assert (desk.status_code in {200, 404}, NAME in desk.text) == (True, False)
    inside = browser(owner_of(gone.issuer))
    one = inside.get(f"/organisations/{gone.issuer.slug}/credentials/{gone.judged.public_id}/")
    assert (one.status_code, "Somebody who left" in one.text) == (200, True)
    assert inside.get(f"/organisations/{gone.issuer.slug}/credentials/").status_code == 200
