"""What other languages say is complete, current, and fits where it stands."""

import re
from collections import Counter, defaultdict
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils import translation
from django.utils.translation import get_language_info, gettext, ngettext

from config.parts import catalogues, messages

ROOT = Path(settings.ROOT)
LANGUAGES = list(messages.SPOKEN)
NAMES = ("django", "framework")


def entries(language):
    for name in NAMES:
        path = catalogues.LOCALE / language / "LC_MESSAGES" / f"{name}.po"
        for entry in polib.pofile(str(path)):
            yield name, entry


def said(entry):
    """Each English form with each form of its translation."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgid, entry.msgstr)]
    return [(entry.msgid, entry.msgid_plural, words) for words in entry.msgstr_plural.values()]


def placeholders(text):
    return Counter(re.findall(r"%\(\w+\)[sdr]|%[sdr]|%%|(?<!%)\{\w+\}", text))


def tags(text):
    return Counter(re.findall(r"</?[a-z]+[^<>]*>", text))


def test_every_language_has_a_name_and_a_catalogue():
    assert [code for code, _name in settings.LANGUAGES] == ["en", *LANGUAGES]
    assert catalogues.languages() == sorted(LANGUAGES)
    assert {code: get_language_info(code)["name_local"] for code in LANGUAGES} == {
        "mi": "Te reo Māori",
        "ar": "العربيّة",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_exactly_what_the_code_marks(language):
    for name, wanted in messages.wanted(language).items():
        path = catalogues.LOCALE / language / "LC_MESSAGES" / f"{name}.po"
        have = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(path))}
        want = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in wanted}
        assert (sorted(map(str, want - have)), sorted(map(str, have - want))) == ([], []), "run `make messages`"


def test_one_and_the_same_singular_has_one_plural():
    # A catalogue finds a plural by its singular: of two, one would be asked for what the other is given.
    plurals = defaultdict(set)
    for path in ("apps", "config", "templates"):
        for file in messages.files_below(ROOT, path):
            for (context, one, many), _comments in messages.strings_in(file):
                plurals[context, one] |= {many} - {""}

    assert {one: many for one, many in plurals.items() if len(many) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_unsaid_and_nothing_is_guessed(language):
    unsaid = [entry.msgid for _name, entry in entries(language) if not messages.is_said(entry)]
    guessed = [entry.msgid for _name, entry in entries(language) if entry.fuzzy or entry.obsolete]
    assert (unsaid, guessed) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_and_tags_of_its_words(language):
    wrong = []
    for _name, entry in entries(language):
        for one, many, words in said(entry):
            wants = [placeholders(one), placeholders(many)]
            if entry.msgid_plural and sum(placeholders(words).values()) < sum(wants[1].values()):
                # A form for one number alone may say it in a word.
                wants += [wants[1] - Counter([number]) for number in wants[1]]
            if placeholders(words) not in wants or tags(words) not in (tags(one), tags(many)):
                wrong.append(words)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_as_its_words_do(language):
    def edges(text):
        return (text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :])

    wrong = [
        words for _name, entry in entries(language) for one, _many, words in said(entry) if edges(one) != edges(words)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_a_plural_is_said_and_each_number_finds_its_own(language):
    number = int(re.search(r"nplurals=(\d)", messages.SPOKEN[language].plurals)[1])
    forms = {len(entry.msgstr_plural) for _name, entry in entries(language) if entry.msgid_plural}
    assert forms == {number}
    with translation.override(language):
        found = [ngettext("%(n)s badge", "%(n)s badges", n) % {"n": n} for n in (1, 2, 5)]
    if language == "mi":
        assert found == ["1 te tohu", "2 ngā tohu", "5 ngā tohu"]


def test_words_are_read_from_both_files_and_ours_win():
    with translation.override("mi"):
        assert gettext("This field is required.") == "Me whakakī tēnei āpure."
        assert gettext("Hand in") == "Tukuna"
    with translation.override("ar"):
        assert gettext("This field is required.") == "هذا الحقل مطلوب."
        assert gettext("Sign in") == "تسجيل الدخول"


def test_what_awaits_a_speaker_is_told_in_the_document():
    assert messages.DOCUMENT.read_text() == messages.told(), "run `make messages`"


def test_a_stale_catalogue_is_compiled_again(tmp_path, monkeypatch):
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    for name, words in (("framework", "theirs"), ("django", "ours")):
        file = polib.POFile()
        file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
        file.extend([polib.POEntry(msgid="both", msgstr=words), polib.POEntry(msgid=name, msgstr=words)])
        file.append(polib.POEntry(msgid=f"empty {name}", msgstr=""))
        file.save(str(folder / f"{name}.po"))
    catalogues.compile_stale()
    made = polib.mofile(str(folder / "django.mo"))
    assert {entry.msgid: entry.msgstr for entry in made} == {"both": "ours", "django": "ours", "framework": "theirs"}
    (folder / "django.mo").write_bytes(b"")
    catalogues.compile_stale()
    assert (folder / "django.mo").read_bytes() == b""
    catalogues.main()
    assert len(polib.mofile(str(folder / "django.mo"))) == 3


# --- what is not marked ---------------------------------------------------------------------------------------------
# Attributes that are read out or shown; those of our scripts hold words when they are called so.
READ = r'\b(?:aria-label|alt|title|placeholder|label|summary|data-(?:some|none|done|words))\s*=\s*"([^"]*)"'
# The same in every language.
NAMES_OF_THINGS = {
    *("Satchel", "https://", "· Satchel", "SVG", "VC-JWT", "Open Badges 2.0", "Open Badges 2.0, PNG"),
    *("SHA-256:", "· SHA-256", "example.org/badges/1", "CSV", "JSON"),
    *("Esc", "Shift"),  # as it stands on the keys
}


def unmarked(source):
    """Text of a template that people would read in English in every language."""
    words, text, inside = [], [], ""
    for token in Lexer(source).tokenize():
        first, *rest = token.split_contents() if token.token_type == TokenType.BLOCK else ("",)
        if token.token_type == TokenType.TEXT and not inside:
            text.append(token.contents)
            continue
        text.append("\0")
        if first in {"blocktranslate", "blocktrans", "comment"}:
            inside = first
        elif first == "block" and rest[0].endswith("class"):
            inside = "block"
        elif inside and first == f"end{inside}":
            inside = ""
        elif first in {"include", "with"}:
            # A literal with a space or a capital is a sentence or a word for people; names of states and icons are not.
            literals = re.findall(r'(?<=\w=)"([^"]*)"', token.contents)
            words += [one for one in literals if re.search(r"[A-Z][a-z]|[a-z] [a-z]", one)]
    whole = re.sub(r"<!--.*?-->|<(style|script|svg)\b.*?</\1>", "", "".join(text), flags=re.DOTALL)
    words += re.findall(READ, whole)
    words += re.split(r"[\0\n]", re.sub(r"<[^>]*>", "\n", whole))
    read = (one.strip("\0 ") for one in words)
    return [one for one in read if re.search(r"[^\W\d_]{2}", one) and one not in NAMES_OF_THINGS]


def test_every_text_in_a_template_is_marked_for_translation():
    files = [path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
    # Its samples stand for what people write.
    files.remove(ROOT / "templates" / "core" / "styleguide.html")
    found = {path.relative_to(ROOT).as_posix(): unmarked(path.read_text()) for path in files}
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Read me</p>", ["Read me"]),
        ('<p title="Read me">{{ name }}</p>', ["Read me"]),
        ('{% include "x.html" with text="Read me" icon="award" only %}', ["Read me"]),
        ('{% include "x.html" with text=_("Read me") state="not_yet" only %}', []),
        ("{% blocktranslate %}Read me{% endblocktranslate %} {{ name }}, {# not me #}", []),
        ('<p class="small">{% translate "Read me" %}: <code>{{ sum }}</code> · 400</p>', []),
        ("{% block mainclass %}page page-narrow{% endblock %}", []),
    ],
)
def test_the_search_for_unmarked_text_finds_what_it_should(source, found):
    assert unmarked(source) == found


def test_refusals_are_marked_for_translation():
    """In code: what is raised or flashed for a person is never a bare string."""
    bare = re.compile(
        r'(?:Refused\(|NotABadge\(|ValidationError\(|add_error\([^()]*, |messages\.\w+\(request, )f?"[^"{]*[A-Za-z]{2}'
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "apps").rglob("*.py"))
        for line in path.read_text().splitlines()
        if bare.search(line)
    ]
    assert found == []


# --- from right to left -----------------------------------------------------------------------------------------------
SIDES = re.compile(r"(?:margin|padding|border)-(?:left|right)|(?<![\w-])(?:left|right)\s*:|:\s*(?:left|right)\s*[;}]")
FOUR = re.compile(r"(?:margin|padding|inset)\s*:\s*([^;{}]+);")


def values(text):
    """The values of a shorthand, functions whole."""
    return re.findall(r"[^\s(]*\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s]+", text.strip())


def test_our_style_sheets_know_start_and_end_and_neither_left_nor_right():
    """Only Bootstrap is turned around for languages that are read from right to left; ours holds both ways."""
    found = []
    for path in sorted((ROOT / "static" / "src" / "css").glob("*.css")):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            lopsided = [one for one in map(values, FOUR.findall(line)) if len(one) == 4 and one[1] != one[3]]
            if SIDES.search(line) or lopsided:
                found.append(f"{path.name}:{number}: {line.strip()}")
    assert found == []
