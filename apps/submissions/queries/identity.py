"""What people may call each other in connection with a submission, for every page, answer, file and letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.submissions.models import Submission


def may_know_learner(viewer: User | None, submission: Submission) -> bool:
    """Whether `viewer` may learn whose work it is. In a blind version only the learner ever may: an assessor who knew
    after the decision would know who hands in next.
    """
    return not submission.version.blind or (viewer is not None and viewer.pk == submission.learner_id)


def public_identity(viewer: User | None, person: User, *, of: Submission) -> str:
    """What `viewer` may call `person`: their name, unless the version is judged blind."""
    if viewer is not None and viewer.pk == person.pk:
        return person.name
    if person.pk == of.learner_id:
        return person.name if may_know_learner(viewer, of) else learner_unnamed(of)
    return _assessor(viewer, person, of)


def learner_unnamed(submission: Submission) -> str:
    """What to call a learner whose name is hidden. It tells submissions apart, not people."""
    return _("Learner %(reference)s") % {"reference": submission.reference}


def _assessor(viewer: User | None, assessor: User, submission: Submission) -> str:
    """What to call an assessor. Assessors see each other's names, except during separate markings; the learner of a
    blind version sees none.
    """
    is_colleague = viewer is not None and viewer.pk != submission.learner_id
    is_hidden = _is_marked_apart(submission) if is_colleague else submission.version.blind
    return _("An assessor") if is_hidden else assessor.name


def _is_marked_apart(submission: Submission) -> bool:
    waits = submission.state in (submission.State.SUBMITTED, submission.State.UNDER_ASSESSMENT)
    return waits and submission.version.policy == submission.version.Policy.DOUBLE_BLIND
