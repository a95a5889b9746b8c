"""A day of 200 agents and 20,000 cases that come in bursts, given out by the desk's own rules; and the same day with a
perfect single queue, whose every agent can do everything. The clock is simulated, the rules are not."""

import heapq
from bisect import insort
from collections.abc import Iterable
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from bench.lines import Line, run
from chalicelib.domain.routing.agents import Agent, AgentStatus
from chalicelib.domain.routing.routing import RoutingRequest, choose_agent, fits
from chalicelib.domain.routing.urgency import NEVER

AGENTS, CASES, HOURS, MINUTE = 200, 20_000, 8, 60.0
BURSTS = (0.5, 2.0, 4.0, 5.5, 6.5)
"""Hours at which a tenth of the day's cases comes within ten minutes."""
LANGUAGES = ("zh-CN", "zh-CN", "zh-CN", "en")
TYPES = ("question", "question", "order_issue", "return", "exchange", "repair", "refund", "complaint")
GOODS = ("return", "exchange", "repair", "refund")
HANDLING = 18 * MINUTE
WAIT_RATIO = 2.5


class Arrival(Struct, frozen=True):
    """A case: when it comes, what it asks for, how long it takes."""

    at: float
    asked: RoutingRequest
    takes: float


class Day(Struct):
    """What became of the cases."""

    waits: list[float] = []
    over: int = 0
    """Cases given to an agent who had no room."""
    misfits: int = 0
    busy: dict[str, int] = {}
    """Cases by agent."""


def roster(chance: Random, agents: int) -> dict[str, AgentStatus]:
    """Agents of all sorts: three in four speak Chinese, some both; half do everything, some know goods only."""
    found = {}
    for number in range(agents):
        languages = (("zh-CN",), ("zh-CN",), ("zh-CN", "en"), ("en",))[number % 4]
        skills = ((), (), (*GOODS, "complaint"), ("question", "order_issue", "complaint"))[chance.randrange(4)]
        agent = Agent(id=f"agent-{number:03d}", languages=languages, skills=skills, capacity=chance.randint(3, 6))
        found[agent.id] = AgentStatus(agent=agent, here=True)
    return found


def arrivals(chance: Random, cases: int) -> list[Arrival]:
    """The day's cases in order: half of them evenly, half in bursts."""
    found = []
    for number in range(cases):
        burst = BURSTS[number % (2 * len(BURSTS))] if number % (2 * len(BURSTS)) < len(BURSTS) else None
        at = (
            chance.uniform(0, HOURS * 60 * MINUTE)
            if burst is None
            else burst * 60 * MINUTE + chance.uniform(0, 10 * MINUTE)
        )
        rank = chance.choices((0, 1, 2, 3), (2, 8, 80, 10))[0]
        asked = RoutingRequest(
            key=f"{number:06d}",
            type=chance.choice(TYPES),
            language=chance.choice(LANGUAGES),
            urgency=f"{rank}#{min(round(at * 1000), NEVER):013d}",
        )
        found.append(Arrival(at, asked, chance.expovariate(1 / HANDLING)))
    return sorted(found, key=lambda one: one.at)


def routed(posts: dict[str, AgentStatus], day: list[Arrival]) -> Day:
    """The day by the desk's rules: the best agent who fits and has room, else the queue by urgency."""
    told, queue = Day(), list[tuple[str, Arrival]]()
    finishing: list[tuple[float, str]] = []

    def give(one: Arrival, agent: str, now: float) -> None:
        post = posts[agent]
        told.over += not post.has_room
        told.misfits += not fits(post.agent, one.asked)
        told.waits.append(now - one.at)
        told.busy[agent] = told.busy.get(agent, 0) + 1
        posts[agent] = replace(post, load=post.load + 1, last_at=round(now * 1000))
        heapq.heappush(finishing, (now + one.takes, agent))

    def finish(until: float) -> None:
        while finishing and finishing[0][0] <= until:
            now, agent = heapq.heappop(finishing)
            posts[agent] = replace(posts[agent], load=posts[agent].load - 1)
            place = next((n for n, (_, one) in enumerate(queue) if fits(posts[agent].agent, one.asked)), None)
            if place is not None:
                give(queue.pop(place)[1], agent, now)

    for one in day:
        finish(one.at)
        choice = choose_agent(one.asked, posts.values())
        if choice.chosen is not None:
            give(one, choice.chosen.agent.id, one.at)
        else:
            insort(queue, (f"{one.asked.urgency}#{one.asked.key}", one), key=lambda pair: pair[0])
    finish(float("inf"))
    return told


def perfect(slots: int, day: Iterable[Arrival]) -> list[float]:
    """Waits when every slot takes every case, the first to come first."""
    free, waits = [0.0] * slots, []
    for one in day:
        begins = max(one.at, heapq.heappop(free))
        waits.append(begins - one.at)
        heapq.heappush(free, begins + one.takes)
    return waits


def percentile(values: list[float], share: float) -> float:
    """The value that share of all are not above."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure(agents: int = AGENTS, cases: int = CASES) -> list[Line]:
    """The day both ways."""
    chance = Random(20261122)
    posts, day = roster(chance, agents), arrivals(chance, cases)
    slots = sum(post.agent.capacity for post in posts.values())
    told, best = routed(posts, day), perfect(slots, day)
    shares = [told.busy.get(name, 0) / post.agent.capacity for name, post in posts.items() if not post.agent.skills]
    ours, theirs = percentile(told.waits, 0.99), percentile(best, 0.99)
    return [
        Line(f"cases of {cases:,} given to an agent who had no room", told.over, limit=0),
        Line("  given to an agent whom they do not fit", told.misfits, limit=0),
        Line("  never given", cases - len(told.waits), limit=0),
        Line("waiting time, p99, against a perfect single queue", ours / max(theirs, 1.0), "×", WAIT_RATIO),
        Line("  ours", ours / 60, "min"),
        Line("  the perfect queue's", theirs / 60, "min"),
        Line("  ours, p50", percentile(told.waits, 0.5) / 60, "min"),
        Line(
            "cases by capacity, of agents who do everything: most over least", max(shares) / max(min(shares), 1e-9), "×"
        ),
    ]


if __name__ == "__main__":
    run(measure)
