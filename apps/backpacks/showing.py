"""What a stranger sees of a collection: each block as plain values, read for the whole page at once.

Page, curriculum vitae, preview and the pages of single blocks are all made from these, so that what is hidden is
hidden everywhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.templatetags.static import static
from django.urls import reverse

from apps.backpacks import codes
from apps.backpacks.models import Block
from apps.backpacks.records import results_of, work_of
from apps.core import clock
from apps.credentials.models import NAMELESS, Credential, ForeignCredential, ShownEvidence, SignedForm, Verdict
from apps.credentials.snapshots import AwardSnapshot
from apps.submissions.models import EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from apps.backpacks.models import BackpackItem, Collection
    from apps.backpacks.records import Artefact, CriterionResult

Kind = Block.Kind
# The standing of a badge from elsewhere, in the terms of our own pills. One that could not be checked must never look
# checked, and one that is genuine but may be anyone's must never look like its holder's.
_VERDICTS = {Verdict.VALID: "valid", Verdict.UNDECIDED: "unsure", Verdict.INVALID: "invalid"}
UNPROVED = "unproved"
# For one of ours whose signature proves nothing until it is signed again.
KEYLESS = "keyless"
DECLARED = "declared"
# Shown for a badge that came without a picture.
FRAME = "img/elsewhere.svg"


@dataclass(frozen=True)
class Shown:
    """One block as others see it. Text blocks have only `kind` and `words`.

    `standing`: as in Credential.standing, or keyless, unsure, invalid, nameless, unproved, declared. `address`: the
    page that shows all of it: the badge's own, or one inside the collection if it has none or part of it is hidden.
    `code`: the public id behind the short code of the badge's own page, if it has one. `picture`: an address of ours;
    `kept_picture`: its name in the storage, if its earner put it there. `owner`: the earner's name, if it is shown and
    a badge from elsewhere proved to be theirs. `foreign`: the public id of a credential from elsewhere.
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
    code: str = ""
    picture: str = ""
    kept_picture: str = ""
    from_elsewhere: bool = False
    foreign: str = ""
    checked_at: datetime | None = None
    criteria: tuple[CriterionResult, ...] = ()
    evidence: tuple[Artefact, ...] = ()
    description: str = ""

    @property
    def is_badge(self) -> bool:
        return self.kind not in Block.WORDS

    @property
    def whole_address(self) -> str:
        """As it is printed: what is typed the quickest."""
        return codes.address_by(self.code) if self.code else f"{settings.PUBLIC_URL}{self.address}"


# The columns a page needs of each block and its item: a page of 200 badges builds no models of them.
_OF_ALL = {
    **{name: name for name in ("public_id", "kind", "words", "shows_name", "shows_result", "shows_evidence")},
    "item": "item_id",
    "credential": "item__credential_id",
    **{name: f"item__{name}" for name in ("name", "issuer_name", "earned_on", "picture")},
    **{name: f"item__credential__{name}" for name in ("status", "valid_until", "earner_name")},
    "id": "item__credential__public_id",
    "names": "item__credential__shows_name",
    "earner": "item__credential__earner__name",
    "zone": "item__credential__issuer__time_zone",
    "code": "item__credential__short_code__public_id",
    "slug": "item__credential__achievement__slug",
    "number": "item__credential__version__number",
    "foreign": "item__foreign__public_id",
    **{f"foreign_{name}": f"item__foreign__{name}" for name in ("valid_until", "verdict", "why", "checked_at")},
    "foreign_proved_address": "item__foreign__proved_address",
    "declared_ends": "item__declared__ends_on",
    "declared_words": "item__declared__words",
    "keyless": SignedForm.has_lost_its_key("item__credential"),
}
_Row = dict[str, Any]


class Page(NamedTuple):
    """A stretch of a collection, and counts for the whole of it: badges by standing, and issuers."""

    blocks: list[Shown]
    length: int
    standings: Counter[str]
    issuers: int


def page_of(
    collection: Collection, *, at: str, begins: int = 0, most: int | None = None, as_if_shown: bool = False
) -> Page:
    """The blocks of a page in their order, as others see them; those they don't see are left out.

    `at` is the end of the page's address, under which pictures are served; `as_if_shown`: as if the collection were
    shown now.
    """
    rows, now = _rows(collection, as_if_shown=as_if_shown), clock.now()
    badges = [(_standing(row, now), row["issuer_name"]) for row in rows if row["item"]]
    stretch = rows[begins:] if most is None else rows[begins : begins + most]
    return Page(
        _drawn_from(stretch, collection, at, now=now),
        len(rows),
        Counter(standing for standing, _issuer in badges),
        len({issuer for standing, issuer in badges if standing != DECLARED}),
    )


def block_of(collection: Collection, public_id: str, *, at: str) -> Shown | None:
    """One badge of a page with result and evidence, as far as shown; None for texts and for what others don't see."""
    rows = [row for row in _rows(collection, only=public_id) if row["item"]]
    return _drawn_from(rows, collection, at, now=clock.now(), large=True)[0] if rows else None


def pieces_of(collections: QuerySet[Collection], *, keeps_back: bool = False) -> QuerySet[EvidenceItem]:
    """The work shown with badges of these collections, as far as others see it now. `keeps_back`: they come by a link
    that hides something else.
    """
    seen = seen_by_others(keeps_back=keeps_back)
    blocks = Block.objects.filter(seen, collection__in=collections, shows_evidence=True)
    return _work_with(blocks)


def piece_of(collection: Collection, block_id: str, public_id: str) -> EvidenceItem | None:
    """A piece of work shown with one badge of a collection, if others see it now."""
    if not collection.shows_evidence:
        return None
    seen = seen_by_others(keeps_back=collection.keeps_back)
    blocks = Block.objects.filter(seen, collection=collection, public_id=block_id, shows_evidence=True)
    found = _work_with(blocks).select_related("attempt__submission__version__achievement__issuer", "foreign")
    return found.filter(public_id=public_id).first()


def _work_with(blocks: QuerySet[Block]) -> QuerySet[EvidenceItem]:
    shown = ShownEvidence.objects.filter(credential__in=blocks.values("item__credential"))
    return EvidenceItem.objects.filter(public_id__in=shown.values("evidence_id"))


def _rows(collection: Collection, *, only: str = "", as_if_shown: bool = False) -> list[_Row]:
    seen = seen_by_others(as_if_shown=as_if_shown, keeps_back=collection.keeps_back)
    found = Block.objects.filter(seen, collection=collection)
    if only:
        found = found.filter(public_id=only)
    values = found.order_by("position", "pk").values_list(*_OF_ALL.values())
    rows = [dict(zip(_OF_ALL, one, strict=True)) for one in values]
    for row in rows:
        row["shows_name"] = row["shows_name"] and collection.shows_name
        row["shows_evidence"] = row["shows_evidence"] and collection.shows_evidence
    return rows


def _drawn_from(
    rows: Sequence[_Row], collection: Collection, at: str, *, now: datetime, large: bool = False
) -> list[Shown]:
    work = _work_of([one for one in rows if one["credential"] and (large or one["kind"] == Kind.LARGE)])
    base = reverse("backpacks:shared", args=[at])
    return [_shown(row, work, base, owner=collection.owner_name, now=now) for row in rows]


def seen_by_others(*, as_if_shown: bool = False, keeps_back: bool = False) -> Q:
    """Blocks that others see: texts, and badges that are signed, kept, and not hidden by their earner. A badge of
    which something is hidden (always so if the collection names nobody) is shown on the collection's authority alone;
    the others only while they may be opened by themselves too. `keeps_back`: the link in use hides something of all.
    """
    now = clock.now()
    in_part = Q(collection__shows_name=False) | Q(shows_name=False) | Q(shows_result=False) | Q(shows_evidence=False)
    open_now = ~Q(item__credential__visibility=Credential.Visibility.PRIVATE) & (
        Q(item__credential__shown_until=None) | Q(item__credential__shown_until__gt=now)
    )
    shown = Q() if as_if_shown or keeps_back else in_part | open_now
    kept = ~Q(item__credential__state__in=[Credential.State.AWARDED, Credential.State.DECLINED])
    earned = Q(item__credential__isnull=False) & kept & shown
    foreign = Q(item__foreign__state=ForeignCredential.State.KEPT)
    badge = Q(item__is_hidden=False) & (earned | foreign | Q(item__declared__isnull=False))
    return Q(item=None) | badge


class _Work(NamedTuple):
    """What is read for a badge that is shown large."""

    snapshot: AwardSnapshot
    open_ids: set[str]
    description: str


def _work_of(rows: Sequence[_Row]) -> dict[int, _Work]:
    """The work by credential: two queries however many there are, and none if there are only cards."""
    ids = [one["credential"] for one in rows]
    if not ids:
        return {}
    open_ids: dict[int, set[str]] = {pk: set() for pk in ids}
    shown = ShownEvidence.objects.filter(credential__in=ids).values_list("credential", "evidence_id")
    for credential, evidence_id in shown:
        open_ids[credential].add(evidence_id)
    told = Credential.objects.filter(pk__in=ids).values_list("pk", "snapshot", "version__description")
    return {pk: _Work(AwardSnapshot.from_json(body), open_ids[pk], words) for pk, body, words in told}


def _standing(row: _Row, now: datetime) -> str:
    if row["foreign"]:
        told = (row[f"foreign_{name}"] for name in ("valid_until", "verdict", "why", "proved_address"))
        return _standing_elsewhere(*told, now=now)
    if not row["credential"]:
        return DECLARED
    if row["status"] != Credential.Status.VALID:
        return str(row["status"])
    if row["valid_until"] is not None and row["valid_until"] <= now:
        return "expired"
    return KEYLESS if row["keyless"] else "valid"


def _shown(row: _Row, work: dict[int, _Work], base: str, *, owner: str, now: datetime) -> Shown:
    block = Shown(row["public_id"], row["kind"], row["words"])
    if not row["item"]:
        return block
    inside = f"{base}{block.public_id}/"
    block = replace(
        block, name=row["name"], issuer_name=row["issuer_name"], on=row["earned_on"], standing=_standing(row, now)
    )
    if row["credential"]:
        return _earned(block, row, work.get(row["credential"]), inside)
    ends = row["foreign_valid_until"]
    return replace(
        block,
        until=ends.date() if ends else row["declared_ends"],
        owner=owner if row["shows_name"] and (row["foreign_proved_address"] or not row["foreign"]) else "",
        address=inside,
        picture=f"{inside}picture" if row["picture"] else static(FRAME),
        kept_picture=row["picture"],
        from_elsewhere=True,
        foreign=row["foreign"] or "",
        checked_at=row["foreign_checked_at"],
        description=row["declared_words"] or "",
    )


def _earned(block: Shown, row: _Row, work: _Work | None, inside: str) -> Shown:
    ends = row["valid_until"]
    keeps_back = not (row["shows_name"] and row["shows_result"] and row["shows_evidence"])
    block = replace(
        block,
        until=ends.astimezone(clock.zone(row["zone"])).date() if ends else None,
        owner=(row["earner_name"] or row["earner"]) if row["shows_name"] and row["names"] else "",
        address=inside if keeps_back else reverse("backpacks:credential", args=[row["id"]]),
        code="" if keeps_back else row["code"] or "",
        picture=_badge(row["slug"], row["number"]),
    )
    if work is None:
        return block
    return replace(
        block,
        criteria=tuple(results_of(work.snapshot, {})) if row["shows_result"] else (),
        evidence=tuple(
            one for one in work_of(work.snapshot, work.open_ids, inside=inside if keeps_back else "") if one.open
        )
        if row["shows_evidence"]
        else (),
        description=work.description,
    )


@lru_cache(maxsize=1024)
def _badge(slug: str, number: int) -> str:
    return reverse("issuers:picture", args=[slug, number])


def standing_of(item: BackpackItem) -> str:
    """The standing of an item to its holder; unsure or declared if nobody could check it or nobody signed it."""
    if item.credential is not None:
        declined = item.credential.state == Credential.State.DECLINED
        return "valid" if item.credential.holds and not declined else item.credential.standing
    if item.foreign is not None:
        foreign = item.foreign
        return _standing_elsewhere(
            foreign.valid_until, foreign.verdict, foreign.why, foreign.proved_address, now=clock.now()
        )
    return DECLARED


def _standing_elsewhere(ends: datetime | None, verdict: str, why: str, proved_address: str, *, now: datetime) -> str:
    """The standing of a credential from elsewhere, by its last check; its end is known without another."""
    if ends is not None and ends <= now:
        return "expired"
    if verdict == Verdict.INVALID and why in {"revoked", "expired", "suspended"}:
        return why
    if verdict == Verdict.VALID and why == NAMELESS:
        return NAMELESS
    if verdict == Verdict.VALID and not proved_address:
        return UNPROVED
    return _VERDICTS[Verdict(verdict)]
