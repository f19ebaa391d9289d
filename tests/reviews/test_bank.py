"""The comment bank: who shares it, what it offers first, and the way from a field into it and back."""

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.issuers.models import Seat
from apps.reviews import verbs
from apps.reviews.models import BankComment, BankUse, Review
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    marks_for,
    moderating,
    owner_of,
    person,
    published_version,
    seated,
    taken_attempt,
)

pytestmark = pytest.mark.django_db

EVEN = "Set both sides evenly, then show it again."
BURR = "Take the burr off before you hone."


@pytest.fixture
def taken():
    return taken_attempt()


def kept(achievement, by, text=EVEN, code="c1"):
    return verbs.keep_comment(achievement.issuer, by=by, text=text, achievement=achievement, criterion_code=code)


def offered(attempt, to, *, code="c1", level=None):
    found = BankComment.objects.suggested(attempt.submission.achievement, to=to, criterion_code=code, level=level)
    return [comment.text for comment in found]


# --- kept -------------------------------------------------------------------------------------------------------------
def test_a_comment_is_kept_for_a_criterion_and_leaves_its_trail(taken):
    attempt, assessor = taken
    achievement = attempt.submission.achievement

    comment = kept(achievement, assessor, f"  {EVEN}\n")

    comment.refresh_from_db()
    assert (comment.issuer, comment.achievement, comment.criterion_code, comment.text, comment.uses) == (
        achievement.issuer,
        achievement,
        "c1",
        EVEN,
        0,
    )
    event = Event.objects.get(kind="comment.kept")
    assert (event.subject_id, event.actor_id, event.data) == (
        comment.public_id,
        assessor.public_id,
        {"text": digest(EVEN)},
    )


def test_kept_twice_it_is_there_once_and_for_another_criterion_once_more(taken):
    attempt, assessor = taken
    achievement = attempt.submission.achievement

    first, again, other = (
        kept(achievement, assessor),
        kept(achievement, assessor_of(achievement)),
        kept(achievement, assessor, code="c2"),
    )

    assert (first, first.made_by, BankComment.objects.count()) == (again, assessor, 2)
    assert other != first
    with pytest.raises(DatabaseError), transaction.atomic():
        BankComment.objects.filter(pk=other.pk).update(criterion_code="c1")


def test_any_badge_of_an_issuer_is_one_place_too():
    achievement = published_version().achievement
    somebody = assessor_of(achievement)

    comment = verbs.keep_comment(achievement.issuer, by=somebody, text=EVEN, criterion_code="c1")

    assert (comment.achievement, comment.criterion_code) == (None, "")
    again = verbs.keep_comment(achievement.issuer, by=somebody, text=EVEN)
    assert again == comment


def test_who_does_not_assess_there_keeps_nothing():
    achievement, other = published_version().achievement, published_version().achievement
    issuer = achievement.issuer

    for stranger in (assessor_of(other), owner_of(issuer), person(), seated("designer", issuer)):
        with pytest.raises(PermissionDenied):
            kept(achievement, stranger)
        with pytest.raises(PermissionDenied):
            verbs.keep_comment(issuer, by=stranger, text=EVEN)
    one_badge_alone = assessor_of(achievement)
    beside = published_version(issuer).achievement
    with pytest.raises(PermissionDenied):
        kept(beside, one_badge_alone)

    for colleague in (one_badge_alone, seated("moderator", issuer), seated("assessor", issuer)):
        kept(achievement, colleague, f"{EVEN} {colleague.pk}")
    assert BankComment.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [(" \n", "c1", "Write the comment"), ("x" * 2001, "c1", "up to 2000"), (EVEN, "c9", "no such criterion")],
)
def test_what_cannot_be_kept_is_refused(text, code, why):
    achievement = published_version().achievement

    with pytest.raises(Refused, match=why):
        kept(achievement, assessor_of(achievement), text, code)


def test_the_database_keeps_a_comment_with_its_issuer():
    achievement, other = published_version().achievement, published_version().achievement
    comment = kept(achievement, assessor_of(achievement))

    for change in ({"issuer": other.issuer}, {"achievement": None}, {"text": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            BankComment.objects.filter(pk=comment.pk).update(**change)


# --- shared -----------------------------------------------------------------------------------------------------------
def test_the_bank_is_shared_by_all_who_assess_there_and_by_nobody_else():
    achievement = published_version().achievement
    issuer = achievement.issuer
    beside = published_version(issuer).achievement
    everywhere = seated("assessor", issuer)
    one_badge, other_badge = assessor_of(achievement), assessor_of(beside)
    of_badge = kept(achievement, everywhere)
    of_issuer = verbs.keep_comment(issuer, by=everywhere, text=BURR)

    def seen(reader):
        return set(BankComment.objects.visible_to(reader))

    assert (seen(everywhere), seen(seated("moderator", issuer)), seen(one_badge), seen(other_badge)) == (
        {of_badge, of_issuer},
        {of_badge, of_issuer},
        {of_badge, of_issuer},
        {of_issuer},
    )
    elsewhere = assessor_of(published_version().achievement)
    assert [seen(one) for one in (elsewhere, owner_of(issuer), person())] == [set(), set(), set()]


# --- said otherwise, retired --------------------------------------------------------------------------------------------
def test_whoever_shares_it_says_it_otherwise(taken):
    attempt, assessor = taken
    achievement = attempt.submission.achievement
    comment, colleague = kept(achievement, assessor), assessor_of(achievement)

    verbs.edit_comment(comment, by=colleague, text=BURR)
    verbs.edit_comment(comment, by=colleague, text=BURR)

    comment.refresh_from_db()
    assert (comment.text, comment.made_by, comment.edited_at is not None) == (BURR, assessor, True)
    assert Event.objects.filter(kind="comment.edited").count() == 1
    for stranger in (person(), assessor_of(published_version().achievement)):
        for act in (
            lambda stranger=stranger: verbs.edit_comment(comment, by=stranger, text="x"),
            lambda stranger=stranger: verbs.retire_comment(comment, by=stranger),
            lambda stranger=stranger: verbs.restore_comment(comment, by=stranger),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_it_is_not_said_as_another_is_said_already(taken):
    attempt, assessor = taken
    first, second = (kept(attempt.submission.achievement, assessor, text) for text in (EVEN, BURR))

    with pytest.raises(Refused, match="has this comment already"):
        verbs.edit_comment(second, by=assessor, text=EVEN)
    verbs.retire_comment(first, by=assessor)
    verbs.edit_comment(second, by=assessor, text=EVEN)
    with pytest.raises(Refused, match="has this comment already"):
        verbs.restore_comment(first, by=assessor)


def test_what_is_retired_is_offered_no_more_until_it_is_taken_back(taken):
    attempt, assessor = taken
    comment = kept(attempt.submission.achievement, assessor)

    verbs.retire_comment(comment, by=assessor)
    verbs.retire_comment(comment, by=assessor)
    assert offered(attempt, assessor) == []
    verbs.restore_comment(comment, by=assessor)
    verbs.restore_comment(comment, by=assessor)

    assert offered(attempt, assessor) == [EVEN]
    kinds = Event.objects.filter(kind__startswith="comment.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["comment.kept", "comment.retired", "comment.restored"]


# --- used -------------------------------------------------------------------------------------------------------------
def test_a_use_counts_once_a_field_of_a_marking(taken):
    attempt, assessor = taken
    comment = kept(attempt.submission.achievement, assessor)

    for code in ("c1", "c1", "c2", ""):
        verbs.use_comment(comment, attempt, by=assessor, criterion_code=code, level=1)

    comment.refresh_from_db()
    assert (comment.uses, BankUse.objects.count(), BankUse.objects.filter(level=1).count()) == (3, 3, 3)


def test_who_does_not_mark_the_work_uses_nothing(taken):
    attempt, assessor = taken
    comment = kept(attempt.submission.achievement, assessor)
    strange = published_version().achievement
    theirs = kept(strange, assessor_of(strange))
    both = assessor_of(strange)
    issuers.seat(both, attempt.submission.achievement.issuer, Seat.Role.ASSESSOR, by=owner_of(comment.issuer))

    with pytest.raises(Refused, match="Take it first"):
        verbs.use_comment(comment, attempt, by=assessor_of(attempt.submission.achievement))
    with pytest.raises(PermissionDenied):
        verbs.use_comment(comment, attempt, by=person())
    with pytest.raises(PermissionDenied):
        verbs.use_comment(theirs, attempt, by=assessor)
    with pytest.raises(Refused, match="another issuer"):
        verbs.use_comment(theirs, attempt, by=both)
    with pytest.raises(Refused, match="the work is yours"):
        verbs.use_comment(comment, attempt, by=attempt.submission.learner)

    assert verbs.use_comment(comment, attempt, by=assessor).uses == 1


def test_what_fits_stands_first_by_criterion_then_by_level_then_by_ones_own_habit():
    version = published_version()
    achievement = version.achievement
    me, colleague = assessor_of(achievement), assessor_of(achievement)
    texts = {
        "mine": "Mine, accepted.",
        "theirs": "Theirs, often.",
        "level": "At this level.",
        "any": "Any criterion.",
        "safety": "Of safety.",
    }
    rows = {
        name: kept(achievement, me, text, {"any": "", "safety": "c2"}.get(name, "c1")) for name, text in texts.items()
    }
    first, _me = taken_attempt(version, assessor=me)
    verbs.use_comment(rows["mine"], first, by=me, criterion_code="c1", level=3)
    verbs.decide(first, by=me, marks=marks_for(first), answers=ALL_GOOD, note="")
    for _number in range(3):
        attempt, _colleague = taken_attempt(version, assessor=colleague)
        verbs.use_comment(rows["theirs"], attempt, by=colleague, criterion_code="c1", level=2)
    verbs.use_comment(rows["level"], attempt, by=colleague, criterion_code="c1", level=1)
    now, _me = taken_attempt(version, assessor=me)

    assert offered(now, me, level=1) == [texts[name] for name in ("level", "mine", "theirs", "any", "safety")]
    assert offered(now, colleague, level=1) == [texts[name] for name in ("level", "theirs", "mine", "any", "safety")]


def test_nothing_is_offered_of_another_badge_or_another_issuer(taken):
    attempt, assessor = taken
    issuer = attempt.submission.achievement.issuer
    everywhere = seated("assessor", issuer)
    kept(published_version(issuer).achievement, everywhere, "Of the badge beside.")
    other = published_version().achievement
    verbs.keep_comment(other.issuer, by=assessor_of(other), text="Of another house.")
    verbs.keep_comment(issuer, by=everywhere, text="Of this house.")

    assert offered(attempt, assessor) == ["Of this house."]


# --- at the desk --------------------------------------------------------------------------------------------------------
def test_without_scripts_a_comment_is_chosen_on_a_page_and_goes_behind_what_was_typed(taken):
    attempt, assessor = taken
    comment, client = kept(attempt.submission.achievement, assessor), browser(assessor)
    desk = f"/reviews/{attempt.public_id}/"
    typed = {"c1-level": "1", "c1-comment": "Nearly.", "valid": "yes", "note": "Thank you.", "pick": "c1"}

    there = client.post(f"{desk}comments/", typed).url
    page = client.get(there).content.decode()
    back = client.post(f"{desk}comments/{comment.public_id}/use/", {"criterion": "c1"})

    review = Review.objects.get()
    assert (there, EVEN in page, back.url) == (f"{desk}comments/?criterion=c1", True, f"{desk}#c1")
    mark = review.marks.get(criterion__position=1)
    assert (mark.level, mark.comment) == (1, f"Nearly.\n\n{EVEN}")
    assert (review.note, review.valid) == ("Thank you.", True)
    assert (BankUse.objects.get().level, BankComment.objects.get().uses) == (1, 1)
    client.post(f"{desk}comments/{comment.public_id}/use/", {"criterion": ""})
    assert Review.objects.get().note == f"Thank you.\n\n{EVEN}"


def test_what_a_lead_gives_as_reasons_stays_where_a_comment_is_put_in():
    attempt, lead = moderating()
    comment = kept(attempt.submission.achievement, lead)
    sent = {"reason": "The second film shows it.", "against": "not_yet", "edition": "0", "save": "yes"}
    client, there = browser(lead), f"/reviews/{attempt.public_id}/"
    client.post(f"{there}decide/", sent)

    client.post(f"{there}comments/{comment.public_id}/use/", {"criterion": "c1"})

    review = Review.objects.get(assignment__assessor=lead)
    assert EVEN in review.marks.get(criterion__position=1).comment
    assert (review.reason, review.against) == ("The second film shows it.", "not_yet")


def test_a_script_gets_the_comments_and_tells_of_a_use(taken):
    attempt, assessor = taken
    comment = kept(attempt.submission.achievement, assessor)
    client, json = browser(assessor), {"accept": "application/json"}
    address = f"/reviews/{attempt.public_id}/comments/"

    rows = client.get(f"{address}?criterion=c1&level=1", headers=json).json()
    used = client.post(f"{address}{comment.public_id}/use/", {"criterion": "c1", "level": "1"}, headers=json).json()
    found = client.get(f"{address}?criterion=c1&q=burr", headers=json).json()

    assert rows == {
        "comments": [{"id": comment.public_id, "text": EVEN, "uses": 0, "fits": True}],
        "more": False,
    }
    assert (used, found["comments"], Review.objects.get().marks.count()) == ({"uses": 1}, [], 0)
    verbs.give_back(attempt, by=assessor)
    stranger = browser(assessor_of(attempt.submission.achievement))
    refused = stranger.post(f"{address}{comment.public_id}/use/", {"criterion": "c1"}, headers=json)
    assert (refused.status_code, "Take it first" in refused.json()["errors"][0]) == (409, True)


def test_a_comment_is_kept_from_its_field(taken):
    attempt, assessor = taken
    client, address = browser(assessor), f"/reviews/{attempt.public_id}/comments/keep/"
    typed = {"c1-comment": EVEN, "note": BURR, "keep": "c1"}

    plain = client.post(address, typed)
    scripted = client.post(address, typed | {"keep": ""}, headers={"accept": "application/json"})
    empty = client.post(address, {"keep": "c2"}, headers={"accept": "application/json"})

    rows = BankComment.objects.order_by("pk").values_list("criterion_code", "text", "achievement__slug")
    slug = attempt.submission.achievement.slug
    assert list(rows) == [("c1", EVEN, slug), ("", BURR, slug)]
    assert (plain.url, scripted.json()) == (f"/reviews/{attempt.public_id}/#c1", {"done": "Kept in the bank."})
    assert (empty.status_code, empty.json()) == (422, {"errors": ["Write the comment first."]})
    assert Review.objects.get().marks.get(criterion__position=1).comment == EVEN


@pytest.mark.parametrize("address", ["comments/", "comments/keep/"])
def test_what_was_typed_comes_back_when_it_can_be_kept_no_more(taken, address):
    attempt, assessor = taken
    verbs.give_back(attempt, by=assessor)
    verbs.take(attempt, by=assessor_of(attempt.submission.achievement))
    typed = {"c1-comment": EVEN, "note": "Thank you.", "keep": "c1", "pick": "c1"}

    answer = browser(assessor).post(f"/reviews/{attempt.public_id}/{address}", typed)

    page = answer.content.decode()
    assert (answer.status_code, EVEN in page, "Thank you." in page) == (409, True, True)
    assert not BankComment.objects.exists()


# --- its page -----------------------------------------------------------------------------------------------------------
def test_the_page_lists_by_badge_and_criterion_and_finds():
    version = published_version(name="Hone a blade")
    achievement = version.achievement
    everywhere = seated("assessor", achievement.issuer)
    client = browser(everywhere)
    empty = client.get("/reviews/bank/").content.decode()
    kept(achievement, everywhere)
    kept(achievement, everywhere, BURR, "c2")
    verbs.keep_comment(achievement.issuer, by=everywhere, text="Thank you for your work.")

    whole = client.get("/reviews/bank/").content.decode()
    narrowed = client.get(f"/reviews/bank/?badge={achievement.slug}&criterion=c2").content.decode()
    found = client.get("/reviews/bank/?q=EVENLY").content.decode()

    assert "Nothing in the bank yet." in empty
    headings = ("Hone a blade: 1. Edge", "Hone a blade: 2. Safety", f"Any badge of {achievement.issuer.name}")
    assert [words for words in headings if f"<h2>{words}</h2>" not in whole] == []
    assert [text for text in (EVEN, BURR, "Thank you for your work.") if text in narrowed] == [BURR]
    assert [text for text in (EVEN, BURR, "Thank you for your work.") if text in found] == [EVEN]


def test_on_the_page_a_comment_is_kept_edited_retired_and_taken_back():
    achievement = published_version().achievement
    client = browser(assessor_of(achievement))
    slug, issuer = achievement.slug, achievement.issuer.slug

    for fits in (f"/{slug}/c1", f"/{slug}", issuer):
        client.post("/reviews/bank/keep/", {"badge": slug, "fits": fits, "text": EVEN})
    wrong = client.post("/reviews/bank/keep/", {"badge": slug, "fits": "/elsewhere", "text": BURR})

    rows = list(BankComment.objects.order_by("pk"))
    assert [(one.achievement, one.criterion_code) for one in rows] == [
        (achievement, "c1"),
        (achievement, ""),
        (None, ""),
    ]
    assert (wrong.status_code, BURR in wrong.content.decode()) == (422, True)
    act = f"/reviews/bank/{rows[0].public_id}"
    edited = client.post(f"{act}/edit/", {"text": BURR})
    assert edited.url == f"/reviews/bank/?badge=#comment-{rows[0].public_id}"
    retired = client.get(client.post(f"{act}/retire/").url).content.decode()
    assert ("Retired: “Take the burr off" in retired, f'action="{act}/restore/"' in retired) == (True, True)
    assert BURR in client.get("/reviews/bank/?view=retired").content.decode()
    client.post(f"{act}/restore/")
    rows[0].refresh_from_db()
    assert (rows[0].text, rows[0].retired_at) == (BURR, None)
    same = kept(achievement, assessor_of(achievement))
    refused = client.post(f"/reviews/bank/{same.public_id}/edit/", {"text": BURR})
    assert (refused.status_code, "has this comment already" in refused.content.decode()) == (422, True)
    scripted = client.post(f"{act}/edit/", {"text": "Hone it."}, headers={"accept": "application/json"})
    assert scripted.json() == {"id": rows[0].public_id, "text": "Hone it."}


def test_the_bank_is_downloaded_as_a_table_that_works_nothing_out():
    version = published_version(name="Hone a blade")
    assessor = assessor_of(version.achievement)
    kept(version.achievement, assessor, "=1+1")
    verbs.retire_comment(kept(version.achievement, assessor, BURR, ""), by=assessor)

    answer = browser(assessor).get("/reviews/bank/comments.csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    told = [(row["badge"], row["criterion"], row["criterion_name"], row["comment"], row["uses"]) for row in rows]
    slug = version.achievement.slug
    assert told == [(slug, "", "", BURR, "0"), (slug, "c1", "1. Edge", "'=1+1", "0")]
    assert [bool(row["retired_at"]) for row in rows] == [True, False]


def test_a_comment_of_another_house_is_not_there():
    achievement = published_version().achievement
    comment = kept(achievement, assessor_of(achievement))
    stranger = browser(assessor_of(published_version().achievement))

    verbs_of_it = ("edit", "retire", "restore")
    answers = [
        stranger.post(f"/reviews/bank/{comment.public_id}/{act}/", {"text": "x"}).status_code for act in verbs_of_it
    ]

    assert answers == [404, 404, 404]
    assert browser(person()).get("/reviews/bank/").status_code == 403
    assert browser(person()).post("/reviews/bank/keep/", {"text": EVEN}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_and_the_picker_ask_the_same_for_one_comment_and_for_three(django_assert_num_queries, rows):
    version = published_version()
    attempt, assessor = taken_attempt(version)
    for number in range(rows):
        kept(version.achievement, assessor, f"{EVEN} {number}", f"c{number + 1}")
    client = browser(assessor)

    with django_assert_num_queries(11):
        page = client.get("/reviews/bank/").content.decode()
    assert page.count('id="comment-') == rows
    with django_assert_num_queries(7):
        client.get(f"/reviews/{attempt.public_id}/comments/?criterion=c1", headers={"accept": "application/json"})


# --- for programs -------------------------------------------------------------------------------------------------------
def test_programs_keep_read_edit_and_retire_comments():
    version = published_version()
    achievement, there = version.achievement, "/api/v1/bank-comments/"
    client = browser(assessor_of(achievement))

    made = client.post(there, {"achievement": achievement.slug, "criterion": "c1", "text": EVEN}, "application/json")
    wide = client.post(there, {"issuer": achievement.issuer.slug, "text": BURR}, "application/json")
    comment = made.json()
    assert (made.status_code, wide.json()["achievement"]) == (201, None)
    assert comment == client.get(f"{there}{comment['id']}/").json()
    assert (comment["issuer"], comment["achievement"], comment["criterion"], comment["text"], comment["uses"]) == (
        achievement.issuer.slug,
        achievement.slug,
        "c1",
        EVEN,
        0,
    )
    edited = client.patch(f"{there}{comment['id']}/", {"text": "Hone it."}, "application/json").json()
    assert edited["text"] == "Hone it."

    def listed(asked=""):
        return [one["text"] for one in client.get(f"{there}{asked}").json()["results"]]

    assert listed() == [BURR, "Hone it."]
    assert (listed(f"?achievement={achievement.slug}"), listed("?criterion=c1"), listed("?q=burr")) == (
        ["Hone it."],
        ["Hone it."],
        [BURR],
    )
    assert client.delete(f"{there}{comment['id']}/").status_code == 204
    assert (listed(), listed("?retired=1")) == ([BURR], [BURR, "Hone it."])
    wrong = (
        {"text": EVEN},
        {"achievement": achievement.slug, "issuer": achievement.issuer.slug, "text": EVEN},
        {"issuer": achievement.issuer.slug, "criterion": "c1", "text": EVEN},
    )
    assert [client.post(there, body, "application/json").status_code for body in wrong] == [400, 400, 400]
    stranger = browser(assessor_of(published_version().achievement))
    assert stranger.get(f"{there}{comment['id']}/").status_code == 404
    refused = stranger.post(there, {"achievement": achievement.slug, "text": EVEN}, "application/json")
    assert (refused.status_code, stranger.get(there).json()["results"]) == (404, [])
