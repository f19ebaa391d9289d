"""Extract the text of other people's web pages and text files. Nothing in them is run, followed, or shown as anything
but text.
"""

from __future__ import annotations

import codecs
import re
from html import unescape
from typing import NamedTuple

from apps.core.text import seen

MOST_TEXT = 100_000
MOST_TITLE = 300
# Markup beyond this is not read: a page's visible text comes long before.
MOST_MARKUP = 1024 * 1024
HTML = frozenset({"text/html", "application/xhtml+xml"})

# Longer tags are read up to their first `>`, even inside quotes.
LONGEST_TAG = 1_000
_UNREAD = frozenset(("template", "svg", "math", "object", "audio", "video", "canvas", "select"))
# The content of these is not markup, up to their end tag.
_RAW = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "noscript", "iframe")}
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tr", "ul"),
    )
)
_CELLS = frozenset(("td", "th", "option"))
# A page hidden until a script shows it is read all the same; the others have no end tag to wait for.
_NEVER_HIDDEN = frozenset(
    (
        *("html", "head", "body", "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"),
        *("source", "track", "wbr"),
    )
)
_NAME = re.compile(r"<(/?)([A-Za-z][^\s/>]{0,40})")
_TAG = re.compile(r"""<(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
_NO_TAGS = ("!", "?", "/")
_HIDDEN = re.compile(
    r"\shidden(?=[\s=/>])|\sstyle\s{0,9}=[^>]{0,300}?(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAID_INSIDE = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
# Encodings of web pages; Python knows more, some of which aren't text.
_CHARSETS = frozenset(
    (
        *("ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "mac-roman", "big5", "gbk"),
        *("gb18030", "gb2312", "euc_jp", "euc_kr", "shift_jis", "iso2022_jp", "tis-620"),
        *(f"cp{number}" for number in (866, 874, 932, 949, *range(1250, 1259))),
        *(f"iso8859-{number}" for number in range(1, 17)),
    )
)


_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Bytes that aren't UTF-8, as Python passes them through, and the characters Windows means by them.
_ASTRAY = re.compile("[\udc80-\udcff]")
_WINDOWS = {0xDC00 + byte: bytes((byte,)).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


class Page(NamedTuple):
    title: str
    text: str


def read(body: bytes, *, media_type: str, charset: str = "") -> Page:
    """The title and the text of a fetched page; empty if it isn't text."""
    if media_type in HTML:
        reader = _Reader()
        reader.read(_decoded(body[:MOST_MARKUP], charset or _said_inside(body)))
        title = seen(_unescaped("".join(reader.title)))[:MOST_TITLE].strip()
        return Page(title, _lines(_unescaped("".join(reader.words))))
    if media_type.startswith("text/"):
        return Page("", _lines(_decoded(body[: MOST_TEXT * 4], charset)))
    return Page("", "")


def words_of(data: bytes, *, is_cut: bool = False) -> str:
    """The text of a file: UTF-16 if its first bytes say so, otherwise UTF-8, with invalid bytes read as Windows does.
    `is_cut`: drop an incomplete character at the end.
    """
    if is_wide(data):
        return codecs.getincrementaldecoder("utf-16")("replace").decode(data, final=not is_cut)
    words = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape").decode(data, final=not is_cut)
    return words.translate(_WINDOWS) if _ASTRAY.search(words) else words


def is_wide(data: bytes) -> bool:
    """Whether its first bytes say that it is UTF-16, as Excel and Notepad save “Unicode”."""
    return data.startswith(_WIDE)


def _decoded(body: bytes, charset: str) -> str:
    marked = next((name for mark, name in _MARKS if body.startswith(mark)), "")
    try:
        name = codecs.lookup(marked or charset or "utf-8").name
    except (LookupError, ValueError):
        name = ""
    if name in {"ascii", "iso8859-1"}:
        name = "cp1252"  # as browsers do
    if name not in _CHARSETS:
        name = "utf-8"
    if name == "utf-8" and not marked and not _is_utf8(body):
        name = "cp1252"
    return body.decode(name, "replace").removeprefix("\ufeff")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        # The cut may fall inside a character.
        return len(body) >= MOST_TEXT * 4 and error.start > len(body) - 4
    return True


def _said_inside(body: bytes) -> str:
    found = _SAID_INSIDE.search(body[:4096])
    return found[1].decode("ascii", "replace") if found else ""


def _lines(text: str) -> str:
    """The lines without hidden or direction characters, with no more than one empty line in a row."""
    kept: list[str] = []
    for line in text.splitlines():
        clean = seen(line)
        if clean or (kept and kept[-1]):
            kept.append(clean)
    whole = "\n".join(kept).strip()
    return whole.encode()[:MOST_TEXT].decode("utf-8", "ignore")


class _Reader:
    """Collects the title and the visible text. It builds no tree, so depth costs nothing.

    Python's html.parser takes minutes for a megabyte of unclosed tags; this passes over a page once.
    """

    def __init__(self) -> None:
        self.title: list[str] = []
        self.words: list[str] = []
        self.into = self.words
        self.in_pre = False
        # The element being skipped, and how many of the same name are open inside it.
        self.unseen = ""
        self.depth = 0

    def read(self, markup: str) -> None:
        at = 0
        while at >= 0:
            begins = markup.find("<", at)
            self._say(markup[at : begins if begins >= 0 else None])
            at = self._pass(markup, begins) if begins >= 0 else -1

    def _pass(self, markup: str, begins: int) -> int:
        """Process what starts at this `<` and return where it ends. Anything without an end takes up the rest of the
        page.
        """
        named = _NAME.match(markup, begins)
        if named is None:
            if markup.startswith("<!--", begins):
                return _after(markup, "-->", begins + 2)
            if markup[begins + 1 : begins + 2] in _NO_TAGS:
                return _after(markup, ">", begins)
            self._say("<")
            return begins + 1
        closes, name = bool(named[1]), named[2].lower()
        whole = _TAG.match(markup, begins, begins + LONGEST_TAG)
        ends = whole.end() if whole else _after(markup, ">", begins)
        if closes:
            self._close(name)
        elif name in _RAW:
            end = _RAW[name].search(markup, ends) if ends > 0 else None
            return end.end() if end else -1
        elif ends > 0:
            self._open(name, markup[named.end() : min(ends, begins + LONGEST_TAG)])
        return ends

    def _open(self, name: str, attributes: str) -> None:
        if self.unseen:
            self.depth += name == self.unseen
        elif name in _UNREAD or (name not in _NEVER_HIDDEN and _HIDDEN.search(attributes)):
            self.unseen, self.depth = name, 1
        else:
            self._break_at(name, opens=True)

    def _close(self, name: str) -> None:
        if not self.unseen:
            self._break_at(name, opens=False)
        elif name == self.unseen:
            self.depth -= 1
            if self.depth == 0:
                self.unseen = ""

    def _break_at(self, name: str, *, opens: bool) -> None:
        if name == "title" and opens and not self.title:
            self.into = self.title
        else:
            self.into = self.words
        if name == "pre":
            self.in_pre = opens
        if name in _BLOCKS:
            self.words.append("\n")
        elif name in _CELLS:
            self.words.append(" ")

    def _say(self, words: str) -> None:
        if words and not self.unseen:
            self.into.append(words if self.in_pre else _SPACES.sub(" ", words))


def _after(markup: str, mark: str, at: int) -> int:
    found = markup.find(mark, at)
    return found + len(mark) if found >= 0 else -1


def _unescaped(text: str) -> str:
    try:
        return unescape(text)
    except ValueError:  # a number with thousands of digits
        return text
