"""Make a case part of another one, and take it out again. Both cases change in one transaction."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.facts import CaseMergedInto
from chalicelib.domain.casework.merging import merge_of, unmerge_of, unmerged_from, why_not_merge
from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.casework.payloads import MergeInto, Unmerge
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.side_conversations.conversation import conversations_of
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.casework.append_together import Facts, Stored, case_in, handle_together
from chalicelib.usecases.customers import merge_customers
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasRegistries,
        HasShops,
    )

    class MergeCasesServices(HasCases, HasClock, HasCustomers, HasIdentities, HasRegistries, HasShops, Protocol):
        """The services that `merge_cases` uses."""


OTHER_PERSON = (
    "The cases are of two customers. If these are one person, say so with same_person, and their records are merged, "
    "too; otherwise link the cases."
)


def merge(services: "MergeCasesServices", command: Command, body: MergeInto) -> StoredCase:
    """Merge the case into another one of the same person; the merged case. Merging it there again changes nothing.

    NotFound for a case that is not the shop's; Conflict, in words, if it may not be merged (`why_not_merge`) or the
    customers are not known to be one person.
    """
    source_key, target_key = key_of_id(command.case), key_of_id(body.into)

    def decide(stored: Stored) -> Facts:
        source, target = case_in(stored, command.case), case_in(stored, body.into)
        if source.merged_into == target.id:
            return {}
        why_not = why_not_merge(source, target, services.now()) or _open_side(source, target)
        if why_not is not None:
            raise Conflict(why_not)
        _check_customer(services, command, body, source, target)
        return {
            source_key: [CaseMergedInto(into=target.id)],
            target_key: [merge_of(source, services.now())],
        }

    return handle_together(services, command, [body.into], decide)


def unmerge(services: "MergeCasesServices", command: Command, body: Unmerge) -> StoredCase:
    """Take a case out of the command's case, into which it was merged; the command's case. The other one goes on as if
    it had never been merged. Conflict if it is not merged into this case."""
    source_key, target_key = key_of_id(body.case), key_of_id(command.case)

    def decide(stored: Stored) -> Facts:
        source, target = case_in(stored, body.case), case_in(stored, command.case)
        if source.merged_into != target.id or source.id not in merged_cases(target):
            raise Conflict(f"Case {source.number} is not merged into case {target.number}.")
        target_events = services.cases.events_to_fold(stored[target_key])
        source_events = services.cases.events_to_fold(stored[source_key])
        return {
            target_key: [unmerge_of(source, target_events)],
            source_key: [unmerged_from(source_events, target, target_events)],
        }

    return handle_together(services, command, [body.case], decide)


def _open_side(source: Case, target: Case) -> str | None:
    """Why a case with an open side conversation is not merged: nobody would watch its partner's deadline."""
    if all(side.state == "closed" for side in conversations_of(source)):
        return None
    return (
        f"A side conversation of case {source.number} is open: close it first, "
        f"or merge {target.number} into it instead."
    )


def _check_customer(
    services: "MergeCasesServices", command: Command, body: MergeInto, source: Case, target: Case
) -> None:
    """Conflict unless both cases are of one person, or the caller says so: then their records are merged. A case of
    somebody else must not become part of it, because it would not be erased with that person."""
    if source.customer == target.customer:
        return
    member = main_record(services, key_of_id(source.customer))
    into = main_record(services, key_of_id(target.customer))
    if member is not None and into is not None and member.id == into.id:
        return
    if not body.same_person or member is None or into is None:
        raise Conflict(OTHER_PERSON)
    reason = f"case {source.number} was merged into case {target.number}"
    merge_customers.merge(services, into, member, command.by, reason)
