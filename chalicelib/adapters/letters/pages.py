"""The text of HTML as a browser shows it: spaces and line ends folded, a block a line, table cells apart, nothing that
is hidden; and the HTML itself without what could do anything.

A parser gets no HTML that could hold it (docs/decisions/0011).
"""

import re
from collections.abc import Mapping
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import unquote

import nh3
from bs4 import BeautifulSoup
from bs4.element import PreformattedString, Tag

from chalicelib.adapters.letters.quoted import quoted_in

MOST_TEXT, MOST_TAGS = 200_000, 5_000
UNREAD = {"script", "style", "head", "title", "template", "select", "textarea", "object", "svg", "noframes", "input"}
PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "figure"}
"""Blocks with a margin: a browser leaves a line free around them (HTML, 15.3)."""
BLOCKS = PARAGRAPHS | {
    "div", "li", "tr", "table", "tbody", "thead", "tfoot", "caption", "center", "section", "article", "header",
    "footer", "address", "main", "nav", "aside", "form", "fieldset", "dt", "dd", "hr", "body", "html", "details",
    "summary",
}  # fmt: skip
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?![.\d])"
    r"|max-height\s*:\s*0(?![.\d])[^;]*;?.{0,200}?overflow\s*:\s*hidden|overflow\s*:\s*hidden.{0,200}?max-height\s*:\s*0(?![.\d])",
    re.IGNORECASE | re.DOTALL,
)
KEPT_SPACES = re.compile(r"white-space\s*:\s*(pre|break-spaces)", re.IGNORECASE)
OPEN = re.compile(r"<(?=[^<>]{0,2000}(?:<|\Z))")
SPACES = re.compile(r"[ \t\r\n\f]+")


def closed(html: str) -> str:
    """HTML without comments, and without tags that do not end: those are signs. Parsers look for the end of each to
    the end of the page, again and again."""
    return OPEN.sub("&lt;", _between(html, "<!--", "-->", len("-->")))


def is_moderate(html: str) -> bool:
    """Whether HTML may be given to a parser: what is very large or has very many tags can take minutes."""
    return len(html) <= MOST_TEXT and html.count("<") <= MOST_TAGS


def text_of(html: str, quoted: bool = True) -> str:
    """The text HTML shows; without the mails it quotes unless they are wanted."""
    first, rest = _moderate(html[:MOST_TEXT])
    soup = BeautifulSoup(first, "html.parser")
    gone = set() if quoted else quoted_in(soup)
    page = _Page(gone)
    page.read(soup)
    return page.text() if not rest or gone else f"{page.text()}\n{_without_tags(rest)}"


def _moderate(html: str) -> tuple[str, str]:
    """So much of HTML from its top as may be given to a parser, and the rest. What is new stands at the top."""
    places = (one.start() for one in re.finditer("<", html))
    cut = next(islice(places, MOST_TAGS, None), len(html))
    return html[:cut], html[cut:]


def _without_tags(html: str) -> str:
    """The words of what no parser is given: without tags and styles, a tag a line end."""
    text = re.sub(r"<[^<>]{0,1000}>", "\n", _between(html, r"<(?:style|script)\b", "</"))
    return re.sub(r"[ \t]*\n\s*", "\n", unescape(text)).strip()


def _between(html: str, begins: str, ends: str, behind: int = 0) -> str:
    """What stands outside of what begins and ends so, the end by so many signs; what does not end stays."""
    found, place = [], 0
    for one in re.finditer(begins, html, re.IGNORECASE):
        end = html.find(ends, one.end()) if one.start() >= place else -2
        if end == -1:
            break
        if end >= 0:
            found.append(html[place : one.start()])
            place = end + behind
    return "".join((*found, html[place:]))


def shown(html: str, pictures: Mapping[str, str]) -> str | None:
    """HTML that can do nothing: no scripts, no forms, nothing fetched from elsewhere, which would tell its sender when
    somebody looks. `pictures` are those that came with the mail and may be shown, as data by their `cid`."""
    if not html or not is_moderate(html):
        return None

    def kept(tag: str, name: str, value: str) -> str | None:
        if (tag, name) == ("img", "src"):
            return pictures.get(unquote(value.removeprefix("cid:")))
        return None if value.lower().lstrip().startswith(("data:", "cid:")) else value

    return nh3.clean(html, attribute_filter=kept, url_schemes={"http", "https", "mailto", "tel", "cid", "data"})


class _Page:
    """Lines as they are shown. Goes through a tree without calling itself, whatever its depth."""

    def __init__(self, gone: set[int]) -> None:
        self.gone = gone
        self.done: list[str] = []
        self.line = ""
        self.owed = 0
        """What a block asks for before the next words: 1 a new line, 2 a free line."""
        self.kept = 0
        """How many of the tags around keep their spaces."""
        self.lists: list[int] = []
        """The lists around: the number of their next item, 0 where they have none."""

    def read(self, soup: Any) -> None:
        """Take in everything below a tag."""
        stack: list[tuple[bool, Any]] = [(True, soup)]
        while stack:
            enters, one = stack.pop()
            if not enters:
                self._leave(one)
            elif isinstance(one, str):
                self._words(one)
            elif id(one) not in self.gone and not _is_hidden(one):
                self._enter(one)
                stack.append((False, one))
                stack += [(True, child) for child in reversed(one.contents)]

    def text(self) -> str:
        """The lines, with at most one free between two."""
        clean = (re.sub(r"[ \xa0\t]+", " ", line).strip() for line in (*self.done, self.line))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(clean)).strip()

    def _words(self, one: str) -> None:
        if isinstance(one, PreformattedString):
            return
        if self.kept:
            first, *rest = one.replace("\r\n", "\n").split("\n")
            self._write(first)
            for line in rest:
                self._break()
                self._write(line)
            return
        self._write(SPACES.sub(" ", one))

    def _write(self, words: str) -> None:
        if not words.strip(" ") and (self.owed or not self.line):
            return
        self._settle()
        self.line += words if self.line else words.lstrip(" ")

    def _settle(self) -> None:
        """Give what is owed: end the line, and leave one free."""
        if self.owed and self.line:
            self._break()
        if self.owed == 2 and self.done and self.done[-1]:
            self.done.append("")
        self.owed = 0

    def _break(self) -> None:
        self.done.append(self.line)
        self.line = ""

    def _enter(self, one: Any) -> None:
        name = one.name
        if name == "br":
            self._settle()
            self._break()
        elif name in ("td", "th"):
            self._write(" ")
        elif name == "img":
            self._emoji(one)
        elif name in BLOCKS:
            self._block(name)
            if name in ("ul", "ol"):
                self.lists.append(int(name == "ol"))
            elif name == "li":
                self._bullet()
        self.kept += _keeps_spaces(one)

    def _leave(self, one: Any) -> None:
        self.kept -= _keeps_spaces(one)
        if one.name in ("ul", "ol") and self.lists:
            self.lists.pop()
        if one.name in BLOCKS:
            self._block(one.name)

    def _block(self, name: str) -> None:
        """A block begins or ends. Where a line has just begun, as behind a `br`, it does so already."""
        wanted = 2 if name in PARAGRAPHS and not self.lists else 1
        if self.line or wanted == 2:
            self.owed = max(self.owed, wanted)

    def _bullet(self) -> None:
        number = self.lists[-1] if self.lists else 0
        self._write(f"{number}. " if number else "- ")
        if number:
            self.lists[-1] += 1

    def _emoji(self, one: Tag) -> None:
        """A picture of an emoji is a word; the text of other pictures is not what anybody wrote."""
        told = str(one.get("alt") or "")
        if 0 < len(told) <= 8 and all(sign > "\u2100" for sign in told):
            self._write(told)


def _is_hidden(one: Any) -> bool:
    if one.name in UNREAD or one.get("hidden") is not None:
        return True
    return bool(HIDDEN.search(str(one.get("style") or "")[:2_000]))


def _keeps_spaces(one: Any) -> int:
    return int(one.name in ("pre", "listing") or bool(KEPT_SPACES.search(str(one.get("style") or "")[:2_000])))
