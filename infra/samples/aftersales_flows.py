"""One after-sales flow of each kind, played now by the sample shop's customers, partners and staff."""

from typing import Any

from infra.samples.visitor import Json, Visitor

PRICE = {"amount": "129.00", "currency": "CNY"}
LAMP = {"sku": "LAMP-CLIP", "title": "夹灯 Clip lamp", "quantity": 1, "price": PRICE}
AFTER_SALES = {
    "auto_approve": [{"name": "small amounts", "kind": "return", "max_value": "200", "currency": "CNY"}],
    "return_days": 30,
}


SHOWN_PAGES = ("return", "complaint")


def play(kind: str, visitor: Visitor, run: str, delivered_at: str) -> dict[str, str]:
    """Play the flow of a kind; the summary's lines, one of which may be the customer's page."""
    scene = Scene(visitor, run, delivered_at)
    lines = {kind.capitalize(): _line(FLOWS[kind](scene))}
    return lines | ({f"The customer's {kind} page": scene.page(kind)} if kind in SHOWN_PAGES else {})


def _line(case: Json) -> str:
    flow = case["flow"]
    steps = " → ".join(step["state"] for step in flow["steps"])
    waits = f"; the {flow['turn']} answers until {flow['due_at'][:10]}" if flow["due_at"] else ""
    return f"{case['number']}: {steps}{waits}"


class Scene:
    """The customers of a run, one for each kind of flow and all with the same lamp, and the shop's partners."""

    def __init__(self, visitor: Visitor, run: str, delivered_at: str) -> None:
        self.visitor, self.run, self.delivered_at = visitor, run, delivered_at

    def request_case(self, kind: str, reason: str, message: str, **changes: Any) -> str:
        """A customer asks for something; the id of their case."""
        name = self.name(kind)
        data = {
            "external_id": name,
            "type": kind,
            "channel": "web",
            "subject": message,
            "message": message,
            "customer": {"external_id": name, "name": "陆遥", "email": f"{name}@example.net", "language": "zh-CN"},
            "order": {
                "external_id": f"O-{self.run}-{kind}",
                "items": [LAMP],
                "total": PRICE,
                "delivered_at": self.delivered_at,
            },
            "claim": {"reason": reason},
        }
        self.visitor.send_webhook("case.requested", data | changes, name)
        return self.visitor.case_by_external_id(name)

    def name(self, kind: str) -> str:
        """The name of the customer, the case and the mailbox of this kind."""
        return f"live-{self.run}-{kind}"

    def report(self, what: str, kind: str, **fields: Any) -> None:
        """A partner reports about the case of that kind."""
        name = self.name(kind)
        data = {"case_external_id": name, **fields}
        self.visitor.send_webhook(what, data, f"{name}-{what}-{fields.get('money', '')}")

    def page(self, kind: str) -> str:
        """The customer's own page."""
        return self.visitor.emailed_link(f"{self.name(kind)}@example.net", "/p/")

    def take_turn(self, kind: str, move: str, **fields: str) -> None:
        """The customer makes a move on their page."""
        self.visitor.submit_form(f"{self.page(kind)}/{move}", fields)

    def refund(self, case: str, kind: str) -> None:
        """The money is requested from the shop, which pays it."""
        refund = self.visitor.post(case, "money", {"kind": "refund", "amount": PRICE})["money"][-1]
        self.visitor.post(case, f"money/{refund['id']}/request", {})
        self.visitor.post(case, "flow/refund", {})
        self.report("refund.completed", kind, money=refund["id"])

    def send_back(self, case: str, kind: str) -> None:
        """The goods come back: the customer ships, the warehouse receives."""
        self.visitor.wait_for_state(case, "approved")
        self.take_turn(kind, "ship", carrier="顺丰", tracking=f"SF{self.run}")
        self.report("parcel.received", kind)
        self.visitor.wait_for_state(case, "received")


def _return(scene: Scene) -> Json:
    """Approved by rule, shipped, received, inspected, paid."""
    case = scene.request_case("return", "unwanted", "颜色和想的不一样，想退货。")
    scene.send_back(case, "return")
    scene.report("inspection.done", "return", outcome="accepted")
    scene.visitor.wait_for_state(case, "accepted")
    scene.refund(case, "return")
    return scene.visitor.wait_for_state(case, "completed")


def _exchange(scene: Scene) -> Json:
    """Another lamp that costs more: the difference is settled first."""
    case, staff = scene.request_case("exchange", "not_as_described", "想换大一号的台灯。"), scene.visitor
    staff.post(case, "flow/approve", {})
    scene.send_back(case, "exchange")
    scene.report("inspection.done", "exchange", outcome="accepted")
    staff.wait_for_state(case, "accepted")
    staff.post(case, "flow/ask_difference", {"amount": {"amount": "30.00", "currency": "CNY"}})
    staff.post(case, "flow/settle_difference", {"note": "paid by card"})
    scene.report("replacement.sent", "exchange", carrier="顺丰", tracking="SF2")
    staff.wait_for_state(case, "replacement_sent")
    scene.report("shipment.delivered", "exchange")
    staff.wait_for_state(case, "delivered")
    scene.take_turn("exchange", "complete")
    return staff.wait_for_state(case, "completed")


def _repair(scene: Scene) -> Json:
    """Out of warranty: quoted, accepted by the customer, repaired, sent back."""
    case, staff = scene.request_case("repair", "defective", "The switch does nothing any more."), scene.visitor
    for task in staff.case(case)["tasks"]:
        staff.post(case, f"tasks/{task['id']}/done", {"outcome": "one lamp, no series"})
    staff.post(case, "flow/approve", {})
    scene.send_back(case, "repair")
    staff.post(case, "flow/diagnose", {"note": "moisture in the switch"})
    staff.post(case, "flow/quote", {"amount": {"amount": "25.00", "currency": "CNY"}, "reason": "a new switch"})
    scene.take_turn("repair", "accept")
    staff.wait_for_state(case, "quote_accepted")
    for move in ("repair", "send", "deliver"):
        staff.post(case, f"flow/{move}", {})
    scene.take_turn("repair", "complete")
    return staff.wait_for_state(case, "completed")


def _refund(scene: Scene) -> Json:
    """The first payment fails; another is made under another id."""
    case, staff = scene.request_case("refund", "missing_item", "少了一只灯泡。"), scene.visitor
    staff.post(case, "flow/approve", {})
    body = {"kind": "refund", "amount": {"amount": "12.00", "currency": "CNY"}}
    failing = staff.post(case, "money", body)["money"][-1]
    staff.post(case, f"money/{failing['id']}/request", {})
    scene.report("refund.failed", "refund", money=failing["id"], note="card closed")
    staff.wait_for(lambda: staff.case(case)["money"][0]["state"] == "failed", "the failed refund")
    refund = staff.post(case, "money", body)["money"][-1]
    staff.post(case, f"money/{refund['id']}/request", {})
    staff.post(case, "flow/refund", {})
    scene.report("refund.completed", "refund", money=refund["id"])
    return staff.wait_for_state(case, "completed")


def _reship(scene: Scene) -> Json:
    """A part that was missing is sent on the case that asked for it."""
    case = scene.request_case("reship", "missing_item", "Where is the second bulb?", type="order_issue", claim=None)
    scene.visitor.post(case, "flow/start", {"kind": "reship", "claim": {"reason": "missing_item"}})
    scene.visitor.post(case, "flow/approve", {})
    scene.report("replacement.sent", "reship", carrier="DHL", tracking="D-77")
    scene.visitor.wait_for_state(case, "sent")
    scene.report("shipment.delivered", "reship")
    return scene.visitor.wait_for_state(case, "delivered")


def _complaint(scene: Scene) -> Json:
    """A proposal is refused, the next tier proposes more, and the customer has a week."""
    case, staff = scene.request_case("complaint", "late", "Two weeks late, and nobody answered."), scene.visitor
    staff.post(case, "flow/acknowledge", {})
    staff.post(case, "flow/propose", {"reason": "We are sorry."})
    scene.take_turn("complaint", "refuse", reason="道歉不够")
    staff.wait_for_state(case, "investigating")
    staff.post(case, "flow/propose", {"reason": "免除运费，并补偿 20 元"})
    return staff.wait_for_state(case, "proposed")


FLOWS = {
    "return": _return,
    "exchange": _exchange,
    "repair": _repair,
    "refund": _refund,
    "reship": _reship,
    "complaint": _complaint,
}
