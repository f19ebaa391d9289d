"""What somebody tries who means ill: to read what is kept from them, or to get round a decision."""

import json
from functools import partial
from io import BytesIO
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.issuers import verbs as issuers
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import MOST_NOTES, Annotation, Conflict, Consequence, Mark, Turn
from apps.reviews.queries.story import story_of
from apps.submissions import verbs as submissions
from apps.submissions.models import EvidenceItem
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    drafted_version,
    granting,
    marked_apart,
    marks_for,
    moderating,
    open_attempt,
    owner_of,
    published_version,
    sampled,
    seated,
    taken_attempt,
)
from tests.factories.work import waiting
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
BOTH = ("reviews:read", "reviews:write")
WHY = "The log is of another shed."


def marking(attempt, *, short=False, **words):
    return {"marks": marks_for(attempt, short=short), "answers": ALL_GOOD, "note": ""} | words


def named(user, name):
    user.name = name
    user.save(update_fields=["name"])
    return name


def lead_of(attempt):
    return seated("moderator", attempt.submission.achievement.issuer)


# --- what is kept from somebody ---------------------------------------------------------------------------------------
def test_the_second_of_two_does_not_find_out_the_first_ones_levels_by_adopting_them():
    attempt, first = taken_attempt(published_version(policy="double_blind"))
    verbs.decide(attempt, by=first, **marking(attempt, short=True))
    second = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=second)
    edge = attempt.submission.version.criteria.get(position=1)
    api = program(second, *BOTH)

    said = set()
    for level in (1, 2, 3):
        mark = {"criterion": edge.code, "level": level, "adopted": "first"}
        answer = api.put(
            f"/api/v1/reviews/{attempt.public_id}/marks/", json.dumps({"marks": [mark]}), "application/json"
        )
        said.add((answer.status_code, answer.json().get("detail")))

    assert said == {(409, "Only the person who decides between two markers can take over a level from one of them.")}


def test_where_somebody_holds_a_blind_badge_already_the_refusal_does_not_name_them():
    attempt, assessor = taken_attempt(published_version(blind=True))
    learner = attempt.submission.learner
    owner = owner_of(attempt.submission.achievement.issuer)
    credentials.award_directly(
        attempt.submission.version, by=owner, address=learner.email, name=learner.name, why="Seen at work."
    )

    with pytest.raises(Refused, match="holds this already") as told:
        verbs.decide(attempt, by=assessor, **marking(attempt))

    assert str(told.value) == f"Learner {attempt.submission.reference} holds this already."


def test_in_a_note_of_a_colleague_the_name_of_a_blind_learner_is_covered_and_ones_own_words_stay():
    attempt, assessor = taken_attempt(published_version(blind=True))
    name = named(attempt.submission.learner, "Aroha Ngata")
    note = verbs.annotate(attempt, by=assessor, evidence=attempt.evidence.get(), text=f"Is this {name}?")
    lead = lead_of(attempt)
    verbs.reply(note, by=assessor, text=f"I ask since {name} told me.")

    theirs = browser(lead).get(f"/reviews/{attempt.public_id}/").content.decode()
    own = browser(assessor).get(f"/reviews/{attempt.public_id}/").content.decode()

    assert (name in theirs, "Is this ▒▒▒?" in theirs, "I ask since ▒▒▒ told me." in theirs) == (False, True, True)
    assert f"Is this {name}?" in own


def test_a_form_that_comes_back_does_not_name_a_blind_learner_by_the_title_of_a_piece():
    attempt = open_attempt(published_version(blind=True, rpl_allowed=True, policy="four_eyes"))
    learner = attempt.submission.learner
    named(learner, "Aroha Ngata")
    submissions.choose_route(attempt.submission, by=learner, route="prior_learning")
    EvidenceItem.objects.filter(attempt=attempt).update(title=f"Shed log of {learner.name}")
    submissions.submit(attempt, by=learner)
    attempt, assessor = waiting(attempt), assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=assessor)
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/"
    piece = attempt.evidence.get()

    marks = client.post(f"{there}decide/", {"decide": "yes", "c1-level": "1"})
    note = client.post(f"{there}annotate/", {"evidence": piece.public_id, "text": "", "readers": "internal"})
    checks = {piece: (ALL_GOOD, "All of it.")}
    verbs.decide(attempt, by=assessor, **marking(attempt, checks=checks))
    grantor = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=grantor)
    granted = browser(grantor).get(there)

    for page, status in ((marks, 422), (note, 422), (granted, 200)):
        words = page.content.decode()
        assert (page.status_code, learner.name in words, "Shed log of ▒▒▒" in words) == (status, False, True)


def blind_work_with_words_of_others(part):
    """Judged blind by one or two who name the learner, and taken by a lead who may not know who it is."""
    policy, again = ("double_blind", 0) if part == "adjudicate" else ("single", 100)
    draft = drafted_version(policy=policy, moderation_percent=again, blind=True)
    version = issuers.publish(draft, by=owner_of(draft.achievement.issuer))
    attempt = assessable_attempt(version)
    name = named(attempt.submission.learner, "Aroha Ngata")
    for short in (True, False) if part == "adjudicate" else (True,):
        marks = {one: (level, f"{name}, set it.") for one, (level, _said) in marks_for(attempt, short=short).items()}
        assessor = assessor_of(version.achievement)
        verbs.take(attempt, by=assessor)
        verbs.decide(attempt, by=assessor, marks=marks, answers=ALL_GOOD, note=f"Well, {name}.")
    lead = lead_of(attempt)
    verbs.take(attempt, by=lead)
    return attempt, lead, name


@pytest.mark.parametrize("part", ["moderate", "adjudicate"])
def test_words_brought_from_other_markers_do_not_name_a_blind_learner(part):
    attempt, lead, name = blind_work_with_words_of_others(part)
    there, client = f"/reviews/{attempt.public_id}/", browser(lead)
    criteria = attempt.submission.version.criteria.order_by("position")

    page = client.get(there).content.decode()
    told = json.dumps(program(lead, *BOTH).get(f"/api/v1{there}").json(), ensure_ascii=False)
    client.post(f"{there}decide/", {"save": "yes", f"{criteria[0].code}-adopted": "first", "edition": "0"})
    saved = Mark.objects.filter(review__assignment__assessor=lead)

    assert Mark.objects.filter(comment__contains=name).exists(), "there is something to leak"
    assert [(name in words, "▒▒▒, set it." in words) for words in (page, told)] == [(False, True)] * 2
    assert not saved.filter(comment__contains=name).exists()
    if part == "adjudicate":
        assert saved.get(criterion=criteria[0]).comment == "▒▒▒, set it."


@pytest.mark.parametrize("part", ["moderate", "adjudicate"])
def test_what_was_covered_and_left_as_it_stood_the_learner_reads_as_it_was_written(part):
    attempt, lead, name = blind_work_with_words_of_others(part)
    marks = {one: (level, "▒▒▒, set it.") for one, (level, _said) in marks_for(attempt).items()}
    given = {"marks": marks, "answers": ALL_GOOD, "note": "Well, ▒▒▒."}
    send = {"moderate": partial(verbs.change_decision, reason=WHY), "adjudicate": verbs.decide}[part]

    with pytest.raises(Refused) as refused:
        send(attempt, by=lead, **given | {"note": "Very well, ▒▒▒."})
    send(attempt, by=lead, **given)

    assert str(refused.value) == (
        "▒▒▒ stands for a name that is hidden from you. Write it without the name: the learner reads it."
    )
    answer = attempt.__class__.objects.get(pk=attempt.pk).answer
    assert answer.note == f"Well, {name}."
    assert {one.comment for one in attempt.findings.all()} == {f"{name}, set it."}
    client = browser(lead)
    for there in (f"/reviews/{attempt.public_id}/", f"/reviews/{attempt.public_id}/story/"):
        page = client.get(there)
        assert (page.status_code, name in page.content.decode()) == (200, False), there
    told = program(lead, *BOTH).get(f"/api/v1/reviews/{attempt.public_id}/")
    assert (told.status_code, name in json.dumps(told.json(), ensure_ascii=False)) == (200, False)


def test_the_letter_of_what_is_passed_back_does_not_name_a_blind_learner():
    attempt, grantor = granting(version=published_version(policy="four_eyes", blind=True))
    name = named(attempt.submission.learner, "Aroha Ngata")

    attempt.refresh_from_db()
    verbs.pass_back(attempt, by=grantor, reason=f"{name} shows one side only.")
    outbox.drain()

    letters = [letter.text for letter in Letter.objects.filter(kind="passed_back")]
    assert [name in text for text in letters] == [False]
    assert "▒▒▒ shows one side only." in letters[0]


def test_a_second_account_of_the_learner_reads_no_desk_of_their_own_work():
    attempt, assessor = taken_attempt()
    verbs.annotate(attempt, by=assessor, evidence=attempt.evidence.get(), text="Too good to be theirs.")
    other = assessor_of(attempt.submission.achievement)
    there = f"/reviews/{attempt.public_id}/"
    assert browser(other).get(there).status_code == 200

    EmailAddress.objects.create(user=other, email=attempt.submission.learner.email, verified=False)

    for address in (there, f"{there}evidence/", f"{there}story/", f"{there}story.json", f"/api/v1{there}"):
        client = program(other, *BOTH) if "/api/" in address else browser(other)
        assert (address, client.get(address).status_code) == (address, 403)


def test_fresh_eyes_do_not_read_in_the_story_what_was_decided_before():
    attempt, moderator = moderating(short=True)
    verbs.ask_again(attempt, by=moderator, reason=WHY)
    fresh = assessor_of(attempt.submission.achievement)

    def told():
        chapters = story_of(attempt.submission, reader=fresh, leads=False)
        entries = [one for chapter in chapters for one in chapter.entries]
        return {one.kind for one in entries if "not yet" in f"{one.what} {one.more}".lower()}

    assert told() == set()
    verbs.take(attempt, by=fresh)
    assert told() == set()
    verbs.decide(attempt, by=fresh, **marking(attempt))
    assert told() == {"decision.made", "decision.released", "submission.not_yet"}


def test_fresh_eyes_find_what_was_decided_before_neither_in_the_archive_nor_in_an_answer_of_the_api():
    attempt, moderator = moderating(short=True)
    verbs.ask_again(attempt, by=moderator, reason=WHY)
    fresh, learner = assessor_of(attempt.submission.achievement), attempt.submission.learner

    def has_decision(reader):
        chunks = browser(reader).get(reverse("submissions:export", args=[attempt.submission.public_id, 1]))
        return "decision.json" in ZipFile(BytesIO(b"".join(chunks))).namelist()

    assert (has_decision(fresh), has_decision(learner)) == (False, True)
    verbs.take(attempt, by=fresh)
    verbs.decide(attempt, by=fresh, **marking(attempt))
    assert has_decision(fresh)


def test_the_first_of_two_who_judge_anew_is_not_told_by_the_api_what_was_decided_before():
    draft = drafted_version(policy="double_blind", moderation_percent=100, blind=True)
    attempt = marked_apart(issuers.publish(draft, by=owner_of(draft.achievement.issuer)), agreed=True)
    moderator, fresh = lead_of(attempt), assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=moderator)
    verbs.ask_again(attempt, by=moderator, reason=WHY)
    verbs.take(attempt, by=fresh)
    marks = [
        {"criterion": one.code, "level": level, "comment": said} for one, (level, said) in marks_for(attempt).items()
    ]
    sent = json.dumps({"marks": marks, **ALL_GOOD})

    answer = program(fresh, *BOTH).post(f"/api/v1/reviews/{attempt.public_id}/decide/", sent, "application/json")

    assert (answer.status_code, answer.json()) == (200, {"decision": None})


def test_who_grants_by_the_api_reads_the_note_without_the_name_of_a_blind_learner():
    attempt, assessor = taken_attempt(published_version(policy="four_eyes", blind=True))
    name = named(attempt.submission.learner, "Aroha Ngata")
    verbs.decide(attempt, by=assessor, **marking(attempt, note=f"Well done, {name}."))
    grantor = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=grantor)

    answer = program(grantor, *BOTH).post(f"/api/v1/reviews/{attempt.public_id}/grant/", "{}", "application/json")

    assert answer.json()["decision"]["note"] == "Well done, ▒▒▒."


def test_who_decides_between_two_reads_no_name_in_what_they_said_of_a_criterion():
    attempt = assessable_attempt(published_version(policy="double_blind", blind=True))
    name = named(attempt.submission.learner, "Aroha Ngata")
    for short in (True, False):
        assessor = assessor_of(attempt.submission.achievement)
        verbs.take(attempt, by=assessor)
        marks = {one: (level, f"{name}, {said}") for one, (level, said) in marks_for(attempt, short=short).items()}
        verbs.decide(attempt, by=assessor, **marking(attempt, marks=marks))
    lead = lead_of(attempt)
    verbs.take(attempt, by=lead)

    page = browser(lead).get(f"/reviews/{attempt.public_id}/").content.decode()

    assert (page.count(f'data-comment="{name}'), page.count('data-comment="▒▒▒, ')) == (0, 6)


def test_of_two_who_mark_apart_the_queue_names_neither_to_the_other():
    attempt, first = taken_attempt(published_version(policy="double_blind"))
    named(first, "Wiremu Tane")
    second, lead = assessor_of(attempt.submission.achievement), lead_of(attempt)

    def seen_by(who):
        answers = [browser(who).get(f"/reviews/{there}") for there in ("", "queue.csv")]
        return [first.name in b"".join(answer).decode() for answer in answers]

    assert (seen_by(second), seen_by(lead)) == ([False, False], [True, True])


# --- what is sent that no page sends ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "status", "word"),
    [
        ("language=%00", 400, "control character"),
        ("achievement=%00", 400, "Null characters"),
        ("due_from=9999-99-99", 400, "wrong format"),
        ("part=%00", 400, "not a valid choice"),
        ("view=%00", 400, "not a valid choice"),
        ("again=%00", 400, "valid boolean"),
        ("cursor=%00", 404, "Invalid cursor"),
        ("view=done&done_from=0001-01-01&done_until=9999-12-31", 200, '"results":[]'),
        ("view=done&q=%25_%5C", 200, '"results":[]'),
        ("view=done&cursor=before-a", 404, "Invalid cursor"),
        ("view=decided&decided_from=0001-01-01&decided_until=9999-12-31", 200, '"results":[]'),
        ("view=decided&q=%25_%5C", 200, '"results":[]'),
        ("view=decided&outcome=%00", 400, "not a valid choice"),
        ("view=decided&cursor=after-" + "a" * 26, 200, '"results":[]'),
    ],
)
def test_no_filter_of_the_queue_breaks_it(asked, status, word):
    attempt = assessable_attempt()
    api = program(assessor_of(attempt.submission.achievement), *BOTH)

    answer = api.get(f"/api/v1/reviews/?{asked}")

    assert (answer.status_code, word in answer.content.decode()) == (status, True)


@pytest.mark.parametrize("asked", ["retired=%00", "retired=x", "q=%00", "badge=%00&criterion=%00", "page=%00"])
def test_nothing_asked_of_the_bank_breaks_it(asked):
    attempt = assessable_attempt()
    client = browser(assessor_of(attempt.submission.achievement))

    answer = client.get(f"/reviews/bank/?{asked}")

    assert (answer.status_code, "Comment bank</h1>" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("place", ["\x00", "page 999999, \x00", "9" * 600, "\ud800", "\u202e“evil"])
def test_no_place_that_is_cited_breaks_the_desk(place):
    attempt, assessor = taken_attempt()
    piece = attempt.evidence.get()
    sent = {"cite": "c1", "c1-cite-evidence": piece.public_id, "c1-cite-place": place.encode("utf-8", "surrogatepass")}

    answer = browser(assessor).post(f"/reviews/{attempt.public_id}/annotate/", sent, headers={"HX-Request": "true"})

    assert answer.status_code in {200, 422}


@pytest.mark.parametrize(
    "asked",
    [
        "q=%00",
        "age=x",
        "due_from=9999-99-99",
        "due_until=0000",
        "language='",
        "badge=%00",
        "after=%00",
        "after=" + "a" * 26,
        "before=" + "z" * 26 + "&sort=waiting",
        "view=%27",
        "view=done&q=%25_%5C",
        "view=done&part='&badge=%00&sort=%00",
        "view=done&done_from=0001-01-01&done_until=9999-12-31",
        "view=done&after=" + "a" * 26,
        "view=done&last&before=%00&language=%00",
        "view=decided&q=%25_%5C{}",
        "view=decided&q=S-%25%25%25%25",
        "view=decided&outcome='&badge=%00&language=%00",
        "view=decided&decided_from=0001-01-01&decided_until=9999-12-31",
        "view=decided&before=" + "a" * 26,
    ],
)
def test_nothing_asked_of_the_queue_breaks_it(asked):
    attempt = assessable_attempt()
    client = browser(assessor_of(attempt.submission.achievement))

    assert [client.get(f"/reviews/{there}?{asked}").status_code for there in ("", "queue.csv")] == [200, 200]


def test_no_flood_of_notes_makes_a_desk_slow_to_open():
    attempt, assessor = taken_attempt()
    piece = attempt.evidence.get()
    note = verbs.annotate(attempt, by=assessor, evidence=piece, text="One.")
    facts = {"review": note.review, "evidence": piece, "by": assessor, "written_at": note.written_at}
    Annotation.objects.bulk_create(Annotation(text=f"Note {n}.", **facts) for n in range(MOST_NOTES - 2))
    verbs.reply(note, by=assessor, text="The last that has room.")

    with pytest.raises(Refused, match="no room for more"):
        verbs.annotate(attempt, by=assessor, evidence=piece, text="One more.")
    with pytest.raises(Refused, match="no room for more"):
        verbs.reply(note, by=assessor, text="And an answer.")

    assert Annotation.objects.count() == MOST_NOTES


# --- round a decision -------------------------------------------------------------------------------------------------
def test_who_holds_the_badge_does_not_withdraw_from_being_judged_again():
    attempt, moderator = moderating()
    verbs.ask_again(attempt, by=moderator, reason=WHY)
    learner = attempt.submission.learner

    with pytest.raises(Refused, match="judged again"):
        submissions.withdraw(attempt.submission, by=learner)

    there = f"/submissions/{attempt.submission.public_id}/withdraw/"
    assert browser(learner).post(there).status_code == 409
    attempt.refresh_from_db()
    assert attempt.state == "assessable"


def test_what_its_learner_was_answered_is_not_returned_unjudged():
    attempt, moderator = moderating()
    verbs.ask_again(attempt, by=moderator, reason=WHY)
    fresh = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=fresh)

    with pytest.raises(Refused, match="has already been answered"):
        verbs.return_unscored(attempt, by=fresh, reason="The film does not open.")

    assert verbs.decide(attempt, by=fresh, **marking(attempt)).outcome == "meets"


def test_what_was_taken_back_after_a_change_is_awarded_anew_where_an_appeal_says_so():
    decision = sampled()
    attempt, issuer = decision.attempt, decision.attempt.submission.achievement.issuer
    moderator, lead = lead_of(attempt), lead_of(attempt)
    verbs.take(attempt, by=moderator)
    verbs.change_decision(attempt, by=moderator, **marking(attempt, short=True, reason=WHY))
    verbs.see_to(Consequence.objects.get(), by=owner_of(issuer), done="revoked", note=WHY)
    verbs.lodge_appeal(attempt.submission, by=attempt.submission.learner, ground="evidence", grounds="It is ours.")
    verbs.take(attempt, by=lead)

    upheld = verbs.answer_appeal(attempt, by=lead, **marking(attempt, reason="It is."))

    assert list(Credential.objects.order_by("pk").values_list("status", "decision_id")) == [
        ("revoked", decision.public_id),
        ("valid", upheld.public_id),
    ]


def test_a_badge_is_not_taken_back_for_a_decision_that_an_appeal_has_replaced():
    decision = sampled()
    attempt, issuer = decision.attempt, decision.attempt.submission.achievement.issuer
    moderator, lead = lead_of(attempt), lead_of(attempt)
    verbs.take(attempt, by=moderator)
    verbs.change_decision(attempt, by=moderator, **marking(attempt, short=True, reason=WHY))
    old = Consequence.objects.get()
    verbs.lodge_appeal(attempt.submission, by=attempt.submission.learner, ground="evidence", grounds="It is ours.")
    verbs.take(attempt, by=lead)
    verbs.answer_appeal(attempt, by=lead, **marking(attempt, reason="It is."))
    owner = owner_of(issuer)

    with pytest.raises(Refused, match="decided again"):
        verbs.see_to(old, by=owner, done="revoked", note=WHY)

    assert verbs.see_to(old, by=owner, done="kept", note="An appeal was upheld.").done == "kept"
    assert Credential.objects.get().status == "valid"


def test_an_appeal_taken_back_does_not_shake_off_the_second_look():
    decision = sampled()
    attempt, learner = decision.attempt, decision.attempt.submission.learner
    appeal = verbs.lodge_appeal(attempt.submission, by=learner, ground="other", grounds="Never mind.")
    assert not Turn.objects.open().filter(part="moderate").exists()

    verbs.withdraw_appeal(appeal, by=learner)

    moderator = lead_of(attempt)
    verbs.take(attempt, by=moderator)
    assert verbs.agree(attempt, by=moderator).verdict == "agreed"


def test_what_is_passed_back_to_who_may_not_judge_it_by_now_waits_for_somebody_else():
    attempt, grantor = granting()
    recommender = attempt.assignments.get(turn__part="first").assessor
    facts = {"submission": attempt.submission, "assessor": recommender, "kind": "marked"}
    Conflict.objects.create(**facts, declared_at=clock.now())  # as after a second look at an earlier decision

    verbs.pass_back(attempt, by=grantor, reason="The edge is not shown.")

    turn = Turn.objects.open().get()
    assert (turn.part, turn.holder) == ("first", None)
    assert not Letter.objects.filter(kind="passed_back").exists()
    assert verbs.take(attempt, by=assessor_of(attempt.submission.achievement)).turn == turn


def test_an_offer_that_one_may_not_take_any_more_does_not_stand_before_other_work():
    attempt = assessable_attempt()
    achievement = attempt.submission.achievement
    assessor, lead = seated("assessor", achievement.issuer), lead_of(attempt)
    verbs.assign(attempt.turns.get(), to=assessor, by=lead)
    other = assessable_attempt(published_version(achievement.issuer))
    badge = published_version(achievement.issuer)
    issuers.set_assessor_badge(achievement, by=owner_of(achievement.issuer), badge=badge.achievement)

    taken = verbs.take_next(by=assessor)

    assert taken.attempt == other
