"""Each kind of flow to its ends on the packaged stack: disputes, failed refunds, price differences, deadlines."""

from typing import Any

from tests.support.cloud.stories import ORDER, act, ask_back, comes_to, move, own_page
from tests.support.cloud.world import World, problem

SECONDS = {
    "return.requested.escalate": 2,
    "return.approved.remind": 1,
    "return.approved.expire": 3,
    "return.in_transit.chase": 1,
    "return.in_transit.give_up": 3,
    "return.received.escalate": 2,
    "return.accepted.escalate": 2,
    "return.rejected.let_stand": 2,
    "complaint.recorded.escalate": 2,
    "complaint.proposed.accept": 3,
    "repair.quoted.decline": 2,
    "exchange.out_of_stock.fall_back": 2,
    "reship.delivered.complete": 2,
    "refund.approved.escalate": 2,
}


def send_event(world: World, kind: str, external_id: str, **fields: Any) -> None:
    answer = world.hook(kind, {"case_external_id": external_id, **fields})
    assert answer.status == 202, answer


def back_at_the_shop(world: World, case: str, external_id: str) -> None:
    move(world, case, "approve")
    move(world, case, "ship", tracking="SF1")
    send_event(world, "parcel.received", external_id)
    comes_to(world, case, "received")


def test_refused_goods_are_disputed_and_the_shop_gives_in_or_stands_by_it(world: World) -> None:
    for name, answer, end in (("web-1", "accept", "accepted"), ("web-2", "uphold", "ended")):
        case = ask_back(world, name)
        back_at_the_shop(world, case, name)
        send_event(world, "inspection.done", name, outcome="refused")
        comes_to(world, case, "refused")
        assert act(world, own_page(world, name), "dispute", reason="吊牌还在").status == 303
        assert comes_to(world, case, "goods_disputed")["turn"] == "shop"
        assert "approve" not in world.case(case)["flow"]["moves"]
        assert move(world, case, answer, reason="再次验货")["state"] == end


def test_an_exchange_settles_the_difference_first_and_falls_back_to_money_when_there_is_none_left(world: World) -> None:
    case = ask_back(world, "web-1", "exchange")
    back_at_the_shop(world, case, "web-1")
    send_event(world, "inspection.done", "web-1", outcome="accepted")
    comes_to(world, case, "accepted")
    more = {"amount": {"amount": "60.00", "currency": "CNY"}}
    problem(world.post(f"/v1/cases/{case}/flow/ask_difference", {}), 422)
    assert move(world, case, "ask_difference", **more)["turn"] == "customer"
    assert "60.00 CNY" in world.stack.request("GET", own_page(world)).body
    problem(world.post(f"/v1/cases/{case}/flow/send", {}), 409)
    assert move(world, case, "settle_difference")["turn"] == "shop"
    assert move(world, case, "run_out")["turn"] == "customer"
    assert act(world, own_page(world), "fall_back").status == 303
    assert comes_to(world, case, "refunding")["turn"] == "finance"
    money = world.post(f"/v1/cases/{case}/money", {"kind": "refund", "amount": {"amount": "100", "currency": "CNY"}})
    send_event(world, "refund.completed", "web-1", money=money.body["money"][0]["id"])
    comes_to(world, case, "completed")
    assert world.case(case)["money"][0]["state"] == "done"


def test_a_repair_out_of_warranty_is_quoted_declined_and_sent_back_as_it_came(world: World) -> None:
    old = ORDER | {"delivered_at": "2024-01-05T00:00:00Z"}
    case = world.ask("web-1", type="repair", order=old, claim={"reason": "other"})
    assert [one["name"] for one in world.case(case)["flow"]["eligibility"]["rulings"]] == ["warranty_over"]
    back_at_the_shop(world, case, "web-1")
    move(world, case, "diagnose", note="主板进水")
    move(world, case, "quote", amount={"amount": "199.00", "currency": "CNY"}, reason="更换主板")
    page = own_page(world)
    assert "199.00 CNY" in world.stack.request("GET", page).body
    assert act(world, page, "decline").status == 303
    assert comes_to(world, case, "declined")["turn"] == "warehouse"
    send_event(world, "replacement.sent", "web-1", carrier="SF", tracking="SF9")
    comes_to(world, case, "sent_back")
    send_event(world, "shipment.delivered", "web-1")
    comes_to(world, case, "delivered")
    assert act(world, page, "complete").status == 303
    comes_to(world, case, "completed")
    assert world.case(case)["status"] == "resolved"


def test_money_that_failed_is_made_anew_and_a_late_word_on_the_first_pays_nothing_twice(world: World) -> None:
    case = ask_back(world, "web-1", "refund")
    move(world, case, "approve")
    asked = {"kind": "refund", "amount": {"amount": "150.00", "currency": "CNY"}}
    first = world.post(f"/v1/cases/{case}/money", asked).body["money"][0]["id"]
    world.post(f"/v1/cases/{case}/money/{first}/request", {})
    send_event(world, "refund.failed", "web-1", money=first, note="card closed")
    world.eventually(lambda: world.case(case)["money"][0]["state"] == "failed", "the failure")
    second = world.post(f"/v1/cases/{case}/money", asked).body["money"][1]["id"]
    world.post(f"/v1/cases/{case}/money/{second}/request", {})
    send_event(world, "refund.failed", "web-1", money=first, note="again")
    send_event(world, "refund.completed", "web-1", money=second)
    world.eventually(lambda: world.case(case)["money"][1]["state"] == "done", "the money")
    assert [one["state"] for one in world.case(case)["money"]] == ["failed", "done"]


def test_two_cases_of_one_order_cannot_give_it_twice(world: World) -> None:
    cases = [ask_back(world, name, "refund") for name in ("web-1", "web-2")]
    asked = {"kind": "refund", "amount": {"amount": "300.00", "currency": "CNY"}}
    assert world.post(f"/v1/cases/{cases[0]}/money", asked).status == 201
    refused = problem(world.post(f"/v1/cases/{cases[1]}/money", asked), 409)
    assert "199.00 CNY of what was paid are left" in refused["detail"]
    rulings = world.case(cases[1])["flow"]["eligibility"]["rulings"]
    assert "already_claimed" in {one["name"] for one in rulings}


def test_time_does_its_part_at_every_turn(world: World) -> None:
    world = World.new(world.stack, calendar="always")  # on a Sunday, too
    world.policy(after_sales={"deadlines": SECONDS})
    cases = {name: ask_back(world, name) for name in ("shop", "customer", "carrier", "warehouse", "finance", "stands")}
    others = {name: ask_back(world, name, name) for name in ("complaint", "repair", "exchange", "refund")}
    move(world, cases["customer"], "approve")
    for name in ("carrier", "warehouse", "finance"):  # each on its own, for its next turn ends within seconds
        move(world, cases[name], "approve")
        move(world, cases[name], "ship", tracking="T")
        if name != "carrier":
            send_event(world, "parcel.received", name)
            comes_to(world, cases[name], "received")
    move(world, cases["finance"], "inspect", outcome="accepted")
    move(world, cases["stands"], "reject", reason="已使用")
    back_at_the_shop(world, others["repair"], "repair")
    move(world, others["repair"], "diagnose")
    move(world, others["repair"], "quote", amount={"amount": "9", "currency": "CNY"})
    back_at_the_shop(world, others["exchange"], "exchange")
    move(world, others["exchange"], "inspect", outcome="accepted")
    move(world, others["exchange"], "run_out")
    move(world, others["refund"], "approve")
    for name, end in (("customer", "expired"), ("carrier", "missing"), ("stands", "ended")):
        comes_to(world, cases[name], end)
    assert comes_to(world, others["repair"], "declined")["turn"] == "warehouse"
    assert comes_to(world, others["exchange"], "refunding")["turn"] == "finance"
    for case in (cases["shop"], cases["warehouse"], cases["finance"], others["complaint"], others["refund"]):
        world.event(case, "case_escalated")
    (chase,) = (task for task in world.case(cases["carrier"])["tasks"] if task["department"] == "logistics")
    assert chase["done_at"] is None
    mails = world.stack.mails(f"{world.shop}-customer@example.net")
    assert any("温馨提醒" in mail["text"] for mail in mails)
