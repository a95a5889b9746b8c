"""Whatever is done to cases in whatever order: they are what their events give, and undoing leaves nothing."""

from collections.abc import Callable
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.cases.fold import fold
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.usecases.ports.shop_rules import rules_of
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in, reply
from tests.support.cases.registries import REDUCERS
from tests.support.cases.webhooks import about, request
from tests.support.casework.cases import faults, merge, run_intake, split, unmerge

NAMES = ("web-1", "web-2", "web-3")
KEYS = {name: case_key(SHOP.id, name) for name in NAMES}

places = st.sampled_from(NAMES)
steps = st.one_of(
    st.tuples(st.just("message"), places, st.integers(0, 600)),
    st.tuples(st.just("late message"), places, st.integers(0, 600)),
    st.tuples(st.just("reply"), places, st.just(0)),
    st.tuples(st.just("resolve"), places, st.just(0)),
    st.tuples(st.just("merge"), places, st.integers(0, 2)),
    st.tuples(st.just("unmerge"), places, st.integers(0, 2)),
    st.tuples(st.just("split"), places, st.integers(0, 3)),
    st.tuples(st.just("timers"), places, st.just(0)),
    st.tuples(st.just("deliver"), places, st.just(0)),
)


def opened() -> FakeServices:
    services = FakeServices()
    for name in NAMES:
        services.hook("case.requested", request(type="question", external_id=name))
    return services


def do(services: FakeServices, step: tuple[str, str, int]) -> None:
    """One step; what the state does not allow is refused and changes nothing."""
    services.time += 7 * MINUTE_MS
    what, name, number = step
    try:
        STEPS[what](services, name, number)
    except AftercareError:
        return


def _message(services: FakeServices, name: str, number: int, back: int = 0) -> None:
    minutes = (services.time - NOON) / MINUTE_MS - back
    for delivery in ("one", "two"):
        body = about(minutes, author="customer", message=f"{name} {number}") | {"case_external_id": name}
        services.hook("message.received", body, f"{name} {number} {services.time} {delivery}")


def _split(services: FakeServices, name: str, number: int) -> None:
    events = services.cases.events(KEYS[name])
    messages = [event.id for event in events if event.type == "message_received"]
    if len(messages) > number:
        split(services, [messages[-1 - number]], KEYS[name])


STEPS: dict[str, Callable[[FakeServices, str, int], object]] = {
    "message": _message,
    "late message": lambda services, name, number: _message(services, name, number, back=number),
    "reply": lambda services, name, _: reply(services, key=KEYS[name]),
    "resolve": lambda services, name, _: services.hook(
        "case.resolved", about((services.time - NOON) / MINUTE_MS) | {"case_external_id": name}
    ),
    "merge": lambda services, name, number: merge(services, KEYS[name], KEYS[NAMES[number]]),
    "unmerge": lambda services, name, number: unmerge(services, KEYS[name], KEYS[NAMES[number]]),
    "split": _split,
    "timers": lambda services, name, _: run_due_timers(services, KEYS[name]),
    "deliver": lambda services, _, __: run_intake(services),
}


@settings(max_examples=60, deadline=None)
@given(story=st.lists(steps, max_size=14), seed=st.randoms(use_true_random=False))
def test_every_case_is_the_fold_of_its_events_in_any_order(story: list[tuple[str, str, int]], seed: Random) -> None:
    services = opened()
    for step in story:
        do(services, step)
    run_intake(services)
    assert faults(services) == []
    for key, stored in services.cases.stored.items():
        assert stored.case is not None
        events = services.cases.events(key)
        shuffled = [*events, *events[:3]]
        seed.shuffle(shuffled)
        rules = rules_of(services, SHOP.id, stored.case.policy, stored.case.calendar)
        assert fold(shuffled, rules, REDUCERS) == stored.case


@settings(max_examples=60, deadline=None)
@given(before=st.lists(steps, max_size=6), meanwhile=st.lists(st.tuples(places, st.integers(0, 300)), max_size=4))
def test_a_merge_that_is_undone_leaves_the_cases_as_if_it_had_never_been(
    before: list[tuple[str, str, int]], meanwhile: list[tuple[str, int]]
) -> None:
    merged, never = opened(), opened()
    for services in (merged, never):
        for step in before:
            if step[0] not in ("merge", "unmerge", "split"):
                do(services, step)
        services.time += 7 * MINUTE_MS
    merge(merged, KEYS["web-2"], KEYS["web-1"])
    for services in (merged, never):
        for name, number in meanwhile:
            services.time += MINUTE_MS
            _message(services, name, number)
        run_intake(services)
    unmerge(merged, KEYS["web-2"], KEYS["web-1"])
    for key in KEYS.values():
        assert case_in(merged, key) == case_in(never, key)
    assert faults(merged) == []
