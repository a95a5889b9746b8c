"""The lines that HTML shows: blocks, lists, table cells and spaces as a browser lays them out (HTML, 15.3)."""

import re
from typing import Any

from bs4.element import PreformattedString, Tag

from chalicelib.adapters.email.html.hidden import hidden_by, is_hidden

PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "figure"}
"""Blocks with a margin: a browser leaves a line free around them (HTML, 15.3)."""
BLOCKS = PARAGRAPHS | {
    "div",
    "li",
    "tr",
    "table",
    "tbody",
    "thead",
    "tfoot",
    "caption",
    "center",
    "section",
    "article",
    "header",
    "footer",
    "address",
    "main",
    "nav",
    "aside",
    "form",
    "fieldset",
    "dt",
    "dd",
    "hr",
    "body",
    "html",
    "details",
    "summary",
    "textarea",
}
UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\ufeff"))
"""What a browser shows nothing for: a place where a word may be broken."""
KEPT_SPACES = re.compile(r"white-space\s*:\s*(pre|break-spaces)", re.IGNORECASE)
SPACES = re.compile(r"[ \t\r\n\f]+")


class Lines:
    """Lines as they are shown. Goes through a tree without calling itself, whatever its depth."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.line = ""
        self.owed = 0
        """What a block asks for before the next words: 1 a new line, 2 a free line."""
        self.kept = 0
        """How many of the tags around keep their spaces."""
        self.hidden: frozenset[str] = frozenset()
        """The classes and ids that the page's own style hides."""
        self.lists: list[int] = []
        """The lists around: the number of their next item, 0 where they have none."""

    def read(self, soup: Any) -> None:
        """Take in everything below a tag."""
        self.hidden = hidden_by("".join(one.get_text() for one in soup.find_all("style")))
        stack: list[tuple[bool, Any]] = [(True, soup)]
        while stack:
            enters, one = stack.pop()
            if not enters:
                self._leave(one)
            elif isinstance(one, str):
                self._words(one)
            elif not is_hidden(one, self.hidden):
                self._enter(one)
                stack.append((False, one))
                stack += [(True, child) for child in reversed(one.contents)]

    def text(self) -> str:
        """The lines, with at most one free between two."""
        clean = (re.sub(" +", " ", line).strip(" ") for line in (*self.done, self.line))
        told = "\n".join(line.translate(UNSEEN).replace("\xa0", " ").rstrip() for line in clean)
        return re.sub(r"\n{3,}", "\n\n", told).strip()

    def _words(self, one: str) -> None:
        if isinstance(one, PreformattedString):
            return
        if self.kept:
            first, *rest = one.replace("\r\n", "\n").replace(" ", "\xa0").split("\n")
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


def _keeps_spaces(one: Any) -> int:
    return int(
        one.name in ("pre", "listing", "textarea") or bool(KEPT_SPACES.search(str(one.get("style") or "")[:2_000]))
    )
