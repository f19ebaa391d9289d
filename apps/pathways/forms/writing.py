"""Forms of the tree editor: the text of a pathway, and the settings of each kind of node."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PlainText, Words
from apps.issuers.models import Achievement, AchievementVersion, Alignment, Issuer
from apps.pathways.models import Equivalence, Node

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.pathways.models import Pathway

TENTH = Decimal("0.1")
LONGEST = 20_000
NAME_LENGTH = 200
MOST_SKILLS = 200
MOST_DAYS = 365


class NamedBadge(forms.ModelChoiceField[Achievement]):
    """A badge by the name of its newest version."""

    def label_from_instance(self, obj: Achievement) -> str:
        return str(obj.newest_name)  # type: ignore[attr-defined] # annotated by `house_badges`


def house_badges(issuer: Issuer) -> QuerySet[Achievement]:
    """An institution's badges that anyone may read, each with its name."""
    versions = AchievementVersion.objects.readable().filter(achievement=OuterRef("pk")).order_by("-number")
    return (
        Achievement.objects.of_house(issuer)
        .filter(archived_at=None)
        .annotate(newest_name=Subquery(versions.values("name")[:1]))
        .exclude(newest_name=None)
        .order_by("newest_name", "pk")
    )


class BeginForm(forms.Form):
    name = PlainText(label=_("Name"), max_length=NAME_LENGTH)


class WordsForm(forms.Form):
    """The text of a draft, and its award."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = PlainText(label=_("Name"), max_length=NAME_LENGTH)
    description = Words(
        label=_("What it leads to"),
        max_length=LONGEST,
        required=False,
        help_text=_("In Markdown."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    in_order = forms.BooleanField(
        label=_("One after the other"), required=False, help_text=_("Each step opens when the one before it is held.")
    )
    award = NamedBadge(
        Achievement.objects.none(),
        label=_("Awarded at the end"),
        required=False,
        to_field_name="slug",
        empty_label=_("Nothing"),
        help_text=_("The micro-credential awarded to everyone who reaches the end."),
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("How long somebody has to mend it, when a badge that counted no longer stands."),
    )

    def __init__(self, *args: Any, pathway: Pathway, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pathway.issuer is None:  # a plan awards nothing, so nothing is at risk
            del self.fields["award"], self.fields["grace_days"]
        else:
            _offer_badges(self.fields["award"], pathway.issuer)


class MoveForm(forms.Form):
    """Where a node goes: a step with `do` (a button), or `into` a group at a `position` (a drag)."""

    edition = forms.IntegerField(required=False)
    do = forms.ChoiceField(choices=[(one, one) for one in ("up", "down", "in", "out")], required=False)
    into = forms.SlugField(max_length=8, required=False)
    position = forms.IntegerField(min_value=0, max_value=1000, required=False)


# --- the settings of each kind of node
# ---------------------------------------------------------------------------------
class NodeForm(forms.Form):
    """`facts` holds the verb's arguments."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, pathway: Pathway, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pathway = pathway

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "edition"}

    @staticmethod
    def said_of(node: Node) -> dict[str, Any]:
        """The initial data of the form for an existing node."""
        return {"name": node.name, "in_order": node.in_order, "needed": node.needed}


class AllForm(NodeForm):
    name = PlainText(label=_("Name"), max_length=NAME_LENGTH, required=False, help_text=_("May be left empty."))
    in_order = forms.BooleanField(
        label=_("One after the other"), required=False, help_text=_("Each step opens when the one before it is held.")
    )


class AnyForm(NodeForm):
    name = PlainText(label=_("Name"), max_length=NAME_LENGTH, required=False, help_text=_("May be left empty."))


class SomeForm(NodeForm):
    needed = forms.IntegerField(label=_("How many of them"), min_value=1, max_value=500)
    name = PlainText(label=_("Name"), max_length=NAME_LENGTH, required=False, help_text=_("May be left empty."))


class MilestoneForm(NodeForm):
    name = PlainText(label=_("Name"), max_length=NAME_LENGTH)
    achievement = NamedBadge(
        Achievement.objects.none(),
        label=_("Awarded at it"),
        required=False,
        to_field_name="slug",
        empty_label=_("Nothing"),
    )
    in_order = forms.BooleanField(
        label=_("One after the other"), required=False, help_text=_("Each step opens when the one before it is held.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.pathway.issuer is None:
            del self.fields["achievement"]
        else:
            _offer_badges(self.fields["achievement"], self.pathway.issuer)

    @staticmethod
    def said_of(node: Node) -> dict[str, Any]:
        award = node.achievement.slug if node.achievement else None
        return {"name": node.name, "in_order": node.in_order, "achievement": award}


class CreditsForm(NodeForm):
    credits = forms.DecimalField(label=_("Credits"), min_value=TENTH, max_digits=6, decimal_places=1)
    credit_framework = forms.ChoiceField(label=_("Credits of"), choices=AchievementVersion.CreditFramework.choices)
    name = PlainText(label=_("Name"), max_length=NAME_LENGTH, required=False, help_text=_("May be left empty."))
    level_framework = forms.ChoiceField(
        label=_("Framework of levels"),
        choices=[("", _("Any level")), *AchievementVersion.LevelFramework.choices],
        required=False,
    )
    level_from = forms.IntegerField(label=_("From level"), min_value=1, max_value=10, required=False)
    issuers = forms.ModelMultipleChoiceField(
        Issuer.objects.none(),
        label=_("Issued by"),
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One of these. None: any issuer."),
    )
    skills = forms.MultipleChoiceField(
        label=_("For a skill"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One of these. None: any skill."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = AchievementVersion.objects.public()
        issuing = Issuer.objects.filter(pk__in=published.values("achievement__issuer")).order_by("name", "pk")
        field: Any = self.fields["issuers"]
        field.queryset = issuing
        self._skills = _skills_of(published)
        for one in self.initial.get("skill_rows", ()):
            self._skills.setdefault(one["url"], one)
        chosen: Any = self.fields["skills"]
        chosen.choices = sorted(((url, one["name"]) for url, one in self._skills.items()), key=lambda row: row[1])
        if not chosen.choices:  # no badge in the catalogue says which skill it is for
            del self.fields["skills"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("level_framework")) != bool(said.get("level_from")) and not self.errors:
            self.add_error("level_from", _("Give both the framework and the lowest level."))
        return said

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        said["skills"] = [self._skills[url] for url in said.get("skills", ())]
        said["issuers"] = list(said["issuers"])
        return said

    @staticmethod
    def said_of(node: Node) -> dict[str, Any]:
        return {
            "name": node.name,
            "credits": node.credits,
            "credit_framework": node.credit_framework,
            "level_framework": node.level_framework,
            "level_from": node.level_from,
            "issuers": [one.slug for one in node.issuers.all()],
            "skills": [one["url"] for one in node.skills],
            "skill_rows": node.skills,
        }


class ExternalForm(NodeForm):
    equivalence = forms.ModelChoiceField(
        Equivalence.objects.none(),
        label=_("What counts"),
        to_field_name="public_id",
        help_text=_("A badge that a rule of your organisation makes a step in its own right."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["equivalence"]
        field.queryset = rules_for(self.pathway)

    @staticmethod
    def said_of(node: Node) -> dict[str, Any]:
        return {"equivalence": node.equivalence.public_id if node.equivalence else None}


NODE_FORMS: dict[str, type[NodeForm]] = {
    Node.Kind.ALL: AllForm,
    Node.Kind.ANY: AnyForm,
    Node.Kind.SOME: SomeForm,
    Node.Kind.CREDITS: CreditsForm,
    Node.Kind.MILESTONE: MilestoneForm,
    Node.Kind.EXTERNAL: ExternalForm,
}


def rules_for(pathway: Pathway) -> QuerySet[Equivalence]:
    """The institution's rules that make a badge a step by itself, in force or waiting."""
    if pathway.issuer is None:
        return Equivalence.objects.none()
    above = pathway.issuer.descents_above.values("ancestor")
    house = Issuer.objects.filter(descents_above__ancestor__in=above)
    return (
        Equivalence.objects.filter(
            issuer__in=house, counts_as=None, state__in=(Equivalence.State.ACCEPTED, Equivalence.State.PROPOSED)
        )
        .select_related("theirs__issuer")
        .order_by("foreign_name", "pk")
    )


def _offer_badges(field: Any, issuer: Issuer) -> None:
    field.queryset = house_badges(issuer)


def _skills_of(published: QuerySet[AchievementVersion]) -> dict[str, dict[str, str]]:
    rows = (
        Alignment.objects.filter(version__in=published, level=None)
        .order_by("target_name")
        .values_list("target_url", "target_name", "target_code")
        .distinct()
    )
    return {url: {"url": url, "name": name, "code": code} for url, name, code in rows[:MOST_SKILLS]}
