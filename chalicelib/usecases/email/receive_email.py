"""Receive an email: parse it, find the shops and cases it is for, and store a receipt for each.

All other work is done later, from the receipts.
"""

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.email.authorship import customer_from_writer, opens_case
from chalicelib.domain.email.duplicates import fingerprint
from chalicelib.domain.email.inbound_email import KEPT_BYTES, EmailReceived, InboundEmail, Verdicts
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.side_conversations.conversation import thread_key
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.email.author import agent_with_address
from chalicelib.usecases.email.match_cases import EmailCopy, match_cases
from chalicelib.usecases.ports.email import EmailParser, ParsedEmail
from chalicelib.usecases.ports.intake import NOBODY, Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasInboundDomain,
        HasReceipts,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
    )

    class ReceiveEmailServices(
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasInboundDomain,
        HasReceipts,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
        Protocol,
    ):
        """The services that `receive_email` uses."""


MAX_BYTES = 40 * 1024 * 1024


class ReceivedEmail(Struct, frozen=True, kw_only=True):
    """A raw email in the bucket, as the receiving server reports it."""

    file: str
    id: str
    """The server's own id of it."""
    recipients: tuple[str, ...]
    envelope: str | None
    verdicts: Verdicts


def receive_email(services: "ReceiveEmailServices", parser: EmailParser, received: ReceivedEmail) -> Receipt | None:
    """The receipt of an email: the first shop's if it is for several, None if `receive_copies` stores none."""
    return next(iter(receive_copies(services, parser, received)), None)


def receive_copies(services: "ReceiveEmailServices", parser: EmailParser, received: ReceivedEmail) -> list[Receipt]:
    """Store and return the receipts of an email: one for each shop and case it is for, however often it arrives.

    There are none if the raw email is gone, or if it is for no shop of ours; then it stays in the bucket until it
    expires there. The raw email is deleted only once all of its receipts are stored, so that a run that failed halfway
    can be repeated.
    """
    raw = services.uploads.read(received.file, MAX_BYTES)
    if raw is None:
        return []
    parsed = parser.read(raw, received.envelope, received.recipients, received.verdicts)
    email, copies = _match(services, _with_id(parsed.email, raw))
    parsed = _without_unwanted_files(replace(parsed, email=email))
    receipts = [_store_receipt(services, raw, parsed, copy) for copy in copies]
    if receipts:
        services.uploads.remove(received.file)
    return receipts


def _with_id(email: InboundEmail, raw: bytes) -> InboundEmail:
    """The email identified by what its sender wrote, even if it has no message id: it may arrive twice, by two ways."""
    digest = fingerprint(raw)
    return replace(email, id=email.id or f"{digest}@no-id.invalid", digest=digest)


def _match(services: "ReceiveEmailServices", email: InboundEmail) -> tuple[InboundEmail, list[EmailCopy]]:
    """The email and the shops and cases it is for.

    An email that looks automatic only by its subject is a person's if it answers nothing and belongs to no case: a
    customer who writes "Away: please deliver next door" must get an answer.
    """
    copies = match_cases(services, email)
    if not email.unproven or email.answered_ids or any(copy.stored is not None for copy in copies):
        return email, copies
    by_person = replace(email, automatic="bulk" if email.verdicts.spam == "fail" else None)
    return by_person, match_cases(services, by_person)


def _without_unwanted_files(parsed: ParsedEmail) -> ParsedEmail:
    """The email without its files if it has a virus, or if a machine sent it."""
    email = parsed.email
    if email.verdicts.virus != "fail" and email.automatic in (None, "bulk"):
        return parsed
    return ParsedEmail(replace(email, attachments=()), parsed.whole)


def _store_receipt(services: "ReceiveEmailServices", raw: bytes, parsed: ParsedEmail, copy: EmailCopy) -> Receipt:
    receipt = _receipt(services, parsed, copy)
    stored = services.receipts.load(receipt.id)
    if stored is not None:
        return stored
    content = raw if parsed.email.verdicts.virus != "fail" else b""
    folder = msgspec.json.decode(receipt.body, type=EmailReceived).files
    _store_files(services, folder, content, parsed)
    return services.receipts.add(receipt) or receipt


def _receipt(services: "ReceiveEmailServices", parsed: ParsedEmail, copy: EmailCopy) -> Receipt:
    """The receipt of a copy. The same email to the same shop always gets the same receipt, except that each case whose
    own address it was sent to has one of its own."""
    now = services.now()
    email = parsed.email
    shop = copy.shop
    own_case = (thread_key(copy.case or "", copy.side),) if copy.addressed else ()
    key = key_of("receipt", shop.id, "mail", email.id, email.digest, *own_case)
    owner = _data_owner(services, copy, now // DAY_MS)
    received = EmailReceived(
        letter=replace(email, text=_text(services, parsed, copy)),
        case=copy.case,
        files=f"letters/{shop.id}/{owner}/{key}",
        addressed=copy.addressed,
        address=copy.address,
        side=copy.side,
    )
    return Receipt(
        id=new_id(now, key),
        shop=shop.id,
        source="mail",
        delivery=key,
        type="mail.received",
        received_at=now,
        body=msgspec.json.encode(received),
        whose=owner,
    )


def _text(services: "ReceiveEmailServices", parsed: ParsedEmail, copy: EmailCopy) -> str:
    """The new text of an email. Of one with which an agent opens a case, all of it: they forward what others wrote."""
    if copy.stored is not None or agent_with_address(services, copy.shop, copy.writer.address) is None:
        return parsed.email.text
    return parsed.whole.text.replace("\x00", "").encode()[:KEPT_BYTES].decode("utf-8", "ignore").strip()


def _data_owner(services: "ReceiveEmailServices", copy: EmailCopy, day: int) -> str:
    """Whose key encrypts the receipt: that of its case's customer, or of whoever wrote it. If nobody is known, the
    receipt is encrypted with a key for the day."""
    if copy.stored is not None and copy.stored.case is not None:
        return key_of_id(copy.stored.case.customer)
    if not opens_case(copy.writer):
        return f"{NOBODY}{day}"
    return customer_key(services, copy.shop.id, customer_from_writer(copy.writer).external_id)


def _store_files(services: "ReceiveEmailServices", folder: str, raw: bytes, parsed: ParsedEmail) -> None:
    """Store the email as it arrived and as it can be shown, and its files."""
    services.uploads.save(f"{folder}/letter.eml", raw, "message/rfc822")
    services.uploads.save(f"{folder}/letter.json", msgspec.json.encode(parsed.whole), "application/json")
    for place, content in enumerate(parsed.files):
        services.uploads.save(f"{folder}/{place}", content, "application/octet-stream")
