"""Forms to found an organisation, edit its profile, logo and approvals, and invite people."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.forms import PlainText, WebAddress, Words, offer
from apps.issuers import parts
from apps.issuers.models import Achievement, EvidenceType, Issuer

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from apps.issuers.queries.organisations import NamedAchievement

LONGEST = 10_000
_LAST_YEAR = 2199
OURS = "#14564e"


class Day(forms.DateField):
    """A day from the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and day.year > _LAST_YEAR:
            raise forms.ValidationError(_("Choose a nearer day."))
        return day


class UnderForm(forms.Form):
    """An organisation's place in the tree."""

    under = forms.ModelChoiceField(
        label=_("Part of"),
        queryset=Issuer.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("Nothing: it stands at the top"),
        help_text=_("Owners and managers there have the same rights here. Its badges are listed on that page too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "under", Issuer.objects.order_by("name", "pk"))


class FoundForm(UnderForm):
    name = PlainText(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("It is"), choices=Issuer.Kind, widget=forms.RadioSelect)
    slug = forms.SlugField(
        label=_("Short name"),
        required=False,
        max_length=80,
        help_text=_(
            "It is part of addresses and signed badges, and never changes. If left empty, it is made from the name."
        ),
    )
    owner_email = forms.EmailField(
        label=_("Who owns it"),
        help_text=_("An e-mail address. Your own makes you the owner; anybody else gets a letter."),
    )
    field_order = ("name", "kind", "owner_email", "under", "slug")


class ProfileForm(forms.ModelForm[Issuer]):
    """Everything that an issuer says about itself."""

    name = PlainText(
        label=_("Name"),
        max_length=200,
        help_text=_("It appears on every badge from now on. A new name, kind or web address has to be verified again."),
    )
    description = Words(
        label=_("Who you are"),
        required=False,
        max_length=LONGEST,
        help_text=_("A few sentences for people who don't know you. Markdown works."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    url = WebAddress(label=_("Web address"), required=False)
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("Where learners write to. It is public.")
    )
    place = PlainText(label=_("Place"), required=False, max_length=120, help_text=_("As in: Quay Road, Longwater."))
    country = PlainText(label=_("Country"), required=False, max_length=2, help_text=_("Two letters, as in NZ."))
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Due dates and badge dates are given in this time zone.")
    )
    has_colour = forms.BooleanField(label=_("Draw a line in our colour at the top of our page"), required=False)
    brand_colour = forms.CharField(
        label=_("Your colour"), required=False, widget=forms.TextInput(attrs={"type": "color"})
    )
    linkedin_number = PlainText(
        label=_("LinkedIn organisation number"),
        required=False,
        max_length=20,
        help_text=_("Digits only. Your logo then stands beside the badge on a profile there."),
    )
    quality_provider = Words(
        label=_("Who you are as a provider"),
        required=False,
        max_length=LONGEST,
        help_text=_("What you teach, since when, and who stands behind it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    quality_process = Words(
        label=_("How you assure quality"),
        required=False,
        max_length=LONGEST,
        help_text=_("Who checks assessors and decisions, and how often."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    quality_review = Words(
        label=_("When you review"),
        required=False,
        max_length=LONGEST,
        help_text=_("How often a badge is looked at again, and by whom."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    evidence_types = forms.MultipleChoiceField(
        label=_("Files that you take as evidence"),
        choices=EvidenceType,
        required=False,
        help_text=_("Choose none to take them all. Words, links and badges are always taken."),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Issuer
        fields = (
            *("name", "kind", "description", "url", "email", "place", "country", "time_zone"),
            *("has_colour", "brand_colour", "linkedin_number", "terminology"),
            *("quality_provider", "quality_process", "quality_review", "asks_approval"),
            *("evidence_types", "bars_colleagues", "appeal_days"),
        )
        widgets = {"kind": forms.RadioSelect, "terminology": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "time_zone",
            [(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones())],
        )
        self.fields["kind"].label = _("You are")
        self.fields["has_colour"].initial = bool(self.instance.brand_colour)
        self.initial["brand_colour"] = self.instance.brand_colour or OURS

        self.fields["appeal_days"].required = False
        for field in self.fields.values():
            field.show_hidden_initial = True

    @property
    def before(self) -> SafeString:
        """Hidden fields with the values at rendering time, so that a colleague's changes meanwhile are not undone."""
        return format_html_join("", "{}", ((self[name].as_hidden(only_initial=True),) for name in self.fields))

    def clean_appeal_days(self) -> int:
        days = self.cleaned_data["appeal_days"]
        return int(self.instance.appeal_days if days is None else days)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_brand_colour(self) -> str:
        # A browser always sends a colour: the checkbox before it says whether it is wanted.
        return str(self.cleaned_data["brand_colour"]).lower() if self.cleaned_data.get("has_colour") else ""

    @property
    def changes(self) -> dict[str, Any]:
        """The values that were changed; all of them, if the original values weren't sent."""
        touched = set(self.changed_data if self["name"].html_initial_name in self.data else self.cleaned_data)
        if touched & {"has_colour", "brand_colour"}:
            touched.add("brand_colour")
        return {name: self.cleaned_data[name] for name in touched - {"has_colour"}}


class LogoForm(forms.Form):
    picture = forms.FileField(
        label=_("A picture"), help_text=_("PNG, JPEG or WebP, up to 5 MB. A square one stands best beside your name.")
    )


class ApprovalForm(forms.Form):
    authority = PlainText(label=_("Who granted it"), max_length=200, help_text=_("As in: NZQA."))
    reference = PlainText(
        label=_("What it is"), required=False, max_length=200, help_text=_("A number, or what it allows.")
    )
    url = WebAddress(label=_("Where it can be looked up"), required=False)
    until = Day(label=_("Until"), required=False, help_text=_("Empty: without an end."))


class OwnerForm(forms.Form):
    """The person who is asked to own an issuer that has no owner."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class InviteForm(OwnerForm):
    """`achievements`: those an assessor may be seated for. `with_owner`: whether the inviter may make owners."""

    role = forms.ChoiceField(label=_("What they do here"), widget=forms.RadioSelect)
    achievement = forms.ChoiceField(
        label=_("For one badge alone"), required=False, help_text=_("Only for an assessor. Empty: for every badge.")
    )
    until = Day(label=_("Until"), required=False, help_text=_("The last day. Empty: until somebody ends it."))

    def __init__(
        self, *args: Any, issuer: Issuer, achievements: list[NamedAchievement], with_owner: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.issuer = issuer
        self.achievements = {one.achievement.public_id: one for one in achievements}
        offer(self, "role", parts.choices(with_owner=with_owner))
        offer(
            self,
            "achievement",
            [
                ("", _("Every badge")),
                *((public_id, one.name) for public_id, one in self.achievements.items()),
            ],
        )
        if not achievements:
            del self.fields["achievement"]

    def clean_achievement(self) -> Achievement | None:
        chosen = self.cleaned_data["achievement"]
        return self.achievements[chosen].achievement if chosen else None

    def clean_until(self) -> datetime | None:
        """The end as the first moment after the last day, in the issuer's zone."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time(), clock.zone(self.issuer.time_zone))
