"""Where HTML quotes another mail: marks that the domain reads, in the place of what clients name a quote.

What may be a quote, or somebody's own indented words, is only marked as indented: the text before it decides.
"""

from functools import cache
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from chalicelib.domain.email.quoting import forwards_below
from chalicelib.domain.email.quoting.forms.containers import QUOTES, SIGNATURES, TO_THE_END
from chalicelib.domain.email.quoting.forms.row import Form
from chalicelib.domain.email.quoting.lines import DROPPED, MARKS, OPENED, SHUT

SHORT, FEW, MOST = 600, 10, 200
"""A signature's container holds so many characters and lines at most; a longer one holds somebody's words. So many
containers of a kind are looked at."""
NO_MARKS = str.maketrans(dict.fromkeys(MARKS))


@cache
def _selectors(rows: tuple[Form, ...]) -> str:
    return ", ".join(row.form for row in rows)


def quoted_in(soup: BeautifulSoup) -> set[int]:
    """The tags that hold a quoted mail, by their identity. Nothing is changed."""
    found: set[int] = set()
    for rows in (TO_THE_END, QUOTES):
        for tag in soup.select(_selectors(rows), limit=MOST):
            if id(tag) not in found:
                if forwards_below(_beginning(tag)):
                    return found
                found.add(id(tag))
                found |= {id(one) for one in tag.find_all(True)}
                if rows is TO_THE_END:
                    found |= {id(one) for one in tag.find_all_next(True)}
    return found


def mark_quotes(soup: BeautifulSoup) -> bool:
    """Takes quotes and signatures out of a mail's tags and leaves marks in their place; says whether a quote was. Where
    the first of them is a forwarded mail, nothing is taken out."""
    for text in soup.find_all(string=lambda text: bool(text) and any(mark in text for mark in MARKS)):
        text.replace_with(text.translate(NO_MARKS))
    taken = _take_out_quotes(soup)
    if taken is not None:
        for tag in soup.select(_selectors(SIGNATURES), limit=MOST):
            if _is_short(_beginning(tag)):
                tag.extract()
        for tag in soup("blockquote"):
            _mark_edges(soup, tag)
    return bool(taken)


def _take_out_quotes(soup: BeautifulSoup) -> int | None:
    """Takes out what clients name a quote, and counts it; stops where it is a forwarded mail."""
    taken = 0
    for rows in (TO_THE_END, QUOTES):
        for tag in soup.select(_selectors(rows), limit=MOST):
            if _stands(tag, soup):
                if forwards_below(_beginning(tag)):
                    return None
                mark = _mark(soup, DROPPED)
                tag.replace_with(mark)
                taken += 1
                if rows is TO_THE_END:
                    _cut_behind(mark)
    return taken


def _mark(soup: BeautifulSoup, sign: str) -> Tag:
    """A block of its own, so that the mark is a line of its own in the text."""
    block = soup.new_tag("div")
    block.string = sign
    return block


def _mark_edges(soup: BeautifulSoup, tag: Tag) -> None:
    """Marks an indented block; not what Gmail's button indents, which is somebody's own."""
    if "border:none" not in str(tag.get("style") or "").replace(" ", "").lower():
        tag.insert_before(_mark(soup, OPENED))
        tag.insert_after(_mark(soup, SHUT))


def _stands(tag: Tag, soup: BeautifulSoup) -> bool:
    """Whether a tag is still a part of the mail, and not gone with one around it."""
    one: Any = tag
    while one.parent is not None:
        one = one.parent
    return one is soup


def _cut_behind(tag: Tag) -> None:
    """Cuts all that stands behind a tag in the mail, whoever holds it."""
    one: Any = tag
    while one is not None:
        for later in list(one.next_siblings):
            later.extract()
        one = one.parent


def _beginning(tag: Tag) -> str:
    """The first words of a tag, and no more of them than are looked at."""
    found: list[str] = []
    for text in tag.strings:
        found.append(text)
        if sum(map(len, found)) > SHORT or len(found) > SHORT:
            break
    return "\n".join(found).strip()


def _is_short(text: str) -> bool:
    return len(text) <= SHORT and len([line for line in text.split("\n") if line.strip()]) <= FEW
