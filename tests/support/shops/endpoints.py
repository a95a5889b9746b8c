"""An endpoint that a shop's webhooks go to."""

from chalicelib.domain.webhooks_out.endpoint import EndpointIn, EndpointsIn
from chalicelib.usecases.webhooks_out.manage_endpoints import put_endpoints
from tests.fakes import FakeServices

ERP = EndpointIn("erp", "https://erp.example.com/aftercare", ("case.opened", "money.requested", "money.unknown"))


def put_endpoint(services: FakeServices, *endpoints: EndpointIn) -> dict[str, str]:
    """Put the shop's endpoints; their new secrets by name."""
    _, made = put_endpoints(services, "demo", EndpointsIn(endpoints))
    return made
