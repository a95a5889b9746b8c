"""Write a message with files, or a note that mentions colleagues."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.facts import AttachedFile
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.composer.mentions import mentioned_in
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.composer.attach_files import attached_files
from chalicelib.usecases.composer.save_draft import remove_sent
from chalicelib.usecases.email.write_reply import Added
from chalicelib.usecases.email.write_reply import write as write_reply
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgentFiles,
        HasAgents,
        HasCases,
        HasClock,
        HasDrafts,
        HasIdempotency,
        HasRegistries,
        HasShops,
        HasUploads,
    )

    class WriteMessageServices(
        HasAgentFiles,
        HasAgents,
        HasCases,
        HasClock,
        HasIdempotency,
        HasRegistries,
        HasShops,
        HasUploads,
        Protocol,
    ):
        """The services that `write_message` uses."""

    class WriteNoteServices(WriteMessageServices, HasDrafts, Protocol):
        """The services that `write_note` uses."""


def write_message(services: "WriteMessageServices", command: Command, message: Message) -> StoredCase:
    """Write a public message or a note at once. Colleagues whom a note names are mentioned; other names behind an `@`
    are left as text. Invalid for unknown names in `mentions`, and for files that are not there."""
    return _write(services, command, message, is_strict=False)


def write_note(
    services: "WriteNoteServices", command: Command, message: Message, draft: int | None = None
) -> StoredCase:
    """Write a note as `write_message` does, and remove the draft with this counter. Invalid also for a name behind an
    `@` that is nobody's, so that nobody waits for an answer of somebody who was not told; a list of `mentions` is
    taken as it is."""
    stored = _write(services, command, replace(message, public=False), is_strict=True)
    if draft is not None and stored.case is not None:
        remove_sent(services, stored.case, command.by.id or "", "note", draft, message.body)
    return stored


def _write(services: "WriteMessageServices", command: Command, message: Message, is_strict: bool) -> StoredCase:
    if message.public and message.mentions:
        raise invalid("mentions", "are for notes: a public message goes to the customer")
    added = Added(
        files=_files(services, command, message),
        mentions=() if message.public else mentions_of(services, command.shop, message, is_strict),
    )
    return write_reply(services, command, message, added)


def _files(services: "WriteMessageServices", command: Command, message: Message) -> tuple[AttachedFile, ...]:
    if not message.files:
        return ()
    stored = command.seen or services.cases.load(key_of_id(command.case))
    if stored.case is None:
        raise NotFound(f"There is no case {command.case!r}.")
    return attached_files(services, stored.case, message.files)


def mentions_of(services: "HasAgents", shop: str, message: Message, is_strict: bool = True) -> tuple[str, ...]:
    """The colleagues of the shop whom a note mentions. Invalid for names that are nobody's: always in the list
    `mentions`, in the text only if `is_strict`."""
    if message.mentions is None and "@" not in message.body:
        return ()
    colleagues = {status.agent.id for status in services.agents.statuses(shop)}
    if message.mentions is not None:
        unknown = [name for name in message.mentions if name not in colleagues]
        mentioned = tuple(dict.fromkeys(message.mentions))
    else:
        mentioned, names = mentioned_in(message.body, colleagues)
        unknown = list(names) if is_strict else []
    if unknown:
        named = ", ".join(f"@{name}" for name in unknown)
        raise invalid(
            "mentions",
            f"nobody in this shop is called {named}; write the name without @, or choose: "
            f"{', '.join(sorted(colleagues)) or 'the shop has no agents'}",
        )
    return mentioned
