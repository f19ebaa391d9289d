from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import Words
from apps.reviews.models import Review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import QueryDict

    from apps.issuers.models import Criterion

YES_NO = (("yes", _("Yes")), ("no", _("No")))


class DeskForm(forms.Form):
    """A level and a comment for each criterion, four questions about the evidence, a note to the learner.

    Everything may be left open: what a decision needs is the verb's to say.
    """

    note = Words(
        label=_("Note to the learner"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: QueryDict | None = None, *, criteria: list[Criterion], review: Review) -> None:
        self.criteria = criteria
        marks = {mark.criterion_id: mark for mark in review.marks.all()}
        initial: dict[str, Any] = {"note": review.note}
        for question in Review.Question:
            given = getattr(review, question)
            initial[question.value] = None if given is None else ("yes" if given else "no")
        for criterion in criteria:
            mark = marks.get(criterion.pk)
            initial[f"{criterion.code}-level"] = mark.level if mark else None
            initial[f"{criterion.code}-comment"] = mark.comment if mark else ""
        super().__init__(data, initial=initial)
        for criterion in criteria:
            self.fields[f"{criterion.code}-level"] = forms.TypedChoiceField(
                label=criterion.name,
                choices=[(level.position, level.name) for level in criterion.levels.all()],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"{criterion.code}-comment"] = Words(
                label=_("Comment"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2})
            )
        for question in Review.Question:
            self.fields[question.value] = forms.ChoiceField(
                label=question.label, choices=YES_NO, required=False, widget=forms.RadioSelect
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        """For the page: each criterion with its bound fields and the level chosen so far."""
        for criterion in self.criteria:
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

    def short(self) -> list[str]:
        """Names of the required criteria whose level is below what is needed."""
        return [row["criterion"].name for row in self.rows() if row["below"] and row["criterion"].required]

    def marked(self) -> int:
        """How many criteria have a level."""
        return sum(bool(row["chosen"]) for row in self.rows())

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
            "answers": {
                question.value: {"yes": True, "no": False}.get(cleaned[question.value]) for question in Review.Question
            },
            "note": cleaned["note"],
        }
