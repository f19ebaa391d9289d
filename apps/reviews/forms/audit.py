"""The period whose decisions someone wants to see."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.forms import day_field
from apps.reviews.queries import AuditAsked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from apps.accounts.models import User
    from apps.issuers.models import Issuer

# Accreditation usually asks for a year.
A_YEAR = timedelta(days=365)


class AuditForm(forms.Form):
    """Days in the issuer's time zone, both included. By default the last is today and the first a year before."""

    since = day_field(_("From"), required=False)
    until = day_field(_("To"), required=False)

    def __init__(self, data: Mapping[str, Any], *, issuer: Issuer) -> None:
        today = clock.now().astimezone(clock.zone(issuer.time_zone)).date()
        until = data.get("until") or today.isoformat()
        super().__init__({"since": data.get("since") or self._year_before(until, today).isoformat(), "until": until})
        self.issuer = issuer

    def _year_before(self, until: str, today: date) -> date:
        try:
            last: date = AuditForm.base_fields["until"].clean(until)
            return last - A_YEAR
        except (forms.ValidationError, OverflowError):
            return today - A_YEAR

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("since") and said.get("until") and said["since"] > said["until"]:
            self.add_error("until", _("The last day is before the first."))
        return said

    def asked(self, reader: User) -> AuditAsked | None:
        """What is wanted; None if the days are not valid."""
        if not self.is_valid():
            return None
        return AuditAsked(self.issuer, self.cleaned_data["since"], self.cleaned_data["until"], reader)
