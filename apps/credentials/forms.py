from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import WebAddress, Words, offer
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from django.db.models import QuerySet

LONGEST_COMMENT = 2000


class VerifyForm(forms.Form):
    """A picture, an address, or the text itself: one of the three."""

    picture = forms.FileField(label=_("Badge picture or file"), required=False, allow_empty_file=True)
    url = WebAddress(label=_("Address of a credential"), required=False, max_length=2000)
    text = forms.CharField(
        label=_("Text of a credential"),
        required=False,
        max_length=1_000_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [name for name in ("picture", "url", "text") if cleaned.get(name) not in (None, "")]
        if not given and not self.errors:
            raise forms.ValidationError(_("Drop a badge picture, or give an address or the text of a credential."))
        if len(given) > 1:
            raise forms.ValidationError(_("Give one at a time: a file, an address or a text."))
        return cleaned


class RequestEndorsementForm(forms.Form):
    endorser = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Issuer.objects.none(), to_field_name="slug", empty_label=_("Choose one")
    )
    note = Words(
        label=_("Your words to them"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say why you ask them. Only the two of you read it."),
    )

    def __init__(self, *args: Any, endorsers: QuerySet[Issuer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "endorser", endorsers)


class AcceptEndorsementForm(forms.Form):
    comment = Words(
        label=_("What you endorse, and why"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("A few sentences; Markdown works. Name no person: what is signed can't be called back."),
    )


class DeclineEndorsementForm(forms.Form):
    reason = Words(
        label=_("Why"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only who asked reads it."),
    )
