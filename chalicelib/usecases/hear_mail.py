"""Act on a letter: it goes on with its case, or opens one. What is not its customer's word is noted, as whose it is."""

from msgspec.structs import replace

from chalicelib.domain import events
from chalicelib.domain.events import SYSTEM, AnyFact, Event
from chalicelib.domain.evidence import BY_MAIL
from chalicelib.domain.facts import CaseOpened, MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.flows.tasks import MAX_OPEN, of_letter, open_ones
from chalicelib.domain.identity import mail_of
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.letters import PER_SENDER, WINDOW, LetterTold
from chalicelib.domain.shops import Shop
from chalicelib.domain.writers import customer_of
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.follow_up import open_spilled
from chalicelib.usecases.hear_bounce import clear_undeliverable, mark_undeliverable
from chalicelib.usecases.heard import Heard, author_of, heard_of, ref_of
from chalicelib.usecases.meet_customer import customer_key
from chalicelib.usecases.open_by_mail import open_by_mail
from chalicelib.usecases.open_case import case_key
from chalicelib.usecases.ports import Receipt, Stored
from chalicelib.usecases.record import record
from chalicelib.usecases.whose_words import agent_of, customers_addresses, is_ours, is_same, letter_of


class NotHeard(Exception):
    """Nothing follows from this letter; the message says why. `gone`: where its files lie, when nobody is known to whom
    they belong; they go once that is written down."""

    def __init__(self, why: str, gone: str = "") -> None:
        super().__init__(why)
        self.gone = gone


def hear_mail(desk: Desk, shop: Shop, told: LetterTold, receipt: Receipt) -> str:
    """Carry a letter out; the id of its case. NotHeard when nothing follows from it."""
    before = desk.cases.load(told.case) if told.case is not None else None
    if before is not None and before.case is None:
        raise NotHeard("its case is gone")
    heard = heard_of(desk, shop, told, receipt, before)
    if before is None:
        _check_opens(desk, heard, told.files)
    _check_often(desk, shop, heard)
    stored = before if before is not None else open_by_mail(desk, shop, heard)
    if not is_same(desk.cases.opening([stored.key])[stored.key].mail, heard.key, heard.letter):
        stored = _append(desk, shop, stored, heard)
        open_spilled(desk, shop, stored)
    told_by = _told_by(desk, stored, heard)
    stored = _where_it_went(desk, shop, stored, told_by)
    assert stored.case is not None
    desk.threads.remember(heard.letter.id, stored.key, desk.now(), ours=False)
    _note_addresses(desk, stored, heard)
    _take_along(desk, shop, stored.case.id, told, heard, told_by)
    return stored.case.id


def _told_by(desk: Desk, stored: Stored, heard: Heard) -> Event:
    """The event that has the letter."""
    return next(one for one in desk.cases.events(stored.key) if is_same(letter_of(one), heard.key, heard.letter))


def _check_opens(desk: Desk, heard: Heard, files: str) -> None:
    """What opens no case says why. Only what certainly no person wrote leaves no file: all else may be looked at and
    replayed."""
    if heard.whose == "machine":
        gone = "" if heard.letter.unproven else f"{files}/"
        raise NotHeard(f"an automatic {heard.writer.automatic} that belongs to no case", gone=gone)
    if heard.whose == "shop" and is_ours(desk, heard.letter):
        raise NotHeard("one of our own mails that came back")
    if heard.whose == "shop":
        raise NotHeard("it was written from the shop's own address, and belongs to no case")
    if not heard.writer.address:
        why = heard.letter.unreadable or "its From names no address"
        raise NotHeard(f"who wrote it cannot be read: {why}")


def _check_often(desk: Desk, shop: Shop, heard: Heard) -> None:
    """A person is taken in so often an hour, whatever form or list passes their words on; agents as often as they
    write."""
    if heard.receipt.attempts or heard.whose == "staff":
        return
    person = customer_key(desk, shop.id, customer_of(heard.writer).external_id)
    who = heard.receipt.whose if heard.whose in ("machine", "shop") else person
    counted = f"letters#{heard.writer.automatic or 'person'}#{who}"
    if not desk.claims.within(counted, PER_SENDER, desk.now(), WINDOW):
        raise NotHeard(f"more than {PER_SENDER} letters within an hour from one sender")


def _where_it_went(desk: Desk, shop: Shop, stored: Stored, told: Event) -> Stored:
    """The case that has the letter: a linked one, where it came long after closing."""
    assert stored.case is not None
    if told.id not in stored.case.spilled:
        return stored
    linked = desk.cases.load(case_key(shop.id, f"{stored.case.external_id}/{key_in(told.id)}"))
    return linked if linked.case is not None else stored


def _append(desk: Desk, shop: Shop, stored: Stored, heard: Heard) -> Stored:
    """The letter's words on the case, once, however many copies of it came."""
    assert stored.case is not None
    key, receipt = stored.key, heard.receipt
    by, fact = author_of(desk, shop, heard, stored.case.customer), _fact(desk, stored, heard)
    event = events.event(receipt.received_at, by, fact, key, "mail", heard.key, receipt=receipt.id)
    event = replace(event, heard_at=receipt.received_at)

    def decide(now: Stored) -> list[Event]:
        told = (letter_of(one) for one in desk.cases.events(key))
        known = any(is_same(one, heard.key, heard.letter) for one in told)
        return [] if known else [event, *_to_look_at(desk, shop, now, heard)]

    return record(desk, shop, key, decide)


def _to_look_at(desk: Desk, shop: Shop, stored: Stored, heard: Heard) -> list[Event]:
    """A task to read what another wrote, where nobody would see the note: the case rests, or an agent's own words did
    not go out. It may be the customer, from an address nobody knows."""
    case, at = stored.case, heard.receipt.received_at
    if case is None or heard.whose != "third_party" or len(open_ones(case.tasks)) >= MAX_OPEN:
        return []
    if not (case.done or case.status == "waiting_customer" or agent_of(desk, shop, heard.writer.address)):
        return []
    department, title, due_at = of_letter(at, heard.writer.address)
    task = new_id(at, key_of("task", stored.key, heard.key))
    fact = TaskOpened(task=task, department=department, title=title, due_at=due_at)
    return [events.event(at, SYSTEM, fact, stored.key, "to look at", heard.key)]


def _fact(desk: Desk, stored: Stored, heard: Heard) -> AnyFact:
    letter, ref = heard.letter, ref_of(heard)
    if heard.whose == "customer":
        return MessageReceived(message=letter.text, mail=ref)
    named = {mail_of(one.address) for one in (*letter.addressed_to, *letter.cc)} if heard.whose == "staff" else set()
    had = bool(named & customers_addresses(desk, stored))
    if heard.whose == "staff" and letter.text and (heard.addressed or had):
        return ReplySent(message=letter.text, mail=ref, had=had)
    subject = f"{letter.subject}\n\n" if heard.whose == "machine" else ""
    return NoteAdded(message=f"{subject}{letter.text}", mail=ref)


def _note_addresses(desk: Desk, stored: Stored, heard: Heard) -> None:
    """What a letter tells of the customer's address: that mail to it comes back, or that they write from it."""
    assert stored.case is not None
    if heard.letter.automatic == "bounce":
        mark_undeliverable(desk, stored, heard.letter)
    elif heard.whose == "customer" and heard.writer.automatic is None:
        clear_undeliverable(desk, stored.case, heard.writer.address)


def _take_along(desk: Desk, shop: Shop, case: str, told: LetterTold, heard: Heard, by: Event) -> None:
    """The letter goes where its case's are, so that it is found by it and goes with it. Its files are shown as the
    customer's, so only those of the customer's letters are, and of what staff sent in for them. Those of another copy
    are there already."""
    kept = letter_of(by)
    if kept is not None and kept.letter == heard.key:
        shown = len(told.letter.attachments) if isinstance(by.fact, CaseOpened | MessageReceived) else 0
        for place in range(shown):
            desk.uploads.move(f"{told.files}/{place}", f"uploads/{shop.id}/{case}/{BY_MAIL}{heard.key}-{place:02d}")
        for kind in ("eml", "json"):
            desk.uploads.move(f"{told.files}/letter.{kind}", f"mails/{shop.id}/{case}/{heard.key}.{kind}")
    desk.uploads.remove_below(f"{told.files}/")
