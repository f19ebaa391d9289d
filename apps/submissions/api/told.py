"""What a learner was told of an attempt, for their programs: as their page tells it, and nobody's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.submissions import queries
from apps.submissions.models import Answer, CoachTalk, Finding, Returned

if TYPE_CHECKING:
    from apps.submissions.models import Attempt

# What an attempt brings along to be told, so that many ask no more than one.
TOLD = (Prefetch("findings", Finding.objects.select_related("criterion")), "former_answers")


class ToldFindingSerializer(serializers.ModelSerializer[Finding]):
    """Of one criterion by its code: the level reached and the one needed, by their positions, and why.

    `next_step`: what you have to do about it, if the assessor said so.
    """

    criterion = serializers.CharField(source="criterion.code")
    needed = serializers.IntegerField(source="criterion.required_level")

    class Meta:
        model = Finding
        fields: ClassVar = ("criterion", "level", "needed", "met", "comment", "next_step")


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    """Met, declined, or neither: not yet. `reason`: why it was decided anew, by a moderator or on an appeal.

    What was noted in the evidence has an address of its own, `notes/`.
    """

    findings = ToldFindingSerializer(source="attempt.findings", many=True)

    class Meta:
        model = Answer
        fields: ClassVar = ("met", "declined", "note", "reason", "given_at", "findings")


class FormerAnswerSerializer(serializers.Serializer[Any]):
    """What you had been told, which counted until `replaced_at`."""

    met = serializers.BooleanField(source="answer.met")
    declined = serializers.BooleanField(source="answer.declined")
    note = serializers.CharField(source="answer.note")
    reason = serializers.CharField(source="answer.reason")
    given_at = serializers.DateTimeField(source="answer.given_at")
    replaced_at = serializers.DateTimeField(source="answer.replaced_at")
    findings = ToldFindingSerializer(many=True)


class ReturnedSerializer(serializers.ModelSerializer[Returned]):
    """Why it came back unjudged. It costs none of the attempts allowed."""

    class Meta:
        model = Returned
        fields: ClassVar = ("reason", "returned_at")


class TalkSerializer(serializers.ModelSerializer[CoachTalk]):
    """What was agreed in the newest talk, held after so many judged attempts."""

    class Meta:
        model = CoachTalk
        fields: ClassVar = ("note", "held_at", "after_attempt")


class ToldSerializer(serializers.Serializer[Any]):
    """Of an attempt with its `answer`, `returned` and TOLD. `formerly`: what it was answered before, the newest first."""

    answer = AnswerSerializer(read_only=True, allow_null=True)
    formerly = serializers.SerializerMethodField()
    returned = ReturnedSerializer(read_only=True, allow_null=True)

    @extend_schema_field(FormerAnswerSerializer(many=True))
    def get_formerly(self, attempt: Attempt) -> list[dict[str, Any]]:
        # Nothing was answered before what was never answered: an open attempt is saved all the time.
        before = queries.told_before(attempt) if hasattr(attempt, "answer") else []
        return list(FormerAnswerSerializer(before, many=True).data)
