"""Replies that wait, in the table. Each is stored together with its timer, which has the relay send it to the queue
when it is due, also if nobody looks at the case any more."""

from typing import Any

from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.adapters.aws.outbox import timer_item
from chalicelib.adapters.composer.draft_table import draft_item
from chalicelib.domain.composer.drafts import Draft
from chalicelib.domain.composer.pending_replies import KEEP_MS, PendingReply, PendingState
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.usecases.ports.cases import VersionConflict

SHOWN = 20
KEEPS_TEXT = ("waiting", "sending")
"""The states in which a reply still has its text."""


class PendingReplyTable:
    """The `PendingReplyStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def add(self, reply: PendingReply, customer: str) -> PendingReply | None:
        """Store a reply with its timer; None. If one with this id is stored already, change nothing and return it."""
        case_key = key_of_id(reply.case)
        item: Item = {
            "pk": keys.pending_replies(case_key),
            "sk": reply.id,
            "state": reply.state,
            "ttl": (reply.due_at + KEEP_MS) // SECOND_MS,
        }
        timer = timer_item(f"{case_key}/{reply.id}", Timer(reply.due_at, "reply"), reply.at)
        stored = self.personal.put(item, "reply", reply, reply.shop, customer)
        try:
            self.table.transact([self.table.put_new(stored), self.table.put_any(timer)])
        except ConditionFailed:
            return self.load(case_key, reply.id)
        return None

    def load(self, case_key: str, identifier: str) -> PendingReply | None:
        """A reply; None when there is none, or it ended more than a week ago."""
        item = self.table.get(keys.pending_replies(case_key), identifier)
        return self._read(item) if item else None

    def of_case(self, case_key: str) -> list[PendingReply]:
        """The newest replies of a case. They are not kept for long, so all are read."""
        items = list(self.table.query(keys.pending_replies(case_key)))
        self.personal.preload(items)
        return sorted(map(self._read, items), key=lambda reply: reply.at, reverse=True)[:SHOWN]

    def move(self, reply: PendingReply, to: PendingState) -> bool:
        """Take a reply from its state to another; whether it still was in that state."""
        changes = "SET #state = :to" + ("" if to in KEEPS_TEXT else " REMOVE #sealed, #whose")
        place = keys.pending_replies(key_of_id(reply.case))
        try:
            self.table.update(place, reply.id, changes, {":to": to, ":was": reply.state}, "#state = :was")
        except ConditionFailed:
            return False
        return True

    def give_back(self, reply: PendingReply, to: PendingState, draft: Draft, customer: str) -> bool:
        """Take a reply from its state to another and store it as a draft; whether it still was in that state."""
        item = draft_item(self.personal, draft, customer)
        try:
            self.table.transact([self._ended(reply, to), self.table.put_at(item, draft.version)])
        except ConditionFailed as refused:
            if refused.reasons[0] is not None:
                return False
            raise VersionConflict from None
        return True

    def _ended(self, reply: PendingReply, to: PendingState) -> dict[str, Any]:
        place = keys.pending_replies(key_of_id(reply.case))
        return self.table.change(place, reply.id, {"state": to, "sealed": None, "whose": None}, {"state": reply.state})

    def _read(self, item: Item) -> PendingReply:
        return replace(self.personal.read(item, "reply", PendingReply), state=item["state"])
