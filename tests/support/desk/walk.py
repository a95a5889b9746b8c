"""Every page of the desk that links lead to, and what a browser would make of it."""

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from chalicelib.entrypoints.http.desk.routes import find
from tests.support.desk.forms import Fields, forms_of
from tests.support.desk.markers import ATTRIBUTE, SUM, TAG, WORD
from tests.support.desk.visitor import DESK, DeskAnswer, Visitor

ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post", "data-draft", "data-find")
SHOP = "demo"
OF_A_KIND = 4
"""How many addresses of one page, with the same parameters, are opened: one for each kind of thing that is shown."""


class Shown(HTMLParser):
    """A page as a browser reads it: its titles, its addresses, and the markup that markers became."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title, self.inside = "", ""
        self.addresses: list[str] = []
        self.markup: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note addresses, and what only a marker can have made."""
        self.inside = tag
        if tag == TAG or any(ATTRIBUTE in name for name, _ in attrs):
            self.markup.append(self.get_starttag_text() or tag)
        self.addresses += [value for name, value in attrs if name in ADDRESSES and value]

    def handle_endtag(self, tag: str) -> None:
        """The text after it is not inside any more."""
        self.inside = ""

    def handle_data(self, data: str) -> None:
        """Note the title's text."""
        if self.inside == "title":
            self.title += data


def faults_of(text: str) -> list[str]:
    """What is wrong with a page on which markers stand."""
    page = Shown(text)
    found = [f"markup: {each}" for each in page.markup]
    found += ["a template made a sum"] if SUM in text else []
    found += [f"title: {page.title}"] if WORD in page.title else []
    return found + [f"address: {each}" for each in page.addresses if WORD in unquote_plus(each)]


def places_of(text: str) -> set[str]:
    """The places whose markers stand on a page."""
    return set(re.findall(rf"{WORD}\.(\w+)\.", text))


class Walk:
    """Opens pages and follows their links, each address once, and of a kind only some."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.follow = visitor, True
        self.forms: dict[str, Fields] = {}
        self.faults: dict[str, list[str]] = {}
        self.places: dict[str, set[str]] = {}
        self.seen: set[str] = set()
        self.kinds: Counter[tuple[str, frozenset[str]]] = Counter()
        self.waiting: list[str] = []

    def go(self, *starts: str, follow: bool = True) -> None:
        """Open these pages of the shop, and all to which they lead."""
        self.follow = follow
        self.waiting += [f"{SHOP}/{start}" for start in starts]
        while self.waiting:
            address = self.waiting.pop()
            if address not in self.seen:
                self.seen.add(address)
                self._open(address)

    def _open(self, address: str) -> None:
        parts = urlsplit(address)
        page_at = find("GET", parts.path)
        if page_at is None:
            self.faults[address] = ["there is no such page"]
            return
        asked = dict(parse_qsl(parts.query))
        kind = page_at[0].path, frozenset(asked)
        self.kinds[kind] += 1
        if self.kinds[kind] > OF_A_KIND:
            return
        answer = self.visitor.get(parts.path, **asked)
        self.places.setdefault(page_at[0].path, set()).update(places_of(answer.text))
        if answer.status >= 500:
            self.faults[address] = [f"status {answer.status}"]
        if "html" in "".join(answer.headers.get("content-type", ())):
            self._read(address, answer)

    def _read(self, address: str, answer: DeskAnswer) -> None:
        self.forms |= forms_of(answer.text)
        if found := faults_of(answer.text):
            self.faults[address] = found
        if not self.follow:
            return
        for link in re.findall(r'(?:href|hx-get)="([^"#]*)', answer.text):
            path = unescape(link).partition(f"{DESK}/{SHOP}/")[2]
            if path:
                self.waiting.append(f"{SHOP}/{path}")
