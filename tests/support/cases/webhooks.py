"""Bodies of standard webhooks about one case."""

from typing import Any

from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import MINUTE_MS, format_instant
from tests.fakes import NOON

SECRET = "whsec_c2VjcmV0LW9mLXRoZS1kZW1vLXNob3A="
KEY = case_key("demo", "web-1")


def minutes_after_noon(minutes: float) -> str:
    """A time in the notation of webhooks."""
    return format_instant(NOON + round(minutes * MINUTE_MS))


def request(**changes: Any) -> dict[str, Any]:
    """The body of a `case.requested`."""
    fields: dict[str, Any] = {
        "external_id": "web-1",
        "type": "return",
        "channel": "web",
        "subject": "鞋子偏小",
        "message": "想退货 😀",
        "customer": {"external_id": "fang", "name": "王芳", "email": "fang@example.net", "language": "zh-CN"},
        "occurred_at": minutes_after_noon(0),
    }
    return fields | changes


def about(minutes: float, **more: Any) -> dict[str, Any]:
    """The body of a later webhook about that case."""
    return {"case_external_id": "web-1", "occurred_at": minutes_after_noon(minutes), **more}


DAY_OF_A_CASE: list[tuple[str, dict[str, Any]]] = [
    ("case.requested", request()),
    ("case.replied", about(5, agent="mei", message="可以退")),
    ("message.received", about(9, author="customer", message="谢谢")),
    ("case.resolved", about(20, agent="mei")),
    ("message.received", about(30, author="customer", message="还有问题")),
    ("case.resolved", about(40, agent="mei", message="好了")),
    ("survey.answered", about(50, csat=5, nps=9)),
    ("case.closed", about(60)),
]
