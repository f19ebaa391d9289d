"""A learner's own appeal; and figures about appeals, for leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core import clock
from apps.issuers import policies as seats
from apps.reviews import queries, verbs
from apps.reviews.api.common import asked_of
from apps.reviews.models import LONGEST_WORDS, Appeal
from apps.submissions.api.common import own
from apps.submissions.api.shapes import WordsField

if TYPE_CHECKING:
    from rest_framework.request import Request

    from apps.submissions.models import Submission


class GroupSerializer(serializers.Serializer[Any]):
    value = serializers.CharField()
    n = serializers.IntegerField(allow_null=True)


class FiguresSerializer(serializers.Serializer[Any]):
    """Figures that would reveal fewer than five appeals are null."""

    lodged = serializers.IntegerField(allow_null=True)
    by_state = GroupSerializer(many=True)
    by_ground = GroupSerializer(many=True)
    median_days = serializers.IntegerField(allow_null=True)


class AppealFigures(APIView):
    """Figures about the appeals where you lead."""

    scopes = {"GET": Scope.REVIEWS_READ}

    @extend_schema(responses=FiguresSerializer)
    def get(self, request: Request) -> Response:
        by = person_of(request)
        if not seats.moderates(by):
            raise PermissionDenied(_("You have no moderator's seat, so you can't see appeals here."))
        return Response(FiguresSerializer(queries.appeals_where_leads(by)).data)


class AppealSerializer(serializers.ModelSerializer[Appeal]):
    """`reason` explains the answer, once there is one."""

    id = serializers.CharField(source="public_id")
    reason = serializers.SerializerMethodField()

    class Meta:
        model = Appeal
        fields = ("id", "state", "ground", "grounds", "lodged_at", "answered_at", "reason")

    def get_reason(self, appeal: Appeal) -> str:
        return appeal.outcome.reason if appeal.outcome else ""


class NewAppealSerializer(serializers.Serializer[Any]):
    ground = serializers.ChoiceField(Appeal.Ground.choices)
    grounds = WordsField(max_length=LONGEST_WORDS)


class MayAppealSerializer(serializers.Serializer[Any]):
    """`until`: the last day on which you may appeal, or null if you may not. `appeal`: the one that you lodged."""

    until = serializers.DateField(allow_null=True)
    appeal = AppealSerializer(allow_null=True)


class LodgeAppeal(APIView):
    """Your appeal against a decision on your work. There is only one, and its outcome is final."""

    scopes = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.SUBMISSIONS_WRITE}
    limits = {"POST": "submit"}

    @extend_schema(responses=MayAppealSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Until when you may appeal, and the state of your appeal."""
        found = own(request, public_id)
        decision = queries.appealable(found, now=clock.now())
        until = queries.last_day_to_appeal(decision, found.achievement.issuer) if decision else None
        return Response(MayAppealSerializer({"until": until, "appeal": _appeal_of(found)}).data)

    @extend_schema(request=NewAppealSerializer, responses={201: AppealSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Lodge an appeal. Your work stays as you handed it in; someone who had no part in the decision hears it."""
        found, asked = own(request, public_id), asked_of(request, NewAppealSerializer)
        appeal = verbs.lodge_appeal(found, by=person_of(request), **asked.validated_data)
        return Response(AppealSerializer(appeal).data, status=status.HTTP_201_CREATED)


class WithdrawAppeal(APIView):
    """Withdraw your appeal."""

    scopes = {"POST": Scope.SUBMISSIONS_WRITE}

    @extend_schema(request=None, responses=AppealSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """The decision stands. You can't lodge another appeal."""
        appeal = _appeal_of(own(request, public_id))
        if appeal is None:
            raise Http404
        return Response(AppealSerializer(verbs.withdraw_appeal(appeal, by=person_of(request))).data)


def _appeal_of(submission: Submission) -> Appeal | None:
    appeals = Appeal.objects.filter(decision__attempt__submission=submission)
    return appeals.select_related("outcome", "decision__attempt").order_by("-pk").first()
