"""Who must not judge a piece of work, and who is eligible to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.accounts.wording import SOMETHING, Worded
from apps.core import clock
from apps.credentials.models import Credential, Endorsement
from apps.issuers import policies as seats
from apps.issuers.models import Achievement, Seat
from apps.reviews.models import Assignment, Conflict, Part, Turn
from apps.submissions.models import Attempt, CoachTalk, Submission
from apps.submissions.queries import may_know_learner

if TYPE_CHECKING:
    from django.db.models import QuerySet

_PLAYED = (*Assignment.OPEN, Assignment.State.DONE)
_GIVEN = (Endorsement.State.ACCEPTED, Endorsement.State.SIGNED)


def conflict_of(user: User, submission: Submission) -> str | None:
    """Why `user` must not judge this, as a sentence to them; None if nothing stands in the way.

    Apart from declared conflicts: work of their own, under any address of either person; a learner whom they
    endorsed, or mentored while the work was under way; and, if the issuer says so, colleagues and people they
    coached.
    """
    ((is_own, said, has_endorsed, has_mentored, is_close),) = _AGAINST.ask(user, submission.pk)
    if is_own or user.merged_into_id == submission.learner_id:
        return _("You cannot judge this one: the work is yours.")
    if said == Conflict.Kind.MARKED:
        return _("You judged this before: fresh eyes look at it now.")
    if said is not None:
        return _("You cannot judge this one: you declared a conflict.")
    if has_endorsed or has_mentored or is_close:
        may_know = may_know_learner(user, submission)
        return _nearness(may_know=may_know, has_endorsed=has_endorsed, has_mentored=has_mentored)
    return None


def _nearness(*, may_know: bool, has_endorsed: bool, has_mentored: bool) -> str:
    if not may_know:
        return _("You cannot judge this one: you are too close to it.")
    if has_endorsed:
        return _("You cannot judge this one: you endorsed its learner.")
    if has_mentored:
        return _("You cannot judge this one: you mentored its learner while they worked on it.")
    return _("You cannot judge this one: you and its learner work together.")


def _against(user: User) -> QuerySet[Submission, Any]:
    """The facts of one submission: whether the work is theirs, what conflict they declared, and whether they endorsed
    its learner, mentored them, or are close to them in a way the issuer bars.
    """
    said = Conflict.objects.filter(submission=OuterRef("pk"), assessor__in=_selves(user)).order_by("pk")
    close = Q(learner__in=_beside(user)) | Q(learner__in=_coached(user))
    facts = {
        "is_own": Q(learner__in=_selves(user)),
        "said": Subquery(said.values("kind")[:1]),
        "has_endorsed": Q(learner__in=_endorsed(user)),
        "has_mentored": Q(Exists(_of_mentees(user).filter(pk=OuterRef("pk")))),
        "is_close": Q(achievement__issuer__bars_colleagues=True) & close,
    }
    return Submission.objects.filter(pk=SOMETHING).order_by().annotate(**facts).values_list(*facts)


_AGAINST = Worded(_against)


def why_barred(user: User, submission: Submission, *, part: str, attempt: Attempt) -> str | None:
    """Why `user` must not judge this part, as a sentence to them: a conflict, no badge, another part; or None."""
    if conflict := conflict_of(user, submission):
        return conflict
    if not is_eligible(user, submission.achievement):
        return _("To judge this you need a badge that is valid now, and yours is missing or has run out.")
    if played_by(user, attempt, but=Part(part)):
        return _("You had another part in this one: a different person looks at it now.")
    return None


def at_desk(user: User) -> QuerySet[Attempt]:
    """Attempts handed in where `user` holds a seat, except work of their own under any of their addresses."""
    return seated_at(user).exclude(submission__learner__in=_selves(user))


def why_it_went(user: User, public_id: str) -> str:
    """Why work they had taken is gone from their desk, as a sentence to them; empty if they never took it."""
    taken = Attempt.objects.filter(assignments__assessor=user, assignments__taken_at__isnull=False)
    attempt = taken.select_related("submission").filter(public_id=public_id).first()
    if attempt is None or seated_at(user).filter(pk=attempt.pk).exists():
        return ""
    if not Achievement.objects.assessable_by(user).filter(pk=attempt.submission.achievement_id).exists():
        return _("You may no longer judge this badge. What you marked is kept, and somebody else takes it on.")
    if attempt.state == Attempt.State.WITHDRAWN:
        return _("The learner withdrew this. What you marked counts for nothing.")
    return _("This does not wait to be judged any more: it was withdrawn, given back or decided.")


def seated_at(user: User) -> QuerySet[Attempt]:
    return Attempt.objects.handed_in().filter(submission__achievement__in=Achievement.objects.assessable_by(user))


def may_play(user: User, turn: Turn) -> bool:
    """Whether nothing bars `user` from a turn: as `why_barred`, in one query."""
    return Turn.objects.filter(eligible_for(user), pk=turn.pk).exclude(barred_from(user)).exists()


def _selves(user: User) -> QuerySet[Any]:
    return accounts.same_people(user).values("pk")


def _endorsed(user: User) -> QuerySet[Any]:
    return Endorsement.objects.filter(answered_by__in=_selves(user), state__in=_GIVEN).values("credential__earner")


def _of_mentees(user: User) -> QuerySet[Submission]:
    """Submissions of learners in groups that `user` mentored at any time since the work began."""
    member = "learner__enrolments__memberships"
    since_then = Q(**{f"{member}__ended_at": None}) | Q(**{f"{member}__ended_at__gte": F("started_at")})
    # In one filter, so that every condition is about the same membership.
    led = {f"{member}__group__mentor__in": _selves(user), f"{member}__agreed_at__isnull": False}
    return Submission.objects.filter(since_then, **led).order_by()


def _beside(user: User) -> QuerySet[Any]:
    teams = Seat.objects.live().filter(person=user).values("issuer")
    return Seat.objects.live().filter(issuer__in=teams).exclude(person=user).values("person")


def _coached(user: User) -> QuerySet[Any]:
    return CoachTalk.objects.filter(by__in=_selves(user)).values("submission__learner")


# Must match the condition of the index `turn_by_who_played` literally: with a parameter, a cached plan can't tell
# that the index applies, and reads a million turns.
_IS_OPEN = Func(F("state"), template="%(expressions)s = 'open'", output_field=BooleanField())
_IS_SHARED = Func(F("beside"), template="NOT (%(expressions)s = '{}')", output_field=BooleanField())


def _among(work: QuerySet[Submission]) -> Func:
    """Whether a turn is for one of these submissions. The ids are gathered into an array first: for a subquery, the
    planner expects many rows and reads every waiting turn.
    """
    pks = ArraySubquery(work.values("pk"))
    return Func(
        F("attempt__submission"), pks, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
    )


def barred_turns(user: User, *, colleagues: bool = True) -> QuerySet[Turn, Any]:
    """The ids of waiting turns that `user` must not judge: all that `conflict_of` and `played_by` name.

    A union of small queries, each answered by an index, so that a queue of a million costs no more than one of a
    thousand. `colleagues` is False if no organisation in question bars them.
    """
    waiting = Turn.objects.open().order_by()
    selves = _selves(user)
    found = [
        waiting.filter(attempt__submission__learner__in=selves),
        waiting.filter(attempt__submission__learner__in=_endorsed(user)),
        waiting.filter(attempt__submission__conflicts__assessor__in=selves),
        waiting.filter(_IS_OPEN, _IS_SHARED, beside__overlap=selves),
        waiting.filter(_among(_of_mentees(user))),
    ]
    if colleagues:
        guarded = waiting.filter(achievement__issuer__bars_colleagues=True).exclude(attempt__submission__learner=user)
        found += [guarded.filter(attempt__submission__learner__in=them) for them in (_beside(user), _coached(user))]
    first, *others = (one.values("pk") for one in found)
    return first.union(*others)


def barred_work(user: User, *, colleagues: bool = True) -> QuerySet[Submission, Any]:
    """The ids of submissions that `conflict_of` keeps from `user`, but for those that they only judged before: a lead may
    read again what they decided. `colleagues` as in `barred_turns`.
    """
    work, selves = Submission.objects.order_by(), _selves(user)
    found = [
        work.filter(learner__in=selves),
        work.filter(learner__in=_endorsed(user)),
        work.filter(conflicts__in=Conflict.objects.filter(assessor__in=selves).exclude(kind=Conflict.Kind.MARKED)),
        _of_mentees(user),
    ]
    if colleagues:
        guarded = work.filter(achievement__issuer__bars_colleagues=True)
        found += [guarded.filter(learner__in=them) for them in (_beside(user), _coached(user))]
    first, *others = (one.values("pk") for one in found)
    return first.union(*others)


def barred_from(user: User) -> Q:
    """`barred_turns`, as a filter on turns."""
    return Q(pk__in=barred_turns(user))


def played_by(user: User, attempt: Attempt, *, but: Part) -> bool:
    """Whether this person, under any of their addresses, had another part than `but` in judging an attempt; for an
    appeal, any part in the whole submission.
    """
    if but == Part.APPEAL:
        theirs = Assignment.objects.filter(assessor__in=_selves(user), attempt__submission=attempt.submission_id)
        if theirs.filter(state=Assignment.State.DONE).exists():
            return True
    return any(part != but for (part,) in _PARTS_PLAYED.ask(user, attempt.pk))


def _parts_played(user: User) -> QuerySet[Assignment, Any]:
    mine = Assignment.objects.filter(assessor__in=_selves(user), state__in=_PLAYED, attempt=SOMETHING)
    return mine.order_by().values_list("turn__part")


_PARTS_PLAYED = Worded(_parts_played)


def is_eligible(user: User, achievement: Achievement) -> bool:
    """Whether `user` holds the badge that an assessor needs, if any: valid now, not suspended or expired."""
    if achievement.assessor_badge_id is None:
        return True
    return proofs_of(user, achievement.assessor_badge_id).exists()


def eligible_for(user: User) -> Q:
    """`is_eligible`, as a filter on turns."""
    return Q(Q(achievement__assessor_badge=None) | Exists(proofs_of(user, OuterRef("achievement__assessor_badge"))))


def proofs_of(user: User, badge: Any) -> QuerySet[Credential]:
    """The person's credentials of a badge that are valid now, not suspended or expired."""
    return _valid_now().filter(earner=user, achievement=badge)


def _valid_now() -> QuerySet[Credential]:
    in_time = Q(valid_until=None) | Q(valid_until__gt=clock.now())
    return Credential.objects.filter(in_time, status=Credential.Status.VALID)


class Judge(NamedTuple):
    """Someone who holds a seat to judge an achievement. `leads`: a seat to moderate. `proof`: the credential that
    makes them eligible, the longest-lasting one; None if they have none.
    """

    person: User
    leads: bool
    proof: Credential | None


def judges_of(achievement: Achievement) -> list[Judge]:
    seated = seats.judges_of(achievement)
    leads = {person for person, role in seated if role == Seat.Role.MODERATOR}
    people = User.objects.filter(pk__in={person for person, _role in seated}).order_by("name", "pk")
    proofs: dict[int | None, Credential] = {}
    if achievement.assessor_badge_id is not None:
        held = _valid_now().filter(earner__in=people, achievement=achievement.assessor_badge_id)
        # The last one wins: the one that ends latest, or never.
        for proof in held.order_by(F("valid_until").asc(nulls_last=True)):
            proofs[proof.earner_id] = proof
    return [Judge(person, person.pk in leads, proofs.get(person.pk)) for person in people]
