"""Requests for help in the table, for as long as their links last."""

from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.portal.help_request import LINK_LIFETIME_MS, HelpRequest


class HelpTable:
    """The `HelpStore` port on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def add(self, request: HelpRequest) -> None:
        """Store a request and have its link sent; one with the same key stays as it is."""
        item: Item = {
            "pk": f"HELP#{request.key}",
            "sk": "H",
            "relay": "notices",
            "ttl": (request.at + LINK_LIFETIME_MS) // SECOND_MS,
        }
        try:
            self.table.put(self.personal.put(item, "request", request, request.shop, request.whose), only_new=True)
        except ConditionFailed:
            return

    def load(self, key: str) -> HelpRequest | None:
        """The request with this key; None when there is none, or the customer was erased since."""
        item = self.table.get(f"HELP#{key}", "H")
        request = self.personal.read(item, "request", HelpRequest) if item else None
        return request if request is not None and request.email else None
