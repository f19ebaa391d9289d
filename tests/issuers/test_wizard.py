"""The design wizard by plain POST: each step saved alone, in words, losing nothing."""

import json

import pytest
from django.test import Client

from apps.core.models import Event
from apps.issuers import verbs
from apps.issuers.models import Achievement, AchievementVersion
from tests.factories import drafted_version, issuer_with_owner, owner_of, person, published_version, seated

pytestmark = pytest.mark.django_db
State = AchievementVersion.State


def signed_in(somebody):
    client = Client()
    client.force_login(somebody)
    return client


@pytest.fixture
def house():
    """(issuer, owner, the owner's client)"""
    issuer, owner = issuer_with_owner()
    return issuer, owner, signed_in(owner)


def begun(client, name="Mend a net", start="skill"):
    issuer = client.get("/designs/begin/").context["form"].initial["issuer"]
    answer = client.post("/designs/begin/", {"name": name, "start": start, "issuer": issuer})
    assert answer.status_code == 302
    return AchievementVersion.objects.select_related("achievement__issuer").get(name=name)


def rubric_fields(page):
    """What a browser would send of the form on the second step."""
    fields = {}
    form = page.context["form"]
    for one in [form.head, *(inner for row in form.rows for inner in row.forms)]:
        for bound in one:
            value = bound.value()
            if value not in (None, False):
                fields[bound.html_name] = "on" if value is True else value
    fields["c-count"] = len(form.rows)
    for at, row in enumerate(form.rows):
        fields |= {f"c{at}-l-count": len(row.levels), f"c{at}-r-count": len(row.requirements)}
    return fields


def test_from_a_starter_to_the_catalogue_in_five_forms(house):
    _issuer, owner, client = house
    version = begun(client)
    at = f"/designs/{version.achievement.public_id}"

    focus = {"kind": "MicroCredential", "name": "Mend a net", "language": "en", "edition": 1, "single": "on"}
    focus |= {
        "skill_sentence": "mend a net at sea",
        "description": "Nets mended at sea.",
        "description_for_earners": "You.",
    }
    assert client.post(f"{at}/focus/", focus).url == f"{at}/outcomes/"
    page = client.get(f"{at}/outcomes/")
    assert client.post(f"{at}/outcomes/", rubric_fields(page)).url == f"{at}/graphic/"
    edition = AchievementVersion.objects.get(pk=version.pk).edition
    answer = client.post(
        f"{at}/metadata/", {"edition": edition, "tags": "nets, fishing", "hours": 20, "service_days": 5}
    )
    assert answer.url == f"{at}/ready/"
    ready = client.get(f"{at}/ready/")
    assert ready.context["errors"] == []
    answer = client.post(f"{at}/publish/")

    assert answer.url == "/achievements/mend-a-net/"
    version.refresh_from_db()
    assert (version.state, version.name, version.tags, version.hours) == (
        State.PUBLISHED,
        "Mend a net",
        ["nets", "fishing"],
        20,
    )
    assert version.criteria.count() == 3
    assert [event.kind for event in Event.objects.filter(subject_id=version.achievement.public_id).order_by("pk")] == [
        *("version.drafted", "version.worded", "version.worded", "version.worded", "version.published")
    ]
    assert Event.objects.filter(kind="version.published").get().actor_id == owner.public_id


def test_an_empty_page_says_what_it_lacks_and_can_not_be_published(house):
    _issuer, _owner, client = house
    version = begun(client, start="nothing")
    at = f"/designs/{version.achievement.public_id}"

    codes = [one.code for one in client.get(f"{at}/ready/").context["errors"]]
    client.post(f"{at}/publish/")

    assert codes == ["no_description", "no_skill", "no_outcome", "no_way", "no_criterion"]
    version.refresh_from_db()
    assert version.state == State.DRAFT


def test_criteria_are_added_moved_and_removed_by_buttons_and_stay_themselves(house):
    _issuer, _owner, client = house
    version = begun(client)
    at = f"/designs/{version.achievement.public_id}/outcomes/"
    before = {one.name: one.pk for one in version.criteria.all()}

    def press(do, **typed):
        fields = rubric_fields(client.get(at)) | typed | {"do": do}
        answer = client.post(at, fields)
        assert answer.status_code == 302, answer.context["form"].errors()
        return answer.url.partition("#")[2]

    assert press("up-criterion:3", **{"c2-name": "Looking back, honestly"}) == "c2"
    assert [one.name for one in version.criteria.all()] == [
        "The work itself",
        "Looking back, honestly",
        "Working safely",
    ]
    assert press("add-criterion") == "c4"
    assert press("remove-criterion:1") == "c1"
    press("add-level:1")
    press("remove-level:2:1")
    press("add-requirement:3")

    rows = list(version.criteria.prefetch_related("levels", "requirements"))
    assert [(one.name, one.levels.count(), one.requirements.count()) for one in rows] == [
        ("Looking back, honestly", 5, 1),
        ("Working safely", 3, 1),
        ("", 4, 1),
    ]
    assert rows[0].pk == before["Looking back"]
    assert rows[1].pk == before["Working safely"]


def test_how_work_is_judged_is_said_among_the_facts_and_what_lacks_people_is_pointed_out(house):
    _issuer, _owner, client = house
    version = begun(client)
    at = f"/designs/{version.achievement.public_id}/metadata/"
    judged = {"policy": "double_blind", "blind": "on", "moderation_percent": 20, "moderation_before": "on"}

    client.post(at, judged | {"edition": version.edition, "service_days": 5, "next": "stay"})
    page = client.get(at).content.decode()

    version.refresh_from_db()
    kept = (version.policy, version.blind, version.moderation_percent, version.moderation_before)
    assert kept == ("double_blind", True, 20, True)
    for words in (
        "so you need three people, one of them a lead",
        "A second look needs a lead",
        "An appeal needs a lead",
    ):
        assert words in page, words


def test_two_tabs_notice_each_other_and_what_was_typed_stays_on_the_page(house):
    _issuer, owner, client = house
    version = begun(client)
    at = f"/designs/{version.achievement.public_id}/focus/"
    fields = {"kind": "Badge", "name": "Mend a net", "language": "en", "edition": 1}
    verbs.word(version, by=owner, edition=1, cost="Free")

    answer = client.post(at, fields | {"description": "Typed in the other tab."})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert ("since been changed in another window" in page, "Typed in the other tab." in page) == (True, True)
    version.refresh_from_db()
    assert (version.cost, version.kind) == ("Free", "MicroCredential")


def test_a_script_saves_and_reads_what_is_missing(house):
    _issuer, _owner, client = house
    version = begun(client, start="nothing")
    at = f"/designs/{version.achievement.public_id}/focus/"

    fields = {"kind": "Badge", "name": "Mend a net", "language": "en", "edition": 1, "description": "x"}
    answer = client.post(at, fields, headers={"accept": "application/json"})

    said = answer.json()
    assert (answer.status_code, said["edition"]) == (200, 2)
    assert said["missing"] == ["Say in one sentence what the earner can do.", "Say why learners should earn it."]


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        ("focus", {"name": ""}, "This field is required."),
        ("focus", {"name": "x" * 201}, "at most 200"),
        ("focus", {"name": "a\x0bb"}, "control character"),
        ("metadata", {"level_framework": "eqf", "level_number": 9}, "Its levels run from 1 to 8."),
        ("metadata", {"level_number": 3}, "Say which framework this level is from."),
        ("metadata", {"credits": 3}, "Say whose credits these are."),
        ("metadata", {"credits": "many"}, "Enter a number."),
        ("metadata", {"attempts_allowed": 0}, "greater than or equal to 1"),
        ("metadata", {"coach_after": 0}, "greater than or equal to 1"),
        ("metadata", {"valid_for_days": "99999999999"}, "less than or equal to"),
        ("metadata", {"moderation_percent": 101}, "less than or equal to 100"),
        ("metadata", {"tags": ",".join(f"t{n}" for n in range(21))}, "Up to 20 tags."),
        ("metadata", {"review_by": "soon"}, "Enter a valid date."),
        ("outcomes", {"outcomes": "x\n" * 21}, "Up to 20 outcomes."),
        ("outcomes", {"c-count": 1, "c0-name": "x" * 201}, "at most 200"),
        (
            "outcomes",
            {"c-count": 1, "c0-r-count": 1, "c0-r0-kind": "any", "c0-r0-at_least": 3, "c0-r0-at_most": 2},
            "less than",
        ),
        ("outcomes", {"c-count": 1, "c0-r-count": 1, "c0-r0-kind": "dance"}, "Select a valid choice."),
    ],
)
def test_what_can_not_be_is_said_on_the_form(house, step, fields, said):
    _issuer, _owner, client = house
    version = begun(client, start="nothing")
    good = {
        "edition": 1,
        "kind": "Badge",
        "name": "Mend a net",
        "language": "en",
        "service_days": 5,
        "description": "Kept?",
    }

    answer = client.post(f"/designs/{version.achievement.public_id}/{step}/", good | fields)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    version.refresh_from_db()
    assert version.edition == 1


def test_counts_that_nobody_sends_break_nothing(house):
    _issuer, _owner, client = house
    version = begun(client, start="nothing")
    at = f"/designs/{version.achievement.public_id}/outcomes/"

    for count in ("-1", "many", "99999999999", "１"):
        assert client.post(at, {"edition": "1", "c-count": count, "do": "up-criterion:7"}).status_code in (302, 422)
    assert version.criteria.count() <= 30


def test_a_rubric_holds_30_criteria_and_8_levels_and_its_page_asks_no_more_for_it(house, django_assert_max_num_queries):
    _issuer, owner, client = house
    version = begun(client, start="nothing")
    rows = [
        {
            "name": f"Criterion {n}",
            "levels": [{"name": f"L{m}", "description": "d"} for m in range(8)],
            "required_level": 4,
        }
        for n in range(30)
    ]
    verbs.write_rubric(version, by=owner, edition=1, outcomes=["Mend."], criteria=rows)
    at = f"/designs/{version.achievement.public_id}/outcomes/"

    with django_assert_max_num_queries(20):
        page = client.get(at)
    assert client.post(at, rubric_fields(page)).status_code == 302

    assert [(one.name, one.levels.count()) for one in version.criteria.all()] == [
        (f"Criterion {n}", 8) for n in range(30)
    ]


def test_a_design_is_downloaded_and_read_in_as_an_equal_one(house):
    _issuer, _owner, client = house
    version = begun(client)
    file = client.get(f"/designs/{version.achievement.public_id}/design.json")
    body = json.loads(file.content)

    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("design.json", file.content, "application/json")
    issuer = client.get("/designs/begin/").context["form"].initial["issuer"]
    client.post("/designs/begin/", {"name": "Mend a net", "start": "nothing", "issuer": issuer, "file": upload})

    second = Achievement.objects.exclude(pk=version.achievement_id).get()
    again = json.loads(client.get(f"/designs/{second.public_id}/design.json").content)
    assert again.pop("slug") != body.pop("slug")
    assert again == body


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no json", "This is not a JSON file."),
        (b"[" * 100_000, "This is not a JSON file."),
        (b"[]", "is not of type"),
        (b'{"version": {"name": "x", "colour": "red"}}', "colour"),
        (b'{"version": {"name": "x", "kind": "Crown"}}', "kind"),
        (b'{"version": {"name": "a\\u000bb"}}', "control character"),
        (b'{"version": {"name": "x"}, "criteria": [{"name": "c", "requirements": [{"kind": "dance"}]}]}', "dance"),
        (
            b'{"version": {"name": "x"}, "alignments": [{"target_name": "n", "target_url": "javascript:1"}]}',
            "valid URL",
        ),
        (b'{"version": {"name": "x", "credits": "3", "credit_framework": ""}}', "whose credits"),
        (b'{"version": {"name": "x"}, "picture": {"shape": "cloud"}}', "cloud"),
        (b"{" + b" " * 2_000_001 + b"}", "more than 2 MB"),
    ],
)
def test_a_file_that_is_no_design_is_refused_in_words(house, content, said):
    from django.core.files.uploadedfile import SimpleUploadedFile

    issuer, _owner, client = house
    upload = SimpleUploadedFile("design.json", content, "application/json")

    fields = {"name": "Mend a net", "start": "nothing", "issuer": issuer.slug, "file": upload}
    answer = client.post("/designs/begin/", fields)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Achievement.objects.exists()


def test_nobody_but_designers_of_the_house_sees_a_design():
    version = drafted_version(name="Secret plans")
    issuer = version.achievement.issuer
    _other, stranger = issuer_with_owner()
    at = f"/designs/{version.achievement.public_id}/"

    seen = {
        role: signed_in(somebody).get(at).status_code
        for role, somebody in {
            "owner": owner_of(issuer),
            "designer": seated("designer", issuer),
            "assessor": seated("assessor", issuer),
            "viewer": seated("viewer", issuer),
            "other owner": stranger,
            "learner": person(),
        }.items()
    }

    assert seen == {"owner": 200, "designer": 200, "assessor": 404, "viewer": 404, "other owner": 404, "learner": 404}
    assert b"Secret plans" not in signed_in(stranger).get("/designs/").content


def test_whoever_designs_above_designs_below():
    parent, chief = issuer_with_owner("Longwater Group")
    version = drafted_version()
    issuer = version.achievement.issuer
    issuer.parent = parent
    issuer.save()

    assert signed_in(chief).get(f"/designs/{version.achievement.public_id}/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_7(house, django_assert_num_queries, rows):
    issuer, _owner, client = house
    for _number in range(rows):
        published_version(issuer)

    with django_assert_num_queries(7):
        page = client.get("/designs/").content.decode()
    assert page.count('scope="row"') == rows


def test_designers_see_the_whole_page_and_the_json_before_anybody_else(house):
    _issuer, _owner, client = house
    version = begun(client)
    at = f"/designs/{version.achievement.public_id}/page/"

    page = client.get(at).content.decode()

    assert ("This is how visitors will read it." in page, "&quot;resultDescription&quot;" in page) == (True, True)
    assert ("earner@example.org" in page, Client().get(at).status_code) == (False, 302)
    assert signed_in(person()).get(at).status_code == 404


def test_what_was_approved_goes_back_with_what_to_change(house):
    issuer, owner, client = house
    version = begun(client)
    designer = seated("designer", issuer)
    verbs.send_in(version, by=designer)
    at = f"/designs/{version.achievement.public_id}"
    client.post(f"{at}/approve/")
    assert "Ask for changes after all" in client.get(f"{at}/").content.decode()

    empty = client.post(f"{at}/ask-changes/", {"note": " "})
    assert (empty.status_code, "Say what to change." in empty.content.decode()) == (422, True)
    assert client.post(f"{at}/ask-changes/", {"note": "One typo."}).status_code == 302

    version.refresh_from_db()
    assert version.state == State.DRAFT
    assert [(one.outcome, one.note, one.by) for one in version.approval_steps.all()] == [
        ("sent_in", "", designer),
        ("approved", "", owner),
        ("changes_asked", "One typo.", owner),
    ]
