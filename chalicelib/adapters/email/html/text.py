"""The text of HTML as a browser shows it: spaces and line ends folded, a block a line, table cells apart, nothing that
is hidden; and the HTML itself without what could do anything.

A parser gets no HTML that could hold it (docs/decisions/0011).
"""

import re
from collections.abc import Mapping
from html import unescape
from itertools import islice
from urllib.parse import unquote

import nh3
from bs4 import BeautifulSoup

from chalicelib.adapters.email.html.lines import Lines
from chalicelib.adapters.email.quoted_html import mark_quotes

MOST_TEXT, MOST_TAGS = 200_000, 5_000
OPEN = re.compile(r"<(?=[^<>]{0,2000}(?:<|\Z))")
"""Where a tag begins that does not end."""


def closed(html: str) -> str:
    """HTML without comments, and without tags that do not end: those are signs. Parsers look for the end of each to
    the end of the page, again and again."""
    return OPEN.sub("&lt;", _between(html, "<!--", "-->", len("-->")))


def is_moderate(html: str) -> bool:
    """Whether HTML may be given to a parser: what is very large or has very many tags can take minutes."""
    return len(html) <= MOST_TEXT and html.count("<") <= MOST_TAGS


def text_of(html: str, quoted: bool = True) -> str:
    """The text HTML shows; unless the mails it quotes are wanted, with marks in their place."""
    first, rest = _moderate(_first(html))
    soup = BeautifulSoup(first, "html.parser")
    cut = not quoted and mark_quotes(soup)
    page = Lines()
    page.read(soup)
    return page.text() if not rest or cut else f"{page.text()}\n{_without_tags(rest)}"


def _first(html: str) -> str:
    """So much as is read, without half a tag at its end."""
    cut = html[:MOST_TEXT]
    return cut[: cut.rfind("<")] if len(html) > MOST_TEXT and cut.rfind("<") > cut.rfind(">") else cut


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
