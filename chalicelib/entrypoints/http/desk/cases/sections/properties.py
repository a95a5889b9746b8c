"""The properties of a case that staff change: status, assignee, tier; and its tasks."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.tasks import Department, Task, open_ones
from chalicelib.domain.kernel.enums import TOP_TIER
from chalicelib.domain.kernel.timestamps import Instant

if TYPE_CHECKING:
    from chalicelib.domain.routing.agents import AgentStatus
    from chalicelib.entrypoints.http.desk.cases.fact_details import Narrator

DEPARTMENTS: tuple[Department, ...] = ("after_sales", "logistics", "finance", "quality", "tech", "product")


class AgentChoice(Struct, frozen=True):
    """An agent to whom the case may be given."""

    id: str
    label: str
    is_open: bool


class TaskLine(Struct, frozen=True, kw_only=True):
    """A task of a department."""

    id: str
    department: str
    title: str
    due_at: Instant
    done_at: Instant | None
    is_late: bool
    outcome: str


class Properties(Struct, frozen=True, kw_only=True):
    """What the page shows and lets staff change."""

    status: str
    changes: list[tuple[str, str]]
    has_open_tasks: bool
    assignee: str
    team: str
    is_queued: bool
    is_mine: bool
    agents: list[AgentChoice]
    teams: list[str]
    tier: str
    next_tier: str
    tasks: list[TaskLine]


def properties_of(narrator: "Narrator", case: Case, statuses: "list[AgentStatus]", me: str) -> Properties:
    """The properties of a case, for this member of staff."""
    from chalicelib.usecases.cases.handle_command import ALLOWED_CHANGES

    words = narrator.words
    return Properties(
        status=words.named("status", case.status),
        changes=[(status, words.named("status", status)) for status in ALLOWED_CHANGES[case.status]],
        has_open_tasks=bool(open_ones(case.tasks)),
        assignee=narrator.person(case.assignee) or "",
        team=case.team or "",
        is_queued=case.routing.queued is not None,
        is_mine=case.assignee == me,
        agents=[_choice(narrator, status, case) for status in statuses],
        teams=sorted({team for status in statuses for team in status.agent.teams}),
        tier=words.named("tier", case.tier),
        next_tier=words.named("tier", case.tier + 1) if case.tier < TOP_TIER else "",
        tasks=[_task(narrator, task) for task in sorted(case.tasks, key=lambda task: (not task.open, task.due_at))],
    )


def _choice(narrator: "Narrator", status: "AgentStatus", case: Case) -> AgentChoice:
    words, agent = narrator.words, status.agent
    label = words.say("properties.agent", name=narrator.person(agent.id), load=status.load, capacity=agent.capacity)
    notes = [] if status.here else [words.say("properties.away")]
    notes += [] if status.has_room else [words.say("properties.full")]
    is_open = (status.here and status.has_room) or case.assignee == agent.id
    return AgentChoice(agent.id, " · ".join([label, *notes]), is_open)


def _task(narrator: "Narrator", task: Task) -> TaskLine:
    return TaskLine(
        id=task.id,
        department=narrator.words.named("department", task.department),
        title=task.title,
        due_at=task.due_at,
        done_at=task.done_at,
        is_late=task.late,
        outcome=task.outcome or "",
    )
