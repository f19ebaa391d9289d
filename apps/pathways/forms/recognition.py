"""Forms about agreements and requests for credit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PlainText, WebAddress, Words, day_field, offer
from apps.issuers.models import AchievementVersion
from apps.pathways.crediting import number
from apps.pathways.verbs import Outsider, Terms

if TYPE_CHECKING:
    from apps.issuers.models import Issuer
    from apps.pathways.models import Agreement, CreditRequest
    from apps.pathways.queries import Offers

LONGEST = 5_000
MOST_CREDITS = Decimal("9999.9")
_Version = AchievementVersion


def _credits(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=5,
        decimal_places=1,
        max_value=MOST_CREDITS,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
        **options,
    )


class ProposeAgreementForm(forms.Form):
    """`on` names a badge or a pathway by kind and public id, `partner` an organisation by its slug."""

    on = forms.ChoiceField(label=_("What counts"))
    partner = forms.ChoiceField(
        label=_("Partner here"),
        required=False,
        help_text=_(
            "It is asked, and says yes or no. Leave it empty for an institution that has no organisation here."
        ),
    )
    partner_name = PlainText(label=_("Partner elsewhere"), max_length=300, required=False)
    partner_url = WebAddress(label=_("Its web address"), max_length=2_000, required=False)
    partner_email = forms.EmailField(
        label=_("Where its requests are sent"),
        required=False,
        help_text=_("Each comes with a link for answering it without an account. Nobody else sees the address."),
    )
    counts_towards = PlainText(
        label=_("Counts towards"), max_length=300, help_text=_("A programme, a course, an award.")
    )
    credits = _credits(_("Credits"), min_value=Decimal("0.1"))
    credit_framework = forms.ChoiceField(
        label=_("Credits of"),
        choices=_Version.CreditFramework,
        help_text=_("An NZQA credit is 10 hours, ECTS 25 to 30."),
    )
    level_framework = forms.ChoiceField(
        label=_("Framework of its level"),
        choices=[("", _("No level")), *_Version.LevelFramework.choices],
        required=False,
    )
    level_number = forms.IntegerField(label=_("Level"), min_value=1, max_value=10, required=False)
    conditions = Words(
        label=_("Conditions"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Such as a mark needed, or how old it may be. Markdown works."),
    )
    cost = PlainText(label=_("What it costs the learner"), max_length=120, required=False)
    starts_on = day_field(_("From"))
    ends_on = day_field(_("Until"), required=False, help_text=_("Empty: until one of you ends it."))

    def __init__(self, *args: Any, offers: Offers, partners: list[Issuer], **options: Any) -> None:
        super().__init__(*args, **options)
        self._things = {f"badge-{one.public_id}": one for one, _name in offers.badges} | {
            f"pathway-{one.public_id}": one for one, _name in offers.pathways
        }
        badges = [(f"badge-{one.public_id}", name) for one, name in offers.badges]
        pathways = [(f"pathway-{one.public_id}", name) for one, name in offers.pathways]
        groups = [(gettext("Badges"), badges), (gettext("Pathways"), pathways)]
        offer(self, "on", [("", gettext("Choose one")), *((word, rows) for word, rows in groups if rows)])
        self._partners = {one.slug: one for one in partners}
        offer(self, "partner", [("", gettext("None: elsewhere")), *((one.slug, one.name) for one in partners)])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        outside = [name for name in ("partner_name", "partner_url", "partner_email") if said.get(name)]
        if said.get("partner") and outside:
            self.add_error("partner", gettext("Give one partner only: choose it here, or name it below."))
        elif not said.get("partner"):
            self._ask_of_outsider(said)
        if bool(said.get("level_framework")) != bool(said.get("level_number")):
            missing = "level_number" if said.get("level_framework") else "level_framework"
            self.add_error(missing, gettext("A level needs a framework and a number."))
        if said.get("starts_on") and said.get("ends_on") and said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", gettext("It ends before it begins."))
        return said

    def _ask_of_outsider(self, said: dict[str, Any]) -> None:
        if "partner" in self.errors:
            return
        if not said.get("partner_name") and "partner_name" not in self.errors:
            self.add_error("partner_name", gettext("Choose a partner above, or say what it is called."))
        if not said.get("partner_email") and "partner_email" not in self.errors:
            self.add_error("partner_email", gettext("Say where its requests are sent."))

    def proposed(self) -> dict[str, Any]:
        """The form's data as the verb's arguments."""
        said = dict(self.cleaned_data)
        here = self._partners.get(said.pop("partner"))
        outsider = Outsider(*(said.pop(f"partner_{name}") for name in ("name", "url", "email")))
        return {"on": self._things[said.pop("on")], "partner": here or outsider, "terms": Terms(**said)}


class AnswerAgreementForm(forms.Form):
    words = Words(
        label=_("Your words to them"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever proposed it reads them. To decline, say why."),
    )


class AnswerCreditForm(forms.Form):
    """`outcome`: all, part or none; with `by_link`, someone without an account says who they are."""

    outcome = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect)
    credits = _credits(_("Credits that count"), min_value=Decimal("0.1"), required=False)
    reason = Words(
        label=_("Reason"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The learner reads it. Needed unless all of it counts."),
    )
    name = PlainText(label=_("Your name"), max_length=300, help_text=_("The learner reads who answered."))

    def __init__(self, *args: Any, request: CreditRequest, by_link: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self._asked = request.credits_asked
        asked = number(request.credits_asked)
        offer(
            self,
            "outcome",
            [
                ("all", gettext("All %(n)s count") % {"n": asked}),
                ("part", gettext("A part of %(n)s counts") % {"n": asked}),
                ("none", gettext("None of it counts")),
            ],
        )
        if not by_link:
            del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        outcome, part = said.get("outcome"), said.pop("credits", None)
        if outcome == "part" and "credits" not in self.errors and (part is None or not part < self._asked):
            self.add_error("credits", gettext("Say how many: fewer than %(n)s.") % {"n": number(self._asked)})
        if outcome in {"part", "none"} and not said.get("reason") and "reason" not in self.errors:
            self.add_error("reason", gettext("Say why not all of it counts: the learner reads it."))
        said.pop("outcome", None)
        said["counted"] = {"all": self._asked, "part": part, "none": Decimal(0)}.get(outcome or "")
        return said


class WhichAgreementForm(forms.Form):
    """Choose the agreement and the credits, and add a note."""

    agreement = forms.ChoiceField(label=_("Where it is to count"), widget=forms.RadioSelect)
    credits_asked = _credits(
        _("Credits that you ask for"),
        min_value=Decimal("0.1"),
        help_text=_("As many as the agreement names, or fewer."),
    )
    note = Words(
        label=_("Your words to them"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as when you want to begin, and your student number there."),
    )

    def __init__(self, *args: Any, agreements: list[tuple[Agreement, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._agreements = {one.public_id: one for one, _words in agreements}
        offer(self, "agreement", [(one.public_id, words) for one, words in agreements])
        if len(agreements) == 1:
            ((one, _words),) = agreements
            self.fields["agreement"].initial = one.public_id
            whole = one.credits == int(one.credits)
            self.fields["credits_asked"].initial = int(one.credits) if whole else one.credits

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        agreement = self._agreements.get(said.get("agreement", ""))
        asked = said.get("credits_asked")
        if agreement is not None:
            said["agreement"] = agreement
            if asked is not None and asked > agreement.credits:
                most = {"n": number(agreement.credits)}
                self.add_error("credits_asked", gettext("This agreement counts %(n)s credits at most.") % most)
        return said
