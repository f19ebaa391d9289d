"""The view of the queue that work was opened from is kept at the desk, and is where one lands afterwards."""

import re

import pytest
from django.utils.http import urlencode

from apps.reviews import verbs
from apps.submissions import verbs as submissions
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    marks_for,
    published_version,
    taken_attempt,
)

pytestmark = pytest.mark.django_db
VIEW = "view=late&language=en&q=knife"
FROM = f"?{urlencode({'from': VIEW})}"
WHY = "The film stops after two seconds. Add it once more."
MARKED = {"c1-level": "2", "c2-level": "3", "c3-level": "2", **dict.fromkeys(ALL_GOOD, "yes")}


def ways_of(page):
    """Where the links, forms and buttons of a page lead, without what stands after a #."""
    found = re.findall(r' (?:href|action|formaction|data-cite)="([^"#]+)', page)
    return {one.replace("&amp;", "&") for one in found}


def at_the_desk(page, attempt):
    """Of these, what belongs to the desk of one attempt."""
    return {one for one in ways_of(page) if attempt.public_id in one or "/reviews/annotations/" in one}


def test_rows_lead_to_the_desk_with_the_view_and_its_filters():
    attempt, assessor = taken_attempt()
    client, desk = browser(assessor), f"/reviews/{attempt.public_id}/"
    view = f"view=mine&badge={attempt.submission.achievement.public_id}"

    assert at_the_desk(client.get("/reviews/").content.decode(), attempt) == {desk}
    for _visit in range(2):
        page = client.get(f"/reviews/?{view}&after=&q=").content.decode()
        assert at_the_desk(page, attempt) == {f"{desk}?{urlencode({'from': view})}"}
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="Thank you.")
    assert at_the_desk(client.get("/reviews/?view=done").content.decode(), attempt) == {f"{desk}?from=view%3Ddone"}


def test_every_way_on_from_a_desk_keeps_the_view_it_was_opened_from():
    attempt, assessor = taken_attempt(published_version(blind=True))
    verbs.annotate(attempt, by=assessor, evidence=attempt.evidence.get(), text="Look at the bevel.")
    free = assessable_attempt(attempt.submission.version)
    client = browser(assessor)

    for one in (attempt, free):
        desk = f"/reviews/{one.public_id}/"
        page = client.get(f"{desk}{FROM}").content.decode()
        plain = client.get(desk).content.decode()
        assert f'href="/reviews/?{VIEW.replace("&", "&amp;")}" data-queue' in page
        assert 'href="/reviews/" data-queue' in plain
        assert {way for way in at_the_desk(plain, one) if "from=" in way} == set()
        assert {way for way in at_the_desk(page, one) if FROM[1:] not in way} == set()
    for name in ("return", "recuse", "recognise", "story", "comments", "evidence"):
        page = client.get(f"/reviews/{attempt.public_id}/{name}/{FROM}").content.decode()
        assert f"/reviews/{attempt.public_id}/{FROM}" in at_the_desk(page, attempt), name


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("decide", MARKED | {"decide": "yes", "note": "Thank you."}),
        ("return", {"reason": WHY}),
        ("give-back", {}),
        ("recuse", {"kind": "knows"}),
        ("recognise", {"leave": "yes"}),
    ],
)
@pytest.mark.parametrize(
    ("said", "lands"),
    [
        (FROM, f"/reviews/?{VIEW}"),
        (f"{FROM}{urlencode({'': '&next=//evil.example&after=x'})[1:]}", f"/reviews/?{VIEW}"),
        ("?from=//evil.example/", "/reviews/"),
        ("?from=https://evil.example/?view", "/reviews/"),
        ("", "/reviews/"),
    ],
)
def test_whoever_is_done_with_it_lands_in_the_view_it_was_opened_from(act, typed, said, lands):
    attempt, assessor = taken_attempt(published_version(blind=True))

    answer = browser(assessor).post(f"/reviews/{attempt.public_id}/{act}/{said}", typed)

    assert (answer.status_code, answer["Location"]) == (302, lands)


def test_what_comes_back_to_the_desk_keeps_the_view():
    attempt, assessor = taken_attempt(published_version(blind=True))
    client, desk = browser(assessor), f"/reviews/{attempt.public_id}/"
    note = verbs.annotate(attempt, by=assessor, evidence=attempt.evidence.get(), text="Look at the bevel.")
    kept = verbs.keep_comment(attempt.submission.achievement.issuer, by=assessor, text="Show both sides.")

    went = {
        act: client.post(f"{address}{FROM}", typed)["Location"]
        for act, address, typed in (
            ("take", f"{desk}take/", {}),
            ("keep", f"{desk}keep/", {}),
            ("save", f"{desk}decide/", MARKED | {"save": "yes"}),
            ("draft", f"{desk}decide/", MARKED | {"draft": "yes"}),
            ("recognise", f"{desk}recognise/", {"go_on": "yes"}),
            ("write", f"{desk}message/", {"text": "Which blade?"}),
            ("pick", f"{desk}comments/", MARKED | {"pick": "c1"}),
            ("use", f"{desk}comments/{kept.public_id}/use/", {"criterion": "c1"}),
            ("cite", f"{desk}annotate/", MARKED | {"cite": "c1"}),
            ("reply", f"/reviews/annotations/{note.public_id}/reply/", {"text": "It is there."}),
            ("remove", f"/reviews/annotations/{note.public_id}/remove/", {}),
        )
    }

    assert {act: way.split("#")[0] for act, way in went.items()} == {
        **dict.fromkeys(went, f"{desk}{FROM}"),
        "pick": f"{desk}comments/?{urlencode({'criterion': 'c1', 'from': VIEW})}",
    }


def test_a_refused_decision_and_fetched_notes_keep_the_view():
    attempt, assessor = taken_attempt()
    client, desk = browser(assessor), f"/reviews/{attempt.public_id}/"

    refused = client.post(f"{desk}decide/{FROM}", {"decide": "yes"})
    noted = {"evidence": attempt.evidence.get().public_id, "text": "Look at the bevel.", "readers": "internal"}
    fetched = client.post(f"{desk}annotate/{FROM}", noted, headers={"HX-Request": "true"})

    for page, status in ((refused, 422), (fetched, 200)):
        ways = at_the_desk(page.content.decode(), attempt)
        assert page.status_code == status
        assert ways
        assert {way for way in ways if FROM[1:] not in way} == set()


def test_the_next_one_is_opened_in_the_view_it_was_taken_from():
    waiting = assessable_attempt()
    assessor = assessor_of(waiting.submission.achievement)

    answer = browser(assessor).post("/reviews/next/?from=view%3Dfree")

    assert answer["Location"] == f"/reviews/{waiting.public_id}/?from=view%3Dfree"


def test_work_that_went_away_leads_on_in_the_view():
    attempt, assessor = taken_attempt()
    submissions.withdraw(attempt.submission, by=attempt.submission.learner)

    page = browser(assessor).post(f"/reviews/{attempt.public_id}/decide/{FROM}", MARKED)

    assert (page.status_code, ways_of(page.content.decode()) >= {f"/reviews/?{VIEW}", f"/reviews/next/{FROM}"}) == (
        409,
        True,
    )


@pytest.mark.parametrize(
    ("act", "typed"), [("return", {"reason": WHY}), ("give-back", {}), ("recuse", {"kind": "knows"})]
)
def test_where_one_lands_the_next_one_of_that_view_is_at_hand(act, typed):
    attempt, assessor = taken_attempt()
    following = assessable_attempt(attempt.submission.version)
    client, view = browser(assessor), f"?{urlencode({'from': 'view=free&language=en'})}"

    page = client.post(f"/reviews/{attempt.public_id}/{act}/{view}", typed, follow=True).content.decode()

    assert (f"/reviews/next/{view}" in ways_of(page), "Take the next one" in page) == (True, True)
    assert client.post(f"/reviews/next/{view}")["Location"] == f"/reviews/{following.public_id}/{view}"
