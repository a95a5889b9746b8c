"""The sections of a case's page, now and in the past."""

from typing import TYPE_CHECKING, Any, get_args

from chalicelib.bootstrap import services
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.aftersales_enums import REASONS, FlowKind
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.cases.fact_details import Narrator
from chalicelib.entrypoints.http.desk.cases.neighbours import neighbours
from chalicelib.entrypoints.http.desk.cases.sections.casework import SNOOZE_EVENTS, casework_of
from chalicelib.entrypoints.http.desk.cases.sections.customer import CustomerSection, customer_section
from chalicelib.entrypoints.http.desk.cases.sections.flow import flow_section, item_lines, start_refusal
from chalicelib.entrypoints.http.desk.cases.sections.money import money_section
from chalicelib.entrypoints.http.desk.cases.sections.promises import promises_of
from chalicelib.entrypoints.http.desk.cases.sections.properties import DEPARTMENTS, properties_of
from chalicelib.entrypoints.http.desk.cases.sections.sides import side_lines
from chalicelib.entrypoints.http.desk.context import Desk

if TYPE_CHECKING:
    from chalicelib.domain.orders.order import Order
    from chalicelib.domain.routing.agents import AgentStatus
    from chalicelib.usecases.cases.read_case import CaseFile

KINDS: tuple[FlowKind, ...] = ("return", "exchange", "repair", "refund", "reship", "complaint")
CONDITIONS = ("new", "opened", "used", "damaged")
SIDE_KINDS = ("supplier", "carrier", "department")
MONEY_KINDS = ("refund", "shipping", "goodwill", "coupon", "points")


def present_values(desk: Desk, narrator: Narrator, file: "CaseFile", statuses: "list[AgentStatus]") -> dict[str, Any]:
    """The sections of the page, and what their forms offer."""
    from chalicelib.usecases.orders.count_order_money import count_order_money

    case = file.case
    casework, customers = casework_of(narrator, case)
    note_access(desk.request, customers, "case")
    counted = count_order_money(services(), case.shop, file.order, case)
    order = counted.order or file.order
    return {
        "promises": promises_of(narrator.words, case, is_past=False),
        "flow": flow_section(narrator, case.flow) if case.flow else None,
        "past_flows": [flow_section(narrator, flow) for flow in case.past_flows],
        "start_refusal": start_refusal(narrator, case),
        "flow_items": item_lines(order, case.flow),
        "order_items": item_lines(order),
        "money": money_section(narrator, case, counted, desk.caller),
        "second_person_above": _limit(file),
        "properties": properties_of(narrator, case, statuses, desk.caller.name),
        "customer": _customer(desk, narrator, file, order),
        "casework": casework,
        "sides": side_lines(narrator, case),
        "neighbours": neighbours(desk, case),
        "choices": choices(narrator),
    }


def past_values(narrator: Narrator) -> dict[str, Any]:
    """The sections of the page as it stood at some time: what was known then, without anything to do."""
    case = narrator.case
    flow: Flow | None = case.flow
    return {
        "promises": promises_of(narrator.words, case, is_past=True),
        "flow": flow_section(narrator, flow) if flow else None,
        "past_flows": [],
        "money": None,
        "sides": side_lines(narrator, case),
        "casework": None,
        "neighbours": None,
        "properties": properties_of(narrator, case, [], ""),
        "customer": None,
        "choices": choices(narrator),
    }


def choices(narrator: Narrator) -> dict[str, list[tuple[str, str]]]:
    """The options of the forms' lists, each with its name."""
    words = narrator.words
    groups = {
        "type": get_args(CaseType),
        "flow.kind": KINDS,
        "claim": REASONS,
        "condition": CONDITIONS,
        "money.kind": MONEY_KINDS,
        "department": DEPARTMENTS,
        "side.kind": SIDE_KINDS,
        "snooze_event": SNOOZE_EVENTS,
    }
    return {group: [(value, words.named(group, value)) for value in values] for group, values in groups.items()}


def _limit(file: "CaseFile") -> str:
    from chalicelib.usecases.ports.shop_rules import rules_of

    rules = rules_of(services(), file.case.shop, file.case.policy, file.case.calendar)
    return rules.policy.after_sales.second_person_above


def _customer(desk: Desk, narrator: Narrator, file: "CaseFile", order: "Order | None") -> CustomerSection | None:
    """The customer beside the case; the reading of all their records is recorded."""
    if file.customer is None:
        note_access(desk.request, [file.case.customer], "case")
        return None
    section, records = customer_section(narrator.words, file.case, file.customer, order)
    note_access(desk.request, [file.case.customer, *records], "case")
    return section
