"""Forms for notes, answers to them, and comments for the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.forms import PlainText, Words, offer
from apps.reviews.models import LONGEST_COMMENT, LONGEST_NOTE
from apps.submissions import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import QueryDict

    from apps.issuers.models import Criterion
    from apps.reviews.models import Annotation
    from apps.submissions.models import EvidenceItem

LEARNER, INTERNAL = "learner", "internal"
READERS = ((INTERNAL, gettext_lazy("Assessors only")), (LEARNER, gettext_lazy("The learner, with the decision")))


class NoteForm(forms.Form):
    """A note on a piece or on the rubric: its place, its criterion, its text, and who reads it."""

    place = PlainText(label=gettext_lazy("Where in it"), required=False, max_length=600)
    criterion = forms.ChoiceField(label=gettext_lazy("Criterion"), required=False)
    text = Words(label=gettext_lazy("Note"), required=False, max_length=LONGEST_NOTE)
    readers = forms.ChoiceField(label=gettext_lazy("Who reads it"), choices=READERS, initial=INTERNAL)

    def __init__(
        self,
        data: QueryDict | Mapping[str, Any] | None = None,
        *,
        criteria: Iterable[Criterion],
        evidence: EvidenceItem | None = None,
        note: Annotation | None = None,
    ) -> None:
        self.rubric = {criterion.code: criterion for criterion in criteria}
        self.evidence = evidence
        initial = {}
        if note is not None:
            self.evidence = note.evidence
            initial = {
                "place": str(note.place),
                "criterion": note.criterion.code if note.criterion else "",
                "text": note.text,
                "readers": LEARNER if note.for_learner else INTERNAL,
            }
        super().__init__(data, initial=initial)
        choices = [(code, f"{one.position}. {one.name}") for code, one in self.rubric.items()]
        offer(self, "criterion", [("", _("None in particular")), *choices])

    @property
    def is_for_learner(self) -> bool:
        return bool(self["readers"].value() == LEARNER)

    def words(self) -> dict[str, Any]:
        """The arguments for the verbs."""
        given = self.cleaned_data
        return {
            "place": places.parse(given["place"]) if self.evidence is not None else places.NOWHERE,
            "criterion": self.rubric.get(given["criterion"]),
            "text": given["text"],
            "for_learner": given["readers"] == LEARNER,
        }


class ReplyForm(forms.Form):
    text = Words(label=gettext_lazy("Your answer"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3}))


class BankForm(forms.Form):
    text = Words(label=gettext_lazy("Comment"), max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3}))


class KeepForm(BankForm):
    """A comment and where it fits: any badge of an issuer, one badge, or one criterion."""

    fits = forms.ChoiceField(label=gettext_lazy("Where it fits"))

    def __init__(self, data: QueryDict | None = None, *, places_to_keep: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "fits", list(places_to_keep))
