"""What stands in every letter, whatever it tells of, in whichever language."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import polib
import pytest
from allauth.core.context import request_context
from django.conf import settings
from django.template.loader import get_template
from django.test import Client, RequestFactory

from apps.accounts import verbs as accounts
from apps.notices import verbs
from apps.notices.adapter import AccountAdapter
from apps.notices.kinds import KINDS
from apps.notices.models import Letter
from apps.notices.words import line_of
from tests.factories import notice_for, person

pytestmark = pytest.mark.django_db

TEMPLATES = settings.ROOT / "templates"
# Each letter of the sign-in pages, found by its subject.
SIGN_IN = sorted(
    str(path.relative_to(TEMPLATES)).removesuffix("_subject.txt") for path in TEMPLATES.glob("*/email/*_subject.txt")
)
# Of their reader alone: no badge and no issuer is named in it.
OF_NOTHING_ELSE = {"leaving", "merged"}
THEIRS = {
    **dict.fromkeys(("password_reset_url", "signup_url", "activate_url"), "http://localhost:8000/accounts/x/"),
    **dict.fromkeys(("added", "deleted_email", "from_email", "to_email"), "old@people.example"),
    "code": "K7M-Q4R",
    "ip": "127.0.0.1",
    "device": "Firefox",
    "timestamp": datetime(2026, 11, 23, 1, tzinfo=UTC),
}


def told_of(kind, reader, **facts):
    verbs.choose(reader, by=reader, ways={kind: "at_once"})
    notice = notice_for(reader, kind, **facts)
    verbs.deliver(notice.letter_id)
    return Letter.objects.get(pk=notice.letter_id)


def tags_of(html):
    found = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _attributes: found.add(tag)
    parser.feed(html)
    return found


def about_signing_in(kind, reader):
    request = RequestFactory().get("/")
    with request_context(request):
        AccountAdapter(request).send_mail(kind, reader.email, {"user": reader, **THEIRS})
    return Letter.objects.get(kind=kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_for_page_digest_and_letter(kind):
    for part in ("subject.txt", "line.txt", "txt", "html"):
        assert get_template(f"mail/{kind}.{part}")


@pytest.mark.parametrize("kind", [*KINDS, *SIGN_IN])
def test_every_letter_has_the_one_layout(kind):
    reader = person("Mārama")
    letter = told_of(kind, reader) if kind in KINDS else about_signing_in(kind, reader)
    html, text = letter.html, letter.text

    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert re.search(r'<td class="flap" style="[^"]*#0d3f39', html), "styles are written into the elements"
    assert not re.search(r"<(script|link)\b|url\(", html), "nothing runs and nothing is fetched"
    assert set(re.findall(r'src="([^"]*)"', html)) <= {"cid:badge"}
    assert len(re.findall(r'class="button"', html)) <= 1
    assert "Ngā mihi," in html
    assert "Ngā mihi," in text
    assert len(html) < 60_000
    for words in (html, text):
        assert ("/notices/preferences/" in words) is (kind in KINDS)
        assert ("/notices/unsubscribe/" in words) is (kind in KINDS and KINDS[kind].may_be_stopped)


@pytest.mark.parametrize("kind", KINDS)
def test_names_with_signs_in_them_are_text_in_the_letter_and_untouched_in_its_plain_half(kind):
    signs = "A & “B” <i><b>"
    letter = told_of(kind, person("Tom <script>"), badge=signs, issuer=signs, partner=signs)

    assert kind in OF_NOTHING_ELSE or "A & “B” <i>" in letter.subject
    assert kind in OF_NOTHING_ELSE or "A & “B” <i>" in letter.text
    assert "Tom <script>" in letter.text
    assert kind in OF_NOTHING_ELSE or "A &amp; “B” &lt;i&gt;" in letter.html
    assert tags_of(letter.html).isdisjoint({"script", "b", "i"})


def test_a_person_without_mail_pictures_still_reads_which_badge_it_is():
    letter = told_of("award", person())

    assert 'alt="Sharpen a knife, from Kōwhai Ridge Shearing School"' in letter.html
    assert "You earned it: Sharpen a knife" in letter.text
    assert "http://localhost:8000/backpack/" in letter.text


@pytest.mark.parametrize(
    ("facts", "subject", "said", "unsaid"),
    [
        ({}, "You earned it: Sharpen a knife", "Nobody else can see it", "It is seen where"),
        ({"private": False}, "You earned it: Sharpen a knife", "It is seen where", "Nobody else can see it"),
        ({"replaces": True}, "Signed again: Sharpen a knife", "has signed it again", "judged your work"),
        (
            {"basis": "direct"},
            "Awarded to you: Sharpen a knife",
            "for what you showed elsewhere, and has signed that.",
            "New here? The link",
        ),
    ],
)
def test_an_award_says_what_is_true_of_it(facts, subject, said, unsaid):
    letter = told_of("award", person(), **facts)

    assert letter.subject == subject
    assert [(said in one, unsaid in one) for one in (letter.text, letter.html)] == [(True, False)] * 2


@pytest.mark.parametrize(
    ("days", "said", "unsaid"), [(7, "is valid until 24", "was valid"), (0, "was valid until 24", "stays valid")]
)
def test_what_has_run_out_is_told_as_past(days, said, unsaid):
    letter = told_of("runs_out", person(), days=days, renew="/achievements/knife/")

    assert [(said in one, unsaid in one) for one in (letter.text, letter.html)] == [(True, False)] * 2
    assert ("stays valid" in line_of(letter.notices.get())) is bool(days)


def test_several_things_to_change_are_counted():
    two = [{"criterion": "Edge", "comment": "More."}, {"criterion": "Care", "comment": "Less."}]

    letter = told_of("not_yet", person(), to_change=two)

    assert letter.subject == "Not yet: 2 things to change in Sharpen a knife"
    assert "- Edge: More.\n\n- Care: Less." in letter.text


# --- languages --------------------------------------------------------------------------------------------------------
@pytest.fixture
def in_german(settings, tmp_path):
    """A language with three sentences."""
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    catalogue.append(polib.POEntry(msgid="We have your work: %(badge)s", msgstr="Deine Arbeit ist da: %(badge)s"))
    catalogue.append(
        polib.POEntry(
            msgid="Not yet: one thing to change in %(badge)s",
            msgid_plural="Not yet: %(n)s things to change in %(badge)s",
            msgstr_plural={0: "Noch nicht: eine Sache in %(badge)s", 1: "Noch nicht: %(n)s Sachen in %(badge)s"},
        )
    )
    catalogue.append(polib.POEntry(msgid="Kia ora %(name)s,", msgstr="Hallo %(name)s,"))
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue.save_as_mofile(str(folder / "django.mo"))
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    settings.LOCALE_PATHS = [tmp_path]


@pytest.fixture
def reader(in_german):
    one = person("Jana")
    one.language = "de"
    one.save(update_fields=["language"])
    return one


def test_a_letter_is_in_the_language_of_its_reader_whoever_made_it_necessary(reader):
    letter = told_of("not_yet", reader)

    assert letter.subject == "Noch nicht: eine Sache in Sharpen a knife"
    assert "Hallo Jana," in letter.html
    assert '<html lang="de" dir="ltr">' in letter.html
    assert told_of("not_yet", person()).subject == "Not yet: one thing to change in Sharpen a knife"


def test_a_letter_speaks_the_language_of_the_day_it_leaves(reader):
    notice = notice_for(reader)
    reader.language = "en"
    reader.save(update_fields=["language"])

    verbs.deliver(notice.letter_id)

    assert Letter.objects.get().subject == "We have your work: Sharpen a knife"


def test_a_notice_is_in_the_language_of_the_page_it_is_read_on(reader):
    notice_for(reader)
    client = Client()
    client.force_login(reader)

    def asked_in(language):
        accounts.speak(reader, by=reader, language=language)
        return client.get("/notices/").content.decode()

    assert "Deine Arbeit ist da: Sharpen a knife" in asked_in("de")
    assert "We have your work: Sharpen a knife" in asked_in("en")
