"""Requests for help that were begun, for as long as their links last."""

from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.adapters.aws.field_encryption import FieldEncryption
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.portal.help_request import LASTS, HelpRequest


class HelpTable:
    """The `HelpStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def add(self, request: HelpRequest) -> None:
        """Keep a request and have its link sent; one that is there stays."""
        item: Item = {
            "pk": f"HELP#{request.key}",
            "sk": "H",
            "relay": "notices",
            "ttl": (request.at + LASTS) // SECOND_MS,
        }
        try:
            self.table.put(self.personal.put(item, "request", request, request.shop, request.whose), only_new=True)
        except Refused:
            return

    def load(self, key: str) -> HelpRequest | None:
        """The request with this key, unless the person was forgotten meanwhile."""
        item = self.table.get(f"HELP#{key}", "H")
        found = self.personal.read(item, "request", HelpRequest) if item else None
        return found if found is not None and found.email else None
