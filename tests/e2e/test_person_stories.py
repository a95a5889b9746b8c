"""A customer in every channel: known as one person, seen with all records, and erased everywhere."""

import json
import uuid
from typing import Any

from infra.local.stack import HTTP
from tests.support.cloud.stories import everything, link_to, shopify
from tests.support.cloud.world import World, problem

Json = dict[str, Any]


class Person:
    """A customer whose name, address and messages occur nowhere else."""

    def __init__(self, world: World) -> None:
        mark = uuid.uuid4().hex[:8]
        self.world, self.name, self.email = world, f"芳{mark}", f"fang-{mark}@example.net"
        self.phone, self.words, self.platform_id = f"+86138{int(mark, 16) % 10**8:08d}", f"漏水{mark}", int(mark, 16)
        self.external_id = f"member-{mark}"
        self.traces = (self.name, mark, self.email, self.phone, self.words, self.external_id)

    def writes_everywhere(self) -> list[str]:
        """Contact the shop by frontend, platform, help page, review and an event before its case; the cases."""
        world = self.world
        who = {"external_id": self.external_id, "name": self.name, "email": self.email, "phone": self.phone}
        first = world.ask("web", type="return", customer=who, message=self.words, subject=self.words)
        world.hook("message.received", {"case_external_id": "later", "author": "customer", "message": self.words})
        later = world.ask("later", customer=who)
        changes = {
            "ines@example.org": self.email,
            "+351912345678": self.phone,
            "7000000000001": str(self.platform_id),
            "Inês": self.name,
            "A lâmpada faz fumo": self.words,
        }
        shopify(world, "orders-create", changes)
        shopify(world, "returns-request", changes)
        platform = str(world.case_of("shopify/return/9100000000001")["id"])
        review = {"external_id": "rev", "score": 1, "text": self.words, "customer": who}
        assert world.hook("review.created", review).status == 202
        reviewed = str(world.case_of("rev")["id"])
        world.post(f"/v1/cases/{first}/messages", {"body": f"亲爱的{self.name}"})
        world.post(f"/v1/cases/{first}/tasks", {"department": "quality", "title": f"致电 {self.phone}"})
        form = f"order={'O-1'}&contact={self.email.replace('@', '%40')}".encode()
        world.stack.request(
            "POST", f"/help/{world.shop}", form, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        link_to(world, self.email, "/help/")
        return [first, later, platform, reviewed]


def fetched(world: World, link: str) -> str:
    """The content behind a customer's link."""
    answer = world.stack.request("GET", link)
    assert answer.status == 303, answer
    file = HTTP.request("GET", answer.headers["location"])
    assert file.status == 200, file.data
    return file.data.decode()


def test_a_person_in_every_channel_is_one_is_seen_whole_and_is_erased_everywhere(world: World) -> None:
    person = Person(world)
    cases = person.writes_everywhere()
    customer = world.case(cases[0])["customer"]["id"]

    def linked() -> Any:
        profile = world.get(f"/v1/customers/{customer}").body
        return profile if {one["source"] for one in profile["records"]} >= {"standard", "shopify"} else None

    profile = world.eventually(linked, "the platform's record merged into the shop's own")
    assert (profile["name"], profile["email"], profile["merged_into"]) == (person.name, person.email, None)
    assert {case["id"] for case in profile["cases"]} >= set(cases)
    assert [order["number"] for order in profile["orders"]] == ["1042"]
    found = world.get(f"/v1/customers?shop={world.shop}&email={person.email.upper().replace('@', '%40')}").body["items"]
    assert [one["id"] for one in found] == [customer]
    read = world.get(f"/v1/customers/{customer}/accesses").body["items"]
    assert {one["what"] for one in read} >= {"profile", "case", "search"}

    stored = everything(world)
    assert customer in stored
    assert [trace for trace in person.traces if trace in stored] == []

    assert world.post(f"/v1/customers/{customer}/export", {}).status == 202
    link = link_to(world, person.email, "/x/")
    held = fetched(world, link)
    assert person.words in held
    assert {case["id"] for case in json.loads(held)["cases"]} >= set(cases)

    problem(world.stack.request("DELETE", f"/v1/customers/{customer}", token=world.agent), 403)
    receipt = world.stack.request("DELETE", f"/v1/customers/{customer}", token=world.admin)
    assert receipt.status == 200, receipt
    assert receipt.body["records"] >= 2
    assert receipt.body["cases"] >= len(cases)

    for case in cases:
        left = world.case(case)
        shown = json.dumps([left, world.events(case)], ensure_ascii=False)
        assert left["number"]
        assert [trace for trace in person.traces if trace in shown] == []
    after = world.get(f"/v1/customers/{customer}").body
    assert after["erased_at"] is not None
    assert [trace for trace in person.traces if trace in json.dumps(after, ensure_ascii=False)] == []
    gone = world.get(f"/v1/customers?shop={world.shop}&email={person.email.replace('@', '%40')}").body["items"]
    assert gone == []
    assert world.stack.request("GET", link).status == 410
    assert [event["type"] for event in world.get(f"/v1/customers/{customer}/events").body["items"]][-1] == "erased"


def test_the_platforms_own_redaction_erases_a_person_too(world: World) -> None:
    mark = uuid.uuid4().int % 10**12
    changes = {"7000000000001": str(mark), "ines@example.org": f"ines-{mark}@example.org"}
    shopify(world, "orders-create", changes)
    path = f"/v1/customers?shop={world.shop}&external_id=shopify/{mark}"
    (known,) = world.eventually(lambda: world.get(path).body["items"], "the buyer")
    assert known["name"] == "Inês Duarte"
    shopify(world, "customers-redact", changes)
    world.eventually(lambda: world.get(f"/v1/customers/{known['id']}").body["erased_at"], "the erasure")


def test_another_shops_people_do_not_exist_for_an_agent(world: World) -> None:
    other = World.new(world.stack)
    case = other.ask("theirs")
    customer = other.case(case)["customer"]["id"]
    problem(world.get(f"/v1/customers/{customer}"), 404)
    problem(world.post(f"/v1/customers/{customer}/merge", {"customer": customer}), 404)
    problem(world.get(f"/v1/customers?shop={other.shop}&email=a%40example.net"), 404)
