from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _

from apps.notices.kinds import KINDS

if TYPE_CHECKING:
    from apps.notices.kinds import Way


class WaysForm(forms.Form):
    """A choice for each kind of notice, among the ways it allows. `chosen`: kind → the present way."""

    def __init__(self, *args: Any, chosen: dict[str, Way], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS.values():
            about = format_html("{} {}", kind.about, kind.always) if kind.always else kind.about
            if chosen[kind.name] not in kind.ways:
                about = format_html(
                    "{} {}", about, _("You reported one of these as spam, so for now we only show them here.")
                )
            # Not required, which would only add an asterisk: what is left out stays as it is.
            self.fields[kind.name] = forms.TypedChoiceField(
                required=False,
                empty_value=chosen[kind.name].value,
                label=kind.label,
                help_text=str(about),
                choices=[(way.value, way.label) for way in kind.ways],
                initial=chosen[kind.name],
                widget=forms.RadioSelect,
            )
