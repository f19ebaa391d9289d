"""The demo college: built once here, by the same verbs as anybody's, and looked at from all sides."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import F

from apps.accounts.models import User
from apps.accounts.queries import open_documents
from apps.backpacks import showing, tokens
from apps.backpacks.models import BackpackItem, Collection, Import, ShareLink
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.credentials import queries as credential_queries
from apps.credentials import verifier
from apps.credentials.models import Credential
from apps.demo import build, people, queries
from apps.frameworks import queries as frameworks
from apps.frameworks.models import FrameworkVersion
from apps.issuers.models import AchievementVersion, Issuer
from apps.pathways.models import CreditRequest
from apps.reviews import queries as desk
from apps.reviews.models import (
    Annotation,
    Appeal,
    Assignment,
    BankComment,
    Conflict,
    Consequence,
    Decision,
    Moderation,
    Part,
    Turn,
)
from apps.submissions import gaps, places
from apps.submissions.models import Attempt, Capture, EvidenceItem, Finding, Message, Submission
from tests.factories import code_sent_to
from tests.reviews.plainly import free_for, queue_for

# One process builds it for all of these; each then works inside the transaction that holds it.
pytestmark = [pytest.mark.django_db]
EVERYWHERE = "0.0.0.0"  # noqa: S104 - never listened on


@pytest.fixture(scope="module")
def college(around_the_file):
    assert build.build() is True


def run(*words):
    out = StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


def test_show_as_json_tells_a_script_where_to_go(college):
    shown = json.loads(run("--show", "--format", "json"))

    assert shown == {
        "public_url": "http://localhost:8000",
        "address": "http://localhost:8000",
        "sign_ins": [
            {"role": role, "email": f"{role}@demo.example", "password": people.PASSWORD}
            for role in ("learner", "assessor", "moderator", "designer", "owner", "operator")
        ],
        "credentials": [
            {"id": one.public_id} for one in Credential.objects.exclude(visibility="private").order_by("awarded_at")
        ],
        "collections": [
            {"url": tokens.address_of(one)} for one in ShareLink.objects.filter(revoked_at=None).order_by("made_at")
        ],
        "submissions": [{"id": one.public_id, "state": one.state} for one in Submission.objects.order_by("started_at")],
    }
    assert len(shown["credentials"]) >= 3
    assert len(shown["collections"]) >= 2


def test_show_as_a_table_names_every_sign_in_and_shared_page(college):
    shown = run("--show")

    for person in people.SIGN_INS.values():
        assert person.email in shown
        assert person.name in shown
    assert people.PASSWORD in shown
    for link in ShareLink.objects.live():
        assert f"http://localhost:8000/b/{tokens.token_of(link.public_id)}/" in shown


def test_building_it_again_does_nothing(college):
    before = (User.objects.count(), Event.objects.count(), Job.objects.count())

    said = run()

    assert said == "The demo college stands already; nothing was done.\n"
    assert (User.objects.count(), Event.objects.count(), Job.objects.count()) == before


def test_there_are_three_issuers_a_group_above_one_and_sixteen_achievements_one_of_them_in_its_second_version(
    college,
):
    open_now = AchievementVersion.objects.public()

    assert Issuer.objects.count() == 4
    assert open_now.count() == 16
    assert {one.achievement.slug for one in open_now.filter(number=2)} == {"shear-a-full-wool-ewe"}
    assert AchievementVersion.objects.filter(state="retired").count() == 1
    assert max(len(one.name) for one in open_now) == 60
    assert len({one.picture_sha256 for one in open_now}) == 16


def test_two_frameworks_are_there_and_named_as_samples(college):
    current = FrameworkVersion.objects.current().select_related("framework")

    assert {one.framework.kind: one.items_count for one in current} == {
        "skills": 25,
        "levels": 5,
    }
    assert all(one.framework.title.startswith("Sample: ") for one in current)
    assert {item.code for item in frameworks.search_items("harm")} == {"W6"}
    levels = {level for item in current.get(framework__kind="skills").items.all() for level in item.levels}
    assert levels <= {item.code for item in current.get(framework__kind="levels").items.all()}


def test_every_rubric_has_three_to_six_criteria_of_three_or_four_described_levels(college):
    for version in AchievementVersion.objects.readable().with_rubric():
        rubric = version.criteria.all()
        assert 3 <= len(rubric) <= 6 if version.takes_work else not rubric, version
        for criterion in rubric:
            levels = criterion.levels.all()
            assert len(levels) in {3, 4}, criterion
            assert all(len(level.description) > 20 for level in levels), criterion
            assert len({level.description for level in levels}) == len(levels), criterion


def test_what_stood_behind_each_link_is_kept_and_named_by_the_manifests(college):
    links = EvidenceItem.objects.filter(kind="link")
    named = sum(one.manifest.count('"capture"') for one in Attempt.objects.exclude(manifest=""))

    assert not Capture.objects.filter(outcome="failed").exists()
    assert {one.url for one in links} == set(Capture.objects.values_list("url", flat=True))
    assert named == links.exclude(attempt__manifest="").count() > 0


def test_designs_wait_at_every_step_of_the_making(college):
    making = AchievementVersion.objects.filter(state__in=AchievementVersion.UNSEEN)

    assert sorted((one.name, one.state, one.number) for one in making) == [
        ("Grind and set handpiece gear", "draft", 2),
        ("Hand over a shift so that others can act on it", "in_approval", 1),
        ("Run a repair evening", "draft", 1),
    ]
    waiting = making.get(state="in_approval")
    assert [step.outcome for step in waiting.approval_steps.all()] == ["sent_in", "changes_asked", "sent_in"]
    assert [bool(one.resolved_at) for one in waiting.design_comments.all()] == [False, True]


def test_work_stands_in_every_state_there_is(college):
    states = Counter(Submission.objects.values_list("state", flat=True))

    assert set(states) == set(Submission.State.values)
    assert sum(states.values()) >= 30
    assert Attempt.objects.filter(number=2, state=Attempt.State.OPEN).exists()
    assert Attempt.objects.filter(number=2, state=Attempt.State.ASSESSABLE).exists()
    assert Attempt.objects.filter(number=2, submission__state=Submission.State.AWARDED).exists()
    assert set(EvidenceItem.objects.values_list("kind", flat=True)) == set(EvidenceItem.Kind.values)
    assert Assignment.objects.live().count() == 2


def test_the_work_that_the_assessor_holds_says_where_to_look(college):
    held = Assignment.objects.live().get(assessor__email="assessor@demo.example").attempt

    assert {
        (piece.kind, str(support.place))
        for piece in held.evidence.all()
        for support in piece.supports.all()
        if support.place != places.NOWHERE
    } == {
        ("link", "0:15"),
        ("link", "7:15"),
        ("video", "0:01"),
        ("video", "0:06"),
        ("image", "“the one nick, behind the shoulder”"),
        ("document", "page 2"),
    }


def test_work_waits_in_every_part_and_was_decided_in_every_way(college):
    assessor, moderator = (User.objects.get(email=f"{role}@demo.example") for role in ("assessor", "moderator"))
    free = {one.part for person in (assessor, moderator) for one in free_for(person)}
    passed_back = Assignment.objects.get(state=Assignment.State.OFFERED)

    assert free == set(Part.values)
    assert {one.part for one in free_for(moderator)} >= {"adjudicate", "moderate", "appeal"}
    assert {one.part for one in free_for(assessor)} >= {"grant", "second"}
    assert (passed_back.assessor, passed_back.turn.part) == (assessor, "first")
    waiting = Turn.objects.open().filter(part=Part.MODERATE, attempt__decisions__replaced_by=None)
    assert {one is None for one in waiting.values_list("attempt__decisions__released_at", flat=True)} == {True, False}
    assert set(Decision.objects.values_list("how", flat=True)) == set(Decision.How.values)
    assert set(Moderation.objects.values_list("verdict", flat=True)) == {"agreed", "changed"}
    assert {one.state for one in Appeal.objects.all()} == {"lodged", "upheld"}
    assert Conflict.objects.get().assessor == assessor


def test_what_is_not_yet_there_says_whether_to_revise_or_to_bring_new_evidence(college):
    asked = Finding.objects.exclude(next_step="").order_by("attempt__submission__learner__name", "criterion__position")

    assert list(asked.values_list("attempt__submission__learner__name", "criterion__position", "next_step")) == [
        (people.BRID.name, 2, "new_evidence"),
        (people.SEMISI.name, 1, "new_evidence"),
        (people.SEMISI.name, 2, "revise"),
        (people.SEMISI.name, 3, "revise"),
    ]


def test_a_badge_went_out_before_its_decision_changed(college):
    consequence = Consequence.objects.get()
    owner = User.objects.get(email="owner@demo.example")

    assert (consequence.done, consequence.credential.status) == ("", Credential.Status.VALID)
    assert [one.credential for one in desk.consequences_for(owner)] == [consequence.credential]


def test_notes_stand_at_places_of_the_evidence_for_both_kinds_of_reader(college):
    placed = Annotation.objects.filter(parent=None)

    assert {(one.evidence.kind, one.for_learner) for one in placed.filter(seconds__isnull=False)} >= {
        ("video", True),
        ("video", False),
    }
    assert {(one.evidence.kind, one.for_learner) for one in placed.filter(page__isnull=False)} >= {
        ("document", True),
        ("document", False),
    }
    assert Annotation.objects.exclude(parent=None).count() == 1
    assert sorted(BankComment.objects.values_list("uses", flat=True)) == [0, 0, 1, 1, 1, 1]


def test_what_shows_its_learner_is_judged_blind(college):
    veiled = EvidenceItem.objects.get(shows_me=True)

    assert veiled.attempt.submission.version.blind


def test_the_learners_draft_lacks_one_thing(college):
    draft = Attempt.objects.get(submission__learner__email="learner@demo.example", submission__state="draft")

    assert [gap.words for gap in gaps.gaps_of(draft)] == ["Say which evidence supports “Share it plainly”."]
    assert {piece.kind for piece in draft.evidence.all()} == {
        *("text", "credential", "image", "data", "document", "link", "reflection")
    }


def test_a_recording_is_a_recording_and_says_in_words_what_is_heard(college):
    recorded = EvidenceItem.objects.filter(kind__in=("audio", "video"))

    assert {one.media_type for one in recorded} == {"audio/wav", "video/webm"}
    assert all(one.transcript and one.size < 400_000 for one in recorded)


def test_some_lend_their_work_and_some_pictures_show_people_who_agreed(college):
    assert Submission.objects.exclude(sample_since=None).count() == 3
    agreed = EvidenceItem.objects.filter(people="agreed")
    assert agreed.count() >= 5
    assert all(one.people_note for one in agreed)


def test_the_assessor_has_late_work_and_work_due_later_holds_one_and_was_passed_one_back(college):
    assessor = User.objects.get(email="assessor@demo.example")

    counts = desk.counts_for(assessor)

    assert counts["late"] >= 1
    assert counts["all"] - counts["late"] >= 5
    assert counts["mine"] == 2


def test_every_credential_reached_its_earner_and_verifies(college):
    for credential in Credential.objects.all():
        assert credential.state in {Credential.State.OFFERED, Credential.State.CLAIMED}
        assert credential.backpack_item.person_id == credential.earner_id
        report = verifier.check(credential_queries.baked_png(credential.pk))
        stands = credential.status == "valid" and not credential.has_run_out
        assert report.valid is stands, (credential, report)


def test_awards_have_a_fate(college):
    found = Counter(one.standing for one in Credential.objects.all())
    bases = Counter(Credential.objects.values_list("basis", flat=True))

    assert {"suspended", "revoked", "superseded", "expired", "valid"} <= set(found)
    assert bases["direct"] == 7


def test_an_award_came_back_some_wait_and_somebody_asks_with_a_code(college):
    polytechnic = Issuer.objects.get(slug="longwater-polytechnic")
    letters = {one.recipient_name: one.letter for one in credential_queries.unclaimed_at(polytechnic)}
    (code,) = credential_queries.codes_of(polytechnic)

    assert (letters["Piripi Waaka"], letters["Mele Fifita"]) == ("address_needed", "sent")
    reminders = Credential.objects.get(sent_name="Mele Fifita").deliveries.filter(kind="reminder")
    assert list(reminders.values_list("number", flat=True)) == [7, 30]
    assert (code.standing, code.taken, code.waiting) == ("open", 2, 1)


def test_some_is_public_some_by_link_some_private_and_nothing_is_left_over(college):
    assert set(Credential.objects.values_list("visibility", flat=True)) == set(Credential.Visibility.values)
    shared = Collection.objects.filter(share_links__revoked_at=None, share_links__isnull=False)
    assert shared.exists()
    assert Collection.objects.filter(share_links=None).exists()
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


def test_three_of_five_credits_count_at_another_house_and_one_request_waits_outside(college):
    told = CreditRequest.objects.order_by("asked_at").values_list("state", "credits_granted", "learner__email")
    assert list(told) == [("partly", 3, people.MARAMA.email), ("asked", None, people.MARAMA.email)]


def test_everybody_signs_in_with_the_demo_password(college):
    for email in (one.email for one in people.EVERYBODY):
        assert authenticate(None, email=email, password=people.PASSWORD).email == email


def test_no_one_signs_in_where_others_could_reach_it(college, settings):
    settings.BIND = EVERYWHERE
    assert authenticate(None, email="learner@demo.example", password=people.PASSWORD) is None

    settings.DEMO_PUBLIC = True
    assert authenticate(None, email="learner@demo.example", password=people.PASSWORD) is not None

    settings.DEMO_ALLOWED = False
    assert authenticate(None, email="LEARNER@demo.example", password=people.PASSWORD) is None


def test_a_code_lets_no_one_in_there_either(college, client, settings):
    learner = people.SIGN_INS["learner"].email
    settings.BIND = EVERYWHERE
    client.post("/accounts/login/code/", {"login": learner})

    refused = client.post("/accounts/login/code/confirm/", {"code": code_sent_to(learner)})

    assert refused.headers["Location"] == "/accounts/inactive/"
    assert client.get("/accounts/profile/").status_code == 302
    settings.DEMO_PUBLIC = True
    client.post("/accounts/login/code/", {"login": learner})
    allowed = client.post("/accounts/login/code/confirm/", {"code": code_sent_to(learner)})
    assert allowed.headers["Location"] == "/"


def test_everybody_has_agreed_to_the_terms_when_they_came(college):
    for someone in User.objects.filter(email__in=[one.email for one in people.EVERYBODY]):
        assert open_documents(someone) == []
        assert {consent.given_at for consent in someone.consents.all()} == {someone.joined_at}


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        ({"BIND": EVERYWHERE}, "DEMO_PUBLIC=on"),
        ({"BIND": "192.0.2.7"}, "DEMO_PUBLIC=on"),
        ({"DEMO_ALLOWED": False, "DEMO_PUBLIC": True}, "keep it out"),
    ],
)
@pytest.mark.parametrize("words", [(), ("--show",)])
def test_it_is_neither_built_nor_shown_where_others_could_reach_it(college, settings, refused, why, words):
    for name, value in refused.items():
        setattr(settings, name, value)

    with pytest.raises(CommandError, match=why):
        run(*words)
    with pytest.raises(Refused, match=why):
        build.build()


@pytest.mark.parametrize(
    ("bind", "address"),
    [
        ("127.0.0.1", "http://localhost:8000"),
        ("::1", "http://localhost:8000"),
        ("localhost", "http://localhost:8000"),
        (EVERYWHERE, "http://localhost:8000"),
        ("192.0.2.7", "http://192.0.2.7:8000"),
    ],
)
def test_its_address_is_one_that_a_browser_here_can_type(settings, bind, address):
    settings.BIND = bind

    assert queries.address() == address


@pytest.mark.parametrize("days", range(0, 371, 53))
@pytest.mark.parametrize("hour", [0, 9, 23])
def test_on_any_day_of_building_everything_lies_behind_us_in_its_order(days, hour):
    now = datetime(2026, 11, 24, hour, 30, tzinfo=UTC) + timedelta(days=days)

    steps = build.history(now)

    assert steps[-1].at < now
    for story in build.STORIES:
        own = [step.at for step in build.journey(story, now)]
        assert own == sorted(own), (story.learner.name, story.achievement.slug)
        assert story.learner.joined.before(now) < own[0]


def test_the_same_words_give_the_same_pictures():
    pieces = [piece for story in build.STORIES for sitting in story.sittings for piece in sitting.evidence]
    drawn = next(piece for piece in pieces if piece.pages)

    assert build.content_of(drawn) == build.content_of(drawn)


def test_work_took_every_turn_that_it_can(college):
    assert {one.state for one in Attempt.objects.all()} >= {"withdrawn", "returned_unscored", "open", "closed"}
    lapsed = Submission.objects.get(state="lapsed")
    assert list(lapsed.learner.notices.filter(kind="draft_lapses").values_list("facts__day", flat=True).order_by("pk"))[
        -1:
    ] == [None]
    known = Submission.objects.get(route="prior_learning")
    assert (known.state, known.attempts.get().assignments.get().review.piece_checks.count()) == ("awarded", 6)
    assert [one.from_assessor for one in Message.objects.order_by("written_at")] == [True, False]


@pytest.mark.parametrize("person", [people.TEVITA, people.MARGRIET, people.HANA], ids=lambda person: person.name)
def test_a_queue_counts_what_it_shows(college, person):
    reader = User.objects.get(email=person.email)
    shown = queue_for(reader)

    counts = desk.counts_for(reader)

    by_view = {
        "all": shown,
        "mine": shown.filter(holder=reader),
        "free": free_for(reader),
        "again": shown.filter(again=True),
        "late": shown.filter(due_on__lt=F("today_there")),
    }
    assert {view: counts[view] for view in by_view} == {view: rows.count() for view, rows in by_view.items()}


def test_the_learner_keeps_some_from_elsewhere_each_in_another_way(college):
    learner = User.objects.get(email="learner@demo.example")
    brought = BackpackItem.objects.filter(person=learner, credential=None).order_by("filed_at")

    assert [(one.name, showing.standing_of(one), bool(one.picture)) for one in brought.select_related("foreign")] == [
        ("Chainsaw basics", "expired", True),
        ("Wool classing, first year", "declared", True),
        ("First aid on the farm", "nameless", True),
        ("First aid: outdoor response", "unsure", False),
    ]
    made = Import.objects.get(person=learner)
    assert [(one.outcome, one.why) for one in made.items.order_by("position")] == [("unsure", ""), ("sick", "picture")]
