"""The sockets of open pages, and the tickets with which they are opened, in the table.

An index lists the sockets of a shop by when they end, so who lists them leaves out those that have ended. What a page
reports is not in the index: a report writes one item."""

from collections.abc import Iterator

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.domain.kernel.timestamps import FAR, SECOND_MS, Instant
from chalicelib.domain.live.presence import Socket
from chalicelib.domain.live.tickets import Ticket

LIST = ("status_key", "listed")


class SocketTable:
    """The `SocketStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def issue(self, digest: str, ticket: Ticket) -> None:
        """Store a ticket."""
        item: Item = {"pk": f"TICKET#{digest}", "sk": "T", "shop": ticket.shop, "name": ticket.name}
        self.table.put(item | {"until": ticket.until, "ttl": ticket.until // SECOND_MS})

    def spend(self, digest: str, now: Instant) -> Ticket | None:
        """Use a ticket up, by one conditional write, so that of two who use it at once one gets it."""
        condition = "attribute_exists(pk) AND #until > :now AND attribute_not_exists(#spent_at)"
        try:
            item = self.table.update(f"TICKET#{digest}", "T", "SET #spent_at = :now", {":now": now}, condition)
        except ConditionFailed:
            return None
        return Ticket(item["shop"], item["name"], item["until"])

    def add(self, socket: Socket) -> None:
        """Store a socket that was opened."""
        item: Item = {"pk": keys.socket(socket.connection), "sk": "S", "shop": socket.shop, "name": socket.name}
        listed = {"status_key": keys.sockets_list(socket.shop), "listed": keys.listed(socket.until, socket.connection)}
        self.table.put(item | listed | {"until": socket.until, "ttl": socket.until // SECOND_MS})

    def read(self, connection: str) -> Socket | None:
        """The socket of a connection."""
        item = self.table.get(keys.socket(connection), "S")
        return _read_socket(item) if item else None

    def report(self, socket: Socket) -> None:
        """Store what a page has reported."""
        values = {":shown": socket.case, ":writes": int(socket.is_writing), ":reported": socket.reported_at}
        changes = "SET #shown = :shown, #writes = :writes, #reported = :reported"
        try:
            self.table.update(keys.socket(socket.connection), "S", changes, values)
        except ConditionFailed:
            return

    def remove(self, connection: str) -> None:
        """Remove a socket."""
        self.table.delete(keys.socket(connection), "S")

    def connections(self, shop: str, now: Instant) -> list[str]:
        """The connections to the open pages of a shop."""
        return [pk.removeprefix(keys.socket("")) for pk in self._listed(shop, now)]

    def of_shop(self, shop: str, now: Instant) -> list[Socket]:
        """The open pages of a shop with what they have reported."""
        return [_read_socket(item) for item in self.table.get_many([(pk, "S") for pk in self._listed(shop, now)])]

    def _listed(self, shop: str, now: Instant) -> Iterator[str]:
        bounds = (f"{now:013d}", f"{FAR:013d}")
        listed = self.table.query(keys.sockets_list(shop), between=bounds, index="by_status", names=LIST)
        return (item["pk"] for item in listed)


def _read_socket(item: Item) -> Socket:
    return Socket(
        connection=item["pk"].removeprefix(keys.socket("")),
        shop=item["shop"],
        name=item["name"],
        until=item["until"],
        case=item.get("shown", ""),
        is_writing=bool(item.get("writes", 0)),
        reported_at=item.get("reported", 0),
    )
