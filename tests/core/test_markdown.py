"""Markdown that is written to grow: a text never becomes many times what it is, and no word of it is lost."""

import re

import pytest

from apps.core import markdown

WIDE = "|a" * 180 + "|\n" + "|-" * 180 + "|\n" + "b\n" * 360
MOST_CELLS = markdown.MOST_FILLED + 25_000


def cells(html):
    return len(re.findall("<t[hd]>", html))


def words(html):
    return re.findall(r"\w+", re.sub("<[^>]*>", " ", html))


def test_a_table_is_a_table_and_its_short_rows_are_filled_up():
    html = markdown.render("| a | b |\n|---|:-:|\n| c | d |\n| e |\n\nafter")

    assert html == (
        "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n"
        "<tr>\n<td>c</td>\n<td>d</td>\n</tr>\n<tr>\n<td>e</td>\n<td></td>\n</tr>\n</tbody>\n</table>\n<p>after</p>\n"
    )


@pytest.mark.parametrize(
    ("row", "rows"), [("|a|b|c|", 6_000), ("a|b|c", 8_000), ("> |a|b|c|", 5_000), ("|a" * 1_000 + "|", 24)]
)
def test_a_table_that_is_written_out_is_whole_however_long(row, rows):
    quote, _mark, _rest = row.partition("|") if row.startswith(">") else ("", "", "")
    ruled = quote + re.sub(r"[abc]", "-", row.removeprefix(quote))

    html = markdown.render("\n".join([row, ruled, *[row] * (rows - 1)]))

    assert cells(html) == rows * len(re.findall("[abc]", row))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ((WIDE + "\n") * 34, {"a": 180 * 34, "b": 360 * 34}),
        ("".join(f"> {line}\n" for line in WIDE.splitlines()), {"a": 180, "b": 360}),
        ("|a|\n|-|\n" + "b\n" * 24_000, {"a": 1, "b": 24_000}),
        ("|a" * 8_000 + "|\n" + "|-" * 8_000 + "|\n" + "b\n" * 9_000, {"a": 8_000, "b": 9_000}),
    ],
    ids=["many", "quoted", "long", "broad"],
)
def test_cells_that_nobody_wrote_are_few_over_the_whole_text_and_every_word_is_kept(text, kept):
    html = markdown.render(text)

    assert cells(html) <= MOST_CELLS
    assert {word: words(html).count(word) for word in kept} == kept
    shown = "".join(str(run["text"]) for block in markdown.blocks(text) for run in block.runs)
    assert {word: shown.count(word) for word in kept} == kept


def test_what_follows_a_table_that_was_too_large_is_read_as_ever():
    html = markdown.render(WIDE * 2 + "\n\n# After\n\n- *one*\n")

    assert html.endswith("<h3>After</h3>\n<ul>\n<li><em>one</em></li>\n</ul>\n")


@pytest.mark.parametrize(
    "named", ["/" + "u" * 25_000, '/u "' + "u" * 25_000 + '"'], ids=["by its address", "by its title"]
)
@pytest.mark.parametrize("use", ["[word] ", "![word] [word] "])
def test_an_address_that_is_named_once_is_not_written_out_thousands_of_times(named, use):
    html = markdown.render(f"[word]: {named}\n\n" + use * 1_500)

    assert words(html).count("word") == 1_500
    assert 25_000 * html.count("u" * 25_000) <= markdown.MOST_LINKED
    assert len(html) < 3 * markdown.MOST_LINKED


def test_an_address_that_is_named_once_is_pointed_to_as_often_as_anybody_does():
    html = markdown.render("[site]: https://b.example/\n\n" + "[site] " * 1_000)

    assert html.count('<a href="https://b.example/" rel="noopener noreferrer nofollow">site</a>') == 1_000
