"""Forms to compose a badge's picture or upload one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.core.forms import PlainText
from apps.core.refused import Refused
from apps.issuers import art
from apps.issuers.art import glyphs, suggesting, uploads, wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from apps.issuers.art import BadgeWords
    from apps.issuers.models import AchievementVersion

# How many pictures are shown at once; the others are one click away.
NEAREST = 10


class Tile(NamedTuple):
    """One word to choose, by its picture. `found_by` are the words that find it."""

    value: str
    label: StrOrPromise
    is_chosen: bool
    picture: SafeString = SafeString("")
    found_by: str = ""


class Row(NamedTuple):
    """The choices for one word."""

    name: str
    legend: StrOrPromise
    hint: StrOrPromise
    tiles: Sequence[Tile]
    errors: Sequence[str]


class Group(NamedTuple):
    heading: StrOrPromise
    tiles: Sequence[Tile]


def _radios(names: Mapping[str, StrOrPromise], label: StrOrPromise, hint: StrOrPromise) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(names.items()), help_text=hint, widget=forms.RadioSelect)


class BadgeForm(forms.Form):
    """The words of a badge."""

    shape = _radios(
        *(wording.SHAPE, _("Shape")),
        _("Your house shape. Badges from one issuer share it, so people know them by outline."),
    )
    cloth = _radios(wording.CLOTH, _("Cloth"), _("One for each field of work."))
    ring = _radios(wording.RING, _("Ring"), _("The edge of the field. Your house ring, unless you change it."))
    ground = _radios(wording.GROUND, _("Ground"), _("What lies behind the picture."))
    icon = forms.ChoiceField(
        label=_("Picture"),
        choices=[(name, glyph.phrase) for name, glyph in glyphs.GLYPHS.items()],
        help_text=_("Choose a real object, not an idea."),
        widget=forms.RadioSelect,
    )
    ribbon = PlainText(
        label=_("Ribbon"),
        required=False,
        help_text=format_lazy(_("{most} letters or fewer. Leave it empty for none."), most=art.MOST_LETTERS),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 60}),
    )
    studs = forms.TypedChoiceField(
        label=_("Level studs"),
        coerce=int,
        required=False,
        help_text=_("One for each level, up to 5."),
        choices=[(0, _("None")), *((n, ngettext_lazy("%d stud", "%d studs", n) % n) for n in range(1, 6))],
    )
    kind = _radios(
        *(wording.KIND, _("What it stands for")),
        _("A stack has brass layers under it. A capstone has a brass edge and a star."),
    )

    def clean_studs(self) -> int:
        return self.cleaned_data["studs"] or 0

    def clean_ribbon(self) -> str:
        try:
            return art.ribbon_of(self.cleaned_data["ribbon"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def words(self, otherwise: BadgeWords) -> BadgeWords:
        """The words that were chosen; missing or unknown ones are those of `otherwise`."""
        self.is_valid()
        asked = set(BadgeForm.base_fields) & set(self.data)
        return replace(otherwise, **{name: value for name, value in self.cleaned_data.items() if name in asked})

    @property
    def rows(self) -> list[Row]:
        return [self._row(name) for name in ("shape", "cloth", "ring", "ground")]

    @property
    def kinds(self) -> Row:
        return self._row("kind")

    def _row(self, name: str) -> Row:
        field = self[name]
        offered = self.fields[name]
        choices: Any = offered.choices if isinstance(offered, forms.ChoiceField) else ()
        tiles = [
            Tile(value, label, value == field.value(), _picture(art.swatch(name, value))) for value, label in choices
        ]
        return Row(name, field.label, field.help_text, tiles, [str(error) for error in field.errors])


class DrawForm(BadgeForm):
    """A badge as it is to be saved, and what was searched for on the way."""

    alt = PlainText(
        label=_("What the picture shows"),
        required=False,
        max_length=300,
        help_text=_("For people who can't see it. If left empty, it is written from your choices."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    find = PlainText(label=_("Find a picture"), required=False, max_length=60)
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: AchievementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = (version.field_of_study, *map(str, version.tags), version.skill_sentence)
        chosen = glyphs.GLYPHS.get(str(self["icon"].value()))
        near = [
            *([chosen] if chosen else []),
            *suggesting.icons_for(version.name, *about)[:NEAREST],
            *suggesting.anywhere(),
        ]
        self._near = list(dict.fromkeys(near))[:NEAREST]

    @property
    def nearest(self) -> list[Tile]:
        """The picture that is chosen, and those that the title suggests."""
        return [self._tile(glyph) for glyph in self._near]

    @property
    def groups(self) -> list[Group]:
        """The others by subject, limited to what is searched for, if anything is."""
        shown = set(glyphs.found(self.looked_for)) - set(self._near)
        groups = (
            Group(heading, [self._tile(glyph) for glyph in group if glyph in shown]) for heading, group in glyphs.GROUPS
        )
        return [group for group in groups if group.tiles]

    @property
    def others(self) -> int:
        return len(glyphs.GLYPHS) - len(self._near)

    @property
    def looked_for(self) -> str:
        return str(self["find"].value() or "").strip()

    def _tile(self, glyph: glyphs.Glyph) -> Tile:
        is_chosen = self["icon"].value() == glyph.name
        return Tile(glyph.name, glyph.label, is_chosen, found_by=glyphs.haystack(glyph))


class UploadForm(forms.Form):
    """A picture of one's own; without a file, a new description of the present one."""

    upload = forms.FileField(
        label=_("Badge picture"),
        required=False,
        allow_empty_file=True,
        max_length=None,
        help_text=_("PNG, JPEG or SVG, about as wide as it is high, 400 pixels or more. Up to 2 MB."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/svg+xml"}),
    )
    alt = PlainText(
        label=_("What the picture shows"),
        max_length=300,
        help_text=_("For people who can't see it. It is signed with the badge."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)
    limit = uploads.MOST_BYTES

    def __init__(self, *args: Any, has_picture: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_picture = has_picture

    def clean_upload(self) -> bytes | None:
        """The bytes, at most one more than the limit: the verb says what is wrong with them."""
        upload = self.cleaned_data["upload"]
        if upload is None:
            if self.has_picture:
                return None
            raise forms.ValidationError(_("Choose a picture."))
        return bytes(upload.read(self.limit + 1))


def _picture(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308 - drawn by us from words of ours
