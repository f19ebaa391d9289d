from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PlainText, Words

if TYPE_CHECKING:
    from collections.abc import Sequence


class CollectionForm(forms.Form):
    title = PlainText(label=_("Title"), max_length=200, help_text=_("What these have in common."))
    story = Words(
        label=_("Story"),
        required=False,
        max_length=10_000,
        help_text=_("A few sentences for whoever opens the link. Markdown works."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class DiscloseForm(forms.Form):
    """What others see of a credential; `pieces` are its evidence, as pairs of public id and name."""

    name = forms.BooleanField(label=_("Your name"), required=False)
    words = forms.BooleanField(
        label=_("What the assessor wrote to you"),
        required=False,
        help_text=_("On each criterion, and the note with the decision. The assessor's name is never shown."),
    )
    evidence = forms.MultipleChoiceField(
        label=_("Pieces of your evidence"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A piece opens just as you handed it in: look for names and places in it first."),
    )

    def __init__(self, *args: Any, pieces: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["evidence"]
        if pieces and isinstance(field, forms.MultipleChoiceField):
            field.choices = pieces
        else:
            del self.fields["evidence"]
