"""The comment bank as its page shows it: by badge and criterion, and where a comment may be kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from apps.credentials.tables import defused
from apps.issuers.models import Achievement, AchievementVersion, Criterion, Issuer
from apps.reviews.models import BankComment, banks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.accounts.models import User
    from apps.reviews.models.bank import BankCommentQuerySet

HEADINGS = (
    *("issuer", "badge", "criterion", "criterion_name", "comment", "uses"),
    *("made_by", "made_at", "edited_at", "retired_at"),
)


class Badge(NamedTuple):
    """A badge with its newest name."""

    achievement: Achievement
    name: str


class Group(NamedTuple):
    """Comments with the same scope; `where` describes it."""

    where: str
    comments: list[BankComment]


@dataclass
class Shelf:
    """The bank as one person sees it; or only the part for one badge, or for one of its criteria."""

    user: User
    issuers: list[Issuer]
    badges: list[Badge]
    badge: Badge | None = None
    criterion: str = ""
    names: dict[tuple[int, str], str] = field(default_factory=dict)

    @property
    def criteria(self) -> list[tuple[str, str]]:
        """The code and name of each criterion of the chosen badge."""
        if self.badge is None:
            return []
        return [(code, name) for (pk, code), name in self.names.items() if pk == self.badge.achievement.pk]

    def comments(self, *, retired: bool = False) -> BankCommentQuerySet:
        """The comments in the order that `grouped` needs: by issuer, badge and criterion, most used first."""
        rows = self._mine().filter(retired_at__isnull=not retired)
        return rows.select_related("issuer", "achievement", "made_by").order_by(
            "issuer__name", "issuer_id", "achievement_id", "criterion_code", "-uses", "pk"
        )

    def counts(self) -> dict[str, int]:
        return self._mine().aggregate(
            kept=Count("pk", filter=Q(retired_at=None)), retired=Count("pk", filter=~Q(retired_at=None))
        )

    def grouped(self, rows: Iterable[BankComment]) -> list[Group]:
        groups: list[Group] = []
        for comment in rows:
            where = self.where(comment)
            if not groups or groups[-1].where != where:
                groups.append(Group(where, []))
            groups[-1].comments.append(comment)
        return groups

    def where(self, comment: BankComment) -> str:
        """“Sharpen a knife: 1. Edge”, or that it fits any criterion, or any badge of the issuer."""
        if comment.achievement is None:
            return _("Any badge of %(issuer)s") % {"issuer": comment.issuer.name}
        badge = self._called(comment.achievement)
        if not comment.criterion_code:
            return _("%(badge)s: any criterion") % {"badge": badge}
        return f"{badge}: {self._criterion(comment)}"

    def choices(self) -> list[tuple[str, str]]:
        """Where a comment may be kept: a value and a label each."""
        if self.badge is None:
            every = [(one.slug, _("Any badge of %(issuer)s") % {"issuer": one.name}) for one in self.issuers]
            each = [(f"/{one.achievement.slug}", one.name) for one in self.badges]
            return [*every, *each]
        slug, issuer = self.badge.achievement.slug, self.badge.achievement.issuer
        criteria = [(f"/{slug}/{code}", name) for code, name in self.criteria]
        anywhere = [(f"/{slug}", _("Any criterion of %(badge)s") % {"badge": self.badge.name})]
        if any(one.pk == issuer.pk for one in self.issuers):
            anywhere.append((issuer.slug, _("Any badge of %(issuer)s") % {"issuer": issuer.name}))
        return [*criteria, *anywhere]

    def place_of(self, value: str) -> tuple[Issuer, Achievement | None, str]:
        """The issuer, badge and criterion code of one of the values in `choices`."""
        issuer, _slash, rest = value.partition("/")
        slug, _slash, code = rest.partition("/")
        if not slug:
            return next(one for one in self.issuers if one.slug == issuer), None, ""
        achievement = next(one.achievement for one in self.badges if one.achievement.slug == slug)
        return achievement.issuer, achievement, code

    def _mine(self) -> BankCommentQuerySet:
        rows = BankComment.objects.visible_to(self.user)
        if self.badge is not None:
            rows = rows.filter(achievement=self.badge.achievement)
        return rows.filter(criterion_code=self.criterion) if self.criterion else rows

    def _called(self, achievement: Achievement) -> str:
        return next((one.name for one in self.badges if one.achievement.pk == achievement.pk), achievement.slug)

    def _criterion(self, comment: BankComment) -> str:
        name = self.names.get((comment.achievement_id or 0, comment.criterion_code))
        return name or _("%(code)s, no longer in the rubric") % {"code": comment.criterion_code}


def chosen(user: User, *, badge: str = "", criterion: str = "") -> Shelf:
    """The shelf for a badge (slug) and a criterion (code); unknown ones are ignored."""
    assessed = Achievement.objects.assessable_by(user).filter(archived_at=None)
    readable = AchievementVersion.objects.readable().filter(achievement__in=assessed)
    last = (
        readable.order_by("achievement_id", "-number").distinct("achievement_id").select_related("achievement__issuer")
    )
    newest = sorted(last, key=lambda one: (one.name.casefold(), one.pk))
    badges = [Badge(one.achievement, one.name) for one in newest]
    criteria = Criterion.objects.filter(version__in=newest).select_related("version").order_by("position")
    names = {(one.version.achievement_id, one.code): f"{one.position}. {one.name}" for one in criteria}
    shelf = Shelf(user, list(banks_of(user).order_by("name", "pk")), badges, names=names)
    shelf.badge = next((one for one in badges if badge and one.achievement.slug == badge), None)
    if criterion in dict(shelf.criteria):
        shelf.criterion = criterion
    return shelf


def lines(user: User) -> Iterator[list[str]]:
    """Yield the whole bank as table rows, without formulas."""
    shelf = chosen(user)
    rows = BankComment.objects.visible_to(user).select_related("issuer", "achievement", "made_by")
    for one in rows.order_by("issuer__name", "achievement_id", "criterion_code", "-uses", "pk"):
        named = shelf.names.get((one.achievement_id or 0, one.criterion_code), "")
        badge = one.achievement.slug if one.achievement else ""
        times = [moment.isoformat() if moment else "" for moment in (one.made_at, one.edited_at, one.retired_at)]
        told = [one.issuer.name, badge, one.criterion_code, named, one.text, str(one.uses), one.made_by.name, *times]
        yield [defused(word) for word in told]
