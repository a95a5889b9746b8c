"""A simulated day of 200 agents and 20,000 cases that arrive in bursts, assigned by our own rules; and the same day
with a perfect single queue, in which every agent can handle every case. The clock is simulated, the rules are the
real ones."""

import heapq
from bisect import insort
from collections.abc import Iterable
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from bench.support.figures import Figure, run
from chalicelib.domain.routing.agents import Agent, AgentStatus
from chalicelib.domain.routing.routing import RoutingRequest, choose_agent, fits
from chalicelib.domain.routing.urgency import NEVER, assigned_after

AGENTS, CASES, HOURS, MINUTE_S = 200, 20_000, 8, 60.0
BURSTS = (0.5, 2.0, 4.0, 5.5, 6.5)
"""Hours at which a tenth of the day's cases arrives within ten minutes."""
LANGUAGES = ("zh-CN", "zh-CN", "zh-CN", "en")
TYPES = ("question", "question", "order_issue", "return", "exchange", "repair", "refund", "complaint")
GOODS = ("return", "exchange", "repair", "refund")
HANDLING_S = 18 * MINUTE_S
WAIT_RATIO = 1.3


class Arrival(Struct, frozen=True):
    """A case: when it arrives, what it requires of an agent, and how long it takes. Times are seconds of the day."""

    arrives_at: float
    request: RoutingRequest
    duration: float


class Day(Struct):
    """The results of a day."""

    waits: list[float] = []
    over_capacity: int = 0
    """Cases assigned to an agent without free capacity."""
    unsuitable: int = 0
    """Cases assigned to an agent without the language or skill."""
    cases_by_agent: dict[str, int] = {}


def make_agents(chance: Random, count: int) -> dict[str, AgentStatus]:
    """Agents with various languages and skills: three in four speak Chinese, some of them English, too; half of them
    have all skills, some only those for goods."""
    agents = {}
    for number in range(count):
        languages = (("zh-CN",), ("zh-CN",), ("zh-CN", "en"), ("en",))[number % 4]
        skills = ((), (), (*GOODS, "complaint"), ("question", "order_issue", "complaint"))[chance.randrange(4)]
        agent = Agent(id=f"agent-{number:03d}", languages=languages, skills=skills, capacity=chance.randint(3, 6))
        agents[agent.id] = AgentStatus(agent=agent, here=True)
    return agents


def make_arrivals(chance: Random, cases: int) -> list[Arrival]:
    """The cases of the day in order: half of them spread evenly, half in bursts."""
    arrivals = []
    for number in range(cases):
        arrives_at = _arrival_time(chance, number)
        rank = chance.choices((0, 1, 2, 3), (2, 8, 80, 10))[0]
        request = RoutingRequest(
            key=f"{number:06d}",
            type=chance.choice(TYPES),
            language=chance.choice(LANGUAGES),
            urgency=f"{rank}#{min(round(arrives_at * 1000), NEVER):013d}",
        )
        arrivals.append(Arrival(arrives_at, request, chance.expovariate(1 / HANDLING_S)))
    return sorted(arrivals, key=lambda arrival: arrival.arrives_at)


def _arrival_time(chance: Random, number: int) -> float:
    place = number % (2 * len(BURSTS))
    if place >= len(BURSTS):
        return chance.uniform(0, HOURS * 60 * MINUTE_S)
    return BURSTS[place] * 60 * MINUTE_S + chance.uniform(0, 10 * MINUTE_S)


class RoutedDay:
    """The day by our rules: a case goes to the best suitable agent with free capacity, or else waits for its turn."""

    def __init__(self, agents: dict[str, AgentStatus]) -> None:
        self.agents, self.day = agents, Day()
        self._waiting: list[Arrival] = []
        self._finishing: list[tuple[float, str]] = []

    def run(self, arrivals: list[Arrival]) -> Day:
        """Assign all cases of the day."""
        for arrival in arrivals:
            self._finish(arrival.arrives_at)
            choice = choose_agent(arrival.request, self.agents.values())
            if choice.chosen is not None:
                self._assign(arrival, choice.chosen.agent.id, arrival.arrives_at)
            else:
                insort(self._waiting, arrival, key=lambda waiting: assigned_after(waiting.request.urgency))
        self._finish(float("inf"))
        return self.day

    def _assign(self, arrival: Arrival, agent: str, now: float) -> None:
        status = self.agents[agent]
        self.day.over_capacity += not status.has_room
        self.day.unsuitable += not fits(status.agent, arrival.request)
        self.day.waits.append(now - arrival.arrives_at)
        self.day.cases_by_agent[agent] = self.day.cases_by_agent.get(agent, 0) + 1
        self.agents[agent] = replace(status, load=status.load + 1, last_at=round(now * 1000))
        heapq.heappush(self._finishing, (now + arrival.duration, agent))

    def _finish(self, until: float) -> None:
        """Finish the cases that end until then. Each agent who is free again gets the next suitable waiting case."""
        while self._finishing and self._finishing[0][0] <= until:
            now, agent = heapq.heappop(self._finishing)
            self.agents[agent] = replace(self.agents[agent], load=self.agents[agent].load - 1)
            place = self._next_suitable(self.agents[agent].agent)
            if place is not None:
                self._assign(self._waiting.pop(place), agent, now)

    def _next_suitable(self, agent: Agent) -> int | None:
        waiting = enumerate(self._waiting)
        return next((place for place, arrival in waiting if fits(agent, arrival.request)), None)


def perfect_waits(slots: int, arrivals: Iterable[Arrival]) -> list[float]:
    """The waiting times if every slot takes every case, in the order of arrival."""
    free, waits = [0.0] * slots, []
    for arrival in arrivals:
        begins_at = max(arrival.arrives_at, heapq.heappop(free))
        waits.append(begins_at - arrival.arrives_at)
        heapq.heappush(free, begins_at + arrival.duration)
    return waits


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure(agents: int = AGENTS, cases: int = CASES) -> list[Figure]:
    """Simulate the day in both ways."""
    chance = Random(20261122)
    statuses = make_agents(chance, agents)
    arrivals = make_arrivals(chance, cases)
    slots = sum(status.agent.capacity for status in statuses.values())
    day = RoutedDay(statuses).run(arrivals)
    versatile = [status.agent for status in statuses.values() if not status.agent.skills]
    shares = [day.cases_by_agent.get(agent.id, 0) / agent.capacity for agent in versatile]
    ours = percentile(day.waits, 0.99)
    theirs = percentile(perfect_waits(slots, arrivals), 0.99)
    return [
        Figure(f"cases of {cases:,} assigned to an agent without free capacity", day.over_capacity, limit=0),
        Figure("  assigned to an unsuitable agent", day.unsuitable, limit=0),
        Figure("  never assigned", cases - len(day.waits), limit=0),
        Figure("waiting time, p99, against a perfect single queue", ours / max(theirs, 1.0), "×", WAIT_RATIO),
        Figure("  ours", ours / 60, "min"),
        Figure("  the perfect queue's", theirs / 60, "min"),
        Figure("  ours, p50", percentile(day.waits, 0.5) / 60, "min"),
        Figure(
            "cases by capacity, of agents with all skills: most over least", max(shares) / max(min(shares), 1e-9), "×"
        ),
    ]


if __name__ == "__main__":
    run(measure)
