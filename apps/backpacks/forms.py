from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PlainText, Words


class CollectionForm(forms.Form):
    title = PlainText(label=_("Title"), max_length=200, help_text=_("What these have in common."))
    story = Words(
        label=_("Story"),
        required=False,
        max_length=10_000,
        help_text=_("A few sentences for whoever opens the link. Markdown works."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
