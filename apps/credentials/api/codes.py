"""Claim codes for programs: an issuer's codes, the people who used them, and using a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.text import validate_text
from apps.credentials import queries, verbs
from apps.credentials.models import ClaimCode, ClaimRequest
from apps.credentials.models.codes import MOST_AWARDS
from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from rest_framework.request import Request

LONGEST = 2_000


class ClaimCodeSerializer(serializers.ModelSerializer[ClaimCode]):
    id = serializers.CharField(source="public_id")
    issuer = serializers.CharField(source="issuer.slug")
    achievement = serializers.CharField(source="version.achievement.slug")
    version = serializers.IntegerField(source="version.number")
    url = serializers.CharField(source="address")
    standing = serializers.ChoiceField(["open", "early", "over", "full", "ended", "retired"])

    class Meta:
        model = ClaimCode
        fields = (
            *("id", "code", "url", "issuer", "achievement", "version", "why", "opens_at", "closes_at", "most", "taken"),
            *("asks_approval", "standing", "made_at", "ended_at"),
        )


class NewClaimCodeSerializer(serializers.Serializer[Any]):
    achievement = serializers.SlugField()
    why = serializers.CharField(max_length=LONGEST, validators=[validate_text])
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    most = serializers.IntegerField(min_value=1, max_value=MOST_AWARDS)
    asks_approval = serializers.BooleanField(default=False)


class ClaimRequestSerializer(serializers.ModelSerializer[ClaimRequest]):
    """A claim request as its issuer sees it."""

    id = serializers.CharField(source="public_id")
    code = serializers.CharField(source="code.code")
    credential = serializers.SlugRelatedField[Any](slug_field="public_id", read_only=True)

    class Meta:
        model = ClaimRequest
        fields = ("id", "code", "name", "address", "state", "asked_at", "decided_at", "credential")


class TypedCodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20)


class NoBodySerializer(serializers.Serializer[Any]):
    pass


class ClaimCodes(generics.ListAPIView[ClaimCode]):
    """An issuer's claim codes, for its staff."""

    serializer_class = ClaimCodeSerializer
    scopes = {"GET": Scope.AWARDS_READ, "POST": Scope.AWARDS_WRITE}
    limits = {"POST": "invite"}
    ordering = ("-made_at", "pk")

    def get_queryset(self) -> QuerySet[ClaimCode]:
        return _codes(self.request).filter(issuer=self._issuer())

    @extend_schema(request=NewClaimCodeSerializer, responses={201: ClaimCodeSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Make a code with which the people who took part get a badge."""
        asked = NewClaimCodeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        facts = asked.validated_data
        offered = AchievementVersion.objects.public().filter(achievement__issuer=self._issuer())
        version = get_object_or_404(offered, achievement__slug=facts.pop("achievement"))
        made = verbs.make_claim_code(version, by=person_of(request), **facts)
        return Response(ClaimCodeSerializer(made).data, status=status.HTTP_201_CREATED)

    def _issuer(self) -> Issuer:
        return get_object_or_404(Issuer.objects.run_by(person_of(self.request)), slug=self.kwargs["slug"])


class EndClaimCode(generics.GenericAPIView[ClaimCode]):
    """End a code: nobody gets a badge with it any more."""

    serializer_class = NoBodySerializer
    scopes = {"POST": Scope.AWARDS_WRITE}

    @extend_schema(responses={200: ClaimCodeSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        found = get_object_or_404(_codes(request), public_id=public_id)
        return Response(ClaimCodeSerializer(verbs.end_claim_code(found, by=person_of(request))).data)


class ClaimRequests(generics.ListAPIView[ClaimRequest]):
    """The people who used a code, for the issuer's staff."""

    serializer_class = ClaimRequestSerializer
    scopes = {"GET": Scope.AWARDS_READ}
    ordering = ("asked_at", "pk")

    def get_queryset(self) -> QuerySet[ClaimRequest]:
        code = get_object_or_404(_codes(self.request), public_id=self.kwargs["public_id"])
        return queries.requests_of(code)


class _Answer(generics.GenericAPIView[ClaimRequest]):
    serializer_class = NoBodySerializer
    scopes = {"POST": Scope.AWARDS_WRITE}
    verb: Callable[..., ClaimRequest]

    def post(self, request: Request, public_id: str) -> Response:
        mine = ClaimRequest.objects.filter(code__in=ClaimCode.objects.visible_to(person_of(request)))
        found = get_object_or_404(mine, public_id=public_id)
        return Response(ClaimRequestSerializer(type(self).verb(found, by=person_of(request))).data)


@extend_schema(responses={200: ClaimRequestSerializer})
class ApproveRequest(_Answer):
    """Award what someone asked for with a code."""

    verb = verbs.approve_request


@extend_schema(responses={200: ClaimRequestSerializer})
class DeclineRequest(_Answer):
    """Decline a request made with a code."""

    verb = verbs.decline_request


class UseClaimCode(generics.GenericAPIView[ClaimRequest]):
    """Get a code's badge, or ask for it if approval is required. Used again by the same person, it gives the same
    result.
    """

    serializer_class = TypedCodeSerializer
    scopes = {"POST": Scope.CREDENTIALS_WRITE}
    limits = {"POST": "claim_code"}

    @extend_schema(responses={200: ClaimRequestSerializer})
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        code = queries.code_of(asked.validated_data["code"])
        if code is None:
            raise Http404
        return Response(ClaimRequestSerializer(verbs.use_claim_code(code, by=person_of(request))).data)


def _codes(request: Request) -> QuerySet[ClaimCode]:
    return ClaimCode.objects.visible_to(person_of(request)).select_related("issuer", "version__achievement")
