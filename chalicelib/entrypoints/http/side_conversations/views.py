"""Side conversations as the API shows them to staff. `docs/api.md` describes each field."""

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.side_conversations.facts import SideConversationStarted, SideMessageReceived
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.usecases.cases.event_view import actor_view

if TYPE_CHECKING:
    from chalicelib.domain.side_conversations.conversation import SideConversation
    from chalicelib.usecases.cases.read_case import CaseFile
    from chalicelib.usecases.side_conversations.read_sides import SideMessage, SideThread


def sides_view(file: "CaseFile") -> list[dict[str, Any]]:
    """The side conversations of a case, in the order in which they were started."""
    from chalicelib.domain.side_conversations.conversation import conversations_of

    starts = {event.id: event.fact for event in file.sides}
    return [side_view(side, starts.get(side.id)) for side in conversations_of(file.case)]


def side_view(side: "SideConversation", start: object) -> dict[str, Any]:
    """A side conversation. In lists of cases, and once the customer was erased, `to` and `subject` are null."""
    opening = start if isinstance(start, SideConversationStarted) else None
    return {
        "id": side.id,
        "kind": side.kind,
        "to": (opening.to or None) if opening else None,
        "subject": (opening.subject or None) if opening else None,
        "state": side.state,
        "waiting_for": side.waiting_for,
        "due_at": time_view(side.due_at),
        "overdue": side.overdue_at is not None and side.awaits_answer,
        "sent": side.sent,
        "received": side.received,
        "message_at": format_instant(side.message_at),
        "closed_at": time_view(side.closed_at),
        "failed": side.failed,
        "task": side.task,
    }


def thread_view(thread: "SideThread") -> dict[str, Any]:
    """A side conversation with all its messages, in order."""
    return side_view(thread.side, thread.start) | {"messages": [_message(message) for message in thread.messages]}


def _message(message: "SideMessage") -> dict[str, Any]:
    event, fact = message.event, message.event.fact
    received = fact if isinstance(fact, SideMessageReceived) else None
    mail = received.mail if received is not None else None
    return {
        "id": event.id,
        "at": format_instant(event.at),
        "by": actor_view(event.by),
        "author": "us" if received is None else "them",
        "message": getattr(fact, "message", ""),
        "mail": mail.letter if mail else None,
        "sender": (mail.sender or None) if mail else None,
        "certain": mail.certain if mail else None,
        "other_sender": received is not None and received.other_sender,
        "automatic": received.automatic if received else None,
        "files": [msgspec.to_builtins(file) for file in message.files],
    }
