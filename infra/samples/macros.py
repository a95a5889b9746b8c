"""The macros of the sample shop: prepared answers in Chinese and English."""

from typing import Any

from infra.local.stack import Stack

MACROS: dict[str, dict[str, Any]] = {
    "late-parcel": {
        "name": {"zh": "包裹延误", "en": "The parcel is late"},
        "text": {
            "zh": "{{ customer.name }}，您好：\n\n非常抱歉，您的包裹还在路上。我们已请承运商查询，"
            "明天给您答复。\n\n{{ shop.name }}",
            "en": "Dear {{ customer.name }},\n\nwe are sorry: your parcel is still on its way. We have asked the"
            " carrier where it is, and will write to you tomorrow.\n\n{{ shop.name }}",
        },
        "actions": {"tags": {"add": ["late"]}, "snooze": {"seconds": 86_400}},
    },
    "ask-for-a-picture": {
        "name": {"zh": "请客户发照片", "en": "Ask for a picture"},
        "text": {
            "zh": "{{ customer.name }}，您好：\n\n请发一张能看清问题的照片，我们就能马上处理服务单 {{ case.number }}。",
            "en": "Dear {{ customer.name }},\n\nplease send us a picture that shows what is wrong, so that we can go on"
            " with {{ case.number }} at once.",
        },
        "actions": {"status": "waiting_customer"},
    },
    "thanks": {
        "name": {"zh": "感谢并结束", "en": "Thank and finish"},
        "text": {
            "zh": "{{ customer.name }}，您好：\n\n感谢您的来信，祝您生活愉快。\n\n{{ agent.name }}",
            "en": "Dear {{ customer.name }},\n\nthank you for writing to us. All the best\n\n{{ agent.name }}",
        },
        "actions": {"status": "resolved"},
    },
}
"""By their ids."""


def save_macros(stack: Stack, shop: str) -> None:
    """Save the macros; those that are there as they are stay. SystemExit when one is refused."""
    admin = stack.token("admin")
    for macro, body in MACROS.items():
        answer = stack.request("PUT", f"/v1/shops/{shop}/macros/{macro}", body, admin)
        if answer.status != 200:
            raise SystemExit(f"A macro of the sample shop was refused: {macro} {answer.status} {answer.body}")
