"""Take a mail in: read it, find whom it is for, and store a receipt for each. Everything else happens behind that."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.email.authorship import customer_of, opens_case
from chalicelib.domain.email.duplicates import fingerprint
from chalicelib.domain.email.inbound_email import KEPT_BYTES, Letter, LetterTold, Verdicts
from chalicelib.domain.kernel.ids import key_in, key_of, new_id
from chalicelib.domain.kernel.timestamps import DAY
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.email.author import agent_of
from chalicelib.usecases.email.match_cases import Copy, copies_of
from chalicelib.usecases.ports import NOBODY, LetterReader, Read, Receipt
from chalicelib.usecases.ports.services import Desk

MAX_BYTES = 40 * 1024 * 1024


class Arrived(Struct, frozen=True, kw_only=True):
    """A raw mail that lies in the bucket, as the receiving server tells of it."""

    file: str
    id: str
    """The server's own id of it."""
    recipients: tuple[str, ...]
    envelope: str | None
    verdicts: Verdicts


def receive_mail(desk: Desk, reader: LetterReader, arrived: Arrived) -> Receipt | None:
    """The receipt of a mail; that of the first shop, where it is for several. None as `receive_copies` gives none."""
    return next(iter(receive_copies(desk, reader, arrived)), None)


def receive_copies(desk: Desk, reader: LetterReader, arrived: Arrived) -> list[Receipt]:
    """The receipts of a mail, one for each shop and case it is for, however often it arrives. None when it is gone, or
    is for no shop of ours: then it stays where it lies until its time there is over. It is removed when all of its
    receipts are written, and not before, so that what broke off is done again."""
    raw = desk.uploads.read(arrived.file, MAX_BYTES)
    if raw is None:
        return []
    read = reader.read(raw, arrived.envelope, arrived.recipients, arrived.verdicts)
    letter, copies = _placed(desk, _named(read.letter, raw))
    found = _harmless(replace(read, letter=letter))
    receipts = [_take(desk, raw, found, copy) for copy in copies]
    if receipts:
        desk.uploads.remove(arrived.file)
    return receipts


def _named(letter: Letter, raw: bytes) -> Letter:
    """A letter known by what was written, also where it has no id of its own: it may come twice, by two ways."""
    digest = fingerprint(raw)
    return replace(letter, id=letter.id or f"{digest}@no-id.invalid", digest=digest)


def _placed(desk: Desk, letter: Letter) -> tuple[Letter, list[Copy]]:
    """A letter and where it belongs. What is automatic by its subject alone is a person's where it answers nothing and
    belongs to no case: who writes "Away: please deliver next door" must be heard."""
    copies = copies_of(desk, letter)
    if not letter.unproven or letter.before or any(one.stored is not None for one in copies):
        return letter, copies
    persons = replace(letter, automatic="bulk" if letter.verdicts.spam == "fail" else None)
    return persons, copies_of(desk, persons)


def _harmless(found: Read) -> Read:
    """A letter without its files where something in it does harm, or where no person sent them."""
    letter = found.letter
    if letter.verdicts.virus != "fail" and letter.automatic in (None, "bulk"):
        return Read(letter, found.whole, found.files)
    return Read(replace(letter, attachments=()), found.whole)


def _take(desk: Desk, raw: bytes, found: Read, copy: Copy) -> Receipt:
    receipt = _receipt(desk, found, copy)
    known = desk.receipts.load(receipt.id)
    if known is not None:
        return known
    whole = raw if found.letter.verdicts.virus != "fail" else b""
    _keep_files(desk, msgspec.json.decode(receipt.body, type=LetterTold).files, whole, found)
    return desk.receipts.add(receipt) or receipt


def _receipt(desk: Desk, found: Read, copy: Copy) -> Receipt:
    """The receipt of a copy. The same letter for the same shop has the same; a case whose own address was written to
    gets its own."""
    now, letter, shop = desk.now(), found.letter, copy.shop
    own = (copy.case or "",) if copy.addressed else ()
    key = key_of("receipt", shop.id, "mail", letter.id, letter.digest, *own)
    whose = _whose(desk, copy, now // DAY)
    told = LetterTold(
        letter=replace(letter, text=_words(desk, found, copy)),
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


def _words(desk: Desk, found: Read, copy: Copy) -> str:
    """What is new in a letter; of what an agent sends in, all of it, for they forward what others wrote."""
    if copy.stored is not None or agent_of(desk, copy.shop, copy.writer.address) is None:
        return found.letter.text
    return found.whole.text.replace("\x00", "").encode()[:KEPT_BYTES].decode("utf-8", "ignore").strip()


def _whose(desk: Desk, copy: Copy, day: int) -> str:
    """Whose key seals it: the customer's of its case, or of whoever wrote it; of nobody known, that day's."""
    if copy.stored is not None and copy.stored.case is not None:
        return key_in(copy.stored.case.customer)
    if not opens_case(copy.writer):
        return f"{NOBODY}{day}"
    return customer_key(desk, copy.shop.id, customer_of(copy.writer).external_id)


def _keep_files(desk: Desk, folder: str, raw: bytes, found: Read) -> None:
    """The whole letter, as it was and as it can be shown, and its files."""
    desk.uploads.keep(f"{folder}/letter.eml", raw, "message/rfc822")
    desk.uploads.keep(f"{folder}/letter.json", msgspec.json.encode(found.whole), "application/json")
    for place, data in enumerate(found.files):
        desk.uploads.keep(f"{folder}/{place}", data, "application/octet-stream")
