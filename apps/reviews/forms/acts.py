"""Forms for a reason, a remark or a conflict."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import Words
from apps.reviews.models import LONGEST_WORDS, Conflict


class PassBackForm(forms.Form):
    prefix = "back"
    reason = Words(
        label=_("What to look at again"),
        max_length=LONGEST_WORDS,
        help_text=_("Only the person who recommended it reads this."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class GrantForm(forms.Form):
    prefix = "grant"
    note = Words(
        label=_("A word of yours to the learner"),
        required=False,
        max_length=LONGEST_WORDS,
        help_text=_("It is added to the note above."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AgreeForm(forms.Form):
    prefix = "agree"
    reason = Words(
        label=_("A remark"),
        required=False,
        max_length=LONGEST_WORDS,
        help_text=_("Kept with the decision, for assessors."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AskAgainForm(forms.Form):
    prefix = "again"
    reason = Words(
        label=_("Why it is to be judged again"),
        max_length=LONGEST_WORDS,
        help_text=_("Kept with the decision, for assessors."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RecuseForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What the conflict is"),
        choices=[(kind.value, kind.label) for kind in Conflict.DECLARED],
        widget=forms.RadioSelect,
    )
    reason = Words(
        label=_("What it is about, in your words"),
        required=False,
        max_length=2_000,
        help_text=_("Needed if you chose “Something else”. It is kept, and leads can read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReturnForm(forms.Form):
    reason = Words(
        label=_("Why it can't be judged"),
        max_length=LONGEST_WORDS,
        help_text=_("The learner reads it: say what has to be different so that it can be."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class TalkForm(forms.Form):
    note = Words(
        label=_("What you agreed"),
        max_length=LONGEST_WORDS,
        help_text=_("The learner reads it before they go on."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
