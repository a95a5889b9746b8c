"""After-sales flows on the packaged stack, as customers and staff go through them."""

from datetime import UTC, datetime, timedelta

from tests.support.cloud.stories import ORDER, ask_back, comes_to, move
from tests.support.cloud.world import World, problem


def yesterday() -> str:
    return (datetime.now(UTC) - timedelta(days=1)).isoformat()


def test_shoes_that_are_too_small_come_back_and_the_money_goes_out(world: World) -> None:
    case = ask_back(world, "web-1")
    flow = world.case(case)["flow"]
    assert (flow["kind"], flow["state"], flow["turn"], flow["on_timeout"]) == (
        "return",
        "requested",
        "shop",
        "escalate",
    )
    assert flow["items"] == [{"sku": "SHOE-42", "quantity": 1, "condition": None}]
    refused = world.post(f"/v1/cases/{case}/flow/refund", {})
    assert problem(refused, 409)["allowed"] == ["approve", "receive", "reject", "withdraw"]
    assert move(world, case, "approve")["turn"] == "customer"
    assert world.case(case)["status"] == "waiting_customer"
    assert move(world, case, "ship", carrier="顺丰", tracking="SF139")["shipments"][0]["tracking"] == "SF139"
    about = {"case_external_id": "web-1"}
    assert world.hook("parcel.received", about).status == 202
    comes_to(world, case, "received")
    inspection = {**about, "outcome": "accepted", "items": [{"sku": "SHOE-42", "condition": "new"}]}
    assert world.hook("inspection.done", inspection).status == 202
    assert comes_to(world, case, "accepted")["items"][0]["condition"] == "new"
    assert move(world, case, "refund")["turn"] == "finance"
    assert world.hook("refund.completed", about).status == 202
    assert comes_to(world, case, "completed")["moves"] == []
    assert world.case(case)["status"] == "resolved"
    assert world.types(case)[-1] == "flow_moved"


def test_a_rule_approves_a_small_claim_and_says_so_in_both_languages(world: World) -> None:
    rule = {"name": "small sizes", "reason": "size_too_small", "max_value": "500", "currency": "CNY"}
    world.policy(after_sales={"auto_approve": [rule]})
    case = world.ask(
        "web-1", type="return", order=ORDER | {"delivered_at": yesterday()}, claim={"reason": "size_too_small"}
    )
    assert world.case(case)["flow"]["state"] == "approved"
    explanation = world.get(f"/v1/cases/{case}/why").body
    assert explanation["eligible"] is True
    assert "七日无理由" in explanation["rulings"][0]["text"]["zh"]
    assert (explanation["decisions"][0]["by"]["kind"], explanation["decisions"][0]["rule"]) == ("system", "small sizes")


def test_a_rejected_return_is_disputed_and_both_sides_say_why(world: World) -> None:
    case = ask_back(world, "web-1")
    problem(world.post(f"/v1/cases/{case}/flow/reject", {}), 422)
    assert move(world, case, "reject", reason="已穿着外出")["state"] == "rejected"
    assert move(world, case, "dispute", reason="只在室内试穿")["turn"] == "shop"
    assert move(world, case, "approve")["state"] == "approved"


def test_time_reminds_expires_and_accepts_by_itself(world: World) -> None:
    deadlines = {
        "return.approved.remind": 1,
        "return.approved.expire": 3,
        "complaint.proposed.remind": 1,
        "complaint.proposed.accept": 3,
        "refund.requested.escalate": 2,
    }
    world.policy(after_sales={"deadlines": deadlines})
    back, complaint = ask_back(world, "web-1"), ask_back(world, "web-2", "complaint")
    move(world, back, "approve")
    move(world, complaint, "acknowledge")
    move(world, complaint, "propose", reason="补发一双")
    assert comes_to(world, back, "expired")["turn"] == "nobody"
    assert comes_to(world, complaint, "accepted")["turn"] == "shop"
    timed_out = [one["data"]["does"] for one in world.events(back) if one["type"] == "flow_timed_out"]
    assert timed_out == ["remind", "expire"]
    assert world.case(back)["status"] == "resolved"


def test_a_lamp_that_never_came_is_sent_again(world: World) -> None:
    case = world.ask("web-1", type="order_issue", order=ORDER)
    assert world.case(case)["flow"] is None
    started = world.post(f"/v1/cases/{case}/flow/start", {"kind": "reship", "claim": {"reason": "missing_item"}})
    assert (started.status, started.body["flow"]["kind"]) == (201, "reship")
    move(world, case, "approve")
    about = {"case_external_id": "web-1"}
    assert world.hook("replacement.sent", {**about, "carrier": "DHL", "tracking": "D1"}).status == 202
    comes_to(world, case, "sent")
    assert world.hook("shipment.delivered", about).status == 202
    comes_to(world, case, "delivered")
    assert move(world, case, "complete")["state"] == "completed"


def test_a_large_refund_needs_a_second_person_and_is_never_more_than_was_paid(world: World) -> None:
    case = ask_back(world, "web-1")
    asked = {"kind": "refund", "amount": {"amount": "499.00", "currency": "CNY"}}
    made = world.post(f"/v1/cases/{case}/money", asked)
    assert made.status == 201, made
    money = made.body["money"][0]
    assert (money["state"], money["by"]) == ("proposed", f"agent-{world.shop}")
    problem(world.post(f"/v1/cases/{case}/money", asked), 409)
    problem(world.post(f"/v1/cases/{case}/money/{money['id']}/approve", {}), 403)
    supervisor = world.stack.token("supervisor", world.shop)
    approved = world.post(f"/v1/cases/{case}/money/{money['id']}/approve", {}, supervisor)
    assert approved.body["money"][0]["approved_by"] == f"supervisor-{world.shop}"
    assert world.post(f"/v1/cases/{case}/money/{money['id']}/request", {}).status == 200
    assert world.hook("refund.completed", {"case_external_id": "web-1", "money": money["id"]}).status == 202
    world.eventually(lambda: world.case(case)["money"][0]["state"] == "done", "the money")
    assert [kind for kind in world.types(case) if kind.startswith("money")] == [
        "money_proposed",
        "money_approved",
        "money_requested",
        "money_done",
    ]


def test_a_smoking_charger_makes_three_departments_work_and_a_late_one_raises_the_case(world: World) -> None:
    case = world.ask("web-1", type="repair", order=ORDER, claim={"reason": "defective", "evidence": ["photo-1"]})
    assert {task["department"] for task in world.case(case)["tasks"]} == {"quality", "logistics", "after_sales"}
    listed = world.get("/v1/tasks?department=quality").body["items"]
    assert listed == world.get(f"/v1/tasks?shop={world.shop}&department=quality").body["items"]
    assert [one["case"] for one in listed] == [case]
    done = world.post(f"/v1/cases/{case}/tasks/{listed[0]['id']}/done", {"outcome": "同批次召回"})
    assert {one["id"]: one["outcome"] for one in done.body["tasks"]}[listed[0]["id"]] == "同批次召回"
    assert world.get(f"/v1/tasks?shop={world.shop}&department=quality").body["items"] == []
    problem(world.post(f"/v1/cases/{case}/status", {"status": "resolved"}), 409)
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    world.post(f"/v1/cases/{case}/tasks", {"department": "finance", "title": "赔付", "due_at": soon})
    late = world.event(case, "task_late")
    assert late["at"] >= late["data"]["due_at"]
    assert world.case(case)["tier"] == 1
