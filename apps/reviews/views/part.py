"""What the desk shows for the part that is being judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.reviews import queries
from apps.reviews.forms import AgreeForm, AskAgainForm, GrantForm, PassBackForm
from apps.reviews.models import JUDGED_ANEW, Appeal, Part, Review
from apps.reviews.place import Policy
from apps.reviews.views.common import met_before
from apps.reviews.views.markings import Rubric, history_of, marking
from apps.submissions import queries as work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.forms import Form

    from apps.issuers.models import Criterion
    from apps.reviews.models import Decision
    from apps.reviews.place import Place
    from apps.submissions.masking import Mask

_SENT_TO: dict[str, str] = {Part.MODERATE: "reviews:change_decision", Part.APPEAL: "reviews:answer_appeal"}


def part_of(
    place: Place,
    *,
    part: str,
    decision: Decision | None,
    criteria: Sequence[Criterion],
    asked: Form | None,
    mask: Mask,
) -> dict[str, Any]:
    """The context for one part; nothing is fetched for the others. `part` is the one held now, or a moment ago.
    `mask` hides the learner if the reader must not know them.
    """
    attempt = place.attempt
    context: dict[str, Any] = {"part": part, "send_to": _SENT_TO.get(part, "reviews:decide")}
    if part == Part.FIRST and place.policy == Policy.FOUR_EYES:
        context["passed_back"] = passed_back = _passed_back(place)
        work.cover_words([passed_back] if passed_back else [], "passed_back_because", mask=mask)
    elif part == Part.GRANT:
        context |= {
            "grant_form": _asked(GrantForm, asked),
            "back_form": _asked(PassBackForm, asked),
        }
        review = queries.marking_of(attempt, Part.FIRST)
        if review is not None:
            rubric = Rubric(criteria, met_before(attempt), mask)
            context["recommended"] = marking(review, rubric, who=review.assignment.assessor.name)
    elif part == Part.ADJUDICATE:
        rubric = Rubric(criteria, met_before(attempt), mask)
        context["sides"] = [marking(review, rubric) for review in queries.sides_of(attempt).values()]
    elif part == Part.MODERATE:
        context |= {
            "agree_form": _asked(AgreeForm, asked),
            "again_form": _asked(AskAgainForm, asked),
        }
    elif part == Part.APPEAL:
        found = Appeal.objects.filter(decision__attempt=attempt, state=Appeal.State.LODGED)
        context["appeal"] = appeal = found.select_related("decision").first()
        work.cover_words([appeal] if appeal else [], "grounds", mask=mask)
    is_shown = part in (Part.MODERATE, Part.APPEAL) or not (part or JUDGED_ANEW & set(place.waiting))
    if decision is not None and is_shown:
        context["history"] = history_of(attempt, Rubric(criteria, met_before(attempt), mask))
    return context


def _asked(form: type[Form], asked: Form | None) -> Form:
    """The refused form as it was sent, or an empty one."""
    return asked if isinstance(asked, form) else form()


def _passed_back(place: Place) -> Review | None:
    """The reader's newest recommendation that was passed back to them."""
    mine = place.mine
    if mine is None:
        return None
    sent = Review.objects.filter(
        assignment__attempt=place.attempt, assignment__assessor=mine.assessor_id, state=Review.State.PASSED_BACK
    )
    return sent.order_by("-pk").first()
