import base64
import hashlib
import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core import clock, outbox
from apps.core.models import Event, Installation, Job
from apps.core.refused import Refused
from apps.credentials import baking, queries, verbs, verifier
from apps.credentials.judged import Judged
from apps.credentials.models import Bake, Credential, SignedForm, SigningKey
from apps.credentials.verbs import signing
from apps.notices.models import Letter
from tests.factories import (
    assessor_of,
    awarded_credential,
    decided,
    marks_for,
    owner_of,
    person,
    published_version,
    taken_attempt,
)

pytestmark = pytest.mark.django_db


def test_an_award_is_signed_baked_and_told_and_lies_in_the_backpack():
    credential = awarded_credential()

    form = queries.signed_form(credential)
    bake = Bake.objects.get(form=form, picture="png")
    picture = queries.baked_png(credential.pk)
    assert (credential.state, credential.backpack_item.person) == ("offered", credential.earner)
    assert form.sha256 == hashlib.sha256(form.text.encode()).hexdigest()
    assert (bake.sha256, bake.size) == (hashlib.sha256(picture).hexdigest(), len(picture))
    assert baking.read(picture) == (3, form.text)
    letter = Letter.objects.get(kind="award")
    assert (letter.subject, letter.state) == ("You earned it: Sharpen a knife", "sent")
    sent = next(one for one in mail.outbox if one.subject == letter.subject)
    (attachment,) = sent.attachments
    assert attachment.get_payload(decode=True) == picture
    trail = Event.objects.filter(subject_id=credential.public_id).order_by("pk").values_list("kind", flat=True)
    assert list(trail) == [
        *("credential.awarded", "credential.signed", "credential.baked", "credential.offered"),
        # The further forms, all at once.
        "credential.signed",
    ]
    assert {*Event.objects.filter(subject_id=credential.public_id).latest("pk").data["forms"]} == {
        *SignedForm.Format.values,
    } - {"ob3-eddsa-rdfc-2022"}


def test_what_waits_is_made_together_and_what_cannot_be_signed_holds_up_none_of_it():
    version, elsewhere = published_version(), published_version()
    decisions = [decided(version=one) for one in (version, elsewhere, version, version)]
    credentials = [Credential.objects.get(decision_id=one.public_id) for one in decisions]
    broken = credentials.pop(1)
    # Nothing opens this key: somebody changed it.
    key = verbs.make_key(broken.issuer)
    SigningKey.objects.filter(pk=key.pk).update(encrypted=key.encrypted[:-4])
    jobs = {one.pk: Job.objects.get(key=f"bake:{one.public_id}") for one in (broken, *credentials)}

    together = outbox.run(jobs[credentials[0].pk].pk)
    outbox.drain()

    assert together == 1  # the first of four, which failed together
    for one in credentials:
        form = one.forms.get(format="ob3-eddsa-rdfc-2022")
        baked = form.bakes.get(picture="png")
        trail = Event.objects.filter(subject_id=one.public_id).order_by("pk")
        assert [(told.kind, told.data) for told in trail[1:4]] == [
            ("credential.signed", {"format": form.format, "sha256": form.sha256, "key": form.key.public_id}),
            ("credential.baked", {"sha256": baked.sha256}),
            ("credential.offered", {}),
        ]
        assert Credential.objects.get(pk=one.pk).state == "offered"
        assert [letter.state for letter in Letter.objects.filter(kind="award", person=one.earner)] == ["sent"]
    assert Credential.objects.get(pk=broken.pk).state == "awarded"
    assert (Job.objects.get(pk=jobs[broken.pk].pk).state, broken.forms.count()) == ("pending", 0)


def test_a_whole_row_of_awards_is_made_by_as_many_questions_as_a_few():
    version = published_version()

    def asked(number):
        made = [Credential.objects.get(decision_id=decided(version=version).public_id) for _ in range(number)]
        verbs.bake([made[0].pk])  # the key is there, and what is looked up once a process
        ids = [one.pk for one in made[1:]]
        with CaptureQueriesContext(connection) as queries:
            verbs.bake(ids)
        assert {*Credential.objects.filter(pk__in=ids).values_list("state", flat=True)} == {"baked"}
        return len(queries)

    assert asked(3) == asked(9)


def test_every_form_is_signed_once_and_every_picture_that_holds_one_has_its_digest():
    credential = awarded_credential()

    forms = {form.format: form for form in credential.forms.all()}
    assert set(forms) == {kind.value for kind in SignedForm.Format}
    assert {kind: forms[kind].key.algorithm for kind in forms} == {
        "ob3-eddsa-rdfc-2022": "ed25519",
        "ob3-jwt-eddsa": "ed25519",
        "ob3-jwt-es256": "p256",
        "ob3-jwt-rs256": "rsa",
        "ob2-jws": "rsa",
    }
    for bake in Bake.objects.filter(form__credential=credential).select_related("form"):
        picture = queries.baked(bake.picture, bake.form, credential.version)
        assert (hashlib.sha256(picture).hexdigest(), len(picture)) == (bake.sha256, bake.size)
        assert baking.read(picture).text == bake.form.text
    held = sorted(Bake.objects.values_list("form__format", "picture"))
    assert held == [(kind, picture) for kind in ("ob2-jws", "ob3-eddsa-rdfc-2022") for picture in ("png", "svg")]


def test_what_was_awarded_before_there_were_further_forms_gets_them():
    credential = Credential.objects.get(decision_id=decided().public_id)
    verbs.bake([credential.pk])
    # As an installation finds it that was there before: no job was ever written for them.
    Job.objects.filter(key=f"sign_others:{credential.public_id}").delete()

    on_the_day = verbs.sign_missing()
    with clock.at(clock.now() + timedelta(days=2)):
        found = verbs.sign_missing()
        outbox.drain()

        assert (on_the_day, found, credential.forms.count(), verbs.sign_missing()) == (0, 1, len(SignedForm.Format), 0)


def test_of_very_many_a_part_is_looked_at_each_day_and_in_as_many_days_all(monkeypatch):
    for _number in range(3):
        newest = Credential.objects.get(decision_id=decided().public_id)
        verbs.bake([newest.pk])
        Job.objects.filter(key=f"sign_others:{newest.public_id}").delete()
    part = max(newest.pk // 3, 1)
    monkeypatch.setattr(signing, "LOOKED_AT", part)

    found = []
    for days in range(2, newest.pk // part + 3):
        with clock.at(clock.now() + timedelta(days=days)):
            found.append(verbs.sign_missing())

    assert (sum(found), 0 in found) == (3, True)


def test_the_file_verifies_and_a_changed_one_does_not():
    credential = awarded_credential()
    picture = queries.baked_png(credential.pk)

    whole = verifier.check(picture)
    changed = verifier.check(picture.replace(b"Sharpen a knife", b"Sharpen a spoon", 1))

    assert (whole.valid, {check.name: check.result for check in whole.checks}) == (
        True,
        dict.fromkeys(("format", "signature", "issuer", "in_time", "record", "status", "evidence"), "pass"),
    )
    assert (changed.valid, [(check.name, check.result) for check in changed.checks]) == (False, [("format", "fail")])


def test_running_every_job_three_times_changes_nothing():
    awarded_credential()
    before = _all_rows()

    for _round in range(2):
        Job.objects.update(state="pending", done_at=None)
        outbox.drain()

    assert _all_rows() == before


def _all_rows():
    return (
        list(Credential.objects.values_list("pk", "state")),
        list(SignedForm.objects.values_list("pk", "text")),
        list(Bake.objects.values_list("pk", "sha256")),
        list(Letter.objects.values_list("pk", "state")),
        SigningKey.objects.count(),
        len([one for one in mail.outbox if one.subject.startswith("You earned it")]),
    )


def test_the_signed_bytes_hold_the_rubric_result_and_nobodys_words_or_name():
    version = published_version()
    attempt, assessor = taken_attempt(version)
    from apps.reviews import verbs as reviews
    from tests.factories import ALL_GOOD

    reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="A private word.")
    outbox.drain()

    text = SignedForm.objects.get(format="ob3-eddsa-rdfc-2022").text
    body = json.loads(text)
    page = f"http://localhost:8000/achievements/{version.achievement.slug}/v1"
    assert body["credentialSubject"]["result"] == [
        {
            "type": ["Result"],
            "resultDescription": f"{page}#c1",
            "achievedLevel": f"{page}#c1-l2",
            "status": "Completed",
        },
        {
            "type": ["Result"],
            "resultDescription": f"{page}#c2",
            "achievedLevel": f"{page}#c2-l3",
            "status": "Completed",
        },
        {
            "type": ["Result"],
            "resultDescription": f"{page}#c3",
            "achievedLevel": f"{page}#c3-l2",
            "status": "Completed",
        },
    ]
    (piece,) = body["evidence"]
    assert (piece["name"], piece["genre"], piece["id"]) == (
        "Evidence 1",
        "Text",
        f"http://localhost:8000/e/{attempt.evidence.get().public_id}",
    )
    learner = attempt.submission.learner
    for form in SignedForm.objects.all():
        said = form.text if form.text.startswith("{") else json.dumps(_payload(form.text), ensure_ascii=False)
        for leak in (learner.name, learner.email, "Log", "ten knives", "A private word", "Well shown", assessor.name):
            assert leak not in said


def _payload(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_what_was_awarded_is_never_changed_even_by_sql():
    credential = awarded_credential()

    for act in (
        lambda: Credential.objects.filter(pk=credential.pk).update(snapshot={}),
        lambda: Credential.objects.filter(pk=credential.pk).update(valid_until=credential.valid_from),
        lambda: Credential.objects.filter(pk=credential.pk).delete(),
        lambda: SignedForm.objects.update(text="other"),
        lambda: Bake.objects.update(sha256="0" * 64),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_a_second_live_credential_of_one_achievement_is_refused_by_the_database():
    credential = awarded_credential()
    copy = Credential.objects.get(pk=credential.pk)
    copy.pk, copy.public_id, copy.decision_id = None, "another", "another"
    copy._state.adding = True

    with pytest.raises(IntegrityError, match="one_live_credential_a_person"), transaction.atomic():
        copy.save()


def test_an_installation_signs_as_one_origin_for_ever(settings):
    awarded_credential()
    assert Installation.objects.get().public_url == "http://localhost:8000"
    settings.PUBLIC_URL = "https://elsewhere.example"

    with pytest.raises(Refused, match="signs as http://localhost:8000"):
        decided()

    assert Credential.objects.count() == 1


def test_an_expiry_stands_in_the_file_and_on_the_row():
    credential = awarded_credential(version=published_version(valid_for_days=30))

    body = json.loads(queries.signed_form(credential).text)
    assert (credential.valid_until - credential.valid_from).days == 30
    assert body["validUntil"] == credential.valid_until.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_key_is_made_once_for_an_issuer_and_signs_all_its_credentials():
    version = published_version()
    assessor = assessor_of(version.achievement)
    for _round in range(2):
        attempt, _by = taken_attempt(version, assessor=assessor)
        from apps.reviews import verbs as reviews
        from tests.factories import ALL_GOOD

        reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    outbox.drain()

    keys = SigningKey.objects.filter(issuer=version.achievement.issuer)
    assert sorted(keys.values_list("algorithm", flat=True)) == ["ed25519", "p256", "rsa"]
    assert set(SignedForm.objects.values_list("key", flat=True)) == {key.pk for key in keys}
    assert SignedForm.objects.count() == 2 * len(SignedForm.Format)


def test_show_lifts_and_lowers_and_only_the_earner_may(django_user_model):
    from django.core.exceptions import PermissionDenied

    credential = awarded_credential()
    stranger = assessor_of(credential.achievement)

    with pytest.raises(PermissionDenied):
        verbs.show(credential, "link", by=stranger)
    assert verbs.show(credential, "link", by=credential.earner) is True
    assert verbs.show(credential, "link", by=credential.earner) is False
    assert Event.objects.get(kind="credential.shown").data == {"before": "private", "after": "link"}


def test_whose_proof_was_taken_away_meanwhile_is_named_by_their_accounts_address():
    version, earner = published_version(), person()
    EmailAddress.objects.filter(user=earner).update(verified=False)

    new = verbs.award(
        version,
        earner=earner,
        basis="pathway",
        decision_id=None,
        judged=Judged(),
        by=owner_of(version.achievement.issuer),
        at=clock.now(),
    )
    outbox.drain()

    assert set(new.forms.values_list("format", flat=True)) == set(SignedForm.Format)
    for form in new.forms.all():
        assert verifier.check(form.text, recipient=earner.email).whose.result == "pass", form.format
