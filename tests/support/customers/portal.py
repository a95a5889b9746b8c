"""Help requests that a customer begins."""

from chalicelib.usecases.portal.request_help import request_help
from tests.fakes import FakeServices


def begin_help(services: FakeServices, contact: str, order: str = "O-1", sender: str = "203.0.113.5") -> list[str]:
    """A customer asks for help with an order; the keys of the help requests that were stored."""
    before = set(services.help_requests.stored)
    request_help(services, "demo", order, contact, "zh", sender)
    return [key for key in services.help_requests.stored if key not in before]
