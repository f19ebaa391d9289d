"""What a learner was told about an attempt, in the API: as on their page, without anyone's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.submissions import queries
from apps.submissions.models import Answer, CoachTalk, Finding, Returned

if TYPE_CHECKING:
    from apps.submissions.models import Attempt

# What to prefetch on attempts, so that many need no more queries than one.
TOLD = (Prefetch("findings", Finding.objects.select_related("criterion")), "former_answers")


class ToldFindingSerializer(serializers.ModelSerializer[Finding]):
    """The finding on a criterion (by its code): the positions of the level reached and the level needed, and why.

    `next_step`: what you have to do about it, if the assessor said so.
    """

    criterion = serializers.CharField(source="criterion.code")
    needed = serializers.IntegerField(source="criterion.required_level")

    class Meta:
        model = Finding
        fields: ClassVar = ("criterion", "level", "needed", "met", "comment", "next_step")


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    """Met, declined, or neither: not yet. `reason`: why a moderator or an appeal changed the decision.

    Notes on the evidence have an address of their own, `notes/`.
    """

    findings = ToldFindingSerializer(source="attempt.findings", many=True)

    class Meta:
        model = Answer
        fields: ClassVar = ("met", "declined", "note", "reason", "given_at", "findings")


class FormerAnswerSerializer(serializers.Serializer[Any]):
    """An earlier answer, which was valid until `replaced_at`."""

    met = serializers.BooleanField(source="answer.met")
    declined = serializers.BooleanField(source="answer.declined")
    note = serializers.CharField(source="answer.note")
    reason = serializers.CharField(source="answer.reason")
    given_at = serializers.DateTimeField(source="answer.given_at")
    replaced_at = serializers.DateTimeField(source="answer.replaced_at")
    findings = ToldFindingSerializer(many=True)


class ReturnedSerializer(serializers.ModelSerializer[Returned]):
    """Why it was returned unjudged. It doesn't count against the attempts allowed."""

    class Meta:
        model = Returned
        fields: ClassVar = ("reason", "returned_at")


class TalkSerializer(serializers.ModelSerializer[CoachTalk]):
    """What was agreed in the latest talk, and after how many judged attempts it was held."""

    class Meta:
        model = CoachTalk
        fields: ClassVar = ("note", "held_at", "after_attempt")


class ToldSerializer(serializers.Serializer[Any]):
    """For an attempt with its `answer`, `returned` and TOLD. `formerly`: its earlier answers, newest first."""

    answer = AnswerSerializer(read_only=True, allow_null=True)
    formerly = serializers.SerializerMethodField()
    returned = ReturnedSerializer(read_only=True, allow_null=True)

    @extend_schema_field(FormerAnswerSerializer(many=True))
    def get_formerly(self, attempt: Attempt) -> list[dict[str, Any]]:
        # An attempt without an answer has no earlier ones; skip the query, since open attempts are saved all the
        # time.
        before = queries.told_before(attempt) if hasattr(attempt, "answer") else []
        return list(FormerAnswerSerializer(before, many=True).data)
