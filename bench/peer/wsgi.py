"""This project's functions behind a WSGI server, called as API Gateway would call them."""

from collections.abc import Callable, Iterable
from typing import Any

import app
from bench.support.requests import Context, request


def application(environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """Answer one request about cases."""
    path = environ["PATH_INFO"]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    resource = "/v1/cases" if path == "/v1/cases" else "/v1/cases/{case}"
    answer = app.app(request(environ["REQUEST_METHOD"], resource, path, body), Context())
    content = answer["body"].encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    start(f"{answer['statusCode']} -", headers)
    return [content]
