"""Is the API there?"""

from chalice.app import Blueprint, Response

from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer
from chalicelib.settings import settings

health = Blueprint(__name__)


@health.route("/v1/health", methods=["GET"])
@answering
def check() -> Response:
    """Alive, and of which stage. It touches nothing behind the function."""
    return answer({"status": "ok", "stage": settings().stage})
