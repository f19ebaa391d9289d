"""What a person should do next, for each role they can have here: the reads behind the home page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.core import clock, health
from apps.core.models import Job
from apps.credentials.models import Credential
from apps.issuers.models import AchievementVersion, Issuer, Seat
from apps.pathways import queries as pathways
from apps.pathways.models import Enrolment, Stack
from apps.reviews import queries as reviews
from apps.reviews.models import Tally
from apps.submissions.models import Submission
from apps.submissions.queries import WAITING
from apps.submissions.walking import walk

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from apps.submissions.walking import Walk

URGENT = 6
LATELY = timedelta(days=60)
MOST_ANSWERS = 3
_State = Submission.State


def of(role: str, user: User, *, also: Collection[str]) -> dict[str, Any]:
    """The context of `backpacks/home/<role>.html`; `also` names every role the person has, including this one."""
    parts = {
        "learner": learner,
        "assessor": assessor,
        "recogniser": recogniser,
        "issuer": issuer,
        "operator": operator,
    }
    context = parts[role](user)
    others = {name for name in also if name != role}
    return context | {"elsewhere": _elsewhere(user, others)}


def learner(user: User) -> dict[str, Any]:
    """The learner's page. `next` is the one thing to do first: what came back, else a badge to keep, else a draft to
    go on with, else the next step of a pathway.
    """
    lately = Q(state=_State.AWARDED, decided_at__gt=clock.now() - LATELY)
    mine = list(
        Submission.objects.filter(Q(state__in=Submission.LIVE, forgotten_at=None) | lately, learner=user)
        .select_related("version__achievement__issuer")
        .order_by("-started_at", "-pk")
    )
    offered = list(
        # A job of its own files it in the backpack, a moment before or after.
        Credential.objects.filter(earner=user, state=Credential.State.OFFERED, backpack_item__isnull=False)
        .select_related("version__achievement", "issuer", "backpack_item")
        .order_by("-awarded_at", "-pk")
    )
    by_state = {state: [one for one in mine if one.state == state] for state in _State}
    to_change, drafts = by_state[_State.NOT_YET], by_state[_State.DRAFT]
    told = {one.achievement_id for one in offered}
    step = next(iter([*to_change, *offered, *drafts]), None)
    return {
        "next": step,
        "next_is_badge": isinstance(step, Credential),
        "to_change": [one for one in to_change if one is not step],
        "drafts": [one for one in drafts if one is not step],
        "waiting": [one for one in mine if one.state in WAITING],
        "offered": [one for one in offered if one is not step],
        "answers": [one for one in by_state[_State.AWARDED] if one.achievement_id not in told][:MOST_ANSWERS],
        "kept": user.backpack_items.count(),
        "walked": _walked(user),
    }


def _walked(user: User) -> Walk | None:
    """The pathway that they are closest to finishing, and where they stand on it."""
    under_way = Enrolment.objects.filter(learner=user, state=Enrolment.State.ACTIVE)
    nearest = under_way.select_related("pathway").order_by(F("steps_total") - F("steps_done"), "-started_at", "-pk")
    enrolment = nearest.first()
    return walk(user, pathways.about_version(enrolment.version_id), enrolment) if enrolment else None


def assessor(user: User) -> dict[str, Any]:
    """The assessor's page: what they hold first, then the most urgent of the rest."""
    queue = reviews.Queue(user)
    counts = queue.counts
    mine = queue.page(reviews.Asked(view="mine"), most=URGENT).rows if counts["mine"] else []
    rest = [turn for turn in queue.page(most=URGENT).rows if not turn.is_mine]
    return {"rows": (mine + rest)[:URGENT], "counts": counts}


def recogniser(user: User) -> dict[str, Any]:
    """The requests for credit, longest waiting first."""
    waiting = pathways.request_lists(user)["waiting"]
    return {"waiting": waiting.count(), "requests": list(waiting[:URGENT])}


def issuer(user: User) -> dict[str, Any]:
    """Drafts and what is open for evidence, with the number waiting for each: only figures, no evidence."""
    at = (Seat.Role.OWNER, Seat.Role.MANAGER, Seat.Role.DESIGNER)
    here = Issuer.objects.manned_by(user, *at)
    kept = Tally.objects.filter(achievement=OuterRef("achievement"))
    waiting = kept.filter(due_on=None)
    late = kept.filter(due_on__lt=reviews.today_at("achievement__issuer__time_zone"))
    awarded = Credential.objects.filter(achievement=OuterRef("achievement"))
    versions = (
        AchievementVersion.objects.filter(
            achievement__issuer__in=here,
            state__in=(*AchievementVersion.UNSEEN, AchievementVersion.State.PUBLISHED),
        )
        .select_related("achievement__issuer")
        .annotate(
            waiting=_kept(waiting),
            late=_kept(late),
            awarded=_how_many(awarded, "achievement"),
        )
        .order_by("achievement__issuer__name", "achievement__issuer", "name", "pk")
    )
    rows = list(versions)
    published = [one for one in rows if one.state == AchievementVersion.State.PUBLISHED]
    return {
        "issuers": list(here),
        "making": [one for one in rows if one.state != AchievementVersion.State.PUBLISHED],
        "published": [one for one in published if one.takes_work],
        "waiting": sum(one.waiting for one in published),
        "late": sum(one.late for one in published),
        "awarded": sum(one.awarded for one in published),
        "at_risk": Stack.objects.run_by(user).at_risk().count(),
    }


def operator(user: User) -> dict[str, Any]:
    """The health of the installation; `/doctor/` runs the slower checks too."""
    checks = health.run(quick=True)
    return {
        "checks": checks,
        "ill": sum(check.result == health.FAIL for check in checks),
        "dead": Job.objects.filter(state=Job.State.DEAD).count(),
        "pending": Job.objects.filter(state=Job.State.PENDING).count(),
        "people": User.objects.count(),
        "issuers": Issuer.objects.count(),
        "may_administer": user.is_staff,
    }


def _elsewhere(user: User, others: set[str]) -> dict[str, int]:
    """How much waits for the same person in their other roles."""
    waiting = {}
    if "assessor" in others:
        waiting["assessor"] = reviews.counts_for(user)["all"]
    if "recogniser" in others:
        waiting["recogniser"] = pathways.request_lists(user)["waiting"].count()
    if "issuer" in others:
        waiting["issuer"] = Stack.objects.run_by(user).at_risk().count()
    if "learner" in others:
        offered = Credential.objects.filter(earner=user, state=Credential.State.OFFERED)
        to_change = Submission.objects.filter(learner=user, state=_State.NOT_YET)
        waiting["learner"] = offered.count() + to_change.count()
    return {role: n for role, n in waiting.items() if n}


def _how_many(rows: QuerySet[Any], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)


def _kept(rows: QuerySet[Tally]) -> Coalesce:
    """The number that the kept tallies hold."""
    return Coalesce(Subquery(rows.order_by().values("achievement").annotate(all=Sum("n")).values("all")), 0)
