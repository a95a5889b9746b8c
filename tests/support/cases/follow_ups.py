"""Follow-ups in tests, run as the queues' workers run them."""

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.run_follow_ups import run_follow_ups
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.services import Services


def notify(services: Services, key: str, order: str) -> list[str]:
    """Run the notices worker for an event; the outcome of each email."""
    found: list[str] = []
    for outcome in run_follow_ups(services, "notices", key, order).values():
        found += [outcome] if isinstance(outcome, str) else outcome or []
    return found or ["nothing to tell"]


def follow_up(services: Services, key: str, event_key: str) -> StoredCase | None:
    """Run the intake worker for the event with this key; the case that follows from it."""
    order = next(event.order for event in services.cases.events(key) if key_of_id(event.id) == event_key)
    outcomes = list(run_follow_ups(services, "intake", key, order).values())
    return services.cases.load(key_of_id(str(outcomes[0]))) if outcomes else None
