from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Scope, User
from apps.core.forms import PlainText

if TYPE_CHECKING:
    from django.http import HttpRequest


class SignupForm(AllauthSignupForm):
    name = PlainText(label=_("Your name"), max_length=300, help_text=_("As it should stand on what you earn."))
    field_order = ("name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The trap for robots hides itself by an inline style, which our policy forbids; our own style sheet hides it.
        for field in self.fields.values():
            field.widget.attrs.pop("style", None)

    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        return user


class ProfileForm(forms.ModelForm[User]):
    name = PlainText(label=_("Your name"), max_length=300, help_text=_("As it should stand on what you earn."))

    class Meta:
        model = User
        fields = ("name", "time_zone")


class TokenForm(forms.Form):
    name = PlainText(label=_("What it is for"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].initial = [Scope.CATALOGUE_READ]
