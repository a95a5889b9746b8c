"""Today at the sample shop: a queue that waits, cases at each agent, promises broken and nearly so, returns at
every turn, money and tasks that wait for somebody, an angry complaint, a regular customer, emails and platforms."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from infra.local.waiting import NotYet
from infra.progress import Show
from infra.samples import replay
from infra.samples.sample_day import ZONE
from infra.samples.staff import STAFF
from infra.samples.today import mails, platforms
from infra.samples.today.scenes import Json, Scene, external_id, opening, replies, scenes
from infra.samples.visitor import Visitor

AGENT, SUPERVISOR = STAFF[0].user, "zhao.min@demo.example"
ROUTED = ("case_assigned", "case_queued")
TO_STATE: dict[str, tuple[tuple[str, Json], ...]] = {
    "requested": (),
    "approved": (),
    "in_transit": (("shipment.scanned", {"carrier": "顺丰", "tracking": "SF1400220033"}),),
    "received": (("shipment.scanned", {"carrier": "京东", "tracking": "JD0098"}), ("parcel.received", {})),
    "accepted": (("parcel.received", {}), ("inspection.done", {"outcome": "accepted"})),
}
"""What partners report until a return is at that turn, after it was approved."""


def parts(visitor: Visitor, now: datetime) -> dict[str, Callable[[Show], dict[str, str]]]:
    """What is played at the same time; none of it when it was played today already."""
    return {
        "Today's desk": lambda show: Today(_shown(visitor, show), now).play(),
        "Today's emails": lambda show: mails.play(_shown(visitor, show), now),
        "Today's platforms": lambda show: platforms.play(_shown(visitor, show), now),
    }


def is_played(visitor: Visitor, now: datetime) -> bool:
    """Whether today's cases were sent by an earlier run."""
    last = external_id(now, scenes()[-1].id)
    path = f"/v1/cases?shop={visitor.shop}&external_id={last}"
    return bool(visitor.stack.request("GET", path, token=visitor.agent).body["items"])


def today() -> datetime:
    """This moment at the shop."""
    return datetime.now(ZONE)


def _shown(visitor: Visitor, show: Show) -> Visitor:
    return Visitor(visitor.stack, visitor.shop, show)


class Today:
    """The cases of `examples/today.yaml`, and what the shop's staff and partners have done with them since."""

    def __init__(self, visitor: Visitor, now: datetime) -> None:
        self.visitor, self.now = visitor, now
        self.scenes = {scene.id: scene for scene in scenes()}

    def play(self) -> dict[str, str]:
        """Open the cases and do with each what its scene says; the last one is opened when all else is done, for by it
        a later run sees that this one came to its end."""
        self._care()
        *scenes, last = self.scenes.values()
        self._open(scenes)
        for scene in scenes:
            self._then(scene)
        self._open([last])
        return {"Today's desk": f"{len(self.scenes)} live cases, of which {self._waiting()} wait for an agent"}

    def _open(self, scenes: list[Scene]) -> None:
        deliveries = [
            delivery for scene in scenes for delivery in (*replies(scene, self.now), opening(scene, self.now))
        ]
        replay.send_all(self.visitor.stack, self.visitor.shop, deliveries, self.visitor.show, 2)

    def _then(self, scene: Scene) -> None:
        steps: dict[str, Callable[[Scene], object]] = {
            "waits": lambda _scene: None,
            "answered": lambda _scene: None,
            "theirs": self._wait_for_customer,
            "tasks": self._tasks,
            "money": self._money,
            "escalated": self._escalate,
        }
        steps.get(scene.then, self._return)(scene)

    def _case(self, scene: Scene) -> str:
        return self.visitor.case_by_external_id(external_id(self.now, scene.id))

    def _post(self, case: str, path: str, body: Json, user: str | None = None) -> Json:
        """As the agent the case was assigned to, or as the one who signs in first if it waits."""
        self.visitor.wait_for(partial(self._routed, case), "an agent for a case")
        by = user or self.visitor.case(case)["assignee"] or AGENT
        return self.visitor.post(case, path, body, self.visitor.stack.sign_in(by))

    def _routed(self, case: str) -> bool | NotYet:
        path = f"/v1/cases/{case}/events"
        types = [
            event["type"] for event in self.visitor.stack.request("GET", path, token=self.visitor.agent).body["items"]
        ]
        return any(kind in ROUTED for kind in types) or NotYet(types)

    def _wait_for_customer(self, scene: Scene) -> None:
        self._post(self._case(scene), "status", {"status": "waiting_customer"})

    def _tasks(self, scene: Scene) -> None:
        case = self._case(scene)
        self._post(case, "messages", {"body": "供应商说灯杆接头有一批尺寸偏差，等他们确认。", "public": False})
        self._post(case, "tasks", {"department": "tech", "title": "确认灯杆接头是否同一批次"})
        self._post(case, "tasks", {"department": "logistics", "title": "安排上门取件"})

    def _money(self, scene: Scene) -> None:
        """More than an agent may give alone, so it waits for a second person."""
        case = self._case(scene)
        self._post(case, "flow/acknowledge", {})
        gesture = {"kind": "goodwill", "amount": {"amount": "260.00", "currency": "CNY"}, "reason": "晚到三周"}
        self._post(case, "money", gesture)

    def _escalate(self, scene: Scene) -> None:
        case = self._case(scene)
        self._post(case, "escalate", {"reason": "Two wrong parcels in a row; she asks for a manager"})
        self._post(case, "escalate", {"reason": "Not ours to decide: over the limit of the specialists"}, SUPERVISOR)

    def _return(self, scene: Scene) -> None:
        case = self._case(scene)
        if scene.then == "requested":
            return
        self._post(case, "flow/approve", {})
        name = external_id(self.now, scene.id)
        for place, (kind, fields) in enumerate(TO_STATE[scene.then]):
            self.visitor.send_webhook(kind, {"case_external_id": name, **fields}, f"{name}-{place}")
        self.visitor.wait_for_state(case, scene.then)

    def _care(self) -> None:
        """A customer who needs special care wrote before, consented to its being noted, and is to be called."""
        scene = self.scenes["care"]
        name = external_id(self.now, scene.id)
        before = opening(scene._replace(message="请问夜灯有货吗？", subject="夜灯有货吗"), self.now).data
        before |= {"external_id": f"{name}-before", "historical": True}
        self.visitor.send_webhook("case.requested", before, f"{name}-before")
        self.visitor.send_webhook("case.closed", {"case_external_id": f"{name}-before"}, f"{name}-before-closed")
        case = self.visitor.case(self.visitor.case_by_external_id(f"{name}-before"))
        path, token = (
            f"/v1/customers/{case['customer']['id']}",
            self.visitor.stack.token("supervisor", self.visitor.shop),
        )
        consent = {"purpose": "care", "state": "given", "source": "phone", "text_version": "2026-1"}
        for what, body in (("consents", consent), ("care", {"needs": ["elderly"]})):
            answer = self.visitor.stack.request("PUT", f"{path}/{what}", body, token)
            if answer.status not in (200, 201):
                raise SystemExit(f"The customer's care was refused: {answer.status} {answer.body}")

    def _waiting(self) -> int:
        path = f"/v1/cases?shop={self.visitor.shop}&status=new&limit=100"
        cases = self.visitor.stack.request("GET", path, token=self.visitor.agent).body["items"]
        return sum(case["assignee"] is None for case in cases)
