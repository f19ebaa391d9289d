"""People who walk pathways in tests: what they are given, what they bring, and what follows of it."""

from apps.core import clock, outbox
from apps.core.models import Job
from apps.credentials import verbs as credentials
from apps.credentials.models import ForeignCredential
from apps.issuers.models import AchievementVersion
from apps.pathways import verbs
from apps.pathways.models import Equivalence
from tests.factories.rubrics import owner_of


def follow():
    """What the workers do with whatever just happened, as far as it is the pathways' business."""
    while (
        job := Job.objects.filter(function__startswith="apps.pathways", state=Job.State.PENDING).order_by("pk").first()
    ):
        outbox.run(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.last_error


def give(learner, achievement, *, followed=True):
    """A direct award, not yet signed, and what follows of it."""
    version = AchievementVersion.objects.public().get(achievement=achievement)
    held = credentials.award_directly(
        version, by=owner_of(achievement.issuer), address=learner.email, name="", why="A course."
    )
    if followed:
        follow()
    return held


def bring(learner, *, issuer="https://elsewhere.example", badge="https://elsewhere.example/badge", until=None, n=1):
    """A badge from elsewhere that was found valid and is proved to be theirs."""
    foreign = ForeignCredential.objects.create(
        holder=learner,
        file=f"foreign/{n}",
        sha256=f"{n:064x}",
        size=10,
        is_picture=False,
        text="{}",
        kind="Open Badges 3.0",
        identity=f"{learner.pk * 1000 + n:064x}",
        issuer_id=issuer,
        issuer_name="Elsewhere",
        achievement_id=badge,
        achievement_name="A badge from elsewhere",
        credential_id=f"{issuer}/c/{n}",
        valid_until=until,
        proved_address=learner.email,
        verdict="valid",
        report={},
        kept_at=clock.now(),
        checked_at=clock.now(),
        next_check_at=clock.now(),
    )
    verbs.look_at({learner.pk})
    return foreign


def counting(issuer, *, counts_as=None, name="A badge from elsewhere", **facts):
    """An equivalence in force for the badge that `bring` brings."""
    return Equivalence.objects.create(
        issuer=issuer,
        state="accepted",
        foreign_issuer_id="https://elsewhere.example",
        foreign_achievement_id="https://elsewhere.example/badge",
        foreign_name=name,
        counts_as=counts_as,
        why="The same rubric.",
        proposed_by=owner_of(issuer),
        proposed_at=clock.now(),
        answered_at=clock.now(),
        **facts,
    )
