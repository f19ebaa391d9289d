"""Forms for appeals, for changed decisions, and for who may assess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import Words, offer
from apps.reviews.models import LONGEST_WORDS, Appeal, Consequence

if TYPE_CHECKING:
    from django.http import QueryDict

    from apps.issuers.models import Achievement
    from apps.issuers.queries.organisations import NamedAchievement

SEE_TO = (
    (Consequence.Done.SUPERSEDED, _("Replace it by the result as it is now")),
    (Consequence.Done.REVOKED, _("Take it back")),
    (Consequence.Done.KEPT, _("Leave it as it is")),
)


class AppealForm(forms.Form):
    """Why a learner appeals. It can be sent only once, since there is only one appeal."""

    ground = forms.ChoiceField(label=_("On what grounds"), choices=Appeal.Ground, widget=forms.RadioSelect)
    grounds = Words(
        label=_("What went wrong, and what you ask for"),
        max_length=LONGEST_WORDS,
        help_text=_("Whoever hears it reads this. Say which criterion, and where in your evidence to look."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    knows_final = forms.BooleanField(label=_("I know that the answer is final, and may go either way."))

    def words(self) -> dict[str, Any]:
        """The arguments for the verb."""
        return {name: self.cleaned_data[name] for name in ("ground", "grounds")}


class SeeToForm(forms.Form):
    """What to do with a credential whose decision changed."""

    note = Words(label=_("Why"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4}))
    sure = forms.BooleanField(label=_("Yes, take it back: that can't be undone."), required=False)

    def __init__(self, data: QueryDict | None = None, *, meets: bool) -> None:
        super().__init__(data)
        possible = [choice for choice in SEE_TO if meets or choice[0] != Consequence.Done.SUPERSEDED]
        self.fields["done"] = forms.ChoiceField(
            label=_("What is to be done"), choices=possible, widget=forms.RadioSelect
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("done") == Consequence.Done.REVOKED and not cleaned.get("sure"):
            self.add_error("sure", _("Tick this to take it back."))
        return cleaned

    def words(self) -> dict[str, Any]:
        """The arguments for the verb."""
        return {name: self.cleaned_data[name] for name in ("done", "note")}


class AssessorBadgeForm(forms.Form):
    """The badge that assessors must hold."""

    badge = forms.ChoiceField(
        label=_("Badge that assessors must hold"),
        required=False,
        help_text=_("It must be valid whenever they take work, and it applies to every version at once."),
    )

    def __init__(
        self, data: QueryDict | None = None, *, now: Achievement | None, offered: list[NamedAchievement]
    ) -> None:
        super().__init__(data, initial={"badge": now.slug if now else ""})
        self.offered = {one.achievement.slug: one for one in offered}
        choices = [(slug, one.name) for slug, one in self.offered.items()]
        offer(self, "badge", [("", _("Nothing: a seat is enough")), *choices])

    def clean_badge(self) -> Achievement | None:
        chosen = self.cleaned_data["badge"]
        return self.offered[chosen].achievement if chosen else None
