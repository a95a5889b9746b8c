"""Take a mail in: read it, find the case it belongs to, and store a receipt. Everything else happens behind that."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.customers import Customer
from chalicelib.domain.identity import mail_of
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.instants import DAY
from chalicelib.domain.letters import Letter, LetterTold, Verdicts
from chalicelib.domain.shops import Shop
from chalicelib.usecases.desk import MAX_NAME, Desk
from chalicelib.usecases.family import family_of, root_of
from chalicelib.usecases.hear_mail import opens_case, writer_of
from chalicelib.usecases.links import read_reply_address
from chalicelib.usecases.meet_customer import customer_key
from chalicelib.usecases.ports import NOBODY, LetterReader, Read, Receipt, Stored

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
    """The receipt of a mail, one however often it arrives; None when it is gone, or is for no shop of ours: then it
    stays where it lies until its time there is over."""
    raw = desk.uploads.read(arrived.file, MAX_BYTES)
    if raw is None:
        return None
    found = _harmless(reader.read(raw, arrived.envelope, arrived.recipients, arrived.verdicts), arrived.id)
    case = _case_of(desk, found.letter)
    shop = _shop_of(desk, found.letter, case)
    if shop is None:
        return None
    receipt = _receipt(desk, shop, found, case)
    if desk.receipts.load(receipt.id) is None:
        whole = raw if found.letter.verdicts.virus != "fail" else b""
        _keep_files(desk, msgspec.json.decode(receipt.body, type=LetterTold).files, whole, found)
        desk.receipts.add(receipt)
    desk.uploads.remove(arrived.file)
    return receipt


def _harmless(found: Read, arrived: str) -> Read:
    """A letter known by the server's id where it has none; without its files where something in it does harm, or where
    no person sent them."""
    letter = found.letter if found.letter.id else replace(found.letter, id=arrived)
    if letter.verdicts.virus != "fail" and letter.automatic in (None, "bulk"):
        return Read(letter, found.whole, found.files)
    return Read(replace(letter, attachments=()), found.whole)


def _case_of(desk: Desk, letter: Letter) -> Stored | None:
    """The case a letter belongs to: by the address it was sent to, by the mails it answers, by a number in its subject.
    Only the address is a secret; else its sender must be the customer, for certain. A bounce is nobody's word: it
    belongs to the case of the mail it gives back, if that was ours."""
    tokens = (read_reply_address(desk, one) for one in letter.to)
    token = next((key for key in tokens if key), None)
    if token is not None:
        stored = desk.cases.load(token)
        return stored if stored.case else None
    if letter.automatic == "bounce":
        given_back = desk.threads.cases(letter.about, only_ours=True) if letter.about else []
        return next((one for one in desk.cases.load_many(given_back).values() if one.case), None)
    shop = _named_shop(desk, letter)
    keys = desk.threads.cases(letter.before) if letter.before else []
    if shop is not None:
        keys += [key for number in letter.numbers if (key := desk.cases.numbered(shop.id, number))]
    for stored in desk.cases.load_many(keys).values() if keys else ():
        if stored.case is not None and _is_customers(desk, stored, letter):
            return stored
    return None


def _is_customers(desk: Desk, stored: Stored, letter: Letter) -> bool:
    assert stored.case is not None
    root = root_of(desk, key_in(stored.case.customer))
    return letter.certain and mail_of(letter.sender) in _addresses(family_of(desk, root) if root else [])


def _addresses(family: list[Customer]) -> set[str | None]:
    return {mail_of(one.email) for one in family if one.email}


def _shop_of(desk: Desk, letter: Letter, case: Stored | None) -> Shop | None:
    return desk.shops.shop(case.case.shop) if case is not None and case.case else _named_shop(desk, letter)


def _named_shop(desk: Desk, letter: Letter) -> Shop | None:
    """The shop a letter is for: `<shop>@` the domain whose mail is taken in, or `<shop>+anything@`."""
    for address in letter.to:
        local, _, domain = address.casefold().rpartition("@")
        name = local.partition("+")[0]
        shop = desk.shops.shop(name, False) if domain == desk.inbound_domain and 0 < len(name) <= MAX_NAME else None
        if shop is not None:
            return shop
    return None


def _receipt(desk: Desk, shop: Shop, found: Read, case: Stored | None) -> Receipt:
    now, letter = desk.now(), found.letter
    key = key_of("receipt", shop.id, "mail", letter.id)
    whose = key_in(case.case.customer) if case is not None and case.case else _writer(desk, shop, letter, now // DAY)
    told = LetterTold(
        letter=letter, case=case.key if case else None, files=f"letters/{shop.id}/{whose}/{key}"
    )  # fmt: skip
    return Receipt(
        id=new_id(now, key), shop=shop.id, source="mail", delivery=key, type="mail.received",
        received_at=now, body=msgspec.json.encode(told), whose=whose,
    )  # fmt: skip


def _writer(desk: Desk, shop: Shop, letter: Letter, day: int) -> str:
    return customer_key(desk, shop.id, writer_of(letter).external_id) if opens_case(letter) else f"{NOBODY}{day}"


def _keep_files(desk: Desk, folder: str, raw: bytes, found: Read) -> None:
    """The whole letter, as it was and as it can be shown, and its files."""
    desk.uploads.keep(f"{folder}/letter.eml", raw, "message/rfc822")
    desk.uploads.keep(f"{folder}/letter.json", msgspec.json.encode(found.whole), "application/json")
    for place, data in enumerate(found.files):
        desk.uploads.keep(f"{folder}/{place}", data, "application/octet-stream")
