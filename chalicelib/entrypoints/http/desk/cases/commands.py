"""The forms of a case's page that change it. Each has the command of the API behind it."""

from typing import Any

from chalice.app import Response

from chalicelib.entrypoints.http.desk.cases.forms import form_body, run_command
from chalicelib.entrypoints.http.desk.cases.pages import handle_form
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other

MAX_LINES = 200
SEE_OTHER = 303


def assign(desk: Desk, case: str) -> Response:
    """Give the case to an agent, a team, or both."""
    from chalicelib.domain.cases.payloads import Assignment
    from chalicelib.usecases.cases import handle_command

    def do() -> None:
        body = form_body(filled(desk, "assignee", "team"), Assignment)
        run_command(desk, case, lambda services, command: handle_command.assign(services, command, body))

    return handle_form(desk, case, "assign", do)


def set_status(desk: Desk, case: str) -> Response:
    """Change the status."""
    from chalicelib.domain.cases.payloads import StatusChange
    from chalicelib.usecases.cases import handle_command

    def do() -> None:
        body = form_body(filled(desk, "status", "reason"), StatusChange)
        run_command(desk, case, lambda services, command: handle_command.set_status(services, command, body))

    return handle_form(desk, case, "status", do)


def correct_type(desk: Desk, case: str) -> Response:
    """Correct the type; a form of the list of corrections leads back to it."""
    from chalicelib.domain.triage.payloads import TypeCorrection
    from chalicelib.usecases.triage import correct_type

    def do() -> None:
        body = form_body(filled(desk, "type", "reason"), TypeCorrection)
        run_command(desk, case, lambda services, command: correct_type.correct_type(services, command, body))

    done = handle_form(desk, case, "type", do)
    is_from_list = desk.form.get("back") == "corrections" and done.status_code == SEE_OTHER
    return see_other(desk.address("insights/corrections?saved=1")) if is_from_list else done


def escalate(desk: Desk, case: str) -> Response:
    """Raise the case by a tier."""
    from chalicelib.domain.cases.payloads import Escalate
    from chalicelib.usecases.cases import handle_command

    def do() -> None:
        body = form_body({"reason": desk.form.get("reason", "")}, Escalate)
        run_command(desk, case, lambda services, command: handle_command.escalate(services, command, body))

    return handle_form(desk, case, "escalate", do)


def start_flow(desk: Desk, case: str) -> Response:
    """Start an after-sales flow."""
    from chalicelib.domain.flows.payloads import FlowStart
    from chalicelib.usecases.aftersales import transition_flow

    def do() -> None:
        claim = filled(desk, "reason") | {"items": items_of(desk)}
        body = form_body(filled(desk, "kind") | {"claim": claim}, FlowStart)
        run_command(desk, case, lambda services, command: transition_flow.start_flow(services, command, body))

    return handle_form(desk, case, "start", do)


def move_flow(desk: Desk, case: str, move: str) -> Response:
    """Make a move of the flow."""
    from chalicelib.domain.flows.payloads import MoveIn
    from chalicelib.usecases.aftersales import transition_flow

    def do() -> None:
        fields: dict[str, Any] = filled(desk, "outcome", "reason", "note", "carrier", "tracking")
        body = form_body(fields | amount_of(desk) | {"items": items_of(desk)}, MoveIn)
        run_command(
            desk, case, lambda services, command: transition_flow.transition_flow(services, command, move, body)
        )

    return handle_form(desk, case, f"flow.{move}", do)


def propose_money(desk: Desk, case: str) -> Response:
    """Propose to give the customer money."""
    from chalicelib.domain.flows.payloads import MoneyAsked
    from chalicelib.usecases.aftersales import compensate

    def do() -> None:
        fields = filled(desk, "kind", "reason") | amount_of(desk) | {"lines": _lines_of(desk)}
        body = form_body(fields, MoneyAsked)
        run_command(desk, case, lambda services, command: compensate.propose_money(services, command, body))

    return handle_form(desk, case, "money", do)


def step_money(desk: Desk, case: str, money: str, step: str) -> Response:
    """Approve or decline money, request its payment, or record the result."""
    from chalicelib.domain.flows.payloads import MoneyStep
    from chalicelib.usecases.aftersales import compensate

    def do() -> None:
        body = form_body(filled(desk, "reason"), MoneyStep)
        is_second = desk.caller.is_second_person
        run_command(
            desk,
            case,
            lambda services, command: compensate.step_money(services, command, money, step, body, is_second),
        )

    return handle_form(desk, case, f"money.{money}", do)


def open_task(desk: Desk, case: str) -> Response:
    """Give a department a task."""
    from chalicelib.domain.flows.payloads import TaskIn
    from chalicelib.usecases.aftersales import handle_tasks

    def do() -> None:
        fields = filled(desk, "department") | {"title": desk.form.get("title", "")} | local_time(desk, "due_at")
        body = form_body(fields, TaskIn)
        run_command(desk, case, lambda services, command: handle_tasks.open_task(services, command, body))

    return handle_form(desk, case, "tasks", do)


def finish_task(desk: Desk, case: str, task: str) -> Response:
    """Record the outcome of a task."""
    from chalicelib.domain.flows.payloads import TaskResult
    from chalicelib.usecases.aftersales import handle_tasks

    def do() -> None:
        body = form_body(filled(desk, "outcome"), TaskResult)
        run_command(desk, case, lambda services, command: handle_tasks.finish_task(services, command, task, body))

    return handle_form(desk, case, f"tasks.{task}", do)


def start_side(desk: Desk, case: str) -> Response:
    """Write to a supplier, a carrier or a department."""
    from chalicelib.domain.side_conversations.payloads import StartSide
    from chalicelib.usecases.side_conversations import converse

    def do() -> None:
        body = form_body({name: desk.form.get(name, "") for name in ("kind", "to", "subject", "message")}, StartSide)
        run_command(desk, case, lambda services, command: converse.start(services, command, body))

    return handle_form(desk, case, "sides", do)


def write_side(desk: Desk, case: str, side: str) -> Response:
    """Write to the other side again, or record what they answered."""
    from chalicelib.domain.side_conversations.payloads import SideMessageIn
    from chalicelib.usecases.side_conversations import converse

    def do() -> None:
        author = desk.form.get("author", "us")
        body = form_body({"body": desk.form.get("body", ""), "author": author}, SideMessageIn)
        run_command(desk, case, lambda services, command: converse.write(services, command, side, body))

    return handle_form(desk, case, f"sides.{side}", do)


def close_side(desk: Desk, case: str, side: str) -> Response:
    """Close a side conversation."""
    from chalicelib.domain.side_conversations.payloads import CloseSide
    from chalicelib.usecases.side_conversations import converse

    def do() -> None:
        run_command(desk, case, lambda services, command: converse.close(services, command, side, CloseSide()))

    return handle_form(desk, case, f"sides.{side}", do)


def filled(desk: Desk, *names: str) -> dict[str, Any]:
    """The fields with these names that have a value."""
    return {name: value for name in names if (value := desk.form.get(name, ""))}


def amount_of(desk: Desk) -> dict[str, Any]:
    """The amount of a form, if it has one."""
    amount = desk.form.get("amount", "")
    return {"amount": {"amount": amount, "currency": desk.form.get("currency", "").upper()}} if amount else {}


def items_of(desk: Desk) -> list[dict[str, Any]]:
    """The items of a form whose quantity is more than nothing: `sku.<n>`, `quantity.<n>` and `condition.<n>`."""
    items = []
    for place in range(MAX_LINES):
        sku, quantity = desk.form.get(f"sku.{place}", ""), desk.form.get(f"quantity.{place}", "")
        if not sku:
            break
        if quantity not in ("", "0"):
            condition = desk.form.get(f"condition.{place}", "")
            items.append({"sku": sku, "quantity": quantity} | ({"condition": condition} if condition else {}))
    return items


def _lines_of(desk: Desk) -> list[dict[str, Any]]:
    lines = ((desk.form.get(f"sku.{place}", ""), desk.form.get(f"line.{place}", "")) for place in range(MAX_LINES))
    return [{"sku": sku, "amount": amount} for sku, amount in lines if sku and amount]


def local_time(desk: Desk, name: str) -> dict[str, Any]:
    """The time in a field of a form, which is local to the shop."""
    from datetime import datetime

    from chalicelib.domain.kernel.errors import invalid
    from chalicelib.domain.kernel.timestamps import zone_info

    text = desk.form.get(name, "")
    try:
        return {name: datetime.fromisoformat(text).replace(tzinfo=zone_info(desk.shop.time_zone))} if text else {}
    except ValueError:
        raise invalid(name, "is not a time such as 2026-11-20T18:00") from None
