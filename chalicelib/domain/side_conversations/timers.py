"""The timer of side conversations: the other side does not answer in time."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant
from chalicelib.domain.side_conversations.conversation import SideConversation, conversations_of
from chalicelib.domain.side_conversations.facts import SideConversationOverdue
from chalicelib.domain.sla.calendars import add_working
from chalicelib.domain.sla.policies import WORKING_DAY_S
from chalicelib.domain.timers.timer_source import TimerSource

DEFAULT_WORKING_SECONDS = 2 * WORKING_DAY_S
"""The other side has two working days in the shop's calendar, unless the agent gave another time."""


def answer_due_at(rules: Rules, sent_at: Instant, due_seconds: float | None) -> Instant:
    """Until when an answer to a message is expected: after the elapsed seconds the agent gave, or the working time by
    default."""
    if due_seconds is not None:
        return sent_at + round(due_seconds * SECOND_MS)
    return add_working(rules.calendar, sent_at, DEFAULT_WORKING_SECONDS)


def next_answer_at(case: Case, rules: Rules) -> Instant | None:
    """When the next answer is due."""
    side = _next_due(case)
    return side.due_at if side is not None else None


def answer_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The fact that an answer did not come in time; once for each message that waits for one."""
    side = _next_due(case)
    if side is None or side.due_at is None or side.due_at > now:
        return []
    return [SideConversationOverdue(side=side.id, due_at=side.due_at)]


def _next_due(case: Case) -> SideConversation | None:
    """The conversation whose answer is due next, among those that were not found overdue yet. Nobody is reminded of a
    case that is done."""
    if case.done:
        return None
    waiting = [side for side in conversations_of(case) if side.awaits_answer and side.overdue_at is None]
    return min(waiting, key=lambda side: side.due_at or 0, default=None)


TIMERS = (TimerSource("a side conversation is not answered in time", next_answer_at, answer_due),)
