"""The forms of a page of the desk, with what a browser would send if nobody changed anything."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.support.desk.visitor import DESK

Fields = dict[str, list[str]]


class Forms(HTMLParser):
    """Reads `{path below /desk: fields}` of the POST forms of a page; a button's own target counts as a form, too."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, Fields] = {}
        self.path: str | None = None
        self.fields: Fields = {}
        self.choosing: str | None = None
        self.writing: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or note a field of the one that was begun."""
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form" and given.get("method") == "post":
            self.path, self.fields = _path(given["action"]), {}
        if self.path is None:
            return
        if "formaction" in given:
            self.found[_path(given["formaction"])] = self.fields
        if name and tag in ("input", "button", "textarea"):
            self.fields.setdefault(name, []).append(given.get("value", ""))
        self.writing = name if tag == "textarea" else None
        if tag == "select":
            self.choosing = name
        if tag == "option" and self.choosing:
            self.fields.setdefault(self.choosing, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """End a form or a list of choices."""
        self.writing = None
        if tag == "select":
            self.choosing = None
        if tag == "form" and self.path is not None:
            self.found[self.path] = self.fields
            self.path = None

    def handle_data(self, data: str) -> None:
        """The text of a box."""
        if self.writing:
            self.fields[self.writing] = [data]


def forms_of(text: str) -> dict[str, Fields]:
    """The forms of a page, each by the path to which it is sent, with the values that each field may have."""
    return Forms(text).found


def _path(address: str) -> str:
    return urlsplit(address).path.partition(urlsplit(DESK).path + "/")[2]
