"""Forms about the rules that make a badge count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PlainText, Words
from apps.credentials.verification.reading import MOST_BYTES
from apps.credentials.verifier import LONGEST_TEXT
from apps.issuers.models import Achievement, AchievementVersion
from apps.pathways.forms.writing import TENTH, NamedBadge, house_badges

if TYPE_CHECKING:
    from apps.issuers.models import Issuer

ID_LENGTH = 2000
NAME_LENGTH = 300
LONGEST = 2000


class ProposeForm(forms.Form):
    """`theirs` is chosen beforehand by a search; without it the badge is one from elsewhere."""

    foreign_name = PlainText(label=_("What the badge is called"), max_length=NAME_LENGTH)
    foreign_issuer_name = PlainText(label=_("Issued by"), max_length=NAME_LENGTH, required=False)
    foreign_achievement_id = PlainText(
        label=_("Id of the badge"),
        max_length=ID_LENGTH,
        help_text=_("As it stands in the credential: its achievement's id, like https://school.example/badges/7."),
    )
    foreign_issuer_id = PlainText(
        label=_("Id of its issuer"),
        max_length=ID_LENGTH,
        help_text=_("As it stands in the credential, like https://school.example/issuer or did:web:school.example."),
    )
    counts_as = NamedBadge(
        Achievement.objects.none(),
        label=_("Counts as"),
        required=False,
        to_field_name="slug",
        empty_label=_("A step by itself"),
        help_text=_("The badge of yours that it counts as in every pathway. Or a step that you put into a pathway."),
    )
    credits = forms.DecimalField(
        label=_("Credits"),
        required=False,
        min_value=TENTH,
        max_digits=5,
        decimal_places=1,
        help_text=_("How many it brings here. Empty: as many as the badge itself states, if it states any."),
    )
    credit_framework = forms.ChoiceField(
        label=_("Credits of"), required=False, choices=[("", "—"), *AchievementVersion.CreditFramework.choices]
    )
    why = Words(
        label=_("Why it counts"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody reads it beside the step."),
    )

    def __init__(self, *args: Any, issuer: Issuer, is_ours: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_ours:
            for name in [name for name in self.fields if name.startswith("foreign_")]:
                del self.fields[name]
        field: Any = self.fields["counts_as"]
        field.queryset = house_badges(issuer)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("credits") and not said.get("credit_framework"):
            self.add_error("credit_framework", _("Say whose credits these are."))
        if not said.get("credits"):
            said["credit_framework"] = ""
        return said


class AnswerForm(forms.Form):
    answer = Words(
        label=_("Your answer"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever proposed it reads this. To decline, say why."),
    )


class ReadForm(forms.Form):
    """A credential of the badge, from which to take its ids. Nothing of it is stored."""

    file = forms.FileField(label=_("Badge picture or file"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=_("Text of a credential"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def given(self) -> bytes:
        if self.cleaned_data["file"]:
            data: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
            return data
        return str(self.cleaned_data["text"]).encode()
