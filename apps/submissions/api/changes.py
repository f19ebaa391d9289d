"""The differences between two attempts, as the API sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from rest_framework import serializers

from apps.accounts.http import person_of
from apps.submissions import changes

if TYPE_CHECKING:
    from rest_framework.request import Request

    from apps.submissions.models import Attempt, AttemptQuerySet

MOST_ATTEMPTS = 32_767


class SinceSerializer(serializers.Serializer[Any]):
    since = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_ATTEMPTS, help_text="The number of an earlier attempt"
    )


class ChangedWordsSerializer(serializers.Serializer[Any]):
    """A field, by its name in an attempt, before and after."""

    name = serializers.CharField()
    title = serializers.CharField(source="label")
    before = serializers.CharField()
    after = serializers.CharField()


class ComparedPieceSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(source="told_sum", help_text="Empty for words that are covered for you")


class KeptSupportSerializer(serializers.Serializer[Any]):
    """A criterion by its name, and where in the piece to look."""

    criterion = serializers.CharField()
    place = serializers.CharField()


class ChangedPieceSerializer(serializers.Serializer[Any]):
    """`how`: added, removed, changed or unchanged. The same bytes under another title are the same piece."""

    how = serializers.ChoiceField(("added", "removed", "changed", "unchanged"))
    kind = serializers.CharField(source="shown.kind")
    before = ComparedPieceSerializer(allow_null=True)
    after = ComparedPieceSerializer(allow_null=True)
    is_remapped = serializers.BooleanField(help_text="Whether it supports something else, or somewhere else")
    supports_before = KeptSupportSerializer(many=True)
    supports_after = KeptSupportSerializer(many=True)


class ChangesSerializer(serializers.Serializer[Any]):
    """From attempt `before` to attempt `after`: a summary and the details."""

    before = serializers.IntegerField(source="before.number")
    after = serializers.IntegerField(source="after.number")
    in_short = serializers.CharField()
    words = ChangedWordsSerializer(many=True)
    pieces = ChangedPieceSerializer(many=True)


def changes_of(request: Request, attempt: Attempt, readable: AttemptQuerySet) -> dict[str, Any]:
    """The changes to `attempt` since the one before that its reader may read, or since the one they ask for. 404 if
    there is none.
    """
    asked = SinceSerializer(data=request.query_params)
    asked.is_valid(raise_exception=True)
    earlier = readable.filter(number__lt=attempt.number).select_related("submission__version").order_by("-number")
    if "since" in asked.validated_data:
        earlier = earlier.filter(number=asked.validated_data["since"])
    before = earlier.first()
    if before is None:
        raise Http404
    return dict(ChangesSerializer(changes.between(before, attempt, reader=person_of(request))).data)
