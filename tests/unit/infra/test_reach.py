"""The call graph follows what is called through tables and registries, and no further."""

import pytest

from tests.support.rights.reach import closure, find, row_functions
from tests.support.rights.rights import roots

TIMER_SOURCE = "domain.timers.timer_source.TimerSource"
FOLLOW_UPS = {
    "notices": {
        "chalicelib.usecases.notifications.follow_ups.notify_of_escalation",
        "chalicelib.usecases.email.follow_ups.mail_reply",
        "chalicelib.usecases.aftersales.follow_ups.notify_of_step",
    },
    "intake": {
        "chalicelib.usecases.aftersales.follow_ups.give_accepted_offer",
        "chalicelib.usecases.surveys.follow_ups.follow_up_answer",
    },
    "deliveries": {"chalicelib.usecases.webhooks_out.follow_ups.plan"},
    "routing": {"chalicelib.usecases.routing.follow_ups.assign"},
    "search": {"chalicelib.usecases.search.follow_ups.index"},
}
HANDLERS = {
    "clocks": "handle_timer",
    "surveys": "handle_timer",
    "notices": "handle_calendar",
    "deliveries": "handle_timer",
    "routing": "handle_timer",
    "intake": "handle_reconciliation",
}


def reached(function: str) -> set[str]:
    return set(closure(roots()[function]))


@pytest.mark.parametrize("function", ["api", "mail", "evidence", "clocks", "surveys", *FOLLOW_UPS])
def test_a_function_reaches_the_follow_ups_of_its_own_queue_and_no_others(function: str) -> None:
    every = set().union(*FOLLOW_UPS.values())
    assert reached(function) & every == FOLLOW_UPS.get(function, set())


@pytest.mark.parametrize("function", HANDLERS)
def test_a_worker_reaches_the_handlers_of_its_own_table(function: str) -> None:
    handlers = {f"chalicelib.entrypoints.workers.{queue}.{name}" for queue, name in HANDLERS.items()}
    assert reached(function) & handlers == {f"chalicelib.entrypoints.workers.{function}.{HANDLERS[function]}"}


def test_who_stores_a_change_reaches_what_every_row_wants_and_every_timer() -> None:
    row, source = (find(f"chalicelib.{name}") for name in ("usecases.ports.registries.FollowUp", TIMER_SOURCE))
    wants = {one.name for one in row_functions(row, "wants")}  # type: ignore[arg-type]
    moments = {one.name for one in row_functions(source, "next_at")}  # type: ignore[arg-type]
    assert len(wants) >= 7
    assert len(moments) >= 7
    assert wants | moments <= reached("api")
