"""What happens to credentials of other issuers that people keep here: taken in, looked at again, given up."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.accounts import queries as people
from apps.accounts.models import User
from apps.core import clock, keeping, outbox
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import policies, reports, verifier
from apps.credentials.models import Credential, ForeignCheck, ForeignCredential, Verdict
from apps.credentials.proofs import dump
from apps.credentials.verification import COULD_NOT_CHECK, FAIL, PASS, NotABadge, Report
from apps.credentials.verification.report import AUTHENTICITY, SOURCE

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger(__name__)

# Each is looked at again week by week, and its bytes stay: more than anybody earns, and no flood.
MOST_KEPT = 5_000
MOST_BYTES_KEPT = 2 * 1024 * 1024 * 1024
# What is well is looked at weekly; what could not be checked, daily; what has ended hardly comes back.
CHECKED_EVERY = {
    Verdict.VALID: timedelta(days=7),
    Verdict.UNDECIDED: timedelta(days=1),
    Verdict.INVALID: timedelta(days=30),
}
# What a badge may fail in and be kept all the same, marked as that: its time is over, or its issuer took it back.
ENDED = {("in_time", "expired"), ("status", "revoked"), ("status", "suspended"), ("status", "superseded")}
# A report as young as this is not made again.
STILL_NEW = timedelta(hours=1)
# As somebody waits for it, who may have confirmed an address since.
JUST_NOW = timedelta(minutes=1)
MOST_A_RUN = 500


@dataclass(frozen=True)
class Found:
    """What a check found, and the holder's address that it was awarded to, if any was proved."""

    report: Report
    proved_address: str

    @property
    def verdict(self) -> Verdict:
        return reports.verdict_of(self.report)

    @property
    def why(self) -> str:
        return self.report.decider.why if self.report.decider else ""


class NotKept(Refused):
    """Why a badge was not kept, in a sentence, and what there is to know besides.

    `report`: what the checks found of one that is not valid. `kept`: the one that is there already. `ours`: what it is,
    where it was awarded here to whoever brings it. `why`: of what is no badge, as of NotABadge; else others (it was
    awarded here to somebody else) or full.
    """

    def __init__(
        self,
        words: str,
        *,
        report: Report | None = None,
        kept: ForeignCredential | None = None,
        ours: Credential | None = None,
        why: str = "",
    ) -> None:
        super().__init__(words)
        self.report, self.kept, self.ours, self.why = report, kept, ours, why


class DamagedError(Exception):
    """The kept bytes are not those that were given. It stays with whoever runs the storage."""


def keep_foreign(data: bytes, *, by: User, carried: bool = False, unbounded: bool = False) -> ForeignCredential:
    """Keep a credential of another issuer, as a picture or a text, for whoever brings it.

    What could not be checked is kept, and checked again tomorrow; what is genuine and counts no more is kept as that.
    `carried`: they kept it in another Satchel, where what ran out need not be shown to be genuine either; `unbounded`:
    whoever runs the installation brings it for them, however much they keep. Raises NotKept, in the words of the check
    that failed, for whatever else is not valid. The same bytes again give the one that is kept already.
    """
    try:
        found = _check(data, by)
    except NotABadge as refusal:
        raise NotKept(str(refusal), why=refusal.why) from None
    _refuse_unfit(found.report, by, carried=carried)
    return _keep(data, found, by, unbounded=unbounded)


def check_foreign_now(foreign: ForeignCredential, *, by: User) -> ForeignCredential:
    """Look at it again while its holder waits, against the addresses that they have proved by now."""
    if foreign.holder_id != by.pk:
        raise PermissionDenied
    if foreign.state != ForeignCredential.State.KEPT:
        raise Refused(_("You no longer keep this badge, so it is not checked."))
    if _is_new(foreign, JUST_NOW):
        raise Refused(_("It was looked at just now. Try again in a minute."))
    check_foreign_again(foreign.pk, still_new=JUST_NOW)
    foreign.refresh_from_db()
    return foreign


def check_foreign_again(foreign_id: int, *, still_new: timedelta = STILL_NEW) -> None:
    """Look at a kept credential again. Passed over when it was given up, or looked at within the hour."""
    kept = ForeignCredential.objects.kept().select_related("holder").filter(pk=foreign_id).first()
    if kept is None or _is_new(kept, still_new):
        return
    try:
        found = _check(_bytes_of(kept), kept.holder)
    except NotABadge as refusal:
        # It was one when it was kept: what is read has changed since, not the badge.
        log.warning("Foreign credential %s is read as none any more: %s", kept.public_id, refusal)
        return
    _write_down(foreign_id, found, still_new)


@transaction.atomic
def check_foreign() -> int:
    """Enqueue a check for those that are due, as many as one run takes. Says how many."""
    now = clock.now()
    due = ForeignCredential.objects.due(now).select_for_update(skip_locked=True)
    ids = list(due.values_list("pk", flat=True)[:MOST_A_RUN])
    # Whatever becomes of the job: it is due again tomorrow, and until then others have their turn.
    ForeignCredential.objects.filter(pk__in=ids).update(next_check_at=now + timedelta(days=1))
    for pk in ids:
        outbox.enqueue(
            "apps.credentials.tasks.check_foreign_again", key=f"check_foreign:{pk}:{now.date()}", foreign_id=pk
        )
    return len(ids)


@transaction.atomic
def give_up_foreign(foreign: ForeignCredential, *, by: User) -> ForeignCredential:
    """Keep it no longer: nobody looks at it again. The row stays as it ended, as do the holder's own awards."""
    foreign = ForeignCredential.objects.locked(foreign.pk)
    if not policies.can_give_up_foreign(by, foreign):
        raise PermissionDenied
    _end(foreign, ForeignCredential.State.GIVEN_UP)
    record("foreign_credential.given_up", foreign, by=by)
    return foreign


@transaction.atomic
def forget_foreign_file(name: str) -> None:
    """Delete bytes that nobody keeps any more: their holder left. Asked twice, there is nothing left to do."""
    keeping.hold(name)
    if not ForeignCredential.objects.filter(file=name).exists():
        default_storage.delete(name)


# --- checking ---------------------------------------------------------------------------------------------------------
def _check(data: bytes, holder: User) -> Found:
    """Whether it is valid, and whether it was awarded to an address that its holder has proved.

    To whom it was awarded is no part of the verdict: people keep badges of addresses that they have no more.
    Raises NotABadge.
    """
    report: Report | None = None
    # Each costs a whole check, where the one before was not the right one; nobody has more than ten.
    for address in people.verified_addresses_of(holder):
        report = verifier.check(data, recipient=address)
        whose = report.whose
        if whose and whose.result == PASS:
            return Found(report, address)
        if not whose or whose.result != FAIL:
            break  # it names nobody by an address, or that was not reached
    report = report or verifier.check(data)
    report.checks = [check for check in report.checks if check.name != "recipient"]
    return Found(report, "")


def _refuse_unfit(report: Report, by: User, *, carried: bool) -> None:
    if report.own_id:
        ours = Credential.objects.filter(public_id=report.own_id, earner=by).first()
        if ours is not None:
            raise NotKept(_("That was awarded here; it is in your backpack already."), ours=ours)
        raise NotKept(
            _("That was awarded here, to somebody else: only the person who earned it can keep it."), why="others"
        )
    if report.decider is not None and report.valid is False and not _has_only_ended(report, carried=carried):
        raise NotKept(str(report.decider.plain), report=report)


def _has_only_ended(report: Report, *, carried: bool) -> bool:
    """Whether nothing else speaks against it, and, unless it was carried here, what it says is shown to be signed by whom it
    names: by a key alone, too, which is valid as long as it lasts.
    """
    deciding = [check for check in report.checks if check.decides]
    failed = {(check.name, check.why) for check in deciding if check.result == FAIL}
    open_ones = {check.group for check in deciding if check.result == COULD_NOT_CHECK} & {AUTHENTICITY, SOURCE}
    shown = any(check.name in ("signature", "hosted") and check.result == PASS for check in deciding)
    return failed <= ENDED and (carried or (shown and not open_ones))


def _is_new(kept: ForeignCredential, still_new: timedelta) -> bool:
    return kept.checked_at > clock.now() - still_new


def _bytes_of(kept: ForeignCredential) -> bytes:
    with default_storage.open(kept.file, "rb") as file:
        data = bytes(file.read())
    if hashlib.sha256(data).hexdigest() != kept.sha256:
        raise DamagedError(kept.file)
    return data


def _next_check(verdict: Verdict, now: datetime, pk: int) -> datetime:
    """Up to a tenth earlier, by the number: what came in together is not asked for together ever after."""
    return now + CHECKED_EVERY[verdict] * (1 - pk % 100 / 1000)


@transaction.atomic
def _write_down(foreign_id: int, found: Found, still_new: timedelta) -> None:
    kept = ForeignCredential.objects.locked(foreign_id)
    if kept.state != ForeignCredential.State.KEPT or _is_new(kept, still_new):
        return
    changed = (kept.verdict, kept.why) != (found.verdict, found.why)
    kept.verdict, kept.why, kept.proved_address = found.verdict, found.why, found.proved_address
    kept.report, kept.checked_at = reports.stored(found.report), found.report.checked_at
    kept.next_check_at = _next_check(found.verdict, clock.now(), kept.pk)
    kept.save(update_fields=["verdict", "why", "proved_address", "report", "checked_at", "next_check_at"])
    if changed:
        _note(kept)


def _note(kept: ForeignCredential) -> None:
    """Remember how it stands from now on."""
    ForeignCheck.objects.create(
        credential=kept, verdict=kept.verdict, why=kept.why, report=kept.report, checked_at=kept.checked_at
    )
    record(
        "foreign_credential.checked",
        kept,
        by=None,
        verdict=kept.verdict,
        why=kept.why,
        report=digest(dump(kept.report)),
    )


# --- taking in --------------------------------------------------------------------------------------------------------
@transaction.atomic
def _keep(data: bytes, found: Found, by: User, *, unbounded: bool) -> ForeignCredential:
    # The person's lock: of two at once, the second sees what the first kept.
    holder = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    new = _described(data, found, holder)
    # By its bytes first: while its issuer is silent, it has another identity than once that answers.
    there = ForeignCredential.objects.kept().filter(holder=holder, sha256=new.sha256).first()
    if there is not None:
        return there
    same = ForeignCredential.objects.kept().filter(holder=holder, identity=new.identity).first()
    if same is not None:
        _refuse_no_newer(same, new)
        _end(same, ForeignCredential.State.SUPERSEDED)
        new.supersedes = same
    elif not unbounded:
        _refuse_too_much(holder, new)
    keeping.hold(new.file)
    keeping.keep(new.file, ContentFile(data), sha256=new.sha256)
    new.save()
    if same is not None:
        record("foreign_credential.superseded", same, by=by, by_credential=new.public_id)
    record("foreign_credential.kept", new, by=by, sha256=new.sha256, identity=new.identity)
    new.next_check_at = _next_check(found.verdict, new.kept_at, new.pk)
    new.save(update_fields=["next_check_at"])
    _note(new)
    return new


def _refuse_too_much(holder: User, new: ForeignCredential) -> None:
    there = ForeignCredential.objects.kept().filter(holder=holder).aggregate(n=Count("pk"), size=Sum("size"))
    if there["n"] >= MOST_KEPT:
        raise NotKept(
            _("You keep %(most)d badges of others. Give one up before you add another.") % {"most": MOST_KEPT},
            why="full",
        )
    if (there["size"] or 0) + new.size > MOST_BYTES_KEPT:
        raise NotKept(
            _(
                "The badges from elsewhere that you keep may take up %(most)s together. Give one up before you add another."
            )
            % {"most": filesizeformat(MOST_BYTES_KEPT)},
            why="full",
        )


def _described(data: bytes, found: Found, holder: User) -> ForeignCredential:
    report, now = found.report, clock.now()
    said = report.said
    return ForeignCredential(
        holder=holder,
        file=f"foreign/{report.sha256[:2]}/{report.sha256}",
        sha256=report.sha256,
        size=len(data),
        is_picture=report.picture,
        text=report.text,
        kind=reports.modest(report.kind)[:100],
        identity=_identity(report),
        issuer_id=reports.modest(said.issuer_id),
        issuer_name=reports.modest(said.issuer_name),
        achievement_id=reports.modest(said.achievement_id),
        achievement_name=reports.modest(said.achievement_name),
        credential_id=reports.modest(said.credential_id),
        valid_from=report.begins,
        valid_until=report.ends,
        proved_address=found.proved_address,
        verdict=found.verdict,
        why=found.why,
        report=reports.stored(report),
        kept_at=now,
        checked_at=report.checked_at,
        next_check_at=now,
    )


def _identity(report: Report) -> str:
    """The same for two credentials that are the same (Open Badges 3.0, 8.1): where issuer id and credential id agree
    after percent-decoding and trimming. One that names itself by nothing is the same as its own text only.
    """
    issuer, credential = (unquote(one).strip() for one in (report.said.issuer_id, report.said.credential_id))
    if not credential:
        return digest(report.text)
    return digest(dump({"issuer": issuer, "credential": credential}))


def _refuse_no_newer(same: ForeignCredential, new: ForeignCredential) -> None:
    """A later `validFrom` takes the place of what is kept, and what counts that of what counts no more; never the other
    way round.
    """
    if _is_over(new) and not _is_over(same):
        raise NotKept(_("You keep this badge already: the one here counts, and this one does not."), kept=same)
    if _is_over(same) and new.verdict == Verdict.VALID:
        return
    before, after = same.valid_from, new.valid_from
    if after is None or (before is not None and after <= before):
        raise NotKept(_("You keep this badge already, as new as this one or newer."), kept=same)


def _is_over(one: ForeignCredential) -> bool:
    return one.verdict == Verdict.INVALID or (one.valid_until is not None and one.valid_until <= clock.now())


def _end(foreign: ForeignCredential, state: ForeignCredential.State) -> None:
    foreign.move(state)
    foreign.ended_at, foreign.next_check_at = clock.now(), None
    foreign.save(update_fields=["state", "ended_at", "next_check_at"])
