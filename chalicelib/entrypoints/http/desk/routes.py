"""The pages of the agents' desk: one route of API Gateway, and the table of what is behind it.

A page's module is imported when it is asked for, so that the desk costs the API's cold start nothing. `{shop}` in a
path is a shop that the signed-in person may see; everything else is 404.
"""

import re
from functools import cache

from chalice.app import Blueprint, Response

from chalicelib.entrypoints.http.desk.table import PAGES, Page

desk = Blueprint(__name__)
FORM_TYPES = ["application/x-www-form-urlencoded", "application/json"]


@desk.route("/desk", methods=["GET"])
def home() -> Response:
    """The desk's entrance."""
    return _answer("")


@desk.route("/desk/{proxy+}", methods=["GET"])
def show() -> Response:
    """A page of the desk, or one of its files."""
    return _answer(str((desk.current_request.uri_params or {}).get("proxy", "")))


@desk.route("/desk/{proxy+}", methods=["POST"], content_types=FORM_TYPES)
def post() -> Response:
    """A form of the desk."""
    return _answer(str((desk.current_request.uri_params or {}).get("proxy", "")))


def _answer(path: str) -> Response:
    from chalicelib.entrypoints.http.desk.guard import guarded

    request = desk.current_request
    page_at = find(request.method, path.strip("/"))
    return guarded(request, page_at)


@cache
def _patterns() -> list[tuple[Page, re.Pattern[str]]]:
    return [(page, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", page.path))) for page in PAGES]


def find(method: str, path: str) -> tuple[Page, dict[str, str]] | None:
    """The page at a path, and the values of the names in its path; None when there is none."""
    for page, pattern in _patterns():
        match = pattern.fullmatch(path)
        if match and page.method == method:
            return page, match.groupdict()
    return None
