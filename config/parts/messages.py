"""`make messages`: update the translation catalogues from the code, without a system package.

New strings are added empty, removed strings are dropped, nothing is guessed ("fuzzy" is never used). A catalogue
holds exactly what its language must translate (SPOKEN), in the order of the files, without line numbers, so that
branches merge easily. `tests/architecture/test_languages.py` fails while a catalogue is outdated or has an empty
translation.

A translator's comment (`# …`) may contain two markers: `review: why` for a translation that we doubt, and `reviewed:
who, when` for one that a speaker has read. docs/languages.md lists both.
"""

from __future__ import annotations

import io
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import django
import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from config.parts import catalogues
from config.parts.bootstrap import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = tuple[str, str, str]  # context, string, plural string


class Spoken(NamedTuple):
    """What a language must translate in full: every marked string below `paths`, except below `left_out` (path: why)."""

    plurals: str
    paths: tuple[str, ...]
    left_out: dict[str, str]


IMPORTING = (
    "apps/frameworks/forms.py",
    "apps/frameworks/importers",
    "apps/frameworks/verbs.py",
    "apps/frameworks/views.py",
    "templates/frameworks/_import.html",
    "templates/frameworks/import.html",
    "templates/frameworks/imports.html",
    "templates/frameworks/retire.html",
    "templates/frameworks/upload.html",
)
DESIGNING = (
    "apps/reviews/audit.py",
    "apps/reviews/forms/audit.py",
    "templates/reviews/audit_trail.html",
    "apps/credentials/views/desk.py",
    "apps/credentials/api/",
    "apps/issuers/art",
    "apps/issuers/exchange.py",
    "apps/issuers/forms",
    "apps/issuers/linter.py",
    "apps/core/pictures.py",
    "apps/issuers/queries",
    "apps/issuers/starters.py",
    "apps/issuers/verbs/designs.py",
    "apps/issuers/verbs/drafts.py",
    "apps/issuers/verbs/organisations.py",
    "apps/issuers/verbs/pictures.py",
    "apps/issuers/verbs/publishing.py",
    "apps/issuers/views/composer.py",
    "apps/issuers/views/designs.py",
    "apps/issuers/views/skills.py",
    "templates/credentials/accept_endorsement.html",
    "templates/credentials/decline_endorsement.html",
    "templates/credentials/desk",
    "templates/issuers/composer",
    "templates/issuers/designs/_bar.html",
    "templates/issuers/designs/_comments.html",
    "templates/issuers/designs/_criterion.html",
    "templates/issuers/designs/_preview.html",
    "templates/issuers/designs/_remarks.html",
    "templates/issuers/designs/_side.html",
    "templates/issuers/designs/_steps.html",
    "templates/issuers/designs/align.html",
    "templates/issuers/designs/begin.html",
    "templates/issuers/designs/design.html",
    "templates/issuers/designs/designs.html",
    "templates/issuers/designs/focus.html",
    "templates/issuers/designs/metadata.html",
    "templates/issuers/designs/outcomes.html",
    "templates/issuers/designs/ready.html",
    "templates/issuers/organisations/_nav.html",
    "templates/issuers/organisations/approvals.html",
    "templates/issuers/organisations/edit_issuer.html",
    "templates/issuers/organisations/found.html",
    "templates/issuers/organisations/invite_owner.html",
    "templates/issuers/organisations/leave.html",
    "templates/issuers/organisations/organisation.html",
    "templates/issuers/organisations/organisations.html",
    "templates/issuers/organisations/people.html",
    "templates/issuers/organisations/place.html",
    "templates/issuers/organisations/seat.html",
    "templates/issuers/organisations/set_logo.html",
    "templates/mail/endorsement_asked.html",
    "templates/mail/endorsement_asked.txt",
    "templates/mail/endorsement_asked.line.txt",
    "templates/mail/endorsement_asked.subject.txt",
    "templates/mail/design_waits.html",
    "templates/mail/design_waits.txt",
    "templates/mail/design_waits.line.txt",
    "templates/mail/design_waits.subject.txt",
    "templates/mail/design_answered.html",
    "templates/mail/design_answered.txt",
    "templates/mail/design_answered.line.txt",
    "templates/mail/design_answered.subject.txt",
    "templates/mail/review_due.html",
    "templates/mail/review_due.txt",
    "templates/mail/review_due.line.txt",
    "templates/mail/review_due.subject.txt",
    "templates/reviews/preview_design.html",
)
SPOKEN = {
    "mi": Spoken(
        plurals="nplurals=2; plural=(n > 1);",
        paths=("apps", "config", "templates"),
        left_out={
            "apps/accounts/admin.py": "Django's admin",
            "apps/core/health.py": "the operator's doctor",
            "apps/core/models.py": "jobs and events, seen in the operator's admin alone",
            "apps/core/styleguide.py": "the guide to components, which production does not have",
            "apps/demo": "what the demo says to its operator",
            "apps/issuers/admin.py": "Django's admin",
            "apps/issuers/api.py": "answers to programs",
            "templates/backpacks/home/operator.html": "the operator's home",
            "templates/components/health_list.html": "the operator's doctor",
            "templates/core/doctor.html": "the operator's doctor",
            "templates/core/styleguide.html": "the guide to components, which production does not have",
            "templates/notices/kept_letter.html": "an installation that sends no letters",
            "templates/notices/kept_letters.html": "an installation that sends no letters",
            **dict.fromkeys(IMPORTING, "importing a framework, an operator's act"),
            **dict.fromkeys(DESIGNING, "the work of designers and owners, not of learners and visitors"),
        },
    ),
    "ar": Spoken(
        plurals=(
            "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
        ),
        paths=(
            "apps/accounts",
            "apps/core/context.py",
            "apps/core/pills.py",
            "apps/core/templatetags",
            "apps/core/text.py",
            "apps/core/views.py",
            "apps/issuers/models/achievements.py",
            "apps/notices/adapter.py",
            "config",
            "templates/400.html",
            "templates/403.html",
            "templates/403_csrf.html",
            "templates/404.html",
            "templates/405.html",
            "templates/410.html",
            "templates/413.html",
            "templates/429.html",
            "templates/500.html",
            "templates/503.html",
            "templates/account",
            "templates/accounts",
            "templates/allauth",
            "templates/backpacks/home/visitor.html",
            "templates/bare.html",
            "templates/base.html",
            "templates/bootstrap5",
            "templates/components",
            "templates/core/help.html",
            "templates/issuers/_version_card.html",
            "templates/mfa",
            "templates/shell",
        ),
        left_out={
            "apps/accounts/admin.py": "Django's admin",
            "templates/components/health_list.html": "the operator's doctor",
        },
    ),
}

# Strings of Django and allauth that people read here: file or folder, and which of its strings (if none are named,
# all). A language holds those that neither Django nor allauth translates: `mi` all, `ar` a few.
FRAMEWORK: dict[str, tuple[str, ...]] = {
    "django/forms/boundfield.py": (),
    "django/forms/fields.py": (),
    "django/forms/forms.py": (),
    "django/forms/models.py": (
        "Select a valid choice. That choice is not one of the available choices.",
        "“%(pk)s” is not a valid value.",
    ),
    "django/forms/utils.py": (),
    "django/forms/widgets.py": (),
    "django/core/validators.py": (),
    "django/core/paginator.py": (),
    "django/db/models/base.py": (),
    "django/db/models/fields/__init__.py": (
        "Value %(value)r is not a valid choice.",
        "This field cannot be null.",
        "This field cannot be blank.",
        "%(model_name)s with this %(field_label)s already exists.",
    ),
    "django/contrib/auth/password_validation.py": (),
    "django/contrib/postgres/fields/array.py": ("Item %(nth)s in the array did not validate:",),
    "django/template/defaultfilters.py": (),
    "django/utils/dateformat.py": (),
    "django/utils/dates.py": (),
    "django/utils/text.py": (),
    "django/utils/timesince.py": (),
    "allauth/account/adapter.py": (),
    "allauth/account/fields.py": (),
    "allauth/account/forms.py": (),
    "allauth/mfa/adapter.py": (),
    "allauth/mfa/base/forms.py": (),
    "allauth/mfa/models.py": (),
    "allauth/mfa/totp/forms.py": (),
    "allauth/mfa/webauthn/forms.py": (),
    "allauth/templates/account/messages": (),
    "allauth/templates/mfa/messages": (),
    "allauth/templates/usersessions/messages": (),
}
PACKAGES = Path(django.__file__).resolve().parent.parent
CATALOGUES_OF_OTHERS = ("django/conf/locale", "django/contrib/auth/locale", "allauth/locale")

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
DOCUMENT = ROOT / "docs" / "languages.md"
BEGIN, END = "<!-- made by `make messages`: begin -->\n", "<!-- made by `make messages`: end -->\n"


@cache
def strings_in(path: Path) -> list[tuple[Key, list[str]]]:
    """The strings that a file marks for translation, in order, with the comments meant for translators."""
    source = path.read_text()
    if path.suffix != ".py":
        if "{%" not in source and "{{" not in source:
            return []
        # Django turns a template into Python for xgettext, which ignores indentation; a tokenizer doesn't.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())
    found = []
    for _line, words, comments, context in extract(
        "python", io.BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=["Translators"]
    ):
        one, many = words if isinstance(words, tuple) else (words, "")
        found.append(((context or "", one, many), comments))
    return found


def files_below(root: Path, path: str) -> list[Path]:
    """The files below a path that may mark strings. Raises FileNotFoundError for a path that doesn't exist."""
    start = root / path
    if not start.exists():
        message = f"{path} is named in config/parts/messages.py and is not there."
        raise FileNotFoundError(message)
    files = [start] if start.is_file() else sorted(start.rglob("*"))
    return [one for one in files if one.is_file() and one.suffix in {".py", ".html", ".txt"} and one.name != "tests.py"]


def own_entries(language: str) -> list[polib.POEntry]:
    """Every string of ours that this language must translate, untranslated."""
    spoken = SPOKEN[language]
    left_out = {file for path in spoken.left_out for file in files_below(ROOT, path)}
    files = sorted({file for path in spoken.paths for file in files_below(ROOT, path)} - left_out)
    return _entries((file.relative_to(ROOT).as_posix(), strings_in(file)) for file in files)


def framework_entries(language: str) -> list[polib.POEntry]:
    """Strings of Django and allauth that they don't translate into this language. Templates that we override count as
    ours.
    """
    theirs = {key for path in CATALOGUES_OF_OTHERS for key in _said(PACKAGES / path / language)}
    ours = {_key(entry) for entry in own_entries(language)}
    found: dict[str, list[tuple[Key, list[str]]]] = {}
    for path, only in FRAMEWORK.items():
        for file in files_below(PACKAGES, path):
            name = file.relative_to(PACKAGES).as_posix()
            if (ROOT / name.removeprefix("allauth/")).is_file():
                continue
            found[name] = [
                (key, comments)
                for key, comments in strings_in(file)
                if key not in theirs | ours and (not only or key[1] in only)
            ]
    return _entries(iter(found.items()))


def _said(folder: Path) -> Iterator[Key]:
    for path in folder.glob("LC_MESSAGES/*.po"):
        for entry in polib.pofile(str(path)).translated_entries():
            yield _key(entry)


def _key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def _entries(files: Iterator[tuple[str, list[tuple[Key, list[str]]]]]) -> list[polib.POEntry]:
    entries: dict[tuple[str, str], polib.POEntry] = {}
    for name, strings in files:
        for (context, one, many), comments in strings:
            entry = entries.setdefault((context, one), polib.POEntry(msgctxt=context or None, msgid=one))
            entry.msgid_plural = entry.msgid_plural or many
            entry.comment = entry.comment or "\n".join(comments)
            if (name, "") not in entry.occurrences:
                entry.occurrences.append((name, ""))
    for entry in entries.values():
        words = entry.msgid + (entry.msgid_plural or "")
        if re.search(r"%(\(\w+\))?[sdr]", words):
            entry.flags.append("python-format")
        elif re.search(r"\{\w+\}", words):
            entry.flags.append("python-brace-format")
    return list(entries.values())


def wanted(language: str) -> dict[str, polib.POFile]:
    """The catalogues as they should be: every string, with the existing translations."""
    files = {}
    for name, entries in (("django", own_entries(language)), ("framework", framework_entries(language))):
        path = catalogues.LOCALE / language / "LC_MESSAGES" / f"{name}.po"
        have = {_key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
        file = polib.POFile(wrapwidth=0)
        file.header = f"{'Satchel' if name == 'django' else 'Django and allauth'}, {language}. See docs/languages.md."
        file.metadata = {
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": SPOKEN[language].plurals,
        }
        number = int(re.findall(r"nplurals=(\d)", SPOKEN[language].plurals)[0])
        for entry in entries:
            before = have.get(_key(entry))
            if entry.msgid_plural:
                entry.msgstr_plural = dict(before.msgstr_plural) if before else dict.fromkeys(range(number), "")
            elif before:
                entry.msgstr = before.msgstr
            entry.tcomment = before.tcomment if before else ""
            file.append(entry)
        files[name] = file
    return files


def is_said(entry: polib.POEntry) -> bool:
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def told() -> str:
    """docs/languages.md, with its generated part updated from the catalogues."""
    lines = ["| language | strings | read by a speaker | doubted |\n", "|---|---|---|---|\n"]
    doubts = []
    for language in SPOKEN:
        entries = [entry for file in wanted(language).values() for entry in file]
        doubted = [entry for entry in entries if "review:" in entry.tcomment]
        read = sum("reviewed:" in entry.tcomment for entry in entries)
        lines.append(f"| `{language}` | {len(entries)} | {read} | {len(doubted)} |\n")
        doubts += [f"\n### Doubted in `{language}`\n\n"] if doubted else []
        doubts += [_doubt(entry) for entry in doubted]
    before, _begin, rest = DOCUMENT.read_text().partition(BEGIN)
    _made, _end, after = rest.partition(END)
    return "".join([before, BEGIN, *lines, *doubts, END, after])


def _doubt(entry: polib.POEntry) -> str:
    said = list(entry.msgstr_plural.values())[-1] if entry.msgid_plural else entry.msgstr
    why = entry.tcomment.partition("review:")[2].partition("\n")[0].strip()
    return f"- “{' '.join(entry.msgid.split())}” → “{' '.join(said.split())}”: {why}\n"


def main() -> None:
    for language in SPOKEN:
        folder = catalogues.LOCALE / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        for name, file in wanted(language).items():
            path = folder / f"{name}.po"
            before = polib.pofile(str(path)) if path.exists() else polib.POFile()
            have, want = ({_key(entry): entry for entry in one} for one in (before, file))
            file.save(str(path))
            new, gone = (len(want.keys() - have.keys()), len(have.keys() - want.keys()))
            empty = [entry for entry in file if not is_said(entry)]
            print(f"  {language} {name}: {len(file)} strings, {new} new, {gone} gone, {len(empty)} not translated")
            for entry in empty:
                print(f"    {entry.msgid!r}")
    DOCUMENT.write_text(told())
    catalogues.main()
    sys.exit(0)


if __name__ == "__main__":
    main()
