"""Act on a letter: it goes on with its case, or opens one. What no person wrote is noted, and never answered."""

from msgspec.structs import replace

from chalicelib.domain import events
from chalicelib.domain.events import SYSTEM, Actor, AnyFact, Event
from chalicelib.domain.evidence import BY_MAIL
from chalicelib.domain.facts import MailRef, MessageReceived, NoteAdded
from chalicelib.domain.ids import key_in, key_of
from chalicelib.domain.letters import PER_SENDER, WINDOW, Letter, LetterTold, language_of
from chalicelib.domain.order_inputs import CustomerIn
from chalicelib.domain.platforms.people import by_address
from chalicelib.domain.segments import raised
from chalicelib.domain.shops import Shop
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.follow_up import open_spilled
from chalicelib.usecases.meet_customer import meet
from chalicelib.usecases.open_case import Request, case_key, open_case, segment_of
from chalicelib.usecases.ports import Receipt, Stored
from chalicelib.usecases.record import record


class NotHeard(Exception):
    """Nothing follows from this letter; the message says why."""


def opens_case(letter: Letter) -> bool:
    """Whether a letter that belongs to no case opens one: somebody wrote it, or something that wants no answer."""
    return letter.automatic in (None, "bulk") and bool(letter.sender)


def writer_of(letter: Letter) -> CustomerIn:
    """Who wrote a letter. Whose address is not certain, or who is no person, has no address we would write to."""
    if letter.certain and letter.automatic is None:
        return CustomerIn(external_id=by_address(letter.sender), name=letter.sender_name, email=letter.sender)
    who = key_of("claimed", letter.sender.casefold())
    return CustomerIn(external_id=f"claimed/{who}", name=letter.sender_name)


def hear_mail(desk: Desk, shop: Shop, told: LetterTold, receipt: Receipt) -> str:
    """Carry a letter out; the id of its case. NotHeard when nothing follows from it."""
    letter = told.letter
    if told.case is None and not opens_case(letter):
        desk.uploads.remove_below(f"{told.files}/")  # nobody is known to whom they belong
        raise NotHeard(f"an automatic {letter.automatic or 'mail'} that belongs to no case")
    counted = f"letters#{letter.automatic or 'person'}#{receipt.whose}"
    if receipt.attempts == 0 and not desk.claims.within(counted, PER_SENDER, desk.now(), WINDOW):
        raise NotHeard(f"more than {PER_SENDER} letters within an hour from one sender")
    stored = _open(desk, shop, letter, receipt) if told.case is None else desk.cases.load(told.case)
    if stored.case is None:
        raise NotHeard("its case is gone")
    if not _opened(desk, stored, receipt):
        stored = _append(desk, shop, stored, letter, receipt)
        open_spilled(desk, shop, stored)
        stored = _where_it_went(desk, shop, stored, receipt)
    assert stored.case is not None
    desk.threads.remember(letter.id, stored.key, desk.now(), ours=False)
    _take_along(desk, shop, stored.case.id, told, receipt)
    return stored.case.id


def _where_it_went(desk: Desk, shop: Shop, stored: Stored, receipt: Receipt) -> Stored:
    """The case that has the letter: a linked one, where it came long after closing."""
    assert stored.case is not None
    told = next((one for one in desk.cases.events(stored.key) if one.receipt == receipt.id), None)
    if told is None or told.id not in stored.case.spilled:
        return stored
    linked = desk.cases.load(case_key(shop.id, f"{stored.case.external_id}/{key_in(told.id)}"))
    return linked if linked.case is not None else stored


def _open(desk: Desk, shop: Shop, letter: Letter, receipt: Receipt) -> Stored:
    customer = meet(desk, shop, writer_of(letter), receipt.received_at)
    language = customer.language or language_of(f"{letter.subject}\n{letter.text}", shop.locale)
    request = Request(
        external_id=letter.thread, kind="question", channel="email", subject=letter.subject, message=letter.text,
        customer=customer.id, language=language, at=receipt.received_at, by=Actor("customer", customer.id),
        mail=_ref(letter, receipt), receipt=receipt.id, priority=raised("normal", customer.care),
        segment=segment_of(customer), to_be_called=bool(customer.care),
    )  # fmt: skip
    return open_case(desk, shop, request, seen=desk.cases.load(case_key(shop.id, letter.thread)))


def _opened(desk: Desk, stored: Stored, receipt: Receipt) -> bool:
    opening = desk.cases.opening([stored.key])[stored.key]
    return opening.mail is not None and opening.mail.letter == key_in(receipt.id)


def _append(desk: Desk, shop: Shop, stored: Stored, letter: Letter, receipt: Receipt) -> Stored:
    """The letter's words on the case: the customer's, or a note of what no person wrote."""
    assert stored.case is not None
    ref, key = _ref(letter, receipt), stored.key
    by: Actor = Actor("customer", stored.case.customer) if letter.automatic is None else SYSTEM
    said: AnyFact = MessageReceived(message=letter.text, mail=ref)
    fact = said if letter.automatic is None else NoteAdded(message=f"{letter.subject}\n\n{letter.text}", mail=ref)
    event = events.event(receipt.received_at, by, fact, key, "mail", receipt.id, receipt=receipt.id)
    event = replace(event, heard_at=receipt.received_at)

    def decide(now: Stored) -> list[Event]:
        known = event.order <= now.last and any(one.id == event.id for one in desk.cases.events(key))
        return [] if known else [event]

    return record(desk, shop, key, decide)


def _ref(letter: Letter, receipt: Receipt) -> MailRef:
    return MailRef(
        letter=key_in(receipt.id), message_id=letter.id, sender=letter.sender, certain=letter.certain,
        automatic=letter.automatic is not None,
    )  # fmt: skip


def _take_along(desk: Desk, shop: Shop, case: str, told: LetterTold, receipt: Receipt) -> None:
    """The letter's files go where its case's are, so that they are found by it and go with it."""
    letter, key = told.letter, key_in(receipt.id)
    for place in range(len(letter.attachments)):
        desk.uploads.move(f"{told.files}/{place}", f"uploads/{shop.id}/{case}/{BY_MAIL}{key}-{place:02d}")
    for kind in ("eml", "json"):
        desk.uploads.move(f"{told.files}/letter.{kind}", f"mails/{shop.id}/{case}/{key}.{kind}")
