"""Give a case to an agent, or have it wait; and give what waits to agents who have room.

Whoever looks may be one of many at the same instant. A case is given by one conditional write of the case and of the
agent's count together, so nobody gets more than their capacity; and who puts a case into the queue looks again behind
it, so that no case waits while somebody fitting is free.
"""

from collections.abc import Iterable

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.enums import STATUSES
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant
from chalicelib.domain.routing.agents import AgentStatus
from chalicelib.domain.routing.facts import CaseAssigned, CaseQueued, CaseReleased
from chalicelib.domain.routing.routing import (
    RoutingDecision,
    RoutingRequest,
    choose_agent,
    is_on_shift,
    needs_agent,
    routing_request,
)
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla import calendars
from chalicelib.domain.sla.calendars import Calendar
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports import AtCapacity, StoredCase
from chalicelib.usecases.ports.services import Services, calendar_of, shop_of

LOOKED_THROUGH = 1_000
"""So many waiting cases are looked through for whoever is free."""
TRIES, PAGE, MOST_AT_ONCE = 8, 100, 500
EVERYBODY = "*"
"""In the place of an agent: all cases of the shop are to be looked at."""


def assign_case(services: Services, key: str) -> str | None:
    """Give the case to somebody or to the queue, if it wants an agent; then what waits to whom it fits. Who it went to,
    or why to nobody; None when nothing was to be done with it."""
    stored = services.cases.load(key)
    case = stored.case
    if case is None or case.historical:
        return None
    shop = shop_of(services, case.shop, fresh=False)
    if not shop.routes:
        return None
    done = _place(services, shop, stored) if needs_agent(case) or _outgrown(services, shop, case) else None
    assign_waiting_cases(services, shop)
    return done


def _outgrown(services: Services, shop: Shop, case: Case) -> bool:
    """Whether it rose to a tier its agent does not work on, and somebody else does."""
    posts = (
        {post.agent.id: post for post in services.agents.statuses(shop.id)}
        if case.routing.held_by and not case.done
        else {}
    )
    holder = posts.get(case.routing.held_by or "")
    return (
        holder is not None
        and case.tier not in holder.agent.tiers
        and any(case.tier in post.agent.tiers for post in posts.values())
    )


def _place(services: Services, shop: Shop, stored: StoredCase) -> str | None:
    """Give a case to the one it fits best; to the next when they have no room after all; to the queue at last."""
    assert stored.case is not None
    full: set[str] = set()
    for _ in range(TRIES):
        choice = choose_agent(routing_request(stored.key, stored.case), _present(services, shop, full))
        try:
            return _write(services, shop, stored.key, choice)
        except AtCapacity as refused:
            full.add(str(refused))
    return _write(services, shop, stored.key, RoutingDecision(queued="all_full"))


def _present(services: Services, shop: Shop, full: Iterable[str] = ()) -> list[AgentStatus]:
    """The roster, with nobody here whose shift it is not."""
    now, shifts = services.now(), dict[str, bool]()
    found = []
    for post in services.agents.statuses(shop.id):
        name = post.agent.calendar
        if post.here and name not in shifts:
            shifts[name] = is_on_shift(calendar_of(services, shop.id, name), now)
        here = post.here and shifts[name] and post.agent.id not in full
        found.append(post if here == post.here else _away(post))
    return found


def _away(post: AgentStatus) -> AgentStatus:
    return AgentStatus(agent=post.agent, here=False, load=post.load, last_at=post.last_at)


def _write(services: Services, shop: Shop, key: str, choice: RoutingDecision) -> str | None:
    """Write down whom a case goes to, if it still wants an agent or waits; NoRoom when they have none."""

    def decide(stored: StoredCase) -> list[Event]:
        case = stored.case
        if case is None or not (
            needs_agent(case) or case.routing.queued is not None or _outgrown(services, shop, case)
        ):
            return []
        at = max(services.now(), events.time_of_order(stored.last) + 1)
        made = list(_facts(case, choice))
        return [
            events.event(at, SYSTEM, fact, key, "routed", str(stored.version), str(n)) for n, fact in enumerate(made)
        ]

    before = services.cases.load(key)
    after = append_events(services, shop, key, decide, seen=before)
    if after.version == before.version or after.case is None:
        return None
    return after.case.routing.held_by or (choice.queued if after.case.routing.queued else None)


def _facts(case: Case, choice: RoutingDecision) -> Iterable[Fact]:
    if choice.chosen is not None:
        post = choice.chosen
        yield CaseAssigned(
            assignee=post.agent.id,
            why=choice.why,
            load=post.load + 1,
            fitting=choice.fitting,
            shift=post.agent.shift,
            calendar=post.agent.calendar,
        )
        return
    if case.routing.held_by is not None:
        yield CaseReleased(agent=case.routing.held_by, why="escalated")
    if case.routing.queued is None:
        yield CaseQueued(why=choice.queued)


def assign_waiting_cases(services: Services, shop: Shop) -> list[str]:
    """Give waiting cases to agents who have room, the most urgent first; the keys of those that were given."""
    given: list[str] = []
    waiting = services.agents.queue(shop.id, LOOKED_THROUGH)
    posts = {post.agent.id: post for post in _present(services, shop)} if waiting else {}
    for asked in waiting:
        if not any(post.here and post.has_room for post in posts.values()):
            break
        choice = choose_agent(asked, posts.values())
        if choice.chosen is not None:
            _give(services, shop, asked, choice, posts, given)
    return given


def _give(
    services: Services,
    shop: Shop,
    asked: RoutingRequest,
    choice: RoutingDecision,
    posts: dict[str, AgentStatus],
    given: list[str],
) -> None:
    assert choice.chosen is not None
    agent, last = choice.chosen.agent.id, services.now()
    try:
        if _write(services, shop, asked.key, choice) == agent:
            given.append(asked.key)
            posts[agent] = AgentStatus(agent=choice.chosen.agent, here=True, load=choice.chosen.load + 1, last_at=last)
    except AtCapacity:
        posts[agent] = _away(choice.chosen)


def start_shift(services: Services, shop_id: str, agent: str) -> list[str]:
    """An agent's shift begins: give them what waits, and wake them for the next one."""
    shop = shop_of(services, shop_id, fresh=agent == EVERYBODY)
    if agent == EVERYBODY:
        return _route_all(services, shop)
    post = services.agents.status(shop_id, agent)
    if post is not None:
        schedule_shift_start(services, shop_id, agent, calendar_of(services, shop_id, post.agent.calendar))
    return assign_waiting_cases(services, shop)


def _route_all(services: Services, shop: Shop) -> list[str]:
    """A shop got a roster: its open cases, from before and from the minute in which not everybody knew, want agents."""
    routed: list[str] = []
    for status in STATUSES[:4]:
        after: str | None = None
        while len(routed) < MOST_AT_ONCE:
            page = services.cases.find(shop.id, status, None, None, PAGE, after)
            routed += [
                stored.key for stored in page.items if needs_agent(stored.case) and assign_case(services, stored.key)
            ]
            after = page.next
            if after is None:
                break
    if len(routed) >= MOST_AT_ONCE:
        services.agents.schedule_matching(shop.id, EVERYBODY, services.now() + SECOND_MS, services.now())
    return routed


def schedule_shift_start(services: Services, shop: str, agent: str, calendar: Calendar) -> None:
    """Set an alarm for the beginning of an agent's next shift; who is always on shift needs none."""
    now = services.now()
    at = next_shift_start(calendar, now) if calendar is not calendars.ALWAYS else None
    if at is not None:
        services.agents.schedule_matching(shop, agent, at, now)


def next_shift_start(calendar: Calendar, now: Instant) -> Instant | None:
    """When work next begins after this moment; None within the month for a calendar that hardly works."""
    from chalicelib.domain.kernel.timestamps import day_of, next_day

    day = day_of(now, calendar.time_zone)
    for ahead in range(31):
        for begins, _ in calendars.worked_on(calendar, next_day(day, ahead)):
            if begins > now:
                return begins
    return None
