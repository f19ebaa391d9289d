"""Badge words as people read them, and a picture described in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.issuers.art.glyphs import GLYPHS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from apps.issuers.art.words import BadgeWords

KIND = {
    "single": gettext_lazy("Single badge"),
    "stack": gettext_lazy("Stack of badges"),
    "capstone": gettext_lazy("Capstone"),
}
SHAPE = {
    "disc": gettext_lazy("Disc"),
    "hexagon": gettext_lazy("Hexagon"),
    "octagon": gettext_lazy("Octagon"),
    "shield": gettext_lazy("Shield"),
    "arch": gettext_lazy("Arch"),
    "scallop": gettext_lazy("Scallop"),
}
RING = {
    "stitch": gettext_lazy("Stitch"),
    "rope": gettext_lazy("Rope"),
    "milled": gettext_lazy("Milled"),
    "double": gettext_lazy("Double"),
}
CLOTH = {
    "tarn": gettext_lazy("Tarn"),
    "saddle": gettext_lazy("Saddle"),
    "harbour": gettext_lazy("Harbour"),
    "moss": gettext_lazy("Moss"),
    "wine": gettext_lazy("Wine"),
    "slate": gettext_lazy("Slate"),
    "gorse": gettext_lazy("Gorse"),
    "clay": gettext_lazy("Clay"),
}
GROUND = {
    "plain": gettext_lazy("Plain"),
    "hills": gettext_lazy("Hills"),
    "rays": gettext_lazy("Rays"),
    "waves": gettext_lazy("Waves"),
    "weave": gettext_lazy("Weave"),
    "furrows": gettext_lazy("Furrows"),
    "dots": gettext_lazy("Dots"),
}
_COLOUR = {
    "tarn": gettext_lazy("tarn-green"),
    "saddle": gettext_lazy("saddle-brown"),
    "harbour": gettext_lazy("harbour-blue"),
    "moss": gettext_lazy("moss-green"),
    "wine": gettext_lazy("wine-red"),
    "slate": gettext_lazy("slate-grey"),
    "gorse": gettext_lazy("gorse-yellow"),
    "clay": gettext_lazy("clay-red"),
}
_FORM: dict[str, StrOrPromise] = {
    "disc": gettext_lazy("disc"),
    "hexagon": gettext_lazy("hexagon"),
    "octagon": gettext_lazy("octagon"),
    "shield": gettext_lazy("shield"),
    "arch": gettext_lazy("arch"),
    "scallop": gettext_lazy("scalloped disc"),
}


def describe(words: BadgeWords) -> str:
    """A description for those who can't see it: “A harbour-blue hexagon with shears, ribbon “SHEAR”, 3 studs” etc."""
    told = [
        _("A %(colour)s %(form)s with %(picture)s")
        % {"colour": _COLOUR[words.cloth], "form": _FORM[words.shape], "picture": GLYPHS[words.icon].phrase}
    ]
    if words.ribbon:
        told.append(_("ribbon “%(letters)s”") % {"letters": words.ribbon.upper()})
    if words.studs:
        told.append(ngettext("%(n)d stud", "%(n)d studs", words.studs) % {"n": words.studs})
    if words.kind == "stack":
        told.append(_("brass layers under it"))
    elif words.kind == "capstone":
        told.append(_("a brass edge and a star on top"))
    return f"{', '.join(told)}."
