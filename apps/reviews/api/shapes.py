"""Serializers for turns, leases, markings and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.reviews.models import LONGEST_WORDS, Assignment, Conflict, Decision, Mark, Outcome, Part, Review, Turn
from apps.submissions.api.shapes import MOST_INTEGER, WordsField
from apps.submissions.models import NextStep, Submission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.issuers.models import Criterion
    from apps.submissions.models import Attempt, EvidenceItem

QUESTIONS = tuple(question.value for question in Review.Question)


class TurnSerializer(serializers.Serializer[Any]):
    """One turn at judging an attempt. Use `attempt` to take it."""

    id = serializers.CharField(source="public_id")
    attempt = serializers.CharField(source="attempt.public_id")
    reference = serializers.CharField(source="attempt.submission.reference")
    achievement = serializers.CharField(source="attempt.submission.version.achievement.slug")
    version = serializers.IntegerField(source="attempt.submission.version.number")
    number = serializers.IntegerField(source="attempt.number")
    part = serializers.ChoiceField(Part.choices)
    state = serializers.ChoiceField(Turn.State.choices)
    due_on = serializers.DateField()
    again = serializers.BooleanField()
    opened_at = serializers.DateTimeField()


class QueuedTurnSerializer(TurnSerializer):
    """A turn with whether it is free or yours. For what you have judged, also when you did, and the state of its
    submission; for what was decided where you lead, when the learner was told, unless the work is judged blind. Both
    are null for waiting turns; the state is null where you have lost your seat.
    """

    # A row of the queue has no version with an achievement.
    achievement = serializers.CharField(source="achievement.slug")
    is_mine = serializers.BooleanField()
    is_free = serializers.SerializerMethodField()
    done_at = serializers.DateTimeField(default=None, allow_null=True)
    submission_state = serializers.SerializerMethodField()

    def get_is_free(self, turn: Turn) -> bool:
        return turn.state == Turn.State.OPEN and turn.holder_id is None

    @extend_schema_field(serializers.ChoiceField(Submission.State.choices, allow_null=True))
    def get_submission_state(self, turn: Any) -> str | None:
        return None if turn.state == Turn.State.OPEN or turn.is_left else turn.attempt.submission.state


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """A lease, or an offer from a lead. `until` is when it runs out, unless it is renewed."""

    id = serializers.CharField(source="public_id")
    attempt = serializers.CharField(source="attempt.public_id")
    turn = serializers.CharField(source="turn.public_id")
    part = serializers.CharField(source="turn.part")

    class Meta:
        model = Assignment
        fields = ("id", "attempt", "turn", "part", "state", "taken_at", "until", "recognised_at")


class MarkSerializer(serializers.Serializer[Any]):
    """The level on one criterion, by the level's position, and why. `next_step`: what the learner has to do if the level
    is below the one needed; otherwise leave it empty. `adopted`: whose level an adjudicator chose, and with it that
    marker's next step.
    """

    criterion = serializers.CharField(max_length=40)
    level = serializers.IntegerField(min_value=1, max_value=MOST_INTEGER, allow_null=True, default=None)
    comment = WordsField(max_length=LONGEST_WORDS, allow_blank=True, default="")
    next_step = serializers.ChoiceField(NextStep.choices, allow_blank=True, default="")
    adopted = serializers.ChoiceField(Mark.Adopted.choices, allow_blank=True, default="")


class _QuestionsSerializer(serializers.Serializer[Any]):
    """The questions about the evidence; null means not answered yet."""

    valid = serializers.BooleanField(allow_null=True, default=None)
    sufficient = serializers.BooleanField(allow_null=True, default=None)
    authentic = serializers.BooleanField(allow_null=True, default=None)
    current = serializers.BooleanField(allow_null=True, default=None)


class PieceCheckSerializer(_QuestionsSerializer):
    """The same questions about one piece, to recognise prior learning."""

    evidence = serializers.CharField(max_length=64)
    comment = WordsField(max_length=LONGEST_WORDS, allow_blank=True, default="")


class MarkingSerializer(_QuestionsSerializer):
    """A marking to save or send. `edition` is the one that the writer started from: if another window has saved
    since, nothing is overwritten.
    """

    marks = MarkSerializer(many=True)
    checks = PieceCheckSerializer(many=True, default=list)
    note = WordsField(max_length=LONGEST_WORDS, allow_blank=True, default="")
    declines = serializers.BooleanField(default=False)
    edition = serializers.IntegerField(min_value=0, max_value=MOST_INTEGER, allow_null=True, default=None)

    def of(self, attempt: Attempt) -> dict[str, Any]:
        """The arguments for the verbs. Raises ValidationError for anything the rubric or the attempt doesn't have."""
        given = self.validated_data
        rubric = {one.code: one for one in attempt.submission.version.criteria.prefetch_related("levels")}
        marks: dict[Criterion, tuple[int | None, str]] = {}
        next_steps: dict[Criterion, str] = {}
        adopted: dict[Criterion, str] = {}
        for one in given["marks"]:
            if one["criterion"] not in rubric:
                words = _("The rubric has no criterion “%(code)s”.") % {"code": one["criterion"]}
                raise serializers.ValidationError({"marks": [words]})
            marks[rubric[one["criterion"]]] = (one["level"], one["comment"])
            next_steps[rubric[one["criterion"]]] = one["next_step"]
            adopted[rubric[one["criterion"]]] = one["adopted"]
        return {
            "marks": marks,
            "next_steps": next_steps,
            "answers": _answers(given),
            "checks": self._checks(attempt),
            "note": given["note"],
            "declines": given["declines"],
            "edition": given["edition"],
        } | ({"adopted": adopted} if any(adopted.values()) else {})

    def _checks(self, attempt: Attempt) -> dict[EvidenceItem, tuple[Mapping[str, bool | None], str]]:
        pieces = {piece.public_id: piece for piece in attempt.evidence.all()}
        found: dict[EvidenceItem, tuple[Mapping[str, bool | None], str]] = {}
        for one in self.validated_data["checks"]:
            if one["evidence"] not in pieces:
                raise serializers.ValidationError({"checks": [_("That piece is not part of this attempt.")]})
            found[pieces[one["evidence"]]] = (_answers(one), one["comment"])
        return found


class KeptMarkingSerializer(MarkingSerializer):
    """A marking so far. A lead may add `reason`, and in `outcome` what differs from the levels; either stays as it is
    if not sent.
    """

    reason = WordsField(max_length=LONGEST_WORDS, allow_blank=True, required=False)
    outcome = serializers.ChoiceField(Outcome.choices, allow_null=True, required=False)

    def of(self, attempt: Attempt) -> dict[str, Any]:
        given, found = self.validated_data, super().of(attempt)
        if "outcome" in given:
            found["against"] = given["outcome"] or ""
        return found | ({"reason": given["reason"]} if "reason" in given else {})


class LeadSerializer(MarkingSerializer):
    """A marking by which a lead decides: with `reason` and, in `outcome`, what differs from the levels."""

    reason = WordsField(max_length=LONGEST_WORDS)
    outcome = serializers.ChoiceField(Outcome.choices, allow_null=True, default=None)

    def of(self, attempt: Attempt) -> dict[str, Any]:
        found = super().of(attempt)
        found.pop("adopted", None)
        return found | {"reason": self.validated_data["reason"], "outcome": self.validated_data["outcome"]}


class ReviewSerializer(serializers.Serializer[Any]):
    """A saved marking."""

    state = serializers.CharField()
    edition = serializers.IntegerField()
    outcome = serializers.CharField()
    valid = serializers.BooleanField(allow_null=True)
    sufficient = serializers.BooleanField(allow_null=True)
    authentic = serializers.BooleanField(allow_null=True)
    current = serializers.BooleanField(allow_null=True)
    note = serializers.CharField()
    declines = serializers.BooleanField()
    marks = serializers.SerializerMethodField()
    saved_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(MarkSerializer(many=True))
    def get_marks(self, review: Review) -> list[dict[str, Any]]:
        return [
            {
                "criterion": mark.criterion.code,
                "level": mark.level,
                "comment": mark.comment,
                "next_step": mark.next_step,
                "adopted": mark.adopted,
            }
            for mark in review.marks.select_related("criterion").order_by("criterion__position")
        ]


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = Decision
        fields = ("id", "outcome", "how", "differs", "reason", "note", "decided_at", "released_at")


class OutcomeSerializer(serializers.Serializer[Any]):
    """The decision, or null if someone else has yet to decide."""

    decision = DecisionSerializer(allow_null=True)


class GrantSerializer(serializers.Serializer[Any]):
    note = WordsField(max_length=LONGEST_WORDS, allow_blank=True, default="")


class PerhapsBecauseSerializer(serializers.Serializer[Any]):
    reason = WordsField(max_length=LONGEST_WORDS, allow_blank=True, default="")


class BecauseSerializer(serializers.Serializer[Any]):
    reason = WordsField(max_length=LONGEST_WORDS)


class ConflictSerializer(PerhapsBecauseSerializer):
    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in Conflict.DECLARED])


class AssignSerializer(serializers.Serializer[Any]):
    """`to`: the id of the person asked to take it."""

    to = serializers.CharField(max_length=64)


class TakeOverSerializer(serializers.Serializer[Any]):
    """`turn`: the id of the turn to take over, if several are held at once."""

    turn = serializers.CharField(max_length=64, allow_blank=True, default="")


class ShareOutSerializer(serializers.Serializer[Any]):
    """Ids of the turns, and of the people to share them."""

    turns = serializers.ListField(child=serializers.CharField(max_length=64), max_length=100, allow_empty=False)
    among = serializers.ListField(child=serializers.CharField(max_length=64), max_length=100, allow_empty=False)


class LeftSerializer(serializers.Serializer[Any]):
    turn = serializers.CharField()
    why = serializers.CharField()


class SharedOutSerializer(serializers.Serializer[Any]):
    """The offers made, and the turns left over, each with the reason."""

    offered = AssignmentSerializer(many=True)
    left = LeftSerializer(many=True)


def _answers(given: Mapping[str, Any]) -> dict[str, bool | None]:
    return {question: given[question] for question in QUESTIONS}
