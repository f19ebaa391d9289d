"""The reads behind the backpack's page, with its filters. 5,000 items take no more queries than five."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.db.models import Count, F, Func, Q, TextField, Value
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.backpacks.models import BackpackItem
from apps.core import clock
from apps.core.searching import Plain, having
from apps.core.shown import Choice
from apps.core.text import is_plain
from apps.credentials.models import Credential, Verdict, vouched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet
    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User
    from apps.backpacks.models import BackpackItemQuerySet

# Long enough to renew even a badge that needs new work.
SOON = timedelta(days=90)
_T = TypeVar("_T", bound="int | str")
_Kind = BackpackItem.Kind
_State = Credential.State
_Status = Credential.Status


class View(NamedTuple):
    word: StrOrPromise
    which: Callable[[datetime], Q]


def _stands(now: datetime) -> Q:
    earned = Q(credential__status=_Status.VALID) & (
        Q(credential__valid_until=None) | Q(credential__valid_until__gt=now)
    )
    in_time = Q(foreign__valid_until=None) | Q(foreign__valid_until__gt=now)
    return earned | in_time & vouched("foreign__")


def _runs_out(now: datetime) -> Q:
    soon = {"gt": now, "lte": now + SOON}
    earned = Q(credential__status=_Status.VALID, credential__renewed_at=None) & _within("credential__valid_until", soon)
    return earned | _within("foreign__valid_until", soon) | _within("declared__ends_on", soon)


def _within(field: str, bounds: dict[str, datetime]) -> Q:
    return Q(**{f"{field}__{how}": value for how, value in bounds.items()})


def _over(now: datetime) -> Q:
    earned = Q(credential__isnull=False) & (~Q(credential__status=_Status.VALID) | Q(credential__valid_until__lte=now))
    foreign = Q(foreign__verdict=Verdict.INVALID) | Q(foreign__valid_until__lte=now)
    return earned | foreign | Q(declared__ends_on__lt=now)


def _unchecked(_now: datetime) -> Q:
    unproved = Q(foreign__verdict=Verdict.VALID) & ~vouched("foreign__")
    return Q(foreign__verdict=Verdict.UNDECIDED) | unproved | Q(kind=_Kind.DECLARED)


def _unwanted(_now: datetime) -> Q:
    return Q(credential__state=_State.DECLINED)


def _waits(_now: datetime) -> Q:
    return Q(credential__state=_State.OFFERED)


VIEWS: dict[str, View] = {
    "": View(gettext_lazy("All"), lambda _now: Q()),
    "waiting": View(gettext_lazy("Waiting for your answer"), _waits),
    "valid": View(gettext_lazy("Valid"), _stands),
    "soon": View(gettext_lazy("Running out"), _runs_out),
    "over": View(gettext_lazy("No longer valid"), _over),
    "unchecked": View(gettext_lazy("Not checked"), _unchecked),
    "declined": View(gettext_lazy("Not wanted"), _unwanted),
}
ARCHIVE = "archive"
KINDS: dict[str, StrOrPromise] = {"": gettext_lazy("From anywhere"), **dict(_Kind.choices)}
# Declined awards are listed only in their own view.
_WANTED = Q(credential=None) | ~Q(credential__state=_State.DECLINED)
SORTS: dict[str, tuple[StrOrPromise, tuple[str, ...]]] = {
    "": (gettext_lazy("Newest in the backpack"), ("-filed_at", "-pk")),
    "earned": (gettext_lazy("Newest award"), ("-earned_on", "-pk")),
    "name": (gettext_lazy("Name"), ("name_key", "pk")),
    "issuer": (gettext_lazy("Issuer"), ("issuer_key", "name_key", "pk")),
}


@dataclass(frozen=True)
class Asked:
    """What someone asks to see of their backpack; values that make no sense are left out."""

    view: str = ""
    kind: str = ""
    words: str = ""
    issuer: str = ""
    skill: str = ""
    tag: str = ""
    year: int | None = None
    sort: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.issuer or self.skill or self.tag or self.year)


def asked_in(given: QueryDict, *, words: str) -> Asked:
    """`?view=&kind=&issuer=&skill=&tag=&year=&sort=`, besides the words. Values no row could have are dropped.

    The kind used to be asked for as a view, and still may be.
    """
    told = {name: given.get(name, "") for name in ("view", "kind", "issuer", "skill", "tag", "year", "sort")}
    told = {name: value if is_plain(value) else "" for name, value in told.items()}
    year = told.pop("year")
    if told["view"] in _Kind.values:
        told["view"], told["kind"] = "", told["view"]
    if told["view"] not in (*VIEWS, ARCHIVE):
        told["view"] = ""
    if told["kind"] not in KINDS:
        told["kind"] = ""
    return Asked(words=words, year=int(year) if year.isdecimal() and len(year) <= len("9999") else None, **told)


def items(user: User, asked: Asked) -> BackpackItemQuerySet:
    order = SORTS.get(asked.sort, SORTS[""])[1]
    keyed = _listed(user, asked).alias(name_key=Plain(F("name")), issuer_key=Plain(F("issuer_name")))
    last = [F(one[1:]).desc(nulls_last=True) if one == "-earned_on" else one for one in order]
    return keyed.with_things().order_by(*last)


def _listed(user: User, asked: Asked) -> BackpackItemQuerySet:
    found = _mine(user).filter(_in_view(asked.view, clock.now()), _of_kind(asked.kind))
    if asked.words:
        told = {
            f"{name}_told": Func(F(name), Value(" "), function="array_to_string", output_field=TextField())
            for name in ("tags", "skills")
        }
        found = having(found.alias(**told), asked.words, "name", "issuer_name", "note", *told)
    for name, value in (("issuer_name", asked.issuer), ("earned_on__year", asked.year)):
        if value:
            found = found.filter(**{name: value})
    if asked.skill:
        found = found.filter(skills__contains=[asked.skill])
    if asked.tag:
        found = found.filter(tags__contains=[asked.tag])
    return found


def _in_view(view: str, now: datetime) -> Q:
    """What a view lists; an unknown view lists everything."""
    which = VIEWS[view].which(now) if view in VIEWS else Q()
    return Q(archived_at__isnull=view != ARCHIVE) & which & (Q() if view == "declined" else _WANTED)


def _of_kind(kind: str) -> Q:
    return Q(kind=kind) if kind else Q()


def ends_on(item: BackpackItem) -> date | None:
    """The last day of an item in a backpack, or None if it has no end."""
    if item.declared is not None:
        return item.declared.ends_on
    ends = item.credential.valid_until if item.credential else item.foreign.valid_until if item.foreign else None
    zone = clock.zone(item.credential.issuer.time_zone) if item.credential else UTC
    return ends.astimezone(zone).date() if ends else None


@dataclass(frozen=True)
class Pills:
    """The choices above the list, each with the number of items it opens: states, counted among the kind that is
    asked for, and kinds, counted within the present view. Choices that would open nothing are left out, except the
    first and the open one. `total` and `has_skills` are for the whole backpack.
    """

    views: list[Choice]
    kinds: list[Choice]
    total: int
    has_skills: bool


def pills_of(user: User, asked: Asked) -> Pills:
    """The pills, counted in one query."""
    now = clock.now()
    view, kind = _in_view(asked.view, now), _of_kind(asked.kind)
    words = {name: one.word for name, one in VIEWS.items()} | {ARCHIVE: _("Archive")}
    counts = _mine(user).aggregate(
        total=Count("pk", filter=_in_view("", now)),
        skilled=Count("pk", filter=_WANTED & ~Q(skills=[])),
        **{f"view_{name}": Count("pk", filter=_in_view(name, now) & kind) for name in words},
        **{f"kind_{name}": Count("pk", filter=view & _of_kind(name)) for name in KINDS},
    )
    views = [Choice(name, word, number=counts[f"view_{name}"]) for name, word in words.items()]
    kinds = [Choice(name, word, number=counts[f"kind_{name}"]) for name, word in KINDS.items()]
    return Pills(
        views=[one for one in views if one.number or one.value in ("", asked.view)],
        kinds=[one for one in kinds if one.number or one.value in ("", asked.kind)],
        total=counts["total"],
        has_skills=counts["skilled"] > 0,
    )


@dataclass(frozen=True)
class Facets:
    """The values a person can narrow by, each with the number of items it opens given the other filters. The value
    that is asked for is always among them.
    """

    issuers: list[tuple[str, int]]
    skills: list[tuple[str, int]]
    tags: list[tuple[str, int]]
    years: list[tuple[int, int]]


def facets_of(user: User, asked: Asked) -> Facets:
    issuers, skills, tags, years = (
        _listed(user, replace(asked, **other)) for other in ({"issuer": ""}, {"skill": ""}, {"tag": ""}, {"year": None})
    )
    dated = years.filter(earned_on__isnull=False).annotate(year=ExtractYear("earned_on"))
    return Facets(
        issuers=_with(asked.issuer, _counted(issuers.exclude(issuer_name=""), "issuer_name")),
        skills=_with(asked.skill, _counted(skills.annotate(skill=_each("skills")), "skill")),
        tags=_with(asked.tag, _counted(tags.annotate(tag=_each("tags")), "tag")),
        years=_with(asked.year, list(dated.order_by("-year").values_list("year").annotate(n=Count("pk")))),
    )


def _with(asked: _T | None, counted: list[tuple[_T, int]]) -> list[tuple[_T, int]]:
    """Put the value asked for first if nothing has it, so that the form still shows it."""
    return [(asked, 0), *counted] if asked and asked not in dict(counted) else counted


def skills_of(user: User) -> list[tuple[str, int]]:
    """Each skill with the number of items that have it, archived ones too; declined awards don't count."""
    return _counted(_mine(user).filter(_WANTED).annotate(skill=_each("skills")), "skill")


def with_skills(user: User, names: Sequence[str]) -> BackpackItemQuerySet:
    """The items with any of these skills, newest award first."""
    found = _mine(user).filter(_WANTED, skills__overlap=list(names))
    return found.with_things().order_by(F("earned_on").desc(nulls_last=True), "-pk")


def _mine(user: User) -> BackpackItemQuerySet:
    """What a person holds or has declared."""
    return BackpackItem.objects.visible_to(user).kept()


def _each(field: str) -> Func:
    return Func(F(field), function="unnest", output_field=TextField())


def _counted(rows: QuerySet[BackpackItem], field: str) -> list[tuple[str, int]]:
    return list(rows.order_by(field).values_list(field).annotate(n=Count("pk")))
