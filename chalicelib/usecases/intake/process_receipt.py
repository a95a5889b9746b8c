"""Turn a stored webhook into what it means for a case. Safe to run any number of times."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases import events, facts
from chalicelib.domain.cases.events import Event
from chalicelib.domain.email.inbound_email import EmailReceived
from chalicelib.domain.flows.partner_reports import facts_of
from chalicelib.domain.flows.payloads import PartnerReport
from chalicelib.domain.intake.payloads import (
    CaseRequested,
    CustomerMessage,
    HelpdeskReport,
    ProductReview,
    SurveyAnswer,
)
from chalicelib.domain.intake.webhooks import IgnoredTopic, InboundMessage, parse_message
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import AftercareError, Held, NotFound
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant, format_instant, from_datetime, happened_at
from chalicelib.domain.kernel.validation import CaseEvent
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms.events import (
    ChangeNotice,
    DataRequest,
    PlatformDispute,
    PlatformReturn,
    Redaction,
    ReturnShipped,
)
from chalicelib.domain.settlement.entries import StatementUpload
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.usecases.aftersales.check_refund_conflicts import check_refund_conflicts
from chalicelib.usecases.cases.append_events import ORPHAN_DAYS, append_events
from chalicelib.usecases.cases.open_case import Request, case_key, of_request, of_review, open_case
from chalicelib.usecases.cases.open_linked_cases import open_linked_cases
from chalicelib.usecases.customers.upsert_customer import upsert_requester
from chalicelib.usecases.email.handle_email import EmailIgnored, handle_email
from chalicelib.usecases.intake.order_answers import order_answers
from chalicelib.usecases.intake.prefetch import Prefetched
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.platforms.handle_platform_event import handle_platform_event
from chalicelib.usecases.ports import Receipt, ReceiptState, StoredCase
from chalicelib.usecases.ports.services import Services, shop_of
from chalicelib.usecases.privacy.erase_customer import erase_customer, resume_erasure
from chalicelib.usecases.privacy.handle_privacy_request import handle_privacy_request, in_words
from chalicelib.usecases.settlement.store_statement import handle_statement
from chalicelib.usecases.surveys.follow_up import adopt_waiting_events

LOW_SCORE, REDACT = 2, "customers/redact"


class Outcome(Struct, frozen=True):
    """What became of a receipt. `gone`: the files nobody keeps, once that is written down."""

    state: ReceiptState
    case: str | None = None
    reason: str | None = None
    gone: str = ""


def process_receipt(services: Services, identifier: str, ahead: Prefetched | None = None) -> Outcome:
    """Carry a receipt out and write down what came of it. `ahead` is what was read of it, and of its shop, before."""
    receipt = ahead.receipt if ahead else services.receipts.load(identifier)
    if receipt is None:
        raise NotFound(f"There is no receipt {identifier!r}.")
    if not receipt.body:
        return _without_content(services, receipt)
    try:
        news = parse_message(receipt.source, receipt.type, receipt.body, receipt.received_at, receipt.sent_at)
        opens = isinstance(
            news.data, CaseRequested | ProductReview | PlatformReturn | ReturnShipped | PlatformDispute | ChangeNotice
        )
        shop = shop_of(services, receipt.shop, fresh=opens and ahead is None)
        outcome = _carry_out(services, shop, news, ahead or Prefetched(receipt))
    except IgnoredTopic as unheeded:
        outcome = Outcome("ignored", reason=str(unheeded))
    except AftercareError as wrong:
        outcome = Outcome("failed", reason=str(wrong))
    services.receipts.settle(receipt.id, outcome.state, outcome.case, outcome.reason)
    if outcome.gone:
        services.uploads.remove_below(outcome.gone)
    return _if_it_came_meanwhile(services, receipt, outcome)


def _without_content(services: Services, receipt: Receipt) -> Outcome:
    """The person it told of was forgotten: what was done of it stays, and nothing more can be done. But the word that
    they are to be forgotten is sealed with their own key: it is carried out to its end, however often it was begun."""
    if receipt.type == REDACT:
        outcome = Outcome("processed")
        try:
            begun = resume_erasure(services, receipt.id)
            outcome = Outcome("processed", reason=in_words(begun.doubtful) if begun else None)
            if begun is None:
                _forget_whose(services, receipt)
        except Held as held:
            outcome = Outcome("failed", reason=str(held))
        services.receipts.settle(receipt.id, outcome.state, None, outcome.reason)
        return outcome
    if receipt.state == "stored":
        services.receipts.settle(receipt.id, "failed", receipt.case, "its content was erased")
        return Outcome("failed", receipt.case, "its content was erased")
    return Outcome(receipt.state, receipt.case, receipt.reason)


def _forget_whose(services: Services, receipt: Receipt) -> None:
    """One that was begun before erasures were written down."""
    known = services.customers.load([receipt.whose]).get(receipt.whose)
    if known is not None:
        erase_customer(services, known, Actor("shop", receipt.shop))


def _if_it_came_meanwhile(services: Services, receipt: Receipt, outcome: Outcome) -> Outcome:
    """The case of a waiting event may have been opened before this receipt said that it waits."""
    if outcome.state != "stored":
        return outcome
    about = parse_message(receipt.source, receipt.type, receipt.body, receipt.received_at).case or ""
    case = services.cases.load(case_key(receipt.shop, about)).case
    if case is None:
        return outcome
    services.receipts.settle(receipt.id, "processed", case.id, None)
    return Outcome("processed", case.id)


def _carry_out(services: Services, shop: Shop, news: InboundMessage, ahead: Prefetched) -> Outcome:
    receipt, data = ahead.receipt, news.data
    if isinstance(data, OrderUpdate | StatementUpload):
        return _keep(services, shop, data, receipt)
    if isinstance(data, EmailReceived):
        return _hear_mail(services, shop, data, receipt)
    if isinstance(data, CaseRequested):
        customer, by = upsert_requester(services, shop, data, receipt.received_at), Actor("shop", shop.id)
        return _open(services, shop, of_request(shop, data, customer, by, receipt.received_at, receipt.id), ahead)
    if isinstance(data, ProductReview):
        if data.score > LOW_SCORE:
            return Outcome("ignored", reason=f"a score above {LOW_SCORE} opens no case")
        customer = upsert_requester(services, shop, data, receipt.received_at)
        return _open(services, shop, of_review(shop, data, customer, receipt.received_at, receipt.id), ahead)
    if isinstance(data, Redaction | DataRequest):
        return _pass_on(services, shop, data, receipt)
    if isinstance(data, CaseEvent):
        return _append(services, shop, news.type, data, ahead)
    case, why = handle_platform_event(services, shop, data, receipt)
    return Outcome("processed", case, why)


def _keep(services: Services, shop: Shop, told: OrderUpdate | StatementUpload, receipt: Receipt) -> Outcome:
    """What is told of no case, but of orders."""
    if isinstance(told, StatementUpload):
        handle_statement(services, shop, told, receipt.received_at)
    else:
        check_refund_conflicts(
            services, shop, record_order(services, shop, told, receipt.received_at), receipt.received_at
        )
    return Outcome("processed")


def _hear_mail(services: Services, shop: Shop, told: EmailReceived, receipt: Receipt) -> Outcome:
    try:
        return Outcome("processed", handle_email(services, shop, told, receipt))
    except EmailIgnored as why:
        return Outcome("ignored", reason=str(why), gone=why.gone)


def _pass_on(services: Services, shop: Shop, told: Redaction | DataRequest, receipt: Receipt) -> Outcome:
    if told.nobody:
        return Outcome("ignored", reason="names no person: close the shop by hand, as docs/privacy.md says")
    return Outcome("processed", reason=in_words(handle_privacy_request(services, shop, told, receipt)))


def _open(services: Services, shop: Shop, request: Request, ahead: Prefetched) -> Outcome:
    stored = open_case(services, shop, request, seen=ahead.seen)
    adopt_waiting_events(services, shop, stored)
    if stored.case is not None and (stored.case.type == "review") != (request.kind == "review"):
        return Outcome("failed", stored.case.id, f"external_id {request.external_id!r} is that of another case")
    return Outcome("processed", stored.case.id if stored.case else None)


def _append(services: Services, shop: Shop, kind: str, data: CaseEvent, ahead: Prefetched) -> Outcome:
    receipt = ahead.receipt
    key = case_key(shop.id, data.case_external_id)
    happened = _events_of(kind, data, receipt.received_at, receipt.id, key)

    def decide(stored: StoredCase) -> list[Event]:
        told_for = max(event.claimed_at or event.at for event in happened)
        if told_for > stored.claimed and all(event.order > stored.last for event in happened):
            return happened
        known = services.cases.events(key)
        told = {key_of_id(event.id) for event in known}
        return [
            event for event in order_answers(happened, known, receipt.received_at) if key_of_id(event.id) not in told
        ]

    stored = append_events(services, shop, key, decide, seen=ahead.seen)
    if stored.case is None:
        if all(event.receipt != receipt.id for event in services.cases.events(key)):
            return Outcome("ignored", reason="the same event came before and waits for its case")
        until = format_instant(receipt.received_at + ORPHAN_DAYS * DAY_MS)
        return Outcome(
            "stored", reason=f"waits until {until} for case {data.case_external_id!r}, which nobody told of yet"
        )
    open_linked_cases(services, shop, stored)
    return Outcome("processed", stored.case.id)


def _events_of(kind: str, data: CaseEvent, received_at: Instant, receipt: str, key: str) -> list[Event]:
    """Known again by the time that was claimed; folded no later than they were heard."""
    at = happened_at(data.occurred_at, received_at)
    claimed = from_datetime(data.occurred_at) if data.occurred_at else received_at
    by, said = _teller(data), _digest(data)
    made = [
        events.event(
            at,
            by,
            fact,
            key,
            kind,
            str(fact.__struct_config__.tag),
            str(claimed),
            said,
            receipt=receipt,
            claimed=claimed,
        )
        for fact in _facts(kind, data, at)
    ]
    return [replace(one, heard_at=received_at) if isinstance(data, CustomerMessage) else one for one in made]


def _digest(data: CaseEvent) -> str:
    """The same data, however it was written, gives the same text. When it happened is told apart."""
    return msgspec.json.encode(replace(data, occurred_at=None), order="deterministic").decode()


def _teller(data: CaseEvent) -> Actor:
    if isinstance(data, PartnerReport):
        return Actor("shop")
    return (
        Actor("customer")
        if isinstance(data, CustomerMessage | SurveyAnswer)
        else Actor("agent", getattr(data, "agent", None))
    )


def _facts(kind: str, data: CaseEvent, at: Instant) -> list[Fact]:
    if isinstance(data, PartnerReport):
        return facts_of(kind, data, at)
    if isinstance(data, CustomerMessage):
        return [facts.MessageReceived(message=data.message)]
    if isinstance(data, SurveyAnswer):
        return [survey_facts.SurveyAnswered(csat=data.csat, nps=data.nps, ces=data.ces, comment=data.comment)]
    assert isinstance(data, HelpdeskReport)
    said: list[Fact] = [facts.ReplySent(message=data.message)] if data.message is not None else []
    if kind == "case.replied":
        return said or [facts.ReplySent(message="")]
    return [*said, facts.CaseResolved() if kind == "case.resolved" else facts.CaseClosed()]
