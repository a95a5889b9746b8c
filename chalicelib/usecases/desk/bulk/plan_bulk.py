"""Plan a command on many cases, before anything changes: which cases, and what they are.

A view of more cases than one request takes is gone on with by further requests. They are one command: it does what it
was when it began, and no case gets it twice, although what it changes may move a case behind the cursor.
"""

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.desk.bulk import FIRST, MOST, Bulk, BulkIn, Planned, split_cursor
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.validation import to_invalid
from chalicelib.usecases.desk.bulk.commands import COMMANDS, BulkCommand, former_of
from chalicelib.usecases.desk.list_view import view_keys
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.desk.bulk.services import RunBulkServices


def plan_bulk(services: "RunBulkServices", body: BulkIn, by: Actor, key: str, digest: str) -> Bulk:
    """The plan of a command, which is not stored yet. Invalid if it is not understood, or would change nothing."""
    if (body.cases is None) == (body.view is None):
        raise invalid("cases", "or view is needed, and not both")
    command = COMMANDS[body.command]
    arguments = _arguments(command, body)
    cursor, first = split_cursor(body.after)
    asked = digest_of(body.command, msgspec.json.encode(arguments).decode())
    begun = _begun(services, body.shop, first, asked)
    if begun is None and command.plan is not None:
        arguments = command.plan(services, body.shop, arguments)
    cases, following = _cases(services, body, by, cursor)
    whole = begun.key if begun is not None else key
    return Bulk(
        key=key,
        digest=digest,
        command=body.command,
        body=begun.body if begun is not None else msgspec.json.encode(arguments).decode(),
        cases=cases,
        next=f"{following}{FIRST}{whole}" if following else None,
        asked=asked,
        first=begun.key if begun is not None else None,
    )


def _arguments(command: BulkCommand, body: BulkIn) -> Any:
    try:
        arguments = msgspec.json.decode(body.body, type=command.shape)
    except msgspec.ValidationError as error:
        raise to_invalid(error, "body") from None
    if not any(getattr(arguments, name) for name in command.shape.__struct_fields__):
        raise invalid("body", "changes nothing")
    return arguments


def _begun(services: "RunBulkServices", shop: str, first: str | None, asked: str) -> Bulk | None:
    """The command that began with this view, if it is the same one and still stored."""
    bulk = services.bulks.load(shop, first) if first else None
    return bulk if bulk is not None and bulk.asked == asked else None


def _cases(
    services: "RunBulkServices", body: BulkIn, by: Actor, cursor: str | None
) -> tuple[tuple[Planned, ...], str | None]:
    """The cases as they are now, and the cursor of the view behind them."""
    wanted, following = list(dict.fromkeys(body.cases or ())), None
    keys = [key_of_id(each) for each in wanted]
    if body.view is not None:
        keys, following = view_keys(services, body.shop, by.id or "", body.view, MOST, cursor)
    stored = services.desk.cases(keys)
    if body.view is not None:
        wanted = [case.id for each in keys if each in stored and (case := stored[each].case) is not None]
    return tuple(_planned(each, stored.get(key_of_id(each)), body.shop) for each in wanted), following


def _planned(identifier: str, stored: StoredCase | None, shop: str) -> Planned:
    case = stored.case if stored is not None else None
    if case is None or case.id != identifier or case.shop != shop:
        return Planned(case=identifier)
    return Planned(case=identifier, number=case.number, former=former_of(case))


def digest_of(*parts: str) -> str:
    """A short digest of texts, the same for the same ones: 40 hexadecimal digits."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
