"""The forms of the design wizard. A draft may have gaps: the linter names them, and the forms keep what is typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.validators import EMPTY_VALUES
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale

from apps.core.columns import column
from apps.core.forms import PlainText, WebAddress, Words, offer
from apps.issuers.models import AchievementVersion, EvidenceRequirement
from apps.issuers.models.rubrics import MOST_CRITERIA, MOST_LEVELS, MOST_OUTCOMES, MOST_REQUIREMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.issuers.models import Criterion, Issuer, Level

LONGEST = 20_000
# Limits of the counts, the same as for a design from a file. A century is the longest validity.
COUNTED = {
    "valid_for_days": (1, 36_500),
    "attempts_allowed": (1, 100),
    "coach_after": (1, 100),
    "level_number": (1, 10),
    "service_days": (1, 250),
    "hours": (0, 100_000),
}
OUTCOME_LENGTH = 300
MOST_TAGS = 20
TAG_LENGTH = 60
FIRST_SCALE = (_("Not yet"), _("With help"), _("On your own"), _("Teaches others"))


def _asked(column: models.Field[Any, Any], **more: Any) -> forms.Field | None:
    """A column's own field, with our care for text, and optional, since drafts have gaps."""
    more["required"] = column.name == "name"
    if isinstance(column, models.TextField):
        words = Words(
            label=capfirst(column.verbose_name), help_text=column.help_text, max_length=LONGEST, required=False
        )
        words.widget.attrs["rows"] = 4
        return words
    if isinstance(column, models.CharField) and not column.choices:
        more["form_class"] = PlainText
    if column.name in COUNTED:
        more["min_value"], more["max_value"] = COUNTED[column.name]
    if isinstance(column, models.DateField):
        more["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return column.formfield(**more)


class DraftForm(forms.ModelForm[AchievementVersion]):
    """Some fields of a draft, and the edition that the writer began from."""

    edition = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = AchievementVersion
        fields: tuple[str, ...] = ()
        formfield_callback = _asked

    def _post_clean(self) -> None:
        """Check only what columns can hold. The verb writes the row, and the linter judges it."""
        for name in self._meta.fields or ():
            value = self.cleaned_data.get(name)
            if value not in EMPTY_VALUES:
                try:
                    column(AchievementVersion, name).run_validators(value)
                except forms.ValidationError as error:
                    self.add_error(name, error)

    def words(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "edition"}


def _languages() -> list[tuple[str, str]]:
    ours = [code for code, _name in settings.LANGUAGES]
    others = sorted(
        (code for code, info in LANG_INFO.items() if "name_local" in info and code not in ours),
        key=lambda code: LANG_INFO[code]["name_local"].casefold(),
    )
    return [(_as_signed(code), LANG_INFO[code]["name_local"]) for code in (*ours, *others)]


def _as_signed(code: str) -> str:
    """A language code as Open Badges 3.0 writes it: zh-Hans and pt-BR, for which Django has small letters."""
    return to_locale(code).replace("_", "-")


class FocusForm(DraftForm):
    language = forms.ChoiceField(
        label=_("Language"), help_text=_("The language of the text. It is signed with the badge.")
    )
    single = forms.BooleanField(
        label=_("A person holds it once"),
        required=False,
        help_text=_("Leave this off for what can be earned again and again."),
    )

    class Meta(DraftForm.Meta):
        fields = ("kind", "name", "skill_sentence", "description", "description_for_earners", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "language", _languages())
        self.fields["single"].initial = self.instance.achievement.single
        if self.instance.number > 1:  # people may hold it by now
            del self.fields["single"]


class FactsForm(DraftForm):
    tags = PlainText(
        label=_("Tags"),
        required=False,
        max_length=(TAG_LENGTH + 2) * MOST_TAGS,
        help_text=_("What people search for, with commas between."),
    )

    class Meta(DraftForm.Meta):
        fields = (
            *("tags", "field_of_study", "field_code", "level_framework", "level_number", "credit_framework", "credits"),
            *("hours", "valid_for_days", "review_by", "prerequisites", "participation", "assessment_type"),
            *("supervision", "stackability", "cost", "rpl_allowed", "attempts_allowed", "coach_after", "service_days"),
            *("policy", "blind", "moderation_percent", "moderation_before"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial["tags"] = ", ".join(self.instance.tags)

    def clean_tags(self) -> list[str]:
        tags = list(dict.fromkeys(tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()))
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(_("Up to %(most)d tags.") % {"most": MOST_TAGS})
        if any(len(tag) > TAG_LENGTH for tag in tags):
            raise forms.ValidationError(_("A tag has up to %(most)d letters.") % {"most": TAG_LENGTH})
        return tags

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        framework, number = cleaned.get("level_framework"), cleaned.get("level_number")
        if framework and number and number > AchievementVersion.LEVELS[AchievementVersion.LevelFramework(framework)]:
            most = AchievementVersion.LEVELS[AchievementVersion.LevelFramework(framework)]
            self.add_error("level_number", _("Its levels run from 1 to %(most)d.") % {"most": most})
        if number and not framework:
            self.add_error("level_framework", _("Say which framework this level is from."))
        if cleaned.get("credits") and not cleaned.get("credit_framework"):
            self.add_error("credit_framework", _("Say whose credits these are."))
        return cleaned

    def clean_service_days(self) -> int:
        return self.cleaned_data["service_days"] or self.instance.service_days

    def clean_moderation_percent(self) -> int:
        return self.cleaned_data["moderation_percent"] or 0

    def clean_policy(self) -> str:
        return self.cleaned_data["policy"] or AchievementVersion.Policy.SINGLE


class OutcomesForm(DraftForm):
    outcomes = Words(
        label=_("Learning outcomes"),
        required=False,
        max_length=(OUTCOME_LENGTH + 2) * MOST_OUTCOMES,
        help_text=_("One a line. Begin with what somebody can be seen doing: shear, write, measure, explain."),
    )

    class Meta(DraftForm.Meta):
        fields = ("how_earned", "evidence_wanted")

    field_order = ("edition", "outcomes", "how_earned", "evidence_wanted")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcomes"].widget.attrs["rows"] = 5
        if not self.is_bound:
            self.initial["outcomes"] = "\n".join(one.text for one in self.instance.outcomes.all())

    def clean_outcomes(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["outcomes"].split("\n") if line.strip()]
        if len(lines) > MOST_OUTCOMES:
            raise forms.ValidationError(_("Up to %(most)d outcomes.") % {"most": MOST_OUTCOMES})
        if any(len(line) > OUTCOME_LENGTH for line in lines):
            raise forms.ValidationError(_("An outcome has up to %(most)d letters.") % {"most": OUTCOME_LENGTH})
        return lines


class CriterionForm(forms.Form):
    name = PlainText(label=_("Criterion"), max_length=200, required=False)
    description = Words(label=_("What it is about"), max_length=LONGEST, required=False)
    required = forms.BooleanField(label=_("Required"), required=False)
    required_level = forms.IntegerField(label=_("Level needed"), min_value=1, max_value=MOST_LEVELS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].widget.attrs["rows"] = 2


class LevelForm(forms.Form):
    name = PlainText(label=_("Name"), max_length=80, required=False)
    description = Words(label=_("What it looks like"), max_length=LONGEST, required=False)
    points = forms.DecimalField(label=_("Points"), max_digits=6, decimal_places=2, min_value=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].widget.attrs["rows"] = 3


class RequirementForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of evidence"), choices=EvidenceRequirement.Kind)
    at_least = forms.IntegerField(label=_("At least"), min_value=0, max_value=100, required=False)
    at_most = forms.IntegerField(label=_("At most"), min_value=1, max_value=100, required=False)
    most_words = forms.IntegerField(label=_("Words at most"), min_value=1, max_value=100_000, required=False)
    most_megabytes = forms.IntegerField(label=_("Megabytes at most"), min_value=1, max_value=10_000, required=False)
    instructions = Words(label=_("Instructions"), max_length=LONGEST, required=False)
    from_workplace = forms.BooleanField(label=_("From real work"), required=False)
    asks_consent = forms.BooleanField(label=_("Consent of people shown"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instructions"].widget.attrs["rows"] = 2

    def clean_at_least(self) -> int:
        least = self.cleaned_data["at_least"]
        return 1 if least is None else least

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        least, most = cleaned.get("at_least"), cleaned.get("at_most")
        if least is not None and most is not None and most < least:
            self.add_error("at_most", _("This is less than “at least”."))
        return cleaned


@dataclass
class Row:
    """The forms of one criterion: `number` counts from 1."""

    number: int
    form: CriterionForm
    levels: list[LevelForm] = field(default_factory=list)
    requirements: list[RequirementForm] = field(default_factory=list)

    @property
    def code(self) -> str:
        return f"c{self.number}"

    @property
    def needed(self) -> str:
        return str(self.form["required_level"].value() or 1)

    @property
    def forms(self) -> list[forms.Form]:
        return [self.form, *self.levels, *self.requirements]

    @property
    def has_errors(self) -> bool:
        return any(one.errors for one in self.forms)


class RubricForm:
    """The second step as one form: outcomes, then criteria with their levels and the evidence they ask for.

    Field names say where they belong (`c0-l2-description`), and `c-count`, `c0-l-count`, `c0-r-count` how many there
    are. Adding, moving and removing are buttons of the same form, so they need no script and lose nothing.
    """

    def __init__(self, version: AchievementVersion, data: Any = None) -> None:
        self.version, self.data = version, data
        self.head = OutcomesForm(data, instance=version, initial={"edition": version.edition})
        self.rows = (
            [self._row(at) for at in range(self._count("c", MOST_CRITERIA))] if data is not None else self._kept()
        )

    def is_valid(self) -> bool:
        # No short circuit: each form has to show what is wrong with it.
        return all([self.head.is_valid(), *(one.is_valid() for row in self.rows for one in row.forms)])

    @property
    def has_errors(self) -> bool:
        return self.data is not None and not self.is_valid()

    def criteria(self) -> list[dict[str, Any]]:
        """Rows for `verbs.write_rubric`; `was` is the place that each had."""
        return [
            {
                **row.form.cleaned_data,
                "was": row.number,
                "levels": [{**one.cleaned_data, "was": step} for step, one in enumerate(row.levels, start=1)],
                "requirements": [one.cleaned_data for one in row.requirements],
            }
            for row in self.rows
        ]

    def errors(self) -> list[str]:
        every = [self.head, *(one for row in self.rows for one in row.forms)]
        return [str(error) for one in every for errors in one.errors.values() for error in errors]

    def _row(self, at: int) -> Row:
        return Row(
            at + 1,
            CriterionForm(self.data, prefix=f"c{at}"),
            [LevelForm(self.data, prefix=f"c{at}-l{step}") for step in range(self._count(f"c{at}-l", MOST_LEVELS))],
            [
                RequirementForm(self.data, prefix=f"c{at}-r{place}")
                for place in range(self._count(f"c{at}-r", MOST_REQUIREMENTS))
            ],
        )

    def _count(self, name: str, most: int) -> int:
        value = self.data.get(f"{name}-count", "0")
        return min(int(value), most) if value.isascii() and value.isdigit() and len(value) < len("1000") else 0

    def _kept(self) -> list[Row]:
        return [
            Row(
                at + 1,
                CriterionForm(prefix=f"c{at}", initial=_values(criterion, CriterionForm)),
                [
                    LevelForm(prefix=f"c{at}-l{step}", initial=_values(level, LevelForm))
                    for step, level in enumerate(criterion.levels.all())
                ],
                [
                    RequirementForm(prefix=f"c{at}-r{place}", initial=_values(one, RequirementForm))
                    for place, one in enumerate(criterion.requirements.all())
                ],
            )
            for at, criterion in enumerate(self.version.criteria.all())
        ]


def rearranged(rows: list[dict[str, Any]], do: str) -> tuple[list[dict[str, Any]], str]:
    """The rows after a button of the form (`up-criterion:2`, `add-level:1`), and the id of what to look at next."""
    act, *where = do.split(":")
    places = [int(one) for one in where if one.isascii() and one.isdigit() and len(one) < len("1000")]
    at = places[0] - 1 if places else len(rows)
    inner = places[1] - 1 if len(places) > 1 else 0
    rows = [dict(row) for row in rows]
    if act == "add-criterion":
        rows.append(_new_criterion(rows))
        return rows, f"c{len(rows)}"
    if not 0 <= at < len(rows):
        return rows, "criteria"
    row = rows[at]
    if act == "remove-criterion":
        del rows[at]
        return rows, f"c{max(at, 1)}" if rows else "criteria"
    if act in ("up-criterion", "down-criterion"):
        to = min(max(at + (-1 if act.startswith("up") else 1), 0), len(rows) - 1)
        rows.insert(to, rows.pop(at))
        return rows, f"c{to + 1}"
    lists = {"level": "levels", "requirement": "requirements"}
    how, _dash, what = act.partition("-")
    if what in lists:
        inside = list(row[lists[what]])
        if how == "add":
            inside.append({"name": "", "description": ""} if what == "level" else {"kind": "any", "at_least": 1})
        elif how == "remove" and 0 <= inner < len(inside):
            del inside[inner]
            if what == "level" and inner + 1 < (row["required_level"] or 1):
                row["required_level"] -= 1  # the required level stays the same
        row[lists[what]] = inside
    return rows, f"c{at + 1}"


def _new_criterion(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A new criterion with the scale of the last: most rubrics have one scale."""
    scale = [level["name"] for level in rows[-1]["levels"]] if rows else [str(name) for name in FIRST_SCALE]
    needed = rows[-1]["required_level"] if rows else len(FIRST_SCALE) - 1
    levels = [{"name": name, "description": ""} for name in scale]
    return {
        "name": "",
        "description": "",
        "required": True,
        "required_level": needed,
        "levels": levels,
        "requirements": [],
    }


def _values(row: models.Model, asked: type[forms.Form]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in asked.base_fields}


class BeginForm(forms.Form):
    """A name, an issuer, and what to begin from."""

    name = PlainText(
        label=_("Name"), max_length=200, help_text=_("As it appears on the badge. You can change it later.")
    )
    issuer: forms.ModelChoiceField[Issuer] = forms.ModelChoiceField(
        label=_("Who issues it"), queryset=None, to_field_name="slug"
    )
    start = forms.ChoiceField(label=_("Begin with"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("A design from a file"), required=False, help_text=_("JSON that was exported here or elsewhere.")
    )

    def __init__(self, *args: Any, issuers: Any, starters: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "issuer", issuers)
        offer(self, "start", starters)
        self.initial.setdefault("start", starters[0][0])
        only: list[Issuer] = list(issuers[:2])
        if len(only) == 1:
            self.fields["issuer"].widget = forms.HiddenInput()
            self.initial.setdefault("issuer", only[0].slug)


class NoteForm(forms.Form):
    note = Words(label=_("Note"), max_length=LONGEST, required=False)


class CommentForm(forms.Form):
    """A comment about the whole, or about one criterion."""

    about: forms.ModelChoiceField[Criterion] = forms.ModelChoiceField(
        label=_("About"), queryset=None, to_field_name="position", required=False, empty_label=_("The whole")
    )
    text = Words(label=_("Comment"), max_length=LONGEST)

    def __init__(self, *args: Any, version: AchievementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "about", version.criteria.all())
        self.fields["text"].widget.attrs["rows"] = 3


def places_of(version: AchievementVersion) -> list[tuple[str, str]]:
    """What can be aligned with a skill: (code, words). The code of the whole is empty."""
    places = [("", str(_("The whole badge")))]
    for criterion in version.criteria.all():
        places.append((criterion.code, f"{criterion.position}. {criterion.name}"))
        places += [(f"{criterion.code}-l{level.position}", f"— {level.name}") for level in criterion.levels.all()]
    return places


def place_of(version: AchievementVersion, code: str) -> tuple[Criterion | None, Level | None]:
    """The criterion and the level that a code of `places_of` names; neither for the whole or an unknown code."""
    for criterion in version.criteria.all():
        if code == criterion.code:
            return criterion, None
        for level in criterion.levels.all():
            if code == f"{criterion.code}-l{level.position}":
                return criterion, level
    return None, None


class AlignForm(forms.Form):
    """A skill entered by hand, which no framework here has."""

    target_name = PlainText(label=_("Name"), max_length=500)
    target_url = WebAddress(label=_("Web address"), max_length=2000)
    target_code = PlainText(label=_("Code"), max_length=200, required=False)
    target_framework = PlainText(label=_("Framework"), max_length=300, required=False)
    place = forms.ChoiceField(label=_("What meets it"), required=False)

    def __init__(self, *args: Any, version: AchievementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", places_of(version))
