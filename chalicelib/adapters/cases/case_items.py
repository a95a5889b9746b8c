"""The items of a change of a case: its state, its events, and the lists that it is in."""

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.adapters.cases.listing import listing
from chalicelib.adapters.cases.stored_items import pack_item, stored_latest
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.cases.packs import EventPack, pack_of
from chalicelib.domain.flows.facts import FlowStarted, TaskDone, TaskOpened
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Day, day_of
from chalicelib.usecases.ports.cases import Change, StoredCase


class CaseItems:
    """Makes the items of one case after a change. What several of them have in common is computed once."""

    def __init__(self, after: StoredCase, shop: str, personal: FieldEncryption) -> None:
        self.after = after
        self.shop = shop
        self.personal = personal
        self.partition = keys.case(after.key)
        self.shard = keys.shard(after.key)
        self.owner = key_of_id(after.case.customer) if after.case else after.key
        """Whose key encrypts private text: the customer's, or the case's own while its opening has not come."""

    def state(self) -> Item:
        """The item of the case's state, with the keys of the indexes that list it."""
        after = self.after
        item: Item = {
            "pk": self.partition,
            "sk": "C",
            "version": after.version,
            "last": after.last,
            "armed": after.armed,
            "claimed": after.claimed or None,
            "packed": after.packed.count or None,
            "packed_to": after.packed.last or None,
            "latest": stored_latest(after.latest),
        }
        case = after.case
        if case is None:
            return item
        return self.personal.put(item, "state", case, self.shop, self.owner) | listing(self.shop, after.key, case)

    def events(self, change: Change) -> list[Item]:
        """The items of the events of a change."""
        return [
            self._event(event, change.days.get(event.order), change.follow_ups.get(event.order, ()))
            for event in change.events
        ]

    def _event(self, event: Event, day: Day | None, queues: tuple[str, ...]) -> Item:
        """The item of an event. `day`: the day on whose list it puts the case; `queues`: those it is sent to."""
        item: Item = {"pk": self.partition, "sk": keys.event(event.order)}
        return self.personal.put(item, "event", event, self.shop, self.owner) | {
            "day_key": keys.day_list(self.shop, day, self.shard) if day else None,
            "relay": ",".join(queues) or None,
        }

    def packs(self, change: Change) -> list[Item]:
        """The items of the packs of a change."""
        return [self._pack(keys.pack(pack.first, pack.last), pack) for pack in change.packs]

    def late_copies(self, change: Change) -> list[Item]:
        """The copies of those new events that come before the newest packed one."""
        late = [event for event in change.events if event.order <= self.after.packed.last]
        return [self._pack(keys.late_copy(event.seq), pack_of(event)) for event in late]

    def _pack(self, sort: str, pack: EventPack) -> Item:
        return pack_item({"pk": keys.case(self.after.key), "sk": sort}, pack, self.personal, self.shop, self.owner)

    def numbers(self, change: Change) -> list[Item]:
        """The item that makes the case's number unique in its shop; none unless the change opens the case."""
        case = self.after.case
        if case is None or change.before.case is not None:
            return []
        return [{"pk": f"NUMBER#{self.shop}#{case.number}", "sk": "N", "case": case.id}]

    def changed_day(self, day: Day) -> Item:
        """The mark of a past day whose metrics the change has changed."""
        return {"pk": f"DIRTY#{self.shop}#{self.shard}", "sk": f"{day}#{self.after.key}#{self.after.version}"}

    def task(self, fact: TaskOpened) -> Item:
        """The item of an open task in the list of its department. Its title is private."""
        case = self.after.case
        item: Item = {"pk": keys.task_list(self.shop, fact.department), "sk": self.task_sort(fact)}
        sealed = self.personal.sealed(item, {"title": fact.title}, self.shop, self.owner)
        plain = {
            "id": fact.task,
            "department": fact.department,
            "due_at": fact.due_at,
            "case": case.id if case else None,
            "number": case.number if case else None,
        }
        return item | sealed | plain

    def task_sort(self, fact: TaskOpened | TaskDone) -> str:
        """The sort key of an open task in the list of its department."""
        return keys.task_sort(fact.due_at, self.after.key, fact.task)

    def in_order_list(self, change: Change) -> Item | None:
        """The item that puts the case on the list of its order's cases; None if the change gives no reason to.

        A case is listed when it is opened with an order, when a flow starts, and when it gives money for an order. The
        item is also on the list of the day on which the goods were delivered, because flows are counted by that day.
        """
        order = self._listed_order(change)
        if not order:
            return None
        case = self.after.case
        bought = case.flow.bought if case and case.flow else None
        day = day_of(bought.delivered_at, change.shop.time_zone) if bought else None
        return {
            "pk": keys.order_cases(self.shop, order),
            "sk": self.after.key,
            "day_key": keys.day_list(self.shop, day, self.shard) if day else None,
        }

    def _listed_order(self, change: Change) -> str | None:
        case = self.after.case
        begun = next((event.fact for event in change.events if isinstance(event.fact, CaseOpened | FlowStarted)), None)
        if case is None or case.historical or (begun is None and change.ledger is None):
            return None
        if isinstance(begun, CaseOpened) and begun.order:
            return begun.order.external_id
        if case.flow and case.flow.bought and case.flow.bought.order:
            return case.flow.bought.order
        return change.ledger.order if change.ledger is not None else None
