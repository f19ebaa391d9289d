"""The form to decide on something at risk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import Words
from apps.pathways.models import StackDecision


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What becomes of it"), choices=StackDecision.Outcome.choices, widget=forms.RadioSelect
    )
    reason = Words(
        label=_("Why"),
        max_length=2000,
        help_text=_("The earner reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
