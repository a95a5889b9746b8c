"""Cases that are opened by webhooks, indexed by the search worker, and searched."""

from typing import Any

from chalicelib.domain.kernel.ids import case_key
from chalicelib.usecases.cases.run_follow_ups import run_follow_ups
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.search.search import SearchPage, search
from tests.fakes import FakeServices


def indexing(services: FakeServices) -> FakeServices:
    """The services, whose search worker runs at once after each event."""
    services.cases.relay = lambda queue, key, order: (
        run_follow_ups(services, "search", key, order) if queue == "search" else None
    )
    return services


def asked(
    services: FakeServices,
    external_id: str,
    message: str = "hello",
    subject: str = "?",
    customer: dict[str, Any] | None = None,
    **more: Any,
) -> str:
    """The key of a case that a customer opened."""
    data = {
        "external_id": external_id,
        "type": "question",
        "channel": "web",
        "subject": subject,
        "message": message,
        "customer": customer or {"external_id": f"of-{external_id}"},
        **more,
    }
    assert services.hook("case.requested", data).state == "processed"
    return case_key("demo", external_id)


def wrote(services: FakeServices, external_id: str, message: str, **more: Any) -> None:
    """The customer of a case wrote again."""
    data = {"case_external_id": external_id, "author": "customer", "message": message, **more}
    services.hook("message.received", data)


def results(services: Any, text: str, limit: int = 25, after: str | None = None) -> SearchPage:
    """A page of results in the shop `demo`."""
    return search(services, shop_of(services, "demo"), text, limit, after)


def hits(services: Any, text: str) -> list[tuple[str, str]]:
    """The results of the first page: the key of each case, and what it was found by."""
    return [(hit.key, hit.by) for hit in results(services, text, 100).hits]


def found_keys(services: Any, text: str) -> list[str]:
    """The keys of the cases of the first page of results."""
    return [key for key, _ in hits(services, text)]
