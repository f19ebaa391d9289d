"""The parts that pages are composed of: each state of each, and the words beside every sign."""

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.test import Client

from apps.core import changes, charts
from apps.core.shown import Choice
from apps.core.templatetags.satchel import backticks, last_line, share_of
from tests.core.test_templatetags import component

# They show what only a signed-in person has, or stand in a page that has no meaning without them.
# Of one page, or of a page's head, where nothing is seen.
OF_ONE_PAGE = {
    f"components/{name}.html" for name in ("account_nav", "passkey_trouble", "turn_back", "preview_card", "embeddable")
}


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["", "?dir=rtl"])
def test_the_style_guide_shows_every_component(way):
    page = Client().get(f"/styleguide/{way}")

    used = {one.name for one in page.templates if one.name and one.name.startswith("components/")}
    folder = __import__("pathlib").Path(__file__).parents[2] / "templates" / "components"
    assert {f"components/{path.name}" for path in folder.glob("*.html")} - used == OF_ONE_PAGE
    assert f'dir="{"rtl" if way else "ltr"}"' in page.content.decode()


def test_a_bar_is_as_long_as_its_value_and_brown_below_what_is_needed():
    chart = charts.bars([charts.Figure("A", 92, 38), charts.Figure("B", 64.5, 38)], unit="%", most=100, needed=70)

    assert [(bar.words, bar.length, bar.is_below) for bar in chart.bars] == [
        ("92\xa0%", 92, False),
        ("64.5\xa0%", 64.5, True),
    ]
    assert (chart.needed_at, chart.needed, chart.below) == (70, "70\xa0%", 1)


def test_a_chart_of_days_has_a_column_for_each_and_tells_of_those_with_something_to_tell():
    last = date(2026, 3, 2)
    numbers = {date(2026, 3, 2): 4, date(2026, 2, 28): 1, date(2026, 1, 1): 99}

    chart = charts.days(numbers, last=last, count=5)

    assert [(day.on.day, day.number, day.at, day.height) for day in chart.days] == [
        (26, 0, 0, 0),
        (27, 0, 20, 0),
        (28, 1, 40, 25),
        (1, 0, 60, 0),
        (2, 4, 80, 100),
    ]
    assert (chart.total, chart.most, [day.on.day for day in chart.busy]) == (5, 4, [2, 28])
    assert charts.days({}, last=last).busy == []


@pytest.mark.parametrize("of", [0, 1, 4])
def test_what_stands_on_fewer_than_five_is_nowhere_in_the_page(of):
    chart = charts.bars([charts.Figure("A", 73.3, of), charts.Figure("B", 50, 5)], unit="%")

    html = component("chart", chart=chart, title="Met", what="Criterion", whose="Attempts")

    assert "73" not in html
    assert 'width="100"' in html  # B is the largest that is shown
    assert html.count("Hidden, fewer than 5") == 1
    assert "fewer than 5</td>" in html
    assert chart.hidden == 1


def test_a_chart_says_its_figures_in_words_and_again_as_a_table():
    html = component(
        "chart",
        chart=charts.bars([charts.Figure("Pace", 3, 9)], needed=4),
        title="Met",
        what="Criterion",
        whose="People",
    )

    assert '<span class="figure num">3 <span class="small">below needed</span></span>' in html
    assert '<th scope="row">Pace</th><td class="num">3</td><td class="num">9</td>' in html
    assert "The upright bar marks what is needed: 4." in html


@pytest.mark.parametrize("values", [[], [0], [0, 0]])
def test_a_chart_of_nothing_divides_by_nothing(values):
    chart = charts.bars([charts.Figure("A", value, 9) for value in values])

    assert [bar.length for bar in chart.bars] == [0] * len(values)
    assert ("Nothing to show yet." in component("chart", chart=chart, title="T")) == (not values)


def test_what_changed_is_marked_by_element_and_by_word():
    html = component("diff", before="I cut at 20 degrees.", after="I cut at 17 degrees, twice.")

    assert "<del>" in html
    assert "<ins>" in html
    assert "[added:" in html
    assert "[removed:" in html
    assert "3 words added, 2 words removed." in html


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("a b", "a b", [("same", "a b")]),
        ("", "new words", [("added", "new words")]),
        ("gone", "", [("removed", "gone")]),
        ("Māori kōrero", "Māori waiata", [("same", "Māori "), ("removed", "kōrero"), ("added", "waiata")]),
        ("我爱书", "我爱茶", [("same", "我爱"), ("removed", "书"), ("added", "茶")]),
        ("one\ntwo\n", "one\nthree\n", [("same", "one\n"), ("removed", "two"), ("added", "three")]),
        ("a  b", "a b", [("same", "a b")]),
    ],
)
def test_words_are_compared_whole_and_spaces_do_not_count(before, after, expected):
    assert [(piece.how, piece.text) for piece in changes.between(before, after).pieces] == expected


def test_both_texts_can_be_read_out_of_what_changed():
    before, after = "one two three\nfour five\n", "one 2 three four\nfour five six\n"

    pieces = changes.between(before, after).pieces

    told = {how: "".join(p.text + p.space for p in pieces if p.how in ("same", how)) for how in ("removed", "added")}
    assert told["removed"].split() == before.split()
    assert told["added"].split() == after.split()


def test_a_long_paragraph_written_anew_takes_no_minutes():
    before, after = " ".join(f"a{n}" for n in range(5000)), " ".join(f"b{n}" for n in range(5000))

    found = changes.between(before, after)

    assert (found.added, found.removed) == (5000, 5000)


@pytest.mark.parametrize(
    ("value", "of", "percent"), [(8, 24, 33), (0, 4, 0), (4, 4, 100), (999, 1000, 99), (5, 4, 100), (1, 0, 0)]
)
def test_a_ring_is_full_only_when_all_is_done(value, of, percent):
    assert share_of(value, of) == percent


def test_a_ring_says_the_same_in_words():
    assert "8 of 24 credits" in component("progress_ring", value=8, of=24, words="credits")


def test_a_dialog_has_an_address_of_its_own_for_whoever_has_no_scripts():
    html = component(
        "confirm", id="ask", title="Sure?", text="It goes.", action="/x/", csrf_token="t", label="Go", danger=True
    )

    assert '<dialog id="ask" aria-labelledby="ask-title">' in html
    assert '<form method="post" action="/x/">' in html
    assert "btn-danger" in html


def test_a_share_sheet_escapes_what_it_hands_on():
    html = component("share_sheet", address="https://s.example/b/x/?a=1&b=2", name='"Best" & <more>', id="f")

    assert (
        'href="mailto:?subject=%22Best%22%20%26%20%3Cmore%3E&amp;body=https%3A%2F%2Fs.example%2Fb%2Fx%2F%3Fa%3D1%26b%3D2"'
        in html
    )
    assert 'data-share-name="&quot;Best&quot; &amp; &lt;more&gt;"' in html


def test_filters_show_counts_also_none_and_mark_the_one_shown():
    html = component(
        "filters",
        label="Which",
        param="view",
        shown="late",
        choices=[Choice("late", "Late", number=0), Choice("done", "Done")],
    )

    assert '<a href="?view=late" aria-current="page">Late <span class="num">0</span></a>' in html
    assert '<a href="?view=done">Done</a>' in html


def test_a_switch_says_which_is_pressed():
    html = component(
        "segmented",
        label="Theme",
        name="theme",
        shown="dark",
        choices=[Choice("light", "Light"), Choice("dark", "Dark")],
    )

    assert 'value="light" aria-pressed="false"' in html
    assert 'value="dark" aria-pressed="true"' in html


def test_a_timeline_tells_what_is_still_to_come_in_words():
    from apps.core.styleguide import context

    html = component("timeline", moments=context()["moments"], label="Story", zone="Pacific/Auckland")

    assert html.count("<li") == 6
    assert html.count('aria-current="step"') == 1
    assert html.count("still to come") == 1
    assert "25 November" not in html


def test_news_that_went_well_may_float_and_what_went_wrong_stays():
    from apps.core.styleguide import context

    html = " ".join(render_to_string("components/flashes.html", {"messages": context()["said"]}).split())

    in_place, floating = html.split('class="toasts"')
    assert (in_place.count('role="alert"'), in_place.count('role="status"')) == (2, 0)
    assert (floating.count('role="alert"'), floating.count('role="status"')) == (0, 2)


def test_commands_in_a_sentence_are_marked_and_nothing_else_is_trusted():
    assert backticks("Run `a <b>` & wait") == "Run <code>a &lt;b&gt;</code> &amp; wait"


@pytest.mark.parametrize(
    ("text", "line"), [("Traceback:\n  x\nValueError: y\n\n", "ValueError: y"), ("", ""), ("\n", "")]
)
def test_a_traceback_comes_to_its_last_line(text, line):
    assert last_line(text) == line
