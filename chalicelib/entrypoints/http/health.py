"""Health check of the API."""

from chalice.app import Blueprint, Response

from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer
from chalicelib.settings import settings

health = Blueprint(__name__)


@health.route("/v1/health", methods=["GET"])
@answering
def check() -> Response:
    """Answer with the stage. It uses no other service, so it only shows that the function runs."""
    return answer({"status": "ok", "stage": settings().stage})
