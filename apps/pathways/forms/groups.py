"""Forms about a group and its mentor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.forms import PlainText
from apps.pathways import queries

if TYPE_CHECKING:
    from apps.pathways.models import Group, Pathway


class HandOnForm(forms.Form):
    mentor = forms.ModelChoiceField(
        label=_("Another mentor"),
        queryset=User.objects.none(),
        empty_label=_("Choose one"),
        help_text=_("Each member is asked whether they agree. Until then, nobody sees their progress."),
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mentor"]
        field.queryset = queries.possible_mentors(group.pathway).exclude(pk=group.mentor_id)


class GroupForm(forms.Form):
    name = PlainText(label=_("Name of the group"), max_length=200)
    mentor = forms.ModelChoiceField(
        label=_("Mentor"),
        queryset=User.objects.none(),
        empty_label=_("Choose one"),
        help_text=_("Sees how far each member is. No work, no words, no marks."),
    )

    def __init__(self, *args: Any, pathway: Pathway, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mentor"]
        field.initial = by.pk
        field.queryset = User.objects.filter(pk=by.pk) | queries.possible_mentors(pathway)
