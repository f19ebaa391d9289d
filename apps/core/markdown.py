"""Markdown as people type it, to HTML that cannot harm."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")
_TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def render(text: str) -> SafeString:
    """CommonMark with tables, without raw HTML or pictures; links open with no referrer. Headings start at h3."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it


class Block(NamedTuple):
    """A paragraph, an item of a list or a heading; each run has text, strong and em. `mark`: an item's number, if any."""

    kind: str
    runs: list[dict[str, str | bool]]
    mark: str = ""


def blocks(text: str) -> list[Block]:
    """The same Markdown for what is no web page: words and their weight, one block after the other."""
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
