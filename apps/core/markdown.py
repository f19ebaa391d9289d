"""Markdown as people type it, turned into safe HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_block import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

# Limits on what a short text can expand to: cells added to fill up short table rows, and characters of link
# addresses, since an address defined once can be referenced thousands of times.
MOST_FILLED = 5_000
MOST_LINKED = 100_000


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser gives it by place
    """Parse a table, with a row limit based on the text's length; the rest, and later tables, are read as paragraphs.

    Each cell that was typed uses at least two characters, itself and its bar, so a table written out is always whole.
    """
    ruled = state.src[state.bMarks[first + 1] + state.tShift[first + 1] : state.eMarks[first + 1]]
    columns = max(len(ruled.replace("|", " ").split()), 1)
    spent = state.env.get("cells", 0)
    rows = (len(state.src) // 2 + MOST_FILLED - spent) // columns
    found = table(state, first, min(end, first + rows), silent)
    if found and not silent:
        state.env["cells"] = spent + columns * (state.line - first)
    return found


_parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")
_parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
_TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def render(text: str) -> SafeString:
    """Render CommonMark with tables, without raw HTML or pictures; links send no referrer. Headings start at h3."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    _point_within_bounds(tokens)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it


def _point_within_bounds(tokens: Sequence[Token]) -> None:
    """Drop the addresses of links beyond the limit; their text stays."""
    spent = 0
    for token in tokens:
        for child in token.children or ():
            spent += sum(len(str(value)) for value in child.attrs.values())
            if spent > MOST_LINKED:
                child.attrs.clear()


class Block(NamedTuple):
    """A paragraph, list item or heading; each run has text, strong and em. `mark`: an item's number, if any."""

    kind: str
    runs: list[dict[str, str | bool]]
    mark: str = ""


def blocks(text: str) -> list[Block]:
    """Parse the same Markdown for output other than a web page: text with its emphasis, block by block."""
    return list(_blocks(_parser.parse(text)))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    depth, heading, mark = 0, False, ""
    for token in tokens:
        if token.type in {"list_item_open", "list_item_close"}:
            depth += token.nesting
            mark = token.info if token.nesting > 0 else mark
        elif token.type in {"heading_open", "heading_close"}:
            heading = token.nesting > 0
        elif token.type == "inline" and token.content:
            kind = "heading" if heading else "item" if depth else "text"
            yield Block(kind, list(_runs(token.children or [])), mark if kind == "item" else "")
        elif token.type in {"fence", "code_block"}:
            yield Block("text", [{"text": token.content, "strong": False, "em": False}])


def _runs(tokens: Sequence[Token]) -> Iterator[dict[str, str | bool]]:
    weight = {"strong": 0, "em": 0}
    for token in tokens:
        word = token.type.partition("_")[0]
        if word in weight:
            weight[word] += token.nesting
        text = {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
        if text:
            yield {"text": text, "strong": weight["strong"] > 0, "em": weight["em"] > 0}
