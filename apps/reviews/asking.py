"""What somebody asks of the queue, read from an address."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.forms import PlainText, offer
from apps.issuers.catalogue import language_name
from apps.reviews.queries import VIEWS, Asked, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from apps.reviews.queries import Badge

AGES = (2, 5, 10, 20)
# With more than so many badges a list of them helps nobody: the field for words finds one.
MOST_BADGES = 300


class QueueForm(forms.Form):
    """Filters of the queue. What can't be read is said, and left out of what is asked."""

    q = PlainText(
        label=_("Words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("S-7K2M, badge or learner")}),
    )
    badge = forms.ChoiceField(label=_("Badge"), required=False)
    age = forms.TypedChoiceField(label=_("Waiting for"), required=False, coerce=int, empty_value=None)
    due_from = forms.DateField(label=_("Due from"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    due_until = forms.DateField(label=_("Due until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    language = forms.ChoiceField(label=_("Language"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=(("", _("Due first")), ("waiting", _("Waiting longest first")))
    )

    def __init__(self, data: QueryDict, *, badges: Sequence[Badge]) -> None:
        super().__init__(data, auto_id="narrow-%s", use_required_attribute=False)
        offer(self, "age", [("", _("Any time")), *((n, _longer_than(n)) for n in AGES)])
        if 1 < len(badges) <= MOST_BADGES:
            offer(self, "badge", [("", _("All badges")), *((one.public_id, one.name) for one in badges)])
        else:
            offer(self, "badge", [(one.public_id, one.name) for one in badges])
            self.fields["badge"].widget = forms.HiddenInput()
        languages = sorted({code for one in badges for code in one.languages})
        if len(languages) > 1:
            offer(self, "language", [("", _("All languages")), *((code, language_name(code)) for code in languages)])
        else:
            del self.fields["language"]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"

    def asked(self) -> Asked:
        for name in self.errors:
            self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"narrow-{name}-error"}
        said: dict[str, Any] = self.cleaned_data
        view = self.data.get("view", "")
        age = said.get("age")
        return Asked(
            view=view if view in VIEWS else "all",
            badge=said.get("badge", ""),
            waiting=None if age is None else timedelta(days=age),
            due_from=said.get("due_from"),
            due_until=said.get("due_until"),
            language=said.get("language", ""),
            words=" ".join(said.get("q", "").split()),
            sort=said.get("sort") or "due",
        )


def place_in(data: QueryDict) -> Place:
    """Which page."""
    return Place(after=data.get("after", ""), before=data.get("before", ""), last="last" in data)


def _longer_than(days: int) -> str:
    return ngettext("more than %(n)d day", "more than %(n)d days", days) % {"n": days}
