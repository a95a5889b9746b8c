"""The side conversations of a case: with whom, whose turn it is, until when."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import Instant

if TYPE_CHECKING:
    from chalicelib.domain.side_conversations.conversation import SideConversation
    from chalicelib.domain.side_conversations.facts import SideConversationStarted
    from chalicelib.entrypoints.http.desk.cases.fact_details import Narrator


class SideLine(Struct, frozen=True, kw_only=True):
    """A side conversation."""

    id: str
    kind: str
    to: str
    subject: str
    turn: str
    tone: str
    due_at: Instant | None
    is_closed: bool
    failed: str


def side_lines(narrator: "Narrator", case: Case) -> list[SideLine]:
    """The side conversations of a case, the open ones first."""
    from chalicelib.domain.side_conversations.conversation import conversations_of
    from chalicelib.usecases.side_conversations.read_sides import start_of

    sides = sorted(conversations_of(case), key=lambda side: side.state == "closed")
    return [_line(narrator, side, start_of(services(), case, side)) for side in sides]


def _line(narrator: "Narrator", side: "SideConversation", start: "SideConversationStarted | None") -> SideLine:
    words = narrator.words
    is_closed, is_overdue = side.state == "closed", side.overdue_at is not None and side.awaits_answer
    turn = words.say("side.closed") if is_closed else words.named("side.waiting", side.waiting_for)
    return SideLine(
        id=side.id,
        kind=words.named("side.kind", side.kind),
        to=words.named("department", start.to) if start else "",
        subject=start.subject if start else "",
        turn=f"{turn} · {words.say('side.overdue')}" if is_overdue else turn,
        tone="late" if is_overdue else ("soon" if side.waiting_for == "us" and not is_closed else ""),
        due_at=side.due_at if side.awaits_answer else None,
        is_closed=is_closed,
        failed=words.named("side.failed", side.failed) if side.failed else "",
    )
