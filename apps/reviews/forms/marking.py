from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import Words
from apps.reviews.models import Review

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from apps.issuers.models import Criterion
    from apps.submissions.models import EvidenceItem, Finding

YES_NO = (("yes", _("Yes")), ("no", _("No")))


class DeskForm(forms.Form):
    """A level and a comment for each criterion, four questions about the evidence, a note to the learner.

    What an earlier attempt met stands among them and is not asked. `pieces` are asked about one by one, where prior
    learning is recognised. Everything may be left open: what a decision needs is the verb's to say.
    """

    note = Words(
        label=_("Note to the learner"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        criteria: list[Criterion],
        review: Review,
        met: Mapping[Criterion, Finding] | None = None,
        pieces: Sequence[EvidenceItem] = (),
    ) -> None:
        self.met = met or {}
        self.everything = criteria
        self.criteria = [criterion for criterion in criteria if criterion not in self.met]
        self.pieces = pieces
        marks = {mark.criterion_id: mark for mark in review.marks.all()}
        initial: dict[str, Any] = {"note": review.note}
        for question in Review.Question:
            initial[question.value] = _said(getattr(review, question))
        for criterion in self.criteria:
            mark = marks.get(criterion.pk)
            initial[f"{criterion.code}-level"] = mark.level if mark else None
            initial[f"{criterion.code}-comment"] = mark.comment if mark else ""
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
        for question in Review.Question:
            self.fields[question.value] = _yes_or_no(question.label)
        for piece in pieces:
            for question in Review.Question:
                self.fields[f"{piece.public_id}-{question}"] = _yes_or_no(question.label)
            self.fields[f"{piece.public_id}-comment"] = _comment()

    def rows(self) -> Iterator[dict[str, Any]]:
        """For the page: each criterion with its bound fields and the level chosen so far, or what it met before."""
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
            }

    def asked_of_pieces(self) -> Iterator[dict[str, Any]]:
        """For the page: each piece with its four questions and the comment."""
        for piece in self.pieces:
            yield {
                "piece": piece,
                "questions": [self[f"{piece.public_id}-{question}"] for question in Review.Question],
                "comment": self[f"{piece.public_id}-comment"],
            }

    def short(self) -> list[str]:
        """Names of the required criteria whose level is below what is needed."""
        return [row["criterion"].name for row in self.rows() if row.get("below") and row["criterion"].required]

    def marked(self) -> int:
        """How many criteria have a level."""
        return sum(bool(row.get("chosen")) for row in self.rows())

    def questions(self) -> list[forms.BoundField]:
        return [self[question.value] for question in Review.Question]

    def words(self) -> dict[str, Any]:
        """What the verbs take."""
        cleaned = self.cleaned_data
        return {
            "marks": {
                criterion: (cleaned[f"{criterion.code}-level"], cleaned[f"{criterion.code}-comment"])
                for criterion in self.criteria
            },
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
        }


class ReturnForm(forms.Form):
    reason = Words(
        label=_("Why it can't be judged"),
        max_length=10_000,
        help_text=_("The learner reads it: say what has to be different so that it can be."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class TalkForm(forms.Form):
    note = Words(
        label=_("What you agreed"),
        max_length=10_000,
        help_text=_("The learner reads it before they go on."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _comment() -> Words:
    return Words(label=_("Comment"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2}))


def _yes_or_no(label: StrOrPromise) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=YES_NO, required=False, widget=forms.RadioSelect)


def _said(answer: bool | None) -> str | None:  # noqa: FBT001 - a value, not a switch
    return None if answer is None else ("yes" if answer else "no")


def _answers(said: str) -> bool | None:
    return {"yes": True, "no": False}.get(said)
