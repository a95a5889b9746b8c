"""Handle an inbound email: add it to its case, or open a case with it.

What its customer did not write becomes a note that names its author.
"""

from typing import TYPE_CHECKING

from chalicelib.domain.aftersales.evidence import BY_MAIL
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived, ReplySent
from chalicelib.domain.email.authorship import rate_limit_id
from chalicelib.domain.email.inbound_email import PER_SENDER, RATE_WINDOW_MS, EmailReceived
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.side_conversations.conversation import find
from chalicelib.usecases.cases.reported.open_linked_cases import linked_id
from chalicelib.usecases.cases.write_note import write_note
from chalicelib.usecases.customers.linked_records import was_erased_since
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.email.append_email import append_email
from chalicelib.usecases.email.author import is_our_own, mail_ref_of
from chalicelib.usecases.email.authored_email import AuthoredEmail, identify_author
from chalicelib.usecases.email.handle_bounce import clear_undeliverable, mark_undeliverable
from chalicelib.usecases.email.open_case_by_email import open_case_by_email
from chalicelib.usecases.email.side.handle_side_email import handle_side_email
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.intake import Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasModels,
        HasOrderRecords,
        HasPages,
        HasRegistries,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
    )

    class HandleEmailServices(
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasModels,
        HasOrderRecords,
        HasPages,
        HasRegistries,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
        Protocol,
    ):
        """The services that `handle_email` uses."""


class EmailIgnored(Exception):
    """Nothing follows from this email; the message says why.

    `gone`: the folder of its files, if nobody is known to whom they belong. They are deleted once the outcome is
    stored.
    """

    def __init__(self, why: str, gone: str = "") -> None:
        super().__init__(why)
        self.gone = gone


def handle_email(services: "HandleEmailServices", shop: Shop, received: EmailReceived, receipt: Receipt) -> str:
    """Handle an email and return the id of its case. EmailIgnored if nothing follows from it."""
    before = services.cases.load(received.case) if received.case is not None else None
    if before is not None and before.case is None:
        raise EmailIgnored("its case is gone")
    authored = identify_author(services, shop, received, receipt, before)
    if before is None:
        _check_opens_case(services, authored, received.files)
    _check_rate(services, shop, authored)
    if before is not None and before.case is not None and find(before.case, received.side) is not None:
        if authored.author == "shop":
            raise EmailIgnored("a mail of the shop itself that came back into a side conversation")
        return handle_side_email(services, shop, before, received, authored)
    stored = before if before is not None else open_case_by_email(services, shop, authored)
    stored, event = append_email(services, shop, stored, authored)
    stored = _case_with_event(services, shop, stored, event, authored)
    assert stored.case is not None
    _update_deliverability(services, stored, authored)
    _move_files(services, shop, stored.case.id, received, authored.key, event)
    if was_erased_since(services, key_of_id(stored.case.customer), receipt.received_at):
        _remove_files(services, shop, stored.case.id, authored.key)
    _note_missing_files(services, shop, stored.case, authored, event)
    return stored.case.id


def _check_opens_case(services: "HandleEmailServices", authored: AuthoredEmail, files: str) -> None:
    """EmailIgnored for an email that opens no case.

    Only an email that certainly no person wrote has its files deleted; any other can be reviewed and replayed.
    """
    if authored.author == "machine":
        gone = "" if authored.email.unproven else f"{files}/"
        raise EmailIgnored(f"an automatic {authored.writer.automatic} that belongs to no case", gone=gone)
    if authored.author == "shop" and is_our_own(services, authored.email):
        raise EmailIgnored("one of our own mails that came back")
    if authored.author == "shop":
        raise EmailIgnored("it was written from the shop's own address, and belongs to no case")
    if not authored.writer.address:
        why = authored.email.unreadable or "its From names no address"
        raise EmailIgnored(f"who wrote it cannot be read: {why}")


def _check_rate(services: "HandleEmailServices", shop: Shop, authored: AuthoredEmail) -> None:
    """EmailIgnored if this sender has sent too many emails within an hour.

    A person is counted by their own address, whatever form or list passes their words on. Agents are not limited, and
    neither are receipts that are tried again.
    """
    if authored.receipt.attempts or authored.author == "staff":
        return
    person = customer_key(services, shop.id, rate_limit_id(authored.writer))
    sender = authored.receipt.whose if authored.author in ("machine", "shop") else person
    counter = f"letters#{authored.writer.automatic or 'person'}#{sender}"
    if not services.idempotency.count_within(counter, PER_SENDER, services.now(), RATE_WINDOW_MS):
        raise EmailIgnored(f"more than {PER_SENDER} emails within an hour from one sender")


def _case_with_event(
    services: "HandleEmailServices", shop: Shop, stored: StoredCase, event: Event, authored: AuthoredEmail
) -> StoredCase:
    """The case that now has the event: a linked one if the email arrived long after its case was closed. Its thread
    goes on there."""
    assert stored.case is not None
    if event.id not in stored.case.spilled:
        return stored
    linked = services.cases.load(case_key(shop.id, linked_id(stored.case, event.id)))
    current = linked if linked.case is not None else stored
    services.threads.remember(authored.email.id, current.key, services.now(), ours=False)
    return current


def _note_missing_files(
    services: "HandleEmailServices", shop: Shop, case: Case, authored: AuthoredEmail, event: Event
) -> None:
    """Note on the case that the files of an agent's reply did not go to the customer with its text."""
    count = len(authored.email.attachments) + authored.email.left_out
    if count and isinstance(event.fact, ReplySent) and not event.fact.had:
        write_note(services, shop, case, event, services.pages.text("mail_files", shop.locale, count=count))


def _update_deliverability(services: "HandleEmailServices", stored: StoredCase, authored: AuthoredEmail) -> None:
    """Record what the email shows about the customer's address: email to it bounces, or they write from it."""
    assert stored.case is not None
    if authored.email.automatic == "bounce":
        mark_undeliverable(services, stored, authored.email)
    elif authored.author == "customer" and authored.writer.automatic is None:
        clear_undeliverable(services, stored.case, authored.writer.address)


def _move_files(
    services: "HandleEmailServices", shop: Shop, case: str, received: EmailReceived, key: str, event: Event
) -> None:
    """Move the email and its files to those of its case, so that they are found there and deleted together.

    Its attachments are shown as the customer's uploads, so only those of the customer's own emails are moved there, and
    of those that staff forwarded for them. If another copy of the email made the event, its files are there already.
    """
    ref = mail_ref_of(event)
    if ref is not None and ref.letter == key:
        shown = len(received.letter.attachments) if isinstance(event.fact, CaseOpened | MessageReceived) else 0
        for place in range(shown):
            services.uploads.move(f"{received.files}/{place}", f"uploads/{shop.id}/{case}/{BY_MAIL}{key}-{place:02d}")
        services.uploads.move(f"{received.files}/letter.eml", f"mails/{shop.id}/{case}/{key}.eml")
        services.uploads.move(f"{received.files}/letter.json", f"mails/{shop.id}/{case}/{key}.json")
    services.uploads.remove_below(f"{received.files}/")


def _remove_files(services: "HandleEmailServices", shop: Shop, case: str, key: str) -> None:
    """Remove what was moved to the case while its customer was being erased."""
    services.uploads.remove_below(f"uploads/{shop.id}/{case}/{BY_MAIL}{key}-")
    services.uploads.remove_below(f"mails/{shop.id}/{case}/{key}.")
