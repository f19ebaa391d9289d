from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _

from apps.notices.kinds import KINDS, Area

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField

    from apps.notices.kinds import Way


class About(NamedTuple):
    """The fields of one area. It stands open if one of them has to be mended."""

    area: Area
    fields: list[BoundField]
    is_open: bool


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

    @property
    def areas(self) -> list[About]:
        found = []
        for area in Area:
            fields = [self[kind.name] for kind in KINDS.values() if kind.area == area]
            found.append(About(area, fields, any(field.errors for field in fields)))
        return found
