"""Stories of one case as rows of data: what arrived at which minute, what agents did, and the case that follows."""

from typing import Any

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.payloads import Message, StatusChange
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import MINUTE_MS, format_instant
from chalicelib.domain.sla.policies import Policy, Rule
from chalicelib.usecases.cases.handle_command import Command, set_status
from chalicelib.usecases.email.write_reply import write
from tests.fakes import NOON, SHOP, FakeServices

Row = dict[str, Any]
EXTERNAL = "world-1"
KEY = case_key(SHOP.id, EXTERNAL)
CUSTOMER = {"external_id": "ann", "name": "Ann", "email": "ann@example.org"}
OPENING = {"type": "question", "channel": "web", "subject": "A lamp", "message": "Is it bright?", "customer": CUSTOMER}
ORDER = "order.updated"


def minute(minutes: float) -> str:
    """The time so many minutes after noon."""
    return format_instant(NOON + round(minutes * MINUTE_MS))


def play(services: FakeServices, steps: list[Row]) -> Case:
    """The case after all steps of a story. A step has its `minute`, and either `tell` with a webhook's type and data,
    or `do` with what an agent does; `occurred` is the minute that the webhook names."""
    for step in steps:
        services.time = NOON + round(step["minute"] * MINUTE_MS)
        if "tell" in step:
            receipt = services.hook(step["tell"], data_of(step))
            assert receipt.state in ("processed", "stored", "ignored"), receipt.reason
        else:
            _do(services, step)
    case = services.cases.load(KEY).case
    assert case is not None
    return case


def data_of(step: Row) -> Row:
    """A webhook's data as a step has it, about the one case or order of the story."""
    kind, data = step["tell"], dict(step.get("data", {}))
    if kind == "case.requested":
        data = {"external_id": EXTERNAL, **OPENING, **data}
    elif kind == ORDER:
        data = {"external_id": "O-1", **data}
    else:
        data = {"case_external_id": EXTERNAL, **data}
    if kind == "message.received":
        data = {"author": "customer", "message": f"minute {step['minute']}", **data}
    return data | ({"occurred_at": minute(step["occurred"])} if "occurred" in step else {})


def _do(services: FakeServices, step: Row) -> None:
    case = services.cases.load(KEY).case
    assert case is not None
    command = Command(case=case.id, shop=SHOP.id, by=Actor("agent", "mei"))
    if step["do"] == "reply":
        write(services, command, Message(body="It is."))
    else:
        set_status(services, command, StatusChange(status=step["do"]))


def standing(case: Case, names: Any) -> Row:
    """The fields of a case that a row compares; `clocks` by name, with state and due time in minutes after noon."""
    state: Row = {}
    for name in names:
        if name == "clocks":
            state[name] = {clock.name: [clock.state, _minutes(clock.due_at)] for clock in case.clocks}
        elif name == "owed":
            state[name] = sorted(clock.name for clock in case.clocks if clock.owed)
        else:
            value = getattr(case, name)
            state[name] = _minutes(value) if name.endswith("_at") else value
    return state


def _minutes(instant: int | None) -> float | None:
    return None if instant is None else (instant - NOON) / MINUTE_MS


PROMISES = Policy(
    clocks=(
        Rule(clock="first_reply", target_seconds=3_600),
        Rule(clock="next_reply", target_seconds=1_800),
        Rule(clock="resolution", target_seconds=36_000),
    )
)
