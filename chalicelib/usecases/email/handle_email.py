"""Act on a letter: it goes on with its case, or opens one. What is not its customer's word is noted, as whose it is."""

from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.evidence import BY_MAIL
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived, ReplySent
from chalicelib.domain.email.authorship import counted_as
from chalicelib.domain.email.inbound_email import PER_SENDER, WINDOW, LetterTold
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import record
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.cases.open_linked_cases import open_spilled
from chalicelib.usecases.cases.write_note import write_note
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.email.author import is_ours, is_same, letter_of
from chalicelib.usecases.email.authored_email import Heard, author_of, heard_of
from chalicelib.usecases.email.handle_bounce import clear_undeliverable, mark_undeliverable
from chalicelib.usecases.email.open_case_by_email import open_by_mail
from chalicelib.usecases.email.weigh_email import fact_of, to_look_at
from chalicelib.usecases.ports import Receipt, Stored
from chalicelib.usecases.ports.services import Desk


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
    _tell_of_files(desk, shop, stored.case, heard, told_by)
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
    person = customer_key(desk, shop.id, counted_as(heard.writer))
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
    by, fact = author_of(desk, shop, heard, stored.case.customer), fact_of(desk, stored, heard)
    event = events.event(receipt.received_at, by, fact, key, "mail", heard.key, receipt=receipt.id)
    event = replace(event, heard_at=receipt.received_at)

    def decide(now: Stored) -> list[Event]:
        told = (letter_of(one) for one in desk.cases.events(key))
        known = any(is_same(one, heard.key, heard.letter) for one in told)
        return [] if known else [event, *to_look_at(desk, shop, now, heard, event)]

    return record(desk, shop, key, decide)


def _tell_of_files(desk: Desk, shop: Shop, case: Case, heard: Heard, told: Event) -> None:
    """A note that the files of an agent's reply did not go to the customer with its words."""
    left = len(heard.letter.attachments) + heard.letter.left_out
    if left and isinstance(told.fact, ReplySent) and not told.fact.had:
        write_note(desk, shop, case, told, desk.pages.text("mail_files", shop.locale, count=left))


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
