"""One after-sales flow of each kind, lived through now by the sample shop's customers, partners and staff."""

from typing import Any

from infra.samples.visitor import Json, Visitor

PRICE = {"amount": "129.00", "currency": "CNY"}
LAMP = {"sku": "LAMP-CLIP", "title": "夹灯 Clip lamp", "quantity": 1, "price": PRICE}
AFTER_SALES = {
    "auto_approve": [{"name": "small amounts", "kind": "return", "max_value": "200", "currency": "CNY"}],
    "return_days": 30,
}


def play(visitor: Visitor, run: str, delivered_at: str) -> dict[str, str]:
    """Live through them; the summary's lines, two of which are customers' pages."""
    people = Customers(visitor, run, delivered_at)
    told = {kind: live(people) for kind, live in STORIES.items()}
    lines = {kind.capitalize(): _line(case) for kind, case in told.items()}
    pages = {f"The customer's {kind} page": people.page(kind) for kind in ("return", "complaint")}
    return lines | pages


def _line(case: Json) -> str:
    flow = case["flow"]
    steps = " → ".join(one["state"] for one in flow["steps"])
    waits = f"; the {flow['turn']} answers until {flow['due_at'][:10]}" if flow["due_at"] else ""
    return f"{case['number']}: {steps}{waits}"


class Customers:
    """The sample shop's customers of today, one a kind of flow, with the same lamp."""

    def __init__(self, visitor: Visitor, run: str, delivered_at: str) -> None:
        self.visitor, self.run, self.delivered_at = visitor, run, delivered_at

    def ask(self, kind: str, reason: str, message: str, **changes: Any) -> str:
        """A customer asks; the id of their case."""
        order = {
            "external_id": f"O-{self.run}-{kind}", "items": [LAMP], "total": PRICE, "delivered_at": self.delivered_at,
        }  # fmt: skip
        customer = {
            "external_id": self.name(kind), "name": "陆遥", "email": f"{self.name(kind)}@example.net",
            "language": "zh-CN",
        }  # fmt: skip
        data = {
            "external_id": self.name(kind), "type": kind, "channel": "web", "subject": message, "message": message,
            "customer": customer, "order": order, "claim": {"reason": reason},
        }  # fmt: skip
        self.visitor.tell("case.requested", data | changes, self.name(kind))
        return self.visitor.case_of(self.name(kind))

    def name(self, kind: str) -> str:
        """What the customer, the case and the mailbox of this kind are called."""
        return f"live-{self.run}-{kind}"

    def report(self, what: str, kind: str, **told: Any) -> None:
        """A partner reports about the case of that kind."""
        name = self.name(kind)
        self.visitor.tell(what, {"case_external_id": name, **told}, f"{name}-{what}-{told.get('money', '')}")

    def page(self, kind: str) -> str:
        """The customer's own page."""
        return self.visitor.mailed(f"{self.name(kind)}@example.net", "/p/")

    def turn(self, kind: str, move: str, **fields: str) -> None:
        """The customer takes their turn on their page."""
        self.visitor.fill_in(f"{self.page(kind)}/{move}", fields)

    def pay(self, case: str, kind: str) -> None:
        """The shop is asked for the money, and pays it."""
        given = self.visitor.post(case, "money", {"kind": "refund", "amount": PRICE})["money"][-1]
        self.visitor.post(case, f"money/{given['id']}/request", {})
        self.visitor.post(case, "flow/refund", {})
        self.report("refund.completed", kind, money=given["id"])

    def send_back(self, case: str, kind: str) -> None:
        """The goods come back: the customer ships, the warehouse receives."""
        self.visitor.comes_to(case, "approved")
        self.turn(kind, "ship", carrier="顺丰", tracking=f"SF{self.run}")
        self.report("parcel.received", kind)
        self.visitor.comes_to(case, "received")


def _return(people: Customers) -> Json:
    """Approved by rule, shipped, received, inspected, paid."""
    case = people.ask("return", "unwanted", "颜色和想的不一样，想退货。")
    people.send_back(case, "return")
    people.report("inspection.done", "return", outcome="accepted")
    people.visitor.comes_to(case, "accepted")
    people.pay(case, "return")
    return people.visitor.comes_to(case, "completed")


def _exchange(people: Customers) -> Json:
    """Another lamp that costs more: the difference is settled first."""
    case, staff = people.ask("exchange", "not_as_described", "想换大一号的台灯。"), people.visitor
    staff.post(case, "flow/approve", {})
    people.send_back(case, "exchange")
    people.report("inspection.done", "exchange", outcome="accepted")
    staff.comes_to(case, "accepted")
    staff.post(case, "flow/ask_difference", {"amount": {"amount": "30.00", "currency": "CNY"}})
    staff.post(case, "flow/settle_difference", {"note": "paid by card"})
    people.report("replacement.sent", "exchange", carrier="顺丰", tracking="SF2")
    staff.comes_to(case, "replacement_sent")
    people.report("shipment.delivered", "exchange")
    staff.comes_to(case, "delivered")
    people.turn("exchange", "complete")
    return staff.comes_to(case, "completed")


def _repair(people: Customers) -> Json:
    """Out of warranty: quoted, accepted by the customer, repaired, sent back."""
    case, staff = people.ask("repair", "defective", "The switch does nothing any more."), people.visitor
    for task in staff.case(case)["tasks"]:
        staff.post(case, f"tasks/{task['id']}/done", {"outcome": "one lamp, no series"})
    staff.post(case, "flow/approve", {})
    people.send_back(case, "repair")
    staff.post(case, "flow/diagnose", {"note": "moisture in the switch"})
    staff.post(case, "flow/quote", {"amount": {"amount": "25.00", "currency": "CNY"}, "reason": "a new switch"})
    people.turn("repair", "accept")
    staff.comes_to(case, "quote_accepted")
    for move in ("repair", "send", "deliver"):
        staff.post(case, f"flow/{move}", {})
    people.turn("repair", "complete")
    return staff.comes_to(case, "completed")


def _refund(people: Customers) -> Json:
    """The first payment fails; another is made under another id."""
    case, staff = people.ask("refund", "missing_item", "少了一只灯泡。"), people.visitor
    staff.post(case, "flow/approve", {})
    part = {"kind": "refund", "amount": {"amount": "12.00", "currency": "CNY"}}
    lost = staff.post(case, "money", part)["money"][-1]
    staff.post(case, f"money/{lost['id']}/request", {})
    people.report("refund.failed", "refund", money=lost["id"], note="card closed")
    staff.wait(lambda: staff.case(case)["money"][0]["state"] == "failed", "the failed refund")
    given = staff.post(case, "money", part)["money"][-1]
    staff.post(case, f"money/{given['id']}/request", {})
    staff.post(case, "flow/refund", {})
    people.report("refund.completed", "refund", money=given["id"])
    return staff.comes_to(case, "completed")


def _reship(people: Customers) -> Json:
    """A part that was missing is sent on the case that asked for it."""
    case = people.ask("reship", "missing_item", "Where is the second bulb?", type="order_issue", claim=None)
    people.visitor.post(case, "flow/start", {"kind": "reship", "claim": {"reason": "missing_item"}})
    people.visitor.post(case, "flow/approve", {})
    people.report("replacement.sent", "reship", carrier="DHL", tracking="D-77")
    people.visitor.comes_to(case, "sent")
    people.report("shipment.delivered", "reship")
    return people.visitor.comes_to(case, "delivered")


def _complaint(people: Customers) -> Json:
    """A proposal is refused, the next tier proposes more, and the customer has a week."""
    case, staff = people.ask("complaint", "late", "Two weeks late, and nobody answered."), people.visitor
    staff.post(case, "flow/acknowledge", {})
    staff.post(case, "flow/propose", {"reason": "We are sorry."})
    people.turn("complaint", "refuse", reason="道歉不够")
    staff.comes_to(case, "investigating")
    staff.post(case, "flow/propose", {"reason": "免除运费，并补偿 20 元"})
    return staff.comes_to(case, "proposed")


STORIES = {
    "return": _return, "exchange": _exchange, "repair": _repair, "refund": _refund, "reship": _reship,
    "complaint": _complaint,
}  # fmt: skip
