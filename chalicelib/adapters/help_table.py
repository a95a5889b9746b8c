"""Requests for help that were begun, for as long as their links last."""

from chalicelib.adapters.dynamo import Item, Refused, Table
from chalicelib.adapters.personal import opened, sealed
from chalicelib.domain.help import LASTS, HelpRequest
from chalicelib.domain.instants import SECOND


class HelpTable:
    """The `HelpStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, request: HelpRequest) -> None:
        """Keep a request and have its link sent; one that is there stays."""
        item: Item = {
            "pk": f"HELP#{request.key}", "sk": "H", "shop": request.shop, "order": request.order,
            "email": sealed(request.email), "language": request.language, "at": request.at,
            "customer": request.customer, "case": request.case, "relay": "notices",
            "ttl": (request.at + LASTS) // SECOND,
        }  # fmt: skip
        try:
            self.table.put(item, only_new=True)
        except Refused:
            return

    def load(self, key: str) -> HelpRequest | None:
        """The request with this key."""
        item = self.table.get(f"HELP#{key}", "H")
        if item is None:
            return None
        return HelpRequest(
            key=key, shop=item["shop"], order=item["order"], email=opened(item["email"]) or "",
            language=item["language"], at=item["at"], customer=item.get("customer"), case=item.get("case"),
        )  # fmt: skip
