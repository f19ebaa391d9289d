"""What a partner sees of a request for credit: the credentials, each with its check, and otherwise only what was
chosen.

The preview before asking and the page afterwards are made from this one value, so that they say the same. It holds no
assessor's comments, no private notes of the learner, and no evidence that was not chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.backpacks import records
from apps.core import clock
from apps.core.zipping import Entry, as_json, of_text, written
from apps.credentials import queries as credentials
from apps.credentials import reports, verifier
from apps.credentials.snapshots import AwardSnapshot
from apps.pathways import queries as pathways
from apps.pathways.models import CreditRequest, DossierPiece
from apps.pathways.verbs import Chosen
from apps.submissions import copies, links
from apps.submissions.models import EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from apps.backpacks.records import Artefact, CriterionResult
    from apps.credentials.models import Credential, ForeignCredential, SignedForm
    from apps.credentials.verification import Report
    from apps.issuers.models import AchievementVersion

_CHUNK = 256 * 1024


class Piece(NamedTuple):
    """A piece of evidence that was chosen. `href` opens it, and is empty in a preview."""

    artefact: Artefact
    public_id: str
    href: str


@dataclass(frozen=True)
class Item:
    """One credential in a dossier. Dates are in its issuer's zone. `text` is the signed file, if it goes along."""

    public_id: str
    is_ours: bool
    name: str
    issuer_name: str
    issuer_address: str
    badge_address: str
    version: AchievementVersion | None
    earner_name: str
    basis: str
    awarded_on: datetime | None
    valid_until: datetime | None
    zone: str
    report: Report | None
    shows_result: bool
    criteria: tuple[CriterionResult, ...]
    pieces: tuple[Piece, ...]
    text: str
    is_gone: bool = False

    def to_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "name": self.name,
            "issuer": {"name": self.issuer_name, "id": self.issuer_address},
            "badge": self.badge_address,
            "awarded_to": self.earner_name,
            "basis": self.basis,
            "awarded_on": self.awarded_on,
            "valid_until": self.valid_until,
            "verdict": self.report.verdict if self.report else None,
        }
        if self.report and self.text:
            # The full report on a badge from elsewhere may name the address it was awarded to, as its file does.
            told["check"] = reports.sent(self.report)
        if self.shows_result and self.is_ours:
            told["results"] = [
                {
                    "criterion": one.name,
                    "level": one.level_name,
                    "description": one.level_description,
                    "reached": one.level,
                    "of": one.levels,
                    "needed": one.needed,
                    "met": one.met,
                }
                for one in self.criteria
            ]
        told["evidence"] = [
            {
                "name": one.artefact.name,
                "kind": one.artefact.genre,
                "serves": one.artefact.serves,
                "sha256": one.artefact.sha256,
            }
            for one in self.pieces
        ]
        return told


def of_request(request: CreditRequest, *, door: str) -> list[Item]:
    """The dossier as it was frozen; `door` is the address at which the partner reads it."""
    return [
        _item(
            Chosen(
                pathways.Basis(one.credential, one.foreign),
                one.shows_result,
                tuple(piece.evidence_id for piece in one.pieces.all()),
            ),
            door,
        )
        for one in pathways.dossier_of(request)
    ]


def previewed(chosen: Iterable[Chosen]) -> list[Item]:
    """The dossier as the partner would see it."""
    return [_item(one, "") for one in chosen]


def _item(chosen: Chosen, door: str) -> Item:
    ours, foreign = chosen.basis
    if ours is not None:
        return _earned(ours, chosen, door)
    if foreign is None:
        message = "A dossier's item is a credential of ours or one from elsewhere."
        raise TypeError(message)
    return _foreign(foreign, chosen)


def _earned(credential: Credential, chosen: Chosen, door: str) -> Item:
    snapshot = AwardSnapshot.from_json(credential.snapshot)
    form = credentials.signed_form(credential)
    zone = clock.zone(credential.issuer.time_zone)
    brief = records.record_of(credential, form=None, full=True, brief=True)
    return Item(
        public_id=credential.public_id,
        is_ours=True,
        name=snapshot.achievement.name,
        issuer_name=snapshot.issuer.name,
        issuer_address=snapshot.issuer.id,
        badge_address=snapshot.achievement.id,
        version=credential.version,
        earner_name=brief.earner_name,
        basis=brief.basis,
        awarded_on=credential.awarded_at.astimezone(zone),
        valid_until=credential.valid_until.astimezone(zone) if credential.valid_until else None,
        zone=credential.issuer.time_zone,
        report=_checked(credential, form),
        shows_result=chosen.shows_result,
        criteria=tuple(records.results_of(snapshot, {})) if chosen.shows_result else (),
        pieces=tuple(_pieces(snapshot, chosen.evidence, door)),
        text=form.text if form and chosen.shows_result else "",
        is_gone=credential.earner.erased_at is not None,
    )


def _checked(credential: Credential, form: SignedForm | None) -> Report | None:
    return verifier.check_own(credential, form) if form else None


def _pieces(snapshot: AwardSnapshot, chosen: Sequence[str], door: str) -> Iterator[Piece]:
    """The chosen pieces, numbered as in the signed record, so that a partner finds them there."""
    for one in records.work_of(snapshot, set(chosen)):
        public_id = one.address.rpartition("/")[2]
        if public_id in chosen:
            yield Piece(one, public_id, f"{door}evidence/{public_id}/" if door else "")


def _foreign(foreign: ForeignCredential, chosen: Chosen) -> Item:
    kept = foreign.state == foreign.State.KEPT
    return Item(
        public_id=foreign.public_id,
        is_ours=False,
        name=foreign.achievement_name or foreign.credential_id,
        issuer_name=foreign.issuer_name,
        issuer_address=foreign.issuer_id,
        badge_address=foreign.achievement_id,
        version=None,
        earner_name="",
        basis=_basis_of(foreign),
        awarded_on=foreign.valid_from,
        valid_until=foreign.valid_until,
        zone="",
        report=reports.read(foreign.report) if foreign.report else None,
        shows_result=chosen.shows_result,
        criteria=(),
        pieces=(),
        text=foreign.text if chosen.shows_result and kept else "",
        is_gone=not kept,
    )


def _basis_of(foreign: ForeignCredential) -> str:
    if foreign.proved_address:
        return _("From elsewhere, awarded to an address that its holder has proved")
    return _("From elsewhere; nothing shows that it is theirs")


def pieces_shown(request_id: str) -> QuerySet[EvidenceItem]:
    """The evidence a learner put into a request for credit, as long as the partner may look at it."""
    chosen = DossierPiece.objects.filter(item__request__in=CreditRequest.objects.shown_to_partners())
    return EvidenceItem.objects.filter(
        public_id__in=chosen.filter(item__request__public_id=request_id).values("evidence_id")
    )


def piece_in(request: CreditRequest, public_id: str) -> EvidenceItem | None:
    """A piece that was chosen, or None if there is none or the partner may not look at it any more."""
    pieces = pieces_shown(request.public_id).filter(public_id=public_id)
    return pieces.select_related("attempt__submission__version__achievement__issuer", "foreign").first()


def door_of(request: CreditRequest, token: str = "") -> str:
    """Where a partner reads the request: from its seat, or by the link in its letter."""
    if token:
        return reverse("backpacks:credit_by_link", args=[token])
    return request.get_absolute_url()


# --- downloads --------------------------------------------------------------------------------------------------------
def archive(request: CreditRequest, items: Sequence[Item]) -> Iterator[bytes]:
    """Everything in the dossier as one ZIP, written while it is sent."""
    return written(_entries(request, items), at=clock.now())


def _entries(request: CreditRequest, items: Sequence[Item]) -> Iterator[Entry]:
    yield of_text("dossier.json", as_json(told(request, items)))
    for number, item in enumerate(items, start=1):
        folder = f"{number:02}-{slugify(item.name)[:60] or 'badge'}"
        if item.text:
            ending = "json" if item.text.lstrip().startswith("{") else "txt"
            yield of_text(f"{folder}/credential.{ending}", item.text)
        for piece in item.pieces:
            yield from _evidence(request, piece, folder)


def _evidence(request: CreditRequest, piece: Piece, folder: str) -> Iterator[Entry]:
    found = piece_in(request, piece.public_id)
    if found is None:
        return
    if not found.has_file:
        words = found.url or found.text
        if words:
            yield of_text(f"{folder}/{links.neutral_name(found)}.txt", words)
        return
    handed = copies.handed_out(found)
    if handed is None or not default_storage.exists(handed.file.name):
        return
    with handed.file.open() as file:
        name = f"{folder}/{links.neutral_name(found, handed.media_type)}"
        yield Entry(name, handed.size, iter(partial(file.read, _CHUNK), b""))


def told(request: CreditRequest, items: Sequence[Item]) -> dict[str, Any]:
    """The request and its dossier as JSON-ready data."""
    agreement = request.agreement
    return {
        "id": request.public_id,
        "learner": request.learner.name,
        "partner": agreement.partner_called,
        "counts_towards": agreement.counts_towards,
        "credits_asked": str(request.credits_asked),
        "credit_framework": agreement.credit_framework,
        "asked_at": request.asked_at,
        "note": request.note,
        "credentials": [item.to_json() for item in items],
    }
