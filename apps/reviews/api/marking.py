"""Work taken, marked and decided."""

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
    """What is decided now; null while another's word is still to come, whatever was decided before."""
    decision = None if queries.is_judged_anew(attempt) else queries.decision_on(attempt)
    said = dict(DecisionSerializer(decision).data) if decision else None
    return Response({"decision": work.covered_values(said, work.mask_for(by, attempt.submission))})


class TakeNext(APIView):
    """The most urgent that nobody holds, taken; what a lead asked you to take comes first."""

    scopes = WRITE

    @extend_schema(request=None, responses={201: AssignmentSerializer, 204: None})
    def post(self, request: Request) -> Response:
        """204 where nothing is free. Taking declares that you have no conflict, as at `take`; `recuse` where you find one."""
        taken = verbs.take_next(by=person_of(request))
        if taken is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(AssignmentSerializer(taken).data, status=status.HTTP_201_CREATED)


class _Lease(APIView):
    """One verb on a lease, which says how it stands."""

    scopes = WRITE
    verb: Callable[..., Assignment]

    @extend_schema(request=None, responses=AssignmentSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        held = type(self).verb(handed_in(request, public_id), by=person_of(request))
        return Response(AssignmentSerializer(held).data)


class Take(_Lease):
    """Take it, in the part that waits for you. What you hold already is gone on with.

    Taking declares that you have no conflict: that, as far as you know, you are not close to its learner, and gain or
    lose nothing by the outcome. The trail keeps that. If it is otherwise, `recuse`.
    """

    verb = verbs.take


class Keep(_Lease):
    """Say that you are still at it: the lease begins anew."""

    verb = verbs.keep


class Recognise(_Lease):
    """Say that you know whose blind work this is, and go on."""

    verb = verbs.recognise


class TakeOver(APIView):
    """For a lead: go on with what somebody else holds, who is told."""

    scopes = WRITE

    @extend_schema(request=TakeOverSerializer, responses=AssignmentSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Of two that are marked apart `turn` says which; else it is the first."""
        attempt, asked = handed_in(request, public_id), asked_of(request, TakeOverSerializer)
        wanted = asked.validated_data["turn"]
        turn = get_object_or_404(attempt.turns, public_id=clean_id(wanted)) if wanted else None
        held = verbs.take_over(attempt, by=person_of(request), turn=turn)
        return Response(AssignmentSerializer(held).data)


class GiveBack(APIView):
    """A lease or an offer given back."""

    scopes = WRITE

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:
        """What you marked is kept for when you take it again."""
        verbs.give_back(handed_in(request, public_id), by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Recuse(APIView):
    """A conflict of interest, declared, whether you hold the work or have only read it."""

    scopes = WRITE

    @extend_schema(request=ConflictSerializer, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:
        """It goes to somebody else, for good: it stands in your queue no more. Nobody can take that back."""
        attempt, asked = handed_in(request, public_id), asked_of(request, ConflictSerializer)
        verbs.recuse(attempt, by=person_of(request), **asked.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Marks(APIView):
    """Your marks so far."""

    scopes = {"PUT": Scope.REVIEWS_WRITE}

    @extend_schema(request=KeptMarkingSerializer, responses=ReviewSerializer)
    def put(self, request: Request, public_id: str) -> Response:
        """Keep what you have marked so far. It is a sign of life too."""
        attempt, asked = handed_in(request, public_id), asked_of(request, KeptMarkingSerializer)
        saved = verbs.save_marks(attempt, by=person_of(request), **asked.of(attempt))
        return Response(ReviewSerializer(saved).data)


class _ByMarks(APIView):
    """One verb that decides by a marking."""

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
    """Send your marking. Where it settles the attempt the answer is the decision, computed from the levels."""

    shape = MarkingSerializer
    verb = verbs.decide


class ChangeDecision(_ByMarks):
    """For a moderator: decide otherwise, with the reason, which stays visible."""

    verb = verbs.change_decision


class AnswerAppeal(_ByMarks):
    """For a lead who had no part in it: decide an appeal, with the reasons. It is final."""

    verb = verbs.answer_appeal


class _ByWords(APIView):
    """One verb that takes words alone."""

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
    """Grant what another recommended, as it was recommended."""

    shape, verb = GrantSerializer, verbs.grant


@extend_schema(request=BecauseSerializer, responses=OutcomeSerializer)
class PassBack(_ByWords):
    """Ask who recommended it to look again."""

    shape, verb = BecauseSerializer, verbs.pass_back


@extend_schema(request=PerhapsBecauseSerializer, responses=OutcomeSerializer)
class Agree(_ByWords):
    """For a moderator: let a decision stand. One that waited for it is released."""

    shape, verb = PerhapsBecauseSerializer, verbs.agree


@extend_schema(request=BecauseSerializer, responses=OutcomeSerializer)
class AskAgain(_ByWords):
    """For a moderator: have it judged again by somebody who did not judge it before."""

    shape, verb = BecauseSerializer, verbs.ask_again


@extend_schema(request=BecauseSerializer, responses={204: None})
class ReturnUnscored(_ByWords):
    """Give what can't be judged as it is back to its learner. It costs them no attempt."""

    shape, verb = BecauseSerializer, verbs.return_unscored

    def post(self, request: Request, public_id: str) -> Response:
        super().post(request, public_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
