"""Tasks of departments: list them, open one, and record its outcome."""

from typing import get_args

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.flows.tasks import Department
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import caller_of, need_shop
from chalicelib.entrypoints.http.cases.command_kit import run_command
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, known_parameters, parameter

tasks = Blueprint(__name__)
DEPARTMENTS = get_args(Department)


@tasks.route("/v1/tasks", methods=["GET"], authorizer=STAFF)
@answering
def search() -> Response:
    """List the open tasks of a department, the soonest due first."""
    request = tasks.current_request
    known_parameters(request, "shop", "department", "limit", "next")
    shop = parameter(request, "shop") or caller_of(request).only_shop
    department = parameter(request, "department")
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose tasks you want, for you may see several")
    need_shop(request, shop, f"shop {shop!r}")
    if department is None or department not in DEPARTMENTS:
        raise invalid("department", f"is one of {', '.join(DEPARTMENTS)}")
    after = requests.cursor_of(request, f"{requests.BY_TIME}#[0-9A-Z]{{26}}")
    page = services().cases.tasks(shop, department, requests.limit_of(request), after)
    note_access(request, [item.get("whose", "") for item in page.items], "tasks")
    return answer(requests.page_body(page, [_view(item) for item in page.items]))


@tasks.route("/v1/cases/{case}/tasks", methods=["POST"], authorizer=STAFF)
@answering
def open_task(case: str) -> Response:
    """Give a department a task."""
    from chalicelib.domain.flows.payloads import TaskIn
    from chalicelib.usecases.aftersales import handle_tasks

    return run_command(tasks.current_request, case, TaskIn, handle_tasks.open_task, 201)


@tasks.route("/v1/cases/{case}/tasks/{task}/done", methods=["POST"], authorizer=STAFF)
@answering
def finish_task(case: str, task: str) -> Response:
    """Record the outcome of a task."""
    from chalicelib.domain.flows.payloads import TaskResult
    from chalicelib.usecases.aftersales import handle_tasks

    return run_command(
        tasks.current_request,
        case,
        TaskResult,
        lambda services, command, result: handle_tasks.finish_task(services, command, task, result),
    )


def _view(item: dict[str, object]) -> dict[str, object]:
    due_at = item["due_at"]
    assert isinstance(due_at, int)
    return {name: item[name] for name in ("id", "case", "number", "department", "title")} | {
        "due_at": format_instant(due_at)
    }
