"""Where HTML quotes another mail: marks that the domain reads, in the place of what clients name a quote.

What may be a quote, or somebody's own indented words, is only marked as indented: the text before it decides.
"""

from functools import cache
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from chalicelib.domain.quoting import forwards_below
from chalicelib.domain.quoting.forms.containers import QUOTES, SIGNATURES, TO_THE_END
from chalicelib.domain.quoting.forms.row import Form
from chalicelib.domain.quoting.lines import DROPPED, MARKS, OPENED, SHUT

SHORT, FEW = 600, 10
"""A signature's container holds so many characters and lines at most; a longer one holds somebody's words."""
NO_MARKS = str.maketrans(dict.fromkeys(MARKS))


@cache
def _selectors(rows: tuple[Form, ...]) -> str:
    return ", ".join(row.form for row in rows)


def mark_quotes(soup: BeautifulSoup) -> None:
    """Takes quotes and signatures out of a mail's tags and leaves marks in their place. A forwarded mail stays, and so
    does everything where nothing else would be left."""
    for text in soup.find_all(string=lambda text: bool(text) and any(mark in text for mark in MARKS)):
        text.replace_with(text.translate(NO_MARKS))
    for tag in soup.select(_selectors(TO_THE_END)):
        if _stands(tag, soup) and not forwards_below(tag.get_text("\n")[:SHORT]):
            _cut_behind(tag)
    for tag in soup.select(_selectors(QUOTES)):
        if _stands(tag, soup) and not forwards_below(tag.get_text("\n")[:SHORT]):
            tag.replace_with(NavigableString(f"\n{DROPPED}\n"))
    for tag in soup.select(_selectors(SIGNATURES)):
        if _stands(tag, soup) and _is_short(tag):
            tag.extract()
    for tag in soup("blockquote"):
        if "border:none" not in str(tag.get("style") or "").replace(" ", "").lower():  # Gmail's button that indents
            tag.insert_before(NavigableString(f"\n{OPENED}\n"))
            tag.insert_after(NavigableString(f"\n{SHUT}\n"))


def _stands(tag: Tag, soup: BeautifulSoup) -> bool:
    """Whether a tag is still a part of the mail, and not gone with one around it."""
    one: Any = tag
    while one.parent is not None:
        one = one.parent
    return one is soup


def _cut_behind(tag: Tag) -> None:
    """Cuts a tag and all that stands behind it in the mail, whoever holds it."""
    mark = NavigableString(f"\n{DROPPED}\n")
    tag.insert_before(mark)
    one: Any = mark
    while one is not None:
        for later in list(one.next_siblings):
            later.extract()
        one = one.parent


def _is_short(tag: Tag) -> bool:
    text = tag.get_text("\n").strip()
    return len(text) <= SHORT and len([line for line in text.split("\n") if line.strip()]) <= FEW
