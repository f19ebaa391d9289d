"""The tree of organisations, their people, and what an issuer has not yet said about itself."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts import queries as accounts
from apps.core import clock
from apps.core.searching import Plain, having
from apps.issuers.models import Achievement, AchievementVersion, Invitation, Issuer, Seat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User
    from apps.issuers.models.seats import InvitationQuerySet, SeatQuerySet

MOST_INDENTED = 4


class Twig(NamedTuple):
    """One issuer in the tree; `depth` counts from the top of what is shown."""

    pk: int
    depth: int


class Row(NamedTuple):
    """One line of the list of organisations; `seats` are the reader's own there."""

    issuer: Issuer
    depth: int
    seats: list[Seat]


def twigs(user: User, asked: str = "") -> list[Twig]:
    """Every issuer whose inner pages `user` may open, each under its parent; without depth if searched for."""
    issuers = Issuer.objects.visible_to(user).order_by(Plain(F("name")), "pk")
    if asked:
        return [Twig(pk, 0) for pk in having(issuers, asked, "name", "slug", "place").values_list("pk", flat=True)]
    return list(_branches(list(issuers.values_list("pk", "parent_id"))))


def _branches(rows: list[tuple[int, int | None]]) -> Iterator[Twig]:
    """The tree depth first; siblings are in the order of `rows`."""
    shown = {pk for pk, _parent in rows}
    below: dict[int | None, list[int]] = {}
    for pk, parent in rows:
        below.setdefault(parent if parent in shown else None, []).append(pk)
    waiting = [Twig(pk, 0) for pk in reversed(below.get(None, []))]
    while waiting:
        twig = waiting.pop()
        yield twig
        waiting += [Twig(pk, twig.depth + 1) for pk in reversed(below.get(twig.pk, []))]


def rows_of(twigs: Iterable[Twig], user: User) -> list[Row]:
    """The issuers themselves, for one page of the tree."""
    twigs = list(twigs)
    issuers = Issuer.objects.select_related("parent").in_bulk([twig.pk for twig in twigs])
    seats: dict[int, list[Seat]] = {}
    for seat in Seat.objects.live().filter(person=user, issuer__in=issuers).order_by("given_at", "pk"):
        seats.setdefault(seat.issuer_id, []).append(seat)
    return [Row(issuers[one.pk], min(one.depth, MOST_INDENTED), seats.get(one.pk, [])) for one in twigs]


class Colleague(NamedTuple):
    """A person with all their seats at one issuer, including suspended and expired ones."""

    person: User
    seats: list[Seat]


def colleagues(issuer: Issuer) -> list[Colleague]:
    """People with seats here, by name. Only for those who run it."""
    seats = seats_with_badges().kept().filter(issuer=issuer)
    seats = seats.order_by(Plain(F("person__name")), "person", "given_at", "pk")
    return [Colleague(person, list(theirs)) for person, theirs in groupby(seats, key=lambda seat: seat.person)]


def seats_with_badges() -> SeatQuerySet:
    """Seats with person and issuer, and with `badge`, the name of the achievement that they are for."""
    return Seat.objects.annotate(badge=_newest_name("achievement")).select_related("person", "issuer")


def invitations_with_badges() -> InvitationQuerySet:
    return Invitation.objects.annotate(badge=_newest_name("achievement")).select_related("issuer", "invited_by")


def offered_to(user: User) -> list[Invitation]:
    """Invitations waiting for this person, at addresses that they have proved."""
    addresses = accounts.verified_addresses_of(user)
    offered = invitations_with_badges().open().filter(email__in=addresses, expires_at__gt=clock.now())
    return list(offered.order_by("expires_at", "pk"))


class NamedAchievement(NamedTuple):
    """An achievement by the name of its newest version."""

    achievement: Achievement
    name: str


def assessable(issuer: Issuer) -> list[NamedAchievement]:
    """Achievements that an assessor may be seated for: all that aren't archived, by name."""
    achievements = (
        Achievement.objects.filter(issuer=issuer, archived_at=None)
        .annotate(newest=_newest_name("pk"))
        .filter(newest__isnull=False)
        .order_by(Plain(F("newest")), "pk")
    )
    return [NamedAchievement(one, one.newest) for one in achievements]


def proving(achievement: Achievement) -> list[NamedAchievement]:
    """Badges that its assessors may be required to hold: others of the institution that can be earned, by name."""
    others = (
        Achievement.objects.of_house(achievement.issuer)
        .filter(Exists(AchievementVersion.objects.readable().filter(achievement=OuterRef("pk"))))
        .exclude(pk=achievement.pk)
        .exclude(assessor_badge=achievement)
        .annotate(newest=_newest_name("pk"))
        .order_by(Plain(F("newest")), "pk")
    )
    return [NamedAchievement(one, one.newest) for one in others]


def versions_at(issuer: Issuer, user: User) -> QuerySet[AchievementVersion]:
    """The newest version of each achievement that `user` may read here: drafts only where they design."""
    seen = AchievementVersion.objects.visible_to(user).filter(achievement__issuer=issuer)
    newer = AchievementVersion.objects.visible_to(user).filter(
        achievement=OuterRef("achievement"), number__gt=OuterRef("number")
    )
    return seen.filter(~Exists(newer)).select_related("achievement").order_by(Plain(F("name")), "pk")


def _newest_name(achievement: str) -> Subquery:
    versions = AchievementVersion.objects.filter(achievement=OuterRef(achievement)).order_by("-number")
    return Subquery(versions.values("name")[:1])


class Gap(NamedTuple):
    """Something strangers look for and don't find, and where to fill it in."""

    word: StrOrPromise
    href: str


def gaps(issuer: Issuer) -> list[Gap]:
    """What is missing from an issuer's profile. Needs no query."""
    profile = reverse("issuers:edit_issuer", args=[issuer.slug])
    quality = issuer.quality_provider and issuer.quality_process and issuer.quality_review
    wanted = (
        (issuer.description, _("who you are, in a few sentences"), f"{profile}#id_description"),
        (issuer.logo_sha256, _("a logo"), reverse("issuers:set_logo", args=[issuer.slug])),
        (issuer.email, _("an e-mail address: Open Badges 2.0 wants one"), f"{profile}#id_email"),
        (issuer.place and issuer.country, _("place and country"), f"{profile}#id_place"),
        (quality, _("how you assure quality, in three parts"), f"{profile}#id_quality_provider"),
    )
    return [Gap(word, href) for there, word, href in wanted if not there]
