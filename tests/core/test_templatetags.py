"""The tags and components that every page is made of."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils import timezone

from apps.core import pills
from apps.issuers.models import AchievementVersion
from apps.submissions.models import Attempt, Submission

NOON_UTC = datetime(2026, 10, 13, 21, 31, tzinfo=UTC)


def render(source, **context):
    return Template("{% load satchel %}" + source).render(Context(context))


def component(name, /, **context):
    return " ".join(render_to_string(f"components/{name}.html", context).split())


class Rows(list):
    def all(self):
        return self


def criterion(position, *levels, needed=1):
    rows = Rows(SimpleNamespace(position=n, name=name, description=f"{name}.") for n, name in enumerate(levels, 1))
    return SimpleNamespace(
        position=position,
        code=f"c{position}",
        name=f"Criterion {position}",
        description="",
        required=True,
        required_level=needed,
        levels=rows,
    )


def test_an_icon_is_drawn_into_the_page_and_silent():
    svg = render('{% icon "clock-fill" %}')

    assert svg.startswith('<svg class="i" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path')


def test_an_icon_that_was_not_built_is_an_error_that_says_what_to_do():
    with pytest.raises(TemplateSyntaxError, match=r"static/icons\.txt"):
        render('{% icon "unicorn" %}')


def test_every_icon_that_code_names_is_built():
    names = {look.icon for table in pills.KINDS.values() for look in table.values()}

    for name in names:
        assert "<path" in render("{% icon name %}", name=name)


@pytest.mark.parametrize(
    ("kind", "states"),
    [("submission", Submission.State), ("attempt", Attempt.State), ("version", AchievementVersion.State)],
)
def test_every_state_has_a_pill(kind, states):
    for state in states:
        assert component("state_pill", state=state.value, kind=kind).count("<svg") == 1


def test_not_yet_is_brown_and_turning_and_never_red():
    look = pills.pill_of("not_yet", "submission")

    assert (look.icon, look.tone, str(look.word)) == ("arrow-repeat", "notyet", "Not yet")


def test_a_pill_carries_icon_word_and_colour():
    pill = component("state_pill", state="valid", kind="credential", word="Valid today")

    assert 'class="pill s-pass"' in pill
    assert "<svg" in pill
    assert "Valid today" in pill


def test_a_level_track_fills_to_the_level_reached_and_marks_the_one_needed():
    blocks = render("{% track_blocks 3 3 4 as blocks %}{% for b in blocks %}[{{ b.css }}]{% endfor %}")

    assert blocks == "[on][on][on need][]"


def test_a_level_below_what_is_needed_is_brown():
    blocks = render("{% track_blocks 1 3 4 as blocks %}{% for b in blocks %}[{{ b.css }}]{% endfor %}")

    assert blocks == "[below][][need][]"


def test_a_level_track_says_the_same_in_words():
    assert "Leading: level 4 of 4, needed 3" in component("level_track", reached=4, needed=3, of=4, name="Leading")
    assert "Needed: level 2 of 4" in component("level_track", needed=2, of=4)


def test_a_rubric_names_its_columns_only_where_all_criteria_agree():
    agreed = Rows([criterion(1, "No", "Yes"), criterion(2, "No", "Yes")])
    uneven = Rows([criterion(1, "No", "Yes"), criterion(2, "Never", "Often", "Always")])
    source = "{% rubric_columns criteria as columns %}{% for c in columns %}{{ c.number }}{{ c.name }} {% endfor %}"

    assert render(source, criteria=agreed) == "1No 2Yes "
    assert render(source, criteria=uneven) == "1 2 3 "


def test_a_rubric_marks_the_level_needed_in_words():
    version = SimpleNamespace(name="Shearing", criteria=Rows([criterion(1, "No", "Yes", needed=2)]))

    table = component("rubric_table", version=version, anchors=True)

    assert table.count("Needed to pass") == 1
    assert '<td class="req" id="c1-l2">' in table


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("draft", "Draft* Handed in- Being judged- Decision-"),
        ("submitted", "Draft+ Handed in* Being judged- Decision-"),
        ("under_assessment", "Draft+ Handed in+ Being judged* Decision-"),
        ("awaiting_decision", "Draft+ Handed in+ Being judged+ Waiting for the decision*"),
        ("not_yet", "Draft+ Handed in+ Being judged+ Not yet*"),
        ("declined", "Draft+ Handed in+ Being judged+ Declined*"),
        ("under_appeal", "Draft+ Handed in+ Being judged+ Under appeal*"),
        ("awarded", "Draft+ Handed in+ Being judged+ Awarded*"),
    ],
)
def test_the_stepper_stands_where_the_submission_is(state, line):
    source = (
        "{% steps state as line %}{% for s in line %}{{ s.word }}"
        "{% if s.is_now %}*{% elif s.is_done %}+{% else %}-{% endif %} {% endfor %}"
    )

    assert render(source, state=state).strip() == line


def test_a_date_is_the_one_at_the_issuer():
    assert render('{% day at "Pacific/Auckland" %}', at=NOON_UTC) == (
        '<time datetime="2026-10-14T10:31:00+13:00">14 October 2026</time>'
    )


def test_a_date_without_a_time_is_left_as_it_is():
    assert render("{% day at %}", at=date(2026, 12, 7)) == '<time datetime="2026-12-07">7 December 2026</time>'


def test_a_time_in_a_zone_names_the_zone_and_without_one_is_the_readers():
    with timezone.override("Asia/Tokyo"):
        told = render('{% clock at "Pacific/Auckland" %} / {% clock at %}', at=NOON_UTC)

    assert told == (
        '<time datetime="2026-10-14T10:31:00+13:00">14 October 2026, 10:31 am Auckland time</time> / '
        '<time datetime="2026-10-14T06:31:00+09:00">14 October 2026, 6:31 am</time>'
    )


def test_markdown_from_people_cannot_harm():
    assert render("{{ text|markdown }}", text="**Good** <script>x</script>") == (
        "<p><strong>Good</strong> &lt;script&gt;x&lt;/script&gt;</p>\n"
    )


def test_a_card_names_badge_and_issuer_in_its_picture():
    card = component("badge_card", name="Host a kōrero", href="/x/", picture="/b.svg", issuer="Lantern <Street>")

    assert 'alt="Host a kōrero, from Lantern &lt;Street&gt;"' in card
    assert card.count("<a ") == 1


def test_a_check_that_fails_says_so_in_words_and_names_the_cure():
    checks = [SimpleNamespace(result="fail", plain="One letter differs.", remedy="Ask for the file again.")]

    listed = component("check_list", checks=checks)

    assert '<span class="visually-hidden">Failed: </span>' in listed
    assert 'One letter differs. <span class="cure">Ask for the file again.</span>' in listed


def test_no_template_has_inline_script_or_style():
    """The policy of the site would refuse them."""
    folder = Path(__file__).parents[2] / "templates"
    pages = [path for path in folder.rglob("*.html") if "mail" not in path.parts]

    guilty = [
        path.name
        for path in pages
        if " style=" in path.read_text() or "<style" in path.read_text() or " onclick=" in path.read_text()
    ]

    assert pages
    assert guilty == []


def test_every_component_says_what_it_takes():
    folder = Path(__file__).parents[2] / "templates" / "components"

    silent = [path.name for path in sorted(folder.glob("*.html")) if "{# " not in path.read_text()]

    assert silent == []
