"""Take a mail in: read it, find whom it is for, and store a receipt for each. Everything else happens behind that."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.email.authorship import customer_of, opens_case
from chalicelib.domain.email.duplicates import fingerprint
from chalicelib.domain.email.inbound_email import KEPT_BYTES, EmailReceived, InboundEmail, Verdicts
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.email.author import agent_of
from chalicelib.usecases.email.match_cases import Copy, match_cases
from chalicelib.usecases.ports import NOBODY, EmailParser, ParsedEmail, Receipt
from chalicelib.usecases.ports.services import Services

MAX_BYTES = 40 * 1024 * 1024


class ReceivedEmail(Struct, frozen=True, kw_only=True):
    """A raw mail that lies in the bucket, as the receiving server tells of it."""

    file: str
    id: str
    """The server's own id of it."""
    recipients: tuple[str, ...]
    envelope: str | None
    verdicts: Verdicts


def receive_email(services: Services, reader: EmailParser, arrived: ReceivedEmail) -> Receipt | None:
    """The receipt of a mail; that of the first shop, where it is for several. None as `receive_copies` gives none."""
    return next(iter(receive_copies(services, reader, arrived)), None)


def receive_copies(services: Services, reader: EmailParser, arrived: ReceivedEmail) -> list[Receipt]:
    """The receipts of a mail, one for each shop and case it is for, however often it arrives. None when it is gone, or
    is for no shop of ours: then it stays where it lies until its time there is over. It is removed when all of its
    receipts are written, and not before, so that what broke off is done again."""
    raw = services.uploads.read(arrived.file, MAX_BYTES)
    if raw is None:
        return []
    read = reader.read(raw, arrived.envelope, arrived.recipients, arrived.verdicts)
    letter, copies = _placed(services, _named(read.letter, raw))
    found = _harmless(replace(read, letter=letter))
    receipts = [_take(services, raw, found, copy) for copy in copies]
    if receipts:
        services.uploads.remove(arrived.file)
    return receipts


def _named(letter: InboundEmail, raw: bytes) -> InboundEmail:
    """A letter known by what was written, also where it has no id of its own: it may come twice, by two ways."""
    digest = fingerprint(raw)
    return replace(letter, id=letter.id or f"{digest}@no-id.invalid", digest=digest)


def _placed(services: Services, letter: InboundEmail) -> tuple[InboundEmail, list[Copy]]:
    """A letter and where it belongs. What is automatic by its subject alone is a person's where it answers nothing and
    belongs to no case: who writes "Away: please deliver next door" must be heard."""
    copies = match_cases(services, letter)
    if not letter.unproven or letter.before or any(one.stored is not None for one in copies):
        return letter, copies
    persons = replace(letter, automatic="bulk" if letter.verdicts.spam == "fail" else None)
    return persons, match_cases(services, persons)


def _harmless(found: ParsedEmail) -> ParsedEmail:
    """A letter without its files where something in it does harm, or where no person sent them."""
    letter = found.letter
    if letter.verdicts.virus != "fail" and letter.automatic in (None, "bulk"):
        return ParsedEmail(letter, found.whole, found.files)
    return ParsedEmail(replace(letter, attachments=()), found.whole)


def _take(services: Services, raw: bytes, found: ParsedEmail, copy: Copy) -> Receipt:
    receipt = _receipt(services, found, copy)
    known = services.receipts.load(receipt.id)
    if known is not None:
        return known
    whole = raw if found.letter.verdicts.virus != "fail" else b""
    _keep_files(services, msgspec.json.decode(receipt.body, type=EmailReceived).files, whole, found)
    return services.receipts.add(receipt) or receipt


def _receipt(services: Services, found: ParsedEmail, copy: Copy) -> Receipt:
    """The receipt of a copy. The same letter for the same shop has the same; a case whose own address was written to
    gets its own."""
    now, letter, shop = services.now(), found.letter, copy.shop
    own = (copy.case or "",) if copy.addressed else ()
    key = key_of("receipt", shop.id, "mail", letter.id, letter.digest, *own)
    whose = _whose(services, copy, now // DAY_MS)
    told = EmailReceived(
        letter=replace(letter, text=_words(services, found, copy)),
        case=copy.case,
        files=f"letters/{shop.id}/{whose}/{key}",
        addressed=copy.addressed,
        address=copy.address,
    )
    return Receipt(
        id=new_id(now, key),
        shop=shop.id,
        source="mail",
        delivery=key,
        type="mail.received",
        received_at=now,
        body=msgspec.json.encode(told),
        whose=whose,
    )


def _words(services: Services, found: ParsedEmail, copy: Copy) -> str:
    """What is new in a letter; of what an agent sends in, all of it, for they forward what others wrote."""
    if copy.stored is not None or agent_of(services, copy.shop, copy.writer.address) is None:
        return found.letter.text
    return found.whole.text.replace("\x00", "").encode()[:KEPT_BYTES].decode("utf-8", "ignore").strip()


def _whose(services: Services, copy: Copy, day: int) -> str:
    """Whose key seals it: the customer's of its case, or of whoever wrote it; of nobody known, that day's."""
    if copy.stored is not None and copy.stored.case is not None:
        return key_of_id(copy.stored.case.customer)
    if not opens_case(copy.writer):
        return f"{NOBODY}{day}"
    return customer_key(services, copy.shop.id, customer_of(copy.writer).external_id)


def _keep_files(services: Services, folder: str, raw: bytes, found: ParsedEmail) -> None:
    """The whole letter, as it was and as it can be shown, and its files."""
    services.uploads.save(f"{folder}/letter.eml", raw, "message/rfc822")
    services.uploads.save(f"{folder}/letter.json", msgspec.json.encode(found.whole), "application/json")
    for place, data in enumerate(found.files):
        services.uploads.save(f"{folder}/{place}", data, "application/octet-stream")
