"""Side conversations as agents hold them: start one, write in it, record an answer, close it."""

from typing import TYPE_CHECKING, get_args

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.flows import tasks
from chalicelib.domain.flows.tasks import Department
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.domain.side_conversations import facts
from chalicelib.domain.side_conversations.conversation import (
    MAX_CONVERSATIONS,
    SideConversation,
    conversations_of,
    find,
)
from chalicelib.domain.side_conversations.payloads import CloseSide, SideMessageIn, StartSide
from chalicelib.domain.side_conversations.timers import answer_due_at
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import rules_of, shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasInboundDomain,
        HasRegistries,
        HasShops,
    )

    class ConverseServices(
        HasAgents, HasCases, HasClock, HasCustomers, HasInboundDomain, HasRegistries, HasShops, Protocol
    ):
        """The services that `converse` uses."""


DEPARTMENTS = get_args(Department)


def start(services: "ConverseServices", command: Command, body: StartSide) -> StoredCase:
    """Start a conversation: its id is that of the event.

    Invalid for a recipient that is no address of somebody else, or a task that the case does not have; Conflict when
    too many conversations are open.
    """
    check_bytes("message", body.message)
    _check_recipient(services, command.shop, body)

    def decide(case: Case) -> list[Fact]:
        _check_case(services, case, body)
        started = facts.SideConversationStarted(
            kind=body.kind,
            to=body.to,
            subject=body.subject.strip(),
            message=body.message,
            due_at=answer_due_at(_rules(services, case), services.now(), body.due_seconds),
            due_seconds=body.due_seconds,
            task=body.task,
        )
        return [started]

    return handle(services, command, decide)


def write(services: "ConverseServices", command: Command, identifier: str, body: SideMessageIn) -> StoredCase:
    """Write to the other side, or record what they answered without email. NotFound without such a conversation. A
    closed one is open again."""
    check_bytes("body", body.body)

    def decide(case: Case) -> list[Fact]:
        side = _find(case, identifier)
        if body.author == "them":
            return [facts.SideMessageReceived(side=side.id, message=body.body)]
        due_at = answer_due_at(_rules(services, case), services.now(), side.due_seconds)
        return [facts.SideMessageSent(side=side.id, message=body.body, due_at=due_at)]

    return handle(services, command, decide)


def close(services: "ConverseServices", command: Command, identifier: str, body: CloseSide) -> StoredCase:
    """Close a conversation; one that is closed stays so. NotFound without such a conversation."""

    def decide(case: Case) -> list[Fact]:
        side = _find(case, identifier)
        if side.state == "closed":
            return []
        return [facts.SideConversationClosed(side=side.id, reason=body.reason)]

    return handle(services, command, decide)


def _find(case: Case, identifier: str) -> SideConversation:
    side = find(case, identifier)
    if side is None or side.id != identifier:
        raise NotFound(f"The case has no side conversation {identifier!r}.")
    return side


def _rules(services: "ConverseServices", case: Case) -> Rules:
    return rules_of(services, case.shop, case.policy, case.calendar)


def _check_recipient(services: "ConverseServices", shop: str, body: StartSide) -> None:
    """`Invalid` unless the recipient is an address outside of the shop's own, or a department's name."""
    if body.kind == "department" and body.to in DEPARTMENTS:
        return
    if not is_email(body.to):
        departments = f", or a department: {', '.join(DEPARTMENTS)}" if body.kind == "department" else ""
        raise invalid("to", f"is an email address{departments}")
    domain = body.to.rpartition("@")[2].casefold()
    own = mail_of(shop_of(services, shop, fresh=False).mail_from)
    if mail_of(body.to) == own or (services.inbound_domain and domain == services.inbound_domain):
        raise invalid("to", "is an address of the shop itself: what is sent there comes back here")


def _check_case(services: "ConverseServices", case: Case, body: StartSide) -> None:
    """`Invalid` for the customer's own address and for a task of another case; Conflict when too many are open."""
    if sum(side.state == "open" for side in conversations_of(case)) >= MAX_CONVERSATIONS:
        raise Conflict(f"The case has {MAX_CONVERSATIONS} open side conversations already: close one first.")
    if body.task is not None and tasks.find(case.tasks, body.task) is None:
        raise invalid("task", f"is no task of this case: {body.task!r}")
    root = main_record(services, key_of_id(case.customer))
    records = linked_records(services, root) if root is not None else []
    if is_email(body.to) and mail_of(body.to) in {mail_of(record.email) for record in records if record.email}:
        raise invalid("to", "is the customer's own address: write them a reply, for they must not get this")
