"""The evidence record: what a credential says in plain language, as far as its earner shows it.

Page, record, PDF, JSON, preview card and structured data are all made from this one value, so that what the earner
hides is hidden everywhere.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core import clock
from apps.credentials import queries
from apps.credentials.models import Credential, SigningKey
from apps.credentials.published import CREDENTIAL, own_path
from apps.credentials.snapshots import DIRECT, AwardSnapshot
from apps.submissions.models import Finding, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from apps.credentials.models import SignedForm


class Part(NamedTuple):
    """A piece of a sentence; `strong` marks what it is about."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class CriterionResult:
    """`comment` is what the assessor wrote, if that is shown."""

    name: str
    level_name: str
    level_description: str
    level: int
    levels: int
    needed: int
    needed_name: str
    met: bool
    comment: str = ""


@dataclass(frozen=True)
class Artefact:
    """A piece of evidence: `genre` as it is signed, `kind` the same in the reader's language, `serves` by names of
    criteria. If `open`, its address opens for this reader.
    """

    name: str
    genre: str
    kind: StrOrPromise
    serves: tuple[str, ...]
    sha256: str
    address: str
    open: bool


@dataclass(frozen=True)
class MadeOf:
    """A badge that is part of a larger one. If `open`, its own address opens for this reader."""

    name: str
    issuer_name: str
    credits: str
    address: str
    open: bool


@dataclass(frozen=True)
class Signed:
    """The signed form behind the record."""

    format: str
    key: str
    sha256: str
    signed_at: datetime


@dataclass(frozen=True)
class EvidenceRecord:
    """What a credential says. `full` for its earner; everyone else reads only what they show. Dates are in the
    issuer's zone.

    `said` is what the issuer of a direct award wrote about it. `basis` says in words what it rests on; `standing` is
    one of valid, keyless (the key that signed it is compromised), expired, suspended, revoked, superseded.
    """

    full: bool
    address: str
    issuer_name: str
    issuer_address: str
    earner_name: str
    badge_name: str
    badge_version: str
    badge_address: str
    badge_type: str
    picture: str
    description: str
    how_earned: str
    skill_sentence: str
    basis: str
    assessed: bool
    judges: int
    standing: str
    standing_since: datetime | None
    standing_why: str
    standing_note: str
    awarded_on: datetime
    valid_from: datetime
    valid_until: datetime | None
    zone: str
    criteria: tuple[CriterionResult, ...]
    note: str
    said: str
    evidence: tuple[Artefact, ...]
    components: tuple[MadeOf, ...]
    credits_earned: str
    signed: Signed | None

    @property
    def sentence(self) -> tuple[Part, ...]:
        """One sentence that a stranger understands, in the reader's language."""
        if self.standing in _NO_LONGER:
            words = str(_NO_LONGER[self.standing])
        elif self.skill_sentence and self.assessed:
            words = _(
                "%(issuer)s confirms that %(name)s can %(skill)s, shown on %(date)s and judged by %(judges)s against "
                "a published rubric."
            )
        elif self.assessed:
            words = _(
                "%(issuer)s confirms that %(name)s earned %(badge)s on %(date)s, judged by %(judges)s against a "
                "published rubric."
            )
        else:
            words = _("%(issuer)s awarded %(badge)s to %(name)s on %(date)s.")
        values = {
            "issuer": Part(self.issuer_name),
            "name": Part(self.earner_name or _("the holder of this badge"), strong=True),
            "skill": Part(self.skill_sentence, strong=True),
            "badge": Part(self.badge_name, strong=True),
            "date": Part(date_format(self.awarded_on, "j F Y")),
            "judges": Part(ngettext("an assessor", "%(n)d assessors", self.judges) % {"n": self.judges}),
            "until": Part(date_format(self.valid_until, "j F Y") if self.valid_until else ""),
        }
        return tuple(_put_in(words, values))

    @property
    def statement(self) -> str:
        """The sentence as plain text."""
        return "".join(part.text for part in self.sentence)

    @property
    def keeps_evidence_back(self) -> bool:
        return not all(one.open for one in self.evidence)

    def to_json(self) -> dict[str, Any]:
        body = asdict(self) | {"statement": self.statement}
        body["evidence"] = [
            {name: str(value) if name == "kind" else value for name, value in asdict(one).items()}
            | {"address": one.address if one.open else None}
            for one in self.evidence
        ]
        body["components"] = [asdict(one) | {"address": one.address if one.open else None} for one in self.components]
        return body


# The names of kinds in the signed bytes, which are English in every language.
_KINDS = {
    "Image": gettext_lazy("Image"),
    "Video": gettext_lazy("Video"),
    "Audio": gettext_lazy("Audio"),
    "Text": gettext_lazy("Text"),
    "Link": gettext_lazy("Link"),
    "Document": gettext_lazy("Document"),
    "Data": gettext_lazy("Data"),
    "Certificate": gettext_lazy("Certificate"),
    "Credential": gettext_lazy("Badge from elsewhere"),
}
_BASES: dict[str, StrOrPromise] = {
    Credential.Basis.ASSESSED: gettext_lazy("Work judged against the rubric"),
    Credential.Basis.DIRECT: gettext_lazy("Awarded directly: no work was assessed here"),
    Credential.Basis.RENEWAL: gettext_lazy("Renewed without new work"),
    Credential.Basis.PATHWAY: gettext_lazy("Reached on a pathway: made up of other badges"),
}
# The signed form has no field for the route, so only this page says it.
_PRIOR_LEARNING = gettext_lazy("Prior learning, judged against the rubric")
_EXPIRED, _KEYLESS = "expired", "keyless"
# What an issuer no longer confirms is not said in its name.
_NO_LONGER: dict[str, StrOrPromise] = {
    Credential.Status.REVOKED: gettext_lazy("%(issuer)s has taken back %(badge)s, awarded to %(name)s on %(date)s."),
    Credential.Status.SUSPENDED: gettext_lazy(
        "%(issuer)s has paused %(badge)s, awarded to %(name)s on %(date)s, while something is looked into."
    ),
    Credential.Status.SUPERSEDED: gettext_lazy(
        "%(issuer)s has replaced %(badge)s, awarded to %(name)s on %(date)s, by a newer one."
    ),
    _KEYLESS: gettext_lazy(
        "%(issuer)s awarded %(badge)s to %(name)s on %(date)s. The key that signed it is compromised: it has to be signed again."
    ),
    _EXPIRED: gettext_lazy("%(issuer)s awarded %(badge)s to %(name)s on %(date)s. It ran out on %(until)s."),
}
_PLACE = re.compile(r"%\((\w+)\)s")


def record_of(credential: Credential, *, form: SignedForm | None, full: bool, brief: bool = False) -> EvidenceRecord:
    """The record of a credential, read from the frozen snapshot, so that it says what was signed. A `brief` one loads
    neither comments nor which evidence is shown.
    """
    snapshot = AwardSnapshot.from_json(credential.snapshot)
    zone = clock.zone(credential.issuer.time_zone)
    until = credential.valid_until.astimezone(zone) if credential.valid_until else None
    # Expiry happens by itself: a reason once given for lifting a suspension is no reason for it.
    expired = credential.status == Credential.Status.VALID and credential.has_run_out
    keyless = credential.holds and form is not None and form.key.state == SigningKey.State.COMPROMISED
    changed = credential.status_at.astimezone(zone) if credential.status_at else None
    shown = set() if full or brief else set(credential.shown_evidence.values_list("evidence_id", flat=True))
    findings = _findings(credential) if full or (credential.shows_words and not brief) else []
    comments = {finding.criterion.code: finding.comment for finding in findings}
    return EvidenceRecord(
        full=full,
        address=queries.credential_url(credential.public_id),
        issuer_name=snapshot.issuer.name,
        issuer_address=snapshot.issuer.id,
        earner_name=credential.named if full or credential.shows_name else "",
        badge_name=snapshot.achievement.name,
        badge_version=snapshot.achievement.version,
        badge_address=snapshot.achievement.id,
        badge_type=snapshot.achievement.type,
        picture=snapshot.achievement.image,
        description=snapshot.achievement.description,
        how_earned=snapshot.achievement.criteria_narrative,
        skill_sentence=credential.version.skill_sentence,
        basis=str(_BASES[credential.basis] if brief else _basis(credential, findings)),
        assessed=credential.basis == Credential.Basis.ASSESSED,
        judges=snapshot.judges,
        standing=_EXPIRED if expired else _KEYLESS if keyless else credential.status,
        standing_since=until if expired else changed,
        standing_why=str(credential.get_status_reason_display()),
        standing_note="" if expired else credential.status_note,
        awarded_on=credential.awarded_at.astimezone(zone),
        valid_from=credential.valid_from.astimezone(zone),
        valid_until=until,
        zone=credential.issuer.time_zone,
        criteria=tuple(results_of(snapshot, comments)),
        note=findings[0].attempt.answer.note if findings else "",
        said=snapshot.narrative.removeprefix(DIRECT).strip() if snapshot.narrative.startswith(DIRECT) else "",
        evidence=tuple(work_of(snapshot, None if full else shown)),
        components=tuple(_made_of(snapshot, full=full)),
        credits_earned=snapshot.credits_earned,
        signed=_signed(form) if form else None,
    )


def structured(record: EvidenceRecord) -> dict[str, Any]:
    """The award as search engines read it: schema.org, EducationalOccupationalCredential."""
    body = {
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "@id": record.address,
        "url": record.address,
        "name": record.badge_name,
        "description": record.statement,
        "image": record.picture,
        "credentialCategory": record.badge_type,
        "dateCreated": record.awarded_on.date().isoformat(),
        "expires": record.valid_until.date().isoformat() if record.valid_until else None,
        "isBasedOn": record.badge_address,
        "recognizedBy": {"@type": "Organization", "@id": record.issuer_address, "name": record.issuer_name},
        "about": {"@type": "Person", "name": record.earner_name} if record.earner_name else None,
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": f"{record.address}.json",
            "encodingFormat": "application/vc",
            "sha256": record.signed.sha256,
        }
        if record.signed
        else None,
    }
    return {name: value for name, value in body.items() if value is not None}


def _put_in(words: str, values: dict[str, Part]) -> Iterator[Part]:
    """The sentence in parts: each value stays a part of its own, whatever order a language puts them in."""
    for place, piece in enumerate(_PLACE.split(words)):
        if place % 2:
            yield values[piece]
        elif piece:
            yield Part(piece)


def work_of(snapshot: AwardSnapshot, shown: set[str] | None, *, inside: str = "") -> Iterator[Artefact]:
    """The pieces of evidence. Those whose public ids are `shown` are open; with None, all are. If a badge has no page
    of its own for this reader, they open `inside` the address where it is read.

    What the issuer of a direct award names is stored elsewhere: it is as open as it is there, and nothing here shows
    or hides it.
    """
    for number, one in enumerate(snapshot.evidence, start=1):
        public_id = one.id.rpartition("/")[2]
        is_shown = shown is not None and public_id in shown
        yield Artefact(
            name=_("Evidence %(number)d") % {"number": number},
            genre=one.genre,
            kind=_KINDS.get(one.genre, one.genre),
            serves=one.serves,
            sha256=one.sha256,
            address=f"{inside}{public_id}/" if inside and is_shown else one.id,
            open=shown is None or bool(snapshot.narrative) or is_shown,
        )


def _made_of(snapshot: AwardSnapshot, *, full: bool) -> Iterator[MadeOf]:
    """Each component as it was signed; its page opens for others if its earner shows it by itself."""
    if not snapshot.components:
        return
    # The id of a badge from elsewhere is whatever its issuer wrote, so only addresses of ours are looked up.
    found = {one.id: CREDENTIAL.fullmatch(own_path(one.id) or "") for one in snapshot.components}
    ours = {address: match["id"] for address, match in found.items() if match}
    readable = Credential.objects.filter(public_id__in=ours.values())
    if not full:
        readable = readable.visible_to(None)
    opened = set(readable.values_list("public_id", flat=True))
    for one in snapshot.components:
        yield MadeOf(one.name, one.issuer, one.credits, one.id, ours.get(one.id) in opened)


def results_of(snapshot: AwardSnapshot, comments: dict[str, str]) -> Iterator[CriterionResult]:
    """The result on each criterion; `comments` are the assessor's, by the criterion's code."""
    reached = {one.criterion: one.level for one in snapshot.results}
    for criterion in snapshot.achievement.criteria:
        steps = {level.id: level for level in criterion.levels}
        level, needed = steps.get(reached.get(criterion.id, "")), steps[criterion.required_level]
        if level is not None:
            yield CriterionResult(
                name=criterion.name,
                level_name=level.name,
                level_description=level.description,
                level=level.position,
                levels=len(steps),
                needed=needed.position,
                needed_name=needed.name,
                met=level.position >= needed.position,
                comment=comments.get(criterion.id.rpartition("#")[2], ""),
            )


def _findings(credential: Credential) -> list[Finding]:
    """The findings the learner was told with the decision, and no others. A renewal repeats the original ones."""
    decided: Credential | None = credential
    while decided and decided.decision_id is None:
        renewed = decided.basis == Credential.Basis.RENEWAL
        decided = decided.renews or decided.supersedes if renewed else None
    if decided is None:
        return []
    told = Finding.objects.filter(attempt__decisions__public_id=decided.decision_id)
    return list(told.select_related("criterion", "attempt__answer", "attempt__submission"))


def _basis(credential: Credential, findings: Sequence[Finding]) -> StrOrPromise:
    """What the award rests on; for judged work, the route too, taken from the findings or else queried."""
    if credential.basis != Credential.Basis.ASSESSED:
        return _BASES[credential.basis]
    if findings:
        route = findings[0].attempt.submission.route
    else:
        judged = Submission.objects.filter(attempts__decisions__public_id=credential.decision_id)
        route = judged.values_list("route", flat=True).first() or Submission.Route.WORK
    return _PRIOR_LEARNING if route == Submission.Route.PRIOR_LEARNING else _BASES[credential.basis]


def _signed(form: SignedForm) -> Signed:
    return Signed(
        format=str(form.get_format_display()),
        key=queries.verification_method(form.key),
        sha256=form.sha256,
        signed_at=form.signed_at,
    )
