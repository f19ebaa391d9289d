"""A pathway as its learner sees it: how each step stands, why, what is next, and which evidence already fits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from apps.credentials.models import Credential, ForeignCredential
from apps.issuers.models import AchievementVersion, Alignment
from apps.pathways import crediting, mapping
from apps.pathways import queries as pathways
from apps.pathways.queries.holding import OURS
from apps.pathways.rules import GROUPS, Kind, Progress, Standing, forecast, plain, sentence, why_not
from apps.submissions.models import EvidenceItem, Submission
from apps.submissions.queries import WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from apps.accounts.models import User
    from apps.pathways.models import Enrolment
    from apps.pathways.queries import Asked
    from apps.pathways.rules import Forecast, Offer, Rule

# How many pieces are named beside a step; nobody reads a longer list.
MOST_FITTING = 3


@dataclass(frozen=True)
class Fit:
    """A piece of evidence, handed in for one badge, that may support a criterion of another."""

    title: str
    href: str
    of: str
    criterion: str


@dataclass
class Step:
    """One node. `standing`: held, progress, next, open, locked or spared, as the pills know them."""

    code: str
    kind: str
    title: str
    standing: str
    why: str = ""
    word: str = ""
    href: str = ""
    picture: str = ""
    issuer: str = ""
    meta: str = ""
    held_href: str = ""
    work_href: str = ""
    start_href: str = ""
    # Whether work for it is handed in, so that others have to act first.
    waits: bool = False
    by_equivalence: bool = False
    fits: list[Fit] = field(default_factory=list)
    children: list[Step] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        return self.kind in GROUPS


@dataclass(frozen=True)
class Walk:
    """A whole pathway for one reader. `enrolment` is None for someone who is only looking."""

    about: Asked
    progress: Progress
    steps: list[Step]
    all_steps: dict[str, Step]
    sentence: str
    ahead: Forecast
    next: Step | None
    enrolment: Enrolment | None
    award: Offer | None
    mirrored: bool

    @cached_property
    def map(self) -> mapping.Map:
        """The picture; home pages and lists don't need it."""
        titles = {code: step.title for code, step in self.all_steps.items()}
        return mapping.draw(self.about.tree, titles, self.progress.holds, mirrored=self.mirrored)

    @property
    def credits_done(self) -> Decimal:
        return self.progress.credits(self.progress.root, self.about.framework)

    @property
    def credits_all(self) -> Decimal:
        """The credits done, and those still to do on the shortest way."""
        return self.credits_done + self.ahead.credits

    @property
    def credits_in_words(self) -> str:
        if not self.credits_all:
            return ""
        facts = {
            "done": plain(self.credits_done),
            "all": self.about.names.amount(self.credits_all, self.about.framework),
        }
        return _("%(done)s of %(all)s") % facts

    @property
    def steps_all(self) -> int:
        return self.progress.steps_done + self.ahead.steps

    @property
    def way_in_words(self) -> str:
        """What is left: the fewest steps, and the credits they bring."""
        if self.progress.complete:
            return ""
        if not self.ahead.possible:
            return _("You can't reach the end now: every route needs a badge that can't be earned.")
        steps = ngettext("%(n)d step", "%(n)d steps", self.ahead.steps) % {"n": self.ahead.steps}
        if not self.ahead.credits:
            return _("At least %(steps)s to the end.") % {"steps": steps}
        amount = self.about.names.amount(self.ahead.credits, self.about.framework)
        return _("At least %(steps)s and %(credits)s to the end.") % {"steps": steps, "credits": amount}

    @property
    def cards(self) -> Iterator[tuple[mapping.Card, Step]]:
        for card in self.map.cards:
            yield card, self.all_steps[card.code]


def walk(person: User | None, about: Asked, enrolment: Enrolment | None) -> Walk:
    """Everything that a pathway's page shows this reader. The number of queries doesn't grow with the pathway."""
    excused = pathways.excused_of(enrolment, about.tree) if enrolment is not None else []
    progress = pathways.standing_of(person, about, excused=excused)
    ahead = forecast(about.tree, progress, about.offers, about.framework, about.equals)
    known = _Known(person, about, progress)
    every: dict[str, Step] = {}
    next_code = _next(about, progress, ahead, known)
    for rule in about.tree.upward:
        every[rule.code] = known.step(rule, [every[child.code] for child in rule.children], next_code)
    award = about.offers.get(about.tree.award) if about.tree.award is not None else None
    if award is not None:
        every[mapping.END] = known.end(award)
    return Walk(
        about=about,
        progress=progress,
        steps=[*every[about.tree.root.code].children, *([every[mapping.END]] if award else [])],
        all_steps=every,
        sentence=sentence(about.tree, about.names),
        ahead=ahead,
        next=every.get(next_code or ""),
        enrolment=enrolment,
        award=award,
        mirrored=get_language_bidi(),
    )


def _next(about: Asked, progress: Progress, ahead: Forecast, known: _Known) -> str | None:
    """The first thing to do on the shortest way: prefer what is under way, then what is open, then what others look
    at.
    """
    wanted = [
        code
        for code in ahead.codes
        if progress.standing[code] == Standing.OPEN and not known.is_paused(about.tree.by_code[code].achievement)
    ]
    works = {code: known.works.get(about.tree.by_code[code].achievement or 0) for code in wanted}
    under_way = [code for code, work in works.items() if work is not None and work.state not in WAITING]
    not_begun = [code for code, work in works.items() if work is None]
    return next(iter([*under_way, *not_begun, *wanted]), None)


class _Known:
    """What one reader holds and has under way, fetched once for the whole page."""

    def __init__(self, person: User | None, about: Asked, progress: Progress) -> None:
        self.about, self.progress = about, progress
        badges = about.tree.achievements
        works = (
            Submission.objects.under_way().filter(learner=person, achievement__in=badges)
            if person is not None
            else Submission.objects.none()
        )
        self.works = {one.achievement_id: one for one in works}
        keys = [one.held.key for one in progress.counted.values()]
        self.ours = Credential.objects.in_bulk([pk for kind, pk in keys if kind == OURS])
        self.fallen = self._fallen(person)
        self.theirs = ForeignCredential.objects.in_bulk([pk for kind, pk in keys if kind != OURS])
        unmet = [
            about.offers[rule.achievement]
            for rule in about.tree.leaves
            if rule.achievement in about.offers and progress.standing[rule.code] == Standing.OPEN
        ]
        self.fits = fitting(person, unmet) if person is not None and unmet else {}

    def _fallen(self, person: User | None) -> dict[int, Credential]:
        """By badge, the newest credential of theirs that doesn't count now."""
        if person is None:
            return {}
        held = Credential.objects.filter(earner=person, achievement__in=self.about.tree.achievements)
        fallen = held.exclude(pk__in=self.ours).exclude(status=Credential.Status.SUPERSEDED).order_by("pk")
        return {one.achievement_id: one for one in fallen}

    def is_paused(self, badge: int | None) -> bool:
        """Whether they hold it but it is suspended: it can't be earned again meanwhile."""
        held = self.fallen.get(badge) if badge is not None else None
        return held is not None and held.status == Credential.Status.SUSPENDED

    def step(self, rule: Rule, children: list[Step], next_code: str | None) -> Step:
        offer = self.about.offers.get(rule.achievement) if rule.achievement is not None else None
        standing = self._standing(rule, next_code)
        step = Step(
            code=rule.code,
            kind=rule.kind.value,
            title=self.about.names.of(rule),
            standing=standing,
            why=why_not(rule, self.about.tree, self.progress, self.about.names),
            children=children,
        )
        if offer is not None:
            self._tell_offer(step, offer)
        if offer is not None and rule.is_leaf:
            work = self.works.get(offer.achievement)
            if standing in ("open", "next"):
                self._tell_fallen(step, offer.achievement)
            if standing in ("open", "next") and offer.open and not self.is_paused(offer.achievement):
                step.start_href = reverse("submissions:start", args=[offer.slug])
            if work is not None and standing not in ("held", "spared"):
                step.work_href, step.waits = work.get_absolute_url(), work.state in WAITING
            if step.standing in ("open", "next", "progress"):
                step.fits = self.fits.get(offer.achievement, [])[:MOST_FITTING]
        self._tell_held(step, rule)
        return step

    def end(self, award: Offer) -> Step:
        """The pathway's own award, as the last card."""
        held = self.progress.complete
        step = Step(
            code=mapping.END,
            kind="end",
            title=award.name,
            standing="held" if held else "locked",
            why="" if held else _("You get it automatically when the rest is done."),
        )
        self._tell_offer(step, award)
        return step

    def _standing(self, rule: Rule, next_code: str | None) -> str:
        standing = self.progress.standing[rule.code]
        if standing == Standing.OPEN and rule.achievement in self.works and rule.is_leaf:
            return "progress"
        if standing == Standing.OPEN and rule.kind == Kind.MILESTONE:
            return "locked"  # nobody can begin a milestone: it follows from the rest
        return "next" if standing == Standing.OPEN and rule.code == next_code else standing.value

    def _tell_fallen(self, step: Step, badge: int) -> None:
        """Say that they had it, and what became of it."""
        had = self.fallen.get(badge)
        if had is None:
            return
        step.held_href = had.get_absolute_url()
        if had.status == Credential.Status.SUSPENDED:
            step.why = _("Yours is paused while something is looked into.")
        elif had.status == Credential.Status.REVOKED:
            step.why = _("Yours was taken back. You can earn it again.")
        elif had.state == Credential.State.DECLINED:
            step.why = _("You declined it. If you keep it, it counts.")
        elif had.has_run_out:
            step.why = _("Yours ran out. You can renew it.")

    def _tell_offer(self, step: Step, offer: Offer) -> None:
        step.href = reverse("reviews:achievement", args=[offer.slug])
        step.picture = reverse("issuers:picture", args=[offer.slug, offer.number])
        step.issuer = offer.issuer_name
        worth = offer.worth
        parts = [self.about.names.amount(worth.credits, worth.framework)] if worth.credits else []
        hours = hours_of(offer)
        if hours:
            parts.append(ngettext("about %(n)d hour", "about %(n)d hours", hours) % {"n": hours})
        step.meta = " · ".join(parts)

    def _tell_held(self, step: Step, rule: Rule) -> None:
        counted = self.progress.counted.get(rule.code)
        if counted is None:
            return
        kind, pk = counted.held.key
        step.by_equivalence = counted.by is not None
        if kind == OURS:
            step.held_href = self.ours[pk].get_absolute_url()
        elif step.by_equivalence:
            step.word = self.theirs[pk].achievement_name


def hours_of(offer: Offer) -> int:
    """Notional hours: as the issuer says, or else the framework's minimum for the credits."""
    worth = offer.worth
    told = crediting.hours_of(worth.credits, worth.framework)
    return worth.hours or int(told[0] if told else 0)


def fitting(person: User, offers: list[Offer]) -> Mapping[int, list[Fit]]:
    """By badge: evidence handed in elsewhere for a criterion aligned to the same skill. Three queries."""
    wanted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    rows = Alignment.objects.filter(
        criterion__isnull=False,
        version__state=AchievementVersion.State.PUBLISHED,
        version__achievement__in=[offer.achievement for offer in offers],
    )
    for badge, criterion, url in rows.values_list("version__achievement_id", "criterion__name", "target_url"):
        wanted[url].append((badge, criterion))
    if not wanted:
        return {}
    pieces = (
        EvidenceItem.objects.filter(attempt__submission__learner=person, criteria__alignments__target_url__in=wanted)
        .exclude(attempt__state="open")
        .select_related("attempt__submission__version")
        .order_by("-pk")
        .distinct()
        .prefetch_related("criteria__alignments")[:50]
    )
    found: dict[int, list[Fit]] = defaultdict(list)
    for piece in pieces:
        urls = {one.target_url for criterion in piece.criteria.all() for one in criterion.alignments.all()}
        work = piece.attempt.submission
        for badge, criterion in sorted({pair for url in urls & wanted.keys() for pair in wanted[url]}):
            if badge != work.achievement_id:
                href = reverse("submissions:evidence", args=[piece.public_id])
                found[badge].append(Fit(piece.title, href, work.version.name, criterion))
    return found
