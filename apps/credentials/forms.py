from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import WebAddress


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
