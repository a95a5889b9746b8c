"""The world is tried on fakes, as unit tests are: the network is shut, the desk stands at noon."""

from tests.unit.conftest import _no_network, quiet, services

__all__ = ["_no_network", "quiet", "services"]
