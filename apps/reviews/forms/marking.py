"""The forms that hold marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import Words
from apps.reviews.models import LONGEST_WORDS, Mark, Outcome, Review
from apps.submissions.models import NextStep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from apps.issuers.models import Criterion
    from apps.submissions.models import EvidenceItem, Finding

YES_NO = (("yes", _("Yes")), ("no", _("No")))
_SIDES = (Mark.Adopted.FIRST, Mark.Adopted.SECOND)


class DeskForm(forms.Form):
    """A level, a comment and a next step for each criterion, four questions about the evidence, a note to the learner.

    Criteria that an earlier attempt met are shown but not asked. To recognise prior learning, the questions are also
    asked about each of `pieces`. Every field is optional: the verbs check what a decision needs.
    """

    note = Words(
        label=_("Note to the learner"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    declines = forms.BooleanField(label=_("Decline it: no further attempt"), required=False)
    edition = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        criteria: list[Criterion],
        review: Review,
        met: Mapping[Criterion, Finding] | None = None,
        pieces: Sequence[EvidenceItem] = (),
    ) -> None:
        self.part = review.assignment.turn.part
        self.met = met or {}
        self.everything = criteria
        self.criteria = [criterion for criterion in criteria if criterion not in self.met]
        self.pieces = pieces
        self.sides: Mapping[str, Mapping[int, Mark]] = {}
        marks = {mark.criterion_id: mark for mark in review.marks.all()}
        initial: dict[str, Any] = {"note": review.note, "declines": review.declines, "edition": review.edition}
        for question in Review.Question:
            initial[question.value] = _said(getattr(review, question))
        for criterion in self.criteria:
            mark = marks.get(criterion.pk)
            initial[f"{criterion.code}-level"] = mark.level if mark else None
            initial[f"{criterion.code}-comment"] = mark.comment if mark else ""
            initial[f"{criterion.code}-next_step"] = mark.next_step if mark else ""
        checks = {check.evidence_id: check for check in review.piece_checks.all()} if pieces else {}
        for piece in pieces:
            check = checks.get(piece.pk)
            for question in Review.Question:
                initial[f"{piece.public_id}-{question}"] = _said(getattr(check, question, None))
            initial[f"{piece.public_id}-comment"] = check.comment if check else ""
        super().__init__(data, initial=initial)
        for criterion in self.criteria:
            self.fields[f"{criterion.code}-level"] = forms.TypedChoiceField(
                label=criterion.name,
                choices=[(level.position, level.name) for level in criterion.levels.all()],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"{criterion.code}-comment"] = _comment()
            self.fields[f"{criterion.code}-next_step"] = forms.ChoiceField(
                label=_("What the learner has to do"),
                choices=[*NextStep.choices, ("", _("Neither"))],
                required=False,
                widget=forms.RadioSelect,
            )
        for question in Review.Question:
            self.fields[question.value] = _yes_or_no(question.label)
        for piece in pieces:
            for question in Review.Question:
                self.fields[f"{piece.public_id}-{question}"] = _yes_or_no(question.label)
            self.fields[f"{piece.public_id}-comment"] = _comment()

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each criterion for the page, with its bound fields and the level chosen so far, or the earlier
        finding.
        """
        for criterion in self.everything:
            if criterion in self.met:
                yield {"criterion": criterion, "finding": self.met[criterion]}
                continue
            level = self[f"{criterion.code}-level"]
            chosen = str(level.value()) if level.value() is not None else ""
            below = chosen.isdigit() and int(chosen) < criterion.required_level
            yield {
                "criterion": criterion,
                "level": level,
                "chosen": chosen,
                "below": below,
                "comment": self[f"{criterion.code}-comment"],
                "next_step": self[f"{criterion.code}-next_step"],
            }

    def asked_of_pieces(self) -> Iterator[dict[str, Any]]:
        """Yield each piece for the page, with its four questions and the comment."""
        for piece in self.pieces:
            yield {
                "piece": piece,
                "questions": [self[f"{piece.public_id}-{question}"] for question in Review.Question],
                "comment": self[f"{piece.public_id}-comment"],
            }

    def short(self) -> list[str]:
        """Names of the required criteria marked below their required level."""
        return [row["criterion"].name for row in self.rows() if row.get("below") and row["criterion"].required]

    def marked(self) -> int:
        """How many criteria have a level."""
        return sum(bool(row.get("chosen")) for row in self.rows())

    def questions(self) -> list[forms.BoundField]:
        return [self[question.value] for question in Review.Question]

    def words(self) -> dict[str, Any]:
        """The arguments for the verbs that save and send."""
        cleaned = self.cleaned_data
        return {
            "marks": {
                criterion: (cleaned[f"{criterion.code}-level"], cleaned[f"{criterion.code}-comment"])
                for criterion in self.criteria
            },
            "next_steps": {criterion: cleaned[f"{criterion.code}-next_step"] for criterion in self.criteria},
            "answers": {question.value: _answers(cleaned[question.value]) for question in Review.Question},
            "checks": {
                piece: (
                    {
                        question.value: _answers(cleaned[f"{piece.public_id}-{question}"])
                        for question in Review.Question
                    },
                    cleaned[f"{piece.public_id}-comment"],
                )
                for piece in self.pieces
            },
            "note": cleaned["note"],
            "declines": cleaned["declines"],
            "edition": cleaned["edition"],
        }


class BetweenForm(DeskForm):
    """The desk form of a lead who decides between two markers: on each criterion they choose one marker's level, with
    its next step, or give their own.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        sides: Mapping[str, Mapping[int, Mark]],
        criteria: list[Criterion],
        review: Review,
        **facts: Any,
    ) -> None:
        super().__init__(data, criteria=criteria, review=review, **facts)
        self.sides = sides
        self.saved = {mark.criterion_id: mark.adopted for mark in review.marks.all()}
        for criterion in self.criteria:
            self.initial[f"{criterion.code}-adopted"] = self.saved.get(criterion.pk, "")
            self.fields[f"{criterion.code}-adopted"] = forms.ChoiceField(
                label=criterion.name, choices=Mark.Adopted.choices, required=False, widget=forms.RadioSelect
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Add what each marker gave, whether they agree, and whose level is chosen."""
        for row in super().rows():
            if "finding" in row:
                yield row
                continue
            criterion = row["criterion"]
            adopted = self[f"{criterion.code}-adopted"]
            whose = str(adopted.value() or "")
            given = [(str(side), self._mark_of(side, criterion)) for side in _SIDES]
            levels = {mark.level if mark else None for _side, mark in given}
            if whose in _SIDES:
                mark = self._mark_of(whose, criterion)
                row["chosen"] = str(mark.level) if mark else ""
                row["below"] = bool(mark and mark.level is not None and mark.level < criterion.required_level)
            yield row | {"adopted": adopted, "whose": whose, "given": given, "is_agreed": len(levels) == 1}

    def words(self) -> dict[str, Any]:
        """Add whose level is chosen. Choosing a marker's level copies their comment, unless there is one already."""
        words = super().words()
        adopted = {criterion: self.cleaned_data[f"{criterion.code}-adopted"] for criterion in self.criteria}
        for criterion, whose in adopted.items():
            level, comment = words["marks"][criterion]
            mark = self._mark_of(whose, criterion) if whose in _SIDES else None
            if mark is not None:
                is_new = whose != self.saved.get(criterion.pk)
                words["marks"][criterion] = (mark.level, mark.comment if is_new and not comment.strip() else comment)
            elif level is not None:
                adopted[criterion] = Mark.Adopted.OWN
        return words | {"adopted": adopted}

    def _mark_of(self, whose: str, criterion: Criterion) -> Mark | None:
        """None if that marker has since declared a conflict, so that their marking no longer counts."""
        return self.sides.get(whose, {}).get(criterion.pk)


_LEADS_SAY = (
    ("", _("As the levels say")),
    (Outcome.MEETS.value, _("Meets the rubric, whatever the levels say")),
    (Outcome.NOT_YET.value, _("Not yet, whatever the levels say")),
    (Outcome.DECLINED.value, _("Declined, whatever the levels say")),
)


class LeadForm(DeskForm):
    """The desk form for moderation and appeals: with reasons and, if need be, an outcome against the levels."""

    against = forms.ChoiceField(label=_("Outcome"), choices=_LEADS_SAY, required=False, widget=forms.RadioSelect)
    reason = Words(
        label=_("Reasons"), required=False, max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, data: QueryDict | None = None, *, review: Review, **facts: Any) -> None:
        super().__init__(data, review=review, **facts)
        self.initial.update(against=review.against, reason=review.reason)

    def words(self) -> dict[str, Any]:
        return super().words() | {name: self.cleaned_data[name] for name in ("reason", "against")}

    def decided(self) -> dict[str, Any]:
        """The arguments for the verbs that decide."""
        words = self.words()
        against = words.pop("against")
        return words | {"outcome": against or None}


def _comment() -> Words:
    return Words(label=_("Comment"), required=False, max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 2}))


def _yes_or_no(label: StrOrPromise) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=YES_NO, required=False, widget=forms.RadioSelect)


def _said(answer: bool | None) -> str | None:  # noqa: FBT001 - a value, not a switch
    return None if answer is None else ("yes" if answer else "no")


def _answers(said: str) -> bool | None:
    return {"yes": True, "no": False}.get(said)
