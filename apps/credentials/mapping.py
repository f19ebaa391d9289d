"""Which column of a table holds what: guessed by its heading, kept for a corrected table, and what our own are called."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from apps.core.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

# What a column may hold. A name stands in one column or in two; evidence in any number of them.
FIELDS: dict[str, StrOrPromise] = {
    "address": gettext_lazy("E-mail address"),
    "name": gettext_lazy("Name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "narrative": gettext_lazy("Narrative"),
    "evidence": gettext_lazy("Evidence"),
    "valid_until": gettext_lazy("Valid until"),
    "language": gettext_lazy("Language"),
}
# Those of an empty table to begin with.
TEMPLATE = ("address", "name", "narrative", "evidence", "valid_until", "language")

# What they are called elsewhere: by other badge systems, learning platforms, forms, and people.
_CALLED = {
    "address": (
        *("email", "e-mail", "email address", "mail", "recipient", "recipient email", "recipient e-mail address"),
        *("recipient.email", "recipient address", "recipient identity", "recipient identifier", "earner email"),
        *("learner email", "student email", "issued to email", "user email", "identifier", "identity", "username"),
        *("īmēra", "wāhi īmēra", "wāhitau īmēra", "kaiwhiwhi", "īmēra a te kaiwhiwhi"),
        *("البريد", "البريد الإلكتروني", "بريد إلكتروني", "الإيميل", "المستلم", "بريد المستلم"),
    ),
    "name": (
        *("full name", "recipient name", "recipient.name", "earner name", "learner name", "student name", "learner"),
        *("student", "display name", "issued to", "issued to name", "person", "participant"),
        *("ingoa katoa", "ingoa o te kaiwhiwhi", "ingoa ākonga"),
        *("الاسم", "الاسم الكامل", "اسم المستلم", "اسم المتعلم", "اسم الطالب"),
    ),
    "first_name": (
        *(
            "first name",
            "firstname",
            "given name",
            "given names",
            "forename",
            "issued to first name",
            "recipient first name",
        ),
        *("ingoa tuatahi", "ingoa ake", "الاسم الأول"),
    ),
    "last_name": (
        *("last name", "lastname", "surname", "family name", "issued to last name", "recipient last name"),
        *("ingoa whānau", "ingoa whakamutunga", "اسم العائلة", "الاسم الأخير", "اللقب"),
    ),
    "narrative": (
        *("evidence narrative", "description", "comment", "comments", "note", "notes", "citation", "what they did"),
        *("kōrero", "whakamārama", "السرد", "الوصف", "ملاحظات"),
    ),
    "evidence": (
        *(
            "evidence url",
            "evidence link",
            "evidence address",
            "evidence id",
            "evidence urls",
            "evidence links",
            "proof",
        ),
        *("artefact", "artifact", "portfolio", "link", "url", "taunakitanga", "ngā taunakitanga", "hononga"),
        *("الدليل", "الأدلة", "دليل", "رابط الدليل", "رابط"),
    ),
    "valid_until": (
        *("expiry", "expiry date", "expires", "expires at", "expires on", "expiration", "expiration date"),
        *("credential.expired on", "expired on", "valid to", "valid till", "valid through", "end date", "until"),
        *("rā mutunga", "rā pau", "ka pau", "mana tae noa ki", "صالح حتى", "تاريخ الانتهاء", "ينتهي في"),
    ),
    "language": (*("lang", "locale", "preferred language", "language code", "reo", "te reo", "اللغة", "لغة"),),
}


def guess(names: Sequence[str], first: Sequence[Sequence[str]]) -> dict[str, Any]:
    """What each column may hold, by its heading: {field: number of the column from 0}; of evidence a list of numbers.

    Where no heading tells of addresses, the first column of nothing but addresses is taken.
    """
    known = _known()
    mapping: dict[str, Any] = {}
    for number, name in enumerate(names):
        field = known.get(_bare(name)) or (
            "evidence" if known.get(_bare(name).rstrip("0123456789")) == "evidence" else ""
        )
        if field == "evidence":
            mapping.setdefault("evidence", []).append(number)
        elif field:
            mapping.setdefault(field, number)
    if "address" not in mapping:
        taken = columns_of(mapping)
        for number, values in enumerate(first):
            filled = [value for value in values if value]
            if number not in taken and filled and all(map(is_address, filled)):
                mapping["address"] = number
                break
    if "name" in mapping:
        mapping.pop("first_name", None)
        mapping.pop("last_name", None)
    return mapping


def kept(mapping: Mapping[str, Any], before: Sequence[str], names: Sequence[str]) -> dict[str, Any] | None:
    """The same mapping for a table whose columns have the same names, wherever they stand; None where one is missing.

    Of several columns of one name the first is the first, and so on.
    """
    places = {key: number for number, key in enumerate(_counted(names))}
    keys = _counted(before)
    there = {number: places.get(keys[number]) for number in columns_of(mapping)}
    if None in there.values():
        return None
    return {
        field: [there[one] for one in number] if isinstance(number, list) else there[number]
        for field, number in mapping.items()
    }


def refuse_unfit(mapping: Mapping[str, Any], width: int) -> None:
    """Raises Refused for what names no person, or no column of `width`."""
    if any(not 0 <= number < width for number in columns_of(mapping)) or not mapping.keys() <= FIELDS.keys():
        raise Refused(_("This table has no such column."))
    if "address" not in mapping:
        raise Refused(_("Say which column holds the e-mail addresses."))
    halves = mapping.keys() & {"first_name", "last_name"}
    if "name" not in mapping and not halves:
        raise Refused(_("Say which column holds the names."))
    if "name" in mapping and halves:
        raise Refused(_("Put the name in one column or in two, not both."))
    if len(set(columns_of(mapping))) < len(columns_of(mapping)):
        raise Refused(_("A column holds one thing only."))


def columns_of(mapping: Mapping[str, Any]) -> list[int]:
    return [one for number in mapping.values() for one in (number if isinstance(number, list) else [number])]


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def letter(number: int) -> str:
    """What spreadsheets call a column, by its number from 0."""
    first, last = divmod(number, 26)
    return (letter(first - 1) if first else "") + chr(ord("A") + last)


# --- our own columns --------------------------------------------------------------------------------------------------
def own_headings() -> tuple[str, ...]:
    """What a report adds behind the columns of a table: the line, how it stands, what to do, and the badge's address."""
    return pgettext("row", "Line"), pgettext("row", "State"), pgettext("row", "What to do"), pgettext("row", "Badge")


def without_own(names: Sequence[str]) -> int:
    """How many columns are the table's own: those of a report of ours, in whatever language, stand behind them."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            ours = list(own_headings())
        if len(names) > len(ours) and list(names[-len(ours) :]) == ours:
            return len(names) - len(ours)
    return len(names)


# --- names ------------------------------------------------------------------------------------------------------------
@cache
def _known() -> dict[str, str]:
    """Field by what a heading comes to. Ours count in every language, for a template is given in the reader's own."""
    known = {_bare(name): field for field, names in _CALLED.items() for name in names}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {_bare(str(word)): field for field, word in FIELDS.items()}
    return known


def _bare(name: str) -> str:
    """Without capitals, signs above letters, blanks and whatever stands in brackets."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)|\[.*?\]", "", name).casefold())
    return "".join(sign for sign in plain if sign.isalnum())


def _counted(names: Sequence[str]) -> list[tuple[str, int]]:
    """Each name with how often it stood before."""
    seen: dict[str, int] = {}
    counted = []
    for name in names:
        counted.append((name, seen.get(name, 0)))
        seen[name] = seen.get(name, 0) + 1
    return counted
