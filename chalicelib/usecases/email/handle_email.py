"""Act on a letter: it goes on with its case, or opens one. What is not its customer's word is noted, as whose it is."""

from msgspec.structs import replace

from chalicelib.domain.aftersales.evidence import BY_MAIL
from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived, ReplySent
from chalicelib.domain.email.authorship import counted_as
from chalicelib.domain.email.inbound_email import PER_SENDER, WINDOW, EmailReceived
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.cases.open_linked_cases import open_linked_cases
from chalicelib.usecases.cases.write_note import write_note
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.email.author import is_ours, is_same, letter_of
from chalicelib.usecases.email.authored_email import AuthoredEmail, actor_of, authored_email
from chalicelib.usecases.email.handle_bounce import clear_undeliverable, mark_undeliverable
from chalicelib.usecases.email.open_case_by_email import open_case_by_email
from chalicelib.usecases.email.weigh_email import fact_of, to_look_at
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.services import Services


class EmailIgnored(Exception):
    """Nothing follows from this letter; the message says why. `gone`: where its files lie, when nobody is known to whom
    they belong; they go once that is written down."""

    def __init__(self, why: str, gone: str = "") -> None:
        super().__init__(why)
        self.gone = gone


def handle_email(services: Services, shop: Shop, told: EmailReceived, receipt: Receipt) -> str:
    """Carry a letter out; the id of its case. NotHeard when nothing follows from it."""
    before = services.cases.load(told.case) if told.case is not None else None
    if before is not None and before.case is None:
        raise EmailIgnored("its case is gone")
    heard = authored_email(services, shop, told, receipt, before)
    if before is None:
        _check_opens(services, heard, told.files)
    _check_often(services, shop, heard)
    stored = before if before is not None else open_case_by_email(services, shop, heard)
    if not is_same(services.cases.opening([stored.key])[stored.key].mail, heard.key, heard.letter):
        stored = _append(services, shop, stored, heard)
        open_linked_cases(services, shop, stored)
    told_by = _told_by(services, stored, heard)
    stored = _where_it_went(services, shop, stored, told_by)
    assert stored.case is not None
    services.threads.remember(heard.letter.id, stored.key, services.now(), ours=False)
    _note_addresses(services, stored, heard)
    _take_along(services, shop, stored.case.id, told, heard, told_by)
    _tell_of_files(services, shop, stored.case, heard, told_by)
    return stored.case.id


def _told_by(services: Services, stored: StoredCase, heard: AuthoredEmail) -> Event:
    """The event that has the letter."""
    return next(one for one in services.cases.events(stored.key) if is_same(letter_of(one), heard.key, heard.letter))


def _check_opens(services: Services, heard: AuthoredEmail, files: str) -> None:
    """What opens no case says why. Only what certainly no person wrote leaves no file: all else may be looked at and
    replayed."""
    if heard.whose == "machine":
        gone = "" if heard.letter.unproven else f"{files}/"
        raise EmailIgnored(f"an automatic {heard.writer.automatic} that belongs to no case", gone=gone)
    if heard.whose == "shop" and is_ours(services, heard.letter):
        raise EmailIgnored("one of our own mails that came back")
    if heard.whose == "shop":
        raise EmailIgnored("it was written from the shop's own address, and belongs to no case")
    if not heard.writer.address:
        why = heard.letter.unreadable or "its From names no address"
        raise EmailIgnored(f"who wrote it cannot be read: {why}")


def _check_often(services: Services, shop: Shop, heard: AuthoredEmail) -> None:
    """A person is taken in so often an hour, whatever form or list passes their words on; agents as often as they
    write."""
    if heard.receipt.attempts or heard.whose == "staff":
        return
    person = customer_key(services, shop.id, counted_as(heard.writer))
    who = heard.receipt.whose if heard.whose in ("machine", "shop") else person
    counted = f"letters#{heard.writer.automatic or 'person'}#{who}"
    if not services.idempotency.within(counted, PER_SENDER, services.now(), WINDOW):
        raise EmailIgnored(f"more than {PER_SENDER} letters within an hour from one sender")


def _where_it_went(services: Services, shop: Shop, stored: StoredCase, told: Event) -> StoredCase:
    """The case that has the letter: a linked one, where it came long after closing."""
    assert stored.case is not None
    if told.id not in stored.case.spilled:
        return stored
    linked = services.cases.load(case_key(shop.id, f"{stored.case.external_id}/{key_of_id(told.id)}"))
    return linked if linked.case is not None else stored


def _append(services: Services, shop: Shop, stored: StoredCase, heard: AuthoredEmail) -> StoredCase:
    """The letter's words on the case, once, however many copies of it came."""
    assert stored.case is not None
    key, receipt = stored.key, heard.receipt
    by, fact = actor_of(services, shop, heard, stored.case.customer), fact_of(services, stored, heard)
    event = events.event(receipt.received_at, by, fact, key, "mail", heard.key, receipt=receipt.id)
    event = replace(event, heard_at=receipt.received_at)

    def decide(now: StoredCase) -> list[Event]:
        told = (letter_of(one) for one in services.cases.events(key))
        known = any(is_same(one, heard.key, heard.letter) for one in told)
        return [] if known else [event, *to_look_at(services, shop, now, heard, event)]

    return append_events(services, shop, key, decide)


def _tell_of_files(services: Services, shop: Shop, case: Case, heard: AuthoredEmail, told: Event) -> None:
    """A note that the files of an agent's reply did not go to the customer with its words."""
    left = len(heard.letter.attachments) + heard.letter.left_out
    if left and isinstance(told.fact, ReplySent) and not told.fact.had:
        write_note(services, shop, case, told, services.pages.text("mail_files", shop.locale, count=left))


def _note_addresses(services: Services, stored: StoredCase, heard: AuthoredEmail) -> None:
    """What a letter tells of the customer's address: that mail to it comes back, or that they write from it."""
    assert stored.case is not None
    if heard.letter.automatic == "bounce":
        mark_undeliverable(services, stored, heard.letter)
    elif heard.whose == "customer" and heard.writer.automatic is None:
        clear_undeliverable(services, stored.case, heard.writer.address)


def _take_along(
    services: Services, shop: Shop, case: str, told: EmailReceived, heard: AuthoredEmail, by: Event
) -> None:
    """The letter goes where its case's are, so that it is found by it and goes with it. Its files are shown as the
    customer's, so only those of the customer's letters are, and of what staff sent in for them. Those of another copy
    are there already."""
    kept = letter_of(by)
    if kept is not None and kept.letter == heard.key:
        shown = len(told.letter.attachments) if isinstance(by.fact, CaseOpened | MessageReceived) else 0
        for place in range(shown):
            services.uploads.move(f"{told.files}/{place}", f"uploads/{shop.id}/{case}/{BY_MAIL}{heard.key}-{place:02d}")
        for kind in ("eml", "json"):
            services.uploads.move(f"{told.files}/letter.{kind}", f"mails/{shop.id}/{case}/{heard.key}.{kind}")
    services.uploads.remove_below(f"{told.files}/")
