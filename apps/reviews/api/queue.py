"""The queue, and one attempt in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.issuers import policies as seats
from apps.reviews import policies, queries
from apps.reviews.api.asked import AskedSerializer, KeyPages, asked_in
from apps.reviews.api.common import handed_in
from apps.reviews.api.letters import LetterSerializer
from apps.reviews.api.shapes import (
    AssignmentSerializer,
    DecisionSerializer,
    QueuedTurnSerializer,
    ReviewSerializer,
    TurnSerializer,
)
from apps.reviews.models import Appeal, Assignment, Part
from apps.reviews.place import place_at
from apps.submissions import queries as work
from apps.submissions.api.changes import ChangesSerializer, SinceSerializer, changes_of
from apps.submissions.api.shapes import SupportSerializer
from apps.submissions.models import Attempt, EvidenceItem

if TYPE_CHECKING:
    from rest_framework.request import Request

    from apps.accounts.models import User
    from apps.reviews.models import Review, Turn


class Queue(generics.ListAPIView[Any]):
    """Work that waits where you may judge, most urgent first; never your own, nor any that you have a conflict with.
    With the view `done`, what you have judged; with `decided`, what was decided where you lead, whoever did.
    """

    serializer_class = QueuedTurnSerializer
    pagination_class = KeyPages
    scopes = {"GET": Scope.REVIEWS_READ}

    def get_queryset(self) -> Any:
        by = person_of(self.request)
        waiting = queries.Queue(by)
        if not waiting.badges and not seats.assesses(by):
            raise PermissionDenied(_("You have no assessor's seat, so nothing waits for you here."))
        asked = asked_in(self.request)
        if asked.validated_data["view"] == queries.DONE:
            return partial(_done, queries.Done(by, waiting.badges), asked.of_what_was_done())
        if asked.validated_data["view"] == queries.DECIDED:
            return partial(_decided, queries.Decided(by, waiting.badges), asked.of_what_was_decided())
        return partial(waiting.page, asked.of_the_queue())

    @extend_schema(operation_id="reviews_list", parameters=[AskedSerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


def _done(done: queries.Done, asked: queries.AskedDone, place: queries.Place, *, most: int) -> queries.Page:
    """A page of finished parts, shown as turns but paged by part, as on the website."""
    page = done.page(asked, place, most=most)
    return page._replace(rows=[_played(one) for one in page.rows])


def _decided(decided: queries.Decided, asked: queries.AskedDecided, place: queries.Place, *, most: int) -> queries.Page:
    """A page of decided work. If it is blind it has no time: that of an award would say whose it is."""
    page = decided.page(asked, place, most=most)
    for turn in page.rows:
        submission = turn.attempt.submission
        turn.done_at = None if submission.version.blind else submission.decided_at
        turn.is_mine = turn.is_left = False
    return page


def _played(one: Any) -> Any:
    turn: Any = one.turn
    turn.attempt, turn.done_at, turn.is_mine, turn.is_left = one.attempt, one.ended_at, False, one.is_left
    return turn


class PieceSerializer(serializers.ModelSerializer[EvidenceItem]):
    """A piece of evidence, with the address of its page."""

    id = serializers.CharField(source="public_id")
    page = serializers.SerializerMethodField()
    sha256 = serializers.CharField(source="told_sum", help_text="Empty for words that are covered for you")
    criteria = SupportSerializer(source="supports", many=True)

    class Meta:
        model = EvidenceItem
        fields = (
            *("id", "page", "position", "kind", "title", "text", "url", "transcript", "media_type", "size", "sha256"),
            *("made_on", "criteria"),
        )

    def get_page(self, piece: EvidenceItem) -> str:
        return reverse("submissions:evidence", args=[piece.public_id])


class LearnerSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class AppealGroundsSerializer(serializers.ModelSerializer[Appeal]):
    class Meta:
        model = Appeal
        fields = ("ground", "grounds", "lodged_at")


class AttemptAtDeskSerializer(serializers.ModelSerializer[Attempt]):
    """An attempt as its assessor reads it. If it is judged blind, the learner has no id, and their name is hidden in
    all text.

    `mine` is your own marking, with the `edition` to save from; `theirs` holds the markings of others that your part
    lets you read. The decision is shown unless some of the work is to be judged again. `letter` is the state of the
    learner's letter, while nobody is working on the attempt and you can't take it.
    """

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField(source="submission.reference")
    achievement = serializers.CharField(source="submission.version.achievement.slug")
    version = serializers.IntegerField(source="submission.version.number")
    submission_state = serializers.CharField(source="submission.state")
    route = serializers.CharField(source="submission.route")
    policy = serializers.CharField(source="submission.version.policy")
    blind = serializers.BooleanField(source="submission.version.blind")
    answer_by = serializers.DateField(source="submission.answer_by", allow_null=True)
    learner = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    turns = serializers.SerializerMethodField()
    assignment = serializers.SerializerMethodField()
    mine = serializers.SerializerMethodField()
    theirs = serializers.SerializerMethodField()
    appeal = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    letter = serializers.SerializerMethodField()

    class Meta:
        model = Attempt
        fields = (
            *("id", "reference", "achievement", "version", "number", "state", "submission_state", "route", "policy"),
            *("blind", "answer_by", "submitted_at", "manifest_sha256", "learner", "words", "evidence", "turns"),
            *("assignment", "mine", "theirs", "appeal", "decision", "letter"),
        )

    @extend_schema_field(LearnerSerializer)
    def get_learner(self, attempt: Attempt) -> dict[str, str | None]:
        by, submission = self.context["by"], attempt.submission
        known = work.may_know_learner(by, submission)
        name = work.public_identity(by, submission.learner, of=submission)
        return {"id": submission.learner.public_id if known else None, "name": name}

    def get_words(self, attempt: Attempt) -> dict[str, str]:
        return {name: getattr(attempt, name) for name in Attempt.WRITTEN if name != "declared_own"}

    @extend_schema_field(PieceSerializer(many=True))
    def get_evidence(self, attempt: Attempt) -> list[dict[str, Any]]:
        return list(PieceSerializer(attempt.evidence.all(), many=True).data)

    @extend_schema_field(TurnSerializer(many=True))
    def get_turns(self, attempt: Attempt) -> list[dict[str, Any]]:
        """The waiting turns that you may take."""
        return list(TurnSerializer(_playable(attempt, self.context["by"]), many=True).data)

    @extend_schema_field(AssignmentSerializer(allow_null=True))
    def get_assignment(self, attempt: Attempt) -> dict[str, Any] | None:
        held = _held(attempt, self.context["by"])
        return dict(AssignmentSerializer(held).data) if held else None

    @extend_schema_field(ReviewSerializer(allow_null=True))
    def get_mine(self, attempt: Attempt) -> dict[str, Any] | None:
        held = _held(attempt, self.context["by"])
        review = getattr(held, "review", None)
        return dict(ReviewSerializer(review).data) if review else None

    @extend_schema_field(ReviewSerializer(many=True))
    def get_theirs(self, attempt: Attempt) -> list[dict[str, Any]]:
        held = _held(attempt, self.context["by"])
        found = [dict(ReviewSerializer(one).data) for one in _open_to(held, attempt)] if held else []
        return list(self._covered(attempt, found))

    @extend_schema_field(AppealGroundsSerializer(allow_null=True))
    def get_appeal(self, attempt: Attempt) -> dict[str, Any] | None:
        held = _held(attempt, self.context["by"])
        if held is None or held.turn.part != Part.APPEAL:
            return None
        appeal = Appeal.objects.filter(decision__attempt=attempt, state=Appeal.State.LODGED).first()
        return self._covered(attempt, dict(AppealGroundsSerializer(appeal).data)) if appeal else None

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, attempt: Attempt) -> dict[str, Any] | None:
        by = self.context["by"]
        held = _held(attempt, by)
        looks_again = held is not None and held.turn.part in {Part.MODERATE, Part.APPEAL}
        if not looks_again and queries.is_judged_anew(attempt):
            return None
        decision = queries.decision_on(attempt)
        return self._covered(attempt, dict(DecisionSerializer(decision).data)) if decision else None

    @extend_schema_field(LetterSerializer(allow_null=True))
    def get_letter(self, attempt: Attempt) -> dict[str, Any] | None:
        letter = queries.letter_about(attempt) if place_at(attempt, self.context["by"]).is_settled else None
        return dict(LetterSerializer(letter).data) if letter else None

    def _covered(self, attempt: Attempt, said: Any) -> Any:
        """Hide in others' text what the reader must not know."""
        return work.covered_values(said, work.mask_for(self.context["by"], attempt.submission))


def _playable(attempt: Attempt, by: User) -> list[Turn]:
    turns = attempt.turns.open().select_related("attempt__submission__version__achievement").order_by("pk")
    return [turn for turn in turns if policies.can_play(by, attempt.submission, turn.part)]


def _held(attempt: Attempt, by: User) -> Assignment | None:
    mine = attempt.assignments.live().filter(assessor=by)
    return mine.select_related("turn", "attempt", "review").first()


def _open_to(held: Assignment, attempt: Attempt) -> list[Review]:
    """The markings that a lease lets its holder read: for granting, the recommendation; for deciding between two,
    both; for moderation, the one decided on. For an appeal or a separate marking, none.
    """
    if held.turn.part == Part.MODERATE:
        decision = queries.decision_on(attempt)
        return [decision.review] if decision else []
    wanted = {Part.GRANT: (Part.FIRST,), Part.ADJUDICATE: (Part.FIRST, Part.SECOND)}.get(Part(held.turn.part), ())
    found = [queries.marking_of(attempt, part) for part in wanted]
    return [one for one in found if one is not None]


class AttemptAtDesk(APIView):
    """One attempt for its assessor. Opening it doesn't take it."""

    scopes = {"GET": Scope.REVIEWS_READ}

    @extend_schema(operation_id="reviews_retrieve", responses=AttemptAtDeskSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        attempt, by = handed_in(request, public_id), person_of(request)
        prefetch_related_objects([attempt], "evidence__supports__criterion", "evidence__foreign")
        work.cover_attempt(attempt, reader=by)
        mask = work.mask_for(by, attempt.submission)
        return Response(AttemptAtDeskSerializer(attempt, context={"by": by, "mask": mask}).data)


class ChangesAtDesk(APIView):
    """What changed since an earlier attempt, as its assessor reads it."""

    scopes = {"GET": Scope.REVIEWS_READ}

    @extend_schema(parameters=[SinceSerializer], responses=ChangesSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """The texts that differ, and all pieces of both attempts, compared with the attempt before or with `since`.
        If the work is judged blind, names are hidden in both.
        """
        attempt = handed_in(request, public_id)
        earlier = Attempt.objects.visible_to(person_of(request)).filter(submission=attempt.submission_id)
        return Response(changes_of(request, attempt, earlier))
