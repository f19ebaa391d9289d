"""Programs read the catalogue as visitors do; with a token, those who design draft, and those who publish publish."""

import pytest
from django.test import Client

from apps.accounts import verbs as accounts
from apps.core.models import Event
from apps.issuers import exchange, verbs
from apps.issuers.models import Achievement, AchievementVersion
from tests.factories import (
    OUTCOMES,
    RUBRIC,
    WORDS,
    drafted_version,
    issuer_with_owner,
    operator,
    owner_of,
    person,
    published_version,
    seated,
)

pytestmark = pytest.mark.django_db

LIST = "/api/v1/achievements/"
DESIGN = {
    "slug": "mend-a-net",
    "single": False,
    "version": {
        **WORDS,
        "name": "Mend a net",
        "kind": "Competency",
        "tags": ["Nets"],
        "level_framework": "nzqf",
        "level_number": 3,
        "credits": "5",
        "credit_framework": "nzqa",
        "hours": 50,
    },
    "outcomes": ["Mend a torn net."],
    "criteria": [
        {
            **RUBRIC[0],
            "requirements": [
                {"kind": "video", "at_least": 1, "at_most": 2, "most_megabytes": 90, "asks_consent": True}
            ],
        }
    ],
    "alignments": [
        {
            "criterion": 1,
            "level": 2,
            "target_name": "Net mending",
            "target_url": "https://skills.example/nets",
            "target_code": "N-1",
            "framework_version": "2",
        }
    ],
}


def program(someone, *scopes):
    """A client that acts for a person by a token with these scopes."""
    _token, secret = accounts.create_token(someone, by=someone, name="Program", scopes=scopes or ["achievements:write"])
    return Client(headers={"authorization": f"Bearer {secret}"})


def names(query=""):
    return [one["name"] for one in Client().get(f"{LIST}?{query}").json()["results"]]


def send(client, issuer, design):
    return client.post(f"/api/v1/issuers/{issuer.slug}/achievements/", design, "application/json")


# --- reading ----------------------------------------------------------------------------------------------------------
def test_the_list_takes_the_words_filters_and_orders_of_the_page():
    issuer, _owner = issuer_with_owner("Kōwhai Ridge")
    published_version(issuer, name="Sharpen a knife", kind="Competency", tags=["Te reo Māori"])
    published_version(issuer, name="Host a kōrero", tags=["Hosting"], level_framework="nzqf", level_number=4)
    published_version(name="Äpfel")
    drafted_version(issuer, name="Secret")

    asked = {
        "": ["Äpfel", "Host a kōrero", "Sharpen a knife"],
        "sort=title": ["Äpfel", "Host a kōrero", "Sharpen a knife"],
        "q=korero": ["Host a kōrero"],
        "q=knfe+sharpen&sort=title": ["Äpfel", "Host a kōrero", "Sharpen a knife"],
        "q=kowhai&kind=MicroCredential": ["Host a kōrero"],
        f"issuer={issuer.slug}&kind=Competency&kind=MicroCredential": ["Host a kōrero", "Sharpen a knife"],
        "level=nzqf-4": ["Host a kōrero"],
        "skill=Te+reo+M%C4%81ori": ["Sharpen a knife"],
        "q=secret": [],
        "kind=Nonsense": [],
    }
    assert {query: names(query) for query in asked} == asked


@pytest.mark.parametrize("query", ["", "sort=title", "sort=credits", "q=blade", "q=blade&sort=newest"])
def test_pages_follow_one_another_by_cursor_in_every_order_and_leave_nothing_out(query):
    issuer, _owner = issuer_with_owner()
    for number in range(7):
        fact = {"credits": str(1 + number % 3), "credit_framework": "nzqa"}
        published_version(issuer, name=f"Blade {number % 2}", description="Blade " * (number % 4) or "x", **fact)

    seen, there = [], f"{LIST}?{query}&limit=2"
    while there:
        answer = Client().get(there).json()
        seen += [one["slug"] for one in answer["results"]]
        there = answer["next"]

    whole = [one["slug"] for one in Client().get(f"{LIST}?{query}&limit=100").json()["results"]]
    assert len(seen) == len(set(seen)) == 7
    assert seen == whole


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_1_and_with_words_2_and_one_achievement_7(django_assert_num_queries, rows):
    issuer, _owner = issuer_with_owner()
    for number in range(rows):
        version = published_version(issuer, name=f"Blade {number}", rubric=RUBRIC[:2] * rows)

    with django_assert_num_queries(1):
        assert len(Client().get(f"{LIST}?issuer={issuer.slug}&sort=title").json()["results"]) == rows
    with django_assert_num_queries(2):
        assert len(Client().get(f"{LIST}?q=blade").json()["results"]) == rows
    with django_assert_num_queries(7):
        Client().get(f"{LIST}{version.achievement.slug}/")


def test_one_achievement_is_told_with_rubric_outcomes_evidence_and_skills():
    issuer, owner = issuer_with_owner()
    send(program(owner), issuer, DESIGN)
    program(owner).post(f"{LIST}mend-a-net/publish/")
    version = AchievementVersion.objects.get()

    told = Client().get(f"{LIST}mend-a-net/").json()

    assert told.pop("published_at")
    assert told == {
        "recognition": [],
        "id": version.achievement.public_id,
        "slug": "mend-a-net",
        "issuer": issuer.slug,
        "version": 1,
        "state": "published",
        "kind": "Competency",
        "name": "Mend a net",
        "description": WORDS["description"],
        "skill_sentence": WORDS["skill_sentence"],
        "how_earned": WORDS["how_earned"],
        "language": "en",
        "tags": ["Nets"],
        "field_of_study": "",
        "level": "NZQF level 3",
        "level_framework": "nzqf",
        "level_number": 3,
        "credits": "5.0",
        "credit_framework": "nzqa",
        "hours": 50,
        "service_days": 10,
        "description_for_earners": "",
        "evidence_wanted": WORDS["evidence_wanted"],
        "valid_for_days": None,
        "prerequisites": "",
        "participation": "",
        "assessment_type": "",
        "supervision": "",
        "stackability": "",
        "cost": "",
        "rpl_allowed": True,
        "attempts_allowed": None,
        "coach_after": None,
        "policy": "single",
        "blind": False,
        "moderation_percent": 0,
        "moderation_before": False,
        "review_by": None,
        "picture_alt": version.picture_alt,
        "outcomes": ["Mend a torn net."],
        "criteria": [
            {
                "id": "c1",
                "position": 1,
                "name": "Edge",
                "description": "How the edge is set.",
                "required": True,
                "required_level": 2,
                "levels": [
                    {"id": f"c1-l{n}", "position": n, "name": name, "description": said, "points": None}
                    for n, (name, said) in enumerate(
                        [
                            ("Starting", "The edge is uneven."),
                            ("With support", "The edge is even after help."),
                            ("On your own", "The edge is even, every time."),
                        ],
                        start=1,
                    )
                ],
                "requirements": [
                    {
                        "kind": "video",
                        "at_least": 1,
                        "at_most": 2,
                        "most_words": None,
                        "most_megabytes": 90,
                        "instructions": "",
                        "from_workplace": False,
                        "asks_consent": True,
                    }
                ],
            }
        ],
        "alignments": [
            {
                "criterion": "c1",
                "level": "c1-l2",
                "target_name": "Net mending",
                "target_url": "https://skills.example/nets",
                "target_code": "N-1",
                "target_description": "",
                "target_framework": "",
                "target_type": "",
                "framework_version": "2",
                "item_id": "",
            }
        ],
    }


@pytest.mark.parametrize("asked", ["q=%00", "q=%27%3A*", "kind=%00", "skill=%5C", "sort=%00", "cursor=%00", "limit=-1"])
def test_odd_questions_are_answered(asked):
    published_version()

    assert Client(raise_request_exception=False).get(f"{LIST}?{asked}").status_code in {200, 404}


# --- drafting ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["owner", "manager", "designer"])
def test_who_designs_drafts_a_whole_design_and_it_leaves_its_trail(role):
    issuer, owner = issuer_with_owner()
    designer = owner if role == "owner" else seated(role, issuer)

    answer = send(program(designer), issuer, DESIGN)

    assert (answer.status_code, answer.json()["state"], answer.json()["version"]) == (201, "draft", 1)
    drafted = AchievementVersion.objects.with_rubric().get()
    kept = exchange.to_json(drafted)
    assert {name: kept["version"][name] for name in DESIGN["version"]} == DESIGN["version"]
    assert (kept["slug"], kept["single"], kept["outcomes"]) == ("mend-a-net", False, DESIGN["outcomes"])
    assert kept["criteria"][0]["requirements"][0]["most_megabytes"] == 90
    assert kept["alignments"][0] | DESIGN["alignments"][0] == kept["alignments"][0]
    event = Event.objects.filter(kind="version.drafted").latest("pk")
    assert event.actor_id == designer.public_id
    assert Client().get(f"{LIST}mend-a-net/").status_code == 404
    assert names() == []


def test_without_a_short_name_one_is_made():
    issuer, owner = issuer_with_owner()
    design = {name: value for name, value in DESIGN.items() if name != "slug"}

    first, second = (send(program(owner), issuer, design).json()["slug"] for _again in range(2))

    assert first == "mend-a-net"
    assert second.startswith("mend-a-net-")


def test_what_an_export_says_can_be_sent_as_it_is():
    version = published_version(tags=["Blades"], credits="4.5", credit_framework="nzqa")
    issuer, owner = issuer_with_owner()
    exported = exchange.to_json(AchievementVersion.objects.with_rubric().get(pk=version.pk))

    assert send(program(owner), issuer, exported).status_code == 409  # its short name is taken
    answer = send(program(owner), issuer, exported | {"slug": "another"})

    copy = AchievementVersion.objects.with_rubric().get(achievement__slug="another")
    assert answer.status_code == 201
    assert exchange.to_json(copy) | {"slug": "", "picture": {}} == exported | {"slug": "", "picture": {}}


def test_a_taken_short_name_is_refused_in_words():
    issuer, owner = issuer_with_owner()
    send(program(owner), issuer, DESIGN)

    again = send(program(owner), issuer, DESIGN)

    assert again.headers["Content-Type"] == "application/problem+json"
    assert (again.status_code, again.json()["detail"]) == (409, "The short name “mend-a-net” is taken.")
    assert Achievement.objects.count() == 1


def test_others_draft_nothing():
    issuer, owner = issuer_with_owner()
    strangers = [
        seated("assessor", issuer),
        seated("viewer", issuer),
        issuer_with_owner()[1],
        person(),
        operator(),
    ]

    answers = [send(program(one), issuer, DESIGN).status_code for one in strangers]
    answers.append(send(program(owner, "catalogue:read", "submissions:write"), issuer, DESIGN).status_code)
    answers.append(send(Client(), issuer, DESIGN).status_code)

    assert answers == [403] * 6 + [401]
    assert Achievement.objects.count() == 0
    assert program(owner).post("/api/v1/issuers/nobody/achievements/", DESIGN, "application/json").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"version": {}}, "#/version/name"),
        ({"version": {"name": "  "}}, "#/version/name"),
        ({"slug": "Mend a net!"}, "#/slug"),
        ({"version": {**DESIGN["version"], "hours": "many"}}, "#/version/hours"),
        ({"version": {**DESIGN["version"], "policy": "dice"}}, "#/version/policy"),
        ({"criteria": [{**RUBRIC[0], "required_level": "high"}]}, "#/criteria/0/required_level"),
        ({"criteria": [*RUBRIC[:1], {**RUBRIC[1], "levels": "none"}]}, "#/criteria/1/levels"),
        ({"alignments": [{"target_name": "x", "target_url": "javascript:alert(1)"}]}, "#/alignments/0"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_is_kept(wrong, pointer):
    issuer, owner = issuer_with_owner()

    answer = send(program(owner), issuer, DESIGN | wrong)

    told = answer.json()
    assert (answer.status_code, told["status"], told["type"]) == (400, 400, "about:blank")
    assert told["errors"][0]["pointer"].startswith(pointer), told
    assert all(one["detail"] for one in told["errors"])
    assert Achievement.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"version": {"name": "a\\u0000b"}}'),
        *(b'{"version": {"name": "' + b"x" * 2_100_000 + b'"}}', b'{"version": {"name": "x", "unknown": 1}}'),
        b'{"version": {"name": "x"}, "criteria": ' + b"[" + b",".join([b'{"name": "c"}'] * 31) + b"]}",
    ],
)
def test_no_body_breaks_it(body):
    issuer, owner = issuer_with_owner()
    client = program(owner)
    client.raise_request_exception = False

    answer = client.post(f"/api/v1/issuers/{issuer.slug}/achievements/", body, "application/json")

    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert Achievement.objects.count() == 0


# --- publishing -------------------------------------------------------------------------------------------------------
def test_a_manager_publishes_and_the_catalogue_has_it():
    issuer, _owner = issuer_with_owner()
    manager = seated("manager", issuer)
    send(program(manager), issuer, DESIGN)

    answer = program(manager).post(f"{LIST}mend-a-net/publish/")

    assert (answer.status_code, answer.json()["state"]) == (200, "published")
    assert Event.objects.filter(kind="version.published").latest("pk").actor_id == manager.public_id
    assert names() == ["Mend a net"]


def test_asked_twice_it_is_refused_and_stays_published():
    version = published_version()
    by = program(owner_of(version.achievement.issuer))

    answer = by.post(f"{LIST}{version.achievement.slug}/publish/")

    assert answer.status_code == 409
    assert "published" in answer.json()["detail"]
    version.refresh_from_db()
    assert version.state == AchievementVersion.State.PUBLISHED


def test_what_is_not_ready_is_refused_with_what_is_missing():
    issuer, owner = issuer_with_owner()
    send(program(owner), issuer, DESIGN | {"criteria": [], "alignments": []})

    answer = program(owner).post(f"{LIST}mend-a-net/publish/")

    assert answer.status_code == 409
    assert len(answer.json()["detail"]) > 20
    assert AchievementVersion.objects.get().state == AchievementVersion.State.DRAFT


def test_the_next_version_is_published_by_the_same_address():
    version = published_version()
    owner = owner_of(version.achievement.issuer)
    verbs.draft_next(version.achievement, by=owner, words=WORDS | {"name": "Second"}, rubric=RUBRIC, outcomes=OUTCOMES)

    assert program(owner).post(f"{LIST}{version.achievement.slug}/publish/").json()["version"] == 2
    assert names() == ["Second"]


def test_others_publish_nothing_and_learn_nothing_of_drafts():
    issuer, owner = issuer_with_owner()
    draft = drafted_version(issuer)
    path = f"{LIST}{draft.achievement.slug}/publish/"

    assert program(seated("designer", issuer)).post(path).status_code == 403
    unseen = [seated("assessor", issuer), issuer_with_owner()[1], person(), operator()]
    assert [program(one).post(path).status_code for one in unseen] == [404] * 4
    assert program(owner, "catalogue:read").post(path).status_code == 403
    assert Client().post(path).status_code == 401
    assert program(owner).get(path).status_code == 405
    draft.refresh_from_db()
    assert draft.state == AchievementVersion.State.DRAFT


def test_where_a_second_person_approves_a_manager_alone_cannot_publish():
    issuer, owner = issuer_with_owner()
    issuer.asks_approval = True
    issuer.save(update_fields=["asks_approval"])
    send(program(owner), issuer, DESIGN)

    answer = program(owner).post(f"{LIST}mend-a-net/publish/")

    assert answer.status_code == 409
    assert "approval" in answer.json()["detail"]
    assert names() == []
