"""Take work, mark it and decide it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.ids import clean_id
from apps.reviews import queries, verbs
from apps.reviews.api.common import asked_of, handed_in
from apps.reviews.api.shapes import (
    AssignmentSerializer,
    BecauseSerializer,
    ConflictSerializer,
    DecisionSerializer,
    GrantSerializer,
    KeptMarkingSerializer,
    LeadSerializer,
    MarkingSerializer,
    OutcomeSerializer,
    PerhapsBecauseSerializer,
    ReviewSerializer,
    TakeOverSerializer,
)
from apps.submissions import queries as work

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

    from apps.accounts.models import User
    from apps.reviews.models import Assignment
    from apps.submissions.models import Attempt

WRITE = {"POST": Scope.REVIEWS_WRITE}


def outcome(attempt: Attempt, by: User) -> Response:
    """Respond with the decision now. It is null while someone else has yet to decide, even if there was an earlier
    one.
    """
    decision = None if queries.is_judged_anew(attempt) else queries.decision_on(attempt)
    said = dict(DecisionSerializer(decision).data) if decision else None
    return Response({"decision": work.covered_values(said, work.mask_for(by, attempt.submission))})


class TakeNext(APIView):
    """Take the most urgent work that nobody holds. Work that a lead asked you to take comes first."""

    scopes = WRITE

    @extend_schema(request=None, responses={201: AssignmentSerializer, 204: None})
    def post(self, request: Request) -> Response:
        """204 if nothing is free. Taking work declares that you have no conflict, as with `take`. If you find one,
        use `recuse`.
        """
        taken = verbs.take_next(by=person_of(request))
        if taken is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(AssignmentSerializer(taken).data, status=status.HTTP_201_CREATED)


class _Lease(APIView):
    """A verb on a lease, which returns the lease."""

    scopes = WRITE
    verb: Callable[..., Assignment]

    @extend_schema(request=None, responses=AssignmentSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        held = type(self).verb(handed_in(request, public_id), by=person_of(request))
        return Response(AssignmentSerializer(held).data)


class Take(_Lease):
    """Take work, in the part that waits for you. If you hold it already, you continue with it.

    Taking declares that you have no conflict: as far as you know, you are not close to the learner, and you gain or
    lose nothing by the outcome. This is recorded. If you have a conflict, use `recuse`.
    """

    verb = verbs.take


class Keep(_Lease):
    """Renew your lease while you are still working on it."""

    verb = verbs.keep


class Recognise(_Lease):
    """Say that you know whose blind work this is, and continue."""

    verb = verbs.recognise


class TakeOver(APIView):
    """For a lead: continue with work that someone else holds. They are told."""

    scopes = WRITE

    @extend_schema(request=TakeOverSerializer, responses=AssignmentSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """If the work is marked twice, `turn` says which marking; without it, the first."""
        attempt, asked = handed_in(request, public_id), asked_of(request, TakeOverSerializer)
        wanted = asked.validated_data["turn"]
        turn = get_object_or_404(attempt.turns, public_id=clean_id(wanted)) if wanted else None
        held = verbs.take_over(attempt, by=person_of(request), turn=turn)
        return Response(AssignmentSerializer(held).data)


class GiveBack(APIView):
    """Give back a lease or an offer."""

    scopes = WRITE

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:
        """Your marks are kept for when you take it again."""
        verbs.give_back(handed_in(request, public_id), by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Recuse(APIView):
    """Declare a conflict of interest, whether you hold the work or have only read it."""

    scopes = WRITE

    @extend_schema(request=ConflictSerializer, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:
        """The work goes to someone else permanently and leaves your queue. Nobody can undo this."""
        attempt, asked = handed_in(request, public_id), asked_of(request, ConflictSerializer)
        verbs.recuse(attempt, by=person_of(request), **asked.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Marks(APIView):
    """Your marks so far."""

    scopes = {"PUT": Scope.REVIEWS_WRITE}

    @extend_schema(request=KeptMarkingSerializer, responses=ReviewSerializer)
    def put(self, request: Request, public_id: str) -> Response:
        """Save your marks so far. This also renews your lease."""
        attempt, asked = handed_in(request, public_id), asked_of(request, KeptMarkingSerializer)
        saved = verbs.save_marks(attempt, by=person_of(request), **asked.of(attempt))
        return Response(ReviewSerializer(saved).data)


class _ByMarks(APIView):
    """A verb that decides by a marking."""

    scopes = WRITE
    shape: type[MarkingSerializer] = LeadSerializer
    verb: Callable[..., Any]

    @extend_schema(request=LeadSerializer, responses=OutcomeSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        attempt, asked = handed_in(request, public_id), asked_of(request, self.shape)
        by = person_of(request)
        type(self).verb(attempt, by=by, **asked.of(attempt))
        return outcome(attempt, by)


@extend_schema(request=MarkingSerializer)
class Decide(_ByMarks):
    """Send your marking. If it settles the attempt, the response has the decision, computed from the levels."""

    shape = MarkingSerializer
    verb = verbs.decide


class ChangeDecision(_ByMarks):
    """For a moderator: change a decision. The reason stays visible."""

    verb = verbs.change_decision


class AnswerAppeal(_ByMarks):
    """For a lead who had no part in it: decide an appeal, with the reasons. The decision is final."""

    verb = verbs.answer_appeal


class _ByWords(APIView):
    """A verb that takes only text."""

    scopes = WRITE
    shape: type[serializers.Serializer[Any]]
    verb: Callable[..., Any]

    def post(self, request: Request, public_id: str) -> Response:
        attempt, asked = handed_in(request, public_id), asked_of(request, self.shape)
        by = person_of(request)
        type(self).verb(attempt, by=by, **asked.validated_data)
        return outcome(attempt, by)


@extend_schema(request=GrantSerializer, responses=OutcomeSerializer)
class Grant(_ByWords):
    """Grant a recommendation as it was made."""

    shape, verb = GrantSerializer, verbs.grant


@extend_schema(request=BecauseSerializer, responses=OutcomeSerializer)
class PassBack(_ByWords):
    """Ask the recommender to look again."""

    shape, verb = BecauseSerializer, verbs.pass_back


@extend_schema(request=PerhapsBecauseSerializer, responses=OutcomeSerializer)
class Agree(_ByWords):
    """For a moderator: let a decision stand. If it waited for moderation, it is released."""

    shape, verb = PerhapsBecauseSerializer, verbs.agree


@extend_schema(request=BecauseSerializer, responses=OutcomeSerializer)
class AskAgain(_ByWords):
    """For a moderator: have the work judged again by someone who has not judged it before."""

    shape, verb = BecauseSerializer, verbs.ask_again


@extend_schema(request=BecauseSerializer, responses={204: None})
class ReturnUnscored(_ByWords):
    """Return work that can't be judged as it is to its learner. It doesn't use up an attempt."""

    shape, verb = BecauseSerializer, verbs.return_unscored

    def post(self, request: Request, public_id: str) -> Response:
        super().post(request, public_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
