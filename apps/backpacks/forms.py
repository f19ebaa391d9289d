"""The forms in which earners describe what they keep and choose how to show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.backpacks.models import Block, Collection
from apps.backpacks.unpacking import is_zip, refuse_large
from apps.core.forms import PlainText, Words, day_field, offer
from apps.credentials.forms import GivenForm
from apps.credentials.verbs import clean_name
from apps.pathways.forms.recognition import WhichAgreementForm
from apps.pathways.verbs import Chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.pathways.queries import Basis

Kind = Block.Kind


class NoteForm(forms.Form):
    tags = PlainText(label=_("Tags"), required=False, max_length=900, help_text=_("With commas between them."))
    note = Words(
        label=_("Note"),
        required=False,
        max_length=5_000,
        help_text=_("Only you read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_tags(self) -> list[str]:
        return [one.strip() for one in self.cleaned_data["tags"].split(",")]


class DeclareForm(forms.Form):
    name = PlainText(label=_("What it is called"), max_length=200)
    issuer_name = PlainText(label=_("Who gave it"), max_length=200)
    earned_on = day_field(_("When"))
    ends_on = day_field(_("Runs out"), required=False, help_text=_("Leave it empty if it has no end."))
    words = Words(
        label=_("About it"),
        required=False,
        max_length=5_000,
        help_text=_("What you did for it. Markdown works."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    picture = forms.FileField(
        label=_("Picture of it"),
        required=False,
        help_text=_(
            "A photograph or scan: PNG, JPEG or WebP. Anyone who sees it in a collection sees everything on it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )


class ImportForm(GivenForm):
    """Badges from elsewhere: files, an archive of them, addresses and pasted text, all at once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["picture"].label = _("Badge files, or a ZIP of them")
        self.fields["picture"].help_text = _("PNG, SVG, JSON or JWT, as many as 200 at once.")

    def given(self) -> tuple[list[tuple[str, bytes]], list[str]]:
        """The files and addresses. A single archive that is too large is refused first, with its own message."""
        for upload in self.cleaned_data["picture"]:
            if is_zip(upload.read(4)):
                refuse_large(clean_name(upload.name), upload.size)
            upload.seek(0)
        return super().given()


class KeepAsToldForm(DeclareForm):
    """A badge that can't be checked, for its holder to declare. `use_picture`: use the picture that was given."""

    use_picture = forms.BooleanField(label=_("Show the picture that you gave"), required=False, initial=True)

    def __init__(self, *args: Any, has_picture: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not has_picture:
            del self.fields["use_picture"]


class CollectionForm(forms.Form):
    title = PlainText(label=_("Title"), max_length=200, help_text=_("What these have in common."))
    story = Words(
        label=_("Story"),
        required=False,
        max_length=10_000,
        help_text=_("A few sentences for the people who open it. Markdown works."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    layout = forms.ChoiceField(
        label=_("How the badges are arranged"),
        choices=Collection.Layout.choices,
        initial=Collection.Layout.POCKETS,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_layout(self) -> str:
        return self.cleaned_data["layout"] or Collection.Layout.POCKETS


class EditCollectionForm(CollectionForm):
    shows_name = forms.BooleanField(
        label=_("Your name on it"),
        required=False,
        help_text=_(
            "If not, neither the page nor any badge on it says who you are, and it is not listed on your public page. Your own words, pictures and evidence stay as they are."
        ),
    )


class CoverForm(forms.Form):
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG or WebP, up to 5 MB. Leave it empty to show none."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    alt = PlainText(
        label=_("What the picture shows"),
        required=False,
        max_length=300,
        help_text=_("For people who can’t see it."),
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("picture") and not told.get("alt"):
            self.add_error("alt", _("Say what the picture shows, for people who can’t see it."))
        return told


class WordsForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=[(one.value, one.label) for one in (Kind.TEXT, Kind.HEADING)])
    words = Words(
        label=_("Words"), max_length=10_000, help_text=_("Markdown works."), widget=forms.Textarea(attrs={"rows": 3})
    )


class BlockForm(forms.Form):
    """A badge's size, caption and switches; or the text of a text block."""

    kind = forms.ChoiceField(label=_("Size"), widget=forms.RadioSelect)
    words = Words(label=_("Caption"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    shows_name = forms.BooleanField(label=_("Your name on it"), required=False)
    shows_result = forms.BooleanField(label=_("The rubric result"), required=False)
    shows_evidence = forms.BooleanField(
        label=_("Evidence"), required=False, help_text=_("The pieces that you show with this badge, and no others.")
    )

    def __init__(self, *args: Any, block: Block, **options: Any) -> None:
        names = ("kind", "words", "shows_name", "shows_result", "shows_evidence")
        super().__init__(*args, **options)
        self.initial = {name: getattr(block, name) for name in names}
        is_badge = block.item is not None
        kinds = (Kind.SMALL, Kind.LARGE) if is_badge else (Kind.TEXT, Kind.HEADING)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [(one.value, one.label) for one in kinds]
        self.fields["words"].required = not is_badge
        if not is_badge:
            self.fields["words"].label = _("Words")
        if block.item is None or block.item.kind != block.item.Kind.EARNED:
            del self.fields["shows_result"], self.fields["shows_evidence"]
        if not is_badge or not block.collection.shows_name:  # there is no name to switch on
            del self.fields["shows_name"]


class ShareForm(forms.Form):
    name = PlainText(
        label=_("For whom"),
        required=False,
        max_length=100,
        help_text=_("Only you read it: each link has its own count, and can be withdrawn separately."),
    )
    until = day_field(
        _("Until"), required=False, help_text=_("The link shows nothing after this day. Leave it empty for no end.")
    )
    hides_name = forms.BooleanField(
        label=_("Without your name"), required=False, help_text=_("Nothing opened by this link says whose it is.")
    )
    hides_evidence = forms.BooleanField(
        label=_("Without evidence"), required=False, help_text=_("No piece of your work can be opened by this link.")
    )

    def __init__(self, *args: Any, collection: Collection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not collection.shows_name:  # no name to keep back
            del self.fields["hides_name"]


class PublishForm(forms.Form):
    may_be_found = forms.BooleanField(
        label=_("Search engines may list it"),
        required=False,
        help_text=_("Without this they are asked to stay away."),
    )


class ProfileForm(forms.Form):
    handle = PlainText(
        label=_("Address"), max_length=40, help_text=_("The end of it: 3 to 40 letters a to z, digits, hyphens.")
    )
    headline = PlainText(label=_("Headline"), required=False, max_length=200, help_text=_("One line under your name."))
    about = Words(
        label=_("About you"),
        required=False,
        max_length=10_000,
        help_text=_("Markdown works."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    shows_skills = forms.BooleanField(
        label=_("Show your skills"),
        required=False,
        help_text=_("Those behind badges in your public collections, and no others."),
    )


class DiscloseForm(forms.Form):
    """What others see of a credential; `pieces` are its evidence, as pairs of public id and name."""

    name = forms.BooleanField(label=_("Your name"), required=False)
    words = forms.BooleanField(
        label=_("What the assessor wrote to you"),
        required=False,
        help_text=_("On each criterion, and the note with the decision. The assessor's name is never shown."),
    )
    evidence = forms.MultipleChoiceField(
        label=_("Pieces of your evidence"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A piece opens just as you handed it in: look for names and places in it first."),
    )

    def __init__(self, *args: Any, pieces: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["evidence"]
        if pieces and isinstance(field, forms.MultipleChoiceField):
            field.choices = pieces
        else:
            del self.fields["evidence"]


class RequestCreditForm(WhichAgreementForm):
    """A request for credit, with what goes along for each credential; `pieces` are pairs of public id and name."""

    def __init__(
        self, *args: Any, bases: Sequence[Basis], pieces: Sequence[Sequence[tuple[str, str]]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._bases = list(bases)
        for number, (basis, its_pieces) in enumerate(zip(bases, pieces, strict=True), start=1):
            self.fields[f"result_{number}"] = forms.BooleanField(
                label=_("With the rubric result and the signed file") if basis.credential else _("With its file"),
                required=False,
                initial=True,
                help_text=""
                if basis.credential
                else _("A file from elsewhere may hold the address that it was awarded to."),
            )
            if its_pieces:
                self.fields[f"evidence_{number}"] = forms.MultipleChoiceField(
                    label=_("Pieces of your evidence"),
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    help_text=_("A piece opens just as you handed it in: look for names and places in it first."),
                )
                offer(self, f"evidence_{number}", its_pieces)

    def chosen(self) -> list[Chosen]:
        """What was chosen for each credential, in their order."""
        said = self.cleaned_data
        return [
            Chosen(basis, said[f"result_{number}"], tuple(said.get(f"evidence_{number}", ())))
            for number, basis in enumerate(self._bases, start=1)
        ]
