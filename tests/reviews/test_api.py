"""An assessor's own programs do what the desk does: by the same verbs, with scopes, and problems in words."""

import json

import pytest

from apps.core import outbox
from apps.issuers import verbs as issuers
from apps.reviews import verbs
from apps.reviews.models import Assignment, Conflict, Consequence, Review, Turn
from apps.submissions import verbs as submissions
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    decided,
    issuer_with_owner,
    marks_for,
    moderating,
    nobody_in,
    open_attempt,
    owner_of,
    person,
    published_version,
    seated,
    second_attempt,
    taken_attempt,
)
from tests.factories.work import waiting
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
LIST = "/api/v1/reviews/"
BOTH = ("reviews:read", "reviews:write")


def of(attempt, act=""):
    return f"{LIST}{attempt.public_id}/{act}"


def send(api, path, body=None, method="post"):
    return getattr(api, method)(path, json.dumps(body or {}), "application/json")


def marking(attempt, *, short=False, **more):
    given = marks_for(attempt, short=short)
    marks = [{"criterion": one.code, "level": level, "comment": said} for one, (level, said) in given.items()]
    return {"marks": marks, **ALL_GOOD, "note": "Thank you."} | more


def refused(answer):
    """What a refusal says, as every one is said."""
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json"), answer.content
    return answer.json()["detail"]


def test_from_the_queue_to_the_decision():
    attempt = assessable_attempt()
    assessor = assessor_of(attempt.submission.achievement)
    api = program(assessor, *BOTH)
    turn = Turn.objects.get()

    listed = api.get(LIST).json()["results"]
    taken = send(api, f"{LIST}next/")
    nothing = send(api, f"{LIST}next/")
    kept = send(api, of(attempt, "keep/"))
    saved = send(api, of(attempt, "marks/"), marking(attempt, short=True, edition=0), "put")
    stale = send(api, of(attempt, "marks/"), marking(attempt, edition=0), "put")
    read = api.get(of(attempt)).json()
    done = send(api, of(attempt, "decide/"), marking(attempt, short=True, edition=1))
    late = send(api, of(attempt, "decide/"), marking(attempt, edition=2))

    assert listed == [
        {
            "id": turn.public_id,
            "attempt": attempt.public_id,
            "reference": attempt.submission.reference,
            "achievement": attempt.submission.achievement.slug,
            "version": 1,
            "number": 1,
            "part": "first",
            "state": "open",
            "due_on": turn.due_on.isoformat(),
            "again": False,
            "opened_at": listed[0]["opened_at"],
            "is_mine": False,
            "is_free": True,
            "done_at": None,
            "submission_state": None,
        }
    ]
    assert (taken.status_code, taken.json()["state"], nothing.status_code) == (201, "taken", 204)
    assert kept.json()["id"] == taken.json()["id"]
    assert (saved.status_code, saved.json()["edition"], saved.json()["marks"][0]["level"]) == (200, 1, 1)
    assert "another window" in refused(stale)
    assert (read["assignment"]["id"], read["mine"]["edition"], read["theirs"]) == (taken.json()["id"], 1, [])
    assert [(one["title"], one["text"], one["criteria"][0]["criterion"]) for one in read["evidence"]] == [
        ("Log", "I sharpened ten knives.", "c1")
    ]
    assert read["words"]["overview"] == "What I did."
    assert read["learner"] == {"id": attempt.submission.learner.public_id, "name": "Learner"}
    assert (done.status_code, done.json()["decision"]["outcome"], done.json()["decision"]["how"]) == (
        *(200, "not_yet"),
        "assessed",
    )
    assert "decided already" in refused(late)


def test_the_queue_takes_the_filters_of_its_page():
    issuer, _owner = issuer_with_owner()
    one, other = (assessable_attempt(published_version(issuer)) for _number in range(2))
    assessable_attempt()
    assessor = seated("assessor", issuer)
    verbs.take(one, by=assessor)
    api = program(assessor, *BOTH)

    asked = {
        query: [row["attempt"] for row in api.get(f"{LIST}?{query}").json()["results"]]
        for query in (
            *("", "view=mine", "view=free", "view=late", "part=first", "part=appeal", "again=true"),
            *("language=mi", "due_from=2001-01-01&language=en", "due_until=2001-01-01"),
            f"achievement={other.submission.achievement.slug}",
        )
    }

    both, mine, free = {one.public_id, other.public_id}, [one.public_id], [other.public_id]
    assert (set(asked.pop("")), set(asked.pop("part=first"))) == (both, both)
    assert set(asked.pop("due_from=2001-01-01&language=en")) == both
    assert asked == {
        "view=mine": mine,
        "view=free": free,
        "view=late": [],
        "part=appeal": [],
        "again=true": [],
        "language=mi": [],
        "due_until=2001-01-01": [],
        f"achievement={other.submission.achievement.slug}": free,
    }
    assert [api.get(f"{LIST}?{query}").status_code for query in ("view=lost", "due_from=soon")] == [400, 400]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_asks_the_same_whatever_waits(django_assert_max_num_queries, rows):
    issuer, _owner = issuer_with_owner()
    for _number in range(rows):
        assessable_attempt(published_version(issuer))
    api = program(seated("assessor", issuer), *BOTH)
    api.get(LIST)

    with django_assert_max_num_queries(6):
        assert len(api.get(LIST).json()["results"]) == rows


def test_a_token_reads_or_writes_as_its_scopes_say():
    attempt, assessor = taken_attempt()

    reading, other = program(assessor, "reviews:read"), program(assessor, "submissions:read")

    assert (reading.get(of(attempt)).status_code, send(reading, of(attempt, "keep/")).status_code) == (200, 403)
    assert [other.get(path).status_code for path in (LIST, of(attempt))] == [403, 403]
    assert send(program(assessor, "reviews:write"), of(attempt, "keep/")).status_code == 200


def test_whose_seat_it_is_not_finds_nothing_and_nobody_judges_their_own():
    attempt = assessable_attempt()
    issuer = attempt.submission.achievement.issuer
    learner = attempt.submission.learner
    verbs_of = ("take/", "keep/", "decide/", "grant/", "agree/", "answer-appeal/", "take-over/", "recuse/")

    for nobody in (owner_of(issuer), seated("assessor", issuer_with_owner()[0]), person()):
        api = program(nobody, *BOTH)
        assert [send(api, of(attempt, act)).status_code for act in verbs_of] == [404] * len(verbs_of)
        assert api.get(of(attempt)).status_code == 404
    issuers.seat(learner, issuer, "assessor", by=owner_of(issuer))
    own = program(learner, *BOTH)
    assert [own.get(of(attempt)).status_code, send(own, of(attempt, "take/")).status_code] == [403, 403]
    assert own.get(LIST).json()["results"] == []
    assert send(program(seated("assessor", issuer), *BOTH), of(attempt, "take/")).status_code == 200


def test_what_the_rubric_has_not_is_told_at_its_place():
    attempt, assessor = taken_attempt()
    api = program(assessor, *BOTH)
    body = marking(attempt)

    wrong = send(api, of(attempt, "marks/"), body | {"marks": [{"criterion": "c9", "level": 1}]}, "put")
    level = send(api, of(attempt, "marks/"), body | {"marks": [{"criterion": "c1", "level": 9}]}, "put")
    piece = send(api, of(attempt, "marks/"), body | {"checks": [{"evidence": "a" * 26}]}, "put")

    assert [one.status_code for one in (wrong, level, piece)] == [400, 409, 400]
    assert "no criterion “c9”" in wrong.json()["detail"]
    assert send(api, of(attempt, "marks/"), body, "put").status_code == 200


def test_what_is_held_is_given_back_and_a_conflict_is_declared_for_good():
    attempt, assessor = taken_attempt()
    api = program(assessor, *BOTH)

    given = send(api, of(attempt, "give-back/"))
    again = send(api, of(attempt, "give-back/"))
    send(api, of(attempt, "take/"))
    unsaid = send(api, of(attempt, "recuse/"), {"kind": "other"})
    said = send(api, of(attempt, "recuse/"), {"kind": "knows"})
    taken = send(api, of(attempt, "take/"))

    assert (given.status_code, said.status_code) == (204, 204)
    assert "don't hold this" in refused(again)
    assert "Say what the conflict is" in refused(unsaid)
    assert "you declared a conflict" in refused(taken)
    assert Conflict.objects.get().kind == "knows"


def test_a_conflict_is_declared_of_what_one_has_only_read_and_it_stands_in_ones_queue_no_more():
    attempt = assessable_attempt()
    api = program(assessor_of(attempt.submission.achievement), *BOTH)
    before = api.get(LIST).json()["results"]

    said = send(api, of(attempt, "recuse/"), {"kind": "taught", "reason": "Last year."})

    assert ([one["attempt"] for one in before], said.status_code) == ([attempt.public_id], 204)
    assert api.get(LIST).json()["results"] == []
    assert "you declared a conflict" in refused(send(api, of(attempt, "take/")))
    assert (Conflict.objects.get().kind, Assignment.objects.exists()) == ("taught", False)


def test_what_taking_declares_stands_in_the_description_of_the_api():
    described = browser(person()).get("/api/v1/schema/?format=json").json()["paths"]

    for act, said in (("take", "declares that you have no conflict"), ("next", "If you find one,\nuse `recuse`")):
        (found,) = (told for path, told in described.items() if path.startswith(LIST) and path.endswith(f"/{act}/"))
        assert said in found["post"]["description"]


def test_one_recommends_and_another_passes_back_or_grants():
    version = published_version(policy="four_eyes")
    attempt, first = taken_attempt(version)
    other = assessor_of(version.achievement)
    mine, theirs = program(first, *BOTH), program(other, *BOTH)

    sent = send(mine, of(attempt, "decide/"), marking(attempt))
    own = send(mine, of(attempt, "take/"))
    send(theirs, of(attempt, "take/"))
    read = theirs.get(of(attempt)).json()
    silent = send(theirs, of(attempt, "pass-back/"), {"reason": " "})
    back = send(theirs, of(attempt, "pass-back/"), {"reason": "Look at the edge."})
    send(mine, of(attempt, "take/"))
    send(mine, of(attempt, "decide/"), marking(attempt))
    send(theirs, of(attempt, "take/"))
    granted = send(theirs, of(attempt, "grant/"), {"note": "Agreed."})

    assert (sent.status_code, sent.json()) == (200, {"decision": None})
    assert "another part" in refused(own)
    assert [(one["outcome"], one["marks"][0]["comment"]) for one in read["theirs"]] == [("meets", "Well shown.")]
    assert silent.status_code == 400
    assert (back.status_code, back.json()) == (200, {"decision": None})
    assert (granted.json()["decision"]["how"], granted.json()["decision"]["note"]) == (
        "granted",
        "Thank you.\n\nAgreed.",
    )


def test_who_marks_beside_another_reads_nothing_of_theirs_until_a_lead_decides_between_them():
    version = published_version(policy="double_blind", blind=True)
    attempt, first = taken_attempt(version)
    second, lead = assessor_of(version.achievement), seated("moderator", version.achievement.issuer)
    one, two, between = (program(someone, *BOTH) for someone in (first, second, lead))

    send(one, of(attempt, "decide/"), marking(attempt, short=True, note="The first one's words."))
    send(two, of(attempt, "take/"))
    beside = two.get(of(attempt)).content.decode()
    sent = send(two, of(attempt, "decide/"), marking(attempt))
    send(between, of(attempt, "take/"))
    both = between.get(of(attempt)).json()
    settled = send(between, of(attempt, "decide/"), marking(attempt))

    assert [words in beside for words in ("The first one's words.", "Set the edge", str(first))] == [False] * 3
    assert sent.json() == {"decision": None}
    assert [review["outcome"] for review in both["theirs"]] == ["not_yet", "meets"]
    assert settled.json()["decision"]["how"] == "adjudicated"


def test_blind_it_tells_nothing_of_the_learner():
    learner = person("Hinewai Tūī")
    opened = open_attempt(published_version(blind=True), learner=learner)
    about = nobody_in(f"Log of {learner.name}")
    submissions.add_evidence(opened, by=learner, kind="text", text=f"By {learner.name}.", about=about)
    submissions.submit(opened, by=learner)
    attempt = waiting(opened)
    assessor = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=assessor)
    api = program(assessor, *BOTH)

    answers = [api.get(path).content.decode() for path in (LIST, of(attempt))]
    known = send(api, of(attempt, "recognise/"))

    for words in ("Hinewai", "Tūī", learner.public_id, learner.email):
        assert [words in one for one in answers] == [False, False], words
    read = json.loads(answers[1])
    assert read["learner"] == {"id": None, "name": f"Learner {attempt.submission.reference}"}
    assert (read["words"]["overview"], [one["title"][:7] for one in read["evidence"]]) == (
        "What I did.",
        ["Log", "Log of "],
    )
    assert known.json()["recognised_at"] is not None


def test_what_changed_since_the_attempt_before_is_told_and_judged_blind_it_is_covered():
    learner = person("Hinewai Tūī")
    seen, blind = (second_attempt(published_version(blind=hidden), learner=learner) for hidden in (False, True))
    for attempt in (seen, blind):
        third = again(attempt, overview="By Hinewai Tūī.")
        there = of(third, "changes/")
        api = program(assessor_of(attempt.submission.achievement), *BOTH)

        told, since = api.get(there), api.get(f"{there}?since=1")

        after = "By ▒▒▒." if attempt is blind else "By Hinewai Tūī."
        befores = ("What I did, evenly.", "What I did.")
        assert [(one.json()["before"], one.json()["words"]) for one in (told, since)] == [
            (3 - n, [{"name": "overview", "title": "overview", "before": before, "after": after}])
            for n, before in enumerate(befores, start=1)
        ]
        assert [one["how"] for one in told.json()["pieces"]] == ["unchanged"]
        assert api.get(f"{there}?since=3").status_code == 404
        assert program(learner, *BOTH).get(there).status_code == 404
        assert program(assessor_of(attempt.submission.achievement), "reviews:write").get(there).status_code == 403


def again(attempt, **words):
    """A further attempt, handed in after this one was not yet met."""
    assessor, learner = assessor_of(attempt.submission.achievement), attempt.submission.learner
    verbs.take(attempt, by=assessor)
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="Nearly.")
    following = submissions.try_again(attempt.submission, by=learner)
    said = {"what_changed": "The edge.", "declared_own": True} | words
    submissions.save_draft(following, by=learner, edition=following.edition, **said)
    submissions.submit(following, by=learner)
    return waiting(following)


def test_what_is_not_judged_blind_is_not_recognised():
    attempt, assessor = taken_attempt()

    assert "not judged blind" in refused(send(program(assessor, *BOTH), of(attempt, "recognise/")))


def test_a_moderator_agrees_changes_or_asks_again():
    version = published_version(moderation_percent=100)
    lead = seated("moderator", version.achievement.issuer)
    api = program(lead, *BOTH)
    agreed, changed, again = (decided(short=True, version=version).attempt for _number in range(3))
    early = send(api, of(agreed, "agree/"))
    for attempt in (agreed, changed, again):
        send(api, of(attempt, "take/"))

    answers = [
        send(api, of(agreed, "agree/"), {"reason": "As I see it."}),
        send(api, of(changed, "change-decision/"), marking(changed, reason="It was shown.")),
        send(api, of(again, "ask-again/"), {"reason": "Two criteria were mixed up."}),
    ]
    unexplained = send(api, of(changed, "change-decision/"), marking(changed))

    assert "don't hold this" in refused(early)
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert [one.json()["decision"]["how"] for one in answers[:2]] == ["assessed", "moderated"]
    assert answers[2].json() == {"decision": None}  # it is judged anew
    assert answers[1].json()["decision"]["reason"] == "It was shown."
    assert unexplained.status_code == 400
    assert list(again.turns.open().values_list("part", flat=True)) == ["first"]


def test_a_lead_keeps_their_reasons_and_what_is_not_sent_stays():
    attempt, lead = moderating()
    api, review = program(lead, *BOTH), Review.objects.get(assignment__assessor=lead)

    def kept(**more):
        answer = send(api, of(attempt, "marks/"), marking(attempt, **more), method="put")
        review.refresh_from_db()
        return answer.status_code, review.reason, review.against

    assert kept(reason="The film shows it.", outcome="not_yet") == (200, "The film shows it.", "not_yet")
    assert kept() == (200, "The film shows it.", "not_yet")
    assert kept(reason="", outcome=None) == (200, "", "")


def test_what_can_not_be_judged_is_returned_with_a_reason():
    attempt, assessor = taken_attempt()
    api = program(assessor, *BOTH)

    silent = send(api, of(attempt, "return/"), {"reason": ""})
    done = send(api, of(attempt, "return/"), {"reason": "The film does not open."})
    again = send(api, of(attempt, "return/"), {"reason": "The film does not open."})

    assert (silent.status_code, done.status_code) == (400, 204)
    assert "don't hold this" in refused(again)
    attempt.refresh_from_db()
    assert attempt.state == "returned_unscored"


def test_a_lead_hands_out_shares_out_and_takes_over():
    issuer, _owner = issuer_with_owner()
    version = published_version(issuer)
    attempts = [assessable_attempt(version) for _number in range(3)]
    one, two, lead = seated("assessor", issuer), seated("assessor", issuer), seated("moderator", issuer)
    turns = [attempt.turns.get() for attempt in attempts]
    api, assessing = program(lead, *BOTH), program(one, *BOTH)

    def assign(by, to):
        return send(by, f"{LIST}turns/{turns[0].public_id}/assign/", {"to": to})

    nobody, own = assign(api, "a" * 26), assign(assessing, one.public_id)
    stranger = assign(api, person().public_id)
    offered = assign(api, one.public_id)
    rest = {"turns": [turn.public_id for turn in turns[1:]], "among": [one.public_id, two.public_id]}
    shared = send(api, f"{LIST}share-out/", rest).json()
    not_led = send(assessing, f"{LIST}share-out/", rest)
    next_one = send(assessing, f"{LIST}next/").json()
    over = send(api, of(attempts[0], "take-over/"))
    not_theirs = send(assessing, of(attempts[0], "take-over/"))

    assert (nobody.status_code, own.status_code, offered.status_code) == (400, 404, 201)
    assert "no seat for this" in refused(stranger)
    assert (len(shared["offered"]), shared["left"], not_led.status_code) == (2, [], 400)
    assert {
        str(row) for row in Assignment.objects.filter(state="offered").values_list("assessor__name", flat=True)
    } <= {
        str(one),
        str(two),
    }
    assert (next_one["turn"], next_one["id"]) == (turns[0].public_id, offered.json()["id"])
    assert (over.status_code, over.json()["state"], not_theirs.status_code) == (200, "taken", 403)


# --- appeals and what follows -----------------------------------------------------------------------------------------
def test_a_learner_appeals_and_a_lead_answers():
    submission = decided(short=True).attempt.submission
    attempt = submission.attempts.get()
    lead = seated("moderator", submission.achievement.issuer)
    learners = program(submission.learner, "submissions:read", "submissions:write")
    leads = program(lead, *BOTH)
    path = f"/api/v1/submissions/{submission.public_id}/appeal/"
    body = {"ground": "evidence", "grounds": "The picture shows it."}

    before = learners.get(path).json()
    wrong = send(learners, path, {"ground": "luck", "grounds": ""})
    lodged = send(learners, path, body)
    twice = send(learners, path, body)
    send(leads, of(attempt, "take/"))
    read = leads.get(of(attempt)).json()
    answered = send(leads, of(attempt, "answer-appeal/"), marking(attempt, reason="It does."))
    after = learners.get(path).json()
    too_late = send(learners, f"{path}withdraw/")

    assert (before["until"] is not None, before["appeal"]) == (True, None)
    assert (wrong.status_code, lodged.status_code, lodged.json()["state"]) == (400, 201, "lodged")
    assert "no decision here" in refused(twice)
    assert (read["appeal"]["grounds"], read["theirs"]) == ("The picture shows it.", [])
    assert answered.json()["decision"]["how"] == "appealed"
    assert (after["until"], after["appeal"]["state"], after["appeal"]["reason"]) == (None, "upheld", "It does.")
    assert refused(too_late)
    assert program(person(), "submissions:read").get(path).status_code == 404


def test_a_learner_takes_an_appeal_back_and_figures_hide_the_few():
    submission = decided(short=True).attempt.submission
    learners = program(submission.learner, "submissions:read", "submissions:write")
    path = f"/api/v1/submissions/{submission.public_id}/appeal/"
    lead = seated("moderator", submission.achievement.issuer)

    none = send(learners, f"{path}withdraw/")
    send(learners, path, {"ground": "evidence", "grounds": "The picture shows it."})
    back = send(learners, f"{path}withdraw/")
    figures = program(lead, *BOTH).get(f"{LIST}appeals/")
    elsewhere = program(person(), *BOTH).get(f"{LIST}appeals/")

    assert (none.status_code, back.status_code, back.json()["state"]) == (404, 200, "withdrawn")
    assert (figures.json()["lodged"], figures.json()["by_state"][0], elsewhere.status_code) == (
        None,
        {"value": "lodged", "n": None},
        403,
    )


def test_who_runs_an_issuer_sees_to_a_badge_whose_decision_changed():
    version = published_version(moderation_percent=100)
    decision = decided(version=version)
    outbox.drain()
    lead = seated("moderator", version.achievement.issuer)
    verbs.take(decision.attempt, by=lead)
    verbs.change_decision(
        decision.attempt,
        by=lead,
        marks=marks_for(decision.attempt, short=True),
        answers=ALL_GOOD,
        note="",
        reason="The log is another's.",
    )
    consequence = Consequence.objects.get()
    owner = program(owner_of(version.achievement.issuer), "awards:read", "awards:write")
    path = f"{LIST}consequences/{consequence.public_id}/"

    listed = owner.get(f"{LIST}consequences/").json()["results"]
    read = owner.get(path)
    hollow = send(owner, path, {"done": "superseded", "note": "Why not."})
    done = send(owner, path, {"done": "revoked", "note": "It rested on another's log."})
    twice = send(owner, path, {"done": "kept", "note": "Or not."})
    stranger = program(lead, "awards:read", "awards:write")

    assert [(row["id"], row["before"], row["after"], row["done"]) for row in listed] == [
        (consequence.public_id, "meets", "not_yet", "")
    ]
    assert read.json()["levels"][0] == {"criterion": "c1", "before": "With support", "after": "Starting"}
    assert (read.json()["reason"], "sharpened" in read.content.decode()) == ("The log is another's.", False)
    assert "nothing to replace it with" in refused(hollow)
    assert (done.status_code, done.json()["done"]) == (200, "revoked")
    assert "seen to this already" in refused(twice)
    assert [stranger.get(path).status_code, send(stranger, path, {"done": "kept", "note": "x"}).status_code] == [
        404,
        404,
    ]
    assert stranger.get(f"{LIST}consequences/").json()["results"] == []
