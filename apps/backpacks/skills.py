"""The evidence for a skill: which credential, which criterion at which level, and which work.

A skill is a name that a credential is aligned with, as a whole, by a criterion, or by a level that was reached, as
its frozen snapshot or the signed text of a badge from elsewhere says. What others see of it follows the switches of
the credential, of its evidence, and of the collection that shows it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q
from django.urls import reverse

from apps.backpacks import listing, showing
from apps.backpacks.models import BackpackItem, Block, Collection
from apps.backpacks.records import results_of, work_of
from apps.core import clock
from apps.credentials.models import Credential, ForeignCredential, ShownEvidence, vouched
from apps.credentials.snapshots import AwardSnapshot
from apps.credentials.verification import alignments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from apps.accounts.models import User
    from apps.backpacks.records import Artefact, CriterionResult

# For one skill on one page. People with more find the rest in the backpack.
MOST_PROOFS = 12
MOST_ITEMS = 240


class Told(NamedTuple):
    """A criterion of a badge from elsewhere and the level reached on it, in its issuer's words."""

    criterion: str
    level: str


@dataclass(frozen=True)
class Proof:
    """One credential behind a skill. `results`: the criteria that showed it, with the level reached on each; `told`:
    the same for a badge from elsewhere. `pieces`: the work, and whether others may open it.
    """

    name: str
    issuer_name: str
    on: date | None
    address: str
    standing: str
    results: tuple[CriterionResult, ...] = ()
    told: tuple[Told, ...] = ()
    pieces: tuple[Artefact, ...] = ()


@dataclass(frozen=True)
class Skill:
    """A skill with the `number` of credentials behind it; `proofs` are the newest of them, valid ones first."""

    name: str
    number: int
    proofs: tuple[Proof, ...]
    code: str = ""
    framework: str = ""

    @property
    def more(self) -> int:
        return self.number - len(self.proofs)


class Gate(NamedTuple):
    """How much of a credential is shown here. `work`: whether any of its work is, even if it is stored elsewhere.
    `open_ids`: the pieces that others may open; `all_work`: the other pieces are named too. `inside`: where to read a
    badge that has no page of its own here.
    """

    address: str
    inside: str = ""
    results: bool = True
    work: bool = True
    open_ids: frozenset[str] = frozenset()
    all_work: bool = False


@dataclass
class _Found:
    """What one credential says about one skill. `by_level`: only a level that was reached says it."""

    code: str = ""
    framework: str = ""
    results: list[CriterionResult] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    serves: list[str] = field(default_factory=list)
    as_a_whole: bool = False
    by_level: bool = False


# --- whose skills -----------------------------------------------------------------------------------------------------
def of_person(user: User, named: Sequence[tuple[str, int]]) -> list[Skill]:
    """A person's own skills, in two queries; `named` gives each name with its number of items."""
    wanted = [name for name, _n in named]
    items = list(listing.with_skills(user, wanted)[:MOST_ITEMS])
    open_ids = _open_ids(items)
    gates = {
        item.pk: Gate(item.get_absolute_url(), open_ids=open_ids[item.credential_id], all_work=True) for item in items
    }
    return _skills(items, gates, dict(named))


def of_profile(person: User) -> list[Skill]:
    """The skills behind badges in someone's public collections that are still valid and hide nothing."""
    now = clock.now()
    in_time = Q(item__credential__valid_until=None) | Q(item__credential__valid_until__gt=now)
    earned = in_time & Q(
        item__credential__status=Credential.Status.VALID, item__credential__in=Credential.objects.visible_to(None)
    )
    public = Q(collection__person=person, collection__visibility=Collection.Visibility.PUBLIC)
    blocks = Block.objects.lifting().filter(public, earned | _holds_elsewhere())
    return _shown(blocks, lambda block: block.collection.public_id)


def of_collection(collection: Collection, *, at: str) -> list[Skill]:
    """The skills behind what a collection shows that is still valid; `at` is the end of its page's address."""
    now = clock.now()
    in_time = Q(item__credential__valid_until=None) | Q(item__credential__valid_until__gt=now)
    holds = in_time & Q(item__credential__status=Credential.Status.VALID) | _holds_elsewhere()
    seen = showing.seen_by_others(keeps_back=collection.keeps_back)
    blocks = Block.objects.filter(seen, holds, collection=collection, item__isnull=False)
    return _shown(blocks, lambda _block: at, within=collection)


def _holds_elsewhere() -> Q:
    """Badges from elsewhere that prove a skill: proved to be their holder's, and vouched for by their issuer's own
    address. Otherwise anyone could import another's file or make up a key.
    """
    in_time = Q(item__foreign__valid_until=None) | Q(item__foreign__valid_until__gt=clock.now())
    return in_time & Q(item__foreign__state=ForeignCredential.State.KEPT) & vouched("item__foreign__")


def _shown(blocks: Any, place: Any, *, within: Collection | None = None) -> list[Skill]:
    """`within`: the collection of all of them, as its reader sees it."""
    found: dict[int, Block] = {}
    with_skills = blocks.exclude(item__skills=[]).select_related("collection").order_by("position", "pk")
    for block in with_skills[:MOST_ITEMS]:
        block.collection = within or block.collection
        found.setdefault(block.item_id or 0, block)
    items = list(BackpackItem.objects.filter(pk__in=found).with_things().order_by("-earned_on", "-pk"))
    open_ids = _open_ids(items)
    gates = {}
    for item in items:
        block = found[item.pk]
        inside = reverse("backpacks:shared_block", args=[place(block), block.public_id])
        alone = item.credential is not None and not block.hides
        gates[item.pk] = Gate(
            item.get_absolute_url() if alone else inside,
            inside="" if alone else inside,
            results=block.shows_result,
            work=block.shows_evidence and block.collection.shows_evidence,
            open_ids=open_ids[item.credential_id],
        )
    return _skills(items, gates)


def _open_ids(items: Iterable[BackpackItem]) -> dict[int | None, frozenset[str]]:
    rows = ShownEvidence.objects.filter(credential__in=[item.credential_id for item in items if item.credential_id])
    found: dict[int | None, set[str]] = defaultdict(set)
    for credential, evidence_id in rows.values_list("credential", "evidence_id"):
        found[credential].add(evidence_id)
    return defaultdict(frozenset, {pk: frozenset(ids) for pk, ids in found.items()})


# --- putting them together --------------------------------------------------------------------------------------------
def _skills(
    items: Sequence[BackpackItem], gates: dict[int, Gate], numbers: dict[str, int] | None = None
) -> list[Skill]:
    """The skills by name. `numbers` limits the names, and gives each one's number of items if not all were read."""
    proofs: dict[str, list[Proof]] = defaultdict(list)
    called: dict[str, _Found] = {}
    for item in items:
        snapshot = AwardSnapshot.from_json(item.credential.snapshot) if item.credential else None
        said = _said_by(snapshot) if snapshot else _said_elsewhere(item.foreign.text if item.foreign else "")
        for name in item.skills:
            found = said.get(name)
            if (numbers is not None and name not in numbers) or (found is None and name in said):
                continue
            if found is not None and found.by_level and not gates[item.pk].results:
                continue  # naming it would reveal the level
            if found is not None and (name not in called or found.framework):
                called.setdefault(name, found)
            proofs[name].append(_proof(item, snapshot, found or _Found(as_a_whole=True), gates[item.pk]))
    return [
        Skill(
            name,
            numbers[name] if numbers else len(proofs[name]),
            tuple(sorted(proofs[name], key=lambda one: one.standing != "valid")[:MOST_PROOFS]),
            code=called[name].code if name in called else "",
            framework=called[name].framework if name in called else "",
        )
        for name in sorted(proofs, key=str.casefold)
    ]


def _proof(item: BackpackItem, snapshot: AwardSnapshot | None, found: _Found, gate: Gate) -> Proof:
    work = work_of(snapshot, set(gate.open_ids), inside=gate.inside) if snapshot and gate.work else ()
    serves = set(found.serves)
    return Proof(
        name=item.name,
        issuer_name=item.issuer_name,
        on=item.earned_on,
        address=gate.address,
        standing=showing.standing_of(item),
        results=tuple(found.results) if gate.results else (),
        told=tuple(found.told) if gate.results else (),
        pieces=tuple(
            one
            for one in work
            if (one.open or gate.all_work) and (found.as_a_whole or not serves.isdisjoint(one.serves))
        ),
    )


def _said_by(snapshot: AwardSnapshot) -> dict[str, _Found | None]:
    """What a snapshot says, by skill name. None: only a level that was not reached would have shown it."""
    achievement = snapshot.achievement
    reached = {one.criterion for one in snapshot.results}
    judged = [one for one in achievement.criteria if one.id in reached]
    results = dict(zip((one.id for one in judged), results_of(snapshot, {}), strict=True))
    found: dict[str, _Found | None] = {}
    for criterion in achievement.criteria:
        result = results.get(criterion.id)
        for level in criterion.levels:
            for one in level.alignments:
                if result is None or level.position > result.level:
                    found.setdefault(one.name, None)
        of_levels = [
            (one, True)
            for level in criterion.levels
            if result is not None and level.position <= result.level
            for one in level.alignments
        ]
        for one, by_level in (*((one, False) for one in criterion.alignments), *of_levels):
            said = found.get(one.name) or _Found(one.code, one.framework, by_level=True)
            found[one.name] = said
            said.by_level = said.by_level and by_level
            if result is not None and result not in said.results:
                said.results.append(result)
            said.serves.append(criterion.name)
    for one in achievement.alignments:
        whole = found.get(one.name) or _Found(one.code, one.framework, results=list(results.values()))
        whole.as_a_whole, whole.by_level, found[one.name] = True, False, whole
    return found


def _said_elsewhere(text: str) -> dict[str, _Found | None]:
    found: dict[str, _Found | None] = {}
    for one in alignments.of(text):
        said = found.get(one.name) or _Found(one.code, one.framework)
        found[one.name] = said
        if one.criterion and (told := Told(one.criterion, one.level)) not in said.told:
            said.told.append(told)
    return found


def names_in(snapshot: AwardSnapshot) -> list[str]:
    """The skills an award shows, each once: those of the whole first, then by its criteria and levels reached."""
    said = _said_by(snapshot)
    first = [one.name for one in snapshot.achievement.alignments]
    return list(dict.fromkeys([*first, *(name for name, found in said.items() if found is not None)]))


def names_elsewhere(text: str) -> list[str]:
    return list(_said_elsewhere(text))
