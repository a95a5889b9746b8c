"""The lines that HTML shows, with blocks, lists, table cells and spaces as a browser lays them out (HTML, 15.3)."""

import re
from typing import Any

from bs4.element import PreformattedString, Tag

from chalicelib.adapters.email.html.hidden import hidden_by, is_hidden

PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "figure"}
"""Blocks with a margin: a browser leaves a blank line around them (HTML, 15.3)."""
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
"""Characters that a browser does not show: they say where a word may be broken."""
KEPT_SPACES = re.compile(r"white-space\s*:\s*(pre|break-spaces)", re.IGNORECASE)
SPACES = re.compile(r"[ \t\r\n\f]+")


class TextLines:
    """The lines of a page as they are shown. Goes through the tree without recursion, however deep it is."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.line = ""
        self.owed = 0
        """What must come before the next words: 1 a new line, 2 a blank line."""
        self.preserving = 0
        """How many of the tags around preserve their spaces."""
        self.hidden: frozenset[str] = frozenset()
        """The classes and ids that the style sheet of the page hides."""
        self.lists: list[int] = []
        """The lists around: the number of the next item, 0 for a list without numbers."""

    def read(self, soup: Any) -> None:
        """Add everything below a tag."""
        self.hidden = hidden_by("".join(style.get_text() for style in soup.find_all("style")))
        stack: list[tuple[bool, Any]] = [(True, soup)]
        while stack:
            enters, node = stack.pop()
            if not enters:
                self._leave(node)
            elif isinstance(node, str):
                self._add_text(node)
            elif not is_hidden(node, self.hidden):
                self._enter(node)
                stack.append((False, node))
                stack += [(True, child) for child in reversed(node.contents)]

    def text(self) -> str:
        """The lines as text, with at most one blank line between two."""
        lines = (re.sub(" +", " ", line).strip(" ") for line in (*self.done, self.line))
        text = "\n".join(line.translate(UNSEEN).replace("\xa0", " ").rstrip() for line in lines)
        return re.sub(r"\n{3,}", "\n\n", text).strip()

    def _add_text(self, text: str) -> None:
        if isinstance(text, PreformattedString):
            return
        if self.preserving:
            first, *rest = text.replace("\r\n", "\n").replace(" ", "\xa0").split("\n")
            self._write(first)
            for line in rest:
                self._end_line()
                self._write(line)
            return
        self._write(SPACES.sub(" ", text))

    def _write(self, words: str) -> None:
        if not words.strip(" ") and (self.owed or not self.line):
            return
        self._add_owed_lines()
        self.line += words if self.line else words.lstrip(" ")

    def _add_owed_lines(self) -> None:
        """End the line and leave a blank line, if they are owed."""
        if self.owed and self.line:
            self._end_line()
        if self.owed == 2 and self.done and self.done[-1]:
            self.done.append("")
        self.owed = 0

    def _end_line(self) -> None:
        self.done.append(self.line)
        self.line = ""

    def _enter(self, tag: Any) -> None:
        name = tag.name
        if name == "br":
            self._add_owed_lines()
            self._end_line()
        elif name in ("td", "th"):
            self._write(" ")
        elif name == "img":
            self._add_emoji(tag)
        elif name in BLOCKS:
            self._owe_lines(name)
            if name in ("ul", "ol"):
                self.lists.append(int(name == "ol"))
            elif name == "li":
                self._add_bullet()
        self.preserving += _preserves_spaces(tag)

    def _leave(self, tag: Any) -> None:
        self.preserving -= _preserves_spaces(tag)
        if tag.name in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag.name in BLOCKS:
            self._owe_lines(tag.name)

    def _owe_lines(self, name: str) -> None:
        """A block begins or ends here. If a line has just begun, as behind a `br`, it needs no other."""
        owed = 2 if name in PARAGRAPHS and not self.lists else 1
        if self.line or owed == 2:
            self.owed = max(self.owed, owed)

    def _add_bullet(self) -> None:
        number = self.lists[-1] if self.lists else 0
        self._write(f"{number}. " if number else "- ")
        if number:
            self.lists[-1] += 1

    def _add_emoji(self, tag: Tag) -> None:
        """Add the text of an image of an emoji. The text of other images is not what anybody wrote."""
        text = str(tag.get("alt") or "")
        if 0 < len(text) <= 8 and all(sign > "\u2100" for sign in text):
            self._write(text)


def _preserves_spaces(tag: Any) -> int:
    has_style = bool(KEPT_SPACES.search(str(tag.get("style") or "")[:2_000]))
    return int(tag.name in ("pre", "listing", "textarea") or has_style)
