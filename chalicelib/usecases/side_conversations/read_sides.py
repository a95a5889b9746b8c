"""Read the side conversations of a case: with whom they are held, about what, and what was written."""

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event, order_of
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.side_conversations.conversation import SideConversation, conversations_of, find
from chalicelib.domain.side_conversations.facts import (
    SideConversationStarted,
    SideMessageReceived,
    SideMessageSent,
)
from chalicelib.usecases.cases.read_case import CaseFile
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasUploads

    class ReadSideServices(HasCases, HasUploads, Protocol):
        """The services that `read_side` uses."""


MESSAGES = (SideConversationStarted, SideMessageSent, SideMessageReceived)
"""The facts that are messages of a side conversation."""


class SideFile(Struct, frozen=True, kw_only=True):
    """A file of a message, and a URL that downloads it for five minutes."""

    name: str
    kind: str
    size: int
    url: str


class SideMessage(Struct, frozen=True):
    """A message of a side conversation, with its files."""

    event: Event
    files: list[SideFile]


class SideThread(Struct, frozen=True):
    """A side conversation with all its messages, in order."""

    side: SideConversation
    start: SideConversationStarted | None
    messages: list[SideMessage]


def with_sides(services: "HasCases", file: CaseFile) -> CaseFile:
    """The file with the events that started the case's side conversations, which name the other side and the
    subject."""
    return replace(file, sides=tuple(_starts(services, file.case)))


def start_of(services: "HasCases", case: Case, side: SideConversation) -> SideConversationStarted | None:
    """What was written first in a conversation; its texts are empty once the customer was erased."""
    return next((_fact(event) for event in _starts(services, case, side)), None)


def side_of_address(services: "HasCases", case: Case, address: str) -> str:
    """The key of the newest open conversation that is held with this address; empty if there is none."""
    from chalicelib.domain.email.authorship import comparable_address  # only emails need it, so it loads late

    is_open = {side.id: side.state == "open" for side in conversations_of(case)}
    wanted = comparable_address(address)
    if not wanted or not any(is_open.values()):
        return ""
    starts = [event for event in _starts(services, case) if is_open.get(event.id)]
    named = (key_of_id(start.id) for start in reversed(starts) if comparable_address(_fact(start).to) == wanted)
    return next(named, "")


def read_side(services: "ReadSideServices", stored: StoredCase, identifier: str) -> SideThread:
    """A conversation with its messages and their files; NotFound when the case has none with this id."""
    assert stored.case is not None
    side = find(stored.case, identifier)
    if side is None or side.id != identifier:
        raise NotFound(f"The case has no side conversation {identifier!r}.")
    events = messages_of(services, stored, side)
    start = next((event.fact for event in events if isinstance(event.fact, SideConversationStarted)), None)
    return SideThread(side, start, [SideMessage(event, _files(services, stored.case, event)) for event in events])


def messages_of(services: "HasCases", stored: StoredCase, side: SideConversation) -> list[Event]:
    """The messages of a conversation with their texts, in order. They are found among the events without texts, and
    then read by their keys."""
    orders = [event.order for event in services.cases.events_to_fold(stored) if _is_message_of(event, side.id)]
    return services.cases.events_at(stored.key, orders)


def _is_message_of(event: Event, side: str) -> bool:
    fact = event.fact
    if isinstance(fact, SideConversationStarted):
        return event.id == side
    return isinstance(fact, SideMessageSent | SideMessageReceived) and fact.side == side


def _starts(services: "HasCases", case: Case, *sides: SideConversation) -> list[Event]:
    """The events that started these conversations, or else all conversations of the case."""
    orders = [order_of(side.id, SideConversationStarted) for side in sides or conversations_of(case)]
    return services.cases.events_at(key_of_id(case.id), orders) if orders else []


def _fact(event: Event) -> SideConversationStarted:
    assert isinstance(event.fact, SideConversationStarted)
    return event.fact


def _files(services: "ReadSideServices", case: Case, event: Event) -> list[SideFile]:
    fact = event.fact
    if not isinstance(fact, SideMessageReceived) or fact.mail is None:
        return []
    return [
        SideFile(
            name=file.name,
            kind=file.kind,
            size=file.size,
            url=services.uploads.sign_link(file_path(case, fact.mail.letter, place)),
        )
        for place, file in enumerate(fact.files)
    ]


def file_path(case: Case, email: str, place: int) -> str:
    """Where a file of an email lies: beside the email itself, so that it is erased with it. It is never among the
    evidence, which customers see."""
    return f"mails/{case.shop}/{case.id}/{email}-{place:02d}"
