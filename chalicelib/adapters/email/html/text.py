"""Turn HTML into the text a browser shows, and into HTML that is safe to show.

In the text, spaces and line ends are folded, each block has its own lines, table cells are separated, and nothing
hidden is included. A parser only gets HTML that cannot keep it busy for long (docs/decisions/0011).
"""

import re
from collections.abc import Mapping
from html import unescape
from itertools import islice
from urllib.parse import unquote

import nh3
from bs4 import BeautifulSoup

from chalicelib.adapters.email.html.lines import TextLines
from chalicelib.adapters.email.quoted_html import mark_quotes

MOST_TEXT = 200_000
MOST_TAGS = 5_000
OPEN = re.compile(r"<(?=[^<>]{0,2000}(?:<|\Z))")
"""The beginning of a tag that is never closed."""


def escape_open_tags(html: str) -> str:
    """HTML without comments, with `&lt;` for the beginning of each tag that is never closed. Parsers would search for
    the end of each such tag to the end of the page, again and again."""
    return OPEN.sub("&lt;", _remove_between(html, "<!--", "-->", len("-->")))


def is_small_enough(html: str) -> bool:
    """Whether HTML may be given to a parser: very large HTML, or one with very many tags, can take minutes."""
    return len(html) <= MOST_TEXT and html.count("<") <= MOST_TAGS


def text_of(html: str, quoted: bool = True) -> str:
    """The text that HTML shows. Without `quoted`, marks are in the place of the emails it quotes."""
    first, rest = _split_for_parser(_limit(html))
    soup = BeautifulSoup(first, "html.parser")
    was_cut = not quoted and mark_quotes(soup)
    page = TextLines()
    page.read(soup)
    return page.text() if not rest or was_cut else f"{page.text()}\n{_without_tags(rest)}"


def _limit(html: str) -> str:
    """As much HTML as is read, without half a tag at its end."""
    start = html[:MOST_TEXT]
    is_in_tag = len(html) > MOST_TEXT and start.rfind("<") > start.rfind(">")
    return start[: start.rfind("<")] if is_in_tag else start


def _split_for_parser(html: str) -> tuple[str, str]:
    """As much HTML from its beginning as may be given to a parser, and the rest. New text is at the beginning."""
    places = (match.start() for match in re.finditer("<", html))
    end = next(islice(places, MOST_TAGS, None), len(html))
    return html[:end], html[end:]


def _without_tags(html: str) -> str:
    """The text of HTML that is too long for a parser: without styles, and with a line end for each tag."""
    text = re.sub(r"<[^<>]{0,1000}>", "\n", _remove_between(html, r"<(?:style|script)\b", "</"))
    return re.sub(r"[ \t]*\n\s*", "\n", unescape(text)).strip()


def _remove_between(html: str, begins: str, ends: str, end_length: int = 0) -> str:
    """HTML without what is between a match of `begins` and the next `ends`, of which `end_length` characters are
    removed as well. What has no end stays."""
    pieces: list[str] = []
    place = 0
    for start in re.finditer(begins, html, re.IGNORECASE):
        if start.start() < place:
            continue
        end = html.find(ends, start.end())
        if end == -1:
            break
        pieces.append(html[place : start.start()])
        place = end + end_length
    return "".join((*pieces, html[place:]))


def safe_html(html: str, images: Mapping[str, str]) -> str | None:
    """HTML that can do nothing; None if there is none, or too much.

    It has no scripts and no forms, and fetches nothing from elsewhere, which would tell its sender that somebody reads
    it. `images` are those of the email that may be shown: data URLs by their `cid`.
    """
    if not html or not is_small_enough(html):
        return None

    def filter_attribute(tag: str, name: str, value: str) -> str | None:
        if (tag, name) == ("img", "src"):
            return images.get(unquote(value.removeprefix("cid:")))
        return None if value.lower().lstrip().startswith(("data:", "cid:")) else value

    schemes = {"http", "https", "mailto", "tel", "cid", "data"}
    return nh3.clean(html, attribute_filter=filter_attribute, url_schemes=schemes)
