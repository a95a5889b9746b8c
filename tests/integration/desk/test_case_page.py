"""The page of a case: what it shows, to whom, in which language; what its forms do, and how they are refused."""

import re
from html import unescape
from typing import Any

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.payloads import Message, StatusChange
from chalicelib.domain.flows.facts import MoneyRequested
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order_payload import CustomerIn, OrderIn, OrderItemIn
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.desk.list_view import list_view
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.privacy.erase_customer import erase_customer
from chalicelib.usecases.routing import manage_agents
from tests.support.cases.case_work import MEI
from tests.support.desk.visitor import DeskAnswer, Visitor
from tests.support.moto.counted import counted_calls
from tests.support.moto.tables import command, given_case

HOSTILE = '<img src=x onerror="marker">{{7*7}}'
PRICE = MoneyIn(amount="199.00", currency="CNY")
ORDER = OrderIn(external_id="O-1", items=(OrderItemIn(sku="LAMP-1", title="Lamp", price=PRICE),), total=PRICE)


def given_return(services: AwsServices, **changes: Any) -> StoredCase:
    """A case about an order, with a return that was requested."""
    return given_case(services, type="return", order=ORDER, **changes)


def path_of(stored: StoredCase, rest: str = "") -> str:
    assert stored.case is not None
    return f"demo/cases/{stored.case.id}{rest}"


def now_of(services: AwsServices, stored: StoredCase) -> StoredCase:
    return services.cases.load(stored.key)


def version_of(services: AwsServices, stored: StoredCase) -> str:
    return str(now_of(services, stored).version)


def text_of(answer: DeskAnswer) -> str:
    """What a reader sees: the page without tags."""
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


def types_of(services: AwsServices, stored: StoredCase) -> list[str]:
    return [event.type for event in services.cases.events(stored.key)]


def test_a_case_is_shown_with_its_timeline_its_customer_and_its_flow_in_both_languages(desk: AwsServices) -> None:
    stored = given_return(desk)
    english = text_of(Visitor.signed_in().get(path_of(stored)))
    chinese = text_of(Visitor.signed_in(language="zh").get(path_of(stored)))
    for word in (
        "Case opened",
        "Turn: us",
        "Approve",
        "First reply",
        "王芳",
        "fang@example.net",
        "在吗 😀",
        "199.00 CNY",
    ):
        assert word in english
    for word in ("建单", "轮到：我们", "同意", "首次回复", "王芳", "可退余额"):
        assert word in chinese
    assert not re.search(r"\b(case_opened|waiting_customer|first_reply)\b", chinese)


def test_moves_that_are_not_allowed_now_say_why(desk: AwsServices) -> None:
    stored = given_return(desk)
    assert "Start the refund – Only when it is: Accepted, Accepted in part" in " ".join(
        text_of(Visitor.signed_in().get(path_of(stored))).split()
    )


@pytest.mark.parametrize("place", ["name", "subject", "message", "reason", "sku"])
def test_a_customers_words_never_become_markup_nor_a_title(desk: AwsServices, place: str) -> None:
    customer = CustomerIn(external_id="x", name=HOSTILE if place == "name" else "王芳", email="x@example.net")
    item = OrderItemIn(sku=HOSTILE if place == "sku" else "LAMP-1", price=PRICE)
    order = OrderIn(external_id="O-1", items=(item,), total=PRICE)
    texts = {name: HOSTILE if place == name else "lamp" for name in ("subject", "message")}
    stored = given_case(desk, type="return", order=order, customer=customer, **texts)
    if place == "reason":
        change = StatusChange(status="waiting_internal", reason=HOSTILE)
        handle_command.set_status(desk, command(stored), change)
    page = Visitor.signed_in().get(path_of(stored)).text
    assert "<img src=x" not in page
    assert ">49" not in page
    assert "&lt;img" in page
    title = re.search("<title>(.*?)</title>", page)
    assert title
    assert "marker" not in title[1]


def test_another_shops_case_and_an_unknown_one_are_not_there(desk: AwsServices) -> None:
    stored = given_case(desk)
    stranger = Visitor.signed_in("eve", ("agent", "shop:other"))
    assert stranger.get(path_of(stored)).status == 404
    assert stranger.get(path_of(stored).replace("demo/", "other/")).status == 404
    assert Visitor.signed_in().get("demo/cases/01J0000000000000000000000A").status == 404
    for form in ("assign", "status", "escalate", "flow/start", "money", "tasks"):
        assert stranger.post(path_of(stored, f"/{form}").replace("demo/", "other/"), {}).status == 404
    assert now_of(desk, stored).version == 1


def test_a_page_names_the_newest_fifty_events_and_leads_to_the_earlier_ones(desk: AwsServices) -> None:
    stored = given_case(desk)
    for place in range(60):
        write_reply.write(desk, command(stored), Message(body=f"note-{place:02d}.", public=False))
    visitor = Visitor.signed_in()
    newest = visitor.get(path_of(stored)).text
    assert "note-59." in newest
    assert "note-10." in newest
    assert "note-09." not in newest
    link = re.search(r'href="[^"]*\?before=([^"]+)"', newest)
    assert link
    from urllib.parse import unquote

    earlier = visitor.get(path_of(stored), before=unquote(link[1])).text
    assert "note-09." in earlier
    assert "Case opened" in earlier
    assert "note-10." not in earlier
    assert "before=" not in earlier


def test_as_it_stood_then_the_page_offers_nothing_to_do(desk: AwsServices) -> None:
    stored = given_return(desk)
    assert stored.case is not None
    then = format_instant(stored.case.opened_at)
    handle_command.set_status(desk, command(stored), StatusChange(status="waiting_internal"))
    visitor = Visitor.signed_in()
    page = visitor.get(path_of(stored), at=then)
    assert "This is the past" in page.text
    assert "Status changed" not in page.text
    assert re.findall(r'action="([^"]*cases/[^"]*)"', page.text) == [f"https://api.example.com/desk/{path_of(stored)}"]
    assert visitor.get(path_of(stored), at="2020-01-01T00:00:00Z").status == 422
    assert visitor.get(path_of(stored), at="yesterday").status == 422


def test_a_form_of_the_page_is_the_command_of_the_api(desk: AwsServices) -> None:
    stored = given_case(desk)
    manage_agents.put_agent(desk, "demo", "mei", AgentIn(name="Mei Lin", teams=("front",)))
    manage_agents.set_presence(desk, "demo", "mei", "here")
    visitor = Visitor.signed_in()
    forms = {
        "assign": {"assignee": "mei", "team": "front"},
        "escalate": {"reason": "Is a reporter"},
        "tasks": {"department": "logistics", "title": "Find the parcel"},
        "status": {"status": "waiting_internal"},
    }
    for path, form in forms.items():
        answer = visitor.post(path_of(stored, f"/{path}"), form)
        assert answer.status == 303, path
    case = now_of(desk, stored).case
    assert case is not None
    assert (case.assignee, case.team, case.tier, case.status) == ("mei", "front", 1, "waiting_internal")
    page = text_of(visitor.get(path_of(stored)))
    assert "Mei Lin" in page
    assert "Find the parcel" in page
    task = case.tasks[0].id
    assert visitor.post(path_of(stored, f"/tasks/{task}/done"), {"outcome": "Found"}).status == 303
    assert types_of(desk, stored)[-1] == "task_done"


def test_a_return_goes_from_request_to_refund_by_its_forms(desk: AwsServices) -> None:
    stored = given_return(desk)
    visitor = Visitor.signed_in()
    moves: list[tuple[str, dict[str, str]]] = [
        ("approve", {}),
        ("ship", {"carrier": "SF", "tracking": "SF123"}),
        ("receive", {"sku.0": "LAMP-1", "quantity.0": "1", "condition.0": "opened"}),
        ("inspect", {"outcome": "accepted"}),
        ("refund", {}),
    ]
    for move, fields in moves:
        form = fields | {"version": version_of(desk, stored)}
        answer = visitor.post(path_of(stored, f"/flow/{move}"), form)
        assert answer.status == 303, text_of(answer)
    page = text_of(visitor.get(path_of(stored)))
    assert "SF123" in page
    assert "Turn: finance" in page


def test_a_proposal_that_is_sent_twice_is_one_and_so_is_its_payment_request(desk: AwsServices) -> None:
    stored = given_return(desk)
    visitor = Visitor.signed_in()
    fields = {"kind": "refund", "amount": "99.00", "currency": "CNY", "sku.0": "LAMP-1", "line.0": "99.00"}
    form = fields | {"key": "once", "version": version_of(desk, stored)}
    assert [visitor.post(path_of(stored, "/money"), form).status for _ in range(2)] == [303, 303]
    case = now_of(desk, stored).case
    assert case is not None
    assert len(case.money) == 1
    request = {"key": "pay", "version": version_of(desk, stored)}
    paths = [path_of(stored, f"/money/{case.money[0].id}/request")] * 2
    assert [visitor.post(path, request).status for path in paths] == [303, 303]
    assert sum(isinstance(event.fact, MoneyRequested) for event in desk.cases.events(stored.key)) == 1


def test_a_key_that_was_used_for_another_form_says_so(desk: AwsServices) -> None:
    stored = given_case(desk)
    visitor = Visitor.signed_in()
    form = {"department": "finance", "title": "One", "key": "k"}
    assert visitor.post(path_of(stored, "/tasks"), form).status == 303
    answer = visitor.post(path_of(stored, "/tasks"), form | {"title": "Two"})
    assert answer.status == 422
    assert "This form was sent before" in answer.text


def test_a_stale_form_does_nothing_shows_what_happened_meanwhile_and_keeps_what_was_typed(desk: AwsServices) -> None:
    stored = given_return(desk)
    old = version_of(desk, stored)
    write_reply.write(desk, command(stored), Message(body="I have promised them 50.", public=True))
    form = {"kind": "refund", "amount": "88.00", "currency": "CNY", "reason": "Scratched", "version": old}
    answer = Visitor.signed_in().post(path_of(stored, "/money"), form)
    assert answer.status == 412
    assert "What happened meanwhile" in answer.text
    assert answer.text.count("I have promised them 50.") == 2
    assert 'value="88.00"' in answer.text
    assert 'value="Scratched"' in answer.text
    assert types_of(desk, stored)[-1] == "reply_sent"
    again = form | {"version": answer.hidden("version")}
    assert Visitor.signed_in().post(path_of(stored, "/money"), again).status == 303


def test_more_than_is_left_is_refused_in_words_of_the_readers_language(desk: AwsServices) -> None:
    stored = given_return(desk)
    form = {"kind": "refund", "amount": "500.00", "currency": "CNY"}
    answer = Visitor.signed_in(language="zh").post(path_of(stored, "/money"), form)
    assert answer.status == 409
    assert "超过可退余额" in answer.text
    assert "is too much" not in answer.text
    assert "This is more than is left" in Visitor.signed_in().post(path_of(stored, "/money"), form).text


def test_who_proposed_money_does_not_approve_it_and_an_agent_sees_no_button_for_it(desk: AwsServices) -> None:
    expensive = MoneyIn(amount="900.00", currency="CNY")
    stored = given_case(desk, type="return", order=OrderIn(external_id="O-2", total=expensive))
    agent = Visitor.signed_in()
    form = {"kind": "refund", "amount": "900.00", "currency": "CNY"}
    assert agent.post(path_of(stored, "/money"), form).status == 303
    case = now_of(desk, stored).case
    assert case is not None
    approve = path_of(stored, f"/money/{case.money[0].id}/approve")
    assert approve not in agent.get(path_of(stored)).text
    assert "You proposed it" in agent.get(path_of(stored)).text
    assert agent.post(approve, {}).status == 403
    supervisor = Visitor.signed_in("sun", ("supervisor", "shop:demo"))
    assert approve in supervisor.get(path_of(stored)).text
    assert supervisor.post(approve, {}).status == 303


def test_a_field_that_is_wrong_is_named_beside_it(desk: AwsServices) -> None:
    stored = given_return(desk)
    visitor = Visitor.signed_in()
    answer = visitor.post(path_of(stored, "/flow/reject"), {"reason": ""})
    assert answer.status == 422
    assert 'aria-describedby="flow-reject-reason-error"' in answer.text
    late = visitor.post(
        path_of(stored, "/tasks"), {"department": "finance", "title": "x", "due_at": "2001-01-01T10:00"}
    )
    assert late.status == 422
    assert "Due time" in late.text


def test_a_case_with_open_tasks_ends_only_with_a_reason(desk: AwsServices) -> None:
    stored = given_case(desk)
    visitor = Visitor.signed_in(language="zh")
    visitor.post(path_of(stored, "/tasks"), {"department": "finance", "title": "x"})
    answer = visitor.post(path_of(stored, "/status"), {"status": "resolved"})
    assert answer.status == 409
    assert "仍有未完成任务" in answer.text
    assert visitor.post(path_of(stored, "/status"), {"status": "resolved", "reason": "重复"}).status == 303


def test_reading_a_case_is_recorded_once_for_the_person(desk: AwsServices) -> None:
    stored = given_case(desk)
    assert stored.case is not None
    Visitor.signed_in().get(path_of(stored))
    items = desk.table.query(f"CUSTOMER#{stored.case.customer[-16:]}", between=("A#", "A$"))
    assert [item["by"] for item in items] == ["mei"]


@pytest.mark.parametrize(
    ("form", "fields", "phrase"),
    [
        ("money", {"kind": "refund", "amount": "1", "currency": "EUR"}, "paid in another currency"),
        ("money", {"kind": "refund", "amount": "500", "currency": "CNY"}, "This is more than is left"),
        ("flow/refund", {}, "The flow does not allow this move now"),
        ("status", {"status": "closed"}, "cannot become that"),
        ("assign", {"assignee": "full"}, "has as many cases as they may"),
        ("flow/start", {"kind": "refund"}, "does not allow this"),
    ],
)
def test_each_conflict_of_a_form_has_a_phrase_of_its_own(
    desk: AwsServices, form: str, fields: dict[str, str], phrase: str
) -> None:
    stored = given_return(desk)
    manage_agents.put_agent(desk, "demo", "full", AgentIn(capacity=1))
    manage_agents.set_presence(desk, "demo", "full", "away")
    answer = Visitor.signed_in().post(path_of(stored, f"/{form}"), fields)
    assert answer.status == 409
    assert phrase in answer.text
    assert 'role="alert"' in answer.text


def test_what_was_paid_must_be_known_to_give_money(desk: AwsServices) -> None:
    stored = given_case(desk)
    form = {"kind": "refund", "amount": "1", "currency": "CNY"}
    answer = Visitor.signed_in().post(path_of(stored, "/money"), form)
    assert answer.status == 409
    assert "What was paid is not known" in answer.text


def test_a_side_conversation_is_held_beside_the_case_and_shown_in_its_timeline(desk: AwsServices) -> None:
    stored = given_case(desk)
    visitor = Visitor.signed_in()
    form = {"kind": "department", "to": "logistics", "subject": "Where is it?", "message": "Parcel SF1 is late"}
    assert visitor.post(path_of(stored, "/sides"), form).status == 303
    page = visitor.get(path_of(stored)).text
    assert "Waiting for them" in page
    assert "Parcel SF1 is late" in page
    side = re.search(r"/sides/(\w+)/messages", page)
    assert side
    answer = {"body": "It is found", "author": "them"}
    assert visitor.post(path_of(stored, f"/sides/{side[1]}/messages"), answer).status == 303
    assert "Our turn" in visitor.get(path_of(stored)).text
    assert visitor.post(path_of(stored, f"/sides/{side[1]}/close"), {}).status == 303
    assert types_of(desk, stored)[-1] == "side_conversation_closed"
    wrong = visitor.post(path_of(stored, "/sides"), form | {"to": "nobody"})
    assert wrong.status == 422
    assert "Parcel SF1 is late</textarea>" in wrong.text


def test_a_case_leads_to_its_neighbours_in_the_list_one_came_from(desk: AwsServices) -> None:
    first, second, third = (given_case(desk, f"web-{place}") for place in range(3))
    visitor = Visitor.signed_in()
    page = visitor.get(path_of(second), view="unassigned").text
    assert path_of(first, "?view=unassigned") in page
    assert path_of(third, "?view=unassigned") in page
    assert 'rel="prev"' not in visitor.get(path_of(first), view="unassigned").text
    plain = visitor.get(path_of(second)).text
    assert 'rel="next"' not in plain
    assert visitor.get(path_of(second), view="no-such-view").status == 200


def test_behind_the_first_page_of_a_view_the_next_case_is_the_one_that_follows(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.usecases.desk.list_view.MAX_ROWS", 2)
    for number in range(5):
        given_case(desk, f"web-{number}")
    mei, following = Visitor.signed_in("mei"), []
    address = f"demo/cases/{list_view(desk, 'demo', 'mei', 'all', 1).rows[0].id}"
    for _ in range(4):
        page = mei.get(address, view="all")
        address = "demo/cases/" + page.text.partition('rel="next" href="')[2].partition("?")[0].rpartition("/")[2]
        following.append(address)
    assert len(set(following)) == 4
    first = list_view(desk, "demo", "mei", "all", 1).rows[0].id
    assert f'rel="next" href="https://api.example.com/desk/demo/cases/{first}' in mei.get(address, view="all").text


def test_coupons_can_be_proposed_without_an_order_and_what_is_small_is_approved_by_the_rule(desk: AwsServices) -> None:
    stored = given_case(desk)
    visitor = Visitor.signed_in(language="zh")
    form = {"kind": "coupon", "amount": "20", "currency": "CNY"}
    assert visitor.post(path_of(stored, "/money"), form).status == 303
    page = text_of(visitor.get(path_of(stored)))
    assert "小额规则自动批准（不超过 200）" in page
    assert "up to" not in page


def test_a_case_is_kept_in_order_by_forms_that_can_be_undone(desk: AwsServices) -> None:
    stored, other = given_case(desk), given_case(desk, "web-2")
    assert other.case is not None
    assert stored.case is not None
    visitor = Visitor.signed_in()

    def send(path: str, **form: str) -> None:
        answer = visitor.post(path_of(stored, f"/{path}"), form)
        assert answer.status == 303, text_of(answer)

    send("tags", add="vip, slow")
    send("links", number=other.case.number)
    send("snooze", event="customer_message")
    page = text_of(visitor.get(path_of(stored)))
    assert "vip" in page
    assert other.case.number in page
    assert "the customer writes" in page
    send("tags", remove="vip")
    send("links", remove=other.case.id)
    send("unsnooze")
    case = now_of(desk, stored).case
    assert case is not None
    assert (case.tags, case.links) == (("slow",), ())
    send("merge", number=other.case.number)
    merged = visitor.get(path_of(stored)).text
    assert "Work goes on there" in merged
    assert path_of(other) in merged
    into = visitor.get(path_of(other)).text
    assert f">from {stored.case.number}</a>" in into
    assert f">from {other.case.number}</a>" not in into
    assert visitor.post(path_of(other, "/unmerge"), {"case": stored.case.id}).status == 303
    assert f">from {stored.case.number}</a>" not in visitor.get(path_of(other)).text
    assert "Work goes on there" not in visitor.get(path_of(stored)).text


def test_messages_are_taken_to_a_case_of_their_own(desk: AwsServices) -> None:
    from chalicelib.domain.cases.facts import MessageReceived

    stored = given_case(desk)
    handle_command.handle(desk, command(stored), lambda _: [MessageReceived(message="And another thing")])
    visitor = Visitor.signed_in()
    event = desk.cases.events(stored.key)[-1].id
    assert f'value="{event}"' in visitor.get(path_of(stored)).text
    form = {"events": [event], "subject": "Another thing"}
    assert visitor.post(path_of(stored, "/split"), form).status == 303
    assert types_of(desk, stored)[-1] == "case_split"
    assert visitor.post(path_of(stored, "/split"), {"subject": "Nothing"}).status == 422


@pytest.mark.parametrize(
    ("form", "fields", "status", "phrase"),
    [
        ("links", {"number": "no-such"}, 422, "Number of the case"),
        ("merge", {"number": ""}, 422, "Number of the case"),
        ("snooze", {}, 422, "is not filled in correctly"),
        ("tags", {"add": "x" * 60}, 422, "To add"),
    ],
)
def test_what_casework_refuses_is_said_on_the_page(
    desk: AwsServices, form: str, fields: dict[str, str], status: int, phrase: str
) -> None:
    stored = given_case(desk)
    answer = Visitor.signed_in().post(path_of(stored, f"/{form}"), fields)
    assert answer.status == status
    assert phrase in answer.text


def test_a_page_takes_as_many_calls_for_a_long_case_as_for_a_short_one(desk: AwsServices) -> None:
    stored = given_return(desk)
    visitor = Visitor.signed_in()
    visitor.get(path_of(stored))
    with counted_calls() as short:
        visitor.get(path_of(stored))
    for place in range(70):
        write_reply.write(desk, command(stored), Message(body=f"note-{place}", public=False))
    visitor.get(path_of(stored))  # which marks the case as seen
    with counted_calls() as long:
        visitor.get(path_of(stored))
    assert sum(long.values()) == sum(short.values()) <= 21


def test_the_commands_of_a_case_have_keys_and_a_past_state_has_none(desk: AwsServices) -> None:
    stored = given_return(desk)
    assert stored.case is not None
    visitor = Visitor.signed_in()
    now = visitor.get(path_of(stored)).text
    then = visitor.get(path_of(stored), at=format_instant(stored.case.opened_at)).text
    found = {key: f'<summary data-key="{key}">' for key in "asezt"}
    assert {key: now.count(summary) for key, summary in found.items()} == dict.fromkeys(found, 1)
    assert not any(summary in then for summary in found.values())


def test_the_case_of_a_customer_who_was_erased_says_so_and_offers_no_reply(desk: AwsServices) -> None:
    stored = given_case(desk)
    assert stored.case is not None
    key = key_of_id(stored.case.customer)
    erase_customer(desk, desk.customers.load([key])[key], MEI)
    page = Visitor.signed_in().get(path_of(stored)).text
    assert "The customer&#39;s data was erased" in page
    assert 'id="reply-form"' not in page
    assert 'id="note-form"' in page


def test_the_type_is_corrected_on_the_page_and_the_timeline_says_by_whom(desk: AwsServices) -> None:
    stored, visitor = given_case(desk), Visitor.signed_in()
    form = {"type": "repair", "reason": "screen", "key": "k"}
    assert [visitor.post(path_of(stored, "/type"), form).status for _ in range(2)] == [303, 303]
    case = desk.cases.load(stored.key).case
    assert case is not None
    assert case.type == "repair"
    assert types_of(desk, stored).count("case_typed") == 1
    assert "Typed" in visitor.get(path_of(stored)).text
    assert visitor.post(path_of(stored, "/type"), {"type": "nonsense", "key": "other"}).status == 422
