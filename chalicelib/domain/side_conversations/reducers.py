"""How the facts of side conversations change their case: nothing but their own part of it."""

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case, with_part
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.cases.transitions import activate, is_live
from chalicelib.domain.side_conversations import facts
from chalicelib.domain.side_conversations.conversation import (
    MAX_CONVERSATIONS,
    SideConversation,
    SideConversations,
    conversations_of,
)


def started(fact: facts.SideConversationStarted, case: Case, moment: Moment) -> Case:
    """One more conversation; if there are too many, the state loses the oldest that is closed, or else the oldest."""
    if case.historical and not case.done and is_live(case, moment.event):
        case = activate(case, moment.at, moment.rules)
    new = SideConversation(
        id=moment.event.id,
        kind=fact.kind,
        waiting_for="them",
        due_at=fact.due_at,
        due_seconds=fact.due_seconds,
        message_at=moment.at,
        task=fact.task,
    )
    return _store(case, _bounded((*conversations_of(case), new)))


def _bounded(sides: tuple[SideConversation, ...]) -> tuple[SideConversation, ...]:
    if len(sides) <= MAX_CONVERSATIONS:
        return sides
    dropped = next((side for side in sides if side.state == "closed"), sides[0])
    return tuple(side for side in sides if side is not dropped)


def message_sent(fact: facts.SideMessageSent, case: Case, moment: Moment) -> Case:
    """It is their turn, and the conversation is open again if it was closed."""

    def change(side: SideConversation) -> SideConversation:
        return replace(
            side,
            waiting_for="them",
            due_at=fact.due_at,
            sent=side.sent + 1,
            message_at=moment.at,
            overdue_at=None,
            closed_at=None,
            failed=None,
        )

    return _change(case, fact.side, change)


def message_received(fact: facts.SideMessageReceived, case: Case, moment: Moment) -> Case:
    """It is our turn, and the conversation is open again if it was closed; an absence notice changes neither."""

    def change(side: SideConversation) -> SideConversation:
        counted = replace(side, received=side.received + 1, message_at=moment.at)
        if fact.failed:
            return _failed(counted, "bounced")
        if not fact.answers:
            return counted
        return replace(counted, waiting_for="us", due_at=None, overdue_at=None, closed_at=None, failed=None)

    return _change(case, fact.side, change)


def closed(fact: facts.SideConversationClosed, case: Case, moment: Moment) -> Case:
    """Nobody is waited for."""
    return _change(case, fact.side, lambda side: replace(side, due_at=None, closed_at=side.closed_at or moment.at))


def overdue(fact: facts.SideConversationOverdue, case: Case, moment: Moment) -> Case:
    """They are late, unless a late event shows that they answered in time."""

    def change(side: SideConversation) -> SideConversation:
        is_late = side.awaits_answer and side.due_at == fact.due_at
        return replace(side, overdue_at=side.overdue_at or moment.at) if is_late else side

    return _change(case, fact.side, change)


def mail_failed(fact: facts.SideMailFailed, case: Case, moment: Moment) -> Case:
    """They did not get our message, so it is our turn."""
    return _change(case, fact.side, lambda side: _failed(side, fact.why))


def _failed(side: SideConversation, why: facts.Failure) -> SideConversation:
    return replace(side, waiting_for="us", due_at=None, overdue_at=None, failed=why)


def _change(case: Case, identifier: str, change: Callable[[SideConversation], SideConversation]) -> Case:
    """The case with one of its conversations changed; unchanged if it has none with this id."""
    sides = conversations_of(case)
    if all(side.id != identifier for side in sides):
        return case
    return _store(case, tuple(change(side) if side.id == identifier else side for side in sides))


def _store(case: Case, sides: tuple[SideConversation, ...]) -> Case:
    return with_part(case, SideConversations(all=sides))


REDUCERS: Reducers = {
    facts.SideConversationStarted: (started,),
    facts.SideMessageSent: (message_sent,),
    facts.SideMessageReceived: (message_received,),
    facts.SideConversationClosed: (closed,),
    facts.SideConversationOverdue: (overdue,),
    facts.SideMailFailed: (mail_failed,),
}
