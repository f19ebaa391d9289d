"""API for credit: where badges and pathways count, requests for credit, and a partner's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.backpacks import dossiers
from apps.core.text import is_plain, validate_text
from apps.issuers.api import AchievementDetail, AchievementWithRubricSerializer
from apps.pathways import queries, verbs
from apps.pathways.models import Agreement, CreditRequest

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from apps.issuers.models import AchievementVersion

LONGEST = 5_000


class AgreementSerializer(serializers.ModelSerializer[Agreement]):
    """`partner` is the partner's short name if it is an organisation here. Credits are of `credit_framework`."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="named", help_text="Of the badge or the pathway")
    issuer = serializers.CharField(source="issuer.slug")
    achievement = serializers.CharField(source="achievement.slug", default=None)
    pathway = serializers.CharField(source="pathway.slug", default=None)
    partner = serializers.CharField(source="partner.slug", default=None)
    partner_name = serializers.CharField(source="partner_called")
    hours = serializers.CharField(source="hours_in_words", help_text="Empty where the framework says nothing of hours")

    class Meta:
        model = Agreement
        fields = (
            *("id", "name", "issuer", "achievement", "pathway", "partner", "partner_name", "partner_url"),
            *("counts_towards", "credits", "credit_framework", "hours", "level_framework", "level_number"),
            *("conditions", "cost", "starts_on", "ends_on"),
        )


class CreditRequestSerializer(serializers.ModelSerializer[CreditRequest]):
    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()
    name = serializers.CharField(source="named", help_text="Of the badge or the pathway")
    learner = serializers.CharField(source="learner.name")
    agreement = serializers.CharField(source="agreement.public_id")
    partner_name = serializers.CharField(source="agreement.partner_called")
    counts_towards = serializers.CharField(source="agreement.counts_towards")
    credit_framework = serializers.CharField(source="agreement.credit_framework")

    class Meta:
        model = CreditRequest
        fields: tuple[str, ...] = (
            *("id", "url", "state", "name", "learner", "agreement", "partner_name", "counts_towards"),
            *("credit_framework", "credits_asked", "credits_granted", "note", "reason", "asked_at", "answered_at"),
        )

    def get_url(self, request: CreditRequest) -> str:
        return f"{settings.PUBLIC_URL}{request.get_absolute_url()}"


class DossierRequestSerializer(CreditRequestSerializer):
    """The request with its dossier as it was frozen, and each check with its present result."""

    credentials = serializers.SerializerMethodField()

    class Meta(CreditRequestSerializer.Meta):
        fields = (*CreditRequestSerializer.Meta.fields, "credentials")

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_credentials(self, request: CreditRequest) -> list[dict[str, Any]]:
        opened = CreditRequest.objects.shown_to_partners().filter(pk=request.pk).exists()
        return [item.to_json() for item in dossiers.of_request(request, door="")] if opened else []


class ChosenSerializer(serializers.Serializer[Any]):
    """A credential of the request, by its id, and what goes with it. For those left out, only the result does."""

    credential = serializers.CharField(max_length=40)
    shows_result = serializers.BooleanField(default=True)
    evidence = serializers.ListField(child=serializers.CharField(max_length=40), default=list, max_length=200)


class NewCreditRequestSerializer(serializers.Serializer[Any]):
    agreement = serializers.CharField(max_length=40)
    credits_asked = serializers.DecimalField(max_digits=5, decimal_places=1)
    note = serializers.CharField(max_length=LONGEST, default="", allow_blank=True, validators=[validate_text])
    chosen = ChosenSerializer(many=True, default=list)


class CreditAnswerSerializer(serializers.Serializer[Any]):
    credits = serializers.DecimalField(max_digits=5, decimal_places=1, help_text="All that is asked for, fewer, or 0")
    reason = serializers.CharField(
        max_length=LONGEST,
        default="",
        allow_blank=True,
        validators=[validate_text],
        help_text="Needed unless all of it counts; the learner reads it",
    )


class NothingSerializer(serializers.Serializer[Any]):
    pass


class AchievementWithRecognitionSerializer(AchievementWithRubricSerializer):
    recognition = serializers.SerializerMethodField(help_text="Where it counts today, as agreed with partners")

    class Meta(AchievementWithRubricSerializer.Meta):
        fields = (*AchievementWithRubricSerializer.Meta.fields, "recognition")

    @extend_schema_field(AgreementSerializer(many=True))
    def get_recognition(self, version: AchievementVersion) -> Any:
        return AgreementSerializer(queries.recognition_of(version.achievement), many=True).data


class AchievementAndItsWorth(AchievementDetail):
    """One achievement with its rubric, as published now, and where it counts."""

    serializer_class = AchievementWithRecognitionSerializer


class Agreements(generics.ListAPIView[Agreement]):
    """Where badges and pathways count today. Open to everyone."""

    serializer_class = AgreementSerializer
    ordering = ("-proposed_at", "pk")

    def get_queryset(self) -> QuerySet[Agreement]:
        found = Agreement.objects.in_force().with_names()
        for name in ("achievement", "pathway"):
            if slug := self.request.query_params.get(name):
                found = found.filter(**{f"{name}__slug": slug}) if is_plain(slug) else found.none()
        return found

    @extend_schema(
        parameters=[
            OpenApiParameter("achievement", str, description="Of this badge alone, by its short name"),
            OpenApiParameter("pathway", str, description="Of this pathway alone, by its short name"),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class CreditRequests(generics.ListAPIView[CreditRequest]):
    """Your requests for credit, and those to the partners that you answer for."""

    serializer_class = CreditRequestSerializer
    scopes = {"GET": Scope.CREDIT_READ, "POST": Scope.CREDIT_WRITE}
    limits = {"POST": "invite"}
    ordering = ("-asked_at", "-pk")

    def get_queryset(self) -> QuerySet[CreditRequest]:
        lists = queries.request_lists(person_of(self.request))
        return lists.get(self.request.query_params.get("view", ""), lists["asked"])

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "view",
                str,
                enum=["asked", "waiting", "answered"],
                description="asked: by you; waiting and answered: at the partners that you answer for",
            )
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewCreditRequestSerializer, responses={201: DossierRequestSerializer})
    def post(self, request: Request) -> Response:
        """Ask a partner to count a badge or a whole pathway. What it may see is settled now and never changes."""
        by = person_of(request)
        asked = NewCreditRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        facts = asked.validated_data
        agreements = Agreement.objects.in_force().with_names()
        agreement = get_object_or_404(agreements, public_id=facts["agreement"])
        made = verbs.request_credit(
            agreement,
            by=by,
            credits_asked=facts["credits_asked"],
            note=facts["note"],
            chosen=_chosen(queries.bases_for(by, agreement.on), facts["chosen"]),
        )
        return Response(DossierRequestSerializer(made).data, status=status.HTTP_201_CREATED)


class CreditRequestDetail(generics.RetrieveAPIView[CreditRequest]):
    """One request with its dossier, for the learner who asked and for the partner."""

    serializer_class = DossierRequestSerializer
    scopes = {"GET": Scope.CREDIT_READ}
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[CreditRequest]:
        return CreditRequest.objects.visible_to(person_of(self.request)).with_names()


class AnswerCredit(generics.GenericAPIView[CreditRequest]):
    """Count all of it, part of it or none, in the partner's name. An answer never changes."""

    serializer_class = CreditAnswerSerializer
    scopes = {"POST": Scope.CREDIT_WRITE}

    @extend_schema(responses={200: CreditRequestSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        put = CreditRequest.objects.put_to(person_of(request)).with_names()
        found = get_object_or_404(put, public_id=public_id)
        said = self.get_serializer(data=request.data)
        said.is_valid(raise_exception=True)
        answered = verbs.answer_credit(
            found, by=person_of(request), counted=said.validated_data["credits"], reason=said.validated_data["reason"]
        )
        return Response(CreditRequestSerializer(answered).data)


class WithdrawCreditRequest(generics.GenericAPIView[CreditRequest]):
    """Withdraw a request of yours, as long as nobody has answered it."""

    serializer_class = NothingSerializer
    scopes = {"POST": Scope.CREDIT_WRITE}

    @extend_schema(responses={200: CreditRequestSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        by = person_of(request)
        found = get_object_or_404(CreditRequest, learner=by, public_id=public_id)
        return Response(CreditRequestSerializer(verbs.withdraw_credit_request(found, by=by)).data)


def _chosen(bases: list[queries.Basis], said: list[dict[str, Any]]) -> list[verbs.Chosen]:
    """Match what was chosen to the bases, by credential id. Raises ValidationError for ids outside the request."""
    known = {held.public_id: basis for basis in bases if (held := basis.credential or basis.foreign)}
    unknown = {
        f"chosen.{number}.credential": [_("This credential is not part of the request.")]
        for number, one in enumerate(said)
        if one["credential"] not in known
    }
    if unknown:
        raise ValidationError(unknown)
    return [verbs.Chosen(known[one["credential"]], one["shows_result"], tuple(one["evidence"])) for one in said]
