"""`manage.py export_person`: what is held about somebody, for somebody who asks."""

import io
import json
import stat
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from apps.accounts import verbs as accounts
from apps.backpacks import exporting, verbs
from apps.core.models import Event
from tests.accounts.leaver import ADDRESS, NAME, OTHER, leaver
from tests.accounts.test_merge import columns
from tests.factories import PASSWORD, browser, person

pytestmark = pytest.mark.django_db


# Every column that names a person: the part of account.json that tells of it, or why it tells of none.
LIES_IN_THE_ARCHIVE = "whole, beside account.json: its badges, collections and work"
DONE_FOR_OTHERS = "it says who did something in an office, about others; `events` has that they did, and when"
STAFF = "rights of whoever runs the installation, which they gave themselves"
COLUMNS = {
    "account.EmailAddress.user": ["addresses"],
    "accounts.ApiToken.person": ["tokens"],
    "accounts.Consent.person": ["consents"],
    "accounts.GuardianConsent.person": ["guardians"],
    "accounts.KeptAnswer.person": "what a program of theirs was told, for a day: all of it stands elsewhere",
    "accounts.LegalHold.person": ["holds"],
    "accounts.LegalHold.placed_by": DONE_FOR_OTHERS,
    "accounts.LegalHold.lifted_by": DONE_FOR_OTHERS,
    "accounts.Merge.giver": ["accounts_put_together"],
    "accounts.Merge.taker": ["accounts_put_together"],
    "accounts.User.merged_into": ["accounts_put_together"],
    "accounts.User_groups.user": STAFF,
    "accounts.User_user_permissions.user": STAFF,
    "admin.LogEntry.user": DONE_FOR_OTHERS,
    "backpacks.BackpackItem.person": LIES_IN_THE_ARCHIVE,
    "backpacks.Collection.person": LIES_IN_THE_ARCHIVE,
    "backpacks.DeclaredCredential.person": LIES_IN_THE_ARCHIVE,
    "backpacks.FormerHandle.person": ["former_handles"],
    "backpacks.Import.person": ["imports"],
    "backpacks.Profile.person": ["profile"],
    "credentials.BulkAward.by": DONE_FOR_OTHERS,
    "credentials.ClaimCode.made_by": DONE_FOR_OTHERS,
    "credentials.ClaimRequest.decided_by": DONE_FOR_OTHERS,
    "credentials.ClaimRequest.person": ["claim_requests"],
    "credentials.Credential.earner": LIES_IN_THE_ARCHIVE,
    "credentials.Endorsement.answered_by": DONE_FOR_OTHERS,
    "credentials.Endorsement.asked_by": ["endorsements"],
    "credentials.ForeignCredential.holder": LIES_IN_THE_ARCHIVE,  # and what was given up in `given_up`
    "frameworks.FrameworkImport.by": DONE_FOR_OTHERS,
    "issuers.AchievementVersion.sent_in_by": DONE_FOR_OTHERS,
    "issuers.ApprovalStep.by": DONE_FOR_OTHERS,
    "issuers.DesignComment.by": DONE_FOR_OTHERS,
    "issuers.Invitation.invited_by": DONE_FOR_OTHERS,
    "issuers.Seat.person": ["seats"],
    "mfa.Authenticator.user": ["ways_in"],
    "notices.Letter.person": ["letters"],
    "notices.Notice.person": ["notices"],
    "notices.Preference.person": ["preferences"],
    "pathways.Agreement.answered_by": DONE_FOR_OTHERS,
    "pathways.Agreement.proposed_by": DONE_FOR_OTHERS,
    "pathways.CreditRequest.answered_by": DONE_FOR_OTHERS,
    "pathways.CreditRequest.learner": ["credit_requests"],
    "pathways.Enrolment.learner": ["enrolments"],
    "pathways.Equivalence.answered_by": DONE_FOR_OTHERS,
    "pathways.Equivalence.proposed_by": DONE_FOR_OTHERS,
    "pathways.Group.made_by": DONE_FOR_OTHERS,
    "pathways.Group.mentor": ["mentor_of"],
    "pathways.Pathway.owner": ["plans"],
    "pathways.StackDecision.by": DONE_FOR_OTHERS,
    "reviews.Annotation.by": DONE_FOR_OTHERS,
    "reviews.Annotation.resolved_by": DONE_FOR_OTHERS,
    "reviews.Assignment.assessor": DONE_FOR_OTHERS,
    "reviews.Assignment.offered_by": DONE_FOR_OTHERS,
    "reviews.BankComment.made_by": DONE_FOR_OTHERS,
    "reviews.Conflict.assessor": ["conflicts"],
    "reviews.Consequence.by": DONE_FOR_OTHERS,
    "reviews.Decision.by": DONE_FOR_OTHERS,
    "reviews.Moderation.by": DONE_FOR_OTHERS,
    "reviews.SavedView.person": ["saved_views"],
    "reviews.Turn.holder": DONE_FOR_OTHERS,
    "submissions.CoachTalk.by": DONE_FOR_OTHERS,
    "submissions.Message.author": ["messages"],
    "submissions.Submission.learner": ["submissions"],
    "submissions.ThreadSeen.person": ["threads_read"],
    "submissions.Upload.learner": ["uploads"],
    "usersessions.UserSession.user": ["signed_in"],
}


def test_every_column_that_names_a_person_is_told_of_or_has_said_why_not(settings):
    one = leaver(settings)
    verbs.give_up(one.person.backpack_items.get(kind="elsewhere"), by=one.person)
    named = {name for name, model, field in columns() if model.objects.filter(**{field: one.person}).exists()}

    archive = zipfile.ZipFile(io.BytesIO(b"".join(exporting.access(one.person))))
    told = json.loads(archive.read("account.json"))

    assert {name for name, *_rest in columns()} == set(COLUMNS)
    parts = {name: where[0] for name, where in COLUMNS.items() if isinstance(where, list)}
    assert {part for part in parts.values() if part not in told} == set()
    assert {name: part for name, part in parts.items() if name in named and not told[part]} == {}
    assert len([name for name in parts if name in named]) > 15  # it was worth looking
    assert ([one["state"] for one in told["given_up"]], len(told["links"])) == (["given_up"], 1)
    assert [item["file"] in archive.namelist() for item in told["imports"][0]["items"]] == [True, True]
    assert [
        (one["name"], [step["name"] for step in one["steps"] if step["name"]]) for one in told["plans"][0]["versions"]
    ] == [(f"{NAME}’s plan", [f"What {NAME} likes"])] * 2  # what is used, and the draft of what comes next
    assert [
        one["reason"] for walk in told["enrolments"] for stack in walk["reached"] for one in stack["decisions"]
    ] == [f"{NAME} showed it."]
    assert [one["grounds"] for one in told["appeals"]] == [f"They never asked {NAME}."]
    assert [name for name in archive.namelist() if name.startswith("drafts/") and name.endswith("draft.json")] != []


def test_what_was_taken_out_of_a_collection_and_can_be_put_back_is_told():
    collection = verbs.make_collection(by=person("Tama"), title="Blades")
    block = verbs.write_block(collection, by=collection.person, kind="text", words="About the winter.")
    verbs.uncollect(block, by=collection.person)

    told = json.loads(zipfile.ZipFile(io.BytesIO(b"".join(exporting.access(collection.person)))).read("account.json"))[
        "taken_out"
    ]

    (taken,) = told
    assert {name: taken[name] for name in ("kind", "words", "badge", "of")} == {
        "kind": "text",
        "words": "About the winter.",
        "badge": None,
        "of": "Blades",
    }


def export(address, to):
    said = io.StringIO()
    call_command("export_person", address, to=to, stdout=said)
    return said.getvalue()


def test_everything_is_in_it_no_secret_is_and_nothing_of_it_is_shown(settings, tmp_path):
    one = leaver(settings).person
    token, secret = accounts.create_token(one, by=one, name="Report", scopes=["profile:read"])
    to = tmp_path / "theirs.zip"

    said = export(ADDRESS.upper(), to)

    assert (said.startswith(f"Written: {to}"), NAME in said, stat.S_IMODE(to.stat().st_mode)) == (True, False, 0o600)
    archive = zipfile.ZipFile(to)
    assert archive.testzip() is None
    told = json.loads(archive.read("account.json"))
    assert (told["person"]["name"], len(told["addresses"]), [one["text"] for one in told["messages"]]) == (
        *(NAME, 3),
        [f"{NAME} here."],
    )
    assert {one["name"] for one in told["tokens"]} == {"Zyxquill's laptop", "Report"}
    assert {"person.registered", "submission.submitted", "token.created"} <= {one["kind"] for one in told["events"]}
    assert [len(told[part]) > 0 for part in ("signed_in", "letters", "notices", "consents", "invitations")] == [
        True
    ] * 5
    assert [(one["state"], one["address"], one["narrative"]) for one in told["rows"]] == [
        ("awarded", ADDRESS, f"{NAME} helped."),
        ("ready", ADDRESS, f"{NAME} helped."),
        ("problem", OTHER, ""),
    ]
    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert [hidden.encode() in whole for hidden in (secret, token.token_hash, one.password)] == [False] * 3
    assert Event.objects.filter(kind="person.exported", subject_id=one.public_id).count() == 1


def sure(one):
    """A browser in which they have said once more that it is them."""
    inside = browser(one)
    inside.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return inside


def exported():
    return list(Event.objects.filter(kind="person.exported").values_list("subject_id", "actor_id"))


def test_whoever_is_sure_to_be_it_downloads_all_that_is_held_about_them(settings):
    one = leaver(settings).person

    page = sure(one).get("/backpack/export/").content.decode()
    answer = sure(one).post("/backpack/export/account/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))

    assert ('action="/backpack/export/account/"' in page, "Everything we hold about you" in page) == (True, True)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store")
    assert answer["Content-Disposition"].startswith('attachment; filename="account-')
    assert json.loads(archive.read("account.json"))["person"]["name"] == NAME
    assert {"manifest.json", "badges.csv", "SHA256SUMS"} <= set(archive.namelist())
    assert "account.json" in archive.read("README.txt").decode()
    assert exported() == [(one.public_id, one.public_id)]


def test_whoever_was_signed_in_long_ago_is_asked_is_it_you_and_a_visitor_to_sign_in():
    asked = browser(person()).post("/backpack/export/account/")
    visitor = browser().post("/backpack/export/account/")

    assert [(one.status_code, one["Location"][:24]) for one in (asked, visitor)] == [
        (302, "/accounts/reauthenticate"),
        (302, "/accounts/login/?next=/b"),
    ]
    assert exported() == []


def test_nobody_takes_another_person_away():
    with pytest.raises(PermissionDenied):
        verbs.export_account(person(), by=person())

    assert exported() == []


def test_nobody_with_that_address_and_a_file_that_is_there_are_told(tmp_path):
    with pytest.raises(CommandError, match="Nobody here has proved"):
        export("nobody@people.example", tmp_path / "a.zip")
    there = tmp_path / "b.zip"
    there.write_bytes(b"kept")
    with pytest.raises(CommandError, match="File exists"):
        export(person().email, there)

    assert (there.read_bytes(), Event.objects.filter(kind="person.exported").count()) == (b"kept", 0)


def test_whoever_is_asked_is_it_you_and_says_yes_gets_it_at_once():
    one = person()
    inside = browser(one)
    asked = inside.post("/backpack/export/account/")

    answer = inside.post(asked["Location"], {"password": PASSWORD}, follow=True)

    assert answer["Content-Type"] == "application/zip"
    assert exported() == [(one.public_id, one.public_id)]


def test_the_archive_tells_of_no_address_that_was_asked_for_whether_it_has_an_account():
    one, other, asked = person(), person(), person()

    def told(someone):
        archive = zipfile.ZipFile(io.BytesIO(b"".join(exporting.access(someone))))
        told = json.loads(archive.read("account.json"))
        return told["accounts_put_together"], [event["kind"] for event in told["events"]]

    before = told(one)
    accounts.ask_merge(one, by=one, address="nobody@people.example")
    nobody = told(one)
    accounts.ask_merge(one, by=one, address=asked.email)
    somebody = told(one)

    assert nobody == before
    assert somebody == before
    assert [entry["merged_at"] for entry in told(asked)[0]] == [None]
    accounts.merge(accounts.begin_merge(one, by=one), by=other)
    assert [entry["took_the_other_in"] for entry in told(one)[0]] == [True]
    assert told(one)[1] == [*before[1], "person.merged"]
