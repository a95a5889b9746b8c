"""`docs/openapi.yaml` describes the code: no route, field, value or limit is missing or superfluous."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, get_args

import msgspec
import pytest

from app import app
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.aftersales import measures as flow_figures
from chalicelib.domain.cases import payloads as case_payloads
from chalicelib.domain.cases.case import with_part
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import Author, CaseOpened
from chalicelib.domain.casework import payloads as casework_payloads
from chalicelib.domain.casework.facts import SnoozeEvent
from chalicelib.domain.composer import agent_files, drafts, macros, mentions, pending_replies
from chalicelib.domain.customers import commands as customer_commands
from chalicelib.domain.customers import consents, segments
from chalicelib.domain.customers.commands import MergeIn
from chalicelib.domain.customers.customer import CustomerEventType
from chalicelib.domain.desk import bulk
from chalicelib.domain.flows import compensation
from chalicelib.domain.flows import eligibility_reasons as rulings
from chalicelib.domain.flows import payloads as flow_inputs
from chalicelib.domain.flows.compensation import Paid
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.domain.flows.tasks import Department
from chalicelib.domain.intake import payloads
from chalicelib.domain.kernel import aftersales_enums as words
from chalicelib.domain.kernel import enums as vocabulary
from chalicelib.domain.kernel import secret
from chalicelib.domain.kernel import validation as shapes
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.live import tickets as live_tickets
from chalicelib.domain.metrics import commands as metric_commands
from chalicelib.domain.metrics import dimensions
from chalicelib.domain.metrics.commands import MetricsRun
from chalicelib.domain.notifications import templates as mails
from chalicelib.domain.orders import order_payload as order_inputs
from chalicelib.domain.orders.order_record import OrderRecord, apply_revisions
from chalicelib.domain.privacy import retention
from chalicelib.domain.routing import agents, routing
from chalicelib.domain.search import payloads as searching
from chalicelib.domain.search.question import Hint
from chalicelib.domain.search.snippets import Snippet
from chalicelib.domain.settlement import entries
from chalicelib.domain.settlement import upload as bringing
from chalicelib.domain.shops import shop as shops
from chalicelib.domain.shops import webhook_sources as sources
from chalicelib.domain.side_conversations import payloads as side_inputs
from chalicelib.domain.side_conversations.conversation import SideConversation, SideConversations
from chalicelib.domain.side_conversations.facts import (
    Failure,
    SideConversationStarted,
    SideFile,
    SideKind,
    SideMessageReceived,
)
from chalicelib.domain.sla import policies
from chalicelib.domain.sla.calendars import WEEKDAYS, Calendar
from chalicelib.domain.sla.clocks import ClockState
from chalicelib.domain.sla.policies import ClockName, Policy
from chalicelib.domain.surveys import payloads as survey_payloads
from chalicelib.domain.surveys.surveys import SkipReason
from chalicelib.domain.webhooks_out import endpoint as endpoints
from chalicelib.entrypoints.http import problems
from chalicelib.entrypoints.http.aftersales.views import why_view
from chalicelib.entrypoints.http.cases.views import case_view, receipt_view
from chalicelib.entrypoints.http.search.views import result_view
from chalicelib.entrypoints.http.settlement import routes as settlement_routes
from chalicelib.entrypoints.http.shops import routes as shop_routes
from chalicelib.entrypoints.http.shops import templates as template_routes
from chalicelib.entrypoints.http.side_conversations.views import thread_view
from chalicelib.entrypoints.http.webhooks_out import routes as endpoint_routes
from chalicelib.registries import Registries
from chalicelib.usecases.aftersales.explain_flow import Explanation
from chalicelib.usecases.cases.event_view import event_view
from chalicelib.usecases.cases.read_case import CaseFile
from chalicelib.usecases.orders.count_order_money import Counted
from chalicelib.usecases.ports.intake import Receipt, ReceiptState
from chalicelib.usecases.search.search import FoundBy, Hit
from chalicelib.usecases.search.show_results import Result
from chalicelib.usecases.side_conversations.read_sides import SideFile as SideFileView
from chalicelib.usecases.side_conversations.read_sides import SideMessage, SideThread
from tests.support.cases.registries import FACTS
from tests.support.openapi import (
    AT,
    CASE,
    CUSTOMER,
    DOCUMENT,
    OPENING,
    SCHEMAS,
    Schema,
    assert_shown,
    filled,
    is_valid,
    properties_of,
    resolved,
)

METHODS = {"get", "put", "post", "patch", "delete", "head", "options"}
WORDS = {"title", "description", "examples", "readOnly"}
FINER = {"format", "propertyNames", "examples", "description", "readOnly"}
"""What the document may contain beyond the code's structs: limits that the code checks by hand."""

INPUTS: tuple[type[msgspec.Struct], ...] = (
    shapes.MoneyIn,
    order_inputs.CustomerIn,
    order_inputs.OrderItemIn,
    order_inputs.OrderIn,
    order_inputs.ParcelIn,
    order_inputs.RefundIn,
    order_inputs.DisputeIn,
    order_inputs.OrderUpdate,
    sources.SourceIn,
    case_payloads.CaseRequested,
    case_payloads.OpenCase,
    case_payloads.CustomerMessage,
    case_payloads.HelpdeskReport,
    case_payloads.HelpdeskAssignment,
    survey_payloads.SurveyAnswer,
    case_payloads.ProductReview,
    payloads.Envelope,
    case_payloads.Message,
    case_payloads.Assignment,
    case_payloads.StatusChange,
    case_payloads.Escalate,
    casework_payloads.MergeInto,
    casework_payloads.Unmerge,
    casework_payloads.Split,
    casework_payloads.SnoozeUntil,
    casework_payloads.Unsnooze,
    casework_payloads.TagChange,
    casework_payloads.LinkChange,
    bulk.BulkIn,
    bulk.BulkMacro,
    bulk.UndoIn,
    MergeIn,
    consents.ConsentIn,
    MetricsRun,
    shops.MailIn,
    shops.SearchIn,
    searching.SearchCases,
    shops.ShopIn,
    shops.CalendarIn,
    policies.When,
    policies.Rule,
    policies.Escalation,
    policies.SurveyPolicy,
    mails.TemplateIn,
    endpoints.EndpointIn,
    endpoints.EndpointsIn,
    policies.ReviewSignals,
    policies.AutoApproval,
    policies.AfterSales,
    policies.Routing,
    policies.Policy,
    agents.AgentIn,
    agents.PresenceIn,
    live_tickets.TicketIn,
    segments.CareIn,
    policies.Retention,
    retention.HoldIn,
    flow_inputs.FlowItemIn,
    flow_inputs.ClaimIn,
    flow_inputs.FlowStart,
    flow_inputs.MoveIn,
    flow_inputs.PartnerReport,
    bringing.StatementIn,
    entries.MoneyBack,
    entries.EntryIn,
    entries.StatementUpload,
    shapes.LineIn,
    flow_inputs.MoneyAsked,
    flow_inputs.MoneyStep,
    flow_inputs.TaskIn,
    flow_inputs.TaskResult,
    side_inputs.StartSide,
    side_inputs.SideMessageIn,
    side_inputs.CloseSide,
    macros.MacroName,
    macros.MacroText,
    macros.MacroAssign,
    macros.MacroSnooze,
    macros.MacroActions,
    macros.MacroIn,
    macros.MacrosIn,
    macros.ApplyMacros,
    drafts.DraftIn,
    pending_replies.ReplyIn,
    agent_files.UploadIn,
    mentions.MentionsRead,
)
PUBLISHED = {
    "OrderUpdate": "OrderTold",
    "StatementUpload": "StatementTold",
    "CustomerMessage": "MessageIn",
    "HelpdeskReport": "DeskEvent",
    "HelpdeskAssignment": "DeskAssignment",
    "SurveyAnswer": "AnswerIn",
    "ProductReview": "ReviewIn",
    "PartnerReport": "PartnerIn",
}
NOT_SENT = {
    shapes.Input,
    shapes.CaseEvent,
    payloads.Webhook,
    payloads.WebhookType,
    shops.Shop,
    endpoints.Endpoint,
    secret.Secret,
    endpoints.Attempt,
    endpoints.Delivery,
    mails.MailTemplate,
    entries.Entry,
    bulk.Former,
    bulk.PlannedMacro,
    bulk.Outcome,
    bulk.Planned,
    bulk.Bulk,
    agents.Agent,
    agents.AgentStatus,
    live_tickets.Ticket,
    routing.RoutingRequest,
    routing.RoutingDecision,
    segments.Bought,
    segments.Standing,
    segments.Segments,
    segments.Membership,
    sources.WebhookSecrets,
    sources.Access,
    consents.Consent,
    macros.Macro,
    macros.Effect,
    drafts.Draft,
    drafts.OtherText,
    pending_replies.PendingReply,
    agent_files.AgentFile,
    mentions.Mention,
}
"""Base classes of inputs, and structs that are made of them."""

RECEIPT = Receipt(
    id=OPENING.id, shop="demo", source="standard", delivery="d-1", type="case.requested", received_at=AT, body=b"{}"
)


@cache
def struct_schemas() -> dict[str, Schema]:
    """The schemas msgspec gives for the structs, with patterns that end as in other languages' regular expressions."""
    _, found = msgspec.json.schema_components(INPUTS, ref_template="#/components/schemas/{name}")
    text = msgspec.json.encode(found).replace(rb"\\Z", b"$")
    portable: dict[str, Schema] = msgspec.json.decode(text)
    return portable


def differences(documented: Any, coded: Any, path: str) -> Iterator[str]:
    """The differences between the document and the code, one line each."""
    if isinstance(documented, dict) and isinstance(coded, dict):
        for name in _compared(documented, coded, path.endswith(".properties")):
            yield from differences(documented.get(name, "absent"), coded.get(name, "absent"), f"{path}.{name}")
    elif path.endswith((".enum", ".required")):
        if sorted(documented) != sorted(coded):
            yield f"{path}: {documented} is {coded}"
    elif isinstance(documented, list) and isinstance(coded, list) and len(documented) == len(coded):
        for place, (one, other) in enumerate(zip(documented, coded, strict=True)):
            yield from differences(one, other, f"{path}.{place}")
    elif documented != coded:
        yield f"{path}: {documented!r} is {coded!r}"


def _compared(documented: Schema, coded: Schema, are_fields: bool) -> list[str]:
    """The names to compare: all fields; of a schema's keywords, not those that only describe or refine."""
    if are_fields:
        return sorted(documented.keys() | coded.keys())
    said = {name for name, value in coded.items() if name not in WORDS and not _says_nothing(name, value)}
    return sorted(said | (documented.keys() - FINER - coded.keys()))


def _says_nothing(name: str, value: Any) -> bool:
    return (name == "default" and value is None) or (name == "required" and value == [])


def api_routes() -> dict[str, Any]:
    """The routes of the API. The pages of the agents' desk are for people alone: `docs/desk.md` shows them."""
    return {path: methods for path, methods in app.routes.items() if not path.startswith("/desk")}


def operations() -> Iterator[tuple[str, str, Schema]]:
    for path, item in DOCUMENT["paths"].items():
        yield from ((path, method, item[method]) for method in item.keys() & METHODS)


def test_every_route_is_in_the_document_and_nothing_else_is() -> None:
    routes = {(path, method.lower()) for path, methods in api_routes().items() for method in methods}
    assert {(path, method) for path, method, _ in operations()} == routes


def test_a_route_needs_a_token_exactly_when_the_document_says_so() -> None:
    documented = {(path, method) for path, method, operation in operations() if operation.get("security") != []}
    guarded = {
        (path, method.lower())
        for path, methods in api_routes().items()
        for method, entry in methods.items()
        if entry.authorizer is not None
    }
    assert documented == guarded


def test_path_parameters_are_those_in_the_path() -> None:
    library = {**SCHEMAS, **DOCUMENT["components"]["parameters"]}
    for path, item in DOCUMENT["paths"].items():
        documented = {one["name"] for one in resolved(item.get("parameters", []), library) if one["in"] == "path"}
        assert documented == set(re.findall(r"{(\w+)}", path)), path


def test_bodies_are_taken_in_the_media_types_the_routes_take() -> None:
    for path, method, operation in operations():
        if "requestBody" in operation:
            taken = app.routes[path][method.upper()].content_types
            assert set(operation["requestBody"]["content"]) == set(taken), path


def test_error_statuses_are_ones_the_code_can_give() -> None:
    possible = {str(status) for status, _ in problems.STATUS.values()} | {"500", "415", "429"}
    documented = {status for _, _, operation in operations() for status in operation["responses"] if status >= "400"}
    assert documented == possible


def test_every_struct_that_is_sent_is_compared_here() -> None:
    structs = {
        one
        for module in (
            payloads,
            case_payloads,
            casework_payloads,
            survey_payloads,
            case_payloads,
            customer_commands,
            metric_commands,
            consents,
            order_inputs,
            sources,
            shapes,
            flow_inputs,
            shops,
            policies,
            endpoints,
            mails,
            agents,
            live_tickets,
            routing,
            segments,
            retention,
            bringing,
            entries,
            searching,
            side_inputs,
            bulk,
            macros,
            drafts,
            pending_replies,
            agent_files,
            mentions,
        )
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and one.__module__ == module.__name__
    }
    assert structs - NOT_SENT == set(INPUTS)


def published(shape: type[msgspec.Struct]) -> str:
    """The name of a struct's schema in the document. Schemas published under an older name keep it."""
    return PUBLISHED.get(shape.__name__, shape.__name__)


@pytest.mark.parametrize("shape", INPUTS, ids=lambda shape: shape.__name__)
def test_an_input_has_the_fields_words_and_limits_of_its_struct(shape: type[msgspec.Struct]) -> None:
    name = shape.__name__
    documented, coded = resolved(SCHEMAS[published(shape)], SCHEMAS), resolved(struct_schemas()[name], struct_schemas())
    assert set(documented["properties"]) == set(coded["properties"])
    assert sorted(documented.get("required", [])) == sorted(coded["required"])
    assert documented["additionalProperties"] is False
    assert list(differences(documented, coded, name)) == []


def test_a_limit_that_differs_is_found() -> None:
    coded = resolved(struct_schemas()["OrderItemIn"], struct_schemas())
    documented = resolved(SCHEMAS["OrderItemIn"], SCHEMAS)
    documented["properties"]["quantity"]["maximum"] = 5
    assert list(differences(documented, coded, "OrderItemIn")) == [
        "OrderItemIn.properties.quantity.maximum: 5 is 1000000"
    ]


def test_each_webhook_type_has_the_body_its_struct_has() -> None:
    documented = {
        word: one["properties"]["data"]["$ref"].rpartition("/")[2]
        for one in SCHEMAS["StandardHook"]["oneOf"]
        for word in one["properties"]["type"]["enum"]
    }
    assert documented == {word: published(known.shape) for word, known in Registries().webhook_types.items()}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CaseType", get_args(vocabulary.CaseType)),
        ("Channel", get_args(vocabulary.Channel)),
        ("Priority", get_args(vocabulary.Priority)),
        ("Status", vocabulary.STATUSES),
        ("Source", vocabulary.SOURCES),
        ("ReceiptState", get_args(ReceiptState)),
        ("ClockName", get_args(ClockName)),
        ("ClockState", get_args(ClockState)),
        ("SkipReason", get_args(SkipReason)),
        ("Dimension", dimensions.DIMENSIONS),
        ("FlowDimension", flow_figures.DIMENSIONS),
        ("Weekday", WEEKDAYS),
        ("FlowKind", get_args(words.FlowKind)),
        ("Turn", get_args(words.Turn)),
        ("Reason", get_args(words.Reason)),
        ("Condition", get_args(words.Condition)),
        ("RulingName", get_args(rulings.RulingName)),
        ("Weight", get_args(rulings.Weight)),
        ("Department", get_args(Department)),
        ("CustomerEventType", get_args(CustomerEventType)),
        ("MoneyKind", get_args(compensation.MoneyKind)),
        ("MailName", tuple(mails.TEMPLATE_VALUES)),
        ("Spoken", get_args(mails.Spoken)),
        ("OutgoingType", endpoints.event_types(FACTS)),
        ("DeliveryState", get_args(endpoints.DeliveryState)),
        ("Provider", entries.PROVIDERS),
        ("EntryKind", get_args(entries.EntryKind)),
        ("SettlementState", settlement_routes.STATES),
        ("MoneyState", get_args(compensation.MoneyState)),
        ("SideKind", get_args(SideKind)),
        ("SideFailure", get_args(Failure)),
        ("SnoozeEvent", get_args(SnoozeEvent)),
    ],
)
def test_a_closed_list_has_the_words_of_the_code(name: str, words: tuple[str, ...]) -> None:
    assert SCHEMAS[name]["enum"] == list(words)


def test_patterns_of_names_in_paths_are_those_the_routes_check() -> None:
    assert SCHEMAS["ShopId"]["pattern"] == shops.SHOP_ID.replace(r"\Z", "$")
    (calendar,) = (
        one for one in DOCUMENT["paths"]["/v1/shops/{shop}/calendars/{calendar}"]["parameters"] if "name" in one
    )
    assert calendar["schema"]["pattern"] == shops.CALENDAR_ID.replace(r"\Z", "$")


def test_a_case_is_shown_as_the_document_says_down_to_its_order_clocks_and_person() -> None:
    shown = case_view(CaseFile(CASE, 3, OPENING.subject, OPENING.order, CUSTOMER))
    assert_shown("Case", shown)
    assert_shown("Customer", shown["customer"])
    assert_shown("Order", shown["order"])
    assert_shown("OrderItem", shown["order"]["items"][0])
    assert_shown("Money", msgspec.to_builtins(shown["order"]["total"]))
    assert_shown("Clock", shown["clocks"][0])
    assert_shown("Satisfaction", shown["satisfaction"])
    assert_shown("Flow", shown["flow"])
    assert set(shown["flow"]["items"][0]) == properties_of("FlowItem")
    assert set(shown["flow"]["shipments"][0]) == properties_of("Shipment")
    assert_shown("Task", shown["tasks"][0])
    assert_shown("Compensation", shown["money"][0])
    assert_shown("MoneyLine", msgspec.to_builtins(shown["money"][0]["lines"][0]))
    assert_shown("Eligibility", shown["flow"]["eligibility"])
    assert_shown("Ruling", shown["flow"]["eligibility"]["rulings"][0])


def test_an_orders_money_is_shown_as_the_document_says() -> None:
    record = OrderRecord(shop="demo", external_id="O-1")
    money = {"amount": "1.00", "currency": "CNY"}
    refund = {"id": "R", "amount": money, "lines": [{"sku": "LAMP-01", "amount": "1.00"}], "shipping": money}
    record = apply_revisions(record, {"refund/R": refund, "dispute/D": {"id": "D", "amount": money}}, AT)
    counted = Counted(record=record, paid=Paid(Money("12.50", "CNY"), {"LAMP-01": Decimal("12.5")}, Decimal(1)))
    file = CaseFile(CASE, 3, OPENING.subject, OPENING.order, CUSTOMER, counted)
    shown = msgspec.to_builtins(case_view(file)["order_money"])
    assert_shown("OrderMoney", shown)
    documented = SCHEMAS["OrderMoney"]["properties"]
    for name in ("lines", "refunds", "disputes"):
        assert set(shown[name][0]) == set(documented[name]["items"]["properties"])


def test_an_explanation_is_shown_as_the_document_says_with_words_for_every_ruling() -> None:
    every = tuple(Ruling(name, "2026-12-01") for name in get_args(rulings.RulingName))
    moved = Event(id=OPENING.id, at=AT, by=Actor("system"), fact=FlowMoved(move="approve", rule="small"), seq=2)
    late = Event(
        id=OPENING.id,
        at=AT,
        by=Actor("system"),
        seq=3,
        fact=FlowTimedOut(state="approved", since=AT, due_at=AT, does="remind"),
    )
    shown = why_view(Explanation(every, [moved, late]), TemplateRenderer())
    assert_shown("Why", shown)
    assert_shown("Decision", shown["decisions"][0])
    assert_shown("Decision", shown["decisions"][1])
    assert all(one["text"]["zh"] != one["text"]["en"] for one in shown["rulings"])


def test_a_case_whose_customer_is_not_known_is_shown_with_the_same_fields() -> None:
    bare = CaseOpened(**{name: getattr(OPENING, name) for name in OPENING.__struct_fields__ if name != "order"})
    shown = case_view(CaseFile(CASE, 3, bare.subject, bare.order, None))
    assert_shown("Case", shown)
    assert_shown("Customer", shown["customer"])


def test_a_mails_words_are_shown_as_the_document_says() -> None:
    assert_shown("Template", template_routes._view("flow", "zh", mails.MailTemplate("主题", "正文")))
    assert_shown("Template", template_routes._view("help", "en", None))


def test_an_endpoint_and_a_delivery_are_shown_as_the_document_says() -> None:
    endpoint = endpoints.Endpoint(name="erp", url="https://erp.example.com/", types=("case.opened",), disabled_at=AT)
    shown = endpoint_routes._view(endpoint) | {"secret": "whsec_"}
    assert set(shown) == properties_of("Endpoint")
    assert is_valid(shown, {"$ref": "#/components/schemas/Endpoint"})
    delivery = endpoints.Delivery(
        id=OPENING.id,
        shop="demo",
        endpoint="erp",
        type="case.opened",
        case=OPENING.id,
        at=AT,
        body="{}",
        attempts=(endpoints.Attempt(at=AT, status=503, answer="down"),),
        next_at=AT,
    )
    assert_shown("ListedDelivery", endpoint_routes._delivery_view(delivery))
    whole = endpoint_routes._full_delivery_view(delivery)
    assert set(whole) == properties_of("ListedDelivery") | properties_of("Delivery")
    assert_shown("Attempt", whole["attempts"][0])


def test_a_receipt_is_shown_as_the_document_says() -> None:
    assert_shown("Receipt", receipt_view(RECEIPT))


def test_a_search_result_is_shown_as_the_document_says() -> None:
    file = CaseFile(CASE, 3, OPENING.subject, OPENING.order, CUSTOMER)
    snippet = Snippet("灯不亮", ((0, 2),))
    assert_shown("SearchResult", result_view(Result(Hit("K", "words", "0"), file, CASE.id, snippet)))
    assert get_args(FoundBy) == tuple(SCHEMAS["SearchResult"]["properties"]["by"]["enum"])
    assert [*get_args(Hint), None] == SCHEMAS["SearchResults"]["properties"]["hint"]["enum"]


def test_a_shop_is_shown_as_the_document_says() -> None:
    shop = shops.Shop(id="demo", name="灯", time_zone="UTC", locale="zh", mail_from="care@example.com", calendar="CN")
    assert_shown("Shop", shop_routes._shop_view(shop))


def test_a_calendar_is_shown_as_the_document_says() -> None:
    calendar = Calendar(
        id="CN", version=1, time_zone="UTC", hours={"mon": (("09:00", "12:00"),)}, public=("2026-10-01",)
    )
    assert_shown("Calendar", shop_routes._calendar_view(calendar))


def test_a_policy_is_shown_as_the_document_says() -> None:
    shown = shop_routes._policy_view(Policy())
    assert set(shown) == properties_of("Policy")
    assert is_valid(shown, {"$ref": "#/components/schemas/Policy"})


def test_every_event_type_is_in_the_document_and_nothing_else_is() -> None:
    documented = [word for one in SCHEMAS["Event"]["oneOf"] for word in one["properties"]["type"]["enum"]]
    assert sorted(documented) == sorted(str(fact.__struct_config__.tag) for fact in FACTS)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_an_event_is_shown_as_the_document_says(fact: type[Fact]) -> None:
    event = Event(id="E", at=AT, by=Actor("agent", "mei"), fact=filled(fact), seq=1)
    shown = event_view(event, "C")
    assert_shown("Event", shown)
    (data,) = (one for one in SCHEMAS["Event"]["oneOf"] if shown["type"] in one["properties"]["type"]["enum"])
    assert set(shown["data"]) == properties_of(data["properties"]["data"]["$ref"].rpartition("/")[2])


def test_a_side_conversation_is_shown_as_the_document_says_in_its_case_and_with_its_messages() -> None:
    start: Any = filled(SideConversationStarted)
    facts = (start, filled(SideMessageReceived))
    events = [Event(id=OPENING.id, at=AT, by=Actor("agent", "mei"), fact=fact) for fact in facts]
    side = SideConversation(id=OPENING.id, kind="supplier", waiting_for="them", due_at=AT)
    case = with_part(CASE, SideConversations(all=(side,)))
    shown = case_view(CaseFile(case, 3, OPENING.subject, None, CUSTOMER, sides=(events[0],)))["side_conversations"][0]
    assert_shown("SideConversation", shown)
    assert shown["to"] == start.to
    files = [SideFileView(name="proof.pdf", kind="application/pdf", size=9, url="https://bucket.example.com/f")]
    thread = thread_view(SideThread(side, start, [SideMessage(events[0], []), SideMessage(events[1], files)]))
    assert_shown("SideThread", thread)
    assert_shown("SideMessage", thread["messages"][1])
    assert set(thread["messages"][1]["files"][0]) == properties_of("SideFile")
    assert properties_of("SideFile") - {"url"} == set(SideFile.__struct_fields__)


def test_a_mails_reference_is_shown_as_the_document_says() -> None:
    shown = event_view(Event(id="E", at=AT, by=Actor("agent", "mei"), fact=OPENING, seq=1), "C")["data"]["mail"]
    assert set(shown) | {"automatic"} == properties_of("MailRef")
    assert is_valid(shown, {"$ref": "#/components/schemas/MailRef"})
    assert SCHEMAS["MailRef"]["properties"]["author"]["enum"] == list(get_args(Author))


def test_an_actor_is_shown_as_the_document_says() -> None:
    shown = event_view(Event(id="E", at=AT, by=Actor("agent", "mei"), fact=OPENING, seq=1), "C")
    assert set(shown["by"]) == properties_of("Actor")


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        (one["schema"], example)
        for _, _, operation in operations()
        for one in operation.get("requestBody", {}).get("content", {}).values()
        for example in [*one.get("examples", {}).values(), *([{"value": one["example"]}] if "example" in one else [])]
    ]
    + [
        (one["schema"], example)
        for response in DOCUMENT["components"]["responses"].values()
        for one in response["content"].values()
        for example in [*one.get("examples", {}).values(), *([{"value": one["example"]}] if "example" in one else [])]
    ],
)
def test_an_example_is_what_its_schema_allows(schema: Schema, example: Schema) -> None:
    assert is_valid(resolved(example, DOCUMENT["components"]["examples"])["value"], schema)


def test_an_example_the_service_would_refuse_is_found() -> None:
    assert not is_valid({"body": "", "public": True}, {"$ref": "#/components/schemas/Message"})
