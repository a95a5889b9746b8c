"""The desk's static files."""

from chalice.app import Response

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.entrypoints.http.desk.context import Desk

YEAR_S = 365 * 86_400


def asset(_: Desk, name: str) -> Response:
    """A file by its address, which has the hash of its content: browsers keep it for ever."""
    from chalicelib.adapters.desk.assets import read_asset

    content = read_asset(name)
    if content is None:
        raise NotFound("There is no such file.")
    text, kind = content
    headers: dict[str, str | list[str]] = {
        "Content-Type": kind,
        "Cache-Control": f"public, max-age={YEAR_S}, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body=text, status_code=200, headers=headers)
