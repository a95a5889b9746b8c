"""Find the quotes in the HTML of an email, and replace them with marks that the domain reads.

An indented block may be a quote, or somebody's own indented words, so it is only marked as indented: the text before it
decides.
"""

from functools import cache
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from chalicelib.domain.email.quoting import begins_with_forward
from chalicelib.domain.email.quoting.forms.containers import QUOTES, SIGNATURES, TO_THE_END
from chalicelib.domain.email.quoting.forms.row import Form
from chalicelib.domain.email.quoting.lines import DROPPED, MARKS, NO_MARKS, OPENED, SHUT

SIGNATURE_CHARACTERS = 600
"""A signature is no longer than this; a longer element has somebody's words."""
SIGNATURE_LINES = 10
MOST_ELEMENTS = 200
"""At most this many elements of a kind are examined."""


@cache
def _selectors(rows: tuple[Form, ...]) -> str:
    return ", ".join(row.form for row in rows)


def quoted_tag_ids(soup: BeautifulSoup) -> set[int]:
    """The `id()` of every tag inside a quoted email. Changes nothing."""
    ids: set[int] = set()
    for rows in (TO_THE_END, QUOTES):
        for tag in soup.select(_selectors(rows), limit=MOST_ELEMENTS):
            if id(tag) not in ids:
                if begins_with_forward(_beginning(tag)):
                    return ids
                ids.add(id(tag))
                ids |= {id(inner) for inner in tag.find_all(True)}
                if rows is TO_THE_END:
                    ids |= {id(later) for later in tag.find_all_next(True)}
    return ids


def mark_quotes(soup: BeautifulSoup) -> bool:
    """Remove quotes and signatures from the HTML of an email, leave marks in their place, and say whether there was a
    quote. If the first of them is a forwarded email, nothing more is removed."""
    for text in soup.find_all(string=lambda text: bool(text) and any(mark in text for mark in MARKS)):
        text.replace_with(text.translate(NO_MARKS))
    removed = _remove_quotes(soup)
    if removed is not None:
        for tag in soup.select(_selectors(SIGNATURES), limit=MOST_ELEMENTS):
            if _is_short(_beginning(tag)):
                tag.extract()
        for tag in soup("blockquote"):
            _mark_edges(soup, tag)
    return bool(removed)


def _remove_quotes(soup: BeautifulSoup) -> int | None:
    """Remove the elements in which clients put quotes, and count them; None as soon as one is a forwarded email."""
    removed = 0
    for rows in (TO_THE_END, QUOTES):
        for tag in soup.select(_selectors(rows), limit=MOST_ELEMENTS):
            if _is_attached(tag, soup):
                if begins_with_forward(_beginning(tag)):
                    return None
                mark = _mark(soup, DROPPED)
                tag.replace_with(mark)
                removed += 1
                if rows is TO_THE_END:
                    _remove_behind(mark)
    return removed


def _mark(soup: BeautifulSoup, sign: str) -> Tag:
    """A block with a mark, so that the mark becomes a line of its own in the text."""
    block = soup.new_tag("div")
    block.string = sign
    return block


def _mark_edges(soup: BeautifulSoup, tag: Tag) -> None:
    """Mark where an indented block begins and ends, unless Gmail's button indented it: then it is somebody's own."""
    if "border:none" not in str(tag.get("style") or "").replace(" ", "").lower():
        tag.insert_before(_mark(soup, OPENED))
        tag.insert_after(_mark(soup, SHUT))


def _is_attached(tag: Tag, soup: BeautifulSoup) -> bool:
    """Whether a tag is still part of the email, and was not removed with one around it."""
    node: Any = tag
    while node.parent is not None:
        node = node.parent
    return node is soup


def _remove_behind(tag: Tag) -> None:
    """Remove everything behind a tag in the email, whatever tag it is in."""
    node: Any = tag
    while node is not None:
        for later in list(node.next_siblings):
            later.extract()
        node = node.parent


def _beginning(tag: Tag) -> str:
    """The first words of a tag, only as many as are examined."""
    texts: list[str] = []
    for text in tag.strings:
        texts.append(text)
        if sum(map(len, texts)) > SIGNATURE_CHARACTERS or len(texts) > SIGNATURE_CHARACTERS:
            break
    return "\n".join(texts).strip()


def _is_short(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    return len(text) <= SIGNATURE_CHARACTERS and len(lines) <= SIGNATURE_LINES
