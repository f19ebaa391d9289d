"""Every act on a design × who asks and × the state that it is in, in two readable tables."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.core import clock
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Achievement, AchievementVersion, ApprovalStep, Seat
from tests.factories import drafted_version, issuer_with_owner, operator, owner_of, seated

pytestmark = pytest.mark.django_db

SKILL = {"target_name": "Knives", "target_url": "https://skills.example/7", "target_code": "K7"}
NEXT = {"target_name": "Blades", "target_url": "https://skills.example/8", "target_code": "K8"}
ACTS = {
    "begin": lambda version, by: verbs.begin(version.achievement.issuer, by=by, name="Another"),
    "draft": lambda version, by: verbs.draft(version.achievement.issuer, by=by, slug="one", words={}, rubric=[]),
    "draft_next": lambda version, by: verbs.draft_next(version.achievement, by=by),
    "clone": lambda version, by: verbs.clone(version, by=by, issuer=version.achievement.issuer, name="Copy"),
    "word": lambda version, by: verbs.word(version, by=by, edition=version.edition, cost="Free"),
    "write_rubric": lambda version, by: verbs.write_rubric(
        version, by=by, edition=version.edition, outcomes=[], criteria=[]
    ),
    "write_design": lambda version, by: verbs.write_design(version, by=by, edition=version.edition, design={}),
    "align": lambda version, by: verbs.align(version, by=by, target=NEXT),
    "unalign": lambda version, by: verbs.unalign(version.alignments.get(), by=by),
    "discard": lambda version, by: verbs.discard(version, by=by),
    "send_in": lambda version, by: verbs.send_in(version, by=by),
    "ask_changes": lambda version, by: verbs.ask_changes(version, by=by, note="Shorter."),
    "approve": lambda version, by: verbs.approve(version, by=by),
    "publish": lambda version, by: verbs.publish(version, by=by),
    "retire": lambda version, by: verbs.retire(version, by=by),
    "archive": lambda version, by: verbs.archive(version.achievement, by=by),
    "comment": lambda version, by: verbs.comment(version, by=by, text="Hm."),
    "resolve_comment": lambda version, by: verbs.resolve_comment(version.design_comments.get(), by=by),
    "set_assessor_badge": lambda version, by: verbs.set_assessor_badge(
        version.achievement, badge=drafted_version(version.achievement.issuer).achievement, by=by
    ),
}
# In a state that allows it. above: the owner of an organisation above; gone: a designer whose seat has ended.
WHO = """
                 owner above manager designer assessor moderator recogniser viewer operator gone owner-elsewhere
begin            yes   yes   yes     yes      -        -         -          -      -        -    -
draft            yes   yes   yes     yes      -        -         -          -      -        -    -
draft_next       yes   yes   yes     yes      -        -         -          -      -        -    -
clone            yes   yes   yes     yes      -        -         -          -      -        -    -
word             yes   yes   yes     yes      -        -         -          -      -        -    -
write_rubric     yes   yes   yes     yes      -        -         -          -      -        -    -
write_design     yes   yes   yes     yes      -        -         -          -      -        -    -
align            yes   yes   yes     yes      -        -         -          -      -        -    -
unalign          yes   yes   yes     yes      -        -         -          -      -        -    -
discard          yes   yes   yes     yes      -        -         -          -      -        -    -
send_in          yes   yes   yes     yes      -        -         -          -      -        -    -
ask_changes      yes   yes   yes     -        -        -         -          -      -        -    -
approve          yes   yes   yes     -        -        -         -          -      -        -    -
publish          yes   yes   yes     -        -        -         -          -      -        -    -
retire           yes   yes   yes     -        -        -         -          -      -        -    -
archive          yes   yes   yes     -        -        -         -          -      -        -    -
comment          yes   yes   yes     yes      -        -         -          -      -        -    -
resolve_comment  yes   yes   yes     yes      -        -         -          -      -        -    -
set_assessor_badge yes yes   yes     yes      -        -         -          -      -        -    -
"""
# By the owner. no: refused in words. given-back: a draft that was sent in before; shut: such a one, archived.
WHEN = """
                 draft given-back in_approval approved published retired archived shut
begin            yes   yes        yes         yes      yes       yes     yes      yes
draft            yes   yes        yes         yes      yes       yes     yes      yes
draft_next       no    no         no          no       yes       yes     no       no
clone            yes   yes        yes         yes      yes       yes     yes      yes
word             yes   yes        no          no       no        no      no       no
write_rubric     yes   yes        no          no       no        no      no       no
write_design     yes   yes        no          no       no        no      no       no
align            yes   yes        no          no       no        no      no       no
unalign          yes   yes        no          no       no        no      no       no
discard          yes   no         no          no       no        no      no       no
send_in          yes   yes        no          no       no        no      no       no
ask_changes      no    no         yes         yes      no        no      no       no
approve          no    no         yes         no       no        no      no       no
publish          yes   yes        no          yes      no        no      no       no
retire           no    no         no          no       yes       no      no       no
archive          no    yes        no          no       no        yes     no       no
comment          yes   yes        yes         yes      no        no      no       no
resolve_comment  yes   yes        yes         yes      yes       yes     yes      yes
set_assessor_badge yes yes        yes         yes      yes       yes     no       no
"""
ALLOWED_IN = {
    **dict.fromkeys(ACTS, "draft"),
    **dict.fromkeys(("ask_changes", "approve"), "in_approval"),
    **dict.fromkeys(("draft_next", "retire"), "published"),
    "archive": "retired",
}
SEEN = ("published", "retired", "archived")


def columns_of(table):
    return table.strip("\n").splitlines()[0].split()


def rows_of(table):
    return {name: rest for name, *rest in (line.split() for line in table.strip("\n").splitlines()[1:])}


@pytest.fixture
def version():
    """A draft with one alignment and one comment, as every act needs it."""
    version = drafted_version()
    owner = owner_of(version.achievement.issuer)
    verbs.align(version, by=owner, target=SKILL)
    verbs.comment(version, by=owner, text="Hm.")
    return AchievementVersion.objects.select_related("achievement__issuer").get(pk=version.pk)


def put(version, state):
    """Into a state as the verbs would leave it, by the shortest way there."""
    owner = owner_of(version.achievement.issuer)
    if state in ("given-back", "shut"):
        ApprovalStep.objects.create(version=version, outcome="sent_in", by=owner, at=clock.now())
    elif state != "draft":
        AchievementVersion.objects.filter(pk=version.pk).update(
            state=state, published_at=clock.now() if state in SEEN else None
        )
    if state in ("archived", "shut"):
        Achievement.objects.filter(pk=version.achievement_id).update(archived_at=clock.now())


def came_of(act, version, by):
    """yes, no (refused in words) or - (not for them); nothing of it stays."""
    version = AchievementVersion.objects.select_related("achievement__issuer").get(pk=version.pk)
    with transaction.atomic():
        try:
            act(version, by)
        except PermissionDenied:
            answer = "-"
        except Refused:
            answer = "no"
        else:
            answer = "yes"
        transaction.set_rollback(True)
    return answer


def test_the_tables_know_every_verb_of_designs_and_publishing():
    from apps.issuers.verbs import designs, publishing

    known = {
        name
        for module in (designs, publishing)
        for name, one in vars(module).items()
        if callable(one) and one.__module__ == module.__name__ and not name.startswith("_")
    }

    assert known - {"remind_reviews"} == set(ACTS) == set(rows_of(WHO)) == set(rows_of(WHEN))


@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_for_those_that_the_table_says(version, name):
    house = version.achievement.issuer
    above, chief = issuer_with_owner("Above")
    house.parent = above
    house.save(update_fields=["parent"])
    people = {role: seated(role, house) for role in columns_of(WHO) if role in Seat.Role.values and role != "owner"}
    gone = seated("designer", house)
    gone.seats.update(ended_at=clock.now())
    people |= {"owner": owner_of(house), "above": chief, "operator": operator(), "gone": gone}
    people["owner-elsewhere"] = issuer_with_owner()[1]
    put(version, ALLOWED_IN[name])

    answers = [came_of(ACTS[name], version, people[who]) for who in columns_of(WHO)]

    assert answers == rows_of(WHO)[name]


@pytest.mark.parametrize("state", columns_of(WHEN))
def test_each_act_has_the_states_that_the_table_says(version, state):
    put(version, state)
    owner = owner_of(version.achievement.issuer)

    answers = {name: came_of(act, version, owner) for name, act in ACTS.items()}

    place = columns_of(WHEN).index(state)
    assert answers == {name: row[place] for name, row in rows_of(WHEN).items()}
