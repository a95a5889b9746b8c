"""After-sales flows of the sample shop, lived through now: a return to its end, a complaint to its proposal."""

from collections.abc import Callable
from typing import Any

from infra.stack import Stack

Wait = Callable[[Callable[[], Any], str], Any]
LAMP = {"sku": "LAMP-CLIP", "quantity": 1, "price": {"amount": "129.00", "currency": "CNY"}}
AFTER_SALES = {
    "auto_approve": [{"name": "small amounts", "kind": "return", "max_value": "200", "currency": "CNY"}],
    "return_days": 30,
}


def play(stack: Stack, shop: str, run: str, delivered_at: str, wait: Wait) -> dict[str, str]:
    """Live through them; the summary's lines."""
    desk = Desk(stack, shop, wait)
    order = {"external_id": f"O-{run}", "items": [LAMP], "total": LAMP["price"], "delivered_at": delivered_at}
    back = desk.ask(f"live-{run}-return", "return", order, "unwanted", "颜色和想的不一样，想退货。")
    returned = _return(desk, back, f"live-{run}-return")
    angry = desk.ask(f"live-{run}-complaint", "complaint", order, "late", "Two weeks late, and nobody answered.")
    for move in ("acknowledge", "propose"):
        complaint = desk.move(angry, move)
    return {
        "A return": f"{returned['number']}: {' → '.join(one['state'] for one in returned['flow']['steps'])}",
        "A complaint": f"{complaint['number']}: {complaint['flow']['state']}, the {complaint['flow']['turn']} answers "
        f"until {complaint['flow']['due_at'][:10]}",
    }  # fmt: skip


def _return(desk: "Desk", case: str, external_id: str) -> dict[str, Any]:
    """Approved by rule, shipped, received, inspected, paid."""
    desk.move(case, "ship", carrier="顺丰", tracking="SF1390000000000")
    desk.report("parcel.received", external_id)
    desk.comes_to(case, "received")
    desk.report("inspection.done", external_id, outcome="accepted")
    desk.comes_to(case, "accepted")
    given = desk.post(case, "money", {"kind": "refund", "amount": LAMP["price"]})["money"][0]
    desk.post(case, f"money/{given['id']}/request", {})
    desk.move(case, "refund")
    desk.report("refund.completed", external_id, money=given["id"])
    return desk.comes_to(case, "completed")


class Desk:
    """The sample shop's side of the API."""

    def __init__(self, stack: Stack, shop: str, wait: Wait) -> None:
        self.stack, self.shop, self.wait = stack, shop, wait
        self.secret, self.agent = stack.secret(shop, "standard"), stack.token("agent", shop)

    def ask(self, external_id: str, kind: str, order: dict[str, Any], reason: str, message: str) -> str:
        """A customer asks; the id of their case."""
        customer = {
            "external_id": external_id,
            "name": "陆遥",
            "email": f"{external_id}@example.net",
            "language": "zh-CN",
        }
        data = {
            "external_id": external_id, "type": kind, "channel": "web", "subject": message, "message": message,
            "customer": customer, "order": order, "claim": {"reason": reason},
        }  # fmt: skip
        self.stack.hook(self.shop, "case.requested", data, self.secret, external_id)
        path = f"/v1/cases?shop={self.shop}&external_id={external_id}"
        found = self.wait(lambda: self.stack.request("GET", path, token=self.agent).body["items"], f"the {kind}")
        return str(found[0]["id"])

    def report(self, kind: str, external_id: str, **told: Any) -> None:
        """A partner reports."""
        data = {"case_external_id": external_id, **told}
        self.stack.hook(self.shop, kind, data, self.secret, f"{external_id}-{kind}")

    def move(self, case: str, name: str, **told: Any) -> dict[str, Any]:
        """Staff make a move; the case after it."""
        return self.post(case, f"flow/{name}", told)

    def post(self, case: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post to a case; SystemExit when the API refuses."""
        answer = self.stack.request("POST", f"/v1/cases/{case}/{path}", body, self.agent)
        if answer.status not in (200, 201):
            raise SystemExit(f"The API refused {path}: {answer.status} {answer.body}")
        told: dict[str, Any] = answer.body
        return told

    def comes_to(self, case: str, state: str) -> dict[str, Any]:
        """The case, once its flow is there."""

        def look() -> dict[str, Any] | None:
            told: dict[str, Any] = self.stack.request("GET", f"/v1/cases/{case}", token=self.agent).body
            return told if told["flow"]["state"] == state else None

        found: dict[str, Any] = self.wait(look, f"the flow's state {state}")
        return found
