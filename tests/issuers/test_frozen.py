"""What is published can't be changed, not even by SQL; nor can the log of approvals."""
# ruff: noqa: S608 - what stands in the statements are names of our own tables

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core import clock
from apps.issuers import verbs
from apps.issuers.models import (
    AchievementVersion,
    Alignment,
    ApprovalStep,
    Criterion,
    EvidenceRequirement,
    LearningOutcome,
    Level,
)
from tests.factories import RUBRIC, drafted_version, owner_of

pytestmark = pytest.mark.django_db

PARTS = (Criterion, Level, LearningOutcome, EvidenceRequirement, Alignment)
# Another value for a column of each type, so that a new column is tested on the day that it comes.
OTHER = {
    "bigint": "coalesce({0}, 0) + 1",
    "integer": "coalesce({0}, 0) + 1",
    "smallint": "coalesce({0}, 0) + 1",
    "numeric": "coalesce({0}, 0) + 1",
    "boolean": "NOT {0}",
    "character varying": "'~'",
    "text": "'~'",
    "jsonb": """'{{"other": 1}}'""",
    "date": "coalesce({0}, '2030-01-01') + 1",
    "timestamp with time zone": "coalesce({0}, '2030-01-01') + interval '1 day'",
}


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


def refusal_of(sql):
    """How the database refuses it, or how many rows it would touch; nothing of it stays."""
    try:
        with transaction.atomic():
            count = run(sql)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error).splitlines()[0]
    return count


def columns_of(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            [model._meta.db_table],
        )
        return dict(cursor.fetchall())


def a_whole_draft():
    """A draft with at least one row of each part."""
    rubric = [{**RUBRIC[0], "requirements": [{"kind": "image"}]}, RUBRIC[1]]
    version = drafted_version(rubric=rubric)
    target = {"target_name": "Knives", "target_url": "https://skills.example/7", "target_code": "K7"}
    verbs.align(version, by=owner_of(version.achievement.issuer), target=target)
    return version


def row_of(model, version):
    at = {"Level": "criterion__version", "EvidenceRequirement": "criterion__version"}.get(model.__name__, "version")
    return model.objects.filter(**{at: version}).order_by("pk")[0]


def frozen(version, state):
    owner = owner_of(version.achievement.issuer)
    verbs.publish(version, by=owner)
    if state != "published":
        verbs.retire(version, by=owner)
    if state == "archived":
        verbs.archive(version.achievement, by=owner)
    version.refresh_from_db()
    assert version.state == state


@pytest.mark.parametrize("state", ["published", "retired", "archived"])
def test_no_column_of_a_version_changes_but_its_state_going_on(state):
    version = a_whole_draft()
    table, here = "issuers_achievementversion", f"WHERE id = {version.pk}"
    assert refusal_of(f"UPDATE {table} SET name = '~' {here}") == 1
    frozen(version, state)

    for column, kind in columns_of(AchievementVersion).items():
        if column != "state":
            answer = refusal_of(f"UPDATE {table} SET {column} = {OTHER[kind].format(column)} {here}")
            assert answer == "A published version is never changed: draft the next one.", column
    for unseen in AchievementVersion.UNSEEN:
        answer = refusal_of(f"UPDATE {table} SET state = '{unseen}' {here}")
        assert answer == "A published version is never unpublished: retire it.", unseen
    assert refusal_of(f"DELETE FROM {table} {here}") == "A published version is never deleted."


@pytest.mark.parametrize("state", ["published", "retired", "archived"])
@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_no_part_of_it_changes_comes_or_goes(model, state):
    version = a_whole_draft()
    table, row = model._meta.db_table, row_of(model, version)
    columns = columns_of(model)
    new = {name: name for name in columns if name != "id"} | {"position": "8"}
    if model is Alignment:
        new["target_code"] = "'other'"
    insert = f"INSERT INTO {table} ({', '.join(new)}) SELECT {', '.join(new.values())} FROM {table} WHERE id = {row.pk}"
    assert refusal_of(insert) == 1
    frozen(version, state)

    answers = {
        column: refusal_of(f"UPDATE {table} SET {column} = {OTHER[kind].format(column)} WHERE id = {row.pk}")
        for column, kind in columns.items()
    }
    answers["inserted"] = refusal_of(insert)
    answers["deleted"] = refusal_of(f"DELETE FROM {table} WHERE id = {row.pk}")

    said = "A published version" if model in (LearningOutcome, Alignment) else "A published rubric"
    following = "draft the next one." if said.endswith("version") else "draft the next version."
    assert set(answers.values()) == {f"{said} is never changed: {following}"}, answers


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_no_part_moves_into_it_or_out_of_it(model):
    version, draft = a_whole_draft(), a_whole_draft()
    held = "version_id" if model in (Criterion, LearningOutcome, Alignment) else "criterion_id"
    theirs, ours = row_of(model, draft), row_of(model, version)
    frozen(version, "published")

    for row, there in ((theirs, ours), (ours, theirs)):
        moved = f"UPDATE {model._meta.db_table} SET {held} = {getattr(there, held)} WHERE id = {row.pk}"
        assert "is never changed" in str(refusal_of(moved))


def test_the_log_of_approvals_is_only_added_to():
    version = a_whole_draft()
    owner = owner_of(version.achievement.issuer)
    verbs.ask_changes(verbs.send_in(version, by=owner), by=owner, note="Shorter.")
    table = ApprovalStep._meta.db_table

    answers = [
        refusal_of(f"UPDATE {table} SET {column} = {OTHER[kind].format(column)}")
        for column, kind in columns_of(ApprovalStep).items()
    ]
    answers.append(refusal_of(f"DELETE FROM {table}"))

    assert set(answers) == {"The approval log is only added to."}
    ApprovalStep.objects.create(version=version, outcome="sent_in", by=owner, at=clock.now())


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ({"number": 1}, "version_numbered_once"),
        ({"state": "approved"}, "one_version_in_the_making"),
        ({"state": "published"}, "one_published_version"),
        ({"state": "retired", "published_at": None}, "published_has_a_time"),
        ({"state": "retired", "description": ""}, "published_says_what_it_is"),
        ({"state": "retired", "picture_sha256": ""}, "published_says_what_it_is"),
        ({"level_framework": "eqf", "level_number": 9}, "level_of_its_framework"),
        ({"level_framework": "nzqf", "level_number": None}, "level_of_its_framework"),
        ({"credits": 3}, "credits_of_a_framework"),
        ({"credits": 0, "credit_framework": "nzqa"}, "credits_of_a_framework"),
        ({"moderation_percent": 101}, "moderation_in_percent"),
        ({"attempts_allowed": 0}, "one_attempt"),
        ({"coach_after": 0}, "coach_after_one_attempt"),
        ({"valid_for_days": 0}, "valid_for_a_day_at_least"),
    ],
)
def test_a_version_that_can_not_be_is_refused_by_its_table(spoil, rule):
    first = a_whole_draft()
    owner = owner_of(first.achievement.issuer)
    verbs.publish(first, by=owner)
    following = verbs.draft_next(first.achievement, by=owner)
    row = {"number": 3, "state": "archived", "published_at": clock.now(), "created_at": clock.now()}
    words = {"description": "d", "how_earned": "h", "skill_sentence": "s", "picture_sha256": "0"}

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        AchievementVersion.objects.create(achievement=first.achievement, **{**row, **words, **spoil})

    assert list(first.achievement.versions.values_list("pk", flat=True)) == [following.pk, first.pk]
    AchievementVersion.objects.create(achievement=first.achievement, **row, **words)
