"""The search in the shell: public badges, one's own work and its results, and work one may judge.

It never finds people. Whose work it is stays unsaid, and a reference finds only what the person may open anyway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, Window
from django.utils.translation import gettext_lazy as _

from apps.backpacks.models import Collection
from apps.core.searching import having
from apps.credentials.models import Credential
from apps.issuers.catalogue import Search
from apps.issuers.models import Achievement, AchievementVersion
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User

MOST = 8
# S-7K2M, or only the four letters and digits, as someone reads them out.
_REFERENCE = re.compile(r"(?:s[- ]?)?([a-z2-7]{4})", re.IGNORECASE)


@dataclass(frozen=True)
class Group:
    """Up to MOST rows of one kind, and the total count."""

    name: str
    title: StrOrPromise
    rows: list[Any]
    count: int


def find(asked: str, *, user: User | None) -> list[Group]:
    """The groups in which something was found, with one query for each, however much there is."""
    searches: list[tuple[str, StrOrPromise, Callable[[], QuerySet[Any]]]] = []
    if user is not None:
        reference = reference_in(asked)
        if reference:
            searches.append(("judging", _("To judge"), lambda: to_judge(reference, user)))
        searches += [
            ("work", _("Your work"), lambda: work(asked, reference, user)),
            ("credentials", _("Your badges"), lambda: credentials(asked, user)),
            ("collections", _("Your collections"), lambda: collections(asked, user)),
        ]
    searches.append(("achievements", _("Badges to earn"), lambda: achievements(asked)))
    groups = []
    for name, title, rows_of in searches:
        rows = list(rows_of().annotate(found=Window(Count("*")))[:MOST])
        if rows:
            groups.append(Group(name, title, rows, rows[0].found))
    return groups


def reference_in(asked: str) -> str:
    """The start of a submission's public id, if what was typed could be its reference; else empty."""
    match = _REFERENCE.fullmatch(asked.strip())
    return match[1].lower() if match else ""


def achievements(asked: str) -> QuerySet[AchievementVersion]:
    """The versions that the catalogue finds, so that its page shows what is counted here."""
    entries = Search(asked, near=False).entries().order_by()
    found = AchievementVersion.objects.filter(pk__in=entries.values("pk"))
    return found.select_related("achievement__issuer").order_by("name", "pk")


def work(asked: str, reference: str, user: User) -> QuerySet[Submission]:
    named = Q(public_id__startswith=reference) if reference else None
    mine = Submission.objects.filter(learner=user)
    found = having(mine, asked, "version__name", "version__achievement__issuer__name", also=named)
    return found.select_related("version__achievement__issuer").order_by("-started_at", "-pk")


def credentials(asked: str, user: User) -> QuerySet[Credential]:
    mine = having(Credential.objects.filter(earner=user), asked, "version__name", "issuer__name")
    return mine.select_related("version__achievement", "issuer").order_by("-awarded_at", "-pk")


def collections(asked: str, user: User) -> QuerySet[Collection]:
    return having(Collection.objects.visible_to(user), asked, "title", "story").order_by("-changed_at", "-pk")


def to_judge(reference: str, user: User) -> QuerySet[Attempt]:
    """The newest attempts of work handed in where `user` may assess; never their own."""
    handed_in = Attempt.objects.handed_in().filter(
        submission__public_id__startswith=reference,
        submission__achievement__in=Achievement.objects.assessable_by(user),
    )
    newest = handed_in.exclude(submission__learner=user).order_by("submission", "-number").distinct("submission")
    return (
        Attempt.objects.filter(pk__in=newest.values("pk"))
        .select_related("submission__version__achievement__issuer")
        .order_by(F("submission__answer_by").asc(nulls_last=True), "pk")
    )
