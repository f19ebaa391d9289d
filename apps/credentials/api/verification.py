"""Verification for programs: one badge at once, or many in a batch. No sign-in, and open to any site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.problems import Gone, TooLarge
from apps.core.refused import Refused
from apps.core.text import validate_text
from apps.credentials import addresses, queries, reports, verbs, verifier
from apps.credentials.models import Batch, BatchItem, Verdict
from apps.credentials.verification import NotABadge, Report

if TYPE_CHECKING:
    from rest_framework.request import Request

# The overhead around the files in a multipart body.
AROUND = 256 * 1024


class NoBadge(exceptions.APIException):
    """What was given is no badge at all, so there is nothing to report on."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "not_a_badge"
    default_detail = _("That is not a badge.")


class GivenSerializer(serializers.Serializer[Any]):
    """One of `file`, `url` and `text`; with `recipient`, also check whether it was awarded to that address."""

    file = serializers.FileField(required=False, allow_empty_file=True)
    url = serializers.CharField(required=False, max_length=addresses.LONGEST, validators=[validate_text])
    text = serializers.CharField(required=False, max_length=verifier.LONGEST_TEXT, trim_whitespace=False)
    recipient = serializers.EmailField(required=False, allow_blank=True, default="", max_length=254)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(name in attrs for name in ("file", "url", "text")) != 1:
            raise serializers.ValidationError(_("Give one of file, url and text."), code="one_of_three")
        return attrs


class ManySerializer(serializers.Serializer[Any]):
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)
    urls = serializers.ListField(child=serializers.CharField(), required=False)


class CheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Such as signature, issuer, status")
    group = serializers.ChoiceField(("validity", "authenticity", "source", "value"))
    result = serializers.ChoiceField(("pass", "fail", "could_not_check"))
    plain = serializers.CharField(help_text="For everybody, in the language that was asked for")
    technical = serializers.CharField(help_text="For who mends it, in English; may be empty")


class ReportSerializer(serializers.Serializer[Any]):
    valid = serializers.BooleanField(allow_null=True, help_text="null where it could not be decided")
    verdict = serializers.CharField(
        help_text="What all checks come to: good, nameless (nobody says who holds the issuer's key), undecided, paused, "
        "taken_back, replaced, run_out, early, not_theirs, changed, damaged, not_who_it_says, unsound"
    )
    checked_at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="Such as Open Badges 3.0")
    sha256 = serializers.CharField(help_text="Of what was given")
    credential = serializers.CharField(help_text="Its id, as it says itself")
    issuer = serializers.CharField(help_text="The issuer's id, as it says itself")
    issuer_name = serializers.CharField(help_text="As it calls itself: anybody may choose a name")
    issuer_host = serializers.CharField(help_text="Where it is at home; empty for one that is known by its key alone")
    achievement = serializers.CharField()
    valid_from = serializers.CharField(help_text="As it is written there")
    valid_until = serializers.CharField(help_text="As it is written there")
    key = serializers.CharField(help_text="The verification method that was held against it")
    checks = CheckSerializer(many=True)
    inside = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Reports of the credentials in a learner record"
    )


class BatchItemSerializer(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    kind = serializers.ChoiceField(BatchItem.Kind.choices)
    name = serializers.CharField()
    verdict = serializers.ChoiceField((("waiting", "Waiting"), *Verdict.choices))
    refusal = serializers.CharField(help_text="Why it is no badge at all")
    checked_at = serializers.DateTimeField(allow_null=True)
    report = ReportSerializer(allow_null=True)


class BatchSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    url = serializers.URLField(help_text="Its page, for whoever knows the address")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(help_text="When it is deleted")
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    items = BatchItemSerializer(many=True)


class _Open(APIView):
    """Open to every site: a response holds nothing that the caller didn't bring, and no cookie is sent along.

    A browser that is signed in here needs a CSRF token, as everywhere.
    """

    most_bytes = AROUND

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a body by its declared length, before any of it is read."""
        is_files = (request.content_type or "").startswith("multipart/")
        most = self.most_bytes + AROUND if is_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if _length(request) > most:
            raise TooLarge
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["Cache-Control"] = "no-store"
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = ", ".join(self.allowed_methods)
            response["Access-Control-Allow-Headers"] = "Accept-Language, Authorization, Content-Type, Idempotency-Key"
        else:
            response["Access-Control-Expose-Headers"] = "Location, Retry-After"
        return response


class Verifications(_Open):
    """Check one badge."""

    limits = {"POST": "verify"}
    only_looks = True  # with an Idempotency-Key too: no transaction is open while others are asked
    most_bytes = verifier.MOST_BYTES

    @extend_schema(
        request={"multipart/form-data": GivenSerializer, "application/json": GivenSerializer},
        responses={200: ReportSerializer, 422: OpenApiResponse(description="Not a badge at all: `not_a_badge`.")},
    )
    def post(self, request: Request) -> Response:
        """Check a badge: a picture or file, a URL, or its text. Nothing of it is kept, except the answer, for a day, if you
        send an Idempotency-Key.
        """
        asked = GivenSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            report = _report(asked.validated_data)
        except NotABadge as refusal:
            raise NoBadge(str(refusal)) from None
        return Response(reports.sent(report))


class VerificationBatches(_Open):
    """Have many badges checked."""

    limits = {"POST": "verify_many"}
    most_bytes = verbs.MOST_BYTES_TOGETHER

    @extend_schema(
        request={"multipart/form-data": ManySerializer, "application/json": ManySerializer},
        responses={202: BatchSerializer},
    )
    def post(self, request: Request) -> Response:
        """Submit up to 200 files or URLs to be checked one after the other. Deleted after seven days."""
        asked = ManySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        files = [(one.name or "", one.read()) for one in asked.validated_data.get("files", ())]
        try:
            batch = verbs.verify_many(files=files, addresses=asked.validated_data.get("urls", ()))
        except Refused as refusal:
            raise exceptions.ValidationError(str(refusal)) from None
        headers = {"Location": f"{request.path}{batch.public_id}/", "Retry-After": "2"}
        return Response(queries.batch_for_programs(batch), status=status.HTTP_202_ACCEPTED, headers=headers)


class VerificationBatch(_Open):
    """A batch's progress and results."""

    @extend_schema(responses={200: BatchSerializer, 410: OpenApiResponse(description="Deleted.")})
    def get(self, request: Request, public_id: str) -> Response:
        """How far the batch has got, with a report for each item that is done."""
        found = get_object_or_404(Batch, public_id=public_id)
        if found.is_over:
            raise Gone
        return Response(queries.batch_for_programs(found))


def _length(request: Request) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if str(told).isdecimal() else 0


def _report(given: dict[str, Any]) -> Report:
    """Check what was given. Raises NotABadge and TooLarge."""
    if "url" in given:
        return verifier.check_url(given["url"], recipient=given["recipient"])
    if "text" in given:
        return verifier.check(given["text"], recipient=given["recipient"])
    if given["file"].size > verifier.MOST_BYTES:
        raise TooLarge
    return verifier.check(given["file"].read(), recipient=given["recipient"])
