"""What a stranger sees of a collection: each block as plain values, read for the whole page at once.

Page, curriculum vitae, preview and what stands under a block's own address are all made from these, so that what is kept
back is kept back everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q
from django.templatetags.static import static
from django.urls import reverse

from apps.backpacks.models import Block
from apps.backpacks.records import results_of, work_of
from apps.core import clock
from apps.credentials.models import Credential, ForeignCredential, ShownEvidence, Verdict
from apps.credentials.snapshots import AwardSnapshot

if TYPE_CHECKING:
    from datetime import date, datetime

    from apps.backpacks.models import BackpackItem, Collection
    from apps.backpacks.records import Artefact, CriterionResult

Kind = Block.Kind
# How a badge from elsewhere stands, in the words of our own pills. What could not be checked never looks as if it had.
_VERDICTS = {Verdict.VALID: "valid", Verdict.UNDECIDED: "unsure", Verdict.INVALID: "invalid"}
DECLARED = "declared"
# Stands for a badge that came without a picture.
FRAME = "img/elsewhere.svg"


@dataclass(frozen=True)
class Shown:
    """One block as others see it. Of words only `kind` and `words` are filled.

    `standing`: as of Credential.standing, or unsure, invalid, declared. `address`: where all of it is read; empty where
    a part of it is kept back. `picture`: an address of ours. `owner`: the earner's name, where it is shown.
    """

    public_id: str
    kind: str
    words: str
    name: str = ""
    issuer_name: str = ""
    on: date | None = None
    until: date | None = None
    standing: str = ""
    owner: str = ""
    address: str = ""
    picture: str = ""
    from_elsewhere: bool = False
    item: BackpackItem | None = None
    checked_at: datetime | None = None
    criteria: tuple[CriterionResult, ...] = ()
    evidence: tuple[Artefact, ...] = ()
    description: str = ""

    @property
    def is_badge(self) -> bool:
        return self.kind not in Block.WORDS


def blocks_of(
    collection: Collection, *, at: str, only: str = "", large: bool = False, as_if_shown: bool = False
) -> list[Shown]:
    """The blocks of a page in their order, as others see them; those that they do not see are not there.

    `at` is the end of the page's address, under which pictures lie; `only`: the public id of one block; `large`: with
    result and evidence whatever their size; `as_if_shown`: as it would be if the collection were shown now.
    """
    rows = Block.objects.filter(_seen_by_others(as_if_shown=as_if_shown), collection=collection).select_related(
        "item__credential__version__achievement",
        "item__credential__issuer",
        "item__credential__earner",
        "item__foreign",
        "item__declared",
    )
    if only:
        rows = rows.filter(public_id=only)
    evidence = Prefetch("item__credential__shown_evidence", ShownEvidence.objects.only("credential_id", "evidence_id"))
    found = rows.prefetch_related(evidence).order_by("position", "pk")
    return [_shown(block, collection, at, large=large) for block in found]


def _seen_by_others(*, as_if_shown: bool) -> Q:
    """Words; and what is signed, kept, and not hidden by its earner. What keeps something back stands there by the
    collection's word alone; the rest only while it may be opened by itself, too.
    """
    now = clock.now()
    keeps_back = Q(shows_name=False) | Q(shows_result=False) | Q(shows_evidence=False)
    open_now = ~Q(item__credential__visibility=Credential.Visibility.PRIVATE) & (
        Q(item__credential__shown_until=None) | Q(item__credential__shown_until__gt=now)
    )
    earned = (
        Q(item__credential__isnull=False)
        & ~Q(item__credential__state=Credential.State.AWARDED)
        & (keeps_back | open_now)
    )
    foreign = Q(item__foreign__state=ForeignCredential.State.KEPT)
    badge = Q(item__is_hidden=False) & (earned | foreign | Q(item__declared__isnull=False))
    return Q(item=None) | badge


def _shown(block: Block, collection: Collection, at: str, *, large: bool) -> Shown:
    item = block.item
    if item is None:
        return Shown(block.public_id, block.kind, block.words)
    if item.credential is not None:
        return _earned(block, item, item.credential, at, large=large or block.kind == Kind.LARGE)
    owner = collection.person.name if block.shows_name else ""
    inside = reverse("backpacks:shared_block", args=[at, block.public_id])
    foreign, declared = item.foreign, item.declared
    return Shown(
        block.public_id,
        block.kind,
        block.words,
        name=item.name,
        issuer_name=item.issuer_name,
        on=item.earned_on,
        until=ends_on(item),
        standing=standing_of(item),
        owner=owner,
        address=inside,
        picture=reverse("backpacks:shared_picture", args=[at, block.public_id]) if item.picture else static(FRAME),
        from_elsewhere=True,
        item=item,
        checked_at=foreign.checked_at if foreign else None,
        description=declared.words if declared else "",
    )


def _earned(block: Block, item: BackpackItem, credential: Credential, at: str, *, large: bool) -> Shown:
    zone = ZoneInfo(credential.issuer.time_zone)
    version = credential.version
    needs_work = large and (block.shows_result or block.shows_evidence)
    snapshot = AwardSnapshot.from_json(credential.snapshot) if needs_work else None
    open_ids = {one.evidence_id for one in credential.shown_evidence.all()} if block.shows_evidence else set()
    return Shown(
        block.public_id,
        block.kind,
        block.words,
        name=item.name,
        issuer_name=item.issuer_name,
        on=item.earned_on,
        until=credential.valid_until.astimezone(zone).date() if credential.valid_until else None,
        standing=standing_of(item),
        owner=credential.named if block.shows_name and credential.shows_name else "",
        address=reverse("backpacks:shared_block", args=[at, block.public_id])
        if block.hides
        else credential.get_absolute_url(),
        picture=reverse("issuers:picture", args=[version.achievement.slug, version.number]),
        item=item,
        criteria=tuple(results_of(snapshot, {})) if snapshot and block.shows_result else (),
        evidence=tuple(one for one in work_of(snapshot, open_ids) if one.open) if snapshot else (),
        description=version.description,
    )


def ends_on(item: BackpackItem) -> date | None:
    """The last day of a thing in a backpack; none where it has no end."""
    if item.declared is not None:
        return item.declared.ends_on
    ends = item.credential.valid_until if item.credential else item.foreign.valid_until if item.foreign else None
    zone = ZoneInfo(item.credential.issuer.time_zone) if item.credential else UTC
    return ends.astimezone(zone).date() if ends else None


def standing_of(item: BackpackItem) -> str:
    """How a thing in a backpack stands; what nobody could check or nobody signed says so."""
    if item.credential is not None:
        return "valid" if item.credential.holds else item.credential.standing
    if item.foreign is not None:
        return _foreign_standing(item.foreign)
    return DECLARED


def _foreign_standing(foreign: ForeignCredential) -> str:
    """Its end is known without another look."""
    if foreign.valid_until is not None and foreign.valid_until <= clock.now():
        return "expired"
    verdict = Verdict(foreign.verdict)
    if verdict == Verdict.INVALID and foreign.why in {"revoked", "expired", "suspended"}:
        return foreign.why
    return _VERDICTS[verdict]
