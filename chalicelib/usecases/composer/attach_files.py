"""Agents' files: upload them by a signed form, see what became of them, and attach them to a message."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.aftersales.evidence import MAX_BYTES
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import AttachedFile
from chalicelib.domain.composer.agent_files import MACROS, PER_HOUR, WINDOW_MS, AgentFile
from chalicelib.domain.kernel.errors import Conflict, Expired, NotFound, TooLarge, invalid
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.usecases.notifications.signed_links import read_file_token
from chalicelib.usecases.ports.files import Upload

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgentFiles,
        HasApiUrl,
        HasCases,
        HasClock,
        HasIdempotency,
        HasInboundDomain,
        HasSecrets,
        HasUploads,
    )

    class AttachFilesServices(HasAgentFiles, HasClock, HasIdempotency, HasUploads, Protocol):
        """The services that `attach_files` uses."""

    class FetchFileServices(HasApiUrl, HasInboundDomain, HasSecrets, HasUploads, Protocol):
        """The services that `fetch_file` uses."""

    class SentFileServices(HasCases, HasUploads, Protocol):
        """The services that `sent_file_url` uses."""


def request_upload(
    services: "AttachFilesServices", case: Case, name: str, by: str, return_url: str
) -> tuple[AgentFile, Upload]:
    """A form with which an agent uploads one file for a case, valid for an hour; TooLarge after too many of them."""
    return _expect(services, case.shop, case.id, name, by, return_url, key_of_id(case.customer))


def request_macro_upload(
    services: "AttachFilesServices", shop: str, name: str, by: str, return_url: str
) -> tuple[AgentFile, Upload]:
    """A form for a file that macros of a shop send; TooLarge as for the others."""
    return _expect(services, shop, MACROS, name, by, return_url, MACROS)


def _expect(
    services: "AttachFilesServices", shop: str, folder: str, name: str, by: str, return_url: str, whose: str
) -> tuple[AgentFile, Upload]:
    now = services.now()
    if not services.idempotency.count_within(f"files#{shop}#{by}", PER_HOUR, now, WINDOW_MS):
        raise TooLarge("You uploaded very many files in this hour. Please try again later.")
    file = AgentFile(id=new_id(now, key_of(str(uuid4()))), shop=shop, folder=folder, name=name, by=by, at=now)
    services.agent_files.expect(file, whose)
    return file, services.uploads.sign_form(file.upload, MAX_BYTES, return_url)


def read_file(services: "AttachFilesServices", shop: str, folder: str, identifier: str) -> AgentFile:
    """What became of a file: `folder` is a case's id, or `macros`. NotFound when there is none with this id."""
    file = services.agent_files.load(shop, folder, [identifier]).get(identifier)
    if file is None:
        raise NotFound(f"There is no file {identifier!r}.")
    return file


def file_url(services: "AttachFilesServices", file: AgentFile) -> str | None:
    """A URL that shows the file for five minutes; None while it is not stored."""
    return services.uploads.sign_link(file.file) if file.state == "stored" else None


def attached_files(services: "AttachFilesServices", case: Case, identifiers: Iterable[str]) -> tuple[AttachedFile, ...]:
    """These files of the case, or of the shop's macros, as a message names them. Invalid for an unknown or refused one;
    Conflict while one is still being checked."""
    wanted = tuple(dict.fromkeys(identifiers))
    files = files_of(services, case, wanted)
    for place, identifier in enumerate(wanted):
        _check(files.get(identifier), f"files[{place}]")
    return tuple(files[identifier].attached for identifier in wanted)


def files_of(services: "HasAgentFiles", case: Case, identifiers: Sequence[str]) -> dict[str, AgentFile]:
    """Those of these files that are there, by id: of the case, or of the shop's macros."""
    files = services.agent_files.load(case.shop, case.id, identifiers) if identifiers else {}
    others = [identifier for identifier in identifiers if identifier not in files]
    return files | (services.agent_files.load(case.shop, MACROS, others) if others else {})


def _check(file: AgentFile | None, path: str) -> None:
    if file is None:
        raise invalid(path, "is no file that was uploaded for this case")
    if file.state == "expected":
        raise Conflict(f"A file is still being uploaded and checked: {file.name}. Please try again in a moment.")
    if file.state == "refused":
        raise invalid(path, f"was refused ({file.reason}): {file.name}")


def sent_file_url(services: "SentFileServices", case: str, order: str, identifier: str) -> str:
    """A URL that shows for five minutes a file that was sent with a message. `case`: the key of the case; `order`: that
    of the message's event. NotFound when it had no such file, Expired when the file was deleted since."""
    sent = (file for event in services.cases.events_at(case, [order]) for file in getattr(event.fact, "files", ()))
    file = next((each.file for each in sent if each.id == identifier and isinstance(each, AttachedFile)), None)
    if file is None:
        raise NotFound("There is no such file.")
    return _link_to(services, file)


def fetch_file(services: "FetchFileServices", token: str) -> str:
    """The URL of the file of a link in an email, for five minutes. NotFound for a link not made here, Expired when the
    file was deleted since."""
    return _link_to(services, read_file_token(services, token))


def _link_to(services: "HasUploads", file: str) -> str:
    if services.uploads.read(file, 1) is None:
        raise Expired("This file is no longer there.")
    return services.uploads.sign_link(file)
