"""Open a case by a letter that belongs to none yet."""

from chalicelib.domain.identity import mail_of
from chalicelib.domain.ids import key_of
from chalicelib.domain.letters import language_of
from chalicelib.domain.segments import raised
from chalicelib.domain.shops import Shop
from chalicelib.domain.writers import claimed, conversation, copied_on, customer_of, forwarded_senders
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.heard import Heard, author_of, ref_of
from chalicelib.usecases.meet_customer import meet
from chalicelib.usecases.open_case import Request, case_key, open_case, segment_of
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.whose_words import is_same

UNKNOWN, IMPORTANT = "customer_unknown", "important"
"""The tags of a case that staff sent in by mail, whose it is to be said of; and of one its sender calls important."""


def open_by_mail(desk: Desk, shop: Shop, heard: Heard) -> Stored:
    """The case a letter opens, or goes on with. Another letter with the id of the one that opened it has its own."""
    name = conversation(heard.letter, heard.writer)
    stored = open_case(desk, shop, _request(desk, shop, heard, name), seen=desk.cases.load(case_key(shop.id, name)))
    first = desk.cases.opening([stored.key])[stored.key].mail
    if first is None or is_same(first, heard.key, heard.letter) or first.message_id != heard.letter.id:
        return stored
    own = f"mail/{key_of('thread', name, heard.key)}"
    return open_case(desk, shop, _request(desk, shop, heard, own), seen=desk.cases.load(case_key(shop.id, own)))


def _request(desk: Desk, shop: Shop, heard: Heard, name: str) -> Request:
    letter, at, staff = heard.letter, heard.receipt.received_at, heard.whose == "staff"
    suggested = _suggested(heard) if staff else ""
    told = claimed(suggested or heard.key) if staff else customer_of(heard.writer)
    customer = meet(desk, shop, told, at)
    language = customer.language or language_of(f"{letter.subject}\n{letter.text}", shop.locale)
    return Request(
        external_id=name, kind="question", channel="email", subject=letter.subject, message=letter.text,
        customer=customer.id, language=language, at=at, by=author_of(desk, shop, heard, customer.id),
        mail=ref_of(heard, suggested), receipt=heard.receipt.id, priority=raised("normal", customer.care),
        segment=segment_of(customer), to_be_called=bool(customer.care), tags=_tags(heard),
    )  # fmt: skip


def _tags(heard: Heard) -> tuple[str, ...]:
    """What staff are to see of it. That its sender calls it important moves it nowhere: others wait, too."""
    important = heard.letter.importance == "high" and heard.writer.automatic is None
    return (*((UNKNOWN,) if heard.whose == "staff" else ()), *((IMPORTANT,) if important else ()))


def _suggested(heard: Heard) -> str:
    """Whom a letter of staff seems to be about: who wrote what it forwards, or whom it was written to."""
    told = (*forwarded_senders(heard.letter.text), *copied_on(heard.letter, heard.writer, heard.ours))
    own = mail_of(heard.writer.address)
    return next((one for one in told if not heard.ours.has(one) and mail_of(one) != own), "")
