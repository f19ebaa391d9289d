"""Submissions under a legal hold, for the people who are answerable for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from apps.accounts.models import LegalHold
from apps.accounts.queries import same_people
from apps.core.refused import Refused
from apps.issuers.models import Seat
from apps.submissions.models import Attempt, Submission
from apps.submissions.queries.covering import cover_words, give_masks, mask_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from apps.accounts.models import LegalHoldQuerySet, User
    from apps.issuers.models import Issuer

Work = TypeVar("Work", bound=Submission)

_RELATED = ("version__achievement", "learner")
_SIGNS = 4  # of a reference, as in S-7K2M


class Held(NamedTuple):
    """A hold that is in force, and whether the reader may lift it. If they may not know the learner, names are covered
    in its reason.
    """

    hold: LegalHold
    submission: Submission
    may_lift: bool


def without_hold(which: QuerySet[Work]) -> QuerySet[Work]:
    """The submissions among these that no legal hold covers, neither on them nor on everything of their learner's."""
    holds = LegalHold.objects.standing().filter(person=OuterRef("learner"))
    return which.filter(~Exists(holds.filter(Q(submission_id="") | Q(submission_id=OuterRef("public_id")))))


def holds_at(issuer: Issuer, *, reader: User) -> LegalHoldQuerySet:
    """The holds on single submissions that were handed in to this issuer, lifted or not, the newest first. Of those on
    their own work only an operator reads.
    """
    here = Submission.objects.filter(version__achievement__issuer=issuer)
    if not reader.is_operator:
        here = here.exclude(learner__in=same_people(reader))
    holds = LegalHold.objects.filter(submission_id__in=here.values("public_id"))
    return holds.select_related("placed_by")


def liftable(holds: Iterable[LegalHold], *, by: User, at: Issuer) -> set[int]:
    """The keys of those of these holds that an operator or an owner of the issuer may lift. An owner lifts their own,
    and what another owner placed, who may have left since; what an operator placed, only operators lift.
    """
    theirs = {one.pk: one for one in holds}
    if by.is_operator:
        return set(theirs)
    then = OuterRef("placed_at")
    seats = Seat.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=then),
        role=Seat.Role.OWNER,
        person=OuterRef("placed_by"),
        given_at__lte=then,
        issuer__descents_below__descendant=at,
    )
    by_owners = LegalHold.objects.filter(Exists(seats), pk__in=theirs, placed_by__is_operator=False)
    found = {pk for pk, one in theirs.items() if one.placed_by_id == by.pk}
    return found | set(by_owners.values_list("pk", flat=True))


def held(holds: Iterable[LegalHold], *, reader: User, at: Issuer) -> list[Held]:
    """These holds on work handed in to one issuer, with their submissions."""
    holds = list(holds)
    may_lift = liftable(holds, by=reader, at=at)
    about = Submission.objects.filter(public_id__in=[one.submission_id for one in holds]).select_related(*_RELATED)
    give_masks(about)
    by_id = {one.public_id: one for one in about}
    found = []
    for hold in holds:
        submission = by_id[hold.submission_id]
        cover_words([hold], "reason", mask=mask_for(reader, submission))
        found.append(Held(hold, submission, hold.pk in may_lift))
    return found


def hold_on(submission: Submission, *, reader: User) -> Held | None:
    """The hold on this one submission, if there is one."""
    standing = LegalHold.objects.standing().filter(submission_id=submission.public_id).select_related("placed_by")
    return next(iter(held(standing, reader=reader, at=submission.achievement.issuer)), None)


def called(words: str, *, at: Issuer) -> Submission:
    """The submission handed in to this issuer that has this reference or full id.

    Refused if there is none, or if several have the reference.
    """
    mark = words.strip().lower().removeprefix("s-")
    handed_in = Attempt.objects.handed_in().values("submission")
    here = Submission.objects.filter(version__achievement__issuer=at, pk__in=handed_in).select_related(*_RELATED)
    found = list(here.filter(public_id__startswith=mark)[:2]) if len(mark) >= _SIGNS else []
    if not found:
        raise Refused(_("No submission to this organisation has that reference."))
    if len(found) > 1:
        raise Refused(_("Several submissions have that reference. Enter the whole id from the learner’s page."))
    return found[0]
